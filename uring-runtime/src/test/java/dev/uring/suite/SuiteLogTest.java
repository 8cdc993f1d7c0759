package dev.uring.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.uring.suite.Run.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SuiteLogTest {
    @TempDir
    Path directory;
    private final List<String> changed = new ArrayList<>();

    private void set(String property, String value) {
        changed.add(property);
        System.setProperty(property, value);
    }

    @AfterEach
    void forget() {
        changed.forEach(System::clearProperty);
    }

    private List<Run> logOf(Class<?>... classes) throws IOException {
        set("uring.suite.dir", directory.toString());
        var request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> each : classes) {
            request.selectors(DiscoverySelectors.selectClass(each));
        }
        LauncherFactory.create().execute(request.build());
        List<Run> runs = new ArrayList<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                Files.readAllLines(file).forEach(line -> runs.add(Run.of(line)));
            }
        }
        return runs;
    }

    static class Plain {
        @Test
        void passes() {
        }

        @Test
        void degrades() {
            System.getLogger("dev.uring").log(System.Logger.Level.DEBUG, "degraded: a test, on purpose");
        }

        @Test
        void fails() {
            fail("on\n purpose");
        }

        @Test
        void is_aborted() {
            Assumptions.abort("not here");
        }

        @Test
        @Disabled("never")
        void is_disabled() {
        }
    }

    static class Broken {
        @BeforeAll
        static void breaks() {
            throw new IllegalStateException("cannot begin");
        }

        @Test
        void is_never_reached() {
        }
    }

    @ParameterizedClass(name = "{0}")
    @ValueSource(strings = {"io_uring non-blocking carriers", "io_uring without READ,WRITE non-blocking stock",
            "epoll stock", "simulated uring.test.seed=7 stock"})
    record OnSetups(String setup) {
        @Test
        void passes() {
        }
    }

    @Test
    void every_end_of_a_test_is_a_line() throws Exception {
        String name = Plain.class.getName();
        assertThat(logOf(Plain.class)).containsExactlyInAnyOrder(
                new Run("io_uring", name, "passes", "", Outcome.PASSED, ""),
                new Run("io_uring", name, "degrades", "", Outcome.DEGRADED, ""),
                new Run("io_uring", name, "fails", "", Outcome.FAILED, "on purpose"),
                new Run("io_uring", name, "is_aborted", "", Outcome.SKIPPED, "not here"),
                new Run("io_uring", name, "is_disabled", "", Outcome.SKIPPED, "never"));
    }

    @Test
    void a_class_that_cannot_begin_is_a_failure() throws Exception {
        assertThat(logOf(Broken.class)).containsExactly(
                new Run("io_uring", Broken.class.getName(), "(class)", "", Outcome.FAILED, "cannot begin"));
    }

    @Test
    void the_set_up_tells_the_world() throws Exception {
        assertThat(logOf(OnSetups.class)).extracting(Run::world).containsExactlyInAnyOrder("io_uring",
                "io_uring without READ,WRITE", "epoll", "simulated");
    }

    @Test
    void a_world_that_is_named_is_the_world_of_all() throws Exception {
        set("uring.suite.world", "Linux 5.10");
        assertThat(logOf(OnSetups.class)).extracting(Run::world).containsOnly("Linux 5.10").hasSize(4);
    }

    @Test
    void a_second_run_begins_anew() throws Exception {
        logOf(Plain.class);
        assertThat(logOf(Plain.class)).hasSize(5);
    }
}
