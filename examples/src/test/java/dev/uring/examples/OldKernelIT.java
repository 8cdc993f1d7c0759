package dev.uring.examples;

import dev.uring.ffi.Errno;
import dev.uring.runtime.SeccompLauncher.Call;
import dev.uring.runtime.SeccompLauncher.Denial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that have no io_uring have not much else: the same tests, with the younger system calls refused. */
class OldKernelIT {
    private static final List<String> ON_EPOLL = List.of("--enable-native-access=ALL-UNNAMED", "-During.driver=epoll",
            "-During.test.setup=epoll");
    /** Where preadv2 and pwritev2 have their flags. */
    private static final int FLAGS = 5;

    private static final String ALL = "dev\\.uring\\.fallback\\.EpollContractTest"
            + "|dev\\.uring\\.runtime\\.(?!.*ContractTest|RingDriver|Forked).*Test|dev\\.uring\\.fs\\..*Test"
            + "|dev\\.uring\\.net\\..*Test|dev\\.uring\\.examples\\.HttpServerTest";
    private static final String SOME = "dev\\.uring\\.fallback\\.EpollContractTest|dev\\.uring\\.runtime\\.LibcSysTest"
            + "|dev\\.uring\\.fs\\.(AsyncFile|AsyncDirectory|FileCopy)Test|dev\\.uring\\.net\\.TcpTest"
            + "|dev\\.uring\\.examples\\.HttpServerTest";
    private static final String READING_AND_WRITING = "dev\\.uring\\.runtime\\.LibcSysTest|dev\\.uring\\.fs\\.AsyncFileTest"
            + "|dev\\.uring\\.net\\.PipeTest";

    @TempDir
    private Path directory;

    private static List<Denial> denied(int errno, List<Call> calls) {
        return calls.stream().map(call -> Denial.of(call, errno)).toList();
    }

    @Test
    void tests_pass_where_the_young_calls_are_unknown() throws Exception {
        List<Denial> denied = new ArrayList<>(denied(Errno.ENOSYS, Call.IO_URING));
        denied.addAll(denied(Errno.ENOSYS, Call.YOUNG));
        new PlayedWorld("epoll before Linux 3.15 (played)", denied, ON_EPOLL)
                .run(directory, PlayedWorld.FULL ? ALL : SOME).assertPassed();
    }

    /** Flags are younger than the calls; how a kernel refuses those that it does not know has changed with 4.13. */
    @Test
    void tests_pass_where_the_flags_of_reads_and_writes_are_unknown() throws Exception {
        for (int errno : new int[] {Errno.EOPNOTSUPP, Errno.EINVAL}) {
            new PlayedWorld("epoll, flags refused with " + Errno.name(errno) + " (played)",
                    List.of(Denial.withFlags(Call.PREADV2, FLAGS, errno), Denial.withFlags(Call.PWRITEV2, FLAGS, errno)),
                    ON_EPOLL).run(directory, READING_AND_WRITING).assertPassed();
        }
    }

    /** What a seccomp profile says that is older than the call; Java itself needs the others. */
    @Test
    @Tag("full")
    void tests_pass_where_an_old_profile_forbids_the_youngest_call() throws Exception {
        new PlayedWorld("epoll under an old profile (played)", denied(Errno.EPERM, List.of(Call.EPOLL_PWAIT2)), ON_EPOLL)
                .run(directory, SOME).assertPassed();
    }
}
