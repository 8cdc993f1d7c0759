package dev.uring.ffi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Why there is no ring, in words for the person who can change it.
 *
 * @param errno the positive error number of the call that was refused, 0 if none was made
 * @param reason what stands in the way
 * @param remedy what to do about it
 */
public record Refusal(int errno, String reason, String remedy) {
    private static final Path DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");
    private static final String ALLOW_IN_PROFILE = "run the container with a seccomp profile that allows "
            + "io_uring_setup, io_uring_enter and io_uring_register (docker run --security-opt seccomp=FILE)";

    /**
     * Explains why this process can call nothing in the C library, or answers null where it can. Only after that may a
     * class be touched that calls: one that was refused while it loaded is lost for the process, and its second use is
     * a {@link NoClassDefFoundError} without a reason.
     */
    public static Refusal ofNativeCalls() {
        if (!Architecture.isNative()) {
            return new Refusal(0, "the numbers of system calls are known for Linux on x86-64 and aarch64, this is "
                    + System.getProperty("os.name") + " on " + System.getProperty("os.arch"),
                    "run on Linux on x86-64 or aarch64");
        }
        if (Linkage.isAllowed()) {
            return null;
        }
        Module module = Refusal.class.getModule();
        return new Refusal(0, "Java denies native access to "
                + (module.isNamed() ? "the module " + module.getName() : "what is on the class path"),
                "start java with --enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }

    /** Explains the error of io_uring_setup. */
    public static Refusal of(int errno) {
        return of(errno, DISABLED);
    }

    /** Works like {@link #of(int)}, with another file in the place of the sysctl, for tests. */
    static Refusal of(int errno, Path disabled) {
        return switch (errno) {
            case Errno.ENOSYS -> new Refusal(errno,
                    "the kernel has no io_uring (ENOSYS): it is older than 5.1, built without it, or a sandbox hides it",
                    "run on Linux 5.10 or later outside the sandbox; where a seccomp profile hides it, as Podman's default "
                            + "does, " + ALLOW_IN_PROFILE);
            case Errno.EPERM, Errno.EACCES -> permission(errno, disabled);
            case Errno.ENOMEM -> new Refusal(errno,
                    "the kernel refused the memory for the queues (ENOMEM): they count against the locked-memory limit of "
                            + "the user (before Linux 5.12, and again on 6.18), or against the memory cgroup",
                    "raise the limit (ulimit -l, LimitMEMLOCK=, docker run --ulimit memlock=-1), which is "
                            + ProcessLimits.bytes(ProcessLimits.lockedMemory()) + " now, or ask for fewer entries");
            case Errno.EMFILE -> new Refusal(errno,
                    "the process has no file descriptor left (EMFILE)",
                    "raise the limit (ulimit -n, LimitNOFILE=), which is " + ProcessLimits.count(
                            ProcessLimits.descriptors()) + " now, or close some descriptors");
            case Errno.ENFILE -> new Refusal(errno,
                    "the system has no file descriptor left (ENFILE)", "raise the sysctl fs.file-max");
            case Errno.EINVAL -> new Refusal(errno,
                    "the kernel knows none of the sets of flags asked for (EINVAL)",
                    "ask for fewer entries or flags; Linux 5.10 or later is needed");
            default -> new Refusal(errno, "the kernel refused (" + Errno.describe(errno) + ")",
                    "see io_uring_setup(2)");
        };
    }

    /** Explains the error of another call where io_uring_setup went well, so that ENOSYS cannot be the kernel's. */
    static Refusal afterSetup(String call, int errno) {
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES, Errno.ENOSYS -> new Refusal(errno,
                    "a seccomp filter or security module allows io_uring_setup and forbids " + call + " ("
                            + Errno.name(errno) + ")", ALLOW_IN_PROFILE);
            default -> of(errno);
        };
    }

    /** The same error comes from two places; the sysctl, readable by all, tells them apart. */
    private static Refusal permission(int errno, Path disabled) {
        String name = Errno.name(errno);
        return switch (sysctl(disabled)) {
            case "2" -> new Refusal(errno, "kernel.io_uring_disabled is 2: io_uring is off for everyone (" + name + ")",
                    "sysctl -w kernel.io_uring_disabled=0");
            case "1" -> privileged(errno, sysctl(disabled.resolveSibling("io_uring_group")));
            default -> new Refusal(errno, "a seccomp filter or security module forbids io_uring (" + name
                    + "), as the default profiles of Docker 25, containerd 2 and Podman do"
                    + (Files.isDirectory(disabled.getParent()) ? ""
                            : "; or kernel.io_uring_disabled is not 0, which cannot be read without /proc"),
                    ALLOW_IN_PROFILE);
        };
    }

    private static Refusal privileged(int errno, String group) {
        boolean named = group.matches("\\d+"); // -1 is nobody's
        return new Refusal(errno, "kernel.io_uring_disabled is 1: io_uring is for CAP_SYS_ADMIN and the group of "
                + "kernel.io_uring_group, " + (named ? "which is " + group : "which names none") + " ("
                + Errno.name(errno) + ")",
                "sysctl -w kernel.io_uring_disabled=0, or " + (named
                        ? "run in the group " + group + " (usermod -aG, docker run --group-add " + group + ")"
                        : "let a group in (sysctl -w kernel.io_uring_group=GID) and run in it"));
    }

    private static String sysctl(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // before 6.6 there is no such sysctl, and a sandbox may hide /proc
        }
    }
}
