package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A driver that breaks its promises ends the runtime, and nobody waits for ever. */
class FailedWorkerTest extends RuntimeTest {
    private final List<BrokenDriver> drivers = new CopyOnWriteArrayList<>();
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();

    /** Takes operations and never answers, until it fails. */
    private static final class BrokenDriver extends Driver {
        private volatile boolean broken;
        private volatile Thread owner;
        private final List<Long> cancelled = new ArrayList<>();

        @Override
        protected void open() {
            owner = Thread.currentThread();
        }

        @Override
        protected int operationsMax() {
            return 2;
        }

        @Override
        protected void start(Op<?> op, long id) {
            // stays in flight
        }

        @Override
        protected void cancel(Op<?> op, long id) {
            cancelled.add(id);
        }

        @Override
        protected void poll(long timeoutNanos) {
            if (broken) {
                throw new IllegalStateException("broken, on purpose");
            }
            cancelled.forEach(id -> deliver(id, -dev.uring.ffi.Errno.ECANCELED, 0));
            cancelled.clear();
            LockSupport.parkNanos(Math.min(timeoutNanos, 1_000_000));
        }

        @Override
        protected void wakeUp() {
            LockSupport.unpark(owner);
        }

        @Override
        protected void close() {
            // holds nothing
        }

        @Override
        protected Sys sys() {
            return LibcSys.INSTANCE;
        }

        @Override
        protected RuntimeMetrics.DriverMetrics metrics() {
            return new RuntimeMetrics.DriverMetrics(0, 0, 0, 0);
        }

        @Override
        protected String describe() {
            return "broken driver";
        }
    }

    private final class BrokenProvider implements DriverProvider {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Availability probe(boolean forced) {
            return new Availability.Available("for a test", "");
        }

        @Override
        public Driver create(Availability.Available available, RingOptions options) {
            var driver = new BrokenDriver();
            drivers.add(driver);
            return driver;
        }
    }

    @Override
    UringRuntime.Builder builder() {
        return super.builder().multiThread(2).provider(new BrokenProvider())
                .onUncaught((_, thrown) -> reported.add(thrown));
    }

    @Test
    void everyone_who_waits_is_told_and_all_workers_end() throws Exception {
        List<Op<Void>> ops = new ArrayList<>();
        for (int i = 0; i < 10; i++) { // more than there is room for, on both workers
            ops.add(foreign(() -> new Nop().submit()));
        }
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(runtime.handle().spawn(() -> new Nop().submit().await()));
        }
        var called = new CompletableFuture<IOException>();
        ops.getLast().onComplete((_, error) -> called.complete(error));
        List<Thread> threads = runtime.workers().stream().map(Worker::thread).toList();
        drivers.getFirst().broken = true;
        LockSupport.unpark(drivers.getFirst().owner);
        for (Op<Void> op : ops) {
            assertThatThrownBy(op::await).isInstanceOf(IOException.class);
        }
        for (JoinHandle<Void> task : tasks) {
            assertThatThrownBy(task::await).isInstanceOfAny(ExecutionException.class,
                    java.util.concurrent.CancellationException.class);
        }
        assertThat(called.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(reported).singleElement().asString().contains("broken, on purpose");
        assertThatThrownBy(() -> foreign(() -> new Nop().submit().await())).isInstanceOf(RuntimeShutdownException.class);
        runtime.close();
    }

    @Test
    void writer_that_waits_for_room_in_a_queue_is_told() throws Exception {
        var told = new CompletableFuture<Throwable>();
        var queue = new QueuedWrites(new TestDescriptor(-1, runtime));
        Thread writer = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    queue.add(IoBuffer.allocate(1));
                }
            } catch (IOException | RuntimeException | Error e) {
                told.complete(e);
            }
        });
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        for (BrokenDriver each : drivers) {
            each.broken = true;
            LockSupport.unpark(each.owner);
        }
        assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class).hasMessageContaining("worker failed");
    }
}
