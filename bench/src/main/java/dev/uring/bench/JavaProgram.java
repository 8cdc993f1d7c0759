package dev.uring.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A class of this jar as a program of its own, with what every one of them needs: access to the kernel, and carriers. */
final class JavaProgram {
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
            "--add-opens", "java.base/java.lang=ALL-UNNAMED");

    private JavaProgram() {
    }

    /**
     * Makes the command.
     *
     * @param name    what the tables call it
     * @param prefix  what comes before {@code java}, such as taskset and its operands
     * @param heap    heap at the start and at most, as of {@code -Xmx}
     * @param options more options for {@code java}
     * @param main    the class to run
     */
    static Interleave.Command of(String name, List<String> prefix, String heap, List<String> options, Class<?> main,
            String... operands) {
        return on(System.getProperty("java.class.path"), name, prefix, heap, options, main, operands);
    }

    /** Makes the command on another class path than this program's own. */
    static Interleave.Command on(String classPath, String name, List<String> prefix, String heap, List<String> options,
            Class<?> main, String... operands) {
        List<String> line = new ArrayList<>(prefix);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-Xms" + heap, "-Xmx" + heap));
        line.addAll(OPTIONS);
        line.addAll(options);
        line.addAll(List.of("-cp", classPath, main.getName()));
        line.addAll(List.of(operands));
        return new Interleave.Command(name, line);
    }
}
