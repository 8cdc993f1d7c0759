package dev.uring.bench;

import dev.uring.bench.Subject.Group;
import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What do operations on files cost beside java.nio, jasyncfio and fio: runs the programs of each subject in turn, and
 * prints tables for docs/PERFORMANCE.md. Each program's class says what it does and what is expected of it.
 *
 * <pre>
 *   FileIo [ROUNDS [SECONDS [SUBJECT...]]]
 * </pre>
 *
 * <p>Subjects are {@code cached} and {@code direct} ({@link FileReads}), {@code batch} ({@link FileBatch}),
 * {@code sequential} ({@link Sequential}), {@code append} ({@link Append}), {@code walk} ({@link TreeWalk}) and
 * {@code choice} ({@link Choice}); all of them when none is named. The files are made once, in the target directory, on
 * whatever disk that is.
 *
 * <p>Programs have one processor, the last one, where a ring is compared with threads by their CPU time; all of them where
 * the time of a hand-over to other threads, or of the kernel's, is part of the question.
 *
 * <p>Expected of CPU per operation: random reads by callback at depths 32 and 128 at most 1.05x of fio's best, with
 * O_DIRECT at most 0.6x of the pool of threads. Expected of bytes: none per read of a batch.
 */
public final class FileIo {
    private static final String HEAP = "512m";
    private static final List<String> DEPTHS = List.of("1", "32", "128");
    private static final String FIO = "fio";
    private static final String THREADS = "FileChannel, threads";
    private static final String VIRTUAL = "FileChannel, virtual threads";
    private static final String CALLBACKS = "uring, callbacks";
    private static final String TASKS = "uring, tasks";
    private static final String BATCH = "uring, Batch";
    /** The runtime's ways to read, beside the threads. */
    private static final List<String> RIVALS = List.of(THREADS, CALLBACKS, TASKS, BATCH);
    private static final String DIRECT = "direct";

    private final int rounds;
    private final String seconds;
    private final Path target = RawRing.target();
    private final Path reads = target.resolve("reads-1g.bin");
    private final Path writes = target.resolve("writes-1g.bin");
    private final Path tree = target.resolve("tree");
    private final boolean hasFio = RawRing.isOnPath("fio");

    private FileIo(int rounds, String seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** Makes the files that a subject needs, tells what is left out, and answers what to run. */
    private interface Preparation {
        Subject prepare() throws IOException;
    }

    /**
     * Runs the subjects.
     *
     * @param arguments see above
     * @throws IOException          if a program fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        var files = new FileIo(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5,
                arguments.length > 1 ? arguments[1] : "1");
        Map<String, Preparation> subjects = files.subjects();
        if (!subjects.keySet().containsAll(names)) {
            System.err.println("usage: FileIo [ROUNDS [SECONDS [SUBJECT...]]], subjects: " + subjects.keySet());
            System.exit(2);
        }
        if (!files.hasFio) {
            System.out.println("skipped fio: not on the path (apt-get install fio)");
        }
        for (String name : names.isEmpty() ? subjects.keySet() : names) {
            files.run(subjects.get(name).prepare());
        }
    }

    private Map<String, Preparation> subjects() {
        Map<String, Preparation> subjects = new LinkedHashMap<>();
        subjects.put("cached", () -> randomReads("cached", false));
        subjects.put(DIRECT, () -> randomReads(DIRECT, true));
        subjects.put("batch", this::batch);
        subjects.put("sequential", this::sequential);
        subjects.put("append", this::append);
        subjects.put("walk", this::walk);
        subjects.put("choice", this::choice);
        return subjects;
    }

    private void run(Subject subject) throws IOException, InterruptedException {
        List<Comparison> comparisons = subject.run(rounds, "seconds=" + seconds);
        Table cpu = new Table(subject.table().head(), subject.table().columns().subList(0, 1));
        StringBuilder rivals = new StringBuilder();
        for (int i = 0; i < comparisons.size(); i++) {
            rivals.append(cpu.rows(subject.groups().get(i).labels(), comparisons.get(i).only(RIVALS)));
        }
        if (!rivals.isEmpty()) {
            System.out.println(cpu.head("threads") + rivals);
        }
    }

    private Subject randomReads(String name, boolean direct) throws IOException {
        DataFiles.prepare(reads);
        System.out.println("skipped jasyncfio: " + (direct
                ? "its polled ring does no O_DIRECT on this kind of disk"
                : "waits for itself with more in flight: depth=128 max=" + ReadJasyncfio.DEPTH_MAX));
        List<Group> groups = new ArrayList<>();
        for (String depth : DEPTHS) {
            List<Interleave.Command> commands = new ArrayList<>();
            if (hasFio) {
                commands.add(read(FIO, FioReads.class, direct, depth));
                commands.add(read("fio, plain", FioReads.class, direct, depth, "plain"));
            }
            commands.add(engine(THREADS, "threads", direct, depth));
            commands.add(engine(VIRTUAL, "virtual", direct, depth));
            commands.add(engine("AsynchronousFileChannel", "async-channel", direct, depth));
            if (!direct && Integer.parseInt(depth) <= ReadJasyncfio.DEPTH_MAX) {
                commands.add(engine("jasyncfio", "jasyncfio", direct, depth));
            }
            commands.add(engine(CALLBACKS, "callback", direct, depth));
            commands.add(engine(TASKS, "task", direct, depth));
            commands.add(engine(BATCH, "batch", direct, depth));
            groups.add(new Group(List.of(depth), commands));
        }
        return new Subject(name, new Table(List.of("depth", "engine"), loadColumns("read")), groups);
    }

    /** fio's programs take the file first. */
    private Interleave.Command read(String name, Class<?> main, boolean direct, String depth, String... words) {
        return pinned(name, main, Stream.concat(Stream.of(reads.toString(), depth, seconds, direct ? DIRECT : "cached"),
                Arrays.stream(words)).toArray(String[]::new));
    }

    private Interleave.Command engine(String name, String engine, boolean direct, String depth) {
        return pinned(name, FileReads.class, engine, reads.toString(), depth, seconds, direct ? DIRECT : "cached");
    }

    private Subject batch() throws IOException {
        DataFiles.prepare(reads);
        return new Subject("batch", new Table(List.of("512 reads by"), windowColumns("read")), List.of(
                new Group(List.of(), List.of(
                        pinned("32 threads", FileBatch.class, "threads", reads.toString(), seconds),
                        pinned("virtual threads", FileBatch.class, "virtual", reads.toString(), seconds),
                        pinned("uring, a task", FileBatch.class, "join", reads.toString(), seconds),
                        pinned(BATCH, FileBatch.class, "batch", reads.toString(), seconds)))));
    }

    private Subject sequential() throws IOException {
        List<Group> groups = new ArrayList<>();
        for (String direction : List.of("read", "write")) {
            Path file = direction.equals("read") ? reads : writes;
            DataFiles.prepare(file);
            for (boolean direct : new boolean[] {false, true}) {
                List<String> operands = new ArrayList<>(List.of(direction, file.toString(), seconds));
                if (direct) {
                    operands.add(DIRECT);
                }
                List<Interleave.Command> commands = new ArrayList<>();
                commands.add(sequential("FileChannel", "channel", operands));
                if (!direct) {
                    commands.add(sequential("streams of Files", "stream", operands));
                }
                if (hasFio) {
                    commands.add(pinned(FIO, FioSequential.class, operands.toArray(String[]::new)));
                }
                commands.add(sequential("uring, 8 in flight", "uring", operands));
                groups.add(new Group(List.of(direction + (direct ? ", O_DIRECT" : ", page cache")), commands));
            }
        }
        return new Subject("sequential", new Table(List.of("direction", "engine"), windowColumns("MiB")), groups);
    }

    private static Interleave.Command sequential(String name, String way, List<String> operands) {
        return pinned(name, Sequential.class, Stream.concat(Stream.of(way), operands.stream()).toArray(String[]::new));
    }

    private Subject append() {
        return new Subject("append", new Table(List.of("writers", "engine"), loadColumns("append")),
                Stream.of("1", "8", "64").map(writers -> new Group(List.of(writers), List.of(
                        append("FileChannel, force", "channel", writers),
                        append("uring, writeDurably", "durable", writers),
                        append("uring, write and fdatasync", "sync", writers),
                        append("uring, GroupCommit", "group", writers)))).toList());
    }

    private Interleave.Command append(String name, String way, String writers) {
        return free(name, List.of(), Append.class, way, writers, target.resolve("append.log").toString(), seconds);
    }

    private Subject walk() throws IOException {
        DataFiles.prepareTree(tree);
        return new Subject("walk", new Table(List.of("walk by"), windowColumns("file")), List.of(
                new Group(List.of(), List.of(
                        free("Files.walkFileTree", List.of(), TreeWalk.class, "jdk", tree.toString(), seconds),
                        free("AsyncFiles.walk", List.of(), TreeWalk.class, "uring", tree.toString(), seconds)))));
    }

    private Subject choice() throws IOException {
        String directory = Files.createDirectories(target.resolve("choice")).toString();
        List<Group> groups = new ArrayList<>();
        for (Map.Entry<String, String> operation : Choice.MASKS.entrySet()) {
            for (String tasks : List.of("1", "16")) {
                String[] operands = {operation.getKey(), tasks, directory, seconds};
                groups.add(new Group(List.of(operation.getKey(), tasks), List.of(
                        free("inline", List.of(), Choice.class, Stream.concat(Arrays.stream(operands),
                                Stream.of("inline")).toArray(String[]::new)),
                        free("ring", List.of(), Choice.class, operands),
                        free("pool", List.of("-During.mask=" + operation.getValue()), Choice.class, operands))));
            }
        }
        List<Column> columns = new ArrayList<>(loadColumns("call"));
        columns.set(0, new Column("CPU ns per call", "cpu_ns_per_call", 0, Beside.DIFFERENCE));
        return new Subject("choice", new Table(List.of("operation", "tasks", "by"), columns), groups);
    }

    private static List<Column> loadColumns(String item) {
        return List.of(
                new Column("CPU ns per " + item, "cpu_ns_per_" + item, 0, Beside.RATIO),
                new Column(item + "s per second", item + "s_per_second", 0, Beside.RATIO),
                new Column("B per " + item, "bytes_per_" + item, 1, Beside.NOTHING),
                new Column("enters per " + item, "enters_per_" + item, 3, Beside.NOTHING));
    }

    private static List<Column> windowColumns(String item) {
        return List.of(
                new Column("CPU ns per " + item, "cpu_ns", 0, Beside.RATIO),
                new Column("wall ns per " + item, "wall_ns", 0, Beside.RATIO),
                new Column("B per " + item, "bytes", 1, Beside.NOTHING));
    }

    private static Interleave.Command pinned(String name, Class<?> main, String... operands) {
        String last = Integer.toString(Runtime.getRuntime().availableProcessors() - 1);
        return JavaProgram.of(name, RawRing.isOnPath("taskset") ? List.of("taskset", "-c", last) : List.of(), HEAP,
                List.of(), main, operands);
    }

    private static Interleave.Command free(String name, List<String> options, Class<?> main, String... operands) {
        return JavaProgram.of(name, List.of(), HEAP, options, main, operands);
    }
}
