package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.runtime.Descriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** An operation that gives what has one path another, which is relative to an open directory of its own. */
public abstract class TwoPathOp extends PathOp<Void> {
    private final Descriptor newDirectory;
    private final Path newPath;
    /** As {@link #nativePath}. */
    private final MemorySegment nativeNewPath;

    TwoPathOp(Descriptor directory, Path path, Descriptor newDirectory, Path newPath) {
        super(directory, path);
        this.newDirectory = newDirectory;
        this.newPath = newPath;
        nativeNewPath = CString.encode(Arena.ofAuto(), newPath.toString());
    }

    final Path newPath() {
        return newPath;
    }

    final MemorySegment nativeNewPath() {
        return nativeNewPath;
    }

    final int newDirectoryFd() {
        return fd(newDirectory);
    }

    @Override
    protected final Descriptor otherDescriptor() {
        return newDirectory;
    }

    @Override
    protected final Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected IOException failure(int errno) {
        return FileErrors.of(operation(), operands(), path(), newPath, errno);
    }

    @Override
    protected String operands() {
        return super.operands() + " newPath=" + newPath;
    }
}
