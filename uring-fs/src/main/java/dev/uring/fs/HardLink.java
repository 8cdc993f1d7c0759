package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Gives a file one name more.
 *
 * <p>Kernel: LINKAT, 5.15, io_uring_prep_linkat(3), link(2). Result: 0. Errors: as the manual page lists them, as
 * java.nio.file's exceptions. Memory: the paths, held here.
 */
public final class HardLink extends PathOp<Void> {
    private final Descriptor newDirectory;
    private final Path newPath;
    private final MemorySegment nativeNewPath;
    private final int flags;

    /**
     * Describes a link.
     *
     * @param directory what a relative path of the existing file starts from, or null for the directory of the process
     * @param newDirectory the same for the new path
     * @param flags {@link dev.uring.ffi.PathFlag}s: FOLLOW, EMPTY_PATH, or 0
     */
    public HardLink(Descriptor directory, Path existing, Descriptor newDirectory, Path newPath, int flags) {
        super(directory, existing);
        this.newDirectory = newDirectory;
        this.newPath = newPath;
        nativeNewPath = CString.encode(Arena.ofAuto(), newPath.toString());
        this.flags = flags;
    }

    @Override
    protected Descriptor otherDescriptor() {
        return newDirectory;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.LINKAT)) {
            return false;
        }
        sqe.linkat(directoryFd(), nativePath(), fd(newDirectory), nativeNewPath, flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.linkat(directoryFd(), nativePath(), fd(newDirectory), nativeNewPath, flags);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected String operation() {
        return "link";
    }

    @Override
    protected IOException failure(int errno) {
        return FileErrors.of(operation(), operands(), path(), newPath, errno);
    }

    @Override
    protected String operands() {
        return super.operands() + " newPath=" + newPath;
    }
}
