package dev.uring.bench;

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
 * <p>WAY is {@code jdk} ({@link Files#walkFileTree}).
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
            System.err.println("usage: TreeWalk jdk ROOT SECONDS");
            System.exit(2);
        }
        Path root = Path.of(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        System.out.println(switch (arguments[0]) {
            case "jdk" -> Windows.measureFor(seconds, () -> requireAll(new Sum().walk(root)));
            default -> throw new IllegalArgumentException("no such way: name=" + arguments[0]);
        });
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
