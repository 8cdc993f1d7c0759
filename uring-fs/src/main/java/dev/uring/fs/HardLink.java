package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Gives a file one name more.
 *
 * <p>Kernel: LINKAT, 5.15, io_uring_prep_linkat(3), link(2). Result: 0. Errors: as the manual page lists them, as
 * java.nio.file's exceptions. Memory: the paths, held here.
 */
public final class HardLink extends TwoPathOp {
    private final int flags;

    /**
     * Describes a link.
     *
     * @param directory what a relative path of the existing file starts from, or null for the directory of the process
     * @param newDirectory the same for the new path
     * @param flags {@link dev.uring.ffi.PathFlag}s: FOLLOW, EMPTY_PATH, or 0
     */
    public HardLink(Descriptor directory, Path existing, Descriptor newDirectory, Path newPath, int flags) {
        super(directory, existing, newDirectory, newPath);
        this.flags = flags;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.LINKAT)) {
            return false;
        }
        sqe.linkat(directoryFd(), nativePath(), newDirectoryFd(), nativeNewPath(), flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.linkat(directoryFd(), nativePath(), newDirectoryFd(), nativeNewPath(), flags);
    }

    @Override
    protected String operation() {
        return "link";
    }
}
