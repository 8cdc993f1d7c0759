package dev.uring.runtime;

/** Asks the worker that has an operation to pass its cancel on to the driver. */
final class CancelRequest extends Message {
    private final Op<?> op;

    CancelRequest(Op<?> op) {
        this.op = op;
    }

    @Override
    void receive(Worker worker) {
        worker.operations().cancelNow(op);
    }
}
