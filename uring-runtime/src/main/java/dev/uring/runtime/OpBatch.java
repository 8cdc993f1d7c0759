package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Operations that are submitted together and waited for together, round after round, from any thread.
 *
 * <pre>
 * state      event                          next       who owns the buffers
 * GATHERING  add                            GATHERING  caller
 * GATHERING  submit, submitAndWait          RUNNING    kernel, each until its operation has ended
 * RUNNING    the last operation has ended   ENDED      caller
 * ENDED      add                            GATHERING  caller (a new round; the results of the old one are gone)
 * </pre>
 *
 * <p>On io_uring a platform thread leases a ring for the round: one system call submits all and waits for all, and no other
 * thread is involved. The ring goes back when the last operation has ended, never before. A virtual thread, which must not
 * block in the kernel, and any thread on another driver hands the operations to the workers and parks; on a worker's ring
 * they share one system call, too. Both give the same results.
 *
 * <p>For one thread at a time, and not for callbacks; a round belongs to the thread that submits it, whose end the kernel takes
 * for a cancel. Members have no callbacks of their own: the batch alone waits for them. A reused batch of reused operations
 * allocates nothing.
 */
public final class OpBatch implements AutoCloseable {
    /** The most operations of one round. */
    public static final int CAPACITY_MAX = 1 << 14;

    /** Operations of rings that failed, kept for ever: the kernel may still have their memory. */
    private static final Queue<Object> LOST = new ConcurrentLinkedQueue<>();

    private static final VarHandle ORDER = MethodHandles.arrayElementVarHandle(int[].class);

    private final UringRuntime runtime;
    private final Op<?>[] ops;
    /** How many operations this round has. */
    private int count;
    private boolean running;
    private boolean closed;
    /** The ring of this round; null when the workers have all of it. */
    private LeasedRing ring;
    /** Operations in flight on that ring, and the cancels. */
    private int leased;
    private int cancels;
    private boolean cancelled;
    /** Those that have ended, one up each, in the order of their ends; a place is 0 until it is written. */
    private final int[] order;
    /** Places of {@link #order} that are given away. Any thread. */
    private final AtomicInteger ended = new AtomicInteger();
    /** How many of them {@link #next} has answered. */
    private int taken;
    /** How many places must be written before the waiter is woken, and the waiter; by the waiter, read by workers. */
    private volatile int awaited;
    private volatile Thread waiter;
    private final BooleanSupplier reached = this::isReached;
    private final Op.Ending[] endings;

    /**
     * Makes an empty batch.
     *
     * @param capacity the most operations of one round, 1 to {@link #CAPACITY_MAX}
     */
    public OpBatch(Handle handle, int capacity) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity must be 1 to " + CAPACITY_MAX + ": capacity=" + capacity);
        }
        runtime = handle.runtime();
        runtime.requireIo("operation=batch");
        ops = new Op<?>[capacity];
        order = new int[capacity];
        endings = new Op.Ending[capacity];
    }

    // ---- gathering ----

    /**
     * Begins a new round if the last one has ended, and answers the index that the next operation gets.
     *
     * @throws IllegalStateException while the round is running, when it is full, and when the batch is closed
     */
    public int requireRoom() {
        requireOpen();
        if (running) {
            if (!isEnded()) {
                throw new IllegalStateException("a batch in flight takes no more operations: count=" + count + " ended="
                        + endedCount() + "; take the results first");
            }
            endCancel();
            reset();
        }
        if (count == ops.length) {
            throw new IllegalStateException("batch is full: capacity=" + ops.length + "; submit it, or make it larger");
        }
        return count;
    }

    /** Adds an operation, which is not under way, once; answers its index in the round. See {@link #requireRoom}. */
    public int add(Op<?> op) {
        int index = requireRoom();
        ops[index] = op;
        count = index + 1;
        return index;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("batch is closed");
        }
    }

    private void reset() {
        Arrays.fill(ops, 0, count, null);
        Arrays.fill(order, 0, count, 0);
        count = 0;
        taken = 0;
        ended.setRelease(0);
        running = false;
        cancelled = false;
    }

    // ---- submitting ----

    /**
     * Submits all operations; {@link #next} waits for them.
     *
     * @throws IOException never; a host that refuses a ring to lease has the workers do it
     * @throws IllegalStateException when an operation is under way, or a buffer in flight: nothing was submitted
     */
    public void submit() throws IOException {
        begin();
        if (ring != null) {
            enter(0);
            reap();
        }
    }

    /** As {@link #submit}, and waits until all have ended, with the same system call. */
    public void submitAndWait() throws IOException {
        begin();
        await(count);
    }

    private void begin() throws IOException {
        requireOpen();
        if (running) {
            throw new IllegalStateException("a batch is submitted once: count=" + count + "; add operations for a new round");
        }
        Worker.requireNoCallback("a batch");
        boolean leases = runtime.leases() != null && !Thread.currentThread().isVirtual();
        LeasedRing mine = leases && count > 0 ? lease() : null;
        try {
            takeUp();
        } catch (RuntimeException | Error e) {
            if (mine != null) {
                runtime.leases().giveBack(mine);
            }
            throw e;
        }
        running = true;
        acquire();
        ring = mine;
        if (mine != null && !fillAll(mine.kernel(runtime.leases()))) {
            endLease();
        }
        for (int i = 0; i < count && ring == null; i++) {
            if (ops[i].refusal() == null) {
                startOnWorker(ops[i], i);
            }
        }
        endLeaseIfDone();
    }

    /** Answers a ring, or null where the host refuses another one. */
    private LeasedRing lease() {
        try {
            return runtime.leases().take(ops.length);
        } catch (IOException e) {
            runtime.noteDegraded("batches go to the workers, since the host refuses a ring of their own: " + e.getMessage());
            return null;
        }
    }

    /** All or none. */
    private void takeUp() {
        int taking = 0;
        try {
            for (; taking < count; taking++) {
                ops[taking].takeUp();
                ops[taking].moveBuffer();
            }
        } finally {
            for (int i = 0; taking < count && i < taking; i++) {
                ops[i].giveBackBuffer();
            }
        }
    }

    /** An operation whose descriptor is closed has ended here. */
    private void acquire() {
        for (int i = 0; i < count; i++) {
            IOException refusal = ops[i].acquireOrRefuse(runtime);
            if (refusal != null) {
                ops[i].refuse(refusal, runtime);
                endedAt(i);
            }
        }
    }

    /**
     * Fills an entry of the leased ring for each operation. Where this kernel has none for one of them it has none for the
     * round, which then goes to the workers as a whole: one thread cannot wait at two places.
     */
    private boolean fillAll(Capabilities kernel) {
        for (int i = 0; i < count; i++) {
            if (ops[i].refusal() != null) {
                continue;
            }
            if (!fill(ops[i], i, kernel)) {
                for (; leased > 0; leased--) {
                    ring.untake();
                }
                return false;
            }
            ops[i].admitted(runtime.anyWorker());
            leased++;
        }
        return true;
    }

    private boolean fill(Op<?> op, int index, Capabilities kernel) {
        if (op.readiness() != Readiness.BLOCKING && !ring.isForWaiting()) {
            return false;
        }
        Sqe sqe = ring.next();
        if (!op.prepare(sqe, kernel)) {
            ring.untake();
            return false;
        }
        sqe.userData(index);
        return true;
    }

    private void startOnWorker(Op<?> op, int index) {
        Op.Ending ending = endings[index];
        if (ending == null) {
            ending = () -> endedAt(index);
            endings[index] = ending;
        }
        op.observedBy(ending);
        runtime.dispatch(op);
        if (op.refusal() != null) {
            endedAt(index); // it came after the end of the workers, who would have told
        }
    }

    // ---- waiting ----

    /**
     * Answers the index of the next operation that has ended, in the order of their ends, and waits for it; -1 when all of
     * the round have been answered. An interrupt of a virtual thread, or on a driver without rings, cancels what is left,
     * and stays set; the wait goes on until it has ended.
     */
    public int next() {
        if (!running || taken == count) {
            return -1;
        }
        await(taken + 1);
        return (int) ORDER.getAcquire(order, taken++) - 1;
    }

    /** Waits until all have ended. */
    public void awaitAll() {
        if (running) {
            await(count);
        }
    }

    private void await(int wanted) {
        if (ring != null) {
            awaitLeased(wanted);
        } else if (!isWritten(wanted)) {
            awaitWorkers(wanted);
        }
    }

    private void awaitLeased(int wanted) {
        for (int missing = wanted - endedCount(); missing > 0; missing = wanted - endedCount()) {
            enter(missing);
            reap();
        }
    }

    private void enter(int results) {
        try {
            ring.enter(results);
        } catch (IllegalStateException e) {
            lose(e);
            throw e;
        }
    }

    private void reap() {
        if (ring == null) {
            return;
        }
        int ready = ring.ready();
        for (int i = 0; i < ready; i++) {
            long id = ring.userData(i);
            if (id == LeasedRing.CANCEL) {
                cancels--;
            } else if ((id & LeasedRing.POLL) != 0) {
                reapPoll((int) id, ring.result(i));
            } else {
                reap((int) id, ring.result(i), ring.flags(i));
            }
        }
        ring.advance(ready);
        endLeaseIfDone();
    }

    private void reap(int index, int res, int flags) {
        Op<?> op = ops[index];
        if (res == -Errno.EAGAIN && !cancelled && op.readiness() != Readiness.BLOCKING) {
            ring.submitPoll(op, index); // the descriptor does not block, so the kernel does not wait for it either
        } else if (res >= 0 && op.mayContinue() && op.continues(res)) {
            again(op, index);
        } else {
            end(op, index, res, flags);
        }
    }

    private void reapPoll(int index, int res) {
        if (res < 0) {
            end(ops[index], index, res, 0);
        } else {
            again(ops[index], index);
        }
    }

    private void again(Op<?> op, int index) {
        if (cancelled || !fill(op, index, ring.kernel(runtime.leases()))) {
            end(op, index, -Errno.ECANCELED, 0);
        }
    }

    private void end(Op<?> op, int index, int res, int flags) {
        leased--;
        // What a thread of the kernel's was waiting for is interrupted by a cancel, as on workers (Linux 5.10).
        op.complete(cancelled && res == -Errno.EINTR ? -Errno.ECANCELED : res, flags);
        endedAt(index);
    }

    private void endLeaseIfDone() {
        if (ring != null && leased == 0 && cancels == 0) {
            endLease();
        }
    }

    private void endLease() {
        runtime.leases().giveBack(ring);
        ring = null;
    }

    /** The ring has failed: what is in flight is told so, and its memory is kept for ever. */
    private void lose(Throwable cause) {
        LOST.add(ring);
        for (int i = 0; i < count; i++) {
            if (ops[i].isUnderWay() && ops[i].isUnobserved()) {
                LOST.add(ops[i]);
                ops[i].lose(cause);
                endedAt(i);
            }
        }
        runtime.leases().lose(ring);
        ring = null;
        leased = 0;
        cancels = 0;
    }

    /** Waits until workers have ended so many; an interrupt cancels the rest. */
    private void awaitWorkers(int wanted) {
        boolean interrupted = false;
        boolean stuck = false;
        awaited = wanted;
        waiter = Thread.currentThread();
        Worker home = ops[0].worker;
        while (!isReached()) {
            stuck = Worker.park(this, stuck, home, reached);
            if (Thread.interrupted()) {
                interrupted = true;
                cancel();
            }
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isReached() {
        return isWritten(awaited);
    }

    /** Answers whether the first places are written, and not only given away. */
    private boolean isWritten(int places) {
        if (endedCount() < places) {
            return false;
        }
        for (int i = taken; i < places; i++) {
            while ((int) ORDER.getAcquire(order, i) == 0) { // a worker is between its two instructions
                Thread.onSpinWait();
            }
        }
        return true;
    }

    /** One operation has ended. The batch's thread, or a worker. */
    private void endedAt(int index) {
        int place = ended.getAndIncrement();
        ORDER.setRelease(order, place, index + 1);
        // Orders the place before the look: who waits stores itself before it looks at the places.
        VarHandle.fullFence();
        Thread waiting = waiter;
        if (waiting != null && place + 1 >= awaited) {
            LockSupport.unpark(waiting);
        }
    }

    private int endedCount() {
        return ended.get(); // not acquire: it follows the store of the waiter
    }

    private boolean isEnded() {
        return isWritten(count);
    }

    // ---- results ----

    /** Answers what an operation of the round ended with: at least 0, or -errno; it must have ended. */
    public int result(int index) {
        return requireEnded(index).outcome();
    }

    /** Answers why an operation of the round failed, or null; it must have ended. */
    public IOException error(int index) {
        return requireEnded(index).outcomeError();
    }

    private Op<?> requireEnded(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("no such operation in this round: index=" + index + " count=" + count);
        }
        Op<?> op = ops[index];
        if (!running || op.isUnderWay()) {
            throw new IllegalStateException("operation has not ended: index=" + index + " operation=" + op.describe());
        }
        return op;
    }

    /** Answers how many operations the round has. */
    public int count() {
        return count;
    }

    // ---- ending early ----

    /** Asks for all that have not ended to end; each tells what came of it, and is still to be waited for. */
    public void cancel() {
        if (!running) {
            return;
        }
        cancelled = true;
        if (ring != null && leased > 0 && cancels == 0) {
            enter(0); // makes room for the cancel, which must not overtake what it is to find
            submitCancels();
            enter(0);
            reap();
        }
        for (int i = 0; i < count; i++) {
            if (!ops[i].isUnobserved()) { // a worker has it, or it has ended
                ops[i].cancel();
            }
        }
    }

    /**
     * Where the kernel has no request that ends all, there is one for each that is in flight: entries and results are as many
     * as operations, and twice as many, and the queues have room for both.
     */
    private void submitCancels() {
        if (ring.cancelsAllAtOnce()) {
            ring.submitCancelAll();
            cancels++;
            return;
        }
        for (int i = 0; i < count; i++) {
            if (ops[i].isUnderWay() && ops[i].isUnobserved()) {
                ring.submitCancel(i);
                cancels++;
            }
        }
    }

    /** Cancels what is in flight, waits until it has ended, and gives the ring back; the results can be read no more. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (running && !isEnded()) {
            cancel();
            awaitAll();
        }
        endCancel();
        reset();
        closed = true;
    }

    /** The ring goes back when the answer to a cancel has come, too. */
    private void endCancel() {
        while (ring != null) {
            enter(1);
            reap();
        }
    }
}
