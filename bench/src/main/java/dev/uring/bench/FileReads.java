package dev.uring.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What does a 4 KiB random read of a file cost, with a number of them in flight: lets one engine read for a while.
 *
 * <pre>
 *   FileReads ENGINE FILE DEPTH SECONDS [direct]
 * </pre>
 *
 * <p>ENGINE is {@code threads} or {@code virtual} ({@link ReadThreads}), {@code async-channel}
 * ({@link ReadAsyncChannel}), {@code jasyncfio} ({@link ReadJasyncfio}, without {@code direct}), {@code callback}
 * ({@link ReadCallbacks}), {@code task} ({@link ReadTasks}) or {@code batch} ({@link ReadBatch}). {@link FioReads} and
 * {@link ReadLoop} are their peers.
 *
 * <p>Estimate: the raw ring takes 1.0 us a read from the page cache and 4.6 us from the disk; an operation by callback
 * adds 30 ns and its object's bytes, by a task 250 ns. A blocking call takes 1.4 us from the page cache and, on a disk,
 * two changes of threads and a wake-up beside the driver's work, so 7 to 8 us.
 */
public final class FileReads {
    private FileReads() {
    }

    /**
     * Reads and prints what it cost.
     *
     * @param arguments see above
     * @throws Exception if there is no such file or a read fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 4) {
            System.err.println("usage: FileReads ENGINE FILE DEPTH SECONDS [direct]");
            System.exit(2);
        }
        LoadMeter.exitOnFailure();
        Load load = start(arguments[0], Path.of(arguments[1]), Integer.parseInt(arguments[2]),
                List.of(arguments).subList(4, arguments.length).contains("direct"));
        System.out.println(LoadMeter.measure(load, "read", Double.parseDouble(arguments[3])));
        System.exit(0); // jasyncfio's thread goes on after its close
    }

    private static Load start(String engine, Path file, int depth, boolean direct) throws Exception {
        return switch (engine) {
            case "threads" -> new ReadThreads(Thread.ofPlatform(), file, depth, direct);
            case "virtual" -> new ReadThreads(Thread.ofVirtual(), file, depth, direct);
            case "async-channel" -> new ReadAsyncChannel(file, depth, direct);
            case "jasyncfio" -> new ReadJasyncfio(file, depth);
            case "callback" -> new ReadCallbacks(file, depth, direct);
            case "task" -> new ReadTasks(file, depth, direct);
            case "batch" -> new ReadBatch(file, depth, direct);
            default -> throw new IllegalArgumentException("no such engine: name=" + engine);
        };
    }
}
