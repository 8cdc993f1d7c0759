package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractTableTest {
    private static final ContractTable.Outcome PASSED = ContractTable.Outcome.PASSED;
    private static final ContractTable.Outcome FAILED = ContractTable.Outcome.FAILED;
    private static final ContractTable.Outcome SKIPPED = ContractTable.Outcome.SKIPPED;

    @TempDir
    Path directory;

    private Path module(String name, ContractTable.Run... runs) throws Exception {
        Path target = directory.resolve(name).resolve("target");
        Files.createDirectories(target.resolve(ContractLog.DIRECTORY));
        Files.write(target.resolve(ContractLog.DIRECTORY).resolve("DriverTest.tsv"),
                List.of(runs).stream().map(ContractTable.Run::line).toList());
        return target;
    }

    @Test
    void cases_are_counted_by_driver_and_skips_listed_with_their_reason() throws Exception {
        Path runtime = module("runtime",
                new ContractTable.Run("io_uring carriers", "reads", PASSED, ""),
                new ContractTable.Run("io_uring SQPOLL stock", "reads", SKIPPED, "no\tthread\nhere"),
                new ContractTable.Run("io_uring without READ,WRITE stock", "reads", PASSED, ""),
                new ContractTable.Run("simulated uring.test.seed=7 room=4 stock", "reads", FAILED, "wrong"));
        Path fallback = module("fallback",
                new ContractTable.Run("epoll non-blocking stock", "reads", PASSED, ""),
                new ContractTable.Run("epoll carriers", "reads", PASSED, ""),
                new ContractTable.Run("epoll carriers", "writes", PASSED, ""));
        Path table = directory.resolve("table.md");
        ContractTable.main(new String[] {table.toString(), runtime.toString(), directory.resolve("none").toString(),
                fallback.toString()});
        assertThat(table).content().startsWith("""
                # Driver contract

                | case | epoll | io_uring | io_uring masked | simulated |
                |---|---|---|---|---|
                | reads | 2 passed | 1 passed, 1 skipped | 1 passed | 1 failed |
                | writes | 1 passed | not run | not run | not run |

                ## Skips

                no thread here:

                - reads on io_uring: 1

                ## Sources

                - %s: 4 runs""".formatted(runtime.resolve("driver-contract/DriverTest.tsv").toRealPath()));
    }

    @Test
    void without_runs_nothing_is_written() throws Exception {
        Path table = directory.resolve("table.md");
        ContractTable.main(new String[] {table.toString(), directory.toString(), module("empty").toString()});
        assertThat(table).doesNotExist();
    }
}
