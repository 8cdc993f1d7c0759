package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Gives a file another name in one step, replacing what has that name.
 *
 * <p>Kernel: RENAMEAT, 5.11, io_uring_prep_renameat(3), rename(2), renameat2(2). Result: 0. Errors: as the manual page lists
 * them, as java.nio.file's exceptions; EXDEV, for another file system, as AtomicMoveNotSupportedException. Memory: the paths,
 * held here.
 */
public final class Rename extends TwoPathOp {
    private final int flags;

    /**
     * Describes a new name.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param newDirectory the same for the new path
     * @param flags {@link dev.uring.ffi.RenameFlag}s, 0 replaces
     */
    public Rename(Descriptor directory, Path path, Descriptor newDirectory, Path newPath, int flags) {
        super(directory, path, newDirectory, newPath);
        this.flags = flags;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RENAMEAT)) {
            return false;
        }
        sqe.renameat(directoryFd(), nativePath(), newDirectoryFd(), nativeNewPath(), flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.renameat(directoryFd(), nativePath(), newDirectoryFd(), nativeNewPath(), flags);
    }

    @Override
    protected IOException failure(int errno) {
        if (errno == Errno.EXDEV) {
            return new AtomicMoveNotSupportedException(path().toString(), newPath().toString(),
                    UringException.message(operation(), operands(), errno));
        }
        return errno != Errno.ENOSYS ? super.failure(errno) : new FileSystemException(path().toString(), newPath().toString(),
                UringException.message(operation(), operands(), errno) + "; flags need renameat2: run on Linux 3.15 or later"
                        + " with a seccomp profile that allows it, or look first and rename without flags");
    }

    @Override
    protected String operands() {
        return super.operands() + (flags == 0 ? "" : " flags=0x" + Integer.toHexString(flags));
    }
}
