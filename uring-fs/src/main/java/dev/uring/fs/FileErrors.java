package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns error numbers of operations on files into java.nio.file's exceptions. */
final class FileErrors {
    private FileErrors() {
    }

    /**
     * Answers the exception for a failed operation on a path.
     *
     * @param operands as {@code name=value} pairs
     * @param errno the positive error number
     */
    static IOException of(String operation, String operands, Path path, int errno) {
        return of(operation, operands, path, null, errno);
    }

    /** As the other, for an operation on two paths, the second of which is new. */
    static IOException of(String operation, String operands, Path path, Path other, int errno) {
        String file = path.toString();
        String second = other == null ? null : other.toString();
        String reason = UringException.message(operation, operands, errno);
        return switch (errno) {
            case Errno.ENOENT -> new NoSuchFileException(file, second, reason);
            case Errno.EEXIST -> new FileAlreadyExistsException(second == null ? file : second, null, reason);
            case Errno.EACCES, Errno.EPERM -> new AccessDeniedException(file, second, reason);
            case Errno.ENOTEMPTY -> because(new DirectoryNotEmptyException(second == null ? file : second), reason);
            case Errno.ENOTDIR -> because(new NotDirectoryException(file), reason);
            case Errno.ELOOP -> because(new FileSystemLoopException(file), reason);
            default -> new FileSystemException(file, second, reason);
        };
    }

    /** Answers the exception for a failed operation on something open. */
    static IOException of(Descriptor open, String operation, String operands, int errno) {
        return open instanceof AsyncFile file ? file.failure(operation, operands, errno)
                : new UringException(operation, operands, errno);
    }

    /** For the exceptions of java.nio.file that take no reason: it becomes their cause. */
    private static IOException because(FileSystemException exception, String reason) {
        exception.initCause(new IOException(reason));
        return exception;
    }
}
