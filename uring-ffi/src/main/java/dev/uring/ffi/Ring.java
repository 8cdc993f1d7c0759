package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One io_uring: a submission queue, a completion queue and the system call that moves both.
 *
 * <p>A ring is for one thread at a time. With {@link SetupFlag#SINGLE_ISSUER} it belongs to the thread that created it,
 * or, created with {@link SetupFlag#R_DISABLED}, to the thread that calls {@link Registry#enable()}; any other
 * thread that enters gets an {@link IllegalStateException}. Without that flag threads may hand the ring on, with a
 * happens-before edge between them.
 *
 * <p>Closing unmaps the queues and then closes the descriptor, in that order: a ring whose queues stay mapped stays
 * alive in the kernel. It does not wait for requests in flight, and the kernel may go on writing to their buffers for
 * milliseconds: cancel and reap them all before, as the runtime above does. Sources: io_uring_setup(2),
 * io_uring_enter(2), and the measurements in docs/ARCHITECTURE.md.
 */
public final class Ring implements AutoCloseable {
    private static final int SCRATCH_BYTES = 192;
    private static final long SCRATCH_ARGUMENT = 64;
    private static final long SCRATCH_TIMESPEC = 128;
    /**
     * Memory for the call state and arguments of enter. It is taken from the global arena, which costs no atomic
     * operation per call, and handed on to the next ring at close.
     */
    private static final ConcurrentLinkedQueue<MemorySegment> SCRATCHES = new ConcurrentLinkedQueue<>();
    private static final int SIGNAL_SET_BYTES = 8;
    private static final int NO_LIMIT = -1;

    private final int fd;
    private final int setupFlags;
    private final int features;
    private final int entries;
    private final Arena arena = Arena.ofShared();
    private final long ringAddress;
    private final long ringBytes;
    private final long entryAddress;
    private final long entryBytes;
    private final MemorySegment scratch;
    private final MemorySegment callState;
    private final MemorySegment argument;
    private final MemorySegment timespec;
    private final SubmissionQueue submission;
    private final CompletionQueue completion;
    private final Registry registry;
    /** The descriptor that enter uses: {@link #fd}, or its slot in the owner's table once registered. */
    private int enterFd;
    private int enterFlags;
    /** The thread that registered the ring's descriptor, and so must close the ring; else null. */
    private Thread registeredBy;
    private volatile boolean closed;

    private Ring(int fd, MemorySegment params) throws SystemCallException {
        this.fd = fd;
        setupFlags = Params.flags(params);
        features = Params.features(params);
        entries = Params.sqEntries(params);
        enterFd = fd;
        long completions = CompletionRingOffsets.completions(params) + (long) Params.cqEntries(params) * CompletionEntry.SIZE;
        long indexes = (setupFlags & SetupFlag.NO_SQARRAY) != 0
                ? 0 : SubmissionRingOffsets.array(params) + (long) entries * Integer.BYTES;
        ringBytes = Math.max(completions, indexes);
        entryBytes = (long) entries * Sqe.SIZE;
        ringAddress = map(ringBytes, RingFlag.OFF_SQ_RING);
        try {
            entryAddress = map(entryBytes, RingFlag.OFF_SQES);
        } catch (SystemCallException e) {
            Libc.munmap(MemorySegment.ofAddress(ringAddress), ringBytes);
            throw e;
        }
        MemorySegment ring = Linkage.memoryAt(ringAddress, ringBytes, arena);
        submission = new SubmissionQueue(ring, Linkage.memoryAt(entryAddress, entryBytes, arena), params);
        completion = new CompletionQueue(ring, params);
        MemorySegment reused = SCRATCHES.poll();
        scratch = reused != null ? reused : Arena.global().allocate(SCRATCH_BYTES, 64);
        callState = scratch.asSlice(0, SCRATCH_ARGUMENT);
        argument = scratch.asSlice(SCRATCH_ARGUMENT, GetEventsArgument.SIZE);
        timespec = scratch.asSlice(SCRATCH_TIMESPEC, KernelTimespec.SIZE);
        registry = new Registry(this);
    }

    /**
     * Creates a ring, giving up preferred flags that this kernel does not know.
     *
     * @throws SystemCallException when the kernel refuses, saying why and what to do: ENOSYS, EPERM, ENOMEM, EMFILE,
     *     EINVAL
     */
    public static Ring create(RingOptions options) throws SystemCallException {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment params = scope.allocate(Params.SIZE, Long.BYTES);
            int flags = options.preferred();
            while (true) {
                int fd = setup(options, options.required() | flags, params);
                if (fd >= 0) {
                    return open(fd, params);
                }
                int lower = fd == -Errno.EINVAL ? SetupLadder.lower(flags) : flags;
                if (lower == flags) {
                    throw new SystemCallException("io_uring_setup", "entries=" + options.entries() + " flags="
                            + SetupFlag.describe(options.required() | flags), -fd, Refusal.of(-fd).remedy());
                }
                flags = lower;
            }
        }
    }

    private static int setup(RingOptions options, int flags, MemorySegment params) {
        params.fill((byte) 0);
        int all = flags;
        if (options.completionEntries() > 0) {
            all |= SetupFlag.CQSIZE;
            Params.cqEntries(params, options.completionEntries());
        }
        Params.flags(params, all);
        Params.sqThreadCpu(params, Math.max(options.pollThreadCpu(), 0));
        Params.sqThreadIdleMillis(params, options.pollThreadIdleMillis());
        return Syscalls.setup(options.entries(), params);
    }

    private static Ring open(int fd, MemorySegment params) throws SystemCallException {
        try {
            if ((Params.features(params) & Feature.SINGLE_MMAP) == 0) {
                throw new SystemCallException("io_uring_setup", "features=" + Feature.describe(Params.features(params)),
                        Errno.ENOSYS, "the kernel is older than 5.4; 5.10 or later is needed");
            }
            return new Ring(fd, params);
        } catch (SystemCallException e) {
            Libc.close(fd);
            throw e;
        }
    }

    private long map(long bytes, long offset) throws SystemCallException {
        long address = Libc.mmap(MemorySegment.NULL, bytes, MemoryFlag.PROTECTION_READ | MemoryFlag.PROTECTION_WRITE,
                MemoryFlag.MAP_SHARED | MemoryFlag.MAP_POPULATE, fd, offset);
        if (address < 0 && address > -4096) {
            throw new SystemCallException("mmap", "fd=" + fd + " lengthBytes=" + bytes + " offset=" + offset,
                    (int) -address, "the queues do not fit: ask for fewer entries, or raise the memory limit");
        }
        // A child that shared the queues would move the parent's tail (io_uring(7), reference in ARCHITECTURE.md).
        int advised = Libc.madvise(MemorySegment.ofAddress(address), bytes, MemoryFlag.ADVICE_DONT_FORK);
        assert advised == 0 : Errno.describe(-advised);
        return address;
    }

    /** Answers the queue of entries to submit. */
    public SubmissionQueue submission() {
        return submission;
    }

    /** Answers the queue of results. */
    public CompletionQueue completion() {
        return completion;
    }

    /** Answers the door to io_uring_register(2). */
    public Registry registry() {
        return registry;
    }

    /** Answers the ring's file descriptor. */
    public int fd() {
        return fd;
    }

    /** Answers the {@link SetupFlag}s that the kernel accepted. */
    public int setupFlags() {
        return setupFlags;
    }

    /** Answers the {@link Feature}s that the kernel reported. */
    public int features() {
        return features;
    }

    /** Submits all pending entries without waiting; answers how many the kernel took, or -errno as {@link #enter}. */
    public int submit() {
        return enter(NO_LIMIT, 0, 0);
    }

    /** Submits all pending entries and waits for results; answers as {@link #enter}. */
    public int submitAndWait(int minComplete) {
        return enter(NO_LIMIT, minComplete, EnterFlag.GETEVENTS);
    }

    /**
     * Submits and, with {@link EnterFlag#GETEVENTS}, runs the kernel's task work, flushes overflown results and waits.
     *
     * <p>Never infer what happened from a positive answer: an interrupted or timed-out wait after a submission is
     * reported as the count. Look at the completion queue.
     *
     * @param toSubmit how many pending entries to submit, -1 for all
     * @param minComplete results that must be available before the call returns; 0 does not wait
     * @param flags {@link EnterFlag}s
     * @return entries submitted, or -errno: EINTR (a signal came first), EAGAIN (no memory for a request; retry later),
     *     EBUSY (reap first), EBADR (results were lost)
     * @throws IllegalStateException on a closed or not yet enabled ring, or from a thread that does not own it
     */
    public int enter(int toSubmit, int minComplete, int flags) {
        return enter(toSubmit, minComplete, flags, MemorySegment.NULL, 0);
    }

    /**
     * Submits and waits at most {@code timeoutNanos} (needs {@link Feature#EXT_ARG}); see {@link #enter(int, int, int)}.
     *
     * @param timeoutNanos how long to wait, 0 for not at all, negative for ever
     * @param minWaitMicros after this time one result is enough (needs {@link Feature#MIN_TIMEOUT}), 0 for none
     * @param signalMask the set of signals blocked during the wait, 8 bytes, or {@link MemorySegment#NULL} for none
     * @return as {@link #enter(int, int, int)}, and -ETIME when the time passed and nothing was submitted
     */
    public int enter(int toSubmit, int minComplete, int flags, long timeoutNanos, int minWaitMicros,
            MemorySegment signalMask) {
        if ((features & Feature.EXT_ARG) == 0) {
            throw new UnsupportedOperationException("timed wait needs IORING_FEAT_EXT_ARG (5.11); use a timeout request");
        }
        if (timeoutNanos >= 0) {
            KernelTimespec.set(timespec, timeoutNanos);
        }
        GetEventsArgument.signalMask(argument, signalMask.address());
        GetEventsArgument.signalMaskBytes(argument, SIGNAL_SET_BYTES);
        GetEventsArgument.minWaitMicros(argument, minWaitMicros);
        GetEventsArgument.timespec(argument, timeoutNanos >= 0 ? timespec.address() : 0);
        return enter(toSubmit, minComplete, flags | EnterFlag.GETEVENTS | EnterFlag.EXT_ARG, argument,
                GetEventsArgument.SIZE);
    }

    private int enter(int toSubmit, int minComplete, int flags, MemorySegment extra, long extraBytes) {
        if (closed) {
            throw new IllegalStateException("ring is closed: fd=" + fd);
        }
        submission.publish();
        int count = toSubmit == NO_LIMIT ? submission.pending() : toSubmit;
        int all = flags | enterFlags;
        if ((setupFlags & SetupFlag.SQPOLL) != 0) {
            all = enterPolled(all);
            if (all < 0) {
                return count;
            }
        }
        int result = Syscalls.enter(callState, enterFd, count, minComplete, all, extra, extraBytes);
        if (result < 0) {
            throwMisuse(result);
        }
        return result;
    }

    /**
     * The kernel's own thread submits: a call is needed only to wake it or to get events. The full fence orders our
     * store of the tail before the look at its sleep flag (io_uring(7), SQPOLL).
     *
     * @return the flags to enter with, or -1 when no call is needed
     */
    private int enterPolled(int flags) {
        VarHandle.fullFence();
        int all = flags;
        if ((submission.flags() & RingFlag.SQ_NEED_WAKEUP) != 0) {
            all |= EnterFlag.SQ_WAKEUP;
        }
        return (all & (EnterFlag.SQ_WAKEUP | EnterFlag.GETEVENTS | EnterFlag.SQ_WAIT)) == 0 ? -1 : all;
    }

    private void throwMisuse(int result) {
        switch (-result) {
            case Errno.EEXIST -> throw new IllegalStateException("ring belongs to another thread: fd=" + fd
                    + " thread=" + Thread.currentThread().getName()
                    + " errno=EEXIST(17); with SINGLE_ISSUER only the owner may submit and get events");
            case Errno.EBADFD -> throw new IllegalStateException("ring is not enabled: fd=" + fd
                    + " errno=EBADFD(77); call registry().enable() on the thread that will own it");
            case Errno.EINVAL, Errno.EBADF, Errno.EFAULT, Errno.EOPNOTSUPP -> throw new IllegalStateException(
                    registeredBy != null && registeredBy != Thread.currentThread()
                            ? "ring belongs to another thread: fd=" + fd + " thread=" + Thread.currentThread().getName()
                                    + " errno=" + Errno.describe(-result) + "; its descriptor is registered with "
                                    + registeredBy.getName()
                            : "io_uring_enter refused its arguments: fd=" + fd + " errno=" + Errno.describe(-result));
            default -> {
                // EINTR, EAGAIN, EBUSY, ETIME, EBADR, ENXIO, EOWNERDEAD: the caller's loop decides.
            }
        }
    }

    /** Answers whether results wait in the kernel for room in the queue; {@link EnterFlag#GETEVENTS} moves them. */
    public boolean hasOverflow() {
        return (submission.flags() & RingFlag.SQ_CQ_OVERFLOW) != 0;
    }

    /** Answers whether the kernel has work that only an enter with GETEVENTS runs; needs {@link SetupFlag#TASKRUN_FLAG}. */
    public boolean hasTaskWork() {
        return (submission.flags() & RingFlag.SQ_TASKRUN) != 0;
    }

    /** From now on enter names the ring by its slot in the calling thread's table. */
    void useRegisteredDescriptor(int slot) {
        enterFd = slot;
        enterFlags |= EnterFlag.REGISTERED_RING;
        registeredBy = Thread.currentThread();
    }

    void requireRegisteredByCaller() {
        if (registeredBy != Thread.currentThread()) {
            throw new IllegalStateException("ring's descriptor must be given up by the thread that registered it: fd="
                    + fd + " thread=" + registeredBy.getName());
        }
    }

    /** From now on enter names the ring by its descriptor again. */
    void useDescriptor() {
        enterFd = fd;
        enterFlags &= ~EnterFlag.REGISTERED_RING;
        registeredBy = null;
    }

    /** Sets flags that every enter carries, such as {@link EnterFlag#NO_IOWAIT}. */
    public void alwaysEnterWith(int flags) {
        enterFlags |= flags;
    }

    /** Answers whether {@link #close()} was called. */
    public boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("ring is closed: fd=" + fd);
        }
    }

    /**
     * Unmaps the queues and closes the descriptor; a second call does nothing.
     *
     * @throws IllegalStateException when the ring's descriptor is registered with another live thread: the kernel would
     *     keep the ring until that thread ends
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (registeredBy == Thread.currentThread()) {
            registry.unregisterRingDescriptor();
        } else if (registeredBy != null && registeredBy.isAlive()) {
            throw new IllegalStateException("ring must be closed by the thread that registered its descriptor: fd=" + fd
                    + " thread=" + registeredBy.getName());
        }
        closed = true;
        submission.closed();
        arena.close();
        SCRATCHES.add(scratch);
        Libc.munmap(MemorySegment.ofAddress(entryAddress), entryBytes);
        Libc.munmap(MemorySegment.ofAddress(ringAddress), ringBytes);
        Libc.close(fd);
    }

    @Override
    public String toString() {
        return "Ring[fd=" + fd + " entries=" + entries + " completions=" + completion.entries() + " flags="
                + SetupFlag.describe(setupFlags) + (closed ? " closed" : "") + "]";
    }
}
