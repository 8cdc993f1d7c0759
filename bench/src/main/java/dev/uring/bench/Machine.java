package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The machine that a figure was measured on, as the lines that the output of every benchmark begins with. */
public final class Machine {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Path LOADAVG = Path.of("/proc/loadavg");
    private static final String UNKNOWN = "unknown";

    private Machine() {
    }

    /**
     * Prints the header on standard output.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        System.out.print(header());
    }

    /**
     * Describes this machine, its load and the date, at the moment of the call.
     *
     * @return some lines, each beginning with {@code #} and ending with a line feed; what the host does not tell is
     *         "unknown"
     */
    public static String header() {
        return "# cpu: " + cpuModel(lines(CPUINFO)) + '\n'
                + "# cores: " + Runtime.getRuntime().availableProcessors() + '\n'
                + "# kernel: " + property("os.name") + ' ' + property("os.version") + ' ' + property("os.arch") + '\n'
                + "# jdk: " + Runtime.version() + " (" + property("java.vendor") + ")\n"
                + "# load: " + loadAverage(lines(LOADAVG)) + '\n'
                + "# date: " + Instant.now().truncatedTo(ChronoUnit.SECONDS) + '\n';
    }

    /** x86 has one line "model name : ..." per core; aarch64 has none. */
    static String cpuModel(List<String> cpuinfo) {
        return cpuinfo.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** "0.02 0.10 0.05 1/80 3921": the averages over 1, 5 and 15 minutes, then what does not concern us. */
    static String loadAverage(List<String> loadavg) {
        if (loadavg.isEmpty()) {
            return UNKNOWN;
        }
        String[] fields = loadavg.getFirst().split(" ");
        return fields[0] + " (1 min) " + fields[1] + " (5 min) " + fields[2] + " (15 min)";
    }

    private static String property(String key) {
        return System.getProperty(key, UNKNOWN);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not Linux, or /proc is hidden: the header says "unknown"
        }
    }
}
