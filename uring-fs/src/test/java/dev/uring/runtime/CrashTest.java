package dev.uring.runtime;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.fs.AsyncDirectory;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.GroupCommit;
import dev.uring.fs.LogFormat;
import dev.uring.runtime.sim.Dice;
import dev.uring.runtime.sim.MemorySys;
import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Power cuts: a host in memory loses what no completed sync covers, while tasks write in every durable way. What one
 * of them was told to be durable must be there afterwards. The seed decides who writes what, how the driver delivers,
 * and when the power goes; it is printed at a failure, and {@code -During.test.seed=N} runs that one alone.
 */
@Tag("io_uring") // brings its own driver, so once is enough
@ExtendWith(LeakCheck.class)
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrashTest {
    private static final int ROUNDS = 100;
    private static final int ROUNDS_FULL = 5000;
    /** So many at most until a fault that is there is seen. */
    private static final int ROUNDS_TO_CATCH = 200;
    private static final int CALLS_MAX = 150;
    private static final int PAYLOAD_BYTES_MAX = 1500;
    private static final int GROUP_BYTES = 8192;
    private static final int WRITERS = 3;
    private static final Path ROOT = Path.of("/");
    private static final Path LOG = ROOT.resolve("log");

    /** What a writer does until the power goes. */
    private interface Writer {
        void write(long sequence, IoBuffer record) throws IOException;
    }

    /** Files that were written one record after the other, and what their writers were told. */
    private static final class Told {
        /** By path: sequence number and offset. */
        private final Map<Path, Map<Long, Long>> byPath = new ConcurrentHashMap<>();

        void durable(Path path, long sequence, long offset) {
            byPath.computeIfAbsent(path, _ -> new ConcurrentHashMap<>()).put(sequence, offset);
        }

        int count() {
            return byPath.values().stream().mapToInt(Map::size).sum();
        }
    }

    @Test
    void nothing_that_was_acknowledged_is_lost_in_a_crash() throws Exception {
        Long given = Long.getLong("uring.test.seed");
        long first = given != null ? given : System.nanoTime();
        int rounds = given != null ? 1 : Boolean.getBoolean("uring.test.full") ? ROUNDS_FULL : ROUNDS;
        int told = 0;
        for (long seed = first; seed < first + rounds; seed++) {
            told += round(seed, true, false);
        }
        assertThat(told).as("most rounds acknowledge something").isGreaterThan(rounds);
    }

    @Test
    void a_writer_that_acknowledges_before_its_sync_is_caught() {
        assertThatThrownBy(() -> rounds(true, true)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("uring.test.seed=").cause().hasMessageContaining("/eager");
    }

    @Test
    void a_disk_that_only_says_it_had_synced_is_caught() {
        assertThatThrownBy(() -> rounds(false, false)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("uring.test.seed=");
    }

    private static void rounds(boolean syncs, boolean eager) throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + ROUNDS_TO_CATCH; seed++) {
            round(seed, syncs, eager);
        }
    }

    /** One host, whose process ends once or twice; answers how many records were told to be durable. */
    private static int round(long seed, boolean syncs, boolean eager) throws Exception {
        Dice dice = new Dice(seed);
        MemorySys host = new MemorySys();
        Told told = new Told();
        var sequence = new AtomicLong();
        try {
            int lives = 1 + dice.below(3);
            for (int life = 1; life <= lives; life++) {
                // The last life ends with a crash; a killed process leaves a page cache, whose content the next one
                // relies on.
                Mains.End end = life == lives || dice.oneIn(2) ? Mains.End.CRASH : Mains.End.KILL;
                var mains = new Mains(host, end, dice.below(CALLS_MAX), syncs, dice);
                live(seed + life, mains.sys(), dice, told, sequence, eager);
                check(seed - life, host, told);
            }
        } catch (AssertionError e) {
            throw new AssertionError("uring.test.seed=" + seed, e);
        }
        return told.count();
    }

    private static UringRuntime runtime(long seed, Sys sys) throws IOException {
        Dice dice = new Dice(~seed);
        return UringRuntime.builder().enableAll().multiThread(1 + dice.below(2))
                .carriers(dice.oneIn(2) ? Carriers.ON : Carriers.OFF)
                .provider(new SimulatedProvider(seed, sys, dice.oneIn(2) ? 8 : 256)).build();
    }

    /** The life of a process: recovers the log, then writes until nothing works any more. */
    private static void live(long seed, Sys sys, Dice dice, Told told, AtomicLong sequence, boolean eager)
            throws Exception {
        try (UringRuntime runtime = runtime(seed, sys)) {
            List<JoinHandle<Void>> writers = new ArrayList<>();
            List<AutoCloseable> open = new ArrayList<>();
            runtime.blockOn(() -> {
                try {
                    GroupCommit log = recovered(told);
                    open.add(log);
                    for (int i = 0; i < WRITERS; i++) {
                        writers.add(spawn(dice, sequence,
                                (number, record) -> told.durable(LOG, number, log.append(record))));
                    }
                    writers.add(spawn(dice, sequence, runningAhead(log, told)));
                    writers.add(spawn(dice, sequence,
                            alone(file("written", seed, open), told, AsyncFile::writeDurably)));
                    writers.add(spawn(dice, sequence, alone(file("appended", seed, open), told,
                            (file, record, _) -> file.appendDurably(record))));
                    AsyncFile shared = file("synced", seed, open);
                    var end = new AtomicLong();
                    for (int i = 0; i < WRITERS; i++) {
                        writers.add(spawn(dice, sequence, synced(shared, end, told)));
                    }
                    if (eager) {
                        writers.add(spawn(dice, sequence,
                                alone(file("eager", seed, open), told, AsyncFile::writeAllAt)));
                    }
                } catch (IOException e) {
                    assertGone(e);
                }
                return null;
            });
            for (JoinHandle<Void> writer : writers) {
                writer.await();
            }
            for (AutoCloseable each : open) {
                try {
                    each.close();
                } catch (IOException e) {
                    assertGone(e);
                }
            }
        }
    }

    /** A process that is gone sees these two, and the log refuses because of them. */
    private static void assertGone(IOException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        assertThat(root).isInstanceOf(IOException.class);
        assertThat(root.getMessage()).containsAnyOf("EIO", "EBADF");
    }

    /** Opens the log without the torn record at its end. What it holds is durable from then on: it was read. */
    private static GroupCommit recovered(Told told) throws IOException {
        AsyncFile file = AsyncFile.open(LOG, READ, WRITE, CREATE).await();
        LogFormat.Content content = LogFormat.read(file.readAllBytes());
        file.truncate(content.intactBytes()).await();
        file.close();
        GroupCommit log = GroupCommit.open(LOG, GROUP_BYTES);
        content.offsets().forEach((number, offset) -> told.durable(LOG, number, offset));
        return log;
    }

    /** A new file, whose name is durable. */
    private static AsyncFile file(String name, long seed, List<AutoCloseable> open) throws IOException {
        AsyncFile file = AsyncFile.open(ROOT.resolve(name + "." + seed), READ, WRITE, CREATE_NEW).await();
        open.add(file);
        try (AsyncDirectory root = AsyncDirectory.open(ROOT).await()) {
            root.fsync().await();
        }
        return file;
    }

    private static JoinHandle<Void> spawn(Dice dice, AtomicLong sequence, Writer writer) {
        Dice own = new Dice(dice.below(Integer.MAX_VALUE));
        return Tasks.spawn(() -> {
            IoBuffer record = IoBuffer.allocate(LogFormat.bytes(PAYLOAD_BYTES_MAX));
            try {
                while (true) {
                    long number = sequence.getAndIncrement();
                    writer.write(number, LogFormat.put(record, number, own.below(PAYLOAD_BYTES_MAX)));
                }
            } catch (IOException e) {
                assertGone(e);
                return null;
            }
        });
    }

    /** Several records under way at once; what they come to is told on whatever thread. */
    private static Writer runningAhead(GroupCommit log, Told told) {
        return (number, record) -> {
            CompletableFuture<Long> future = log.appendAsync(record);
            future.thenAccept(offset -> told.durable(LOG, number, offset));
            if (future.isCompletedExceptionally()) {
                throw (IOException) future.exceptionNow();
            }
            Tasks.yieldNow();
        };
    }

    /** One record after the other, by the only writer of a file. */
    private interface Durably {
        BufferOp write(AsyncFile file, IoBuffer record, long offset);
    }

    private static Writer alone(AsyncFile file, Told told, Durably durably) {
        var end = new AtomicLong();
        return (number, record) -> {
            int bytes = record.length();
            durably.write(file, record, end.get()).await();
            told.durable(file.path(), number, end.getAndAdd(bytes));
        };
    }

    /** Several write to one file, and each syncs it after its own write. */
    private static Writer synced(AsyncFile file, AtomicLong end, Told told) {
        return (number, record) -> {
            long offset = end.getAndAdd(record.length());
            file.writeAllAt(record, offset).await();
            file.fdatasync().await();
            told.durable(file.path(), number, offset);
        };
    }

    /** Reads as another process does, and changes nothing. */
    private static void check(long seed, MemorySys host, Told told) throws Exception {
        try (UringRuntime runtime = runtime(seed, host)) {
            runtime.blockOn(() -> {
                for (Map.Entry<Path, Map<Long, Long>> each : told.byPath.entrySet()) {
                    byte[] bytes;
                    try (AsyncFile file = AsyncFile.open(each.getKey()).await()) {
                        bytes = file.readAllBytes();
                    } catch (NoSuchFileException e) {
                        throw new AssertionError(each.getKey() + " is gone", e);
                    }
                    check(each.getKey(), bytes, each.getValue());
                }
                return null;
            });
        }
    }

    private static void check(Path path, byte[] bytes, Map<Long, Long> told) {
        if (path.equals(LOG)) {
            Map<Long, Long> found = new HashMap<>(LogFormat.read(bytes).offsets());
            assertThat(found).as("%s lengthBytes=%s", path, bytes.length).containsAllEntriesOf(told);
            return;
        }
        told.forEach((number, offset) -> assertThat(LogFormat.isIntact(bytes, offset, number))
                .as("%s lengthBytes=%s sequence=%s offset=%s", path, bytes.length, number, offset).isTrue());
    }
}
