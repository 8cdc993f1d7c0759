package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Ops;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** One copy between open files: by the kernel where it can, else through a buffer. For one thread. */
final class FileCopy {
    /**
     * What one call of the kernel copies: a multiple of every block size, and so little that an interrupt, which waits for
     * the end of the call, is soon heard.
     */
    private static final int RANGE_BYTES_MAX = 64 << 20;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int PAGE = 4096;

    private final AsyncFile source;
    private final long offset;
    private final AsyncFile target;
    private final long targetOffset;
    private long lengthBytes;
    private long done;

    private FileCopy(AsyncFile source, long offset, AsyncFile target, long targetOffset, long lengthBytes) {
        this.source = source;
        this.offset = AsyncFile.requireOffset(offset);
        this.target = target;
        this.targetOffset = AsyncFile.requireOffset(targetOffset);
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("lengthBytes must not be negative: lengthBytes=" + lengthBytes);
        }
        this.lengthBytes = lengthBytes;
    }

    static long copy(AsyncFile source, long offset, AsyncFile target, long targetOffset, long lengthBytes)
            throws IOException {
        FileCopy copy = new FileCopy(source, offset, target, targetOffset, lengthBytes);
        copy.limitWithinOneFile();
        if (!copy.copyInKernel()) {
            copy.copyThroughBuffer();
        }
        return copy.done;
    }

    /** A file that grows by its own copy would never come to its end, and ranges that overlap are not copied in order. */
    private void limitWithinOneFile() throws IOException {
        Op<FileStat> ofSource = source.stat();
        Op<FileStat> ofTarget = target.stat();
        Ops.joinAll(ofSource, ofTarget);
        FileStat stat = ofSource.await();
        if (!stat.fileKey().equals(ofTarget.await().fileKey())) {
            return;
        }
        lengthBytes = Math.min(lengthBytes, Math.max(0, stat.size() - offset));
        if (lengthBytes > 0 && Math.abs(offset - targetOffset) < lengthBytes) {
            throw new UringException("copy", "path=" + source.path() + " offset=" + offset + " targetOffset=" + targetOffset
                    + " lengthBytes=" + lengthBytes, Errno.EINVAL, "the ranges overlap in one file; copy through a buffer");
        }
    }

    /** Answers whether all was copied; else the rest is to go through a buffer. */
    private boolean copyInKernel() throws IOException {
        while (done < lengthBytes) {
            requireNotInterrupted();
            int bytes = (int) Math.min(lengthBytes - done, RANGE_BYTES_MAX);
            try {
                int copied = new CopyRange(source, offset + done, target, targetOffset + done, bytes).submit().await();
                if (copied == 0) {
                    return done > 0; // files of /proc and the like say that they are empty, and are not
                }
                done += copied;
            } catch (UringException e) {
                if (isImpossible(e.errno())) {
                    return false;
                }
                throw e;
            }
        }
        return true;
    }

    /** What copy_file_range(2) says of two files that it cannot copy between, and of kernels without it. */
    private static boolean isImpossible(int errno) {
        return switch (errno) {
            case Errno.EXDEV, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.EBADF, Errno.ESPIPE -> true;
            default -> false;
        };
    }

    private void copyThroughBuffer() throws IOException {
        if (done == lengthBytes) {
            return;
        }
        try (IoBuffer block = IoBuffer.allocateAligned(BLOCK_BYTES, PAGE)) {
            while (done < lengthBytes) {
                requireNotInterrupted();
                int room = (int) Math.min(lengthBytes - done, BLOCK_BYTES);
                IoBuffer part = room == BLOCK_BYTES ? block : block.slice(0, room);
                int bytes = source.readAt(part, offset + done).await().bytes();
                if (bytes == 0) {
                    return;
                }
                target.writeAllAt(part, targetOffset + done).await();
                done += bytes;
            }
        }
    }

    /** What the kernel has begun ends before the cancel, and the copy would go on to its end. */
    private void requireNotInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            var interrupted = new InterruptedIOException("copy was interrupted: path=" + source.path() + " target="
                    + target.path() + " doneBytes=" + done);
            interrupted.bytesTransferred = (int) Math.min(done, Integer.MAX_VALUE);
            throw interrupted;
        }
    }
}
