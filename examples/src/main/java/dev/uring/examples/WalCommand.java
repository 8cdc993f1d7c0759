package dev.uring.examples;

import dev.uring.fs.AsyncDirectory;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.GroupCommit;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinSet;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has many writers append records durably, tells how fast that is, and then looks whether all of them are there. */
@Command(
        name = "wal",
        description = {
            "Appends records to a new file, each durable before its writer goes on, and tells commits per second and "
                + "how long they took.",
            "At the end, or at Ctrl-C, the file is read: every record that was acknowledged must be there."})
final class WalCommand implements Callable<Integer> {
    private static final int WRITERS_MAX = 10_000;
    private static final int SECONDS_MAX = 1_000_000_000;
    /** From here on times are told in milliseconds. */
    private static final long MICROS_MAX = 1_000_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How records become durable. */
    enum Sync {
        /** Each by a write of its own that waits for the device. */
        EACH,
        /** All that have come meanwhile by one. */
        GROUP
    }

    /** When to end. */
    static final class Limit {
        @Option(names = "--records", paramLabel = "N", description = "end after so many records of all writers")
        private Long records;

        @Option(names = "--seconds", paramLabel = "S", description = "end after this time (default: 5)")
        private Double seconds;
    }

    /** Appends a record and returns when it is durable. */
    private interface Log {
        void append(IoBuffer record) throws IOException;
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the log, which must not be there yet; it is kept")
    private Path path;

    @Option(names = "--writers", paramLabel = "N", defaultValue = "8",
            description = "how many append at the same time (default: ${DEFAULT-VALUE})")
    private int writers;

    @ArgGroup
    private Limit limit;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "256",
            description = "length of a record, at least 16 (default: ${DEFAULT-VALUE})")
    private int recordBytes;

    @Option(names = "--sync", paramLabel = "HOW", defaultValue = "group",
            description = "each: a sync for every record; group: one for all that have come "
                + "(default: ${DEFAULT-VALUE})")
    private Sync sync;

    private final Histogram latencies = new Histogram();
    private final AtomicLong recordsLeft = new AtomicLong(Long.MAX_VALUE);
    private long limitNanos = 5 * SECOND;
    /** How many records each writer was told are durable. */
    private AtomicLongArray acknowledged;
    private long beginNanos;
    private Histogram.Snapshot told = latencies.snapshot();
    private long toldNanos;
    private String driver;
    private volatile boolean stopped;

    @Override
    public Integer call() throws Exception {
        requireRange("--writers", writers, 1, WRITERS_MAX);
        requireRange("--size", recordBytes, WalRecord.HEADER_BYTES, GroupCommit.GROUP_BYTES_DEFAULT);
        if (limit != null && limit.records != null) {
            requireRange("--records", limit.records, 1, Integer.MAX_VALUE);
            recordsLeft.set(limit.records);
            limitNanos = Long.MAX_VALUE;
        } else if (limit != null) {
            requireRange("--seconds", limit.seconds, 0.001, SECONDS_MAX);
            limitNanos = (long) (limit.seconds * SECOND);
        }
        acknowledged = new AtomicLongArray(writers);
        Uring.run(() -> {
            try (var _ = new Ending(() -> stopped = true)) {
                run();
            }
        });
        return stopped ? Main.STATUS_INTERRUPTED : 0;
    }

    private void requireRange(String name, double given, double min, double max) {
        if (!(given >= min && given <= max)) {
            throw new ParameterException(spec.commandLine(), String.format(Locale.ROOT, "%s must be %s to %s: %s", name,
                    plain(min), plain(max), plain(given)));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private void run() throws Exception {
        long syncs = append();
        long nanos = System.nanoTime() - beginNanos;
        long[] wanted = new long[writers];
        Arrays.setAll(wanted, acknowledged::get);
        long found;
        try (AsyncFile file = AsyncFile.open(path).await()) {
            found = new WalCheck(file, recordBytes, writers).check(wanted);
        }
        tell(new Page(spec.commandLine().getOut()), syncs, nanos, found);
    }

    /** Answers how often the device was synced. */
    private long append() throws Exception {
        try (AsyncFile file = AsyncFile.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW).await()) {
            try (AsyncDirectory directory = AsyncDirectory.open(path.toAbsolutePath().getParent()).await()) {
                directory.fsync().await(); // a durable record of a file that has lost its name is lost
            }
            driver = file.runtime().driver().name();
            if (sync == Sync.EACH) {
                appendAll(record -> file.appendDurably(record).await());
                return latencies.snapshot().count();
            }
            try (GroupCommit log = GroupCommit.over(file, GroupCommit.GROUP_BYTES_DEFAULT)) {
                appendAll(log::append);
                return log.commits();
            }
        }
    }

    private void appendAll(Log log) throws Exception {
        beginNanos = System.nanoTime();
        toldNanos = beginNanos;
        try (var _ = new LiveLine(spec.commandLine().getErr(), this::live); var tasks = new JoinSet<Void>()) {
            for (int i = 0; i < writers; i++) {
                int writer = i;
                tasks.spawn(() -> appendAsWriter(writer, log));
            }
            while (!tasks.isEmpty()) {
                tasks.joinNext(); // the first failure ends the others
            }
        }
    }

    private Void appendAsWriter(int writer, Log log) throws IOException {
        try (IoBuffer record = IoBuffer.allocate(recordBytes)) {
            long begin = System.nanoTime();
            for (long sequence = 0; begin - beginNanos < limitNanos && !stopped && recordsLeft.getAndDecrement() > 0;
                    sequence++) {
                WalRecord.write(record, writer, sequence);
                log.append(record);
                acknowledged.set(writer, sequence + 1);
                long end = System.nanoTime();
                latencies.add(end - begin);
                begin = end;
            }
        }
        return null;
    }

    // ---- what is told ----

    /** What the time since the last call was like; for one thread at a time. */
    private String live() {
        long now = System.nanoTime();
        Histogram.Snapshot all = latencies.snapshot();
        Histogram.Snapshot since = all.since(told);
        double rate = since.count() * (double) SECOND / (now - toldNanos);
        String line = String.format(Locale.ROOT, "%4d s  %,8.0f commits/s  p50 %s  p99 %s  max %s",
                (now - beginNanos) / SECOND, rate, time(since.nanos(0.5)), time(since.nanos(0.99)),
                time(since.nanos(1)));
        told = all;
        toldNanos = now;
        return line;
    }

    private void tell(Page page, long syncs, long nanos, long found) {
        Histogram.Snapshot all = latencies.snapshot();
        double seconds = (double) nanos / SECOND;
        page.line("wal", path + ": " + writers + " writers, " + recordBytes + " bytes a record, driver " + driver);
        page.line("commits", String.format(Locale.ROOT, "%,d in %.2f s: %,.0f/s, %s/s; %,d syncs, %.1f commits each",
                all.count(), seconds, all.count() / seconds, Progress.bytes(all.count() * recordBytes / seconds), syncs,
                (double) all.count() / Math.max(syncs, 1)));
        page.line("latency", "p50 " + time(all.nanos(0.5)) + ", p90 " + time(all.nanos(0.9)) + ", p99 "
                + time(all.nanos(0.99)) + ", p99.9 " + time(all.nanos(0.999)) + ", max " + time(all.nanos(1)));
        page.line("wal ok:", String.format(Locale.ROOT,
                "%,d records acknowledged, all of them found and whole, among %,d in the file", all.count(), found));
    }

    private static String time(long nanos) {
        return nanos < MICROS_MAX ? String.format(Locale.ROOT, "%.0f us", nanos / 1e3)
                : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }
}
