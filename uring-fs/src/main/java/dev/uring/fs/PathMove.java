package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.ffi.RenameFlag;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Moves a file, directory or link, by the rules of {@link Files#move}. Most moves are one rename, which the kernel makes in
 * one step; only what it refuses is taken apart: a target of another kind is removed first, and between file systems a
 * file is copied.
 */
final class PathMove {
    private PathMove() {
    }

    static void move(Path source, Path target, CopyOption... options) throws IOException {
        boolean replaces = false;
        boolean isAtomic = false;
        for (CopyOption option : options) {
            switch (Objects.requireNonNull(option)) {
                case StandardCopyOption.REPLACE_EXISTING -> replaces = true;
                case StandardCopyOption.ATOMIC_MOVE -> isAtomic = true;
                case LinkOption.NOFOLLOW_LINKS -> {
                    // A link is moved as such in any case.
                }
                default -> throw new UnsupportedOperationException("move option is not supported: option=" + option);
            }
        }
        var rename = new Rename(null, source, null, target, isAtomic || replaces ? 0 : RenameFlag.NO_REPLACE);
        try {
            rename.submit().await();
        } catch (IOException e) {
            if (isAtomic || !mayGoInSteps(rename.errno(), replaces)) {
                throw e;
            }
            moveInSteps(source, target, replaces);
        }
    }

    /** Answers whether the error says that one step was not enough, and not that the move is wrong. */
    private static boolean mayGoInSteps(int errno, boolean replaces) {
        return switch (errno) {
            case Errno.EXDEV, Errno.EEXIST -> true;
            // Of a target that is of another kind, or not empty.
            case Errno.EISDIR, Errno.ENOTDIR, Errno.ENOTEMPTY -> replaces;
            // A file system that cannot refuse to replace.
            case Errno.EINVAL, Errno.ENOSYS, Errno.EOPNOTSUPP -> !replaces;
            default -> false;
        };
    }

    private static void moveInSteps(Path source, Path target, boolean replaces) throws IOException {
        FileStat from = Attributes.of(source, LinkOption.NOFOLLOW_LINKS);
        FileStat there = Attributes.orNull(target, LinkOption.NOFOLLOW_LINKS);
        if (there != null) {
            if (there.fileKey().equals(from.fileKey())) {
                return;
            }
            PathCopy.makeRoom(target, there, replaces);
        }
        var rename = new Rename(null, source, null, target, 0);
        try {
            rename.submit().await();
        } catch (IOException e) {
            if (rename.errno() != Errno.EXDEV) {
                throw e;
            }
            moveByCopy(source, target, from);
        }
    }

    private static void moveByCopy(Path source, Path target, FileStat from) throws IOException {
        if (from.isDirectory()) {
            try (FileWalk content = FileWalk.inside(source)) {
                if (content.next() != null) {
                    throw new DirectoryNotEmptyException(source.toString());
                }
            }
        }
        PathCopy.copyForMove(source, target, from);
        try {
            new Unlink(null, source, from.isDirectory()).submit().await();
        } catch (IOException e) {
            try {
                new Unlink(null, target, from.isDirectory()).submit().await();
            } catch (IOException other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }
}
