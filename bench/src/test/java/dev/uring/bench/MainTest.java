package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MainTest {
    @Test
    void forks_get_the_options_that_the_manifest_gives_no_fork() {
        assertThat(Main.withForkOptions("NopBench")).containsExactly("-jvmArgsPrepend",
                "--enable-native-access=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED"
                        + " --sun-misc-unsafe-memory-access=allow",
                "NopBench");
    }

    @Test
    void options_for_forks_on_the_command_line_replace_ours() {
        assertThat(Main.withForkOptions("-jvmArgsPrepend", "-Xint")).containsExactly("-jvmArgsPrepend", "-Xint");
    }
}
