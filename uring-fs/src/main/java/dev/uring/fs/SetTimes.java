package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.Timespec;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * Sets when a file was last read and last changed.
 *
 * <p>Kernel: none, -, utimensat(2). Result: 0. Errors: as the manual page lists them, as java.nio.file's exceptions. Memory:
 * path and times, held here.
 */
public final class SetTimes extends PathOp<Void> {
    /** UTIME_OMIT in the place of nanoseconds (utimensat(2)). */
    private static final int OMIT = 0x3ffffffe;

    private final MemorySegment times;
    private final int flags;

    /**
     * Describes times of a path.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param followLinks whether the file behind a symbolic link is meant, or the link
     * @param access null leaves it as it is
     * @param modification null leaves it as it is
     */
    public SetTimes(Descriptor directory, Path path, boolean followLinks, FileTime access, FileTime modification) {
        super(directory, path);
        times = times(access, modification);
        flags = followLinks ? 0 : PathFlag.NO_FOLLOW;
    }

    /** Describes times of an open file. */
    SetTimes(AsyncFile file, FileTime access, FileTime modification) {
        super(file, file.path(), CString.EMPTY);
        times = times(access, modification);
        flags = 0;
    }

    private static MemorySegment times(FileTime access, FileTime modification) {
        MemorySegment times = Arena.ofAuto().allocate(2 * Timespec.SIZE, Long.BYTES);
        set(times.asSlice(0, Timespec.SIZE), access);
        set(times.asSlice(Timespec.SIZE), modification);
        return times;
    }

    private static void set(MemorySegment timespec, FileTime time) {
        if (time == null) {
            Timespec.nanos(timespec, OMIT);
        } else {
            Instant instant = time.toInstant();
            Timespec.seconds(timespec, instant.getEpochSecond());
            Timespec.nanos(timespec, instant.getNano());
        }
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
        return sys.utimensat(directoryFd(), nativePath(), times, flags);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected String operation() {
        return "utimens";
    }
}
