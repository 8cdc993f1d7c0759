package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringException;
import java.io.IOException;

/** Copies between open files: by the kernel where it can, else through a buffer. */
final class FileCopy {
    /** A multiple of every block size that is near MAX_RW_COUNT, what one call moves at most. */
    private static final int RANGE_BYTES_MAX = 1 << 30;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int PAGE = 4096;

    private FileCopy() {
    }

    static long copy(AsyncFile source, long offset, AsyncFile target, long targetOffset, long lengthBytes)
            throws IOException {
        long done = copyInKernel(source, offset, target, targetOffset, lengthBytes);
        // Files of /proc and the like say that they are empty and are not, so the end is looked for once more.
        return done + copyThroughBuffer(source, offset + done, target, targetOffset + done, lengthBytes - done);
    }

    private static long copyInKernel(AsyncFile source, long offset, AsyncFile target, long targetOffset, long lengthBytes)
            throws IOException {
        long done = 0;
        while (done < lengthBytes) {
            int bytes = (int) Math.min(lengthBytes - done, RANGE_BYTES_MAX);
            try {
                int copied = new CopyRange(source, offset + done, target, targetOffset + done, bytes).submit().await();
                if (copied == 0) {
                    return done;
                }
                done += copied;
            } catch (UringException e) {
                if (isImpossible(e.errno())) {
                    return done;
                }
                throw e;
            }
        }
        return done;
    }

    /** What copy_file_range(2) says of two files that it cannot copy between, and of kernels without it. */
    private static boolean isImpossible(int errno) {
        return switch (errno) {
            case Errno.EXDEV, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.EBADF, Errno.ESPIPE -> true;
            default -> false;
        };
    }

    private static long copyThroughBuffer(AsyncFile source, long offset, AsyncFile target, long targetOffset,
            long lengthBytes) throws IOException {
        long done = 0;
        try (IoBuffer block = IoBuffer.allocateAligned(BLOCK_BYTES, PAGE)) {
            while (done < lengthBytes) {
                int room = (int) Math.min(lengthBytes - done, BLOCK_BYTES);
                IoBuffer part = room == BLOCK_BYTES ? block : block.slice(0, room);
                int bytes = source.readAt(part, offset + done).await().bytes();
                if (bytes == 0) {
                    return done;
                }
                target.writeAllAt(part, targetOffset + done).await();
                done += bytes;
            }
        }
        return done;
    }
}
