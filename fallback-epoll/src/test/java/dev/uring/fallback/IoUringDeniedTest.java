package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.runtime.Forked;
import dev.uring.runtime.SeccompLauncher;
import dev.uring.runtime.SeccompLauncher.Call;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the host denies io_uring, a program runs on epoll and says why; seccomp filters play the host. */
class IoUringDeniedTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String DENY_THE_REST = "--illegal-native-access=deny";

    private static final String ALLOW_IT = "remedy: run the container with a seccomp profile that allows "
            + "io_uring_setup, io_uring_enter and io_uring_register";

    /** How a host may deny io_uring, and what is to be said about it. */
    enum Host {
        /** The default profile of Docker 25, containerd 2 and Podman. */
        CONTAINER(Errno.EPERM, Call.IO_URING,
                "a seccomp filter or security module forbids io_uring (EPERM)", ALLOW_IT),
        /** An old kernel, or gVisor. */
        WITHOUT_IO_URING(Errno.ENOSYS, Call.IO_URING,
                "the kernel has no io_uring (ENOSYS)", "remedy: run on Linux 5.10 or later"),
        /** A ring can be made and is of no use. */
        ENTER_FORBIDDEN(Errno.EPERM, List.of(Call.ENTER),
                "allows io_uring_setup and forbids io_uring_enter (EPERM)", ALLOW_IT),
        ENTER_HIDDEN(Errno.ENOSYS, List.of(Call.ENTER),
                "allows io_uring_setup and forbids io_uring_enter (ENOSYS)", ALLOW_IT),
        REGISTER_FORBIDDEN(Errno.EPERM, List.of(Call.REGISTER),
                "allows io_uring_setup and forbids io_uring_register (EPERM)", ALLOW_IT);

        private final int errno;
        private final List<Call> denied;
        private final String reason;
        private final String remedy;

        Host(int errno, List<Call> denied, String reason, String remedy) {
            this.errno = errno;
            this.denied = denied;
            this.reason = reason;
            this.remedy = remedy;
        }
    }

    private static Forked.Outcome runFiltered(int errno, List<Call> denied) throws Exception {
        Capabilities.Answer here = Capabilities.probe();
        assumeTrue(here instanceof Capabilities.Answer.Available, () -> "no io_uring to deny: " + here);
        List<String> options = List.of(NATIVE_ACCESS, DENY_THE_REST);
        Forked.Outcome outcome = Forked.run(options, SeccompLauncher.class,
                SeccompLauncher.arguments(errno, denied, Forked.command(options, DeniedMain.class)));
        if (outcome.status() == SeccompLauncher.NOT_INSTALLED) {
            System.out.println("skipped: " + outcome.output()); // Maven does not print the reason of a skip
            abort(outcome.output());
        }
        assertThat(outcome.output()).as("all threads are under the filter").contains("unfiltered=0\n");
        return outcome;
    }

    private static void assertRanOn(String driver, Forked.Outcome outcome) {
        assertThat(outcome.output()).contains("driver=" + driver + "\n", "pipe=through a pipe\n", "file=a file\n")
                .endsWith("OK\n");
        assertThat(outcome.status()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Host.class)
    void the_program_runs_on_epoll_and_says_why(Host host) throws Exception {
        Forked.Outcome outcome = runFiltered(host.errno, host.denied);
        assertRanOn("epoll", outcome);
        assertSaid(outcome, "driver: epoll (", host); // the log, at INFO; the program itself prints no such line
        assertThat(outcome.output().lines().filter(line -> line.startsWith("io_uring refused: "))).as("DriverInfo")
                .singleElement().asString().contains(host.reason, host.remedy);
    }

    private static void assertSaid(Forked.Outcome outcome, String start, Host host) {
        assertThat(outcome.output().lines().filter(line -> line.contains(start))).as(outcome.output())
                .singleElement().asString().contains(host.reason, host.remedy);
    }

    @Test
    void under_a_filter_that_denies_nothing_the_program_runs_on_io_uring() throws Exception {
        assertRanOn("io_uring", runFiltered(Errno.EPERM, List.of()));
    }

    @Test
    void without_native_access_the_error_names_the_flag() throws Exception {
        Forked.Outcome outcome = Forked.run(List.of(DENY_THE_REST), DeniedMain.class);
        assertThat(outcome.output()).contains("IOException: no driver is available: ",
                "io_uring refused: Java denies native access", "--enable-native-access=ALL-UNNAMED");
        assertThat(outcome.output()).doesNotContain("NoClassDefFoundError", "ExceptionInInitializerError");
        assertThat(outcome.status()).isOne();
    }
}
