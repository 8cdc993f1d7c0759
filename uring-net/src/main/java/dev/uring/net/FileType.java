package dev.uring.net;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.runtime.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tells what kind of file a number stands for. */
final class FileType {
    private FileType() {
    }

    /** Answers 0 for a pipe, -EINVAL for anything else, or why it cannot be told. */
    static int require(Sys sys, int fd) {
        int type = of(sys, fd);
        return type < 0 ? type : type == FileMode.PIPE ? 0 : -Errno.EINVAL;
    }

    /** Answers one of {@link FileMode}'s types, or -errno. */
    static int of(Sys sys, int fd) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            int result = sys.statx(fd, CString.EMPTY, PathFlag.EMPTY_PATH, StatxMask.TYPE, attributes);
            return result < 0 ? result : Statx.mode(attributes) & FileMode.TYPE_MASK;
        }
    }
}
