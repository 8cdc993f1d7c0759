package dev.uring.runtime;

import dev.uring.ffi.Architecture;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.ProcessFlag;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a command to which system calls are denied, as a container does, or as a kernel that is older than the calls: puts a seccomp filter on its own thread,
 * and then becomes the command (execve(2)), all of whose threads are born under the filter. Needs no privileges. See
 * seccomp(2) and the kernel's Documentation/userspace-api/seccomp_filter.rst.
 *
 * <pre>
 * struct sock_filter            struct sock_fprog              struct seccomp_data
 *  0  2  code   u16              0  2  len     u16              0  4  nr     int
 *  2  1  jt     u8               8  8  filter  pointer          4  4  arch   u32
 *  3  1  jf     u8                                              8  8  ip     u64
 *  4  4  k      u32                                            16 48  args   u64[6]
 * </pre>
 */
public final class SeccompLauncher {
    /** The exit status when this host takes no filter; the reason is on standard error. */
    public static final int NOT_INSTALLED = 97;

    private static final int SET_SECCOMP = 22; // PR_SET_SECCOMP
    private static final long MODE_FILTER = 2; // SECCOMP_MODE_FILTER

    private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K

    private static final int RETURN_KILL = 0x8000_0000; // SECCOMP_RET_KILL_PROCESS
    private static final int RETURN_ERRNO = 0x0005_0000; // SECCOMP_RET_ERRNO
    private static final int RETURN_ALLOW = 0x7fff_0000; // SECCOMP_RET_ALLOW

    private static final int DATA_NUMBER = 0;
    private static final int DATA_ARCHITECTURE = 4;
    private static final int DATA_ARGUMENTS = 16;

    private static final int INSTRUCTION_BYTES = 8;

    /** Calls by name: those of io_uring, and others that old kernels lack. */
    public enum Call {
        /** io_uring_setup(2). */
        SETUP(425),
        /** io_uring_enter(2). */
        ENTER(426),
        /** io_uring_register(2). */
        REGISTER(427),
        /** renameat2(2), Linux 3.15. */
        RENAMEAT2(316, 276),
        /** copy_file_range(2), Linux 4.5. */
        COPY_FILE_RANGE(326, 285),
        /** preadv2(2), Linux 4.6. */
        PREADV2(327, 286),
        /** pwritev2(2), Linux 4.6. */
        PWRITEV2(328, 287),
        /** statx(2), Linux 4.11. */
        STATX(332, 291),
        /** pidfd_open(2), Linux 5.3. */
        PIDFD_OPEN(434),
        /** clone3(2), Linux 5.3. */
        CLONE3(435),
        /** close_range(2), Linux 5.9. */
        CLOSE_RANGE(436),
        /** openat2(2), Linux 5.6. */
        OPENAT2(437),
        /** faccessat2(2), Linux 5.8. */
        FACCESSAT2(439),
        /** epoll_pwait2(2), Linux 5.11. */
        EPOLL_PWAIT2(441);

        /** All of io_uring. */
        public static final List<Call> IO_URING = List.of(SETUP, ENTER, REGISTER);
        /** All the others. */
        public static final List<Call> YOUNG =
                Arrays.stream(values()).filter(call -> !IO_URING.contains(call)).toList();

        private final int number;

        Call(int number) {
            this(number, number);
        }

        Call(int numberOfX86, int numberOfAarch64) {
            number = Architecture.HOST == Architecture.AARCH64 ? numberOfAarch64 : numberOfX86;
        }
    }

    /**
     * One denied call.
     *
     * @param number of the system call, on this architecture
     * @param errno what it answers
     * @param flags the index of the argument that must not be 0 for that, or -1 to deny it always
     */
    public record Denial(int number, int errno, int flags) {
        /** Denies a call whatever its arguments. */
        public static Denial of(Call call, int errno) {
            return new Denial(call.number, errno, -1);
        }

        /** Denies a call with flags alone, as a kernel does that knows the call and not the flags. */
        public static Denial withFlags(Call call, int flags, int errno) {
            return new Denial(call.number, errno, flags);
        }

        private static Denial parse(String text) {
            String[] parts = text.split("/");
            return new Denial(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        }

        @Override
        public String toString() {
            return number + "/" + errno + "/" + flags;
        }
    }

    private record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {
    }

    private SeccompLauncher() {
    }

    /** Answers the arguments with which {@code command} runs, the calls answering {@code errno}. */
    public static String[] arguments(int errno, List<Call> denied, List<String> command) {
        return arguments(denied.stream().map(call -> Denial.of(call, errno)).toList(), command);
    }

    /** Answers the arguments with which {@code command} runs; of two denials of a call with flags the first counts. */
    public static String[] arguments(List<Denial> denied, List<String> command) {
        List<String> all = new ArrayList<>();
        all.add(String.join(",", denied.stream().map(Denial::toString).toList()));
        all.addAll(command);
        return all.toArray(String[]::new);
    }

    /**
     * Becomes the command.
     *
     * @param arguments see {@link #arguments}
     */
    public static void main(String[] arguments) throws Throwable {
        List<Denial> denied = arguments[0].isEmpty() ? List.of()
                : Arrays.stream(arguments[0].split(",")).map(Denial::parse).toList();
        try (Arena scope = Arena.ofConfined()) {
            MethodHandle execv = execv(); // linked before the filter, which is for the command
            install(filter(denied), scope);
            exec(execv, List.of(arguments).subList(1, arguments.length), scope);
        }
    }

    /** A call of another architecture has other numbers, so the filter ends the process rather than miss it. */
    private static List<Instruction> filter(List<Denial> denied) {
        List<Instruction> filter = new ArrayList<>();
        filter.add(new Instruction(LOAD_WORD, 0, 0, DATA_ARCHITECTURE));
        filter.add(new Instruction(JUMP_IF_EQUAL, 1, 0, auditArchitecture()));
        filter.add(new Instruction(RETURN, 0, 0, RETURN_KILL));
        filter.add(new Instruction(LOAD_WORD, 0, 0, DATA_NUMBER));
        for (Denial denial : denied) {
            if (denial.flags < 0) {
                filter.add(new Instruction(JUMP_IF_EQUAL, 0, 1, denial.number));
            } else {
                filter.add(new Instruction(JUMP_IF_EQUAL, 0, 4, denial.number));
                filter.add(new Instruction(LOAD_WORD, 0, 0, DATA_ARGUMENTS + Long.BYTES * denial.flags)); // little endian
                filter.add(new Instruction(JUMP_IF_EQUAL, 0, 1, 0));
                filter.add(new Instruction(RETURN, 0, 0, RETURN_ALLOW));
            }
            filter.add(new Instruction(RETURN, 0, 0, RETURN_ERRNO | denial.errno));
        }
        filter.add(new Instruction(RETURN, 0, 0, RETURN_ALLOW));
        return filter;
    }

    /** AUDIT_ARCH_X86_64 or AUDIT_ARCH_AARCH64 of linux/audit.h. */
    private static int auditArchitecture() {
        return switch (Architecture.HOST) {
            case X86_64 -> 0xc000_003e;
            case AARCH64 -> 0xc000_00b7;
        };
    }

    private static void install(List<Instruction> filter, Arena scope) {
        MemorySegment instructions = scope.allocate((long) INSTRUCTION_BYTES * filter.size(), Integer.BYTES);
        for (int i = 0; i < filter.size(); i++) {
            MemorySegment at = instructions.asSlice((long) INSTRUCTION_BYTES * i, INSTRUCTION_BYTES);
            at.set(ValueLayout.JAVA_SHORT, 0, (short) filter.get(i).code);
            at.set(ValueLayout.JAVA_BYTE, 2, (byte) filter.get(i).jumpTrue);
            at.set(ValueLayout.JAVA_BYTE, 3, (byte) filter.get(i).jumpFalse);
            at.set(ValueLayout.JAVA_INT, 4, filter.get(i).operand);
        }
        MemorySegment program = scope.allocate(MemoryLayout.structLayout(ValueLayout.JAVA_SHORT,
                MemoryLayout.paddingLayout(6), ValueLayout.ADDRESS));
        program.set(ValueLayout.JAVA_SHORT, 0, (short) filter.size());
        program.set(ValueLayout.ADDRESS, 8, instructions);
        // Without this promise a filter would need CAP_SYS_ADMIN.
        require("prctl(PR_SET_NO_NEW_PRIVS)", LibcProcess.prctl(ProcessFlag.SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0));
        require("prctl(PR_SET_SECCOMP)", LibcProcess.prctl(SET_SECCOMP, MODE_FILTER, program.address(), 0, 0));
    }

    private static void require(String call, int result) {
        if (result < 0) {
            System.err.println("no seccomp filter can be installed here: " + call + " failed: errno="
                    + Errno.describe(-result));
            System.exit(NOT_INSTALLED);
        }
    }

    // int execv(const char *path, char *const argv[])
    private static MethodHandle execv() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find("execv").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    private static void exec(MethodHandle execv, List<String> command, Arena scope) throws Throwable {
        MemorySegment pointers = scope.allocate(ValueLayout.ADDRESS, command.size() + 1L); // the last is NULL
        for (int i = 0; i < command.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, scope.allocateFrom(command.get(i)));
        }
        int result = (int) execv.invokeExact(pointers.getAtIndex(ValueLayout.ADDRESS, 0), pointers);
        throw new AssertionError("execv came back: result=" + result + " command=" + command);
    }
}
