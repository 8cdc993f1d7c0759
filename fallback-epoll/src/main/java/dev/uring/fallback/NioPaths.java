package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.RenameFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The calls that change what names stand for. Each answers 0 or -errno, or throws what {@link NioErrno} knows. */
final class NioPaths {
    /** MAXSYMLINKS: how many links one path leads through. */
    static final int LINKS_MAX = 40;

    private NioPaths() {
    }

    /** Tells ENOTDIR from ENOENT, which java.nio takes for the same when it reads attributes. */
    static int errnoOfMissing(Path path, int linksMax) throws IOException {
        for (Path each = path; each != null; each = each.getParent()) {
            if (Files.exists(each)) {
                return Files.isDirectory(each) ? Errno.ENOENT : Errno.ENOTDIR;
            }
            if (linksMax > 0 && Files.isSymbolicLink(each)) {
                return errnoOfMissing(each.resolveSibling(Files.readSymbolicLink(each)), linksMax - 1);
            }
        }
        return Errno.ENOENT;
    }

    /** Between the look at the type and the removal somebody may put another thing there. */
    static int remove(Path path, boolean isDirectory) throws IOException {
        boolean found = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (found && !isDirectory) {
            return -Errno.EISDIR;
        }
        if (!found && isDirectory && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return -Errno.ENOTDIR;
        }
        Files.delete(path);
        return 0;
    }

    /** Answers whether renameat2(2) knows no such flags, or not together. */
    static boolean isWrongRename(int flags) {
        int known = RenameFlag.NO_REPLACE | RenameFlag.EXCHANGE | RenameFlag.WHITEOUT;
        return (flags & ~known) != 0 || (flags & RenameFlag.EXCHANGE) != 0 && flags != RenameFlag.EXCHANGE;
    }

    /** An atomic move is rename(2), with its errors. Not to replace is a look first, which another process may outrun. */
    static int rename(Path from, Path to, int flags) throws IOException {
        if ((flags & ~RenameFlag.NO_REPLACE) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "rename can neither exchange nor leave a whiteout: flags=0x"
                    + Integer.toHexString(flags));
        }
        if (flags == 0) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            return 0;
        }
        synchronized (NioPaths.class) { // nobody of this process comes between
            if (!isDot(from) && Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
                if (isDot(to)) {
                    findParent(from);
                } else {
                    NioStat.find(from, false);
                }
                throw new FileAlreadyExistsException(to.toString());
            }
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
        return 0;
    }

    /** Throws unless there is a directory above the path. */
    static void findParent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            NioStat.find(parent, true);
            if (!Files.isDirectory(parent)) {
                throw new NotDirectoryException(parent.toString());
            }
        }
    }

    /** The kernel answers for these before it looks at what is there. */
    static boolean isDot(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.equals(".") || name.equals("..");
    }

    static int makeDirectory(Path path, int mode) throws IOException {
        Files.createDirectory(path, NioOpening.attributes(path, mode));
        return 0;
    }

    /** java.nio writes the target without doubled slashes and without one at its end. */
    static int symbolicLink(String target, Path path) throws IOException {
        if (target.isEmpty()) {
            return -Errno.ENOENT;
        }
        Files.createSymbolicLink(path, Path.of(target));
        return 0;
    }

    static int link(Path existing, Path path, boolean follows) throws IOException {
        Files.createLink(path, follows ? existing.toRealPath() : existing);
        return 0;
    }

    static int readLink(Path path, MemorySegment buffer, int lengthBytes) throws IOException {
        byte[] target = CString.bytes(Files.readSymbolicLink(path).toString());
        int bytes = Math.min(target.length, lengthBytes);
        MemorySegment.copy(target, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes);
        return bytes;
    }

    static int changeMode(Path path, int mode) throws IOException {
        if (!NioStat.isUnix(path)) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "chmod needs a file system with permissions: path=" + path);
        }
        Files.setAttribute(path, "unix:mode", mode & 07777);
        return 0;
    }
}
