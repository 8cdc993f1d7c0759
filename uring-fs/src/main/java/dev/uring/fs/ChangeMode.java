package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Sets the permissions of a path, or of an open file.
 *
 * <p>Kernel: none, -, chmod(2), fchmodat(2). Result: 0. Errors: as the manual pages list them, as java.nio.file's exceptions.
 * Memory: the path, held here.
 */
public final class ChangeMode extends PathOp<Void> {
    private final int mode;

    /**
     * Describes permissions of a path, whose symbolic links are followed.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param mode permissions, the lower 12 bits of {@link dev.uring.ffi.FileMode}
     */
    public ChangeMode(Descriptor directory, Path path, int mode) {
        super(directory, path);
        this.mode = mode;
    }

    /** Describes permissions of an open file. */
    ChangeMode(AsyncFile file, int mode) {
        super(file, file.path(), CString.EMPTY);
        this.mode = mode;
    }

    /** The kernel has no opcode for it. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.fchmodat(directoryFd(), nativePath(), mode);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected String operation() {
        return "chmod";
    }

    @Override
    protected String operands() {
        return super.operands() + " mode=0" + Integer.toOctalString(mode);
    }
}
