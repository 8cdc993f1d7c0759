package dev.uring.fs;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Set;

/** Makes files and directories, also such with names that nobody can foretell. */
final class NewFile {
    static final int FILE_MODE = 0666;
    private static final int PRIVATE_FILE_MODE = 0600;
    private static final int PRIVATE_DIRECTORY_MODE = 0700;
    /** More names than this taken means that something else is wrong: each is one of 2^64. */
    private static final int ATTEMPTS_MAX = 100;
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    /** Made on first use, since it asks the host for entropy. */
    private static final class Names {
        static final SecureRandom RANDOM = new SecureRandom();
    }

    private NewFile() {
    }

    /** Answers the permissions that attributes ask for, which a new file gets less the umask. */
    static int mode(int otherwise, FileAttribute<?>... attributes) {
        int mode = otherwise;
        for (FileAttribute<?> each : attributes) {
            if (!each.name().equals("posix:permissions") && !each.name().equals("unix:permissions")) {
                throw new UnsupportedOperationException("attribute cannot be set when a file is made: name="
                        + each.name());
            }
            int asked = 0;
            for (Object permission : (Set<?>) each.value()) {
                asked |= FileStat.mode(Set.of((PosixFilePermission) permission));
            }
            mode = asked;
        }
        return mode;
    }

    static Path file(Path path, int mode) throws IOException {
        AsyncFile.open(path, OpenOptions.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).withMode(mode)).await()
                .close();
        return path;
    }

    static Path directories(Path path, int mode) throws IOException {
        MakeDirectory made = new MakeDirectory(null, path, mode);
        try {
            made.submit().await();
        } catch (IOException e) {
            if (Attributes.isDirectory(path)) {
                return path; // it was there before, whatever the kernel says of making it
            }
            Path parent = path.toAbsolutePath().getParent();
            if (parent == null || !isMissing(parent, made.errno())) {
                throw e;
            }
            directories(parent, mode);
            directory(path, mode);
        }
        return path;
    }

    /** Answers whether what is above is the reason: not there, or a link to what lies below a file. */
    private static boolean isMissing(Path parent, int errno) throws IOException {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR && !AsyncFiles.exists(parent);
    }

    /** Makes a directory in one that is there; somebody may be faster. */
    private static void directory(Path path, int mode) throws IOException {
        try {
            new MakeDirectory(null, path, mode).submit().await();
        } catch (FileAlreadyExistsException e) {
            if (!Attributes.isDirectory(path)) {
                throw e;
            }
        }
    }

    static Path temporaryFile(Path directory, String prefix, String suffix, FileAttribute<?>... attributes)
            throws IOException {
        int mode = mode(PRIVATE_FILE_MODE, attributes);
        for (int attempt = 0;; attempt++) {
            try {
                return file(randomName(directory, prefix, suffix == null ? ".tmp" : suffix), mode);
            } catch (FileAlreadyExistsException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    static Path temporaryDirectory(Path directory, String prefix, FileAttribute<?>... attributes) throws IOException {
        int mode = mode(PRIVATE_DIRECTORY_MODE, attributes);
        for (int attempt = 0;; attempt++) {
            Path path = randomName(directory, prefix, "");
            try {
                new MakeDirectory(null, path, mode).submit().await();
                return path;
            } catch (FileAlreadyExistsException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static Path randomName(Path directory, String prefix, String suffix) {
        Path in = directory == null ? TEMPORARY : directory;
        Path name = in.getFileSystem().getPath((prefix == null ? "" : prefix)
                + Long.toUnsignedString(Names.RANDOM.nextLong()) + suffix);
        if (name.getParent() != null) {
            throw new IllegalArgumentException("prefix and suffix must not lead to another directory: prefix=" + prefix
                    + " suffix=" + suffix);
        }
        return in.resolve(name);
    }
}
