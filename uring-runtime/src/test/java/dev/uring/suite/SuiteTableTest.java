package dev.uring.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.suite.Run.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteTableTest {
    @TempDir
    Path directory;

    private Path logged(String name, Run... runs) throws Exception {
        Path folder = Files.createDirectory(directory.resolve(name));
        Files.write(folder.resolve("io_uring.Some.tsv"), List.of(runs).stream().map(Run::line).toList());
        return folder;
    }

    private static Run run(String world, String testClass, String name, Outcome outcome, String reason) {
        return new Run(world, testClass, name, "", outcome, reason);
    }

    @Test
    void tests_are_counted_by_world_and_what_did_not_pass_is_listed_with_its_reason() throws Exception {
        Path runtime = logged("runtime",
                run("io_uring", "dev.uring.runtime.IoUringContractTest", "reads", Outcome.PASSED, ""),
                run("io_uring without READ", "dev.uring.runtime.MaskedContractTest", "reads", Outcome.DEGRADED, ""),
                run("io_uring", "dev.uring.runtime.OpTest", "waits", Outcome.FAILED, "no\tsuch\nthing"),
                run("io_uring", "dev.uring.runtime.OpTest", "waits", Outcome.PASSED, ""));
        Path fallback = logged("fallback",
                run("epoll", "dev.uring.fallback.EpollContractTest", "reads", Outcome.PASSED, ""),
                run("epoll", "dev.uring.fallback.EpollContractTest", "writes", Outcome.SKIPPED, "no ring"));
        Path page = directory.resolve("page.md");
        SuiteTable.main(new String[] {page.toString(), runtime.toString(), directory.resolve("none").toString(),
                fallback.toString()});
        assertThat(page).hasContent("""
                # Tests by world

                | tests | io_uring | without READ | epoll |
                |---|---|---|---|
                | driver contract | 1 | 1 degraded | 1, 1 skipped |
                | runtime OpTest | 1, 1 failed |  |  |
                | **all** | 2, 1 failed | 1 degraded | 1, 1 skipped |

                ## Driver contract

                | case | io_uring | without READ | epoll |
                |---|---|---|---|
                | reads | 1 | 1 degraded | 1 |
                | writes |  |  | 1 skipped |
                | **all** | 1 | 1 degraded | 1, 1 skipped |

                ## Failed

                no such thing:

                - runtime OpTest waits: io_uring

                ## Skipped

                no ring:

                - driver contract writes: epoll
                """);
    }

    @Test
    void without_runs_nothing_is_written() throws Exception {
        Path page = directory.resolve("page.md");
        SuiteTable.main(new String[] {page.toString(), directory.toString()});
        assertThat(page).doesNotExist();
    }
}
