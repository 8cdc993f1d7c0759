package dev.uring.bench;

import dev.uring.fs.AsyncFiles;
import dev.uring.fs.WalkOptions;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What does a file cost when a tree is walked and each file's size is asked for; all of it is in the kernel's caches.
 *
 * <pre>
 *   TreeWalk WAY ROOT SECONDS
 * </pre>
 *
 * <p>WAY is {@code jdk} ({@link Files#walkFileTree}) or {@code uring} ({@link AsyncFiles#walk}, in a task).
 *
 * <p>Estimate: statx takes 1 us of system call and path, reading a directory 0.1 us for each of its files; the JDK's
 * objects, paths and strings take as much again.
 */
public final class TreeWalk {
    private TreeWalk() {
    }

    /**
     * Walks the tree again and again, and prints what that cost.
     *
     * @param arguments see above
     * @throws Exception if the tree cannot be read, or is not the one of {@link DataFiles}
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: TreeWalk jdk|uring ROOT SECONDS");
            System.exit(2);
        }
        Path root = Path.of(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        System.out.println(switch (arguments[0]) {
            case "jdk" -> Windows.measureFor(seconds, () -> requireAll(new Sum().walk(root)));
            case "uring" -> inTask(root, seconds);
            default -> throw new IllegalArgumentException("no such way: name=" + arguments[0]);
        });
    }

    private static String inTask(Path root, double seconds) throws Exception {
        try (UringRuntime runtime = OneWorker.start()) {
            return Windows.measureFor(seconds, () -> runtime.blockOn(() -> {
                Sum sum = new Sum();
                AsyncFiles.walk(root, WalkOptions.DEFAULT, entry -> {
                    if (entry.isRegularFile()) {
                        sum.add(entry.stat().size());
                    }
                });
                return requireAll(sum);
            }));
        }
    }

    /** Checks that every file was met and told its size: the digits of all numbers. */
    static long requireAll(Sum sum) {
        if (sum.files != DataFiles.TREE_FILES || sum.bytes != DataFiles.TREE_BYTES) {
            throw new IllegalStateException("not the whole tree: files=" + sum.files + " bytes=" + sum.bytes);
        }
        return sum.files;
    }

    /** What a walk has met. */
    static final class Sum extends SimpleFileVisitor<Path> {
        private long files;
        private long bytes;

        void add(long fileBytes) {
            files++;
            bytes += fileBytes;
        }

        private Sum walk(Path root) throws IOException {
            Files.walkFileTree(root, this);
            return this;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            add(attributes.size());
            return FileVisitResult.CONTINUE;
        }
    }
}
