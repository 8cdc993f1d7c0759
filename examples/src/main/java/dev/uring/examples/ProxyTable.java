package dev.uring.examples;

import dev.uring.net.CopyProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The connections of a proxy: how many there are and were, and how much they carry. */
final class ProxyTable {
    private static final int ROWS_MAX = 10;
    private static final String ROW = "%-30.30s %10s %15s %15s";

    private final Set<Row> open = ConcurrentHashMap.newKeySet();
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder endedToTarget = new LongAdder();
    private final LongAdder endedToClient = new LongAdder();
    private long toldNanos = System.nanoTime();

    /** One connection. */
    static final class Row {
        private final String client;
        private final CopyProgress progress;
        private final long beginNanos = System.nanoTime();
        /** What it was when it was told last; used by the teller alone. */
        private long toldToTarget;
        private long toldToClient;
        private double toTarget;
        private double toClient;

        Row(String client, CopyProgress progress) {
            this.client = client;
            this.progress = progress;
        }

        private void measure(double seconds) {
            toTarget = (progress.bytesAToB() - toldToTarget) / seconds;
            toClient = (progress.bytesBToA() - toldToClient) / seconds;
            toldToTarget = progress.bytesAToB();
            toldToClient = progress.bytesBToA();
        }

        private double both() {
            return toTarget + toClient;
        }
    }

    void begin(Row row) {
        open.add(row);
    }

    void end(Row row, boolean hasFailed) {
        endedToTarget.add(row.progress.bytesAToB());
        endedToClient.add(row.progress.bytesBToA());
        ended.increment();
        if (hasFailed) {
            failed.increment();
        }
        open.remove(row);
    }

    /** Answers the lines of the table, none longer than 79 characters; for one thread at a time. */
    String lines() {
        long now = System.nanoTime();
        double seconds = Math.max(now - toldNanos, 1) / 1e9;
        toldNanos = now;
        List<Row> rows = new ArrayList<>(open);
        double toTarget = 0;
        double toClient = 0;
        for (Row row : rows) {
            row.measure(seconds);
            toTarget += row.toTarget;
            toClient += row.toClient;
        }
        rows.sort(Comparator.comparingDouble(Row::both).reversed());
        List<String> lines = new ArrayList<>();
        lines.add(row("client", "age", "to target", "to client"));
        for (Row row : rows.subList(0, Math.min(rows.size(), ROWS_MAX))) {
            lines.add(row(row.client, age(now - row.beginNanos), rate(row.toTarget), rate(row.toClient)));
        }
        if (rows.size() > ROWS_MAX) {
            lines.add("and " + (rows.size() - ROWS_MAX) + " more");
        }
        lines.add(row(rows.size() + " open, " + ended.sum() + " ended", "", rate(toTarget), rate(toClient)));
        return String.join("\n", lines);
    }

    private static String row(String client, String age, String toTarget, String toClient) {
        return String.format(Locale.ROOT, ROW, client, age, toTarget, toClient).stripTrailing();
    }

    private static String age(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    private static String rate(double bytes) {
        return Progress.bytes(bytes) + "/s";
    }

    /** Answers one line about all that was. */
    String summary() {
        long toTarget = endedToTarget.sum();
        long toClient = endedToClient.sum();
        for (Row row : open) {
            toTarget += row.progress.bytesAToB();
            toClient += row.progress.bytesBToA();
        }
        return String.format(Locale.ROOT, "%d connections, %d of them failed, %s to the target, %s to clients",
                ended.sum() + open.size(), failed.sum(), Progress.bytes(toTarget), Progress.bytes(toClient));
    }
}
