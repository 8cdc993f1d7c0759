package dev.uring.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** The files that programs read and write, made once and kept. */
final class DataFiles {
    static final long BYTES = 1L << 30;
    /** Files in the tree, in directories of a hundred. */
    static final int TREE_FILES = 100_000;
    /** Digits of the numbers that the files of the tree hold: 10 of one, 90 of two, and so on. */
    static final long TREE_BYTES = 10 + 90 * 2 + 900 * 3 + 9_000 * 4 + 90_000 * 5;
    private static final int FILES_PER_DIRECTORY = 100;
    private static final int CHUNK_BYTES = 1 << 20;

    private DataFiles() {
    }

    /**
     * Writes a file of 1 GiB, unless it is there, and reads it so that it is in the page cache.
     *
     * @throws IllegalArgumentException if it would be in memory only
     */
    static void prepare(Path file) throws IOException {
        String type = Files.getFileStore(file.toAbsolutePath().getParent()).type();
        if (type.equals("tmpfs")) {
            throw new IllegalArgumentException("file must be on a disk: file=" + file + " type=" + type);
        }
        byte[] chunk = new byte[CHUNK_BYTES];
        if (!Files.exists(file) || Files.size(file) != BYTES) {
            Random random = new Random(1);
            try (OutputStream output = Files.newOutputStream(file)) {
                for (long written = 0; written < BYTES; written += chunk.length) {
                    random.nextBytes(chunk);
                    output.write(chunk);
                }
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true); // no write-back while the programs run
        }
        try (InputStream input = Files.newInputStream(file)) {
            while (input.read(chunk) >= 0) { // ends with the file
                continue;
            }
        }
    }

    /** Makes a tree of files, each of which holds its number, unless its last file is there. */
    static void prepareTree(Path root) throws IOException {
        if (Files.exists(treeFile(root, TREE_FILES - 1))) {
            return;
        }
        for (int number = 0; number < TREE_FILES; number++) {
            Path file = treeFile(root, number);
            if (number % FILES_PER_DIRECTORY == 0) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, Integer.toString(number));
        }
    }

    private static Path treeFile(Path root, int number) {
        return root.resolve("directory-" + number / FILES_PER_DIRECTORY).resolve("file-" + number);
    }
}
