package dev.uring.runtime;

import dev.uring.ffi.MemoryView;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Who owns a piece of memory, in one word that a buffer and all its slices share.
 *
 * <pre>
 * from        to          by                                              how
 * OWNED       IN_FLIGHT   the thread that submits                         compare-and-set
 * IN_FLIGHT   OWNED       the worker, before the operation is DONE        release store
 * OWNED       RELEASED    the caller                                      compare-and-set
 * RELEASED    OWNED       the taker of a result, {@link #fill}            release store
 * </pre>
 *
 * <p>Accessors read the word plainly: whoever may touch the buffer has learnt so through the operation, which orders the
 * store before the read; a volatile read in a loop over bytes costs twenty times as much.
 */
final class Ownership {
    /** Whether raw views die with the move. */
    static final boolean STRICT = Boolean.getBoolean("uring.strict");

    private static final int OWNED = 0;
    private static final int IN_FLIGHT = 1;
    private static final int RELEASED = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Ownership.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        if (STRICT && !MemoryView.isAllowed()) {
            System.getLogger("dev.uring").log(Level.INFO,
                    "strict mode is off: views of buffers cannot be leased without native access; "
                            + "add --enable-native-access=dev.uring.ffi (or ALL-UNNAMED on the class path)");
        }
    }

    /** OWNED, IN_FLIGHT or RELEASED; see the table above. */
    private int state;
    /** The operation that owns the memory; written by the submitting thread before IN_FLIGHT is of use to anyone. */
    private Op<?> holder;
    /** Who waits for a zero-copy send to let go; one at a time, and it writes itself. */
    private volatile Thread waiter;
    /** Open views, newest first; each belongs to the thread that asked for it. Null unless strict. */
    private Lease leases;

    /** Takes a piece of a slab back when its buffer is released. */
    interface Returner {
        /** The piece is nobody's; any thread. */
        void giveBack(int piece);
    }

    /** Where the memory goes at the release, or null: to the garbage collector. Changes in {@link #fill} alone. */
    private Returner returner;
    private int piece;

    Ownership() {
        this(null, 0);
    }

    Ownership(Returner returner, int piece) {
        this.returner = returner;
        this.piece = piece;
    }

    /** What one thread was given to look through. */
    private record Lease(Arena arena, Thread thread, Lease before) {
    }

    /** Answers where the rings of a runtime have the memory registered, or -1. */
    int tableIndex(UringRuntime user) {
        return returner == null ? -1 : BufferPool.tableIndex(returner, user);
    }

    void requireOwned() {
        if (state != OWNED) {
            throw refusal("touched");
        }
    }

    private IllegalStateException refusal(String verb) {
        if ((int) STATE.getAcquire(this) == RELEASED) {
            return new IllegalStateException("buffer is released and cannot be " + verb);
        }
        Op<?> op = holder;
        return new BufferInFlightException("buffer is in flight and cannot be " + verb + ": operation="
                + (op == null ? "unknown" : op.describe()) + "; await the operation first");
    }

    void move(Op<?> op) {
        if (leases != null) {
            closeLeases();
        }
        if (!STATE.compareAndSet(this, OWNED, IN_FLIGHT)) {
            throw refusal("submitted");
        }
        holder = op;
    }

    /** RELEASED to OWNED, with other memory; by the one user of a buffer that has none of its own, nor a slice. */
    void fill(Returner from, int id) {
        returner = from;
        piece = id;
        STATE.setRelease(this, OWNED);
    }

    void giveBack(Op<?> op) {
        assert holder == op : "given back by " + op + ", held by " + holder;
        holder = null;
        STATE.setRelease(this, OWNED);
    }

    void release() {
        if (leases != null) {
            closeLeases();
        }
        if (STATE.compareAndSet(this, OWNED, RELEASED)) {
            if (returner != null) {
                returner.giveBack(piece);
            }
        } else if (state() != IoBuffer.State.RELEASED) {
            throw refusal("closed");
        }
    }

    IoBuffer.State state() {
        return switch ((int) STATE.getAcquire(this)) {
            case OWNED -> IoBuffer.State.OWNED;
            case IN_FLIGHT -> IoBuffer.State.IN_FLIGHT;
            default -> IoBuffer.State.RELEASED;
        };
    }

    /** As {@link #giveBack}, for an operation whose result the caller has had already. */
    void giveBackNotified(Op<?> op) {
        giveBack(op);
        // Orders the store before the look: who waits stores itself before it looks at the state.
        VarHandle.fullFence();
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    void awaitOwned() {
        boolean interrupted = false;
        boolean stuck = false;
        while (state() == IoBuffer.State.IN_FLIGHT) {
            Op<?> op = holder;
            if (op == null) {
                Thread.onSpinWait(); // between the two stores of move or giveBack
            } else if (!op.isResolved()) {
                interrupted |= op.awaitDone(0, false);
            } else {
                waiter = Thread.currentThread();
                if (state() == IoBuffer.State.IN_FLIGHT) {
                    stuck = Worker.park(this, stuck);
                    interrupted |= Thread.interrupted();
                }
            }
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    MemorySegment view(MemorySegment memory) {
        if (!STRICT || !MemoryView.isAllowed()) {
            return memory;
        }
        Thread self = Thread.currentThread();
        Lease lease = leases;
        while (lease != null && lease.thread != self) {
            lease = lease.before;
        }
        if (lease == null) {
            lease = new Lease(Arena.ofConfined(), self, leases);
            leases = lease;
        }
        return MemoryView.lease(memory, lease.arena);
    }

    /**
     * Ends all views, or none. A view of another live thread cannot be ended from here: that thread may be reading through
     * it.
     */
    private void closeLeases() {
        Thread self = Thread.currentThread();
        for (Lease lease = leases; lease != null; lease = lease.before) {
            if (lease.thread != self && lease.thread.isAlive()) {
                throw new IllegalStateException("buffer has an open view of another thread: thread="
                        + lease.thread + "; submit or close it there, or pass bytes instead of views");
            }
        }
        for (Lease lease = leases; lease != null; lease = lease.before) {
            if (lease.thread == self) {
                lease.arena.close();
            }
        }
        leases = null;
    }

    @Override
    public String toString() {
        Op<?> op = holder;
        return state() + (op == null ? "" : " by " + op.describe());
    }
}
