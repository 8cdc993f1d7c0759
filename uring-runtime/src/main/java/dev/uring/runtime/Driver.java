package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a worker waits with: starts operations, cancels them, and delivers for each a pair {@code (res, flags)}, the pair
 * of a completion entry, and nothing else. A driver knows no operation by name; it calls their faces through the static
 * methods here, which are the only door to them.
 *
 * <p>Each worker has its own driver. All methods but {@link #wakeUp()} and {@link #metrics()} are called on the worker's
 * thread, by its loop or by a task that it carries. Results are delivered by {@link #deliver}, once per operation unless
 * flags say {@code F_MORE}, and reach the operation after the driver has returned.
 */
public abstract class Driver {
    private static final int FIRST_RESULTS = 256;

    private Worker worker;
    /** Results since the worker last took them: an id, then res above flags. */
    private long[] results = new long[2 * FIRST_RESULTS];
    private int delivered;
    /** The buffer that the last {@link #attemptSelected} used, or negative. */
    private int selected = -1;

    /** For subclasses. */
    protected Driver() {
    }

    /** Called once by the worker that owns the driver, on its thread, before anything else. */
    final void attach(Worker owner) {
        worker = owner;
        open();
    }

    /** Takes possession of the driver: the calling thread is its owner from now on. */
    protected abstract void open();

    /** Answers how many operations may be in flight at once, so that every result has room. */
    protected abstract int operationsMax();

    /**
     * Answers for how many operations a ring of these options has room, so that every driver admits as many: its
     * completions less those that a {@link RingDriver} keeps for itself.
     */
    protected static int operationsMax(RingOptions options) {
        int asked = options.completionEntries() == 0 ? 2 * options.entries() : options.completionEntries();
        int completions = Math.max(asked, RingDriver.COMPLETIONS_MIN);
        return (Integer.bitCount(completions) == 1 ? completions : Integer.highestOneBit(completions) << 1)
                - RingDriver.RESERVED;
    }

    /**
     * Starts an operation; it must be on its way at the next {@link #poll} at the latest.
     *
     * @param id what {@link #deliver} must name; never negative
     */
    protected abstract void start(Op<?> op, long id);

    /**
     * Starts operations as one chain, each after the one before has succeeded; or none of them.
     *
     * @param ids what {@link #deliver} must name, one per operation
     * @return false when this driver cannot, so that the worker starts one after the other
     */
    protected boolean startChain(Op<?>[] ops, long[] ids) {
        return false;
    }

    /** Asks for an operation to end early; its result still comes by {@link #deliver}, whatever it is. */
    protected abstract void cancel(Op<?> op, long id);

    /**
     * Puts everything started on its way, and collects results.
     *
     * @param timeoutNanos how long to wait if there are none: 0 for not at all, {@link Long#MAX_VALUE} for ever
     */
    protected abstract void poll(long timeoutNanos);

    /** Makes a {@link #poll} in progress, or the next one, return soon. Any thread; wakes once per call at the least. */
    protected abstract void wakeUp();

    /** Gives up everything; nothing is in flight. */
    protected abstract void close();

    /**
     * Makes room for buffers that the kernel will choose from, one for each result.
     *
     * @param group what operations name
     * @param entries how many buffers the kernel has at once, at the most: a power of two
     * @return false when this driver's attempts choose instead
     */
    protected boolean provideBuffers(int group, int entries) {
        return false;
    }

    /** Lends one buffer to the kernel; only in groups that {@link #provideBuffers} took, and while there is room. */
    protected void provideBuffer(int group, int id, MemorySegment piece) {
        throw new AssertionError("no buffers are lent: group=" + group);
    }

    /**
     * Registers memory that operations will name by {@code index}.
     *
     * @param first the driver of the worker that registered it first, whose registration may be shared; null for it
     * @return false when this driver has no use for it, or the host refuses
     */
    protected boolean registerBuffer(int index, MemorySegment memory, Driver first) {
        return false;
    }

    /** Forgets what {@link #registerBuffer} took; operations that use it may be in flight. */
    protected void unregisterBuffer(int index) {
    }

    /** Answers the system calls that attempts make here. */
    protected abstract Sys sys();

    /** Answers what the driver has counted. Any thread, see {@link RuntimeMetrics}. */
    protected abstract RuntimeMetrics.DriverMetrics metrics();

    /** Answers a line for dumps: what the driver itself holds. */
    protected abstract String describe();

    /** Reports what became of an operation. */
    protected final void deliver(long id, int res, int completionFlags) {
        int at = 2 * delivered++;
        if (at == results.length) {
            results = Arrays.copyOf(results, 2 * at);
        }
        results[at] = id;
        results[at + 1] = (long) res << 32 | completionFlags & 0xffffffffL;
    }

    /**
     * Notes that this driver keeps something for the descriptor of an operation, which {@link #forget} must give up before
     * the number is closed. Once for each descriptor; on the worker's thread.
     */
    protected final void watches(Op<?> op) {
        op.descriptor().watchedBy(worker);
    }

    /** Gives up what was kept for a number, which is about to be closed and which nothing uses any more. */
    protected void forget(int fd) {
    }

    /** Runs a BLOCKING attempt on the runtime's pool; the result is delivered for it. */
    protected final void runBlocking(Op<?> op) {
        if (!worker.operations().runBlocking(op, sys())) {
            deliver(idOf(op), -Errno.EAGAIN, 0);
        }
    }

    /**
     * Notes that something runs without what the driver has for it elsewhere; see {@link UringRuntime#degraded}. On the
     * worker's thread, from {@link #open} on.
     */
    protected final void tellDegraded(String what) {
        worker.runtime().noteDegraded(what);
    }

    /** Answers how many results wait for {@link #completeAll}. */
    final int delivered() {
        return delivered;
    }

    /**
     * Hands every result to its operation. What callbacks start meanwhile may have a result at once: those are for the next
     * turn, or callbacks that always find one would keep all others waiting.
     */
    final void completeAll(Operations owner) {
        int count = delivered;
        for (int i = 0; i < count; i++) {
            long result = results[2 * i + 1];
            owner.complete(results[2 * i], (int) (result >> 32), (int) result);
        }
        delivered -= count;
        if (delivered > 0) {
            System.arraycopy(results, 2 * count, results, 0, 2 * delivered);
        }
    }

    /** Hands the newest result to its operation ahead of all others, if it is that operation's last. */
    final void completeLast(Operations owner, long id) {
        int at = 2 * (delivered - 1);
        int flags = (int) results[at + 1];
        if (results[at] == id && (flags & CqeFlag.MORE) == 0) {
            delivered--;
            owner.complete(id, (int) (results[at + 1] >> 32), flags);
        }
    }

    /** See {@link Op#prepare}. */
    protected static boolean prepare(Op<?> op, Sqe sqe, Capabilities kernel) {
        return op.prepare(sqe, kernel);
    }

    /** See {@link Op#readiness}. */
    protected static Readiness readiness(Op<?> op) {
        return op.readiness();
    }

    /** Answers the {@link dev.uring.ffi.PollFlag}s that a READABLE or WRITABLE operation waits for. */
    protected static int pollEvents(Op<?> op) {
        return op.pollEvents();
    }

    /**
     * Attempts once, see {@link Op#attempt}; a call that a signal interrupts is made again, here for all drivers. An
     * operation that throws is reported as uncaught, and has failed.
     *
     * @return never -EINTR: -ECANCELED when someone asked for a cancel meanwhile
     */
    protected static int attempt(Op<?> op, Sys sys, MemorySegment selected) {
        try {
            return attemptUntilHeard(op, sys, selected);
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            Worker worker = op.worker;
            // Not here: a handler may cancel or close, in the middle of the driver's work.
            worker.call(() -> worker.runtime().uncaught(thread, e));
            op.attemptFailed(e);
            return -Errno.EIO;
        }
    }

    private static int attemptUntilHeard(Op<?> op, Sys sys, MemorySegment selected) {
        int result = op.attempt(sys, selected);
        while (result == -Errno.EINTR) { // ends with the signals
            if (op.isCancelAsked()) {
                return -Errno.ECANCELED;
            }
            result = op.attempt(sys, selected);
        }
        if (result == -Errno.EIO || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
            op.attemptFailed(sys.failure());
        }
        return result;
    }

    /** Answers whether a result of {@link #attempt} means not yet. */
    protected static boolean mustWait(int res) {
        return res == -Errno.EAGAIN || res == -Errno.EINPROGRESS || res == -Errno.EALREADY;
    }

    /** See {@link Op#drains}. */
    protected static boolean drains(Op<?> op, int res) {
        return op.drains(res);
    }

    /** See {@link Op#isMultishot}. */
    protected static boolean isMultishot(Op<?> op) {
        return op.isMultishot();
    }

    /** See {@link Op#isZeroCopy}. */
    protected static boolean isZeroCopy(Op<?> op) {
        return op.isZeroCopy();
    }

    /** See {@link Op#ends}. */
    protected static boolean ends(Op<?> op, int res) {
        return op.ends(res);
    }

    /** See {@link Op#breaksLink}; only before the result is delivered. */
    protected static boolean breaksLink(Op<?> op, int res) {
        return op.breaksLink(res);
    }

    /** See {@link Op#bufferGroup}. */
    protected static int bufferGroup(Op<?> op) {
        return op.bufferGroup();
    }

    /** Answers what the worker was told; from {@link #open} on. */
    final WorkerOptions options() {
        return worker.options();
    }

    /** Makes sure that a group of provided buffers exists before an operation names it. */
    protected final void requireBuffers(int group) {
        worker.provided().require(group);
    }

    /**
     * Attempts an operation that takes a provided buffer: chooses one, and puts it back unless data came.
     *
     * @return the result, to be delivered with {@link #selectedFlags}; -ENOBUFS when there is no buffer
     */
    protected final int attemptSelected(Op<?> op, Sys sys) {
        ProvidedBuffers provided = worker.provided();
        int group = op.bufferGroup();
        selected = provided.select(group);
        if (selected < 0) {
            return selected;
        }
        int result = attempt(op, sys, provided.memory(selected));
        if (result <= 0) {
            provided.unselect(selected);
            selected = -1;
        }
        return result;
    }

    /** Answers the completion flags that name the buffer of the last {@link #attemptSelected}. */
    protected final int selectedFlags() {
        return selected < 0 ? 0 : CqeFlag.BUFFER | selected << CqeFlag.BUFFER_SHIFT;
    }

    /** Answers whether someone asked for the operation to end early. */
    protected static boolean isCancelAsked(Op<?> op) {
        return op.isCancelAsked();
    }

    /** Answers whether an operation is in flight in a chain that {@link #startChain} took. */
    final boolean isLinked(long id) {
        return worker.operations().isLinked(id);
    }

    /** Answers the operation that was started under this id, or null when it has ended. */
    final Op<?> operation(long id) {
        return worker.operations().operation(id);
    }

    /** Answers the id of an operation that was started and not yet delivered. */
    protected final long idOf(Op<?> op) {
        return worker.operations().idOf(op);
    }

    /** Answers the number that the operation waits on, or -1 when it uses none. */
    protected static int fd(Op<?> op) {
        Descriptor descriptor = op.descriptor();
        return descriptor == null ? -1 : descriptor.fd();
    }
}
