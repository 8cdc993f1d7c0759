package dev.uring.examples;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Says how far a transfer has come: a bar, the rate, and the time left. */
final class Progress {
    private static final int BAR_WIDTH = 20;
    private static final int HOURS_MAX = 99;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int UNIT = 1024;

    private Progress() {
    }

    /**
     * Answers one line of at most 79 characters.
     *
     * @param done bytes so far; may exceed the total where a file grows
     * @param total bytes in all; 0 when that is not known
     * @param nanos the time that it took so far
     */
    static String line(long done, long total, long nanos) {
        double perNano = nanos == 0 ? 0 : (double) done / nanos;
        String rate = bytes(perNano * TimeUnit.SECONDS.toNanos(1)) + "/s";
        if (total <= 0) {
            return bytes(done) + "  " + rate;
        }
        double share = Math.min((double) done / total, 1);
        int filled = (int) (share * BAR_WIDTH);
        String left = perNano == 0 ? "-" : time((long) (Math.max(total - done, 0) / perNano));
        return String.format(Locale.ROOT, "%3d%% [%s%s] %s of %s  %s  %s left", (int) (share * 100), "=".repeat(filled),
                " ".repeat(BAR_WIDTH - filled), bytes(done), bytes(total), rate, left);
    }

    /** Three digits and a unit: 999 B, 1.46 KiB, 14.6 MiB. */
    static String bytes(double bytes) {
        double rest = bytes;
        int unit = 0;
        while (rest >= UNIT && unit < UNITS.length - 1) {
            rest /= UNIT;
            unit++;
        }
        int decimals = unit == 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", rest, UNITS[unit]);
    }

    private static String time(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        if (seconds >= HOURS_MAX * 3600) {
            return "> " + HOURS_MAX + " h";
        }
        return seconds < 3600 ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
