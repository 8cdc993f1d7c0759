package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Timespec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** Sets the times of a path, from two {@link Timespec}s: of the last access, and of the last change of data. */
final class NioTimes {
    private static final long NANOS_MAX = 999_999_999;

    private NioTimes() {
    }

    private static MemorySegment access(MemorySegment times) {
        return times.asSlice(0, Timespec.SIZE);
    }

    private static MemorySegment modification(MemorySegment times) {
        return times.asSlice(Timespec.SIZE, Timespec.SIZE);
    }

    private static boolean areValid(MemorySegment times) {
        return isValid(Timespec.nanos(access(times))) && isValid(Timespec.nanos(modification(times)));
    }

    private static boolean isValid(long nanos) {
        return nanos >= 0 && nanos <= NANOS_MAX || nanos == Timespec.NOW || nanos == Timespec.OMIT;
    }

    /** Answers whether there is nothing to do; Linux does not look at the path then (utimensat(2)). */
    static boolean areOmitted(MemorySegment times) {
        return Timespec.nanos(access(times)) == Timespec.OMIT && Timespec.nanos(modification(times)) == Timespec.OMIT;
    }

    static int set(Path path, MemorySegment times, boolean follows) throws IOException {
        BasicFileAttributeView view = Files.getFileAttributeView(path, BasicFileAttributeView.class,
                NioStat.links(follows));
        if (!areValid(times)) {
            view.readAttributes(); // a path that leads nowhere is the error that counts
            return -Errno.EINVAL;
        }
        Instant now = Instant.now();
        view.setTimes(time(modification(times), now), time(access(times), now), null);
        return 0;
    }

    /** Answers null for what stays as it is. */
    private static FileTime time(MemorySegment time, Instant now) {
        long nanos = Timespec.nanos(time);
        return nanos == Timespec.OMIT ? null : FileTime.from(nanos == Timespec.NOW ? now
                : Instant.ofEpochSecond(Timespec.seconds(time), nanos));
    }
}
