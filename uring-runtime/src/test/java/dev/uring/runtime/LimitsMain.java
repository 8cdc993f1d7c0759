package dev.uring.runtime;

import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.ResourceLimit;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@link LimitsTest} runs in a JVM of its own, which lowers its limits; prints a line per answer, ends with OK. */
final class LimitsMain {
    private LimitsMain() {
    }

    public static void main(String[] arguments) throws Exception {
        // Loads every class that is needed later: class files need descriptors and memory, too.
        runWith(8);
        failToBuild(RingOptions.of(64).withRequired(SetupFlag.SQ_AFF), 1); // refused without SQPOLL
        switch (arguments[0]) {
            case "descriptors" -> descriptors();
            case "memlock" -> memlock();
            case "ring" -> ring();
            case "threads" -> threads();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("OK");
    }

    private static void runWith(int workers) throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(workers).build()) {
            runtime.blockOn(() -> new Nop().submit().await());
        }
    }

    private static void failToBuild(RingOptions ring, int workers) {
        LeakCheck.Holdings before = LeakCheck.Holdings.now();
        try (UringRuntime runtime = UringRuntime.builder().enableAll().ring(ring).multiThread(workers).build()) {
            System.out.println("built: " + runtime);
        } catch (IOException e) {
            System.out.println("refused: " + e.getMessage());
        }
        try {
            before.assertNothingAdded();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void descriptors() throws Exception {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            limit(ResourceLimit.OPEN_FILES, open.count() + 12);
        }
        failToBuild(RingOptions.of(64), 16);
        failToBuild(RingOptions.of(64), 16);
        runWith(2); // what is left is enough for a few
    }

    private static void memlock() throws Exception {
        limit(ResourceLimit.LOCKED_MEMORY, 64 << 10);
        try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(1).build();
                BufferPool pool = BufferPool.create(runtime, BufferPool.Options.of(65536, 16)); Pipes pipes = Pipes.open(runtime)) {
            runtime.blockOn(() -> {
                try (IoBuffer out = pool.take(); IoBuffer in = pool.take()) {
                    out.put(0, new byte[] {1, 2, 3}).length(3);
                    new Write(pipes.writer, out, Write.NO_OFFSET).submit().await();
                    System.out.println("bytes=" + new Read(pipes.reader, in, Read.NO_OFFSET).submit().await().bytes());
                }
                return null;
            });
            System.out.println("registered=" + pool.isRegistered() + " " + runtime.degraded());
        }
    }

    /** The queues of the largest ring take 3 MiB, and then there are two of them. */
    private static void ring() throws Exception {
        var provider = new IoUringProvider("");
        var available = (DriverProvider.Availability.Available) provider.probe(true);
        RingOptions largest = RingOptions.of(32768).withCompletionEntries(65536);
        System.out.println(provider.create(available, largest).describe());
        limit(ResourceLimit.ADDRESS_SPACE, addressSpaceBytes() + (2 << 20));
        Driver smaller = provider.create(available, largest);
        System.out.println("smaller: " + smaller.describe());
        smaller.close();
    }

    private static void threads() throws Exception {
        limit(ResourceLimit.ADDRESS_SPACE, addressSpaceBytes() + (64 << 20)); // a stack has 256 MiB, see the test
        failToBuild(RingOptions.of(64), 2);
        failToBuild(RingOptions.of(64), 2);
    }

    private static long addressSpaceBytes() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        String size = lines.stream().filter(line -> line.startsWith("VmSize:")).findFirst().orElseThrow();
        return Long.parseLong(size.replaceAll("\\D", "")) << 10;
    }

    private static void limit(int resource, long value) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            ResourceLimit.soft(limit, value);
            ResourceLimit.hard(limit, value);
            int result = LibcProcess.setrlimit(resource, limit);
            if (result != 0) {
                throw new AssertionError("setrlimit: " + result);
            }
        }
    }
}
