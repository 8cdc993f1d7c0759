package dev.uring.examples;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/**
 * Lets a command end in order when the process is asked to (Ctrl-C, or kill). The request calls what the command gave,
 * and the process stays until {@link #close}. Its exit status is then 128 and the signal's number, whatever the command
 * says.
 */
final class Ending implements AutoCloseable {
    private final Runnable stop;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::ask, "ending");
    private volatile boolean asked;

    /**
     * Waits for the request.
     *
     * @param stop makes the command end; called on another thread, and does not wait for the end
     * @throws CancellationException when the process is ending already, and would not wait for the command
     */
    Ending(Runnable stop) {
        this.stop = stop;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw (CancellationException) new CancellationException("the process is ending").initCause(e);
        }
    }

    /** What the virtual machine calls. */
    void ask() {
        asked = true;
        stop.run();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody is in a greater hurry
        }
    }

    /** The command has cleaned up. */
    @Override
    public void close() {
        ended.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                asked = true; // it comes right now, and finds that all is done
            }
        }
    }
}
