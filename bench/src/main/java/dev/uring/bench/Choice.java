package dev.uring.bench;

import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Who had best make a system call that may block: the ring (which hands most of them to the kernel's own threads), a
 * thread of the blocking pool, or the task itself, which keeps its worker from everything else meanwhile.
 *
 * <pre>
 *   Choice OPERATION TASKS DIRECTORY SECONDS [inline]
 * </pre>
 *
 * <p>OPERATION is one of {@link #MASKS}; with its mask as {@code -During.mask} it goes to the pool. A number of tasks on one
 * worker do it again and again. CPU time includes what restores the state before it, inline in all ways, so look at the
 * difference to the inline call.
 *
 * <p>Estimate: a hand-over to the pool and back is two wake-ups, 5 to 10 us of CPU time with one task, less when many
 * share it; the kernel's threads take 3 to 5 us; what the ring does at once, as an open of a file that is in the caches,
 * costs 0.3 us more than the call.
 */
public final class Choice implements Load {
    /** Operations, in the order of the table, and the opcodes that they need. */
    static final Map<String, String> MASKS = masks();

    private final UringRuntime runtime = OneWorker.start();
    private final List<Count> counts;
    private final List<JoinHandle<Void>> tasks = new ArrayList<>();
    private volatile boolean stopped;

    private Choice(String operation, int taskCount, Path directory, boolean inline) throws IOException {
        Files.createDirectories(directory);
        counts = IntStream.range(0, taskCount).mapToObj(_ -> new Count()).toList();
        for (int i = 0; i < taskCount; i++) {
            ChoiceLane lane = new ChoiceLane(directory, i, inline);
            Count count = counts.get(i);
            tasks.add(runtime.handle().spawn(() -> loop(lane, operation, count)));
        }
    }

    private static Map<String, String> masks() {
        Map<String, String> masks = new LinkedHashMap<>();
        masks.put("write", "WRITE");
        masks.put("fsync", "FSYNC");
        masks.put("statx", "STATX");
        masks.put("open", "OPENAT,CLOSE");
        masks.put("create", "OPENAT");
        masks.put("unlink", "UNLINKAT");
        masks.put("mkdir", "MKDIRAT");
        masks.put("rename", "RENAMEAT");
        masks.put("fallocate", "FALLOCATE");
        masks.put("truncate", "FTRUNCATE");
        return masks;
    }

    /**
     * Measures one operation in one way.
     *
     * @param arguments see above
     * @throws Exception if a call fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 4) {
            System.err.println("usage: Choice OPERATION TASKS DIRECTORY SECONDS [inline], operations: " + MASKS.keySet());
            System.exit(2);
        }
        LoadMeter.exitOnFailure();
        Load load = new Choice(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[2]),
                arguments.length == 5);
        System.out.println(LoadMeter.measure(load, "call", Double.parseDouble(arguments[3])));
    }

    private Void loop(ChoiceLane lane, String operation, Count count) throws IOException {
        ChoiceLane.Step step = lane.step(operation);
        while (!stopped) {
            step.run();
            count.increment();
        }
        lane.end();
        return null;
    }

    @Override
    public long done() {
        return counts.stream().mapToLong(Count::get).sum();
    }

    @Override
    public long calls() {
        return runtime.metrics().enters();
    }

    @Override
    public void stop() throws Exception {
        stopped = true;
        for (JoinHandle<Void> task : tasks) {
            task.await();
        }
        runtime.close();
    }
}
