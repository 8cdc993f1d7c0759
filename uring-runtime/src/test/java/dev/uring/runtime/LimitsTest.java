package dev.uring.runtime;

import static dev.uring.runtime.ThisHost.assumeRingsHave;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Limits of the process: an error names the limit and the remedy and leaves nothing, or less does as well and says so. */
@Tag("io_uring") // rings are what the limits are reached with
class LimitsTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private static Forked.Outcome run(List<String> launcher, List<String> more, String what) throws Exception {
        List<String> options = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED", "-During.driver=io_uring"));
        options.addAll(more);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(Forked.command(options, LimitsMain.class, what));
        Forked.Outcome outcome = Forked.run(command);
        assertThat(outcome.output()).endsWith("OK\n");
        assertThat(outcome.status()).isZero();
        return outcome;
    }

    @Test
    void too_few_descriptors_are_told_with_the_limit_and_nothing_is_left() throws Exception {
        assertThat(run(List.of(), List.of(), "descriptors").output().lines().filter(line -> line.startsWith("refused: worker ")))
                .hasSize(2).allSatisfy(line -> assertThat(line).matches("refused: worker \\d+ of 16 has no driver: "
                        + "(eventfd|io_uring_setup) failed: .*errno=EMFILE\\(24\\); raise the limit \\(ulimit -n, "
                        + "LimitNOFILE=\\), which is \\d+ now, or close some descriptors; fewer workers need less "
                        + "\\(-During.workers\\)"));
    }

    /** CAP_IPC_LOCK is exempt from the limit; what root lacks in a container, setpriv takes away here. */
    @Test
    void a_pool_beyond_the_limit_of_locked_memory_works_unregistered_and_says_so() throws Exception {
        assumeTrue(Files.isExecutable(SETPRIV), "no " + SETPRIV);
        assumeRingsHave("SPARSE_TABLES");
        Forked.Outcome outcome = run(List.of(SETPRIV.toString(), "--bounding-set=-ipc_lock"), List.of(), "memlock");
        assertThat(outcome.output()).contains("bytes=3\n", "a buffer pool stays unregistered, and works all the same: "
                + "lengthBytes=1048576 errno=ENOMEM(12); the limit of locked memory is 64 KiB: raise it (ulimit -l,",
                "registered=false [", "degraded: a buffer pool is used without registration: lengthBytes=1048576");
    }

    @Test
    void a_ring_for_which_there_is_no_memory_is_made_smaller() throws Exception {
        Forked.Outcome outcome = run(List.of(), List.of(), "ring");
        assertThat(outcome.output().lines().filter(line -> line.startsWith("smaller: "))).singleElement().asString()
                .containsPattern("entries=(16384|8192|4096|2048|1024|512) ");
    }

    /** A stack that does not fit is to the JDK what a limit of processes is: clone answers EAGAIN. */
    @Test
    void threads_that_cannot_be_started_are_told_and_nothing_is_left() throws Exception {
        Forked.Outcome outcome = run(List.of(), List.of("-XX:ThreadStackSize=262144"), "threads");
        assertThat(outcome.output().lines().filter(line -> line.startsWith("refused: thread "))).hasSize(2)
                .allSatisfy(line -> assertThat(line).matches("refused: thread [123] of 3 of the runtime cannot be started: "
                        + "raise the limit of processes \\(pids.max of the control group, docker run --pids-limit, .*"));
    }
}
