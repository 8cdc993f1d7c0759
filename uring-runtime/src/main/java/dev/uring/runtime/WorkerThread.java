package dev.uring.runtime;

/** The platform thread of one worker: knows its worker, so that whoever it carries can find it. */
final class WorkerThread extends Thread {
    final Worker worker;

    WorkerThread(Worker worker, String name) {
        super(null, worker::run, name, 0, false);
        this.worker = worker;
        setDaemon(true);
    }
}
