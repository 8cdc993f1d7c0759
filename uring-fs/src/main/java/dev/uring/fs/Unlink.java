package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Removes a name: of a file, which lives on as long as it is open, or of an empty directory.
 *
 * <p>Kernel: UNLINKAT, 5.11, io_uring_prep_unlinkat(3), unlink(2), rmdir(2). Result: 0. Errors: as the manual pages list
 * them, as java.nio.file's exceptions; EISDIR and ENOTDIR when the name is of the other kind. Memory: the path, held here.
 */
public final class Unlink extends PathOp<Void> {
    private final int flags;

    /**
     * Describes a removal.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     * @param ofDirectory whether the name is that of a directory
     */
    public Unlink(Descriptor directory, Path path, boolean ofDirectory) {
        super(directory, path);
        flags = ofDirectory ? PathFlag.REMOVE_DIRECTORY : 0;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.UNLINKAT)) {
            return false;
        }
        sqe.unlinkat(directoryFd(), nativePath(), flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.unlinkat(directoryFd(), nativePath(), flags);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }
}
