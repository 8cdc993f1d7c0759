package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes a directory with all that is in it, or as much of that as is reasonable for one operation: then the directory
 * stays open, and the directories that are left in it are named, for others to remove at the same time.
 *
 * <p>Kernel: none, -, open(2), getdents64(2), unlink(2), rmdir(2), close(2). Result: 1 when the directory is gone, else 0.
 * Errors: as the manual pages list them, as java.nio.file's exceptions, of the first name that could not be removed. Memory:
 * of the attempt alone.
 *
 * <p>Every name is used relative to the directory that it was read from, which is open, and no link is followed: so nobody
 * who moves directories about meanwhile can lead the removal out of the tree.
 */
final class EmptyDirectory extends Op<Boolean> {
    /** So many names are removed at most, so that a cancel does not wait for a large tree. */
    private static final int NAMES_MAX = 4096;
    /** So many levels have a descriptor open at the same time at most. */
    private static final int LEVELS_MAX = 64;
    private static final int ENTRIES_BYTES = 32 << 10;
    private static final int OPEN_FLAGS = OpenFlag.READ_ONLY | OpenFlag.DIRECTORY | OpenFlag.NO_FOLLOW
            | OpenFlag.CLOSE_ON_EXEC;
    /** Of {@link #empty}: not all could be removed yet. */
    private static final int UNFINISHED = 0;
    private static final int EMPTY = 1;

    /** The open directory that {@link #name} is in; null when the name is a path. */
    private final AsyncDirectory parent;
    private final byte[] name;
    private final Path path;
    /** The directory itself where an operation before this one left it open; else null. */
    private final AsyncDirectory begun;
    /** Names of directories that are left. Of the pool thread, then of who awaits. */
    private final List<byte[]> left = new ArrayList<>();
    /** How many names this operation has removed. As above. */
    private int removed;
    /** The directory, where it is left open for the first time. As above. */
    private int openFd = -1;
    /** What failed, on which name; as above. */
    private String failedCall = "";
    private final List<byte[]> failedNames = new ArrayList<>();

    /**
     * Describes a removal.
     *
     * @param parent what the name is in; null when it is a path
     * @param path for messages
     * @param begun the directory, if it is open already; else null
     */
    EmptyDirectory(AsyncDirectory parent, byte[] name, Path path, AsyncDirectory begun) {
        this.parent = parent;
        this.name = name;
        this.path = path;
        this.begun = begun;
    }

    /** The kernel has no opcode for it. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment entries = scope.allocate(ENTRIES_BYTES, Long.BYTES);
            int parentFd = PathOp.fd(parent);
            MemorySegment nativeName = CString.encode(scope, name);
            if (begun == null) {
                int fd = sys.openat(parentFd, nativeName, OPEN_FLAGS, 0);
                if (fd < 0) {
                    return removeUnopened(sys, parentFd, nativeName, fd);
                }
                openFd = fd;
            }
            int fd = begun == null ? openFd : begun.fd();
            int res = begun == null ? 0 : (int) Math.min(0, sys.lseek(fd, 0, SeekOrigin.START));
            if (res == 0) {
                res = empty(sys, fd, entries, left, 0);
            }
            if (res == EMPTY) {
                res = removeEmpty(sys, parentFd, nativeName);
            }
            if (res != UNFINISHED && openFd >= 0) {
                sys.close(openFd); // of a directory that was read only: nothing to be told
                openFd = -1;
            }
            return res;
        }
    }

    /** Removes what is in an open directory; answers EMPTY, UNFINISHED or -errno. */
    private int empty(Sys sys, int fd, MemorySegment entries, List<byte[]> directories, int level) {
        int res = removeFiles(sys, fd, entries, directories);
        if (res < 0) {
            return res;
        }
        boolean isWhole = res == EMPTY;
        while (!directories.isEmpty()) {
            if (removed >= NAMES_MAX || level >= LEVELS_MAX) {
                return UNFINISHED;
            }
            res = removeDirectory(sys, fd, directories.getLast(), entries, level + 1);
            if (res <= 0) {
                return res;
            }
            directories.removeLast();
        }
        return isWhole ? EMPTY : UNFINISHED;
    }

    /** Removes all that is no directory, and collects the names of those; answers EMPTY, UNFINISHED or -errno. */
    private int removeFiles(Sys sys, int fd, MemorySegment entries, List<byte[]> directories) {
        while (removed < NAMES_MAX) {
            int bytes = sys.getdents64(fd, entries, ENTRIES_BYTES);
            if (bytes <= 0) {
                return bytes == 0 || bytes == -Errno.ENOENT ? EMPTY : failed("getdents64", null, bytes);
            }
            for (long at = 0; at < bytes; at = DirectoryEntry.next(entries, at)) {
                if (DirectoryEntry.isSelfOrParent(entries, at)) {
                    continue;
                }
                int res = DirectoryEntry.type(entries, at) == DirectoryEntry.DIRECTORY ? -Errno.EISDIR
                        : sys.unlinkat(fd, DirectoryEntry.nativeName(entries, at), 0);
                if (res == 0) {
                    removed++;
                } else if (res == -Errno.EISDIR) {
                    directories.add(DirectoryEntry.nameBytes(entries, at));
                } else if (res != -Errno.ENOENT) { // somebody else was faster
                    return failed("unlink", DirectoryEntry.nameBytes(entries, at), res);
                }
            }
        }
        return UNFINISHED;
    }

    /** Removes a directory below; answers EMPTY when it is gone, UNFINISHED or -errno. */
    private int removeDirectory(Sys sys, int parentFd, byte[] child, MemorySegment entries, int level) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment nativeChild = CString.encode(scope, child);
            int fd = sys.openat(parentFd, nativeChild, OPEN_FLAGS, 0);
            int res;
            if (fd < 0) {
                res = removeUnopened(sys, parentFd, nativeChild, fd);
            } else {
                res = empty(sys, fd, entries, new ArrayList<>(), level);
                sys.close(fd); // as above
                if (res == EMPTY) {
                    res = removeEmpty(sys, parentFd, nativeChild);
                }
            }
            if (res < 0) {
                failedNames.addFirst(child);
            }
            return res;
        }
    }

    /** Removes what is no directory after all, or is one that may not be read and is empty. */
    private int removeUnopened(Sys sys, int parentFd, MemorySegment child, int openError) {
        int res = switch (-openError) {
            case Errno.ENOENT -> 0;
            case Errno.ENOTDIR, Errno.ELOOP -> sys.unlinkat(parentFd, child, 0);
            case Errno.EACCES -> sys.unlinkat(parentFd, child, PathFlag.REMOVE_DIRECTORY);
            default -> openError;
        };
        if (res == 0 || res == -Errno.ENOENT) {
            removed++;
            return EMPTY;
        }
        return failed("open", null, openError);
    }

    /** Removes a directory in which nothing was found any more. */
    private int removeEmpty(Sys sys, int parentFd, MemorySegment child) {
        int res = sys.unlinkat(parentFd, child, PathFlag.REMOVE_DIRECTORY);
        if (res == 0 || res == -Errno.ENOENT) {
            removed++;
            return EMPTY;
        }
        // Some file systems leave names out when others are removed while they are read, and somebody may add some.
        return res == -Errno.ENOTEMPTY && removed > 0 ? UNFINISHED : failed("rmdir", null, res);
    }

    private int failed(String call, byte[] child, int res) {
        failedCall = call;
        if (child != null) {
            failedNames.addFirst(child);
        }
        return res;
    }

    /** Answers whether the directory is gone; if not, {@link #opened} is to be gone on with. */
    @Override
    protected Boolean decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return res == EMPTY;
    }

    /** Answers the directory that is left open; to be asked once, by who was answered false. */
    AsyncDirectory opened() {
        return begun != null ? begun : new AsyncDirectory(openFd, runtime(), path);
    }

    /** Answers the names of directories that are left in it. */
    List<byte[]> left() {
        return left;
    }

    /** Answers how many names are gone by this operation. */
    int removed() {
        return removed;
    }

    @Override
    protected boolean obtains() {
        return openFd >= 0;
    }

    @Override
    protected void discard(int res, int flags) {
        if (openFd >= 0) {
            discardDescriptor(openFd);
        }
    }

    @Override
    protected AsyncDirectory descriptor() {
        return parent != null ? parent : begun;
    }

    @Override
    protected AsyncDirectory otherDescriptor() {
        return parent != null ? begun : null;
    }

    @Override
    protected IOException failure(int errno) {
        Path at = path;
        for (byte[] each : failedNames) {
            at = at.resolve(text(each));
        }
        return FileErrors.of(failedCall.isEmpty() ? operation() : failedCall, "path=" + at, at, errno);
    }

    /** Answers a name as text, for messages and for nothing else. */
    static String text(byte[] name) {
        try (Arena scope = Arena.ofConfined()) {
            return CString.decode(CString.encode(scope, name), 0, name.length);
        }
    }

    @Override
    protected String operands() {
        return "path=" + path;
    }
}
