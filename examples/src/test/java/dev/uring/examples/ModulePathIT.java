package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped jars on the module path: their descriptors hold, and native access goes to one module alone. */
class ModulePathIT {
    private static final List<String> MODULES = List.of("uring-ffi", "uring-runtime", "uring-fs", "uring-net",
            "fallback-epoll");
    private static final String PROGRAM = """
            import dev.uring.fs.AsyncFile;
            import dev.uring.runtime.Handle;
            import dev.uring.runtime.IoBuffer;
            import dev.uring.runtime.UringRuntime;
            import java.nio.file.Path;

            public class Program {
                public static void main(String[] arguments) throws Exception {
                    try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
                        runtime.blockOn(() -> {
                            try (var file = AsyncFile.open(Path.of(arguments[0])).await()) {
                                var read = file.readAt(IoBuffer.allocate(4096), 0).await();
                                System.out.println("read " + read.bytes() + " in " + Handle.class.getModule() + " with "
                                        + runtime.driver().name() + " on " + Thread.currentThread());
                            }
                            return null;
                        });
                    }
                }
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void a_program_runs_on_the_module_path_with_native_access_for_one_module(String driver, @TempDir Path directory)
            throws Exception {
        String output = run(directory, driver, MODULES, "dev.uring.fs,dev.uring.net,dev.uring.fallback", 0);
        assertThat(output).contains("read 5 in module dev.uring.runtime with " + driver + " on ").contains("-worker-");
    }

    @Test
    void without_the_jar_of_the_readiness_drivers_the_error_names_it(@TempDir Path directory) throws Exception {
        String output = run(directory, "epoll", MODULES.subList(0, 4), "dev.uring.fs", 1);
        assertThat(output).contains("IOException: no driver is available: uring.driver=epoll is none of [io_uring]; ")
                .contains("add the jar dev.uring:fallback-epoll to the class path or module path");
    }

    private static String run(Path directory, String driver, List<String> modules, String roots, int status)
            throws Exception {
        String modulePath = jars(modules);
        Path source = Files.writeString(directory.resolve("Program.java"), PROGRAM);
        Path data = Files.writeString(directory.resolve("data"), "12345");
        String home = System.getProperty("java.home");
        run(directory, 0, List.of(home + "/bin/javac", "-d", directory.toString(), "-p", modulePath,
                "--add-modules", "dev.uring.fs", source.toString()));
        return run(directory, status, List.of(home + "/bin/java", "-During.driver=" + driver, "-p", modulePath,
                "--add-modules", roots, "--enable-native-access=dev.uring.ffi", "--illegal-native-access=deny",
                "--add-opens", "java.base/java.lang=dev.uring.runtime",
                "-cp", directory.toString(), "Program", data.toString()));
    }

    /** The jars that this build made, and no other. */
    private static String jars(List<String> modules) throws IOException {
        List<String> jars = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> files = Files.list(Path.of("..", module, "target"))) {
                jars.add(files.filter(file -> file.getFileName().toString().matches(module + "-[\\d.]+(-SNAPSHOT)?\\.jar"))
                        .map(file -> file.toAbsolutePath().normalize().toString())
                        .collect(Collectors.joining(":")));
            }
        }
        return String.join(":", jars);
    }

    private static String run(Path directory, int status, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}
