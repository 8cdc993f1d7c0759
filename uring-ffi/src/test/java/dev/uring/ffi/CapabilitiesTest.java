package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out about a kernel, what is masked of it, and what is said where there is nothing to find. */
class CapabilitiesTest {
    private final Capabilities kernel = ThisKernel.capabilities();

    @Test
    void kernel_of_six_eighteen_or_later_has_everything_up_to_then() {
        String release = System.getProperty("os.version");
        String[] numbers = release.split("[.-]");
        int version = Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]);
        assumeTrue(version >= 6018, "this kernel is older than 6.18: " + release);
        for (int opcode = 0; opcode <= Opcode.PIPE; opcode++) {
            assertThat(kernel.supports(opcode)).as(Opcode.name(opcode)).isTrue();
        }
        assertThat(Capability.values()).allMatch(kernel::has);
        int flags = RingOptions.SINGLE_OWNER | RingOptions.SHARED;
        assertThat(SetupFlag.describe(kernel.setupFlags())).isEqualTo(SetupFlag.describe(flags));
        assertThat(kernel.features() & 0x3ffff).as("SINGLE_MMAP to NO_IOWAIT").isEqualTo(0x3ffff);
        assertThat(kernel.masked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 127, 128, 255, Integer.MAX_VALUE})
    void opcode_that_no_kernel_has_is_not_supported(int opcode) {
        assertThat(kernel.supports(opcode)).isFalse();
    }

    @Test
    void probing_leaves_nothing_behind() {
        Capabilities.probe();
        long descriptors = Native.descriptors();
        long mappings = Native.mappings("io_uring");
        for (int i = 0; i < 20; i++) {
            assertThat(Capabilities.probe()).isInstanceOf(Capabilities.Answer.Available.class);
        }
        assertThat(Native.descriptors()).isLessThan(descriptors + 5);
        assertThat(Native.mappings("io_uring")).isEqualTo(mappings);
    }

    @Test
    void masked_names_are_gone_and_the_rest_stays() {
        assumeTrue(kernel.supports(Opcode.SEND_ZC) && kernel.has(Capability.BUFFER_RING), "an old kernel");
        Capabilities less = kernel.without(Set.of("send_zc", " BUFFER_RING ", "Defer_Taskrun"));
        assertThat(less.supports(Opcode.SEND_ZC)).isFalse();
        assertThat(less.has(Capability.BUFFER_RING)).isFalse();
        assertThat(less.setupFlags()).isEqualTo(kernel.setupFlags() & ~SetupFlag.DEFER_TASKRUN);
        assertThat(less.supports(Opcode.SENDMSG_ZC)).isTrue();
        assertThat(less.has(Capability.RECV_MULTISHOT)).isEqualTo(kernel.has(Capability.RECV_MULTISHOT));
        assertThat(less.features()).isEqualTo(kernel.features());
        assertThat(less.toString()).contains("masked=").contains("send_zc");
        assertThat(kernel.supports(Opcode.SEND_ZC)).as("the original is as it was").isTrue();
    }

    @Test
    void masks_add_up() {
        Capabilities less = kernel.without(Set.of("NOP")).without(Set.of("READ"));
        assertThat(less.supports(Opcode.NOP) || less.supports(Opcode.READ)).isFalse();
        assertThat(less.masked()).containsExactlyInAnyOrder("NOP", "READ");
        assertThat(kernel.without(Set.of()).masked()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Capability.class)
    void every_capability_can_be_masked(Capability capability) {
        assertThat(kernel.without(Set.of(capability.name())).has(capability)).isFalse();
    }

    @Test
    void every_opcode_can_be_masked() {
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            assertThat(kernel.without(Set.of(Opcode.name(opcode))).supports(opcode)).isFalse();
        }
    }

    @Test
    void unknown_name_is_refused() {
        assertThatThrownBy(() -> kernel.without(Set.of("WARP_DRIVE"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=WARP_DRIVE");
    }

    @Test
    void refusals_say_what_stands_in_the_way_and_what_to_do() {
        assertThat(Refusal.of(Errno.ENOSYS).reason()).contains("has no io_uring (ENOSYS)");
        assertThat(Refusal.of(Errno.ENOSYS).remedy()).contains("Linux 5.10 or later");
        assertThat(Refusal.of(Errno.ENOMEM).reason()).contains("ENOMEM", "locked-memory limit");
        assertThat(Refusal.of(Errno.ENOMEM).remedy()).contains("ulimit -l");
        assertThat(Refusal.of(Errno.EMFILE).remedy()).contains("ulimit -n");
        assertThat(Refusal.of(Errno.ENFILE).remedy()).contains("fs.file-max");
        assertThat(Refusal.of(Errno.EINVAL).reason()).contains("EINVAL");
        assertThat(Refusal.of(Errno.EFAULT).reason()).contains("EFAULT(14)");
    }

    @Test
    void permission_is_explained_by_the_sysctl(@TempDir(factory = TargetDirectory.class) Path directory)
            throws IOException {
        Path sysctl = directory.resolve("io_uring_disabled");
        Files.writeString(sysctl, "2\n");
        assertThat(Refusal.of(Errno.EPERM, sysctl).reason()).contains("io_uring_disabled is 2", "EPERM");
        assertThat(Refusal.of(Errno.EPERM, sysctl).remedy()).isEqualTo("sysctl -w kernel.io_uring_disabled=0");
        Files.writeString(sysctl, "1\n");
        assertThat(Refusal.of(Errno.EPERM, sysctl).reason()).contains("io_uring_disabled is 1", "CAP_SYS_ADMIN");
        assertThat(Refusal.of(Errno.EPERM, sysctl).remedy()).contains("kernel.io_uring_group");
        Files.writeString(sysctl, "0\n");
        assertThat(Refusal.of(Errno.EACCES, sysctl).reason()).contains("seccomp", "EACCES");
        assertThat(Refusal.of(Errno.EPERM, sysctl).remedy()).contains("--security-opt seccomp=");
        Files.delete(sysctl);
        assertThat(Refusal.of(Errno.EPERM, sysctl).reason()).as("no such sysctl").contains("seccomp");
    }

    @Test
    void a_call_forbidden_after_setup_is_named_and_no_fault_of_the_kernels() {
        for (int errno : new int[] {Errno.EPERM, Errno.EACCES, Errno.ENOSYS}) {
            Refusal refusal = Refusal.afterSetup("io_uring_enter", errno);
            assertThat(refusal.reason())
                    .contains("allows io_uring_setup and forbids io_uring_enter", Errno.name(errno));
            assertThat(refusal.remedy()).contains("--security-opt seccomp=");
        }
        assertThat(Refusal.afterSetup("io_uring_enter", Errno.ENOMEM)).isEqualTo(Refusal.of(Errno.ENOMEM));
    }

    @Test
    void process_without_descriptors_is_told_so() throws IOException, InterruptedException {
        String output = ChildJvm.run(List.of(), RefusedRingMain.class, "descriptors");
        assertThat(output).contains("create: io_uring_setup failed: entries=8 flags=SUBMIT_ALL|", "errno=EMFILE(24); ",
                "probe: the process has no file descriptor left (EMFILE); raise the limit (ulimit -n, LimitNOFILE=)");
    }

    /** The results take 1 MiB, the entries 2 MiB: either no mapping fits, or only the first. */
    @ParameterizedTest
    @ValueSource(strings = {"512", "2048"})
    void ring_whose_queues_do_not_fit_is_refused_and_leaves_nothing(String kilobytes)
            throws IOException, InterruptedException {
        String output = ChildJvm.run(List.of(), RefusedRingMain.class, "memory", kilobytes);
        assertThat(output).contains("create: mmap failed: fd=", "errno=ENOMEM(12); the queues do not fit",
                "left: descriptors=0 mappings=0");
    }
}
