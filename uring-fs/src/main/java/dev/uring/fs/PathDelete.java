package dev.uring.fs;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.nio.file.Path;

/** Deletes what is at a path, whatever it is: the first guess is that it is no directory. */
final class PathDelete {
    private PathDelete() {
    }

    static void delete(Path path) throws IOException {
        if (!deletedUnlessDirectory(path)) {
            new Unlink(null, path, true).submit().await();
        }
    }

    static long deleteRecursively(Path path) throws IOException {
        return deletedUnlessDirectory(path) ? 1 : TreeDelete.delete(path);
    }

    private static boolean deletedUnlessDirectory(Path path) throws IOException {
        var removal = new Unlink(null, path, false);
        try {
            removal.submit().await();
            return true;
        } catch (IOException e) {
            if (removal.errno() != Errno.EISDIR) {
                throw e;
            }
            return false;
        }
    }
}
