package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Nop;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What does an operation cost above the raw ring: NOP round trips through {@link Op}, a number of them in flight, each
 * started again when it ends. The baseline is {@link NopLoop} with a batch of the same size.
 *
 * <pre>
 *   OpLoop MODE IN-FLIGHT SECONDS [new]
 * </pre>
 *
 * <p>MODE is {@code callback}, {@code future} (a CompletableFuture copy per operation), {@code task} (a task per operation
 * in flight, carried by the worker) or {@code stock} (the same on the JDK's scheduler). By default each operation object
 * is reused; with {@code new} there is one for each round trip.
 *
 * <p>Estimate: by callback two atomic exchanges and some fifty loads and stores above the raw ring's 50 ns, so 1.5x; a
 * task adds a freeze and a thaw of its stack, 100 to 200 ns; on the JDK's scheduler also two hops between threads. No
 * bytes on the reused path by callback and by task, 48 for a new Nop.
 */
public final class OpLoop {
    private static final int WINDOWS = 10;
    /** CPU time of the process before the first counted window: on a busy machine the clock says little of warmth. */
    private static final long WARM_UP_CPU_NANOS = 4_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final String mode;
    private final int inFlight;
    private final boolean reused;
    /** Tells all loops to end their window. */
    private volatile boolean ended;

    private OpLoop(String mode, int inFlight, boolean reused) {
        this.mode = mode;
        this.inFlight = inFlight;
        this.reused = reused;
    }

    /**
     * Runs the loop and prints what it measured.
     *
     * @param arguments {@code MODE IN-FLIGHT SECONDS [new]}
     * @throws Exception if the runtime cannot be built or an operation fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3 || !List.of("callback", "future", "task", "stock").contains(arguments[0])) {
            System.err.println("usage: OpLoop callback|future|task|stock IN-FLIGHT SECONDS [new]");
            System.exit(2);
        }
        new OpLoop(arguments[0], Integer.parseInt(arguments[1]), arguments.length == 3)
                .run(Double.parseDouble(arguments[2]));
    }

    private void run(double seconds) throws Exception {
        Carriers carriers = mode.equals("stock") ? Carriers.OFF : Carriers.ON;
        try (UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().carriers(carriers).build()) {
            System.out.println(runtime);
            double[] perSecond = new double[WINDOWS];
            double[] cpuNanosPerOp = new double[WINDOWS];
            double[] bytesPerOp = new double[WINDOWS];
            double[] entersPerOp = new double[WINDOWS];
            while (PROCESS.getProcessCpuTime() < WARM_UP_CPU_NANOS) {
                window(runtime, 0.5);
            }
            for (int i = 0; i < WINDOWS; i++) {
                long enters = runtime.metrics().enters();
                long bytes = THREADS.getTotalThreadAllocatedBytes();
                long cpu = PROCESS.getProcessCpuTime();
                long wall = System.nanoTime();
                double operations = window(runtime, seconds / WINDOWS);
                perSecond[i] = operations * 1e9 / (System.nanoTime() - wall);
                cpuNanosPerOp[i] = (PROCESS.getProcessCpuTime() - cpu) / operations;
                bytesPerOp[i] = (THREADS.getTotalThreadAllocatedBytes() - bytes) / operations;
                entersPerOp[i] = (runtime.metrics().enters() - enters) / operations;
            }
            System.out.printf(Locale.ROOT,
                    "ops_per_second=%.0f ops_per_cpu_second=%.0f bytes_per_op=%.3f enters_per_op=%.4f%n",
                    Spread.of(perSecond).median(), 1e9 / Spread.of(cpuNanosPerOp).median(),
                    Arrays.stream(bytesPerOp).min().orElseThrow(), Spread.of(entersPerOp).median());
        }
    }

    /** Keeps the operations going for a while; answers how many there were. */
    private long window(UringRuntime runtime, double seconds) throws Exception {
        ended = false;
        long[] counts = new long[inFlight];
        Thread timer = Thread.ofPlatform().start(() -> sleepThenEnd(seconds));
        switch (mode) {
            case "callback" -> byCallback(runtime, counts, CallbackLoop::new);
            case "future" -> byCallback(runtime, counts, FutureLoop::new);
            default -> byTask(runtime, counts);
        }
        timer.join();
        return Arrays.stream(counts).sum();
    }

    private void sleepThenEnd(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended = true;
    }

    private void byTask(UringRuntime runtime, long[] counts) throws Exception {
        runtime.blockOn(() -> {
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                int index = i;
                tasks.add(Tasks.spawn(() -> {
                    counts[index] = taskLoop();
                    return null;
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            return null;
        });
    }

    private long taskLoop() throws IOException {
        long count = 0;
        Nop nop = new Nop();
        while (!ended) {
            (reused ? nop : new Nop()).submit().await();
            count++;
        }
        return count;
    }

    /** One operation in flight, started again each time it ends. */
    private abstract class Loop implements BiConsumer<Void, Throwable> {
        private final CountDownLatch done;
        private final Nop nop = new Nop();
        long count;

        Loop(CountDownLatch done) {
            this.done = done;
        }

        abstract void start(Op<Void> op);

        final void start() {
            start(reused ? nop : new Nop());
        }

        @Override
        public final void accept(Void result, Throwable error) {
            if (error != null) {
                throw new IllegalStateException(error);
            }
            count++;
            if (ended) {
                done.countDown();
            } else {
                start();
            }
        }
    }

    private final class CallbackLoop extends Loop {
        CallbackLoop(CountDownLatch done) {
            super(done);
        }

        @Override
        void start(Op<Void> op) {
            op.submit(this);
        }
    }

    private final class FutureLoop extends Loop {
        FutureLoop(CountDownLatch done) {
            super(done);
        }

        @Override
        void start(Op<Void> op) {
            op.submit().toCompletableFuture().whenComplete(this);
        }
    }

    private void byCallback(UringRuntime runtime, long[] counts,
            Function<CountDownLatch, Loop> maker) throws Exception {
        CountDownLatch done = new CountDownLatch(inFlight);
        Supplier<List<Loop>> starter = () -> {
            List<Loop> loops = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                Loop loop = maker.apply(done);
                loop.start();
                loops.add(loop);
            }
            return loops;
        };
        List<Loop> loops = runtime.blockOn(starter::get);
        done.await();
        for (int i = 0; i < inFlight; i++) {
            counts[i] = loops.get(i).count;
        }
    }
}
