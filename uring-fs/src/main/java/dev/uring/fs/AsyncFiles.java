package dev.uring.fs;

import dev.uring.runtime.Op;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What {@link Files} does with paths, by operations. Names, options and results are those of {@link Files}, and so are the
 * exceptions, which may be of a more telling type: NotDirectoryException where {@link Files} throws FileSystemException.
 *
 * <p>A method that is one operation of the kernel answers it, queued: await it now, or start many and await them together.
 * The others take several operations and wait for them, in the calling thread: a task parks, another thread blocks. An
 * interrupt ends them with InterruptedIOException, and what they have done by then stays done. All need a current runtime,
 * as {@link AsyncFile#open} does, and paths of the default file system. For any thread.
 *
 * <p>Which operation goes where was measured. The kernel hands a look at attributes, a removal, a rename and the making of
 * a directory to worker threads of its own, one by one; for a single call that is as good as the blocking pool. For the
 * thousands of a tree it is not: a look through the ring, with 128 under way, took one and a half times the processor time
 * of the system call, and alone five times. So {@link #walk(Path, WalkOptions)} and {@link #deleteRecursively} make some
 * thousand calls at a time, relative to the open directory, in one job of the blocking pool, and have several jobs under
 * way.
 *
 * <p>What no operation does (owners, attributes by name, real paths) is left to {@link Files}, on the blocking threads.
 * Nothing watches directories.
 */
public final class AsyncFiles {
    private AsyncFiles() {
    }

    // ---- content ----

    /**
     * Reads a file from start to end.
     *
     * @throws OutOfMemoryError when that is more than an array holds
     */
    public static byte[] readAllBytes(Path path) throws IOException {
        return WholeFile.read(path);
    }

    /** Reads a file as text in UTF-8; bytes that are none are a MalformedInputException. */
    public static String readString(Path path) throws IOException {
        return readString(path, StandardCharsets.UTF_8);
    }

    /** Reads a file as text; bytes that are none in that charset are a CharacterCodingException. */
    public static String readString(Path path, Charset charset) throws IOException {
        return WholeFile.decode(WholeFile.read(path), charset);
    }

    /** Reads the lines of a file in UTF-8, without what ends them. */
    public static List<String> readAllLines(Path path) throws IOException {
        return readAllLines(path, StandardCharsets.UTF_8);
    }

    /** Reads the lines of a file, without what ends them: LF, CR, or both. */
    public static List<String> readAllLines(Path path, Charset charset) throws IOException {
        return new ArrayList<>(readString(path, charset).lines().toList());
    }

    /** As {@link #readAllLines(Path)}; the file has been read and closed when the stream is answered. */
    public static Stream<String> lines(Path path) throws IOException {
        return lines(path, StandardCharsets.UTF_8);
    }

    /** As {@link #readAllLines(Path, Charset)}; the file has been read and closed when the stream is answered. */
    public static Stream<String> lines(Path path, Charset charset) throws IOException {
        return readString(path, charset).lines();
    }

    /**
     * Writes bytes to a file.
     *
     * @param options none means CREATE, TRUNCATE_EXISTING and WRITE; READ is refused
     */
    public static Path write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        WholeFile.write(path, bytes, options);
        return path;
    }

    /** Writes lines to a file in UTF-8, each ended as the host does. */
    public static Path write(Path path, Iterable<? extends CharSequence> lines, OpenOption... options) throws IOException {
        return write(path, lines, StandardCharsets.UTF_8, options);
    }

    /** Writes lines to a file, each ended as the host does. */
    public static Path write(Path path, Iterable<? extends CharSequence> lines, Charset charset, OpenOption... options)
            throws IOException {
        var text = new StringBuilder();
        for (CharSequence line : lines) {
            text.append(line).append(System.lineSeparator());
        }
        return writeString(path, text, charset, options);
    }

    /** Writes text to a file in UTF-8; the options are those of {@link #write(Path, byte[], OpenOption...)}. */
    public static Path writeString(Path path, CharSequence text, OpenOption... options) throws IOException {
        return writeString(path, text, StandardCharsets.UTF_8, options);
    }

    /** Writes text to a file; a character that the charset lacks is a CharacterCodingException, before the file is opened. */
    public static Path writeString(Path path, CharSequence text, Charset charset, OpenOption... options)
            throws IOException {
        return write(path, WholeFile.encode(text, charset), options);
    }

    // ---- making ----

    /** Makes an empty file where nothing is; attributes may be {@code posix:permissions}, less the umask. */
    public static Path createFile(Path path, FileAttribute<?>... attributes) throws IOException {
        return NewFile.file(path, NewFile.mode(NewFile.FILE_MODE, attributes));
    }

    /** Makes a directory where nothing is; attributes may be {@code posix:permissions}, less the umask. */
    public static Op<Void> createDirectory(Path directory, FileAttribute<?>... attributes) {
        return new MakeDirectory(null, directory, NewFile.mode(AsyncDirectory.DEFAULT_MODE, attributes)).submit();
    }

    /** Makes a directory and those above it that are missing; one that is there already is as good. */
    public static Path createDirectories(Path directory, FileAttribute<?>... attributes) throws IOException {
        return NewFile.directories(directory, NewFile.mode(AsyncDirectory.DEFAULT_MODE, attributes));
    }

    /** Makes a file with a name that nobody can foretell, in the directory for temporary files, for this user alone. */
    public static Path createTempFile(String prefix, String suffix, FileAttribute<?>... attributes) throws IOException {
        return NewFile.temporaryFile(null, prefix, suffix, attributes);
    }

    /**
     * Makes a file with a name that nobody can foretell, for this user alone unless attributes say otherwise.
     *
     * @param prefix what the name begins with, or null
     * @param suffix what it ends with; null is {@code .tmp}
     */
    public static Path createTempFile(Path directory, String prefix, String suffix, FileAttribute<?>... attributes)
            throws IOException {
        return NewFile.temporaryFile(directory, prefix, suffix, attributes);
    }

    /** Makes a directory with a name that nobody can foretell, among temporary files, for this user alone. */
    public static Path createTempDirectory(String prefix, FileAttribute<?>... attributes) throws IOException {
        return NewFile.temporaryDirectory(null, prefix, attributes);
    }

    /** Makes a directory with a name that nobody can foretell, for this user alone unless attributes say otherwise. */
    public static Path createTempDirectory(Path directory, String prefix, FileAttribute<?>... attributes)
            throws IOException {
        return NewFile.temporaryDirectory(directory, prefix, attributes);
    }

    /** Gives a file one name more; both are as good as the other. A link is not followed, but gets the name itself. */
    public static Op<Void> createLink(Path link, Path existing) {
        return new HardLink(null, existing, null, link, 0).submit();
    }

    /** Makes a symbolic link that says {@code target}, which need not exist. */
    public static Op<Void> createSymbolicLink(Path link, Path target) {
        return new SymbolicLink(null, link, target).submit();
    }

    /** Reads what a symbolic link says; anything else is a NotLinkException. */
    public static Op<Path> readSymbolicLink(Path link) {
        return new ReadLink(null, link).submit();
    }

    // ---- copying and moving ----

    /**
     * Copies a file, an empty copy of a directory, or where links are not followed a link. A file's content is copied by the
     * kernel where that can be. The copy has the permissions of the source less the umask; with COPY_ATTRIBUTES all of them,
     * the times, the owner as far as this process may set it, and extended attributes of users.
     *
     * @param options REPLACE_EXISTING, COPY_ATTRIBUTES, NOFOLLOW_LINKS
     * @throws java.nio.file.FileAlreadyExistsException when the target is there and is not to be replaced
     * @throws java.nio.file.DirectoryNotEmptyException when it is to be, and is a directory with something in it
     * @throws UnsupportedOperationException for any other option
     */
    public static Path copy(Path source, Path target, CopyOption... options) throws IOException {
        PathCopy.copy(source, target, options);
        return target;
    }

    /**
     * Moves a file, directory or link. Within a file system that is one rename, which keeps the target if it is not to be
     * replaced, and else replaces it in one step, so that it is never missing; only a target of another kind is removed
     * first. To another file system a file, a link or an empty directory is copied, with its attributes, and then deleted.
     *
     * @param options REPLACE_EXISTING; or ATOMIC_MOVE, which replaces and never copies, whatever else is asked for
     * @throws java.nio.file.AtomicMoveNotSupportedException when an atomic move leads to another file system
     * @throws java.nio.file.DirectoryNotEmptyException when the target is to be replaced, or the source to be copied, and is
     *     a directory with something in it
     * @throws UnsupportedOperationException for any other option
     */
    public static Path move(Path source, Path target, CopyOption... options) throws IOException {
        PathMove.move(source, target, options);
        return target;
    }

    /** Moves within a file system in one step, replacing a target of the same kind: {@link #move} with ATOMIC_MOVE. */
    public static Op<Void> rename(Path source, Path target) {
        return new Rename(null, source, null, target, 0).submit();
    }

    // ---- deleting ----

    /** Deletes a file, a link or an empty directory. */
    public static void delete(Path path) throws IOException {
        PathDelete.delete(path);
    }

    /** As {@link #delete}, but answers false when there is nothing to delete. */
    public static boolean deleteIfExists(Path path) throws IOException {
        try {
            delete(path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Deletes a file, or a directory with all that is in it. No link is followed, and every name is taken relative to the
     * open directory that it was read from, so that nobody who moves directories or puts links in their place meanwhile can
     * have anything else deleted. Several directories are emptied at the same time.
     *
     * <p>The first failure ends it; what was deleted by then is gone. Names that others add while it runs are deleted too,
     * for as long as they are seen.
     *
     * @return how many names were deleted
     * @throws NoSuchFileException when there is nothing at the path
     */
    public static long deleteRecursively(Path path) throws IOException {
        return PathDelete.deleteRecursively(path);
    }

    // ---- directories ----

    /**
     * Lists what is in a directory, in the order of the file system.
     *
     * @throws java.nio.file.NotDirectoryException when it is none
     */
    public static List<Path> list(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (FileWalk walk = FileWalk.inside(directory)) {
            walk.forEach(entry -> paths.add(entry.path()));
        }
        return paths;
    }

    /**
     * Walks a tree as {@link Files#walk(Path, FileVisitOption...)} does: the start, then what is in it, each directory before
     * what is below it. Directories are read ahead, so what changes meanwhile may or may not be seen.
     *
     * @return a stream of one thread, to be closed; it throws UncheckedIOException for what cannot be read
     */
    public static Stream<Path> walk(Path start, FileVisitOption... options) throws IOException {
        return FileWalk.from(start, WalkOptions.of(options).namesOnly()).stream().map(WalkEntry::path);
    }

    /**
     * Walks a tree and describes each file. The order is that of {@link Files#walk}: a directory, then what is in it, as the
     * file system has it, and each directory before what is below it, all of that before its next sibling.
     *
     * <p>Directories are read ahead of the walk, by a few jobs on the blocking pool that are of about a thousand entries each,
     * and that is the bound of what is held in memory, too. A file that vanishes while its directory is read is left out. An
     * error, of a directory that cannot be read or a name whose attributes cannot be had, ends the walk when it comes to that
     * place, unless {@link WalkOptions#onError} is told instead; then the walk goes on with what is not concerned. A name
     * that is no text in the charset of paths is such an error.
     *
     * @return a stream of one thread, to be closed; it throws UncheckedIOException for what cannot be read
     * @throws IOException when there is nothing at the start
     */
    public static Stream<WalkEntry> walk(Path start, WalkOptions options) throws IOException {
        return FileWalk.from(start, options).stream();
    }

    /** As {@link #walk(Path, WalkOptions)}, up to the end: {@code action} is called with each entry, in this thread. */
    public static void walk(Path start, WalkOptions options, Consumer<? super WalkEntry> action) throws IOException {
        try (FileWalk walk = FileWalk.from(start, options)) {
            walk.forEach(action);
        }
    }

    // ---- attributes ----

    /** Asks for the attributes; those of a link itself with NOFOLLOW_LINKS. */
    public static Op<FileStat> readAttributes(Path path, LinkOption... options) {
        return Attributes.look(path, options).submit();
    }

    /** Answers whether something is there; not so when it cannot be told. */
    public static boolean exists(Path path, LinkOption... options) throws IOException {
        return Attributes.orNullIfFailed(path, options) != null;
    }

    /** Answers whether it is certain that nothing is there. */
    public static boolean notExists(Path path, LinkOption... options) throws IOException {
        try {
            Attributes.of(path, options);
            return false;
        } catch (NoSuchFileException e) {
            return true;
        } catch (FileSystemException e) {
            return false;
        }
    }

    /** Answers whether a directory is there; not so when it cannot be told. */
    public static boolean isDirectory(Path path, LinkOption... options) throws IOException {
        return Attributes.isDirectory(path, options);
    }

    /** Answers whether a file with content is there; not so when it cannot be told. */
    public static boolean isRegularFile(Path path, LinkOption... options) throws IOException {
        FileStat stat = Attributes.orNullIfFailed(path, options);
        return stat != null && stat.isRegularFile();
    }

    /** Answers whether a symbolic link is there; not so when it cannot be told. */
    public static boolean isSymbolicLink(Path path) throws IOException {
        FileStat stat = Attributes.orNullIfFailed(path, LinkOption.NOFOLLOW_LINKS);
        return stat != null && stat.isSymbolicLink();
    }

    /** Answers the size in bytes. */
    public static long size(Path path) throws IOException {
        return Attributes.of(path).size();
    }

    /** Answers whether both paths lead to the same file; equal paths do, whether there is one or not. */
    public static boolean isSameFile(Path path, Path other) throws IOException {
        if (path.equals(other)) {
            return true;
        }
        Op<FileStat> second = Attributes.look(other).submit();
        FileStat first;
        try {
            first = Attributes.of(path);
        } catch (IOException | RuntimeException e) {
            second.abandon();
            throw e;
        }
        return first.fileKey().equals(second.await().fileKey());
    }

    /** Sets the permissions; a link is followed. */
    public static Op<Void> setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions) {
        return new ChangeMode(null, path, FileStat.mode(permissions)).submit();
    }

    /** Sets when the content was last changed; a link is followed. */
    public static Op<Void> setLastModifiedTime(Path path, FileTime time) {
        return new SetTimes(null, path, true, null, time).submit();
    }

    // ---- left to java.nio ----

    /** Answers the owner; see {@link Files#getOwner}. */
    public static UserPrincipal getOwner(Path path, LinkOption... options) throws IOException {
        return Blocking.call(() -> Files.getOwner(path, options));
    }

    /** Sets the owner; see {@link Files#setOwner}. */
    public static Path setOwner(Path path, UserPrincipal owner) throws IOException {
        return Blocking.call(() -> Files.setOwner(path, owner));
    }

    /** Answers an attribute by name, such as {@code user:origin} or {@code unix:ctime}; see {@link Files#getAttribute}. */
    public static Object getAttribute(Path path, String attribute, LinkOption... options) throws IOException {
        return Blocking.call(() -> Files.getAttribute(path, attribute, options));
    }

    /** Sets an attribute by name; see {@link Files#setAttribute}. */
    public static Path setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        return Blocking.call(() -> Files.setAttribute(path, attribute, value, options));
    }

    /** Answers the path without links and dots; see {@link Path#toRealPath}. */
    public static Path toRealPath(Path path, LinkOption... options) throws IOException {
        return Blocking.call(() -> path.toRealPath(options));
    }

    /** Answers the type of the content as the host's rules guess it, or null; see {@link Files#probeContentType}. */
    public static String probeContentType(Path path) throws IOException {
        return Blocking.call(() -> Files.probeContentType(path));
    }
}
