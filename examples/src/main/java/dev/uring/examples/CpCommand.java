package dev.uring.examples;

import dev.uring.fs.AsyncDirectory;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.FileStat;
import dev.uring.fs.OpenOptions;
import dev.uring.fs.Stat;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Copies a file so that the target is the old one or the whole new one at every moment: under a temporary name in the
 * same directory, which takes the target's place at the end. Whatever ends the copy before, short of kill -9, takes the
 * temporary file away.
 */
@Command(
        name = "cp",
        description = {
            "Copies a file, with many blocks in flight.",
            "The copy grows under a temporary name beside TARGET and takes its place when it is complete: TARGET is "
                + "the old file or the whole new one, whenever the copy is interrupted, and nothing else is left."})
final class CpCommand implements Callable<Integer> {
    private static final int PAGE = 4096;
    private static final int DEPTH_MAX = 1024;
    /** What a pool of buffers may hold. */
    private static final long MEMORY_MAX = 1L << 30;
    /** Nobody else's business before it is complete. */
    private static final int UNFINISHED_MODE = 0600;
    /** The owner of a copy may be another one, so it does not run as him. */
    private static final int PERMISSIONS = 0777;
    private static final String NO_FILE = "not a regular file";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "the file to copy")
    private Path source;

    @Parameters(index = "1", paramLabel = "TARGET",
            description = "the copy's name, or the directory to put it in; replaced if it is there")
    private Path target;

    @Option(names = "--depth", paramLabel = "N", defaultValue = "16",
            description = "how many blocks are in flight (default: ${DEFAULT-VALUE})")
    private int depth;

    @Option(names = "--block", paramLabel = "BYTES", defaultValue = "262144",
            description = "size of a block, a multiple of 4096 (default: ${DEFAULT-VALUE})")
    private int blockBytes;

    @Option(names = "--direct", description = "go past the page cache (O_DIRECT)")
    private boolean direct;

    @Option(names = "--kernel", description = "let the kernel copy, and share blocks where the file system can")
    private boolean kernel;

    @Option(names = "--fsync", description = "end when the copy and its name are durable")
    private boolean sync;

    @Option(names = "--no-progress", description = "tell nothing on standard error")
    private boolean silent;

    @Override
    public Integer call() throws Exception {
        requireUsage(depth >= 1 && depth <= DEPTH_MAX, "--depth must be 1 to " + DEPTH_MAX + ": " + depth);
        requireUsage(blockBytes >= PAGE && blockBytes % PAGE == 0, "--block must be a multiple of " + PAGE + ": "
                + blockBytes);
        requireUsage((long) depth * blockBytes <= MEMORY_MAX, "--depth blocks must fit into " + MEMORY_MAX + " bytes: "
                + (long) depth * blockBytes);
        requireUsage(!kernel || !direct, "--kernel and --direct exclude one another");
        Path whole = Files.isDirectory(target) ? target.resolve(requireName(source)) : target;
        Path name = Files.exists(whole) ? whole.toRealPath() : whole.toAbsolutePath(); // a link stays, as with cp(1)
        try {
            Uring.run(() -> copy(name));
            return 0;
        } catch (InterruptedException | InterruptedIOException | CancellationException e) {
            return Main.STATUS_INTERRUPTED;
        }
    }

    private void requireUsage(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void copy(Path whole) throws Exception {
        Path part = whole.resolveSibling(".uring-cp-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        // Inside the task: an interrupt that comes while the runtime is built would be lost.
        try (var _ = new Ending(Thread.currentThread()::interrupt)) {
            try {
                copy(whole, part);
            } finally {
                Files.deleteIfExists(part); // nothing is in flight any more
            }
        }
    }

    private void copy(Path whole, Path part) throws Exception {
        FileStat from = new Stat(null, source, true).submit().await();
        requireFile(source, from);
        requireOther(whole, from);
        try (AsyncFile in = AsyncFile.open(source, options(StandardOpenOption.READ)).await();
                AsyncFile out = AsyncFile.open(part, options(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)
                        .withMode(UNFINISHED_MODE)).await()) {
            var copy = new FileCopy(in, out, from, depth, blockBytes);
            if (silent) {
                copyBytes(copy);
            } else {
                try (var _ = new LiveLine(spec.commandLine().getErr(), copy::progress)) {
                    copyBytes(copy);
                }
            }
            out.setMode(from.mode() & PERMISSIONS).await();
            if (sync) {
                out.fsync().await();
            }
        }
        try (AsyncDirectory directory = AsyncDirectory.open(whole.getParent()).await()) {
            directory.rename(part.getFileName(), directory, whole.getFileName()).await();
            if (sync) {
                directory.fsync().await();
            }
        }
    }

    private OpenOptions options(StandardOpenOption... options) {
        OpenOptions plain = OpenOptions.of(options);
        return direct ? plain.direct() : plain;
    }

    private void copyBytes(FileCopy copy) throws Exception {
        if (kernel) {
            copy.inKernel();
        } else {
            copy.inBlocks();
        }
    }

    private static Path requireName(Path path) throws FileSystemException {
        Path name = path.getFileName();
        if (name == null) {
            throw new FileSystemException(path.toString(), null, NO_FILE);
        }
        return name;
    }

    private static void requireFile(Path path, FileStat stat) throws FileSystemException {
        if (!stat.isRegularFile()) {
            throw new FileSystemException(path.toString(), null, NO_FILE);
        }
    }

    private void requireOther(Path whole, FileStat from) throws IOException {
        try {
            FileStat old = new Stat(null, whole, true).submit().await();
            requireFile(whole, old); // a device or a pipe is to be written to, not to be replaced
            if (old.fileKey().equals(from.fileKey())) {
                throw new FileSystemException(source.toString(), target.toString(), "both are the same file");
            }
        } catch (NoSuchFileException e) {
            // The usual case: the copy is new.
        }
    }
}
