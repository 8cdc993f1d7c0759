package dev.uring.examples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code uring.jar probe} in every world; what it says is kept beside the results of the suite. */
final class ProbeInContainerIT {
    private static final Path KEPT = Path.of("target/container-probes");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource(World.class)
    void probe_tells_the_driver_and_why_and_what_to_do(World world) throws Exception {
        Box.Outcome probed;
        try (Box box = Box.in(world).withCommand("java", "-jar", Box.JAR, "probe")) {
            probed = box.run(LIMIT);
        }
        Files.writeString(Files.createDirectories(KEPT).resolve(world.name() + ".txt"), probed.output());
        assertThat(probed.status()).as(probed.output()).isZero();
        String words = probed.output().replaceAll("\\s+", " ");
        assertThat(words).contains(" driver " + world.driver() + " ");
        if (world.reason().isEmpty()) {
            assertThat(words).contains(" io_uring available: ").doesNotContain("io_uring refused");
        } else {
            assertThat(words).contains("[io_uring refused: " + world.reason()); // the log, at INFO
            assertThat(words).contains(" io_uring refused: " + world.reason(), "remedy: ", world.remedy());
        }
    }
}
