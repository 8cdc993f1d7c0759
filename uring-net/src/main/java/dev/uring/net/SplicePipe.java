package dev.uring.net;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.OpenFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Ops;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A pipe that bytes pass through on their way to a socket. Whoever opens it closes it, and nobody else uses it: bytes that
 * a copy left inside when it failed vanish with it. For one task.
 */
final class SplicePipe implements AutoCloseable {
    /** What a pipe has room for that cannot be resized (pipe(7)). */
    private static final int DEFAULT_BYTES = 64 << 10;

    private final End output;
    private final End input;
    private final int capacityBytes;

    /** One of the two. */
    private static final class End extends Descriptor {
        End(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }

        static Sys calls(UringRuntime runtime) {
            return Descriptor.sys(runtime);
        }

        /** Answers what the pipe has room for now, or -errno. */
        int resize(int bytes) throws IOException {
            return (int) call(sys -> sys.fcntl(fd(), DescriptorCommand.SET_PIPE_BYTES, bytes));
        }

        @Override
        protected boolean closeMayBlock() {
            return false;
        }
    }

    private SplicePipe(End output, End input, int capacityBytes) {
        this.output = output;
        this.input = input;
        this.capacityBytes = capacityBytes;
    }

    /**
     * Opens one.
     *
     * @param bytes what it is to have room for; it may have less, where the user has many pipes (pipe-user-pages-soft)
     * @throws UringException EOPNOTSUPP where there is no splice; EMFILE and the like
     */
    static SplicePipe open(UringRuntime runtime, int bytes) throws IOException {
        int possible = End.calls(runtime).spliceNow(-1, -1, 0);
        if (possible < 0) {
            throw new UringException("splice", "driver=" + runtime.driver().name(), -possible, "copy through buffers");
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            int result = End.calls(runtime).pipe2(pair, OpenFlag.CLOSE_ON_EXEC | OpenFlag.NON_BLOCKING);
            if (result < 0) {
                throw new UringException("pipe", "", -result);
            }
            End output = new End(pair.getAtIndex(ValueLayout.JAVA_INT, 0), runtime);
            End input = new End(pair.getAtIndex(ValueLayout.JAVA_INT, 1), runtime);
            int room = input.resize(bytes);
            return new SplicePipe(output, input, room < 0 ? DEFAULT_BYTES : room);
        }
    }

    /** Opens one, or answers null where there are none, or no descriptors for one more: buffers do as well. */
    static SplicePipe openOrNull(UringRuntime runtime, int bytes) {
        try {
            return open(runtime, bytes);
        } catch (IOException e) {
            return null;
        }
    }

    /** Answers the end that gives. */
    Descriptor output() {
        return output;
    }

    /** Answers the end that takes. */
    Descriptor input() {
        return input;
    }

    /** Answers what it has room for at most: each piece of a packet takes a page of it, however short. */
    int capacityBytes() {
        return capacityBytes;
    }

    /** Closes both ends, with whatever is inside. */
    @Override
    public void close() throws IOException {
        Ops.joinAll(input.closeAsync(), output.closeAsync());
    }
}
