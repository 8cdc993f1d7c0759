package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Makes a symbolic link.
 *
 * <p>Kernel: SYMLINKAT, 5.15, io_uring_prep_symlinkat(3), symlink(2). Result: 0. Errors: as the manual page lists them, as
 * java.nio.file's exceptions. Memory: path and target, held here.
 */
public final class SymbolicLink extends PathOp<Void> {
    private final Path target;
    private final MemorySegment nativeTarget;

    /**
     * Describes a link.
     *
     * @param directory what a relative path of the link starts from, or null for the directory of the process
     * @param path where the link is to be
     * @param target what it says; need not exist
     */
    public SymbolicLink(Descriptor directory, Path path, Path target) {
        super(directory, path);
        this.target = target;
        nativeTarget = CString.encode(Arena.ofAuto(), target.toString());
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SYMLINKAT)) {
            return false;
        }
        sqe.symlinkat(nativeTarget, directoryFd(), nativePath());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.symlinkat(nativeTarget, directoryFd(), nativePath());
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        return requireSuccess(res);
    }

    @Override
    protected String operation() {
        return "symlink";
    }

    @Override
    protected String operands() {
        return super.operands() + " target=" + target;
    }
}
