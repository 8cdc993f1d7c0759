package dev.uring.net;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BiFunction;

/**
 * Opens a named pipe, and makes sure that it is one: an open that does not wait for the other side, a look at its type, and
 * back to a descriptor that operations may wait on.
 *
 * <p>Kernel: none, -, open(2), fifo(7), statx(2), fcntl(2). Result: a descriptor. Errors: as open(2) lists them, ENXIO where
 * a writer finds no reader, and EINVAL for what is no pipe, as java.nio.file's exceptions; EOPNOTSUPP with the driver nio.
 * Memory: the path, held here. A pipe that nobody takes is closed.
 *
 * @param <T> the end that it becomes
 */
public final class OpenFifo<T extends PipeEnd> extends Op<T> {
    private final Path path;
    private final int access;
    private final BiFunction<Integer, UringRuntime, T> end;
    private final MemorySegment nativePath;

    /** Describes the open of an end to read from; access is READ_ONLY or READ_WRITE. */
    static OpenFifo<PipeReader> reader(Path path, int access) {
        return new OpenFifo<>(path, access, PipeReader::new);
    }

    /** Describes the open of an end to write to; access is WRITE_ONLY or READ_WRITE. */
    static OpenFifo<PipeWriter> writer(Path path, int access) {
        return new OpenFifo<>(path, access, PipeWriter::new);
    }

    private OpenFifo(Path path, int access, BiFunction<Integer, UringRuntime, T> end) {
        this.path = path;
        this.access = access;
        this.end = end;
        nativePath = CString.encode(Arena.ofAuto(), path.toString());
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int flags = access | OpenFlag.NON_BLOCKING | OpenFlag.CLOSE_ON_EXEC;
        int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, nativePath, flags, 0);
        if (fd < 0) {
            return fd;
        }
        int result = FileType.require(sys, fd);
        if (result >= 0) {
            // A ring answers EAGAIN for a descriptor that does not block, instead of waiting.
            result = sys.fcntl(fd, DescriptorCommand.SET_STATUS_FLAGS, access);
        }
        if (result < 0) {
            sys.close(fd);
            return result;
        }
        return fd;
    }

    @Override
    protected T decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return end.apply(res, runtime());
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        discardDescriptor(res);
    }

    @Override
    protected IOException failure(int errno) {
        String reason = UringException.message(operation(), operands(), errno);
        return switch (errno) {
            case Errno.ENOENT -> new NoSuchFileException(path.toString(), null, reason);
            case Errno.EACCES, Errno.EPERM -> new AccessDeniedException(path.toString(), null, reason);
            case Errno.ENXIO -> new FileSystemException(path.toString(), null,
                    reason + "; no reader has it open: open one first, or this end for reading and writing");
            case Errno.EINVAL -> new FileSystemException(path.toString(), null, reason + "; it is no named pipe");
            default -> new FileSystemException(path.toString(), null, reason);
        };
    }

    @Override
    protected String operands() {
        return "path=" + path + " access=" + access;
    }
}
