package dev.uring.ffi;

/** Names the flags of calls that take a directory and a path. */
public final class PathFlag {
    /** {@code AT_FDCWD}: stands for the directory of the process. */
    public static final int CURRENT_DIRECTORY = -100;
    /** {@code AT_SYMLINK_NOFOLLOW}: takes a symbolic link itself. */
    public static final int NO_FOLLOW = 0x100;
    /** {@code AT_SYMLINK_FOLLOW}: linkat follows a symbolic link. */
    public static final int FOLLOW = 0x400;
    /** {@code AT_REMOVEDIR}: unlinkat removes an empty directory. */
    public static final int REMOVE_DIRECTORY = 0x200;
    /** {@code AT_EACCESS}: faccessat asks for the effective user. */
    public static final int EFFECTIVE_ACCESS = 0x200;
    /** {@code AT_NO_AUTOMOUNT}. */
    public static final int NO_AUTOMOUNT = 0x800;
    /** {@code AT_EMPTY_PATH}: an empty path means the descriptor itself. */
    public static final int EMPTY_PATH = 0x1000;
    /** {@code AT_STATX_SYNC_AS_STAT}. */
    public static final int STATX_SYNC_AS_STAT = 0;
    /** {@code AT_STATX_FORCE_SYNC}: a network file system asks its server. */
    public static final int STATX_FORCE_SYNC = 0x2000;
    /** {@code AT_STATX_DONT_SYNC}: cached attributes will do. */
    public static final int STATX_DONT_SYNC = 0x4000;

    private PathFlag() {
    }
}
