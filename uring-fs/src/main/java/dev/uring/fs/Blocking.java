package dev.uring.fs;

import dev.uring.runtime.Handle;
import dev.uring.runtime.JoinHandle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** Calls of java.nio.file for which there is no operation, on the current runtime's blocking threads. */
final class Blocking {
    private Blocking() {
    }

    /** Makes the call and waits; what it throws is thrown here. An interrupt ends the wait, not the call. */
    static <T> T call(Callable<T> call) throws IOException {
        JoinHandle<T> job = Handle.current().spawnBlocking(call);
        try {
            return job.await();
        } catch (InterruptedException e) {
            job.abort();
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("the thread was interrupted: " + job).initCause(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IOException(e);
            }
        }
    }
}
