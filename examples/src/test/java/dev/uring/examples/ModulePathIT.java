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

/** The shipped jars on the module path: their descriptors hold, and native access goes to one module alone. */
class ModulePathIT {
    private static final List<String> MODULES = List.of("uring-ffi", "uring-runtime", "uring-fs", "uring-net",
            "fallback-epoll");
    private static final String PROGRAM = """
            import dev.uring.fs.AsyncFile;
            import dev.uring.runtime.Handle;
            import dev.uring.runtime.IoBuffer;
            import dev.uring.runtime.Uring;
            import java.nio.file.Path;

            public class Program {
                public static void main(String[] arguments) throws Exception {
                    Uring.run(() -> {
                        try (var file = AsyncFile.open(Path.of(arguments[0])).await()) {
                            var read = file.readAt(IoBuffer.allocate(4096), 0).await();
                            System.out.println("read " + read.bytes() + " in " + Handle.class.getModule()
                                    + " on " + Thread.currentThread());
                        }
                    });
                }
            }
            """;

    @Test
    void a_program_runs_on_the_module_path_with_native_access_for_one_module(@TempDir Path directory) throws Exception {
        String modulePath = jars();
        Path source = Files.writeString(directory.resolve("Program.java"), PROGRAM);
        Path data = Files.writeString(directory.resolve("data"), "12345");
        String home = System.getProperty("java.home");
        run(directory, List.of(home + "/bin/javac", "-d", directory.toString(), "-p", modulePath,
                "--add-modules", "dev.uring.fs", source.toString()));
        String output = run(directory, List.of(home + "/bin/java", "-p", modulePath,
                "--add-modules", "dev.uring.fs,dev.uring.net,dev.uring.fallback",
                "--enable-native-access=dev.uring.ffi", "--illegal-native-access=deny",
                "--add-opens", "java.base/java.lang=dev.uring.runtime",
                "-cp", directory.toString(), "Program", data.toString()));
        assertThat(output).contains("read 5 in module dev.uring.runtime on ").contains("-worker-");
    }

    /** The jars that this build made, and no other. */
    private static String jars() throws IOException {
        List<String> jars = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.list(Path.of("..", module, "target"))) {
                jars.add(files.filter(file -> file.getFileName().toString().matches(module + "-[\\d.]+(-SNAPSHOT)?\\.jar"))
                        .map(file -> file.toAbsolutePath().normalize().toString())
                        .collect(Collectors.joining(":")));
            }
        }
        return String.join(":", jars);
    }

    private static String run(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
