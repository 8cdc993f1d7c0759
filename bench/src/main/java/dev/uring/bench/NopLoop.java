package dev.uring.bench;

import dev.uring.ffi.CompletionQueue;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import dev.uring.ffi.SubmissionQueue;
import dev.uring.ffi.SystemCallException;
import java.util.Locale;

/**
 * How many NOP round trips does the raw ring make on one core: the counterpart of {@code nop.c}, turn by turn.
 *
 * <pre>
 *   NopLoop BATCH SECONDS [FLAGS]
 * </pre>
 *
 * <p>A turn fills a batch of entries, submits them with one enter that waits for all, and takes their results. After a
 * warm-up the time is split into windows; the last line has the median window, as {@link Interleave} reads it. FLAGS are
 * names of {@link SetupFlag} separated by commas, by default those of {@link RingOptions#SINGLE_OWNER}.
 *
 * <p>Estimate: the kernel's part is that of C, an enter of 70 to 400 ns and 40 to 80 ns per NOP. Java adds a
 * foreign call, 10 to 20 ns per enter for the thread's state, the C library's {@code syscall} and errno; filling
 * and reaping an entry are a dozen stores and loads in both. So 0.75x of C or better for a batch of 1, and 1.0x from
 * 8 on, where the call is spread over the batch. No bytes allocated.
 */
public final class NopLoop implements AutoCloseable {
    private static final int BATCH_MAX = 4096;
    private static final int WINDOWS = 10;
    /** Of this thread's CPU time: on a busy machine the compiler, too, needs longer. */
    private static final double WARM_UP_SECONDS = 2;
    /** Operations between two looks at the clock, as in {@code nop.c}. */
    private static final int OPS_PER_LOOK = 8192;

    private final int batch;
    private final Ring ring;
    private final SubmissionQueue submission;
    private final CompletionQueue completion;

    /** Creates a ring that the calling thread owns and that only this thread may use and close. */
    NopLoop(int batch, int flags) throws SystemCallException {
        this.batch = batch;
        ring = Ring.create(RingOptions.of(batch).withPreferred(flags));
        submission = ring.submission();
        completion = ring.completion();
        int registered = ring.registry().ringDescriptor();
        if (registered != 1) {
            ring.close();
            throw new IllegalStateException("ring descriptor not registered: result=" + registered);
        }
    }

    /**
     * Runs the loop and prints what it measured.
     *
     * @param arguments {@code BATCH SECONDS [FLAGS]}
     * @throws SystemCallException if there is no ring to be had
     */
    public static void main(String[] arguments) throws SystemCallException {
        int batch = arguments.length == 2 || arguments.length == 3 ? Integer.parseInt(arguments[0]) : 0;
        if (batch < 1 || batch > BATCH_MAX) {
            System.err.println("usage: NopLoop BATCH SECONDS [FLAGS], with BATCH from 1 to " + BATCH_MAX);
            System.exit(2);
        }
        int flags = arguments.length == 3 ? flags(arguments[2]) : RingOptions.SINGLE_OWNER;
        try (NopLoop loop = new NopLoop(batch, flags)) {
            System.out.println(loop.ring);
            loop.run(Double.parseDouble(arguments[1]));
        }
    }

    private static int flags(String names) {
        int flags = 0;
        for (String name : names.split(",")) {
            flags |= SetupFlag.byName(name);
        }
        return flags;
    }

    private void run(double seconds) {
        Meter meter = new Meter();
        double warmUpNanos = WARM_UP_SECONDS * 1e9;
        while (warmUpNanos > 0) { // ends: each window uses CPU time
            runWindow(meter, WARM_UP_SECONDS / WINDOWS);
            warmUpNanos -= meter.cpuNanos();
        }
        double[] perSecond = new double[WINDOWS];
        double[] perCpuSecond = new double[WINDOWS];
        double[] bytesPerOp = new double[WINDOWS];
        for (int i = 0; i < WINDOWS; i++) {
            double operations = runWindow(meter, seconds / WINDOWS);
            perSecond[i] = operations * 1e9 / meter.wallNanos();
            perCpuSecond[i] = operations * 1e9 / meter.cpuNanos();
            bytesPerOp[i] = meter.allocatedBytes() / operations;
        }
        System.out.printf(Locale.ROOT, "ops_per_second=%.0f ops_per_cpu_second=%.0f bytes_per_op=%.4f%n",
                Spread.of(perSecond).median(), Spread.of(perCpuSecond).median(), Spread.of(bytesPerOp).median());
    }

    private long runWindow(Meter meter, double seconds) {
        int turnsPerLook = OPS_PER_LOOK / batch;
        long nanos = (long) (seconds * 1e9);
        long operations = 0;
        meter.start();
        do {
            for (int i = 0; i < turnsPerLook; i++) {
                turn();
            }
            operations += (long) turnsPerLook * batch;
        } while (meter.elapsedNanos() < nanos);
        meter.stop();
        return operations;
    }

    /** Makes one round trip of a batch. */
    void turn() {
        for (int i = 0; i < batch; i++) {
            submission.next().nop(); // never null: the queue has at least batch entries, all free
        }
        int submitted = ring.submitAndWait(batch);
        int ready = completion.ready();
        if (submitted != batch || ready != batch) {
            throw new IllegalStateException("batch incomplete: submitted=" + submitted + " ready=" + ready
                    + " batch=" + batch);
        }
        for (int i = 0; i < ready; i++) {
            if (completion.result(i) != 0) {
                throw new IllegalStateException("nop failed: result=" + completion.result(i));
            }
        }
        completion.advance(ready);
    }

    @Override
    public void close() {
        ring.close();
    }
}
