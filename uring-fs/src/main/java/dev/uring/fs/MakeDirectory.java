package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Makes a directory.
 *
 * <p>Kernel: MKDIRAT, 5.15, io_uring_prep_mkdirat(3), mkdir(2). Result: 0. Errors: as the manual page lists them, as
 * java.nio.file's exceptions. Memory: the path, held here.
 */
public final class MakeDirectory extends PathOp<Void> {
    private final int mode;

    /**
     * Describes a directory.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param mode permissions, less the process's umask
     */
    public MakeDirectory(Descriptor directory, Path path, int mode) {
        super(directory, path);
        this.mode = mode;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.MKDIRAT)) {
            return false;
        }
        sqe.mkdirat(directoryFd(), nativePath(), mode);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.mkdirat(directoryFd(), nativePath(), mode);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected String operation() {
        return "mkdir";
    }

    @Override
    protected String operands() {
        return super.operands() + " mode=0" + Integer.toOctalString(mode);
    }
}
