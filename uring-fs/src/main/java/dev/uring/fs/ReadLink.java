package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NotLinkException;
import java.nio.file.Path;

/**
 * Reads what a symbolic link says.
 *
 * <p>Kernel: none, -, readlink(2). Result: bytes of the target. Errors: as the manual page lists them, as java.nio.file's
 * exceptions; EINVAL, for what is no link, as NotLinkException. Memory: the path and a page for the target, held here.
 */
public final class ReadLink extends PathOp<Path> {
    /** PATH_MAX: no target is longer (path_resolution(7)). */
    private static final int TARGET_BYTES = 4096;

    private final MemorySegment target = Arena.ofAuto().allocate(TARGET_BYTES);

    /**
     * Describes a look at a link.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     */
    public ReadLink(Descriptor directory, Path path) {
        super(directory, path);
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
        return sys.readlinkat(directoryFd(), nativePath(), target, TARGET_BYTES);
    }

    @Override
    protected Path decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return path().getFileSystem().getPath(CString.decode(target, 0, res));
    }

    @Override
    protected IOException failure(int errno) {
        return errno == Errno.EINVAL ? new NotLinkException(path().toString(), null,
                "is no symbolic link: " + operands()) : super.failure(errno);
    }
}
