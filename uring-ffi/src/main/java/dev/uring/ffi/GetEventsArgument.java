package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What io_uring_enter(2) takes with EXT_ARG.
 *
 * <pre>
 * struct io_uring_getevents_arg, 24 bytes
 *  offset size name              C type
 *       0    8 sigmask           __u64
 *       8    4 sigmask_sz        __u32
 *      12    4 min_wait_usec     __u32
 *      16    8 ts                __u64
 * </pre>
 */
final class GetEventsArgument {
    static final int SIZE = 24;
    static final int SIGNAL_MASK = 0;
    static final int SIGNAL_MASK_BYTES = 8;
    static final int MIN_WAIT_MICROS = 12;
    static final int TIMESPEC = 16;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private GetEventsArgument() {
    }

    /** Sets the address of a signal mask, 0 for none. */
    static void signalMask(MemorySegment argument, long signalMask) {
        argument.set(U64, SIGNAL_MASK, signalMask);
    }

    static void signalMaskBytes(MemorySegment argument, int signalMaskBytes) {
        argument.set(U32, SIGNAL_MASK_BYTES, signalMaskBytes);
    }

    /** Sets how long to gather completions; only a kernel with MIN_TIMEOUT takes other than 0. */
    static void minWaitMicros(MemorySegment argument, int minWaitMicros) {
        argument.set(U32, MIN_WAIT_MICROS, minWaitMicros);
    }

    /** Sets the address of a {@link KernelTimespec}, 0 for no limit. */
    static void timespec(MemorySegment argument, long timespec) {
        argument.set(U64, TIMESPEC, timespec);
    }
}
