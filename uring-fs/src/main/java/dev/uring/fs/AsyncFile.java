package dev.uring.fs;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/**
 * An open file. Every method that returns an operation has queued it already: await it now, or start many and await
 * them together. For any thread.
 */
public final class AsyncFile extends Descriptor {
    /** What a new file may be used for, less the umask: read and write for all, as java.nio.file does. */
    private static final int DEFAULT_MODE = 0666;

    private final Path path;

    AsyncFile(int fd, UringRuntime runtime, Path path) {
        super(fd, runtime);
        this.path = path;
    }

    /**
     * Opens a file; no option means READ. Needs a current runtime.
     *
     * @return what answers the open file, or fails with java.nio.file's exceptions: NoSuchFileException,
     *     FileAlreadyExistsException, AccessDeniedException, FileSystemException
     * @throws IllegalStateException when there is no runtime here
     * @throws IllegalArgumentException for options that exclude one another
     */
    public static Op<AsyncFile> open(Path path, OpenOption... options) {
        return new Open(path, OpenFlags.of(options), DEFAULT_MODE).submit();
    }

    /**
     * Reads into the buffer's whole capacity from {@code offset} on, and sets the buffer's length. Fewer bytes than asked
     * for come at the end of the file, and may come elsewhere; 0 is the end.
     *
     * @param offset bytes from the start, not negative
     */
    public BufferOp readAt(IoBuffer buffer, long offset) {
        Read read = new Read(this, buffer, requireOffset(offset));
        read.submit();
        return read;
    }

    /**
     * Writes the buffer's bytes, up to its length, at {@code offset}. Fewer may be written than asked for.
     *
     * @param offset bytes from the start, not negative
     */
    public BufferOp writeAt(IoBuffer buffer, long offset) {
        Write write = new Write(this, buffer, requireOffset(offset));
        write.submit();
        return write;
    }

    private static long requireOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative: offset=" + offset);
        }
        return offset;
    }

    /** Makes all completed writes durable, with all metadata. */
    public Op<Void> fsync() {
        return new Fsync(this, false).submit();
    }

    /** Makes all completed writes durable, with the metadata that reading them needs. */
    public Op<Void> fdatasync() {
        return new Fsync(this, true).submit();
    }

    /** Answers the path that the file was opened by. */
    public Path path() {
        return path;
    }

    @Override
    public String toString() {
        return "AsyncFile[" + path + " fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
