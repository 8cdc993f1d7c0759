package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Locks a range of a file against others who lock, if nobody has it.
 *
 * <p>Kernel: none, -, fcntl(2) with F_OFD_SETLK. Result: 0, decoded to the lock; null when another holds a part. Errors:
 * EBADF when the file is not open for what the lock is for (shared: reading, exclusive: writing); ENOLCK. Memory: none. A
 * lock that nobody takes is given back.
 */
public final class TryLock extends Op<RangeLock> {
    private final AsyncFile file;
    private final long offset;
    private final long lengthBytes;
    private final boolean shared;

    /**
     * Describes a lock.
     *
     * @param lengthBytes 0 is to the end, however far it moves
     */
    public TryLock(AsyncFile file, long offset, long lengthBytes, boolean shared) {
        this.file = file;
        this.offset = AsyncFile.requireOffset(offset);
        this.lengthBytes = lengthBytes;
        this.shared = shared;
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
        return sys.lock(file.fd(), shared ? LockRange.SHARED : LockRange.EXCLUSIVE, offset, lengthBytes);
    }

    @Override
    protected RangeLock decode(int res, int flags) throws IOException {
        return switch (-res) {
            case 0 -> new RangeLock(file, offset, lengthBytes, shared);
            case Errno.EAGAIN, Errno.EACCES -> null; // POSIX lets a kernel say either
            default -> throw failure(-res);
        };
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        new RangeLock(file, offset, lengthBytes, shared).releaseQuietly();
    }

    @Override
    protected AsyncFile descriptor() {
        return file;
    }

    @Override
    protected IOException failure(int errno) {
        return file.failure("lock", operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + file.fd() + " offset=" + offset + " lengthBytes=" + lengthBytes + (shared ? " shared" : "");
    }
}
