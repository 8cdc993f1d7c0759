package dev.uring.ffi;

import static dev.uring.ffi.Linkage.C_INT;
import static dev.uring.ffi.Linkage.C_LONG;
import static dev.uring.ffi.Linkage.C_POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls the C library for files and paths: one method per function.
 *
 * <p>Results and threads are as in {@link Libc}. A path is a NUL-terminated C string ({@link CString}); a
 * {@code directory} is a descriptor, or {@link PathFlag#CURRENT_DIRECTORY}, and counts for relative paths only.
 */
public final class LibcFile {
    private LibcFile() {
    }

    // int open(const char *pathname, int flags, ... /* mode_t mode */)
    private static final MethodHandle OPEN = Linkage.intVariadic("open", 2, C_POINTER, C_INT, C_INT);

    /** Opens a file ({@link OpenFlag}): a descriptor, or -errno; the mode counts only when a file is created. */
    public static int open(MemorySegment path, int flags, int mode) {
        try {
            return (int) OPEN.invokeExact(path, flags, mode);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int openat(int dirfd, const char *pathname, int flags, ... /* mode_t mode */)
    private static final MethodHandle OPENAT = Linkage.intVariadic("openat", 3, C_INT, C_POINTER, C_INT, C_INT);

    /** Opens a file relative to a directory. */
    public static int openat(int directory, MemorySegment path, int flags, int mode) {
        try {
            return (int) OPENAT.invokeExact(directory, path, flags, mode);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int openat2(int dirfd, const char *pathname, const struct open_how *how, size_t size)
    private static final MethodHandle OPENAT2 =
            Linkage.systemCall(Syscalls.OPENAT2, C_INT, C_POINTER, C_POINTER, C_LONG);

    /** Opens a file as an {@link OpenHow} says, which can forbid to leave the directory (kernel 5.6). */
    public static int openat2(int directory, MemorySegment path, MemorySegment how, long howBytes) {
        try {
            return (int) (long) OPENAT2.invokeExact(directory, path, how, howBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int mkostemp(char *template, int flags)
    private static final MethodHandle MKOSTEMP = Linkage.intFunction("mkostemp", C_POINTER, C_INT);

    /** Makes and opens a file with a fresh name; the template ends in {@code XXXXXX}, which is replaced in place. */
    public static int mkostemp(MemorySegment template, int flags) {
        try {
            return (int) MKOSTEMP.invokeExact(template, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fsync(int fd)
    private static final MethodHandle FSYNC = Linkage.intFunction("fsync", C_INT);

    /** Waits until data and metadata of the file are on stable storage. */
    public static int fsync(int fd) {
        try {
            return (int) FSYNC.invokeExact(fd);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fdatasync(int fd)
    private static final MethodHandle FDATASYNC = Linkage.intFunction("fdatasync", C_INT);

    /** Waits until the data, and the metadata needed to read it, are on stable storage. */
    public static int fdatasync(int fd) {
        try {
            return (int) FDATASYNC.invokeExact(fd);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int sync_file_range(int fd, off64_t offset, off64_t nbytes, unsigned int flags)
    private static final MethodHandle SYNC_FILE_RANGE =
            Linkage.intFunction("sync_file_range", C_INT, C_LONG, C_LONG, C_INT);

    /** Starts or awaits the write-back of a range ({@link SyncRangeFlag}); it makes nothing durable by itself. */
    public static int syncFileRange(int fd, long offset, long lengthBytes, int flags) {
        try {
            return (int) SYNC_FILE_RANGE.invokeExact(fd, offset, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fallocate(int fd, int mode, off_t offset, off_t len)
    private static final MethodHandle FALLOCATE = Linkage.intFunction("fallocate", C_INT, C_INT, C_LONG, C_LONG);

    /** Allocates, punches, collapses or zeroes a range ({@link AllocateFlag}). */
    public static int fallocate(int fd, int mode, long offset, long lengthBytes) {
        try {
            return (int) FALLOCATE.invokeExact(fd, mode, offset, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int ftruncate(int fd, off_t length)
    private static final MethodHandle FTRUNCATE = Linkage.intFunction("ftruncate", C_INT, C_LONG);

    /** Sets the size of an open file. */
    public static int ftruncate(int fd, long lengthBytes) {
        try {
            return (int) FTRUNCATE.invokeExact(fd, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int truncate(const char *path, off_t length)
    private static final MethodHandle TRUNCATE = Linkage.intFunction("truncate", C_POINTER, C_LONG);

    /** Sets the size of a file by path. */
    public static int truncate(MemorySegment path, long lengthBytes) {
        try {
            return (int) TRUNCATE.invokeExact(path, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int posix_fadvise(int fd, off_t offset, off_t len, int advice)
    private static final MethodHandle POSIX_FADVISE =
            Linkage.intFunction("posix_fadvise", C_INT, C_LONG, C_LONG, C_INT);

    /** Advises the kernel how a range will be read ({@link FileAdvice}). The function returns errno itself. */
    public static int posixFadvise(int fd, long offset, long lengthBytes, int advice) {
        try {
            return -Math.abs((int) POSIX_FADVISE.invokeExact(fd, offset, lengthBytes, advice));
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf)
    private static final MethodHandle STATX =
            Linkage.systemCall(Architecture.HOST.statx, C_INT, C_POINTER, C_INT, C_INT, C_POINTER);

    /** Asks for the attributes of a path; the result is a {@link Statx}, the mask says which fields are wanted. */
    public static int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        try {
            return (int) (long) STATX.invokeExact(directory, path, flags, mask, result);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /** Asks for the attributes of an open file, as {@link #statx} with an empty path. */
    public static int fstat(int fd, int mask, MemorySegment result) {
        return statx(fd, CString.EMPTY, PathFlag.EMPTY_PATH, mask, result);
    }

    // int newfstatat(int dirfd, const char *pathname, struct stat *statbuf, int flags)
    private static final MethodHandle NEWFSTATAT =
            Linkage.systemCall(Architecture.HOST.newfstatat, C_INT, C_POINTER, C_POINTER, C_INT);

    /** Asks for the attributes of a path as before {@link #statx} (kernel 4.11); the result is a {@link FileStatus}. */
    public static int newfstatat(int directory, MemorySegment path, MemorySegment result, int flags) {
        try {
            return (int) (long) NEWFSTATAT.invokeExact(directory, path, result, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int flock(int fd, int operation)
    private static final MethodHandle FLOCK = Linkage.intFunction("flock", C_INT, C_INT);

    /** Locks or unlocks a whole file ({@link LockRange}), for the open file description. */
    public static int flock(int fd, int operation) {
        try {
            return (int) FLOCK.invokeExact(fd, operation);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int unlinkat(int dirfd, const char *pathname, int flags)
    private static final MethodHandle UNLINKAT = Linkage.intFunction("unlinkat", C_INT, C_POINTER, C_INT);

    /** Removes a file, or with {@link PathFlag#REMOVE_DIRECTORY} an empty directory. */
    public static int unlinkat(int directory, MemorySegment path, int flags) {
        try {
            return (int) UNLINKAT.invokeExact(directory, path, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int renameat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath)
    private static final MethodHandle RENAMEAT = Linkage.intFunction("renameat", C_INT, C_POINTER, C_INT, C_POINTER);

    /** Renames a file, replacing what has the new name. */
    public static int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath) {
        try {
            return (int) RENAMEAT.invokeExact(directory, path, newDirectory, newPath);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags)
    private static final MethodHandle RENAMEAT2 =
            Linkage.systemCall(Architecture.HOST.renameat2, C_INT, C_POINTER, C_INT, C_POINTER, C_INT);

    /** Renames with {@link RenameFlag}: without replacing, or exchanging the two. */
    public static int renameat2(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        try {
            return (int) (long) RENAMEAT2.invokeExact(directory, path, newDirectory, newPath, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int mkdirat(int dirfd, const char *pathname, mode_t mode)
    private static final MethodHandle MKDIRAT = Linkage.intFunction("mkdirat", C_INT, C_POINTER, C_INT);

    /** Makes a directory. */
    public static int mkdirat(int directory, MemorySegment path, int mode) {
        try {
            return (int) MKDIRAT.invokeExact(directory, path, mode);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int symlinkat(const char *target, int newdirfd, const char *linkpath)
    private static final MethodHandle SYMLINKAT = Linkage.intFunction("symlinkat", C_POINTER, C_INT, C_POINTER);

    /** Makes a symbolic link at {@code path}. */
    public static int symlinkat(MemorySegment target, int directory, MemorySegment path) {
        try {
            return (int) SYMLINKAT.invokeExact(target, directory, path);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int linkat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, int flags)
    private static final MethodHandle LINKAT =
            Linkage.intFunction("linkat", C_INT, C_POINTER, C_INT, C_POINTER, C_INT);

    /** Makes a hard link. */
    public static int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        try {
            return (int) LINKAT.invokeExact(directory, path, newDirectory, newPath, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t readlinkat(int dirfd, const char *pathname, char *buf, size_t bufsiz)
    private static final MethodHandle READLINKAT =
            Linkage.longFunction("readlinkat", C_INT, C_POINTER, C_POINTER, C_LONG);

    /** Reads a symbolic link: the count of bytes, without a NUL; a count equal to the length may be cut off. */
    public static long readlinkat(int directory, MemorySegment path, MemorySegment buffer, long lengthBytes) {
        try {
            return (long) READLINKAT.invokeExact(directory, path, buffer, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int faccessat(int dirfd, const char *pathname, int mode, int flags)
    private static final MethodHandle FACCESSAT = Linkage.intFunction("faccessat", C_INT, C_POINTER, C_INT, C_INT);

    /** Asks whether the caller may read (4), write (2) or execute (1) a path; mode 0 asks whether it exists. */
    public static int faccessat(int directory, MemorySegment path, int mode, int flags) {
        try {
            return (int) FACCESSAT.invokeExact(directory, path, mode, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fchmodat(int dirfd, const char *pathname, mode_t mode, int flags)
    private static final MethodHandle FCHMODAT = Linkage.intFunction("fchmodat", C_INT, C_POINTER, C_INT, C_INT);

    /** Sets the permissions of a path. */
    public static int fchmodat(int directory, MemorySegment path, int mode, int flags) {
        try {
            return (int) FCHMODAT.invokeExact(directory, path, mode, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fchmod(int fd, mode_t mode)
    private static final MethodHandle FCHMOD = Linkage.intFunction("fchmod", C_INT, C_INT);

    /** Sets the permissions of an open file. */
    public static int fchmod(int fd, int mode) {
        try {
            return (int) FCHMOD.invokeExact(fd, mode);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fchownat(int dirfd, const char *pathname, uid_t owner, gid_t group, int flags)
    private static final MethodHandle FCHOWNAT =
            Linkage.intFunction("fchownat", C_INT, C_POINTER, C_INT, C_INT, C_INT);

    /** Sets owner and group of a path; -1 leaves one as it is. */
    public static int fchownat(int directory, MemorySegment path, int user, int group, int flags) {
        try {
            return (int) FCHOWNAT.invokeExact(directory, path, user, group, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int utimensat(int dirfd, const char *pathname, const struct timespec times[2], int flags)
    private static final MethodHandle UTIMENSAT = Linkage.intFunction("utimensat", C_INT, C_POINTER, C_POINTER, C_INT);

    /** Sets the times of last access and modification (two {@link Timespec}). */
    public static int utimensat(int directory, MemorySegment path, MemorySegment times, int flags) {
        try {
            return (int) UTIMENSAT.invokeExact(directory, path, times, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int futimens(int fd, const struct timespec times[2])
    private static final MethodHandle FUTIMENS = Linkage.intFunction("futimens", C_INT, C_POINTER);

    /** Sets the times of last access and modification (two {@link Timespec}) of what is open. */
    public static int futimens(int fd, MemorySegment times) {
        try {
            return (int) FUTIMENS.invokeExact(fd, times);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
    private static final MethodHandle GETXATTR =
            Linkage.longFunction("getxattr", C_POINTER, C_POINTER, C_POINTER, C_LONG);

    /** Reads an extended attribute: its size; a length of 0 only asks for the size. */
    public static long getxattr(MemorySegment path, MemorySegment name, MemorySegment value, long lengthBytes) {
        try {
            return (long) GETXATTR.invokeExact(path, name, value, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
    private static final MethodHandle FGETXATTR =
            Linkage.longFunction("fgetxattr", C_INT, C_POINTER, C_POINTER, C_LONG);

    /** Reads an extended attribute of an open file. */
    public static long fgetxattr(int fd, MemorySegment name, MemorySegment value, long lengthBytes) {
        try {
            return (long) FGETXATTR.invokeExact(fd, name, value, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int setxattr(const char *path, const char *name, const void *value, size_t size, int flags)
    private static final MethodHandle SETXATTR =
            Linkage.intFunction("setxattr", C_POINTER, C_POINTER, C_POINTER, C_LONG, C_INT);

    /** Sets an extended attribute; flag 1 only creates, flag 2 only replaces. */
    public static int setxattr(MemorySegment path, MemorySegment name, MemorySegment value, long lengthBytes,
                               int flags) {
        try {
            return (int) SETXATTR.invokeExact(path, name, value, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
    private static final MethodHandle FSETXATTR =
            Linkage.intFunction("fsetxattr", C_INT, C_POINTER, C_POINTER, C_LONG, C_INT);

    /** Sets an extended attribute of an open file; flag 1 only creates, flag 2 only replaces. */
    public static int fsetxattr(int fd, MemorySegment name, MemorySegment value, long lengthBytes, int flags) {
        try {
            return (int) FSETXATTR.invokeExact(fd, name, value, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t listxattr(const char *path, char *list, size_t size)
    private static final MethodHandle LISTXATTR = Linkage.longFunction("listxattr", C_POINTER, C_POINTER, C_LONG);

    /** Lists the names of extended attributes, each with its NUL: the count of bytes. */
    public static long listxattr(MemorySegment path, MemorySegment list, long lengthBytes) {
        try {
            return (long) LISTXATTR.invokeExact(path, list, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int removexattr(const char *path, const char *name)
    private static final MethodHandle REMOVEXATTR = Linkage.intFunction("removexattr", C_POINTER, C_POINTER);

    /** Removes an extended attribute. */
    public static int removexattr(MemorySegment path, MemorySegment name) {
        try {
            return (int) REMOVEXATTR.invokeExact(path, name);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t copy_file_range(int fd_in, off64_t *off_in, int fd_out, off64_t *off_out, size_t len,
    //     unsigned int flags)
    private static final MethodHandle COPY_FILE_RANGE =
            Linkage.systemCall(Architecture.HOST.copyFileRange, C_INT, C_POINTER, C_INT, C_POINTER, C_LONG, C_INT);

    /** Copies between files inside the kernel; an offset is NULL for the current position, else it is moved on. */
    public static long copyFileRange(int source, MemorySegment sourceOffset, int target,
                                     MemorySegment targetOffset, long lengthBytes, int flags) {
        try {
            return (long) COPY_FILE_RANGE.invokeExact(source, sourceOffset, target, targetOffset, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t getdents64(int fd, void *dirp, size_t count)
    private static final MethodHandle GETDENTS64 =
            Linkage.systemCall(Architecture.HOST.getdents64, C_INT, C_POINTER, C_LONG);

    /** Reads entries of a directory ({@link DirectoryEntry}): the count of bytes filled, 0 at the end. */
    public static long getdents64(int fd, MemorySegment buffer, long lengthBytes) {
        try {
            return (long) GETDENTS64.invokeExact(fd, buffer, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }
}
