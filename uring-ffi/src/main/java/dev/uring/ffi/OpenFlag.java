package dev.uring.ffi;

/** Names the flags of open, openat and openat2, and the status flags of a descriptor. */
public final class OpenFlag {
    /** {@code O_RDONLY}. */
    public static final int READ_ONLY = 0;
    /** {@code O_WRONLY}. */
    public static final int WRITE_ONLY = 01;
    /** {@code O_RDWR}. */
    public static final int READ_WRITE = 02;
    /** {@code O_ACCMODE}: the bits that hold one of the three above. */
    public static final int ACCESS_MODE = 03;
    /** {@code O_CREAT}: makes the file when it is missing. */
    public static final int CREATE = 0100;
    /** {@code O_EXCL}: fails with EEXIST when the file is there. */
    public static final int EXCLUSIVE = 0200;
    /** {@code O_NOCTTY}. */
    public static final int NO_CONTROLLING_TERMINAL = 0400;
    /** {@code O_TRUNC}. */
    public static final int TRUNCATE = 01000;
    /** {@code O_APPEND}: each write goes to the end. */
    public static final int APPEND = 02000;
    /** {@code O_NONBLOCK}: without effect on regular files. */
    public static final int NON_BLOCKING = 04000;
    /** {@code O_DSYNC}: each write waits as fdatasync does. */
    public static final int DATA_SYNC = 010000;
    /** {@code O_SYNC}: each write waits as fsync does. */
    public static final int SYNC = 04010000;
    /** {@code O_DIRECT}: past the page cache; memory, offset and length must be aligned. */
    public static final int DIRECT = Architecture.HOST.openDirect;
    /** {@code O_LARGEFILE}: as F_GETFL shows it; a 64-bit kernel sets it by itself. */
    public static final int LARGE_FILE = Architecture.HOST.openLargeFile;
    /** {@code O_DIRECTORY}: fails with ENOTDIR on anything else. */
    public static final int DIRECTORY = Architecture.HOST.openDirectory;
    /** {@code O_NOFOLLOW}: fails with ELOOP on a symbolic link. */
    public static final int NO_FOLLOW = Architecture.HOST.openNoFollow;
    /** {@code O_NOATIME}. */
    public static final int NO_ACCESS_TIME = 01000000;
    /** {@code O_CLOEXEC}. */
    public static final int CLOSE_ON_EXEC = 02000000;
    /** {@code O_PATH}: a handle on the path that cannot read or write. */
    public static final int PATH = 010000000;
    /** {@code O_TMPFILE}: a file without name, in the directory that is opened. */
    public static final int TEMPORARY_FILE = Architecture.HOST.openTemporaryFile;

    private OpenFlag() {
    }
}
