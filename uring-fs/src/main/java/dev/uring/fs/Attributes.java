package dev.uring.fs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Looks at attributes, as the methods of several operations need them. */
final class Attributes {
    private Attributes() {
    }

    /** Describes a look at a path, not yet queued. */
    static Stat look(Path path, LinkOption... options) {
        return new Stat(null, path, options.length == 0);
    }

    /** Answers the attributes. */
    static FileStat of(Path path, LinkOption... options) throws IOException {
        return look(path, options).submit().await();
    }

    /** As the other, but answers those of a link that leads nowhere, if told to. */
    static FileStat of(Path path, LinkOption[] options, boolean orOfLink) throws IOException {
        try {
            return of(path, options);
        } catch (NoSuchFileException | FileSystemLoopException e) {
            if (!orOfLink || options.length > 0) {
                throw e;
            }
            return of(path, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Answers the attributes, or null when there is no such file. */
    static FileStat orNull(Path path, LinkOption... options) throws IOException {
        try {
            return of(path, options);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Answers the attributes, or null when they cannot be had for whatever reason that lies with the path. */
    static FileStat orNullIfFailed(Path path, LinkOption... options) throws IOException {
        try {
            return of(path, options);
        } catch (FileSystemException e) {
            return null;
        }
    }

    static boolean isDirectory(Path path, LinkOption... options) throws IOException {
        FileStat stat = orNullIfFailed(path, options);
        return stat != null && stat.isDirectory();
    }
}
