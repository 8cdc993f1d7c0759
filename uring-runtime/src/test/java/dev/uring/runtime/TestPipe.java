package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A pipe whose ends are descriptors of a runtime, and whose other side a test may play by hand.
 *
 * @param ground where it comes from
 * @param reader the end to read
 * @param writer the end to write
 */
record TestPipe(Ground ground, TestDescriptor reader, TestDescriptor writer) {
    private static final int PIECE_BYTES = 4096;

    static TestPipe open(Ground ground, UringRuntime runtime) {
        return of(ground, ground.pipe(), runtime);
    }

    /** As {@link #open}, over a connection that can be sent on without copying. */
    static TestPipe connect(Ground ground, UringRuntime runtime) {
        return of(ground, ground.connection(), runtime);
    }

    private static TestPipe of(Ground ground, int[] pair, UringRuntime runtime) {
        return new TestPipe(ground, new TestDescriptor(pair[0], runtime), new TestDescriptor(pair[1], runtime));
    }

    /** Writes all of it past the driver, waiting for room as long as it takes. */
    void feed(byte... bytes) {
        int written = 0;
        while (written < bytes.length) {
            int result = ground.write(writer.fd(), bytes, written);
            if (result == -Errno.EAGAIN) {
                Thread.yield();
            } else if (result < 0) {
                throw new IllegalStateException("write failed: errno=" + Errno.describe(-result));
            } else {
                written += result;
            }
        }
    }

    /** Writes what there is room for past the driver; answers how much that was. */
    int feedSome(byte... bytes) {
        int result = ground.write(writer.fd(), bytes, 0);
        return result == -Errno.EAGAIN ? 0 : result;
    }

    /** Fills the pipe past the driver; answers how many bytes went in. */
    int fill() {
        int filled = 0;
        for (int more = feedSome(new byte[PIECE_BYTES]); more > 0; more = feedSome(new byte[PIECE_BYTES])) {
            filled += more;
        }
        return filled;
    }

    /** Reads all that is left past the driver; no operation may be reading. */
    byte[] drain() {
        var all = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
        for (int n = ground.read(reader.fd(), piece); n > 0; n = ground.read(reader.fd(), piece)) {
            all.writeBytes(Arrays.copyOf(piece, n));
        }
        return all.toByteArray();
    }
}
