package dev.uring.examples;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Runs the command line in a process to which io_uring is forbidden: a seccomp filter answers EPERM to its three system
 * calls, as Docker's default profile does. The filter is the calling thread's and that of threads it starts.
 */
final class ForbiddenRing {
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP_MODE_FILTER = 2;
    private static final int RETURN_EPERM = 0x0005_0001;
    private static final int RETURN_ALLOW = 0x7fff_0000;

    private static final int LOAD = 0x20;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int JUMP_IF_GREATER_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;
    /** io_uring_setup, io_uring_enter and io_uring_register have these numbers on every architecture. */
    private static final int FIRST_CALL = 425;
    private static final int LAST_CALL = 427;

    /** Code, jumps if true and if false, operand: {@code struct sock_filter}. */
    private static final int[][] FILTER = {
        {LOAD, 0, 0, 0}, // the number of the system call
        {JUMP_IF_GREATER_OR_EQUAL, 0, 2, FIRST_CALL},
        {JUMP_IF_GREATER, 1, 0, LAST_CALL},
        {RETURN, 0, 0, RETURN_EPERM},
        {RETURN, 0, 0, RETURN_ALLOW},
    };

    private ForbiddenRing() {
    }

    /**
     * Installs the filter and runs one command.
     *
     * @param arguments the sub-command and its arguments
     * @throws Throwable what the command line throws
     */
    public static void main(String[] arguments) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            install(arena);
        }
        Launcher.main(arguments);
    }

    private static void install(Arena arena) throws Throwable {
        MemorySegment instructions = arena.allocate(8L * FILTER.length, 8);
        for (int i = 0; i < FILTER.length; i++) {
            instructions.set(ValueLayout.JAVA_SHORT, 8L * i, (short) FILTER[i][0]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) FILTER[i][1]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) FILTER[i][2]);
            instructions.set(ValueLayout.JAVA_INT, 8L * i + 4, FILTER[i][3]);
        }
        MemorySegment program = arena.allocate(MemoryLayout.structLayout(ValueLayout.JAVA_SHORT,
                MemoryLayout.paddingLayout(6), ValueLayout.ADDRESS));
        program.set(ValueLayout.JAVA_SHORT, 0, (short) FILTER.length);
        program.set(ValueLayout.ADDRESS, 8, instructions);

        // int prctl(int option, unsigned long, unsigned long, unsigned long, unsigned long), variadic in glibc
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(linker.defaultLookup().find("prctl").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        require((int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
        require((int) prctl.invokeExact(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address(), 0L, 0L));
    }

    private static void require(int result) {
        if (result != 0) {
            throw new IllegalStateException("prctl failed: a seccomp filter cannot be installed here");
        }
    }
}
