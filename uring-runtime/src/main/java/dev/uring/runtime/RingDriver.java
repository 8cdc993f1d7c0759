package dev.uring.runtime;

import dev.uring.ffi.BufferRing;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.CompletionQueue;
import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.EnterFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Feature;
import dev.uring.ffi.KernelTimespec;
import dev.uring.ffi.ProcessLimits;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.SqeFlag;
import dev.uring.ffi.SystemCallException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The io_uring driver: one ring, entered by its worker's thread only.
 *
 * <p>The completion queue holds a result for every operation in flight and {@link #RESERVED} more: the wake-up, the wait
 * limit, and cancels, of which no more are on their way at once than there is room for. So nothing overflows but
 * multishot results, and those the kernel keeps ({@link Ring#hasOverflow}).
 */
final class RingDriver extends Driver {
    /** Results that are not an operation's: one wake-up, two wait limits, the rest cancels. */
    static final int RESERVED = 66;
    /** The smallest completion queue: a power of two, with room for operations beside {@link #RESERVED}. */
    static final int COMPLETIONS_MIN = 128;
    private static final int CANCELS_MAX = RESERVED - 3;
    private static final int BUFFER_TABLE_SLOTS = UringRuntime.REGISTERED_BUFFERS_MAX;

    /**
     * ERESTARTSYS to ERESTART_RESTARTBLOCK of the kernel's linux/errno.h: "interrupted" in the kernel's own words, which
     * an open that is cancelled in one of its worker threads lets out (seen: -512, Linux 6.18).
     */
    private static final int RESTART_FIRST = 512;
    private static final int RESTART_LAST = 516;
    /** Results that one attempted multishot operation may give before others have their turn. */
    private static final int SHOTS_PER_READINESS = 64;

    /** Ids that are no operation's: negative. */
    private static final long WAKE_UP = -1;
    private static final long WAIT_LIMIT = -2;
    private static final long WAIT_LIMIT_REMOVED = -3;
    /** Set in the id of a cancel, beside the id of the operation. */
    private static final long CANCEL = Long.MIN_VALUE;

    /** The smallest submission queue that is tried for want of memory. */
    private static final int ENTRIES_MIN = 64;
    /** How long after a cancel that found nothing the next is sent: twice as long each time. */
    private static final long ASK_AGAIN_NANOS_MIN = 10_000_000;
    private static final long ASK_AGAIN_NANOS_MAX = 1_000_000_000;
    private static final int RETRIES = 200;
    private static final long RETRY_NANOS = 5_000_000;

    /** Why the ring is smaller than asked for; null when it is not. */
    private String shrunk;
    private final Ring ring;
    /** Less {@link Capability#BUFFER_RING} once the kernel has refused one. */
    private Capabilities kernel;
    private final CompletionQueue completion;
    private final boolean timedWait;
    private final boolean taskWorkIsTold;
    /** With a thread of the kernel's that submits, a flush makes room only if it waits for that thread. */
    private final int flushFlags;
    private final WakeUp wakeUps;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment wakeCount = arena.allocate(Long.BYTES, Long.BYTES);
    private final MemorySegment waitLimit = arena.allocate(KernelTimespec.SIZE, Long.BYTES);
    private boolean wakeUpArmed;
    /** One, or two while the later one is being removed. */
    private int waitLimitsInFlight;
    private long waitLimitDeadline;
    private int cancelsInFlight;
    /** Operations that found the submission queue full even after a flush, in order. */
    private final ArrayDeque<Op<?>> unsubmitted = new ArrayDeque<>();
    /** Ids whose cancel waits for room. */
    private final ArrayDeque<Long> uncancelled = new ArrayDeque<>();
    /** Ids whose cancel found nothing to end, though they are in flight; it is asked for again from that time on. */
    private final ArrayDeque<Long> missed = new ArrayDeque<>();
    private long askAgainAtNanos;
    private long askAgainNanos = ASK_AGAIN_NANOS_MIN;
    /** Operations without an opcode here that wait on a poll request, by id. */
    private final Map<Long, Op<?>> polled = new HashMap<>();
    /** Operations that the kernel would have had to wait for on a non-blocking descriptor; they are submitted again. */
    private final Map<Long, Op<?>> refused = new HashMap<>();
    /** Operations without an entry for which it is known whether the kernel's lack is to blame; see {@link #judge}. */
    private final Set<Class<?>> judged = new HashSet<>();
    private boolean hasBufferTable;
    private final Map<Integer, BufferRing> bufferRings = new HashMap<>();
    /** Counts, written by the worker; {@link #metrics} reads them from any thread. */
    private long enters;
    private long submissions;
    private long completions;
    private long overflows;

    RingDriver(Capabilities kernel, RingOptions options) throws IOException {
        this.kernel = kernel;
        wakeUps = new WakeUp();
        try {
            ring = ring(options);
        } catch (IOException e) {
            wakeUps.close();
            throw e;
        }
        completion = ring.completion();
        timedWait = kernel.has(Capability.TIMED_WAIT);
        taskWorkIsTold = (ring.setupFlags() & SetupFlag.TASKRUN_FLAG) != 0;
        flushFlags = (ring.setupFlags() & SetupFlag.SQPOLL) != 0 ? EnterFlag.SQ_WAIT : 0;
        if (kernel.has(Capability.NO_IOWAIT)) {
            ring.alwaysEnterWith(EnterFlag.NO_IOWAIT);
        }
    }

    /**
     * Queues count against the limit of locked memory (before Linux 5.12, and seen again on 6.18) or the control group's: a
     * host that has none for large ones may have some for small ones, with which fewer operations are in flight at once.
     * The smallest is tried a few times, since the kernel gives up the memory of closed rings a little after their close.
     */
    private Ring ring(RingOptions options) throws SystemCallException {
        RingOptions wanted = options;
        for (int retries = 0;;) {
            try {
                return Ring.create(wanted);
            } catch (SystemCallException e) {
                RingOptions smaller = smaller(wanted);
                boolean isLeast = smaller.equals(wanted);
                if (e.errno() != Errno.ENOMEM || isLeast && retries++ == RETRIES) {
                    throw e;
                }
                if (isLeast) {
                    LockSupport.parkNanos(RETRY_NANOS);
                } else if (shrunk == null) {
                    shrunk = e.getMessage();
                }
                wanted = smaller;
            }
        }
    }

    /** Told by the worker, since nobody owns the driver before. */
    private void tellShrunk() {
        if (shrunk != null) {
            String told = "a worker's ring is smaller than asked for: entries=" + ring.submission().entries()
                    + " completionEntries=" + completion.entries() + "; " + shrunk;
            System.getLogger("dev.uring").log(Level.INFO, told);
            tellDegraded(told);
        }
    }

    /** Answers options of half the size, down to the smallest that serve; those are answered as they are. */
    static RingOptions smaller(RingOptions options) {
        int completions = options.completionEntries() == 0 ? 2 * options.entries() : options.completionEntries();
        int entries = Math.min(options.entries(), Math.max(options.entries() / 2, ENTRIES_MIN));
        int less = Math.max(Math.min(completions, Math.max(completions / 2, COMPLETIONS_MIN)), entries);
        return less == completions && entries == options.entries() ? options
                : new RingOptions(entries, less, options.required(), options.preferred(), options.pollThreadCpu(),
                        options.pollThreadIdleMillis());
    }

    @Override
    protected void open() {
        tellShrunk();
        if ((ring.setupFlags() & SetupFlag.R_DISABLED) != 0) {
            require("enable", ring.registry().enable());
        }
        if (kernel.has(Capability.WORKER_LIMITS)) {
            require("workerLimits", ring.registry().workerLimits(options().ioWorkersBounded(),
                    options().ioWorkersUnbounded()));
        }
        if (kernel.has(Capability.RING_DESCRIPTOR)) {
            // A thread has 16 slots; a ring that finds none is entered by its descriptor.
            ring.registry().ringDescriptor();
        }
    }

    private static void require(String what, int result) {
        if (result < 0) {
            throw new IllegalStateException(what + " failed: errno=" + Errno.describe(-result));
        }
    }

    @Override
    protected int operationsMax() {
        return completion.entries() - RESERVED;
    }

    @Override
    protected Sys sys() {
        return LibcSys.INSTANCE;
    }

    // ---- starting ----

    @Override
    protected void start(Op<?> op, long id) {
        if (!unsubmitted.isEmpty() || !submit(op, id)) {
            unsubmitted.add(op);
        }
    }

    /** Fills an entry for the operation; answers false when there is none, even after a flush. */
    private boolean submit(Op<?> op, long id) {
        Sqe sqe = nextEntry();
        if (sqe == null) {
            return false;
        }
        int group = bufferGroup(op);
        if (group >= 0) {
            requireBuffers(group);
        }
        if (prepare(op, sqe, kernel)) {
            sqe.userData(id);
            return true;
        }
        ring.submission().untake();
        judge(op, sqe);
        switch (readiness(op)) {
            case BLOCKING -> runBlocking(op);
            case IMMEDIATE -> deliver(id, attempt(op, sys(), null), 0);
            case READABLE, WRITABLE -> {
                return attemptOrPoll(op, id, group);
            }
        }
        return true;
    }

    /**
     * Finds out, once for a class of operations, whether they have no entry because of what this kernel lacks, and tells so.
     * They are asked again, since only they know; the entry was given back, and is filled anew whenever it is taken next.
     */
    private void judge(Op<?> op, Sqe sqe) {
        if (!judged.add(op.kind())) {
            return;
        }
        List<String> denied = new ArrayList<>();
        if (!prepare(op, sqe, kernel.noting(denied::add)) && !denied.isEmpty()) {
            tellDegraded(op.kind().getSimpleName() + switch (readiness(op)) {
                case BLOCKING -> " runs on the blocking pool";
                case IMMEDIATE -> " runs as a plain system call";
                case READABLE, WRITABLE -> " is tried by the worker, and waits by a poll";
            } + ", since this kernel has no " + denied.getFirst());
        }
    }

    /**
     * What can never be ready, such as a read of the end of a pipe that is for writing, is an error at once, as with an
     * opcode. Those that wait for each of many results (on kernels before 6.0) are spared a call that mostly says wait.
     */
    private boolean attemptOrPoll(Op<?> op, long id, int group) {
        int result = isMultishot(op) || group >= 0 ? -Errno.EAGAIN : attempt(op, sys(), null);
        if (!mustWait(result)) {
            deliver(id, result, 0);
            return true;
        }
        polled.put(id, op);
        return poll(op, id);
    }

    /**
     * Links never cross a submission, so the whole chain is reserved before the first entry is filled. A kernel that looks
     * up all descriptors beforehand (before 5.17) fails the first for the last, so there the worker starts one by one.
     */
    @Override
    protected boolean startChain(Op<?>[] ops, long[] ids) {
        if ((kernel.features() & Feature.LINKED_FILE) == 0) {
            tellDegraded("the members of a chain are started one by one, since this kernel does not link files (Linux 5.17)");
            return false;
        }
        if (!unsubmitted.isEmpty() || !reserve(ops.length)) {
            return false;
        }
        for (int i = 0; i < ops.length; i++) {
            Sqe sqe = ring.submission().take();
            if (!prepare(ops[i], sqe, kernel)) {
                for (int taken = 0; taken <= i; taken++) {
                    ring.submission().untake();
                }
                return false;
            }
            sqe.userData(ids[i]).flags(i < ops.length - 1 ? SqeFlag.IO_LINK : 0);
        }
        return true;
    }

    private boolean reserve(int count) {
        if (ring.submission().free() < count) {
            enter(0, flushFlags, 0);
        }
        return ring.submission().free() >= count;
    }

    /** Waits until the descriptor is ready, and then attempts. */
    private boolean poll(Op<?> op, long id) {
        Sqe sqe = nextEntry();
        if (sqe == null) {
            return false;
        }
        sqe.pollAdd(fd(op), pollEvents(op)).userData(id);
        return true;
    }

    /** Answers a free entry, after a flush without GETEVENTS if need be, or null. */
    private Sqe nextEntry() {
        Sqe sqe = ring.submission().next();
        if (sqe == null) {
            enter(0, flushFlags, 0);
            sqe = ring.submission().next();
        }
        return sqe;
    }

    @Override
    protected void cancel(Op<?> op, long id) {
        if (!unsubmitted.isEmpty() && unsubmitted.remove(op)) {
            polled.remove(id);
            deliver(id, -Errno.ECANCELED, 0); // the kernel never saw it, so it could not find it
        } else if (!uncancelled.isEmpty() || !submitCancel(id)) {
            uncancelled.add(id);
        }
    }

    private boolean submitCancel(long id) {
        if (cancelsInFlight == CANCELS_MAX) {
            return false;
        }
        Sqe sqe = nextEntry();
        if (sqe == null) {
            return false;
        }
        sqe.cancel(id, 0).userData(id | CANCEL);
        cancelsInFlight++;
        return true;
    }

    // ---- waiting ----

    @Override
    protected void poll(long timeoutNanos) {
        long nanos = missed.isEmpty() ? timeoutNanos : Math.min(timeoutNanos, askAgain());
        retry();
        if (nanos == 0) {
            pollNow();
        } else {
            pollWait(nanos);
        }
        reap();
    }

    /** Has the cancels that found nothing sent once more when it is time; answers how long to wait for that. */
    private long askAgain() {
        long nanos = askAgainAtNanos - System.nanoTime();
        if (nanos > 0) {
            return nanos;
        }
        missed.removeIf(id -> operation(id) == null);
        askAgainNanos = missed.isEmpty() ? ASK_AGAIN_NANOS_MIN : Math.min(2 * askAgainNanos, ASK_AGAIN_NANOS_MAX);
        uncancelled.addAll(missed);
        missed.clear();
        return askAgainNanos;
    }

    /** What found no room goes first, in order. */
    private void retry() {
        while (!uncancelled.isEmpty() && submitCancel(uncancelled.peek())) {
            uncancelled.poll();
        }
        while (!unsubmitted.isEmpty()) {
            Op<?> op = unsubmitted.peek();
            if (!submit(op, idOf(op))) {
                return;
            }
            unsubmitted.poll();
        }
    }

    /** Enters only if there is something to submit, to run or to fetch. */
    private void pollNow() {
        if (ring.submission().pending() > 0 || !taskWorkIsTold || ring.hasTaskWork() || ring.hasOverflow()) {
            enter(0, EnterFlag.GETEVENTS, 0);
        }
    }

    private void pollWait(long timeoutNanos) {
        if (!wakeUpArmed) {
            armWakeUp();
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            enter(1, EnterFlag.GETEVENTS, -1);
        } else if (timedWait) {
            enter(1, EnterFlag.GETEVENTS, timeoutNanos);
        } else {
            armWaitLimit(timeoutNanos);
            enter(1, EnterFlag.GETEVENTS, -1);
        }
    }

    private void armWakeUp() {
        Sqe sqe = nextEntry();
        if (sqe != null) {
            sqe.read(wakeUps.fd(), wakeCount, Long.BYTES, 0).userData(WAKE_UP);
            wakeUpArmed = true;
        }
    }

    /** Without EXT_ARG a request ends the wait: at its time, or with the first other result. */
    private void armWaitLimit(long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        if (waitLimitsInFlight > 0 && !removeLaterWaitLimit(deadline)) {
            return;
        }
        Sqe sqe = nextEntry();
        if (sqe != null) {
            KernelTimespec.set(waitLimit, timeoutNanos);
            sqe.timeout(waitLimit, 1, 0).userData(WAIT_LIMIT);
            waitLimitsInFlight++;
            waitLimitDeadline = deadline;
        }
    }

    /**
     * A limit outlives its wait when what ended the wait came before it was armed, and may then be too late for this one.
     * Answers whether a new one is needed.
     */
    private boolean removeLaterWaitLimit(long deadlineNanos) {
        if (waitLimitsInFlight > 1 || waitLimitDeadline - deadlineNanos <= 0) {
            return false; // the next result ends the wait, or the limit does in time
        }
        Sqe sqe = nextEntry();
        if (sqe == null) {
            return false;
        }
        sqe.timeoutRemove(WAIT_LIMIT, 0).userData(WAIT_LIMIT_REMOVED);
        cancelsInFlight++;
        return true;
    }

    private void enter(int minComplete, int flags, long timeoutNanos) {
        enters++;
        int result = timeoutNanos > 0
                ? ring.enter(-1, minComplete, flags, timeoutNanos, 0, MemorySegment.NULL)
                : ring.enter(-1, minComplete, flags);
        submissions += Math.max(result, 0);
        switch (-result) {
            case Errno.EINTR, Errno.ETIME, Errno.EAGAIN, Errno.EBUSY -> {
                // A signal, the limit, no memory now, results to be taken first: the next turn goes on from here.
            }
            case Errno.EBADR -> overflows++; // the kernel lost results for want of memory
            default -> {
                if (result < 0) {
                    throw new IllegalStateException("io_uring_enter failed: errno=" + Errno.describe(-result));
                }
            }
        }
    }

    // ---- reaping ----

    /** Copies all results off the ring and frees their room, before any of them is acted upon. */
    private void reap() {
        reapReady();
        // Each flush moves at most a queue full, so the kernel's list shrinks every time.
        while (ring.hasOverflow()) {
            overflows++;
            enter(0, EnterFlag.GETEVENTS, 0);
            if (reapReady() == 0) {
                return;
            }
        }
    }

    private int reapReady() {
        int ready = completion.ready();
        for (int i = 0; i < ready; i++) {
            long id = completion.userData(i);
            int res = told(completion.result(i));
            if (id >= 0 && res != -Errno.EAGAIN && polled.isEmpty() && refused.isEmpty()) {
                deliver(id, res, completion.flags(i));
            } else {
                reapOther(id, res, completion.flags(i));
            }
        }
        if (ready > 0) {
            completion.advance(ready);
            completions += ready;
        }
        return ready;
    }

    /** Answers a result in the words of the manual pages. */
    static int told(int res) {
        return res <= -RESTART_FIRST && res >= -RESTART_LAST ? -Errno.EINTR : res;
    }

    /** Answers what its kernel can do. */
    Capabilities kernel() {
        return kernel;
    }

    private void reapOther(long id, int res, int flags) {
        if (id >= 0) {
            reapWaited(id, res, flags);
        } else if (id == WAKE_UP) {
            wakeUpArmed = false;
        } else if (id == WAIT_LIMIT) {
            waitLimitsInFlight--;
        } else if (id == WAIT_LIMIT_REMOVED) {
            cancelsInFlight--;
        } else {
            reapCancel(id & ~CANCEL, res);
        }
    }

    /**
     * The next member of a chain is not to be found between the result of the one before and its own start: then the
     * cancel is asked again at once. A request that a thread of the kernel's has just begun may miss the signal that a cancel is
     * for it, and wait on for ever (seen on Linux 6.1 with reads of pipes): then it is asked again in a while.
     */
    private void reapCancel(long id, int res) {
        cancelsInFlight--;
        if (res == -Errno.ENOENT && isLinked(id)) {
            uncancelled.add(id);
        } else if (res < 0 && operation(id) != null) {
            if (missed.isEmpty()) {
                askAgainAtNanos = System.nanoTime() + askAgainNanos;
            }
            missed.add(id);
        }
    }

    private void reapWaited(long id, int res, int flags) {
        Op<?> op = polled.get(id);
        if (op != null) {
            reapPolled(op, id, res);
            return;
        }
        op = refused.remove(id);
        if (op != null) {
            reapRefused(op, id, res);
        } else if (res == -Errno.EAGAIN && (flags & CqeFlag.MORE) == 0 && !isLinked(id)) {
            reapAgain(operation(id), id);
        } else {
            deliver(id, res, flags);
        }
    }

    /** The descriptor does not block, so the kernel does not wait for it either: a poll request does, as elsewhere. */
    private void reapAgain(Op<?> op, long id) {
        if (readiness(op) != Readiness.READABLE && readiness(op) != Readiness.WRITABLE) {
            deliver(id, -Errno.EAGAIN, 0);
        } else if (isCancelAsked(op)) {
            deliver(id, -Errno.ECANCELED, 0);
        } else if (poll(op, id)) {
            refused.put(id, op);
        } else {
            unsubmitted.add(op);
        }
    }

    /** The descriptor is ready now, or the wait for it was cancelled. */
    private void reapRefused(Op<?> op, long id, int res) {
        if (res < 0) {
            deliver(id, res, 0);
        } else if (isCancelAsked(op)) {
            deliver(id, -Errno.ECANCELED, 0); // a cancel in between found nothing
        } else {
            start(op, id);
        }
    }

    private void reapPolled(Op<?> op, long id, int res) {
        boolean selects = bufferGroup(op) >= 0;
        int result = res;
        int flags = 0;
        for (int shots = 0; result >= 0; shots++) {
            if (shots == SHOTS_PER_READINESS) {
                result = -Errno.EAGAIN;
                flags = 0;
                break;
            }
            result = selects ? attemptSelected(op, sys()) : attempt(op, sys(), null);
            flags = selects ? selectedFlags() : 0;
            if (!isMultishot(op) || ends(op, result)) {
                break;
            }
            deliver(id, result, flags | CqeFlag.MORE);
        }
        if (!mustWait(result)) {
            polled.remove(id);
            deliver(id, result, flags);
        } else if (isCancelAsked(op)) {
            // A cancel that came between the readiness and this attempt found no request to cancel.
            polled.remove(id);
            deliver(id, -Errno.ECANCELED, 0);
        } else if (!poll(op, id)) {
            unsubmitted.add(op);
        }
    }

    // ---- provided buffers ----

    /** The kernel keeps them where it has buffer rings (5.19); without, attempts choose. */
    @Override
    protected boolean provideBuffers(int group, int entries) {
        if (!kernel.has(Capability.BUFFER_RING)) {
            tellDegraded("provided buffers are chosen without the kernel, since this kernel has no BUFFER_RING (Linux "
                    + Capability.BUFFER_RING.since() + ")");
            return false;
        }
        try {
            bufferRings.put(group, BufferRing.register(ring, group, entries, 0));
            return true;
        } catch (SystemCallException e) {
            System.getLogger("dev.uring").log(Level.INFO, "receives choose their buffers without the kernel", e);
            tellDegraded("provided buffers are chosen without the kernel, since it refused a ring for them: "
                    + e.getMessage());
            kernel = kernel.without(Set.of(Capability.BUFFER_RING.name()));
            judged.clear(); // receives that had an entry have none from now on
            return false;
        }
    }

    @Override
    protected void provideBuffer(int group, int id, MemorySegment piece) {
        BufferRing buffers = bufferRings.get(group);
        buffers.add(piece, (int) piece.byteSize(), id);
        buffers.publish();
    }

    // ---- registered buffers ----

    /** The table is made sparse (5.19) for all of it at once, or shared whole with the first ring (6.12). */
    @Override
    protected boolean registerBuffer(int index, MemorySegment memory, Driver first) {
        if (!kernel.has(Capability.SPARSE_TABLES)) {
            tellDegraded("a buffer pool is used without registration, since this kernel has no SPARSE_TABLES (Linux "
                    + Capability.SPARSE_TABLES.since() + ")");
            return false;
        }
        if (!hasBufferTable && first instanceof RingDriver source && kernel.has(Capability.CLONE_BUFFERS)
                && ring.registry().cloneBuffers(source.ring) >= 0) {
            hasBufferTable = true;
            return true;
        }
        int result = hasBufferTable ? 0 : ring.registry().sparseBuffers(BUFFER_TABLE_SLOTS);
        if (result >= 0) {
            hasBufferTable = true;
            result = ring.registry().updateBuffers(index, memory);
        }
        if (result < 0) {
            String refused = unregistered(memory.byteSize(), -result);
            System.getLogger("dev.uring").log(Level.INFO, "a buffer pool stays unregistered, and works all the same: "
                    + refused);
            tellDegraded("a buffer pool is used without registration: " + refused);
        }
        return result >= 0;
    }

    /** Tells why memory was not registered, and what to do. */
    static String unregistered(long bytes, int errno) {
        return "lengthBytes=" + bytes + " errno=" + Errno.describe(errno) + (errno == Errno.ENOMEM
                ? "; the limit of locked memory is " + ProcessLimits.bytes(ProcessLimits.lockedMemory())
                        + ": raise it (ulimit -l, LimitMEMLOCK=, --ulimit memlock=-1), or make the pool smaller" : "");
    }

    @Override
    protected void unregisterBuffer(int index) {
        if (hasBufferTable) {
            // Requests in flight keep the pages pinned until they end.
            ring.registry().updateBuffers(index, MemorySegment.NULL);
        }
    }

    // ---- ending ----

    @Override
    protected void wakeUp() {
        wakeUps.signal();
    }

    /** Only the wake-up may be in flight: its buffer is ours, so it is cancelled and reaped like any other. */
    @Override
    protected void close() {
        if (wakeUpArmed) {
            wakeUps.signal();
        }
        while (wakeUpArmed || waitLimitsInFlight > 0 || cancelsInFlight > 0) {
            enter(1, EnterFlag.GETEVENTS, -1);
            reap();
        }
        bufferRings.values().forEach(BufferRing::close);
        ring.close();
        wakeUps.close();
        arena.close();
    }

    @Override
    protected RuntimeMetrics.DriverMetrics metrics() {
        return new RuntimeMetrics.DriverMetrics(enters, submissions, completions, overflows);
    }

    @Override
    protected String describe() {
        return ring + " enters=" + enters + " submissions=" + submissions + " completions=" + completions
                + " overflows=" + overflows + " unsubmitted=" + unsubmitted.size() + " uncancelled="
                + uncancelled.size() + " polled=" + polled.size() + " refused=" + refused.size();
    }
}
