package dev.uring.examples;

import dev.uring.ffi.OpenFlag;
import dev.uring.fs.AsyncDirectory;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.FileStat;
import dev.uring.fs.OpenOptions;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/**
 * The files below a root. No path leads out of it, through no dots and no links: the kernel itself refuses to go there
 * (RESOLVE_BENEATH). Where it cannot (before Linux 5.6, with the driver nio), each path is asked where it leads first, which
 * holds as long as nobody moves links meanwhile; {@link #weakness} says so.
 */
final class HttpFiles implements AutoCloseable {
    /** What is no file must not keep the open waiting, as a pipe does that nobody writes to. */
    private static final OpenOptions OPTIONS = OpenOptions.READ.withFlags(OpenFlag.NON_BLOCKING).beneath();
    private static final String NO_FILE = "not a regular file";

    private final AsyncDirectory root;
    /** Where the root is, without links. */
    private final Path realRoot;
    /** Why the kernel restricts no path; null where it does. */
    private final String weakness;

    /**
     * A regular file.
     *
     * @param file open
     * @param stat what it is like
     */
    record Served(AsyncFile file, FileStat stat) {
    }

    private HttpFiles(AsyncDirectory root, Path realRoot, String weakness) {
        this.root = root;
        this.realRoot = realRoot;
        this.weakness = weakness;
    }

    /** Opens the root; called by a task. */
    static HttpFiles open(Path root) throws IOException {
        AsyncDirectory opened = AsyncDirectory.open(root).await();
        try {
            return new HttpFiles(opened, root.toRealPath(), tryRestriction(opened));
        } catch (IOException | RuntimeException e) {
            opened.closeAsync();
            throw e;
        }
    }

    /** Answers why the kernel cannot restrict a path, or null; whatever else is wrong with the root will be told later. */
    private static String tryRestriction(AsyncDirectory root) throws IOException {
        try {
            root.openFile(Path.of("."), OPTIONS).await().close();
            return null;
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "" : e.getReason();
            return reason.contains("errno=ENOSYS(") || reason.contains("errno=EOPNOTSUPP(") ? reason : null;
        }
    }

    /** Answers what is promised less than elsewhere, and why; null where the kernel itself restricts paths. */
    String weakness() {
        return weakness == null ? null : "each path is looked at before it is opened, which keeps it below the root as long as"
                + " nobody moves links meanwhile, because " + weakness;
    }

    Path realRoot() {
        return realRoot;
    }

    /**
     * Opens what a path leads to.
     *
     * @param path without a slash at its end; empty for the root itself
     * @return null for a directory
     * @throws HttpException for what is not there, or not to be served
     */
    Served served(String path) throws IOException, HttpException, InterruptedException {
        AsyncFile file = null;
        try {
            file = weakness == null ? root.openFile(Path.of(path.isEmpty() ? "." : path), OPTIONS).await()
                    : openBelow(path);
            FileStat stat = file == null ? null : file.stat().await();
            if (stat != null && stat.isRegularFile()) {
                Served served = new Served(file, stat);
                file = null;
                return served;
            }
            if (stat != null && !stat.isDirectory()) {
                throw new HttpException(HttpStatus.FORBIDDEN, NO_FILE);
            }
            return null;
        } catch (NoSuchFileException | NotDirectoryException | FileSystemLoopException | InvalidPathException e) {
            throw new HttpException(HttpStatus.NOT_FOUND, "no such file");
        } catch (AccessDeniedException e) {
            throw new HttpException(HttpStatus.FORBIDDEN, "not readable");
        } catch (FileSystemException e) {
            throw refusal(e);
        } finally {
            if (file != null) {
                file.closeAsync();
            }
        }
    }

    private static HttpException refusal(FileSystemException e) throws FileSystemException {
        String reason = e.getReason() == null ? "" : e.getReason();
        if (reason.contains("errno=EXDEV(")) {
            return new HttpException(HttpStatus.FORBIDDEN, "leads out of the root");
        }
        if (reason.contains("errno=ENXIO(")) {
            return new HttpException(HttpStatus.FORBIDDEN, NO_FILE);
        }
        if (reason.contains("errno=ENAMETOOLONG(")) {
            return new HttpException(HttpStatus.NOT_FOUND, "no such file");
        }
        throw e;
    }

    /** Answers null for a directory. */
    private AsyncFile openBelow(String path) throws IOException, HttpException, InterruptedException {
        Below below;
        try {
            below = Tasks.spawnBlocking(() -> Below.of(realRoot.resolve(path))).await();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case InvalidPathException cause -> throw cause;
                default -> throw new IOException("path was not resolved: path=" + path, e.getCause());
            }
        }
        if (!below.real.startsWith(realRoot)) {
            throw new HttpException(HttpStatus.FORBIDDEN, "leads out of the root");
        }
        if (!below.isFile && !below.isDirectory) {
            throw new HttpException(HttpStatus.FORBIDDEN, NO_FILE); // opened like this, a pipe would wait for a writer
        }
        return below.isDirectory ? null : AsyncFile.open(below.real).await();
    }

    /** Where a path leads, and to what. */
    private record Below(Path real, boolean isFile, boolean isDirectory) {
        private static Below of(Path path) throws IOException {
            if (!Files.exists(path)) { // or is no path: too long, through a file, in a circle
                throw new NoSuchFileException(path.toString());
            }
            Path real = path.toRealPath();
            return new Below(real, Files.isRegularFile(real), Files.isDirectory(real));
        }
    }

    @Override
    public void close() throws IOException {
        root.close();
    }
}
