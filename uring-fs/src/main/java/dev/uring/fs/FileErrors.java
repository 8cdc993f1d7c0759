package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns error numbers of operations on paths into java.nio.file's exceptions. */
final class FileErrors {
    private FileErrors() {
    }

    /**
     * Answers the exception for a failed operation.
     *
     * @param operands as {@code name=value} pairs
     * @param errno the positive error number
     */
    static IOException of(String operation, String operands, Path path, int errno) {
        String file = path.toString();
        String reason = UringException.message(operation, operands, errno);
        return switch (errno) {
            case Errno.ENOENT -> new NoSuchFileException(file, null, reason);
            case Errno.EEXIST -> new FileAlreadyExistsException(file, null, reason);
            case Errno.EACCES, Errno.EPERM -> new AccessDeniedException(file, null, reason);
            case Errno.ENOTDIR -> because(new NotDirectoryException(file), reason);
            case Errno.ELOOP -> because(new FileSystemLoopException(file), reason);
            default -> new FileSystemException(file, null, reason);
        };
    }

    /** For the exceptions of java.nio.file that take no reason: it becomes their cause. */
    private static IOException because(FileSystemException exception, String reason) {
        exception.initCause(new IOException(reason));
        return exception;
    }
}
