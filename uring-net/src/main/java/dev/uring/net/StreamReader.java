package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads a source by counts, delimiters and lines.
 *
 * <p>It holds at most one piece of the source, and that only between calls: before it waits for more it copies what is
 * unread and gives the piece back, so that a connection that waits keeps nobody else's buffer. {@link #close()} gives back
 * what is held; the source stays open.
 *
 * <p>A call that throws has taken nothing, be it for a limit, an end too early, malformed text, a failure or a cancel: all
 * its bytes are there to be read again.
 *
 * <p>Whoever goes on without the reader, as after a protocol upgrade, takes {@link #remaining()} first; or goes on with the
 * reader, which is a source itself. The calls wait: a task parks, any other thread blocks. For one thread at a time.
 */
public final class StreamReader implements ByteSource, AutoCloseable {
    /** A larger array is given up once it is empty. */
    private static final int KEPT_BYTES_MAX = 64 << 10;
    /** What is allocated for bytes that were only promised; more comes as they arrive. */
    private static final int PROMISED_BYTES_MAX = 64 << 10;
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;
    private static final byte[] NONE = {};

    private final ByteSource source;
    /** Unread bytes that came before the piece: {@code [keptFrom, keptTo)}. */
    private byte[] kept = NONE;
    private int keptFrom;
    private int keptTo;
    /** What the source gave last, if some of it is unread: {@code [pieceFrom, pieceTo)}; else null. */
    private IoBuffer piece;
    private int pieceFrom;
    private int pieceTo;

    /** Reads from a source, which nobody else reads from meanwhile. */
    public StreamReader(ByteSource source) {
        this.source = Objects.requireNonNull(source);
    }

    // ---- as a source ----

    /** Answers what is buffered, as a piece if it is one still, and without a copy; waits only if nothing is. */
    @Override
    public IoBuffer read() throws IOException {
        return fill(1) ? handOn() : null;
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        if (buffered() == 0) {
            return source.read(buffer);
        }
        byte[] bytes = take(Math.min(buffered(), buffer.capacity()));
        buffer.put(0, bytes).length(bytes.length);
        return bytes.length;
    }

    /**
     * Takes what was read from the source and by nobody from here: those who go on with the source itself begin with it.
     * Does not wait.
     *
     * @return at least one byte, in {@code [0, length)}, for the caller to close; null for none
     */
    public IoBuffer remaining() throws IOException {
        if (keptTo > keptFrom) {
            keepPiece();
        }
        return buffered() == 0 ? null : handOn();
    }

    /**
     * Answers the next bytes as a source of their own, such as the body of a message: it ends after so many, or where the
     * stream ends. The reader goes on behind what was read from it.
     *
     * @param count bytes, 0 or more
     */
    public ByteSource limited(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must not be negative: count=" + count);
        }
        return new LimitedSource(this, count);
    }

    /** Reads as {@link #read()} does, but no more than so many bytes: these are copied where a piece has more. */
    IoBuffer readSome(int max) throws IOException {
        if (!fill(1)) {
            return null;
        }
        int next = keptTo > keptFrom ? keptTo - keptFrom : pieceBytes();
        return next <= max ? handOn() : IoBuffer.copyOf(take(max));
    }

    /** Answers the bytes before the piece, or else the piece; there is something. */
    private IoBuffer handOn() {
        if (keptTo > keptFrom) {
            IoBuffer copy = IoBuffer.copyOf(Arrays.copyOfRange(kept, keptFrom, keptTo));
            consume(keptTo - keptFrom);
            return copy;
        }
        IoBuffer whole = piece;
        piece = null;
        return pieceFrom == 0 ? whole : whole.slice(pieceFrom, pieceTo);
    }

    // ---- by count ----

    /**
     * Reads what is there, at most {@code length} bytes; waits if nothing is.
     *
     * @return bytes read, at least 1; 0 at the end, and when asked for none
     */
    public int read(byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        return length == 0 || !fill(1) ? 0 : takeSome(target, from, length);
    }

    /**
     * Fills a part of the array.
     *
     * @throws EOFException if the end comes first
     */
    public void readExactly(byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        int done = 0;
        try {
            while (done < length) {
                requireMore(length, done);
                done += takeSome(target, from + done, length - done);
            }
        } finally {
            if (done < length) {
                putBack(target, from, done);
            }
        }
    }

    /**
     * Reads so many bytes. Memory is taken as they arrive, not as they are asked for, so that the count may come from
     * somebody who lies.
     *
     * @param length 0 or more
     * @throws EOFException if the end comes first
     */
    public byte[] readExactly(int length) throws IOException {
        requireCount("length", length);
        byte[] bytes = new byte[Math.min(length, Math.max(buffered(), PROMISED_BYTES_MAX))];
        int done = 0;
        try {
            while (done < length) {
                requireMore(length, done);
                if (done == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * done));
                }
                done += takeSome(bytes, done, bytes.length - done);
            }
        } finally {
            if (done < length) {
                putBack(bytes, 0, done);
            }
        }
        return bytes;
    }

    /** Reads so many bytes as {@link #readExactly(int)} does, without a copy where they are what a piece ends with. */
    IoBuffer readBuffer(int length) throws IOException {
        if (length > 0 && fill(1) && keptTo == keptFrom && pieceBytes() == length) {
            return handOn();
        }
        return IoBuffer.copyOf(readExactly(length));
    }

    private void requireMore(int wanted, int got) throws IOException {
        if (!fill(1)) {
            throw new EOFException("the stream ended early: wantedBytes=" + wanted + " gotBytes=" + got);
        }
    }

    /**
     * Reads to the end.
     *
     * @param max bytes that are accepted, 0 or more
     * @throws TooLongException if there are more
     */
    public byte[] readAll(int max) throws IOException {
        requireCount("max", max);
        do {
            if (buffered() > max) {
                throw tooLong("stream is too long:", max);
            }
        } while (readMore());
        return take(buffered());
    }

    /**
     * Drops bytes.
     *
     * @return how many, fewer than asked for only at the end
     */
    public long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count && fill(1)) {
            int bytes = (int) Math.min(buffered(), count - skipped);
            consume(bytes);
            skipped += bytes;
        }
        return skipped;
    }

    // ---- ahead ----

    /** Waits for the next byte and leaves it there; answers 0 to 255, or -1 at the end. */
    public int peek() throws IOException {
        if (!fill(1)) {
            return -1;
        }
        return (keptTo > keptFrom ? kept[keptFrom] : piece.get(pieceFrom)) & 0xFF;
    }

    /**
     * Waits for so many bytes and leaves them there.
     *
     * @return a copy, shorter only where the end comes first
     */
    public byte[] peek(int count) throws IOException {
        requireCount("count", count);
        fill(count);
        byte[] bytes = new byte[Math.min(count, buffered())];
        look(bytes, 0, bytes.length);
        return bytes;
    }

    /** Answers how many bytes can be read without waiting for the source. */
    public int buffered() {
        return (int) Math.min(Integer.MAX_VALUE, (long) keptTo - keptFrom + pieceBytes());
    }

    // ---- up to a delimiter ----

    /**
     * Reads up to a byte of that value, which is the last one answered; or up to the end, where no delimiter was sent behind
     * the last bytes.
     *
     * @param max bytes that are accepted, with the delimiter, 0 or more
     * @return at least one byte, or null at the end
     * @throws TooLongException if there is none among so many
     */
    public byte[] readUntil(byte delimiter, int max) throws IOException {
        requireCount("max", max);
        int bytes = find(delimiter, max, "no delimiter came: delimiter=" + delimiter, max);
        if (bytes < 0) {
            bytes = buffered();
        }
        return bytes == 0 ? null : take(bytes);
    }

    /**
     * Reads a line that ends with LF or CR LF, which are not answered; what stands before the end is a line without.
     *
     * @param charset one whose LF is the byte 10, as those of ASCII's family
     * @param max bytes that a line may have, without its ending, 0 or more
     * @return null at the end
     * @throws java.nio.charset.MalformedInputException if the bytes are no text in that charset
     * @throws TooLongException if the line is longer; {@link #readUntil} and {@link #skip} lead past it
     */
    public String readLine(Charset charset, int max) throws IOException {
        requireCount("max", max);
        int found = find((byte) '\n', (int) Math.min(max + 2L, ARRAY_BYTES_MAX), "line is too long:", max);
        int bytes = found < 0 ? buffered() : found;
        if (bytes == 0) {
            return null;
        }
        byte[] line = new byte[bytes];
        look(line, 0, bytes);
        int textBytes = found < 0 ? bytes : withoutEnding(line);
        if (textBytes > max) {
            throw tooLong("line is too long:", max);
        }
        String text = decode(line, textBytes, charset);
        consume(bytes);
        return text;
    }

    private static int withoutEnding(byte[] line) {
        int end = line.length - 1;
        return end > 0 && line[end - 1] == '\r' ? end - 1 : end;
    }

    /** Decodes as String does, which is fast, and strictly only where that may have replaced something. */
    private static String decode(byte[] bytes, int length, Charset charset) throws CharacterCodingException {
        String text = new String(bytes, 0, length, charset);
        return text.indexOf('\uFFFD') < 0 ? text
                : charset.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    }

    /**
     * Answers the lines that follow, see {@link #readLine}; what that throws comes as an {@link UncheckedIOException}. Reads
     * no further than the lines that are taken.
     */
    public Stream<String> lines(Charset charset, int max) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(new Spliterators.AbstractSpliterator<String>(Long.MAX_VALUE, traits) {
            @Override
            public boolean tryAdvance(Consumer<? super String> action) {
                String line;
                try {
                    line = readLine(charset, max);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (line != null) {
                    action.accept(line);
                }
                return line != null;
            }
        }, false);
    }

    /**
     * Waits until the delimiter is there.
     *
     * @param window how many bytes it must be among
     * @return the number of bytes up to it, with it; -1 where the end comes first
     */
    private int find(byte delimiter, int window, String what, int limit) throws IOException {
        int searched = 0;
        do {
            int found = indexOf(delimiter, searched, Math.min(window, buffered()));
            if (found >= 0) {
                return found + 1;
            }
            searched = buffered();
            if (searched >= window) {
                throw tooLong(what, limit);
            }
        } while (readMore());
        return -1;
    }

    /** Searches {@code [from, to)} of what is buffered. */
    private int indexOf(byte value, int from, int to) {
        int keptBytes = keptTo - keptFrom;
        for (int i = from; i < Math.min(to, keptBytes); i++) {
            if (kept[keptFrom + i] == value) {
                return i;
            }
        }
        int start = Math.max(from, keptBytes);
        if (start >= to) {
            return -1;
        }
        int shift = keptBytes - pieceFrom;
        int found = piece.indexOf(value, start - shift, to - shift);
        return found < 0 ? -1 : found + shift;
    }

    private static TooLongException tooLong(String what, int limit) {
        return new TooLongException(what, limit, "nothing was taken: read on with a larger limit, or close");
    }

    private static void requireCount(String name, int count) {
        if (count < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + count);
        }
    }

    // ---- what is buffered ----

    /** Waits until so many bytes are buffered; answers false if the end comes first. */
    boolean fill(int count) throws IOException {
        while (buffered() < count) {
            if (!readMore()) {
                return false;
            }
        }
        return true;
    }

    /** Gives the piece back and waits for the next; answers false at the end. */
    private boolean readMore() throws IOException {
        keepPiece();
        IoBuffer next = source.read();
        if (next == null) {
            return false;
        }
        piece = next;
        pieceFrom = 0;
        pieceTo = next.length();
        dropPieceIfRead();
        return true;
    }

    /** Copies what is unread of the piece behind what was kept before, and gives the piece back. */
    private void keepPiece() throws IOException {
        if (piece == null) {
            return;
        }
        int bytes = pieceBytes();
        int keptBytes = keptTo - keptFrom;
        long needed = (long) keptBytes + bytes;
        if (needed > ARRAY_BYTES_MAX) {
            throw tooLong("no array holds what is to be kept: bytes=" + needed, ARRAY_BYTES_MAX);
        }
        if (needed > kept.length - keptFrom) {
            byte[] room = needed <= kept.length ? kept
                    : new byte[(int) Math.min(ARRAY_BYTES_MAX, Math.max(needed, 2L * keptBytes))];
            System.arraycopy(kept, keptFrom, room, 0, keptBytes);
            kept = room;
            keptFrom = 0;
            keptTo = keptBytes;
        }
        piece.get(pieceFrom, kept, keptTo, bytes);
        keptTo += bytes;
        pieceFrom = pieceTo;
        dropPieceIfRead();
    }

    /** Puts bytes in front of all that is buffered. */
    void putBack(byte[] bytes, int from, int length) {
        if (length == 0) {
            return;
        }
        int keptBytes = keptTo - keptFrom;
        byte[] joined = new byte[Math.addExact(length, keptBytes)];
        System.arraycopy(bytes, from, joined, 0, length);
        System.arraycopy(kept, keptFrom, joined, length, keptBytes);
        kept = joined;
        keptFrom = 0;
        keptTo = joined.length;
    }

    private byte[] take(int length) {
        byte[] bytes = new byte[length];
        look(bytes, 0, length);
        consume(length);
        return bytes;
    }

    private int takeSome(byte[] target, int from, int length) {
        int bytes = Math.min(length, buffered());
        look(target, from, bytes);
        consume(bytes);
        return bytes;
    }

    /** Copies the first bytes of what is buffered, and leaves them there. */
    void look(byte[] target, int from, int length) {
        int ofKept = Math.min(length, keptTo - keptFrom);
        System.arraycopy(kept, keptFrom, target, from, ofKept);
        if (length > ofKept) {
            piece.get(pieceFrom, target, from + ofKept, length - ofKept);
        }
    }

    /** Drops the first bytes of what is buffered. */
    void consume(int length) {
        int ofKept = Math.min(length, keptTo - keptFrom);
        keptFrom += ofKept;
        if (keptFrom == keptTo) {
            keptFrom = 0;
            keptTo = 0;
            kept = kept.length > KEPT_BYTES_MAX ? NONE : kept;
        }
        pieceFrom += length - ofKept;
        dropPieceIfRead();
    }

    private int pieceBytes() {
        return piece == null ? 0 : pieceTo - pieceFrom;
    }

    private void dropPieceIfRead() {
        if (piece != null && pieceFrom == pieceTo) {
            piece.close();
            piece = null;
        }
    }

    /** Gives back what is buffered, which is lost; the source stays open. A second call does nothing. */
    @Override
    public void close() {
        consume(buffered());
    }

    @Override
    public String toString() {
        return "StreamReader[bufferedBytes=" + buffered() + " source=" + source + "]";
    }
}
