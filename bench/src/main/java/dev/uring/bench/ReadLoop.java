package dev.uring.bench;

import dev.uring.ffi.CString;
import dev.uring.ffi.CompletionQueue;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SqeFlag;
import dev.uring.ffi.SubmissionQueue;
import dev.uring.ffi.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What does a 4 KiB random read through the raw ring cost at a given depth, with registered file and buffers: the
 * counterpart of {@code readfile.c}, turn by turn, and so of {@code fio} with batches of a quarter of the depth.
 *
 * <pre>
 *   ReadLoop FILE DEPTH SECONDS [direct]
 * </pre>
 *
 * <p>The last line is the result after a warm-up, as {@link Interleave} reads it. {@code cpu_ns_per_read} is the loop's
 * thread, {@code process_cpu_ns_per_read} the whole JVM and the kernel's worker threads, in the same time.
 *
 * <p>Estimate: 0.7 to 1.3 us of a cached read are the kernel's copy of the page and its look-up; an enter that carries
 * 8 of them adds 10 to 50 ns to each, Java's part of the call 2 ns, filling and reaping 5 to 10 ns as in C. So at most
 * 1.05x of {@code fio}, which also keeps statistics, and no bytes allocated.
 */
public final class ReadLoop implements AutoCloseable {
    private static final int BLOCK_BYTES = RandomBlocks.BLOCK_BYTES;
    private static final int DEPTH_MAX = 1024;
    /** Of this thread's CPU time: on a busy machine the compiler, too, needs longer. */
    private static final double WARM_UP_SECONDS = 2;
    /** Reads between two looks at the clock, as in {@code readfile.c}. */
    private static final int READS_PER_LOOK = 4096;
    /** {@code O_RDONLY}, the same everywhere. */
    private static final int READ_ONLY = 0;
    /** {@code O_DIRECT} of x86-64, and of every other architecture but arm, aarch64, m68k and powerpc. */
    private static final int DIRECT_X86 = 040000;
    private static final int DIRECT_AARCH64 = 0200000;

    /** {@code -During.bench.plain-file=true}: does without the file table, to see what it saves. */
    private static final boolean PLAIN_FILE = Boolean.getBoolean("uring.bench.plain-file");

    private final int depth;
    /** Entries that are submitted together. */
    private final int batch;
    private final Arena arena = Arena.ofConfined();
    private final Ring ring;
    private final SubmissionQueue submission;
    private final CompletionQueue completion;
    /** One block per slot, each a registered buffer of the same number. */
    private final MemorySegment[] blocks;
    /** The file's descriptor, or its slot in the ring's table: the first. */
    private int target;
    /** A stack of the slots that are not in flight. */
    private final int[] free;
    private int freeCount;
    private final RandomBlocks offsets;
    private long enters;

    /** Opens the file, and a ring that the calling thread owns. */
    ReadLoop(Path file, int depth, boolean direct) throws IOException, SystemCallException {
        this.depth = depth;
        batch = Math.max(depth / 4, 1);
        offsets = new RandomBlocks(Files.size(file), 0);
        blocks = new MemorySegment[depth];
        free = new int[depth];
        MemorySegment memory = arena.allocate((long) depth * BLOCK_BYTES, BLOCK_BYTES);
        for (int slot = 0; slot < depth; slot++) {
            blocks[slot] = memory.asSlice((long) slot * BLOCK_BYTES, BLOCK_BYTES);
            free[freeCount++] = slot;
        }
        ring = Ring.create(RingOptions.of(depth));
        submission = ring.submission();
        completion = ring.completion();
        register(file, direct);
    }

    private void register(Path file, boolean direct) throws SystemCallException {
        int fd = LibcFile.open(CString.encode(arena, file.toString()), READ_ONLY | (direct ? directFlag() : 0), 0);
        require("open", fd);
        if (PLAIN_FILE) {
            target = fd;
        } else {
            require("register files", ring.registry().files(fd));
            Libc.close(fd); // the ring holds its own reference
        }
        require("register buffers", ring.registry().buffers(blocks));
        require("register ring descriptor", ring.registry().ringDescriptor());
    }

    private static int directFlag() {
        return System.getProperty("os.arch").equals("aarch64") ? DIRECT_AARCH64 : DIRECT_X86;
    }

    private static void require(String what, int result) {
        if (result < 0) {
            throw new IllegalStateException(what + " failed: errno=" + Errno.describe(-result));
        }
    }

    /**
     * Runs the loop and prints what it measured.
     *
     * @param arguments {@code FILE DEPTH SECONDS [direct]}
     * @throws IOException         if there is no such file
     * @throws SystemCallException if there is no ring to be had
     */
    public static void main(String[] arguments) throws IOException, SystemCallException {
        boolean direct = arguments.length == 4 && arguments[3].equals("direct");
        int depth = arguments.length == 3 || direct ? Integer.parseInt(arguments[1]) : 0;
        if (depth < 1 || depth > DEPTH_MAX) {
            System.err.println("usage: ReadLoop FILE DEPTH SECONDS [direct], with DEPTH from 1 to " + DEPTH_MAX);
            System.exit(2);
        }
        try (ReadLoop loop = new ReadLoop(Path.of(arguments[0]), depth, direct)) {
            System.out.println(loop.ring);
            loop.run(Double.parseDouble(arguments[2]));
        }
    }

    private void run(double seconds) {
        Meter meter = new Meter();
        double warmUpNanos = WARM_UP_SECONDS * 1e9;
        while (warmUpNanos > 0) { // ends: each window uses CPU time
            runWindow(meter, WARM_UP_SECONDS / 10);
            warmUpNanos -= meter.cpuNanos();
        }
        enters = 0;
        double reads = runWindow(meter, seconds);
        System.out.printf(Locale.ROOT, "reads_per_second=%.0f cpu_ns_per_read=%.1f process_cpu_ns_per_read=%.1f"
                        + " bytes_per_read=%.4f enters_per_read=%.4f%n",
                reads * 1e9 / meter.wallNanos(), meter.cpuNanos() / reads, meter.processNanos() / reads,
                meter.allocatedBytes() / reads, enters / reads);
    }

    private long runWindow(Meter meter, double seconds) {
        long nanos = (long) (seconds * 1e9);
        long reads = 0;
        meter.start();
        do {
            for (int done = 0; done < READS_PER_LOOK;) {
                int reaped = turn();
                done += reaped;
                reads += reaped;
            }
        } while (meter.elapsedNanos() < nanos);
        meter.stop();
        return reads;
    }

    /** Fills the depth, submitting a batch at a time, then waits for at least one read and takes all that are there. */
    private int turn() {
        int queued = 0;
        while (freeCount > 0) {
            prepare();
            if (++queued == batch) {
                requireSubmitted(queued, enter(0));
                queued = 0;
            }
        }
        // fio too sends off what is left of a batch before it waits.
        if (queued > 0 || completion.ready() == 0) {
            requireSubmitted(queued, enter(1));
        }
        return reap();
    }

    private void prepare() {
        int slot = free[--freeCount];
        submission.next() // never null: no more entries than slots
                .readFixed(target, blocks[slot], BLOCK_BYTES, offsets.next(), slot)
                .flags(PLAIN_FILE ? 0 : SqeFlag.FIXED_FILE)
                .userData(slot);
    }

    private int enter(int minComplete) {
        enters++;
        return minComplete == 0 ? ring.submit() : ring.submitAndWait(minComplete);
    }

    private static void requireSubmitted(int queued, int submitted) {
        if (submitted != queued) {
            throw new IllegalStateException("batch not submitted: queued=" + queued + " result=" + submitted);
        }
    }

    private int reap() {
        int ready = completion.ready();
        for (int i = 0; i < ready; i++) {
            if (completion.result(i) != BLOCK_BYTES) {
                throw new IllegalStateException("read failed: result=" + completion.result(i));
            }
            free[freeCount++] = (int) completion.userData(i);
        }
        completion.advance(ready);
        return ready;
    }

    /** Waits for the reads in flight, as the kernel writes to our memory until each has completed. */
    @Override
    public void close() {
        while (freeCount < depth) { // ends: each turn waits for one of at most depth reads
            requireSubmitted(0, enter(1));
            reap();
        }
        ring.close();
        arena.close();
    }
}
