package dev.uring.runtime;

import dev.uring.ffi.RingOptions;
import java.util.concurrent.locks.LockSupport;

/** The driver of a runtime without I/O: its workers park, and no operation ever reaches it. */
final class ParkingDriver extends Driver {
    private volatile Thread owner;
    private volatile boolean woken;
    private long parks;

    /** Makes one where I/O is not enabled; takes part in no choice. */
    static final class Provider implements DriverProvider {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Availability probe(boolean forced) {
            return new Availability.Available("I/O is not enabled", "");
        }

        @Override
        public Driver create(Availability.Available available, RingOptions options) {
            return new ParkingDriver();
        }
    }

    @Override
    protected void open() {
        owner = Thread.currentThread();
    }

    @Override
    protected int operationsMax() {
        return 1;
    }

    @Override
    protected void start(Op<?> op, long id) {
        throw new AssertionError("I/O is not enabled: operation=" + op.describe());
    }

    @Override
    protected void cancel(Op<?> op, long id) {
        throw new AssertionError("I/O is not enabled: operation=" + op.describe());
    }

    @Override
    protected void poll(long timeoutNanos) {
        if (timeoutNanos > 0 && !woken) {
            parks++;
            // The worker gives itself permits: a park that returns early is a turn for nothing, and no more.
            LockSupport.parkNanos(this, timeoutNanos);
        }
        woken = false;
    }

    @Override
    protected void wakeUp() {
        woken = true;
        LockSupport.unpark(owner);
    }

    @Override
    protected void close() {
        // it holds nothing
    }

    @Override
    protected Sys sys() {
        return LibcSys.INSTANCE;
    }

    @Override
    protected RuntimeMetrics.DriverMetrics metrics() {
        return new RuntimeMetrics.DriverMetrics(parks, 0, 0, 0);
    }

    @Override
    protected String describe() {
        return "no driver: parks=" + parks;
    }
}
