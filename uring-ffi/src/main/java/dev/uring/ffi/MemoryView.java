package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Views of memory that live shorter than the memory itself. Making one is a restricted call, so it is made here, and
 * only with native access granted to this module.
 */
public final class MemoryView {
    private static final boolean ALLOWED = MemoryView.class.getModule().isNativeAccessEnabled();

    private MemoryView() {
    }

    /** Answers whether {@link #lease} may be called: whether this module has native access. */
    public static boolean isAllowed() {
        return ALLOWED;
    }

    /** Answers the same memory under another arena: the view dies when the arena closes, the memory does not. */
    @SuppressWarnings("restricted")
    public static MemorySegment lease(MemorySegment memory, Arena arena) {
        // The cleanup keeps the memory reachable for as long as the view is.
        return memory.reinterpret(arena, _ -> java.lang.ref.Reference.reachabilityFence(memory));
    }
}
