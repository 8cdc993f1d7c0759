package dev.uring.fallback;

/** Thrown when java.nio has nothing like the call, or not with these operands: an error number with words. */
final class NioRefusal extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    final int errno;

    NioRefusal(int errno, String words) {
        super(words + "; driver=nio host=" + System.getProperty("os.name"));
        this.errno = errno;
    }
}
