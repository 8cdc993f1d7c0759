package dev.uring.fs;

import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;

/**
 * An open directory. Paths given to it are relative to it, wherever it is moved meanwhile. Every method that returns an
 * operation has queued it already. For any thread.
 */
public final class AsyncDirectory extends Descriptor {
    /** What a new directory may be used for, less the umask: everything, as java.nio.file does. */
    static final int DEFAULT_MODE = 0777;

    private final Path path;

    AsyncDirectory(int fd, UringRuntime runtime, Path path) {
        super(fd, runtime);
        this.path = path;
    }

    /** Opens a directory. Needs a current runtime. */
    public static Op<AsyncDirectory> open(Path path) {
        return Open.directory(null, path, OpenOptions.READ).submit();
    }

    /** Opens a directory relative to this one. */
    public Op<AsyncDirectory> openDirectory(Path relative) {
        return Open.directory(this, relative, OpenOptions.READ).submit();
    }

    /** Opens a directory that must lie in this one: a path that leads out of it, by dots or links, fails with EXDEV. */
    public Op<AsyncDirectory> openDirectoryBeneath(Path relative) {
        return Open.directory(this, relative, OpenOptions.READ.beneath()).submit();
    }

    /** Opens a file relative to this directory; no option means READ. */
    public Op<AsyncFile> openFile(Path relative, OpenOption... options) {
        return openFile(relative, OpenOptions.of(options));
    }

    /** Opens a file relative to this directory. */
    public Op<AsyncFile> openFile(Path relative, OpenOptions options) {
        return Open.file(this, relative, options).submit();
    }

    /** Reads the next names, null at the end; see {@link ReadDirectory}. One at a time. */
    public Op<List<DirectoryItem>> read() {
        return new ReadDirectory(this).submit();
    }

    /** Asks for the attributes of this directory. */
    public Op<FileStat> stat() {
        return new Stat(this, path).submit();
    }

    /** Asks for the attributes of a file in it; those of a link itself if links are not followed. */
    public Op<FileStat> stat(Path relative, boolean followLinks) {
        return new Stat(this, relative, followLinks).submit();
    }

    /** Makes a directory in it. */
    public Op<Void> createDirectory(Path relative) {
        return new MakeDirectory(this, relative, DEFAULT_MODE).submit();
    }

    /** Removes a file from it. */
    public Op<Void> deleteFile(Path relative) {
        return new Unlink(this, relative, false).submit();
    }

    /** Removes an empty directory from it. */
    public Op<Void> deleteDirectory(Path relative) {
        return new Unlink(this, relative, true).submit();
    }

    /** Renames a file of this directory to a name in {@code target}, replacing what is there, in one step. */
    public Op<Void> rename(Path relative, AsyncDirectory target, Path newRelative) {
        return new Rename(this, relative, target, newRelative, 0).submit();
    }

    /** Makes durable which names are in it: after a file was made, renamed or removed here. */
    public Op<Void> fsync() {
        return new Fsync(this, false).submit();
    }

    /** Answers the path that the directory was opened by. */
    public Path path() {
        return path;
    }

    @Override
    public String toString() {
        return "AsyncDirectory[" + path + " fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
