package dev.uring.runtime;

/** Something to be run once on a worker's thread. */
final class Call extends Message {
    private final Runnable action;

    Call(Runnable action) {
        this.action = action;
    }

    @Override
    void receive(Worker worker) {
        worker.runGuarded(action);
    }
}
