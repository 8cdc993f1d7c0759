package dev.uring.ffi;

/** Names the flags of eventfd. */
public final class EventFlag {
    /** {@code EFD_CLOEXEC}. */
    public static final int CLOSE_ON_EXEC = 0x80000;
    /** {@code EFD_NONBLOCK}. */
    public static final int NON_BLOCKING = 2048;
    /** {@code EFD_SEMAPHORE}: a read takes 1 instead of all. */
    public static final int SEMAPHORE = 1;

    private EventFlag() {
    }
}
