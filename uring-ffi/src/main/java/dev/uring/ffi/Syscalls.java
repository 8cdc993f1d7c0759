package dev.uring.ffi;

import static dev.uring.ffi.Linkage.C_INT;
import static dev.uring.ffi.Linkage.C_LONG;
import static dev.uring.ffi.Linkage.C_POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Makes the three system calls of io_uring, which no C library wraps, and names the system calls that have one number
 * on x86-64 and aarch64. Numbers that differ are in {@link Architecture}.
 */
final class Syscalls {
    static final int IO_URING_SETUP = 425;
    static final int IO_URING_ENTER = 426;
    static final int IO_URING_REGISTER = 427;
    static final int PIDFD_OPEN = 434;
    static final int CLOSE_RANGE = 436;
    static final int OPENAT2 = 437;
    static final int EPOLL_PWAIT2 = 441;

    // int io_uring_setup(u32 entries, struct io_uring_params *params)
    private static final MethodHandle SETUP = Linkage.systemCall(IO_URING_SETUP, C_INT, C_POINTER);

    // int io_uring_enter(unsigned int fd, u32 to_submit, u32 min_complete, u32 flags, const void *arg, size_t argsz)
    private static final MethodHandle ENTER = Linkage.raw("syscall",
            FunctionDescriptor.of(C_LONG, C_LONG, C_INT, C_INT, C_INT, C_INT, C_POINTER, C_LONG),
            Linker.Option.firstVariadicArg(1));

    // int io_uring_register(unsigned int fd, unsigned int opcode, void *arg, unsigned int nr_args)
    private static final MethodHandle REGISTER =
            Linkage.systemCall(IO_URING_REGISTER, C_INT, C_INT, C_POINTER, C_INT);

    private Syscalls() {
    }

    /** Makes a ring and fills in {@code params}: its descriptor, or -errno. */
    static int setup(int entries, MemorySegment params) {
        try {
            return (int) (long) SETUP.invokeExact(entries, params);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /**
     * Submits and waits: the count of submitted entries, or -errno. The call state ({@link Linkage#CALL_STATE}) belongs
     * to the caller, who is the only one to enter this ring, so this allocates nothing and shares nothing.
     */
    static int enter(MemorySegment callState, int fd, int toSubmit, int minComplete, int flags,
                     MemorySegment argument, long argumentBytes) {
        try {
            long result = (long) ENTER.invokeExact(callState, (long) IO_URING_ENTER, fd, toSubmit, minComplete, flags,
                    argument, argumentBytes);
            return result == -1 ? -Linkage.errno(callState) : (int) result;
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /** Registers something with a ring, or asks it something: a value {@code >= 0}, or -errno. */
    static int register(int fd, int opcode, MemorySegment argument, int count) {
        try {
            return (int) (long) REGISTER.invokeExact(fd, opcode, argument, count);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }
}
