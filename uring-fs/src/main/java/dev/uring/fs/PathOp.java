package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.PathFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** An operation on a path, which is relative to an open directory or, without one, to that of the process. */
public abstract class PathOp<T> extends Op<T> {
    private final Descriptor directory;
    private final Path path;
    /** The path as the kernel reads it; reachable as long as the operation is. */
    private final MemorySegment nativePath;
    /** The last error that the thread which took the result was given; 0 for none. */
    private int errno;

    PathOp(Descriptor directory, Path path) {
        this(directory, path, CString.encode(Arena.ofAuto(), path.toString()));
    }

    /** For an operation on the open thing itself, whose native path is empty. */
    PathOp(Descriptor directory, Path path, MemorySegment nativePath) {
        this.directory = directory;
        this.path = path;
        this.nativePath = nativePath;
    }

    final Path path() {
        return path;
    }

    final MemorySegment nativePath() {
        return nativePath;
    }

    final int directoryFd() {
        return fd(directory);
    }

    static int fd(Descriptor directory) {
        return directory == null ? PathFlag.CURRENT_DIRECTORY : directory.fd();
    }

    @Override
    protected final Descriptor descriptor() {
        return directory;
    }

    final Void requireSuccess(int res) throws IOException {
        if (res < 0) {
            errno = -res;
            throw failure(-res);
        }
        return null;
    }

    /** Answers the error number behind what {@code await} has thrown, for whom its type says too little. */
    final int errno() {
        return errno;
    }

    @Override
    protected IOException failure(int errno) {
        return FileErrors.of(operation(), operands(), path, errno);
    }

    @Override
    protected String operands() {
        return "path=" + path + (directory == null ? ""
                : (nativePath == CString.EMPTY ? " fd=" : " directory=") + directory.fd());
    }
}
