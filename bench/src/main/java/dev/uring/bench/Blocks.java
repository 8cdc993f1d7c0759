package dev.uring.bench;

import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.util.Arrays;

/** What programs that read or write whole blocks have in common, all of it fit for O_DIRECT. */
final class Blocks {
    private static final OpenOption DIRECT = direct();

    private Blocks() {
    }

    /** By its name, since javac warns of the class, which is the JDK's own, and no annotation keeps it from that. */
    private static OpenOption direct() {
        try {
            return (OpenOption) Class.forName("com.sun.nio.file.ExtendedOpenOption").getField("DIRECT").get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Answers the options, and O_DIRECT if it is wanted. */
    static OpenOption[] options(boolean direct, OpenOption... options) {
        if (!direct) {
            return options;
        }
        OpenOption[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = DIRECT;
        return all;
    }

    /** Answers a buffer outside the heap that begins at a page. */
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + RandomBlocks.BLOCK_BYTES).alignedSlice(RandomBlocks.BLOCK_BYTES)
                .slice(0, bytes);
    }

    /** Answers a buffer for a random read. */
    static ByteBuffer allocate() {
        return allocate(RandomBlocks.BLOCK_BYTES);
    }

    /** Checks the result of a random read. */
    static void requireWhole(int bytes) {
        requireWhole(bytes, RandomBlocks.BLOCK_BYTES);
    }

    static void requireWhole(int bytes, int expected) {
        if (bytes != expected) {
            throw new IllegalStateException("came in part: bytes=" + bytes + " expected=" + expected);
        }
    }
}
