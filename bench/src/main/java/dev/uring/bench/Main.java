package dev.uring.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Runs JMH, after a header that describes the machine and with the options that every fork needs. */
public final class Main {
    private static final String PREPEND = "-jvmArgsPrepend";
    /** A fork does not read the manifest of the jar; the last option is for JMH itself. */
    private static final List<String> FORK_OPTIONS = List.of("--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private Main() {
    }

    /**
     * Runs JMH.
     *
     * @param arguments as for JMH, see {@code -h}; who gives {@code -jvmArgsPrepend} gives the options of forks, too
     * @throws IOException if JMH cannot read its list of benchmarks or write its results
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(Machine.header());
        org.openjdk.jmh.Main.main(withForkOptions(arguments));
    }

    /** JMH takes the option once only. */
    static String[] withForkOptions(String... arguments) {
        if (Arrays.asList(arguments).contains(PREPEND)) {
            return arguments;
        }
        return Stream.concat(Stream.of(PREPEND, String.join(" ", FORK_OPTIONS)), Arrays.stream(arguments))
                .toArray(String[]::new);
    }
}
