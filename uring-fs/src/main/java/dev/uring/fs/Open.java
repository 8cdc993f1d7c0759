package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Opens a file or a directory.
 *
 * <p>Kernel: OPENAT, 5.6, io_uring_prep_openat(3), open(2), openat2(2). With a restriction of where the path may lead:
 * OPENAT2. Result: a file descriptor. Errors: as open(2) lists them, as java.nio.file's exceptions. Memory: the path, held
 * here. A file that nobody takes is closed.
 *
 * @param <T> what is made of the descriptor
 */
public final class Open<T extends Descriptor> extends PathOp<T> {
    private final OpenOptions options;
    private final Opened<T> opened;
    /** The {@link OpenHow}, where the path is restricted; else null. */
    private final MemorySegment how;

    /** Makes something open of a descriptor. */
    private interface Opened<T> {
        T of(int fd, UringRuntime runtime, Path path, OpenOptions options);
    }

    /**
     * Describes the open of a file.
     *
     * @param directory what a relative path starts from, or null for the directory of the process
     */
    public static Open<AsyncFile> file(Descriptor directory, Path path, OpenOptions options) {
        return new Open<>(directory, path, options, AsyncFile::new);
    }

    /** Describes the open of a directory; options that do not ask for one are changed to. */
    public static Open<AsyncDirectory> directory(Descriptor directory, Path path, OpenOptions options) {
        return new Open<>(directory, path, options.withFlags(OpenFlag.DIRECTORY),
                (fd, runtime, opened, _) -> new AsyncDirectory(fd, runtime, opened));
    }

    private Open(Descriptor directory, Path path, OpenOptions options, Opened<T> opened) {
        super(directory, path);
        this.options = options;
        this.opened = opened;
        how = options.resolve() == 0 ? null : how(options);
    }

    private static MemorySegment how(OpenOptions options) {
        MemorySegment how = Arena.ofAuto().allocate(OpenHow.SIZE, Long.BYTES);
        OpenHow.flags(how, options.flags());
        OpenHow.mode(how, options.creates() ? options.mode() : 0);
        OpenHow.resolve(how, options.resolve());
        return how;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (how != null) {
            if (!kernel.supports(Opcode.OPENAT2)) {
                return false;
            }
            sqe.openat2(directoryFd(), nativePath(), how, (int) OpenHow.SIZE);
            return true;
        }
        if (!kernel.supports(Opcode.OPENAT)) {
            return false;
        }
        sqe.openat(directoryFd(), nativePath(), options.flags(), options.mode());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return how != null ? sys.openat2(directoryFd(), nativePath(), how)
                : sys.openat(directoryFd(), nativePath(), options.flags(), options.mode());
    }

    @Override
    protected T decode(int res, int completionFlags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return opened.of(res, runtime(), path(), options);
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int completionFlags) {
        discardDescriptor(res);
    }

    @Override
    protected IOException failure(int errno) {
        String advice = advice(errno);
        return advice == null ? super.failure(errno) : new FileSystemException(path().toString(), null,
                UringException.message(operation(), operands(), errno) + "; " + advice);
    }

    private String advice(int errno) {
        if (errno == Errno.EINVAL && options.isDirect()) { // what a file system says, and the driver nio
            return "O_DIRECT is not to be had here: open without it";
        }
        // Another call would open the file, and not look where the path leads.
        return errno == Errno.ENOSYS && how != null ? "nothing but openat2 keeps a path from leading out of its directory: "
                + "run on Linux 5.6 or later with a seccomp profile that allows openat2, or open without beneath()" : null;
    }

    @Override
    protected String operands() {
        return super.operands() + " flags=0x" + Integer.toHexString(options.flags());
    }
}
