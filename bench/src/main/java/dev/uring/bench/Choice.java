package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
public final class Choice extends TaskCrew {
    /** Operations, in the order of the table, and the opcodes that they need. */
    static final Map<String, String> MASKS = masks();

    private final String operation;
    private final List<ChoiceLane> lanes = new ArrayList<>();

    private Choice(String operation, int taskCount, Path directory, boolean inline) throws IOException {
        this.operation = operation;
        Files.createDirectories(directory);
        for (int i = 0; i < taskCount; i++) {
            lanes.add(new ChoiceLane(directory, i, inline));
        }
        start(taskCount);
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

    @Override
    void loop(Member member) throws IOException {
        ChoiceLane lane = lanes.get(member.number());
        ChoiceLane.Step step = lane.step(operation);
        while (member.goesOn()) {
            step.run();
            member.countOne();
        }
        lane.end();
    }

    @Override
    void close() {
        // each task ends its lane
    }
}
