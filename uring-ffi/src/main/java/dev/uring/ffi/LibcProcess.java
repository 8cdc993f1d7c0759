package dev.uring.ffi;

import static dev.uring.ffi.Linkage.C_INT;
import static dev.uring.ffi.Linkage.C_LONG;
import static dev.uring.ffi.Linkage.C_POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls the C library for processes, threads and their limits: one method per function.
 *
 * <p>Results and threads are as in {@link Libc}; the constants are in {@link ProcessFlag} and {@link ResourceLimit}.
 */
public final class LibcProcess {
    private LibcProcess() {
    }

    // int prlimit64(pid_t pid, int resource, const struct rlimit64 *new_limit, struct rlimit64 *old_limit)
    private static final MethodHandle PRLIMIT64 =
            Linkage.systemCall(Architecture.HOST.prlimit64, C_INT, C_INT, C_POINTER, C_POINTER);

    /** Asks for a limit, sets it, or both ({@link ResourceLimit}); either may be NULL, process 0 is the caller. */
    public static int prlimit64(int process, int resource, MemorySegment newLimit, MemorySegment oldLimit) {
        try {
            return (int) (long) PRLIMIT64.invokeExact(process, resource, newLimit, oldLimit);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /** Asks for a limit of this process; the result is a {@link ResourceLimit}. */
    public static int getrlimit(int resource, MemorySegment limit) {
        return prlimit64(0, resource, MemorySegment.NULL, limit);
    }

    /** Sets a limit of this process. */
    public static int setrlimit(int resource, MemorySegment limit) {
        return prlimit64(0, resource, limit, MemorySegment.NULL);
    }

    // pid_t getpid(void)
    private static final MethodHandle GETPID = Linkage.intFunction("getpid");

    /** Answers the id of this process. */
    public static int getpid() {
        try {
            return (int) GETPID.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // pid_t gettid(void)
    private static final MethodHandle GETTID = Linkage.systemCall(Architecture.HOST.gettid);

    /** Answers the id that the kernel gave the calling platform thread. */
    public static int gettid() {
        try {
            return (int) (long) GETTID.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // uid_t getuid(void)
    private static final MethodHandle GETUID = Linkage.intFunction("getuid");

    /** Answers the real user id. */
    public static int getuid() {
        try {
            return (int) GETUID.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // uid_t geteuid(void)
    private static final MethodHandle GETEUID = Linkage.intFunction("geteuid");

    /** Answers the effective user id, which permissions are checked for. */
    public static int geteuid() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // gid_t getgid(void)
    private static final MethodHandle GETGID = Linkage.intFunction("getgid");

    /** Answers the real group id. */
    public static int getgid() {
        try {
            return (int) GETGID.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int kill(pid_t pid, int sig)
    private static final MethodHandle KILL = Linkage.intFunction("kill", C_INT, C_INT);

    /** Sends a signal to a process; signal 0 only asks whether one could. */
    public static int kill(int process, int signal) {
        try {
            return (int) KILL.invokeExact(process, signal);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int prctl(int option, ... /* four unsigned long */)
    private static final MethodHandle PRCTL = Linkage.intVariadic("prctl", 1, C_INT, C_LONG, C_LONG, C_LONG, C_LONG);

    /** Asks or changes a property of the calling thread or process. */
    public static int prctl(int option, long argument2, long argument3, long argument4, long argument5) {
        try {
            return (int) PRCTL.invokeExact(option, argument2, argument3, argument4, argument5);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int pidfd_open(pid_t pid, unsigned int flags)
    private static final MethodHandle PIDFD_OPEN = Linkage.systemCall(Syscalls.PIDFD_OPEN, C_INT, C_INT);

    /** Opens a descriptor of a process, readable once it has ended (kernel 5.3). */
    public static int pidfdOpen(int process, int flags) {
        try {
            return (int) (long) PIDFD_OPEN.invokeExact(process, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)
    private static final MethodHandle WAITID = Linkage.intFunction("waitid", C_INT, C_INT, C_POINTER, C_INT);

    /** Waits for a child to change state; the result is a {@link SignalInformation}. */
    public static int waitid(int idType, int id, MemorySegment information, int options) {
        try {
            return (int) WAITID.invokeExact(idType, id, information, options);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // long futex(uint32_t *uaddr, int futex_op, uint32_t val, const struct timespec *timeout, uint32_t *uaddr2,
    //     uint32_t val3)
    private static final MethodHandle FUTEX =
            Linkage.systemCall(Architecture.HOST.futex, C_POINTER, C_INT, C_INT, C_POINTER, C_POINTER, C_INT);

    /** Waits on a word in memory, or wakes who waits there: the count of woken threads, or 0. */
    public static int futex(MemorySegment word, int command, int value, MemorySegment timeout,
                            MemorySegment secondWord, int thirdValue) {
        try {
            return (int) (long) FUTEX.invokeExact(word, command, value, timeout, secondWord, thirdValue);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask)
    private static final MethodHandle SCHED_SETAFFINITY =
            Linkage.intFunction("sched_setaffinity", C_INT, C_LONG, C_POINTER);

    /** Binds a thread to processors, one bit each; thread 0 is the caller. */
    public static int schedSetaffinity(int thread, long maskBytes, MemorySegment mask) {
        try {
            return (int) SCHED_SETAFFINITY.invokeExact(thread, maskBytes, mask);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *mask)
    private static final MethodHandle SCHED_GETAFFINITY =
            Linkage.intFunction("sched_getaffinity", C_INT, C_LONG, C_POINTER);

    /** Asks which processors a thread may use; thread 0 is the caller. */
    public static int schedGetaffinity(int thread, long maskBytes, MemorySegment mask) {
        try {
            return (int) SCHED_GETAFFINITY.invokeExact(thread, maskBytes, mask);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int uname(struct utsname *buf)
    private static final MethodHandle UNAME = Linkage.intFunction("uname", C_POINTER);

    /** Asks for the names of the system: six C strings of 65 bytes each, the third is the release of the kernel. */
    public static int uname(MemorySegment names) {
        try {
            return (int) UNAME.invokeExact(names);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }
}
