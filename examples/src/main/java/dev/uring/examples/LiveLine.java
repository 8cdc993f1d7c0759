package dev.uring.examples;

import dev.uring.runtime.JoinSet;
import dev.uring.runtime.MissedTick;
import dev.uring.runtime.Time;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A line, or several, on standard error that is told again and again while work goes on: on a terminal in place, and a last time at
 * the end; elsewhere once a second. Made and closed by a task.
 */
final class LiveLine implements AutoCloseable {
    private static final Duration IN_PLACE_PERIOD = Duration.ofMillis(200);
    private static final Duration LINES_PERIOD = Duration.ofSeconds(1);
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final String ERASE_TO_END = "\u001b[K";
    private static final String ERASE_ALL_BELOW = "\u001b[J";

    private final PrintWriter err;
    private final Supplier<String> text;
    private final boolean inPlace;
    private final JoinSet<Void> teller = new JoinSet<>();
    /** How many lines were told; by the teller, and after its end by whoever closes. */
    private int lines;

    /** Begins to tell {@code text}, which is asked on other threads. */
    LiveLine(PrintWriter err, Supplier<String> text) {
        this(err, text, isTerminal());
    }

    LiveLine(PrintWriter err, Supplier<String> text, boolean inPlace) {
        this.err = err;
        this.text = text;
        this.inPlace = inPlace;
        teller.spawn(this::tellOn);
    }

    /** The JDK tells of standard input and output only. Where there is no /proc, lines do as well. */
    static boolean isTerminal() {
        try {
            return Files.readSymbolicLink(STANDARD_ERROR).toString().matches("/dev/(pts/.*|tty.*|console)");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private Void tellOn() throws IOException {
        var ticks = Time.interval(inPlace ? IN_PLACE_PERIOD : LINES_PERIOD, MissedTick.DELAY);
        ticks.reset(); // nothing is worth telling yet
        while (true) {
            ticks.tick();
            tell();
        }
    }

    private void tell() {
        if (inPlace) {
            String now = text.get();
            String up = lines > 1 ? "\u001b[" + (lines - 1) + "A" : "";
            err.print(up + "\r" + now.replace("\n", ERASE_TO_END + "\n") + ERASE_ALL_BELOW);
            err.flush();
            lines = (int) now.lines().count();
        } else {
            err.println(text.get());
        }
    }

    @Override
    public void close() {
        teller.close();
        if (inPlace) {
            tell();
            err.println();
        }
    }
}
