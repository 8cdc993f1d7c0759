package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The limits of this process that a program with rings meets first, for texts that tell them. Needs native access. */
public final class ProcessLimits {
    /** The limit that is none. */
    public static final long UNLIMITED = -1;

    private ProcessLimits() {
    }

    /** Loads what the answers need, while the process still has descriptors for class files. */
    static void load() {
        descriptors();
    }

    /** Answers how many descriptors the process may have, or {@link #UNLIMITED}: RLIMIT_NOFILE. */
    public static long descriptors() {
        return ask(ResourceLimit.OPEN_FILES);
    }

    /**
     * Answers how many bytes the process may lock in memory, or {@link #UNLIMITED}: RLIMIT_MEMLOCK, against which buffers
     * count that are registered with a ring, unless the process has CAP_IPC_LOCK.
     */
    public static long lockedMemory() {
        return ask(ResourceLimit.LOCKED_MEMORY);
    }

    private static long ask(int resource) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            int result = LibcProcess.getrlimit(resource, limit);
            return result < 0 ? UNLIMITED : ResourceLimit.soft(limit); // a sandbox that refuses to tell sets none
        }
    }

    /** Tells a limit that counts: {@code 1024}, {@code unlimited}. */
    public static String count(long limit) {
        return limit == UNLIMITED ? "unlimited" : String.valueOf(limit);
    }

    /** Tells a limit in bytes: {@code 64 KiB}, {@code unlimited}. */
    public static String bytes(long limit) {
        if (limit == UNLIMITED || limit == 0 || limit % 1024 != 0) {
            return limit == UNLIMITED ? "unlimited" : limit + " bytes";
        }
        return limit % (1 << 20) == 0 ? (limit >> 20) + " MiB" : (limit >> 10) + " KiB";
    }
}
