package dev.uring.ffi;

import java.util.Locale;

/**
 * Knows what differs between x86-64 and aarch64: a few open flags, the packing of {@code struct epoll_event}, and the
 * numbers of older system calls. {@link FileStatus} is laid out differently, too. Everything else that this module names
 * has one value on both.
 *
 * <pre>
 *                            x86-64      aarch64
 * O_DIRECT                   0040000     0200000
 * O_LARGEFILE (kernel)       0100000     0400000
 * O_DIRECTORY                0200000     0040000
 * O_NOFOLLOW                 0400000     0100000
 * O_TMPFILE                020200000   020040000
 * sizeof(epoll_event)             12          16
 * epoll_event.data                 4           8
 * SYS_gettid                     186         178
 * SYS_futex                      202          98
 * SYS_getdents64                 217          61
 * SYS_prlimit64                  302         261
 * SYS_renameat2                  316         276
 * SYS_copy_file_range            326         285
 * SYS_preadv2                    327         286
 * SYS_pwritev2                   328         287
 * SYS_statx                      332         291
 * SYS_newfstatat                 262          79
 * </pre>
 *
 * <p>The architecture is read from the property {@code os.arch}, so that constants can be used without native access
 * and on hosts that are not Linux. There, and on any other architecture, the constants are those of x86-64, which a driver that
 * only plays the kernel may use, and {@link #isNative()} answers false, so that no call is made by a wrong number.
 */
public enum Architecture {
    X86_64(040000, 0100000, 0200000, 0400000, 12, 4, 186, 202, 217, 302, 316, 326, 327, 328, 332, 262),
    AARCH64(0200000, 0400000, 040000, 0100000, 16, 8, 178, 98, 61, 261, 276, 285, 286, 287, 291, 79);

    private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");
    private static final String NAME = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);

    /** The architecture of this VM, or x86-64 where it is neither of the two. */
    public static final Architecture HOST = NAME.equals("aarch64") || NAME.equals("arm64") ? AARCH64 : X86_64;

    final int openDirect;
    final int openLargeFile;
    final int openDirectory;
    final int openNoFollow;
    final int openTemporaryFile;
    final int epollEventBytes;
    final int epollEventDataOffset;
    final int gettid;
    final int futex;
    final int getdents64;
    final int prlimit64;
    final int renameat2;
    final int copyFileRange;
    final int preadv2;
    final int pwritev2;
    final int statx;
    final int newfstatat;

    Architecture(int openDirect, int openLargeFile, int openDirectory, int openNoFollow,
                 int epollEventBytes, int epollEventDataOffset,
                 int gettid, int futex, int getdents64, int prlimit64, int renameat2, int copyFileRange,
                 int preadv2, int pwritev2, int statx, int newfstatat) {
        this.openDirect = openDirect;
        this.openLargeFile = openLargeFile;
        this.openDirectory = openDirectory;
        this.openNoFollow = openNoFollow;
        this.openTemporaryFile = 020000000 | openDirectory; // __O_TMPFILE, and O_DIRECTORY so that old kernels refuse
        this.epollEventBytes = epollEventBytes;
        this.epollEventDataOffset = epollEventDataOffset;
        this.gettid = gettid;
        this.futex = futex;
        this.getdents64 = getdents64;
        this.prlimit64 = prlimit64;
        this.renameat2 = renameat2;
        this.copyFileRange = copyFileRange;
        this.preadv2 = preadv2;
        this.pwritev2 = pwritev2;
        this.statx = statx;
        this.newfstatat = newfstatat;
    }

    /** Tells whether system call numbers and layouts of {@link #HOST} are those of this very machine: a Linux, of course. */
    public static boolean isNative() {
        return LINUX && (HOST == AARCH64 || NAME.equals("amd64") || NAME.equals("x86_64"));
    }
}
