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
    /** What is allocated for bytes that were only promised; more comes as they arrive. */
    private static final int PROMISED_BYTES_MAX = 64 << 10;

    private final ByteSource source;
    private final Unread unread;

    /** Reads from a source, which nobody else reads from meanwhile. */
    public StreamReader(ByteSource source) {
        this.source = Objects.requireNonNull(source);
        unread = new Unread(source);
    }

    // ---- as a source ----

    /** Answers what is buffered, as a piece if it is one still, and without a copy; waits only if nothing is. */
    @Override
    public IoBuffer read() throws IOException {
        return unread.fill(1) ? unread.handOn() : null;
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        if (unread.bytes() == 0) {
            return source.read(buffer);
        }
        byte[] bytes = unread.take(Math.min(unread.bytes(), buffer.capacity()));
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
        return unread.handOnAll();
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
        return unread.fill(1) ? unread.handOn(max) : null;
    }

    Unread unread() {
        return unread;
    }

    // ---- by count ----

    /**
     * Reads what is there, at most {@code length} bytes; waits if nothing is.
     *
     * @return bytes read, at least 1; 0 at the end, and when asked for none
     */
    public int read(byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        return length == 0 || !unread.fill(1) ? 0 : unread.takeSome(target, from, length);
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
                done += unread.takeSome(target, from + done, length - done);
            }
        } finally {
            if (done < length) {
                unread.putBack(target, from, done);
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
        byte[] bytes = new byte[Math.min(length, Math.max(unread.bytes(), PROMISED_BYTES_MAX))];
        int done = 0;
        try {
            while (done < length) {
                requireMore(length, done);
                if (done == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * done));
                }
                done += unread.takeSome(bytes, done, bytes.length - done);
            }
        } finally {
            if (done < length) {
                unread.putBack(bytes, 0, done);
            }
        }
        return bytes;
    }

    /** Reads so many bytes as {@link #readExactly(int)} does, without a copy where they are what a piece ends with. */
    IoBuffer readBuffer(int length) throws IOException {
        if (length > 0 && unread.fill(1) && unread.isPieceOf(length)) {
            return unread.handOn();
        }
        return IoBuffer.copyOf(readExactly(length));
    }

    private void requireMore(int wanted, int got) throws IOException {
        if (!unread.fill(1)) {
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
            if (unread.bytes() > max) {
                throw tooLong("stream is too long:", max);
            }
        } while (unread.readMore());
        return unread.take(unread.bytes());
    }

    /**
     * Drops bytes.
     *
     * @return how many, fewer than asked for only at the end
     */
    public long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count && unread.fill(1)) {
            int bytes = (int) Math.min(unread.bytes(), count - skipped);
            unread.consume(bytes);
            skipped += bytes;
        }
        return skipped;
    }

    // ---- ahead ----

    /** Waits for the next byte and leaves it there; answers 0 to 255, or -1 at the end. */
    public int peek() throws IOException {
        if (!unread.fill(1)) {
            return -1;
        }
        return unread.first() & 0xFF;
    }

    /**
     * Waits for so many bytes and leaves them there.
     *
     * @return a copy, shorter only where the end comes first
     */
    public byte[] peek(int count) throws IOException {
        requireCount("count", count);
        unread.fill(count);
        byte[] bytes = new byte[Math.min(count, unread.bytes())];
        unread.look(bytes, 0, bytes.length);
        return bytes;
    }

    /** Answers how many bytes can be read without waiting for the source. */
    public int buffered() {
        return unread.bytes();
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
            bytes = unread.bytes();
        }
        return bytes == 0 ? null : unread.take(bytes);
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
        int found = find((byte) '\n', (int) Math.min(max + 2L, Unread.ARRAY_BYTES_MAX), "line is too long:", max);
        int bytes = found < 0 ? unread.bytes() : found;
        if (bytes == 0) {
            return null;
        }
        byte[] line = new byte[bytes];
        unread.look(line, 0, bytes);
        int textBytes = found < 0 ? bytes : withoutEnding(line);
        if (textBytes > max) {
            throw tooLong("line is too long:", max);
        }
        String text = decode(line, textBytes, charset);
        unread.consume(bytes);
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
            int found = unread.indexOf(delimiter, searched, Math.min(window, unread.bytes()));
            if (found >= 0) {
                return found + 1;
            }
            searched = unread.bytes();
            if (searched >= window) {
                throw tooLong(what, limit);
            }
        } while (unread.readMore());
        return -1;
    }

    static TooLongException tooLong(String what, int limit) {
        return new TooLongException(what, limit, "nothing was taken: read on with a larger limit, or close");
    }

    private static void requireCount(String name, int count) {
        if (count < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + count);
        }
    }

    /** Gives back what is buffered, which is lost; the source stays open. A second call does nothing. */
    @Override
    public void close() {
        unread.consume(unread.bytes());
    }

    @Override
    public String toString() {
        return "StreamReader[bufferedBytes=" + unread.bytes() + " source=" + source + "]";
    }
}
