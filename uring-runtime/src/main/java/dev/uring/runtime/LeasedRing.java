package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.CompletionQueue;
import dev.uring.ffi.EnterFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.RequestFlag;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * A ring without a worker, used by the one thread that leases it. It has no owner in the kernel's eyes (COOP_TASKRUN without
 * SINGLE_ISSUER), so that threads can hand it on; {@link #cancel} alone is for any thread.
 */
final class LeasedRing {
    /** The user data of a cancel; those of operations are indexes. */
    static final long CANCEL = -1;
    /** Set in the user data of a poll request, beside the index of the operation that waits for it. */
    static final long POLL = 1L << 32;

    private final Ring ring;
    private final Capabilities kernel;
    /** The same, for a ring that lacks some slab: operations must not name it by index. */
    private final Capabilities kernelWithoutSlabs;
    private final CompletionQueue completion;
    /** What the kernel has in the ring's table of buffers; null before the first. */
    private MemorySegment[] slabs;
    private final int slabsMax;
    private int slabsVersion;
    private boolean hasAllSlabs = true;
    /** The leases, which hold one use until the close, and threads that cancel: the last of them closes the ring, once. */
    private final UseCount users = new UseCount();

    LeasedRing(Capabilities kernel, RingOptions wanted, WorkerOptions options, int slabsMax) throws IOException {
        this.kernel = kernel;
        this.slabsMax = slabsMax;
        kernelWithoutSlabs = kernel.without(Set.of("READ_FIXED", "WRITE_FIXED"));
        ring = Ring.create(wanted);
        users.acquire();
        completion = ring.completion();
        if (kernel.has(Capability.NO_IOWAIT)) {
            ring.alwaysEnterWith(EnterFlag.NO_IOWAIT);
        }
        if (kernel.has(Capability.WORKER_LIMITS)) {
            int result = ring.registry().workerLimits(options.ioWorkersBounded(), options.ioWorkersUnbounded());
            assert result >= 0 : Errno.describe(-result);
        }
    }

    /** Answers how many operations may be in flight: the completion queue holds twice as many results. */
    int entries() {
        return ring.submission().entries();
    }

    /** Answers what operations may ask of this ring, once it has the memory that the workers' rings have. */
    Capabilities kernel(RingLeases leases) {
        if (slabsVersion != leases.slabsVersion()) {
            takeOverSlabs(leases);
        }
        return hasAllSlabs ? kernel : kernelWithoutSlabs;
    }

    private void takeOverSlabs(RingLeases leases) {
        slabsVersion = leases.slabsVersion();
        hasAllSlabs = kernel.has(Capability.SPARSE_TABLES) && (slabs != null || makeTable());
        for (int i = 0; i < slabsMax && hasAllSlabs; i++) {
            MemorySegment wanted = leases.slab(i);
            if (wanted != slabs[i]) {
                int result = ring.registry().updateBuffers(i, wanted == null ? MemorySegment.NULL : wanted);
                slabs[i] = result >= 0 ? wanted : null;
                hasAllSlabs = result >= 0;
                if (result < 0) {
                    System.getLogger("dev.uring").log(Level.INFO, "a batch does without registered buffers: "
                            + RingDriver.unregistered(wanted == null ? 0 : wanted.byteSize(), -result));
                }
            }
        }
    }

    private boolean makeTable() {
        if (ring.registry().sparseBuffers(slabsMax) < 0) {
            return false;
        }
        slabs = new MemorySegment[slabsMax];
        return true;
    }

    /** Answers a free entry; there is one for each operation that may be in flight. */
    Sqe next() {
        return ring.submission().next();
    }

    /** Gives the last entry back, which was not filled. */
    void untake() {
        ring.submission().untake();
    }

    /**
     * Submits what there is, and waits until there are so many results.
     *
     * @throws IllegalStateException when the ring can be used no more; what is in flight is lost then
     */
    void enter(int results) {
        int result = ring.enter(-1, results, EnterFlag.GETEVENTS);
        switch (-result) {
            case Errno.EINTR, Errno.EAGAIN, Errno.EBUSY -> Thread.onSpinWait(); // the caller takes results, and tries again
            default -> {
                if (result < 0) {
                    throw new IllegalStateException("io_uring_enter failed: errno=" + Errno.describe(-result));
                }
            }
        }
    }

    /** Answers how many entries the kernel has not taken yet. */
    int pending() {
        return ring.submission().pending();
    }

    int ready() {
        return completion.ready();
    }

    long userData(int index) {
        return completion.userData(index);
    }

    int result(int index) {
        return RingDriver.told(completion.result(index));
    }

    int flags(int index) {
        return completion.flags(index);
    }

    void advance(int count) {
        completion.advance(count);
    }

    /** Waits until the descriptor of an operation is ready. */
    void submitPoll(Op<?> op, int index) {
        next().pollAdd(op.descriptor().fd(), op.pollEvents()).userData(index | POLL);
    }

    /** Answers whether the kernel ends everything in flight for one request (5.19). */
    boolean cancelsAllAtOnce() {
        return kernel.has(Capability.CANCEL_BY_DESCRIPTOR);
    }

    /** Asks for everything in flight to end; the answer is one more result. */
    void submitCancelAll() {
        next().cancelAny(RequestFlag.ASYNC_CANCEL_ALL).userData(CANCEL);
    }

    /** Asks for one operation to end, which waits for no poll; the answer is one more result. */
    void submitCancel(int index) {
        next().cancel(index, 0).userData(CANCEL);
    }

    /**
     * Answers whether a ring here is for operations that may wait for ever: only if others can end them, when their
     * descriptor is closed. For that there is a call that needs no entry (6.0), which takes a descriptor.
     */
    boolean isForWaiting() {
        return kernel.has(Capability.SYNC_CANCEL) && kernel.has(Capability.CANCEL_BY_DESCRIPTOR);
    }

    /** Ends what waits on a descriptor. Any thread. */
    void cancel(int fd) {
        if (!isForWaiting() || !users.acquire()) {
            return;
        }
        // What it answers does not matter: the requests tell their end themselves.
        int _ = ring.registry().syncCancel(0, fd, RequestFlag.ASYNC_CANCEL_FD | RequestFlag.ASYNC_CANCEL_ALL, 0);
        release();
    }

    /** Closes the ring, in which nothing is in flight; or has the last thread do so that cancels at this moment. */
    void close() {
        if (users.close()) {
            release();
        }
    }

    private void release() {
        if (users.release()) {
            ring.close();
        }
    }
}
