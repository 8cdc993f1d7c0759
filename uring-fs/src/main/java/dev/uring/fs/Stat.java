package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Asks for the attributes of a path, or of an open file.
 *
 * <p>Kernel: STATX, 5.6, io_uring_prep_statx(3), statx(2). Result: 0, decoded to a {@link FileStat}. Errors: as the manual
 * page lists them, as java.nio.file's exceptions. Memory: the path and the attributes, held here.
 */
public final class Stat extends PathOp<FileStat> {
    private static final int MASK = StatxMask.BASIC | StatxMask.BIRTH_TIME | StatxMask.DIRECT_ALIGNMENT;

    private final int flags;
    private final MemorySegment attributes = Arena.ofAuto().allocate(Statx.SIZE, Long.BYTES);

    /**
     * Describes a look at a path.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param followLinks whether the file behind a symbolic link is meant, or the link
     */
    public Stat(Descriptor directory, Path path, boolean followLinks) {
        super(directory, path);
        flags = followLinks ? 0 : PathFlag.NO_FOLLOW;
    }

    /** Describes a look at an open thing, which was opened by that path. */
    Stat(Descriptor open, Path path) {
        super(open, path, CString.EMPTY);
        flags = PathFlag.EMPTY_PATH;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.STATX)) {
            return false;
        }
        sqe.statx(directoryFd(), nativePath(), flags, MASK, attributes);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.statx(directoryFd(), nativePath(), flags, MASK, attributes);
    }

    @Override
    protected FileStat decode(int res, int flags) throws IOException {
        requireSuccess(res);
        return FileStat.of(attributes);
    }
}
