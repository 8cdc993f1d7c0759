package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Throwable thrown;

    @Test
    void help_lists_the_sub_commands() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("Usage: uring").contains("Commands:").contains("help");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void no_command_is_a_usage_error() {
        assertThat(execute()).isEqualTo(Main.STATUS_USAGE);
        assertThat(err.toString().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains("subcommand").endsWith("(try: uring --help)");
    }

    @Test
    void unknown_option_of_a_sub_command_names_that_command() {
        assertThat(execute("fail", "--nonsense")).isEqualTo(Main.STATUS_USAGE);
        assertThat(err.toString().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains("--nonsense").endsWith("(try: uring fail --help)");
    }

    @Test
    void sub_command_inherits_help() {
        assertThat(execute("fail", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: uring fail");
    }

    @Test
    void failure_is_one_line_and_status_1() {
        thrown = new IOException("read failed: fd=7\nerrno=EIO(5)");
        assertThat(execute("fail")).isEqualTo(Main.STATUS_FAILED);
        assertThat(err.toString()).isEqualToNormalizingNewlines("uring: read failed: fd=7; errno=EIO(5)\n");
    }

    @Test
    void failure_whose_message_is_a_bare_file_name_is_told_with_its_kind() {
        thrown = new NoSuchFileException("data.bin");
        assertThat(execute("fail")).isEqualTo(Main.STATUS_FAILED);
        assertThat(err.toString()).isEqualToNormalizingNewlines(
                "uring: java.nio.file.NoSuchFileException: data.bin\n");
    }

    @Test
    void failure_of_a_task_is_told_as_if_there_were_no_task() {
        thrown = new ExecutionException("task 5 failed", new IOException("read failed: fd=7"));
        assertThat(execute("fail")).isEqualTo(Main.STATUS_FAILED);
        assertThat(err.toString()).isEqualToNormalizingNewlines("uring: read failed: fd=7\n");
    }

    @Test
    void error_is_told_by_its_cause() {
        thrown = new ExceptionInInitializerError(new UnsatisfiedLinkError("no function io_uring_enter"));
        assertThat(execute("fail")).isEqualTo(Main.STATUS_FAILED);
        assertThat(err.toString()).isEqualToNormalizingNewlines(
                "uring: java.lang.UnsatisfiedLinkError: no function io_uring_enter\n");
    }

    @Test
    void read_takes_an_offset_only_with_a_length() {
        assertThat(execute("read", "file", "5")).isEqualTo(Main.STATUS_USAGE);
        assertThat(err.toString()).isEqualToNormalizingNewlines(
                "uring: OFFSET needs a LENGTH: offset=5 (try: uring read --help)\n");
    }

    @ParameterizedTest
    @CsvSource({"-1,5,OFFSET must not be negative: -1", "5,-1,LENGTH must not be negative: -1",
        "x,5,OFFSET", "5,y,LENGTH", "9223372036854775808,1,OFFSET"})
    void read_refuses_a_range_that_is_none(String offset, String length, String said) {
        assertThat(execute("read", "--", "file", offset, length)).isEqualTo(Main.STATUS_USAGE);
        assertThat(err.toString().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains(said).endsWith("(try: uring read --help)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "probe surplus", "demo one two", "read a 1 2 3", "echo", "echo 1 2",
        "echo 65536", "echo x", "nc host", "nc host 1 2", "nc host 65536", "nc host", "nc -U",
        "nc -U a b", "nc -l", "http", "http a b", "http a --port 65536", "http a --workers -1", "proxy", "proxy 1", "proxy 1 2 3",
        "proxy x 1", "proxy 1 ::1:80", "proxy 1 :80", "proxy 1 unix:", "proxy 1 unix:@", "proxy 1 65536",
        "proxy 1 2 --workers -1", "cat", "cp", "cp one", "cp one two three",
        "cp a b --depth 0", "cp a b --depth 1025", "cp a b --depth x", "cp a b --block 0", "cp a b --block 4097",
        "cp a b --block 1073741824", "cp a b --kernel --direct", "walk a b", "walk --depth -1", "walk --depth x",
        "wal", "wal a b", "wal a --writers 0", "wal a --size 15", "wal a --size 1048577", "wal a --records 0",
        "wal a --seconds 0", "wal a --seconds NaN", "wal a --records 1 --seconds 1", "wal a --sync never"})
    void missing_and_surplus_arguments_are_a_usage_error(String line) {
        assertThat(execute(line.split(" "))).isEqualTo(Main.STATUS_USAGE);
        assertThat(err.toString().lines()).hasSize(1);
    }

    private int execute(String... arguments) {
        PrintWriter writer = new PrintWriter(out, true);
        CommandLine line = Main.commandLine(writer, new PrintWriter(err, true)).addSubcommand(new Fail());
        return Main.execute(line.setOut(writer), arguments); // setOut reaches the sub-commands there are by then
    }

    /** A sub-command that throws what the test gave it. */
    @Command(name = "fail")
    private final class Fail implements Callable<Void> {
        @Override
        public Void call() throws Exception {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        }
    }
}
