package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Opens a file.
 *
 * <p>Kernel: OPENAT, 5.6, io_uring_prep_openat(3), open(2). Result: a file descriptor. Errors: as open(2) lists them, as
 * java.nio.file's exceptions. Memory: the path, held here. A file that nobody takes is closed.
 */
public final class Open extends Op<AsyncFile> {
    private final Path path;
    private final int flags;
    private final int mode;
    /** The path as the kernel reads it; reachable as long as the operation is. */
    private final MemorySegment nativePath;

    /**
     * Describes an open.
     *
     * @param flags of open(2), see {@link OpenFlag}
     * @param mode permissions of a file that is created, less the process's umask
     */
    public Open(Path path, int flags, int mode) {
        this.path = path;
        this.flags = flags;
        this.mode = mode;
        nativePath = CString.encode(Arena.ofAuto(), path.toString());
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.OPENAT)) {
            return false;
        }
        sqe.openat(PathFlag.CURRENT_DIRECTORY, nativePath, flags, mode);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.openat(PathFlag.CURRENT_DIRECTORY, nativePath, flags, mode);
    }

    @Override
    protected AsyncFile decode(int res, int completionFlags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return new AsyncFile(res, runtime(), path);
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int completionFlags) {
        discardDescriptor(res);
    }

    @Override
    protected IOException failure(int errno) {
        return FileErrors.of(operation(), operands(), path, errno);
    }

    @Override
    protected String operands() {
        return "path=" + path + " flags=0x" + Integer.toHexString(flags);
    }
}
