package dev.uring.ffi;

/** Names the advice of posix_fadvise, and of the fadvise operation of io_uring. */
public final class FileAdvice {
    /** {@code POSIX_FADV_NORMAL}. */
    public static final int NORMAL = 0;
    /** {@code POSIX_FADV_RANDOM}. */
    public static final int RANDOM = 1;
    /** {@code POSIX_FADV_SEQUENTIAL}. */
    public static final int SEQUENTIAL = 2;
    /** {@code POSIX_FADV_WILLNEED}: starts reading into the page cache. */
    public static final int WILL_NEED = 3;
    /** {@code POSIX_FADV_DONTNEED}: drops clean pages from the page cache. */
    public static final int DONT_NEED = 4;
    /** {@code POSIX_FADV_NOREUSE}. */
    public static final int NO_REUSE = 5;

    private FileAdvice() {
    }
}
