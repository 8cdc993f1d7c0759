package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.OpenFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Both ends of a pipe as descriptors of a runtime. */
final class Pipes implements AutoCloseable {
    final End reader;
    final End writer;

    /** One end; a descriptor and nothing more. */
    static final class End extends Descriptor {
        End(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }
    }

    private Pipes(End reader, End writer) {
        this.reader = reader;
        this.writer = writer;
    }

    static Pipes open(UringRuntime runtime) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(2 * Integer.BYTES, Integer.BYTES);
            int result = Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC);
            if (result < 0) {
                throw new AssertionError("pipe2: " + Errno.describe(-result));
            }
            return new Pipes(new End(pair.getAtIndex(ValueLayout.JAVA_INT, 0), runtime),
                    new End(pair.getAtIndex(ValueLayout.JAVA_INT, 1), runtime));
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
        writer.close();
    }
}
