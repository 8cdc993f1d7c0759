package dev.uring.examples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The drivers' contract, and what of the files' and sockets' tests depends on the host, in every world. */
final class SuiteInContainerIT {
    private static final Path JARS = Path.of("target/suite-jars");
    private static final Path RESULTS = Path.of("target/suite");
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String SCANNED = String.join(":", "/suite/uring-runtime-tests.jar",
            "/suite/uring-fs-tests.jar", "/suite/uring-net-tests.jar", "/suite/fallback-epoll-tests.jar");
    private static final String HOST_DEPENDENT = "|AsyncFileTest|AsyncDirectoryTest|UnixTest|UdpTest";
    /** Of 100: the counts are for races, which the build looks for outside; here it is the host that differs. */
    private static final int WEIGHT = 2;
    private static final Pattern END = Pattern.compile("SUITE world=.* passed=(\\d+) .*failed=(\\d+)");

    @ParameterizedTest
    @EnumSource(World.class)
    void suite_passes(World world) throws Exception {
        Path temporary = writable(Path.of("target/container-tmp", world.name()));
        Box.Outcome ran;
        try (Box box = Box.in(world)) {
            ran = box.withReadOnly(JARS, "/suite")
                    .withShared(writable(RESULTS), "/results")
                    .withShared(temporary, "/tmp")
                    .withJava(line(world))
                    .run(LIMIT);
        }
        Path log = Files.writeString(temporary.resolveSibling(world.name() + ".log"), ran.output());
        String told = ran.output().lines().filter(line -> line.startsWith("failed: ")).collect(Collectors.joining("\n"))
                + "\nall of it is in " + log.toAbsolutePath();
        Matcher end = END.matcher(ran.output());
        assertThat(end.find()).as(told).isTrue();
        assertThat(end.group(2)).as(told).isEqualTo("0");
        assertThat(Integer.parseInt(end.group(1))).as("passed").isPositive();
        assertThat(ran.status()).as(told).isZero();
    }

    /** The runtime finds out by itself which driver runs; the tests that run on several are told which to take. */
    private static String[] line(World world) {
        List<String> line = new ArrayList<>(List.of("-Xmx96m", "-cp", "/suite/*", "-Djava.io.tmpdir=/tmp",
                "-During.suite.dir=/results", "-During.suite.world=" + world.label(), "-During.test.weight=" + WEIGHT));
        line.addAll(List.of("-During.test.setup=" + world.driver() + " carriers", "dev.uring.suite.SuiteMain", "--scan", SCANNED,
                "--classes", ".*\\.(" + contract(world) + HOST_DEPENDENT + ")"));
        return line.toArray(String[]::new);
    }

    /** The contract of the driver that runs there. */
    private static String contract(World world) {
        return switch (world) {
            case EPERM, ENOSYS -> "EpollContractTest";
            case ALLOWED, CONFINED -> "IoUringContractTest";
        };
    }

    /** Answers a new directory that every user may write to: whoever runs in a container is a stranger here. */
    private static Path writable(Path directory) throws IOException {
        Files.createDirectories(directory);
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}
