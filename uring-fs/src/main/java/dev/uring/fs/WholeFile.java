package dev.uring.fs;

import dev.uring.runtime.IoBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Reads and writes files as a whole. */
final class WholeFile {
    private static final int FIRST_BYTES = 16 << 10;
    private static final int GROWTH = 4;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final OpenOption[] WRITE_DEFAULT = {StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE};

    private WholeFile() {
    }

    /** Reads blocks that grow, since small files are many and large ones are large. */
    static byte[] read(Path path) throws IOException {
        var all = new ByteArrayOutputStream();
        IoBuffer block = IoBuffer.allocate(FIRST_BYTES);
        try (AsyncFile file = AsyncFile.open(path).await()) {
            while (file.read(block).await().bytes() > 0) {
                all.writeBytes(block.toByteArray());
                if (block.length() == block.capacity() && block.capacity() < BLOCK_BYTES) {
                    IoBuffer larger = IoBuffer.allocate(GROWTH * block.capacity());
                    block.close();
                    block = larger;
                }
            }
        } finally {
            block.close();
        }
        return all.toByteArray();
    }

    static void write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        OpenOptions how = OpenOptions.of(forWriting(options));
        try (AsyncFile file = AsyncFile.open(path, how).await()) {
            for (int at = 0; at < bytes.length; at += BLOCK_BYTES) {
                byte[] part = at == 0 && bytes.length <= BLOCK_BYTES ? bytes
                        : Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + BLOCK_BYTES));
                try (IoBuffer block = IoBuffer.copyOf(part)) {
                    file.writeAll(block).await();
                }
            }
        }
    }

    /** Answers the options by the rule of {@link java.nio.file.Files#newOutputStream}. */
    private static OpenOption[] forWriting(OpenOption... options) {
        if (options.length == 0) {
            return WRITE_DEFAULT;
        }
        OpenOption[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = StandardOpenOption.WRITE;
        for (OpenOption each : options) {
            if (each == StandardOpenOption.READ) {
                throw new IllegalArgumentException("READ not allowed");
            }
        }
        return all;
    }

    /** Turns bytes into text; what is no text in that charset is an error, never replaced. */
    static String decode(byte[] bytes, Charset charset) throws IOException {
        return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    /** Turns text into bytes; a character that the charset lacks is an error, never replaced. */
    static byte[] encode(CharSequence text, Charset charset) throws IOException {
        ByteBuffer encoded = charset.newEncoder().encode(CharBuffer.wrap(text));
        return Arrays.copyOf(encoded.array(), encoded.limit());
    }
}
