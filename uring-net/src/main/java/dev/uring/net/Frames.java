package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ProtocolException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * How frames lie in a stream: a length, and so many bytes of payload behind it. Reads and writes whole ones.
 *
 * <p>A length is somebody else's word: it is checked against the limit before anything is allocated, and memory is taken as
 * the payload arrives. A read that throws has taken nothing of its frame, so that a read that was cancelled is made again.
 * A write that throws may have written some of it: the stream is of no use then.
 *
 * <p>Lines are frames, too: {@link StreamReader#readLine}.
 *
 * @param lengthBytes bytes of the length: 1, 2, 3, 4 or 8, unsigned
 * @param order which of them comes first
 * @param payloadMax bytes that a payload may have, 0 or more
 * @param adjustment what is added to the number to get the bytes of the payload: negative where it counts more than those,
 *     as -4 where it counts its own four bytes
 */
public record Frames(int lengthBytes, ByteOrder order, int payloadMax, int adjustment) {
    /** What is accepted unless told otherwise. */
    private static final int PAYLOAD_MAX = 8 << 20;

    /** Checks the operands. */
    public Frames {
        Objects.requireNonNull(order);
        if (!List.of(1, 2, 3, 4, 8).contains(lengthBytes)) {
            throw new IllegalArgumentException("lengthBytes must be 1, 2, 3, 4 or 8: lengthBytes=" + lengthBytes);
        }
        if (payloadMax < 0) {
            throw new IllegalArgumentException("payloadMax must not be negative: payloadMax=" + payloadMax);
        }
    }

    /** Answers frames with a big-endian length of so many bytes, and payloads of up to 8 MiB. */
    public static Frames of(int lengthBytes) {
        return new Frames(lengthBytes, ByteOrder.BIG_ENDIAN, PAYLOAD_MAX, 0);
    }

    /** Answers these with another order. */
    public Frames withOrder(ByteOrder order) {
        return new Frames(lengthBytes, order, payloadMax, adjustment);
    }

    /** Answers these with another limit. */
    public Frames withPayloadMax(int payloadMax) {
        return new Frames(lengthBytes, order, payloadMax, adjustment);
    }

    /** Answers these with another adjustment. */
    public Frames withAdjustment(int adjustment) {
        return new Frames(lengthBytes, order, payloadMax, adjustment);
    }

    // ---- reading ----

    /**
     * Waits for a frame.
     *
     * @return its payload, which may be empty; null at the end between frames
     * @throws EOFException if the stream ends in a frame
     * @throws TooLongException if the payload is longer than accepted
     * @throws ProtocolException if the adjusted length is negative
     */
    public byte[] read(StreamReader reader) throws IOException {
        return read(reader, StreamReader::readExactly);
    }

    /**
     * Waits for a frame, as {@link #read} does; its payload comes without a copy if it is what a piece of the source ends
     * with, as that of a peer who waits for an answer.
     *
     * @return {@code [0, length)}, for the caller to close
     */
    public IoBuffer readBuffer(StreamReader reader) throws IOException {
        return read(reader, StreamReader::readBuffer);
    }

    /** Takes a payload of known length, or nothing. */
    private interface Taken<T> {
        T from(StreamReader reader, int length) throws IOException;
    }

    private <T> T read(StreamReader reader, Taken<T> taken) throws IOException {
        Unread unread = reader.unread();
        if (!unread.fill(lengthBytes)) {
            if (unread.bytes() == 0) {
                return null;
            }
            throw new EOFException("the stream ended in the length of a frame: wantedBytes=" + lengthBytes + " gotBytes="
                    + unread.bytes());
        }
        byte[] header = new byte[lengthBytes];
        unread.look(header, 0, lengthBytes);
        int length = payloadBytes(header);
        unread.consume(lengthBytes);
        T payload = null;
        try {
            payload = taken.from(reader, length);
        } finally {
            if (payload == null) {
                unread.putBack(header, 0, lengthBytes);
            }
        }
        return payload;
    }

    private int payloadBytes(byte[] header) throws IOException {
        long number = 0;
        for (int i = 0; i < lengthBytes; i++) {
            number |= (header[i] & 0xFFL) << shift(i);
        }
        // One of eight bytes may be above what a long holds; and the sum might wrap around where the difference cannot.
        if (number < 0 || number > (long) payloadMax - adjustment) {
            throw new TooLongException("frame is too long: length=" + Long.toUnsignedString(number) + " adjustment="
                    + adjustment, payloadMax, "nothing was taken: read on with a larger limit, or close");
        }
        long payloadBytes = number + adjustment;
        if (payloadBytes < 0) {
            throw new ProtocolException("frame is shorter than nothing: length=" + number + " adjustment=" + adjustment);
        }
        return (int) payloadBytes;
    }

    private int shift(int index) {
        return Byte.SIZE * (order == ByteOrder.BIG_ENDIAN ? lengthBytes - 1 - index : index);
    }

    // ---- writing ----

    /**
     * Writes a frame, length and payload together.
     *
     * @throws IllegalArgumentException if the payload is longer than the limit, or its length cannot be told
     */
    public void write(ByteSink sink, byte[] payload) throws IOException {
        long number = number(payload.length);
        long total = (long) lengthBytes + payload.length;
        try (Scratch scratch = Scratch.take(total)) {
            putLength(scratch.memory(), number);
            int from = 0;
            int before = lengthBytes;
            do {
                int bytes = Math.min(payload.length - from, scratch.capacity() - before);
                MemorySegment.copy(payload, from, scratch.memory(), ValueLayout.JAVA_BYTE, before, bytes);
                sink.write(scratch.buffer(before + bytes));
                from += bytes;
                before = 0;
            } while (from < payload.length);
        }
    }

    /**
     * Writes a frame, length and payload in one gathered write, the payload without a copy.
     *
     * @param payload {@code [0, length)}; the caller's again when the call returns or throws
     * @throws IllegalArgumentException if the payload is longer than the limit, or its length cannot be told
     */
    public void write(ByteSink sink, IoBuffer payload) throws IOException {
        long number = number(payload.length());
        try (Scratch scratch = Scratch.take(lengthBytes)) {
            putLength(scratch.memory(), number);
            IoBuffer header = scratch.buffer(lengthBytes);
            if (payload.length() == 0) {
                sink.write(header);
            } else {
                sink.write(List.of(header, payload));
            }
        }
    }

    private long number(int payloadBytes) {
        long number = (long) payloadBytes - adjustment;
        if (payloadBytes > payloadMax || number < 0 || lengthBytes < Long.BYTES && number >>> Byte.SIZE * lengthBytes != 0) {
            throw new IllegalArgumentException("payload does not fit into a frame: payloadBytes=" + payloadBytes + " "
                    + this);
        }
        return number;
    }

    private void putLength(MemorySegment target, long number) {
        for (int i = 0; i < lengthBytes; i++) {
            target.set(ValueLayout.JAVA_BYTE, i, (byte) (number >>> shift(i)));
        }
    }
}
