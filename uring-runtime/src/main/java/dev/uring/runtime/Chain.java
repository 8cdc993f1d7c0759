package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Operations of which each starts when the one before has succeeded. The driver takes the chain as a whole if it can;
 * else the worker starts one after the other, by the same rule of what breaks a link. In both cases every member holds
 * a slot of the table from the start, so a chain that has begun never waits for room.
 */
final class Chain extends Message {
    private final Op<?>[] ops;
    private final UringRuntime runtime;
    /** The member whose result is due next. Worker only. */
    private int current;
    private boolean emulated;

    Chain(Op<?>[] ops) {
        this.ops = ops.clone();
        Descriptor first = ops[0].descriptor();
        runtime = first != null ? first.runtime() : Handle.current().runtime();
        Set<Op<?>> once = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Op<?> op : ops) {
            if (op.descriptor() != null && op.descriptor().runtime() != runtime) {
                throw new IllegalArgumentException("a chain belongs to one runtime: operation=" + op.describe());
            }
            if (!once.add(op)) {
                throw new IllegalArgumentException("an operation is in the chain twice: operation=" + op.describe());
            }
        }
    }

    int length() {
        return ops.length;
    }

    Op<?>[] ops() {
        return ops;
    }

    /** Takes up all members or none, and takes the chain to a worker. */
    void submit() {
        int taken = 0;
        try {
            for (; taken < ops.length; taken++) {
                ops[taken].takeUp();
                ops[taken].moveBuffer();
            }
        } finally {
            if (taken < ops.length) {
                giveBackBuffers(taken);
            }
        }
        for (int i = 0; i < ops.length; i++) {
            IOException refusal = ops[i].acquireOrRefuse(runtime);
            if (refusal != null) {
                refuse(i, refusal);
                return;
            }
        }
        runtime.dispatch(this);
    }

    private void giveBackBuffers(int count) {
        for (int i = 0; i < count; i++) {
            ops[i].giveBackBuffer();
        }
    }

    /** One member cannot be had: it fails with the reason, all others as cancelled. */
    private void refuse(int culprit, IOException reason) {
        for (int i = 0; i < ops.length; i++) {
            if (i < culprit) {
                ops[i].releaseDescriptor();
            }
            ops[i].refuse(i == culprit ? reason
                    : new UringException(ops[i].operation(), ops[i].operands(), Errno.ECANCELED), runtime);
        }
    }

    /** Ends the whole chain: there is no worker any more. */
    void refuseDispatched() {
        for (Op<?> op : ops) {
            op.refuseDispatched(runtime);
        }
    }

    /** Takes the whole submission back, for want of room. */
    void untake() {
        for (Op<?> op : ops) {
            op.untake();
        }
    }

    /** Ends all members with one result, on the worker's thread, before any began. */
    void completeAll(int res) {
        for (Op<?> op : ops) {
            op.complete(res, 0);
        }
    }

    /** Cancels a chain whose submitter was interrupted; the head last, since it ends the whole while it waits for room. */
    void cancelInterrupted() {
        for (int i = ops.length - 1; i >= 0; i--) {
            ops[i].cancelInterrupted();
        }
    }

    /** Answers whether the head was cancelled, so that none of the chain will run. */
    boolean isHeadCancelled() {
        return ops[0].isCancelAsked();
    }

    void queued(Worker worker) {
        for (Op<?> op : ops) {
            op.queued(worker);
        }
    }

    @Override
    void receive(Worker worker) {
        worker.operations().startQueued(this);
    }

    /** Starts the chain: all members hold slots. */
    void begin(Worker worker, Driver driver, long[] ids) {
        emulated = hasTimer() || !driver.startChain(ops, ids);
        if (emulated) {
            beginCurrent(worker);
        }
    }

    /** Time is the worker's, so a driver must not be offered a chain that contains it. */
    private boolean hasTimer() {
        for (Op<?> op : ops) {
            if (op instanceof Timeout) {
                return true;
            }
        }
        return false;
    }

    private void beginCurrent(Worker worker) {
        Op<?> op = ops[current];
        if (op.isCancelAsked()) {
            worker.operations().completeChained(op, -Errno.ECANCELED);
        } else {
            op.begin(worker);
        }
    }

    /** Whether the worker starts the members, and not the driver. */
    boolean isEmulated() {
        return emulated;
    }

    /** Whether the member has been started; one that has not cannot be cancelled in the driver. */
    boolean hasBegun(Op<?> op) {
        return ops[current] == op;
    }

    /** One member has ended; {@code broken} tells whether the rest may not start. */
    void completed(Worker worker, boolean broken) {
        current++;
        if (current == ops.length) {
            return;
        }
        Op<?> next = ops[current];
        if (!emulated) {
            // The kernel starts the next one, or delivers its cancellation. A cancel asked for before finds it now.
            if (next.isCancelAsked()) {
                worker.operations().cancelNow(next);
            }
        } else if (broken) {
            worker.operations().completeChained(next, -Errno.ECANCELED);
        } else {
            beginCurrent(worker);
        }
    }
}
