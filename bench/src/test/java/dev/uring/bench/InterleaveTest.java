package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs compared here are shell commands")
final class InterleaveTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> progress = new ArrayList<>();

    @TempDir
    private Path directory;

    @Test
    void programs_run_in_turn_after_one_warm_up_round() throws Exception {
        Path log = directory.resolve("log");
        String append = "printf %s >> '" + log + "'; echo noise; echo x=1";
        run(2, shell("a", append.formatted("a")), shell("b", append.formatted("b")), shell("c", append.formatted("c")));
        assertThat(log).hasContent("abcabcabc");
        assertThat(progress).hasSize(9).startsWith("warm-up a: x=1").endsWith("round 2 c: x=1");
    }

    @Test
    void warm_up_is_not_counted() throws Exception {
        String count = "echo >> '%1$s'; echo runs=$(wc -l < '%1$s') fixed=2.5".formatted(directory.resolve("count"));
        Comparison comparison = run(3, shell("counter", count));
        assertThat(comparison.programs().getFirst().values().get("runs")).containsExactly(2, 3, 4);
        assertThat(comparison.programs().getFirst().spread("fixed")).isEqualTo(new Spread(2.5, 2.5, 2.5));
    }

    @Test
    void failing_program_is_named_with_its_status() {
        assertThatIOException().isThrownBy(() -> run(1, shell("good", "echo x=1"), shell("bad", "echo x=1; exit 3")))
                .withMessage("program failed: name=bad status=3");
    }

    @Test
    void program_without_figures_is_refused() {
        assertThatIOException().isThrownBy(() -> run(1, shell("silent", "true")))
                .withMessage("program printed nothing: name=silent");
        assertThatIOException().isThrownBy(() -> run(1, shell("chatty", "echo x=1; echo all done")))
                .withMessage("last line is not key=number pairs: name=chatty line=all done");
        assertThatIOException().isThrownBy(() -> run(1, shell("words", "echo x=many")))
                .withMessage("last line is not key=number pairs: name=words line=x=many");
    }

    @Test
    void keys_that_change_between_rounds_are_refused() {
        Path mark = directory.resolve("mark");
        String once = "if test -e '" + mark + "'; then echo y=1; else touch '" + mark + "'; echo x=1; fi";
        assertThatIOException().isThrownBy(() -> run(1, shell("fickle", once)))
                .withMessage("keys differ between rounds: name=fickle before=[x] now=[y]");
    }

    @Test
    void program_over_its_limit_is_killed_with_its_children() throws IOException {
        Path pid = directory.resolve("pid");
        Interleave interleave = new Interleave(List.of(shell("slow", "sleep 600 & echo $! > '" + pid + "'; wait")), 1,
                Duration.ofSeconds(1), progress::add);
        assertThatIOException().isThrownBy(interleave::run)
                .withMessage("program took too long: name=slow limit=PT1S");
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .ifPresent(child -> assertThat(child.onExit()).succeedsWithin(LIMIT));
    }

    @Test
    void command_line_names_shell_commands() throws Exception {
        Comparison comparison =
                Interleave.parse(progress::add, "--rounds", "1", "a=echo x=1", "b=echo x=2").run();
        assertThat(comparison.ratioOfMedians(comparison.programs().getLast(), "x")).isEqualTo(2);
    }

    @Test
    void command_line_without_sense_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Interleave.parse(progress::add, "echo x"));
        assertThatIllegalArgumentException().isThrownBy(() -> Interleave.parse(progress::add));
        assertThatIllegalArgumentException().isThrownBy(() -> Interleave.parse(progress::add, "a=true", "a=false"));
        assertThatIllegalArgumentException().isThrownBy(
                () -> Interleave.parse(progress::add, "--rounds", "0", "a=true"));
    }

    private Comparison run(int rounds, Interleave.Command... commands) throws IOException, InterruptedException {
        return new Interleave(List.of(commands), rounds, LIMIT, progress::add).run();
    }

    private static Interleave.Command shell(String name, String command) {
        return new Interleave.Command(name, List.of("sh", "-c", command));
    }
}
