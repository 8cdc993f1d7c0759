package dev.uring.fs;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.ffi.SyncRangeFlag;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * An open file. Every method that returns an operation has queued it already: await it now, or start many and await them
 * together. The others take several operations and wait for them: on a task they park it, elsewhere they block. For any
 * thread.
 *
 * <p>Offsets are bytes from the start. Reads and writes at an offset do not move the file's position; those without one
 * start there and move it, as the system calls do, and are to be awaited one after the other. A plain read or write may move
 * fewer bytes than it was asked for; those called exactly, all, append and durably go on until all is moved, or fail.
 */
public final class AsyncFile extends Descriptor {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int PAGE = 4096;
    /** Of a write; the whole system call that knows flags may be refused, too. */
    private static final String FLAGS_ADVICE = "the kernel or the file system does not know these flags; appending without "
            + "them needs a file that is opened for appending (StandardOpenOption.APPEND)";
    private static final int LOCK_PAUSE_MILLIS_MAX = 50;
    /** The smallest that any device asks for (open(2), O_DIRECT). */
    private static final int DIRECT_UNIT_BYTES = 512;

    private final Path path;
    private final OpenOptions options;

    AsyncFile(int fd, UringRuntime runtime, Path path, OpenOptions options) {
        super(fd, runtime);
        this.path = path;
        this.options = options;
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
        return open(path, OpenOptions.of(options));
    }

    /** As the other, with options that java.nio.file does not have. */
    public static Op<AsyncFile> open(Path path, OpenOptions options) {
        return Open.file(null, path, options).submit();
    }

    // ---- reading ----

    /**
     * Reads into the buffer's whole capacity from {@code offset} on, and sets the buffer's length. Fewer bytes than asked
     * for come at the end of the file, and may come elsewhere; 0 is the end.
     *
     * @param offset bytes from the start, not negative
     */
    public BufferOp readAt(IoBuffer buffer, long offset) {
        return submitted(new Read(this, buffer, requireOffset(offset)));
    }

    /** As {@link #readAt}, but fills the buffer, or fails with EOFException; its length says how much was there. */
    public BufferOp readExactlyAt(IoBuffer buffer, long offset) {
        return submitted(new Read(this, buffer, requireOffset(offset)).whole());
    }

    /** Reads into several buffers, in order, and sets their lengths; answers the sum, smaller only at the end of the file. */
    public Op<Long> readAt(List<IoBuffer> buffers, long offset) {
        return new ReadVectored(this, buffers, offset).submit();
    }

    /** Reads from the file's position on, and moves it; 0 bytes are the end. */
    public BufferOp read(IoBuffer buffer) {
        return submitted(readAtPosition(buffer));
    }

    /** As {@link #read}, but fills the buffer, or fails with EOFException. */
    public BufferOp readExactly(IoBuffer buffer) {
        return submitted(readAtPosition(buffer).whole());
    }

    /**
     * Reads from the file's position to the end.
     *
     * @throws OutOfMemoryError when that is more than an array holds
     */
    public byte[] readAllBytes() throws IOException {
        var all = new ByteArrayOutputStream();
        try (IoBuffer block = IoBuffer.allocateAligned(BLOCK_BYTES, 4096)) {
            while (read(block).await().bytes() > 0) {
                all.writeBytes(block.toByteArray());
            }
        }
        return all.toByteArray();
    }

    // ---- writing ----

    /**
     * Writes the buffer's bytes, up to its length, at {@code offset}. Fewer may be written than asked for.
     *
     * @param offset bytes from the start, not negative; without effect on a file that is open to append
     */
    public BufferOp writeAt(IoBuffer buffer, long offset) {
        return submitted(new Write(this, buffer, requireOffset(offset)));
    }

    /** As {@link #writeAt}, but writes all, or fails. */
    public BufferOp writeAllAt(IoBuffer buffer, long offset) {
        return submitted(new Write(this, buffer, requireOffset(offset)).whole());
    }

    /** Writes several buffers, in order and up to their lengths: all of them, or fails; answers the sum. */
    public Op<Long> writeAt(List<IoBuffer> buffers, long offset) {
        return new WriteVectored(this, buffers, offset).submit();
    }

    /** Writes at the file's position, and moves it. Fewer bytes may be written than asked for. */
    public BufferOp write(IoBuffer buffer) {
        return submitted(writeAtPosition(buffer));
    }

    /** As {@link #write}, but writes all, or fails. */
    public BufferOp writeAll(IoBuffer buffer) {
        return submitted(writeAtPosition(buffer).whole());
    }

    /**
     * Writes all of the buffer at the end of the file, wherever that is by then; the bytes of several are not mixed unless a
     * write is short.
     */
    public BufferOp append(IoBuffer buffer) {
        return submitted(new Write(this, buffer, 0).whole().flags(ReadWriteFlag.APPEND));
    }

    /**
     * Writes all of the buffer at {@code offset} and makes it durable, in one operation: it ends when the bytes, and what
     * reading them needs, are on stable storage. A short write is gone on from, durably too.
     */
    public BufferOp writeDurably(IoBuffer buffer, long offset) {
        return submitted(durable(new Write(this, buffer, requireOffset(offset)).flags(ReadWriteFlag.DATA_SYNC)));
    }

    /** As {@link #append}, and makes it durable as {@link #writeDurably} does. */
    public BufferOp appendDurably(IoBuffer buffer) {
        return submitted(durable(new Write(this, buffer, 0).flags(ReadWriteFlag.APPEND | ReadWriteFlag.DATA_SYNC)));
    }

    /**
     * With O_DIRECT the kernel's ring does not move the position (seen on Linux 6.18: what ends later does not come back to
     * it), so the system call does.
     */
    private Read readAtPosition(IoBuffer buffer) {
        Read read = new Read(this, buffer, Read.NO_OFFSET);
        return options.isDirect() ? read.onBlockingPool() : read;
    }

    private Write writeAtPosition(IoBuffer buffer) {
        Write write = new Write(this, buffer, Write.NO_OFFSET);
        return options.isDirect() ? write.onBlockingPool() : write;
    }

    /**
     * A ring has the buffered writes of one file done one by one in a thread of the kernel's, and the sync of each with it;
     * calls from several threads share the commits of the file system (docs/PERFORMANCE.md).
     */
    private Write durable(Write write) {
        return options.isDirect() ? write.whole() : write.whole().onBlockingPool();
    }

    private static <T extends BufferOp> T submitted(T op) {
        op.submit();
        return op;
    }

    static long requireOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative: offset=" + offset);
        }
        return offset;
    }

    // ---- durability ----

    /** Makes all completed writes durable, with all metadata. */
    public Op<Void> fsync() {
        return new Fsync(this, false).submit();
    }

    /** Makes all completed writes durable, with the metadata that reading them needs. */
    public Op<Void> fdatasync() {
        return new Fsync(this, true).submit();
    }

    /**
     * Writes a range to the device and waits for it, which spreads the work of a later sync; it makes nothing durable.
     *
     * @param lengthBytes 0 is to the end
     */
    public Op<Void> syncRange(long offset, long lengthBytes) {
        return new SyncRange(this, offset, lengthBytes,
                SyncRangeFlag.WAIT_BEFORE | SyncRangeFlag.WRITE | SyncRangeFlag.WAIT_AFTER).submit();
    }

    // ---- space and attributes ----

    /** Reserves a range, and grows the file if it reaches beyond its end. */
    public Op<Void> allocate(long offset, long lengthBytes) {
        return allocate(0, offset, lengthBytes);
    }

    /** Changes what is reserved of a range, in a way that {@link AllocateFlag}s say. */
    public Op<Void> allocate(int mode, long offset, long lengthBytes) {
        return new Allocate(this, mode, offset, lengthBytes).submit();
    }

    /** Gives a range back to the file system: it reads as zeros, and the size stays. */
    public Op<Void> punchHole(long offset, long lengthBytes) {
        return allocate(AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE, offset, lengthBytes);
    }

    /** Sets the size: what is beyond is lost, what is new reads as zeros. */
    public Op<Void> truncate(long size) {
        return new Truncate(this, size).submit();
    }

    /** Tells the kernel how a range will be used, by one of {@link FileAdvice}; a length of 0 is to the end. */
    public Op<Void> advise(int advice, long offset, long lengthBytes) {
        return new Advise(this, offset, lengthBytes, advice).submit();
    }

    /** Asks for the attributes. */
    public Op<FileStat> stat() {
        return new Stat(this, path).submit();
    }

    /** Sets the permissions, the lower 12 bits of a mode. */
    public Op<Void> setMode(int mode) {
        return new ChangeMode(this, mode).submit();
    }

    /** Sets when the file was last read and last changed; null leaves one as it is. */
    public Op<Void> setTimes(FileTime access, FileTime modification) {
        return new SetTimes(this, access, modification).submit();
    }

    /** Answers the file's position; does not wait. */
    public long position() throws IOException {
        return seek(0, SeekOrigin.CURRENT);
    }

    /** Moves the file's position, which may lie beyond the end; does not wait. */
    public void position(long offset) throws IOException {
        seek(requireOffset(offset), SeekOrigin.START);
    }

    private long seek(long offset, int origin) throws IOException {
        long result = call(sys -> sys.lseek(fd(), offset, origin));
        if (result < 0) {
            throw failure("lseek", "fd=" + fd() + " offset=" + offset + " origin=" + origin, (int) -result);
        }
        return result;
    }

    // ---- locks ----

    /**
     * Locks a range if nobody else has it; answers null if somebody has. See {@link RangeLock}.
     *
     * @param lengthBytes 0 is to the end, however far it moves
     * @param shared whether others may hold it shared, too
     */
    public Op<RangeLock> tryLock(long offset, long lengthBytes, boolean shared) {
        return new TryLock(this, offset, lengthBytes, shared).submit();
    }

    /**
     * Locks a range, and waits until nobody else has it. Looks again and again, at most every 50 ms, since the kernel's own
     * wait cannot be cancelled.
     *
     * @throws InterruptedIOException when the thread is interrupted meanwhile
     */
    public RangeLock lock(long offset, long lengthBytes, boolean shared) throws IOException {
        for (int pause = 1;; pause = Math.min(2 * pause, LOCK_PAUSE_MILLIS_MAX)) {
            RangeLock lock = tryLock(offset, lengthBytes, shared).await();
            if (lock != null) {
                return lock;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("lock was interrupted: path=" + path + " offset=" + offset
                        + " lengthBytes=" + lengthBytes);
            }
        }
    }

    long unlock(long offset, long lengthBytes) throws ClosedChannelException, IOException {
        return call(sys -> sys.lock(fd(), LockRange.UNLOCKED, offset, lengthBytes));
    }

    // ---- copying ----

    /** Copies the whole file to the start of another one, which is not made shorter; see the other {@code copyTo}. */
    public long copyTo(AsyncFile target) throws IOException {
        return copyTo(0, target, 0, Long.MAX_VALUE);
    }

    /**
     * Copies a range to another file, up to the end of this one; answers the bytes. The kernel copies, and lets both files
     * share blocks where the file system can; where these two cannot be copied so, bytes go through a buffer. A target that
     * is open to append takes the bytes at its end. Within one file, what is beyond its end at the start is not copied.
     *
     * @param lengthBytes not negative; {@code Long.MAX_VALUE} is to the end
     * @throws UringException with EINVAL when both are one file and the ranges overlap
     * @throws InterruptedIOException when the thread is interrupted; what was copied so far stays
     */
    public long copyTo(long offset, AsyncFile target, long targetOffset, long lengthBytes) throws IOException {
        return FileCopy.copy(this, offset, target, targetOffset, lengthBytes);
    }

    // ---- doors ----

    /**
     * Answers the file as a channel of java.nio, for code that knows only that; see {@link UringFileChannel}. Closing
     * either closes both. The channel has a position of its own, which starts at 0.
     *
     * @throws ClosedChannelException when the file is closed
     */
    public UringFileChannel asFileChannel() throws IOException {
        return new UringFileChannel(this);
    }

    /** As the other, for code that wants to be called back; see {@link UringAsynchronousFileChannel}. */
    public UringAsynchronousFileChannel asAsynchronousFileChannel() throws IOException {
        return new UringAsynchronousFileChannel(this);
    }

    /**
     * Answers a stream from the start of the file that reads ahead of its reader, with the defaults of {@link
     * ReadAhead}.
     */
    public InputStream inputStream() throws IOException {
        return inputStream(0, ReadAhead.DEFAULT);
    }

    /**
     * Answers a stream that reads ahead of its reader. Closing it cancels what is still being read, waits for that,
     * and leaves the file open. For one thread at a time, but any thread may close it. A pipe or terminal is read in
     * order, without an offset.
     *
     * <p>A read answers -1 at the end, and goes on where the file has grown since. An interrupt while it waits ends it
     * with InterruptedIOException, and loses no byte. With O_DIRECT all reads are aligned, and what the offset or the
     * end leave over is cut off here.
     *
     * @param offset bytes from the start, not negative
     * @throws IllegalArgumentException for blocks that are no multiple of 4096 bytes with O_DIRECT
     */
    public InputStream inputStream(long offset, ReadAhead options) throws IOException {
        return new ReadAheadStream(this, requireOffset(offset), options);
    }

    /**
     * Answers a stream to the start of the file that writes behind its writer, with the defaults of {@link
     * WriteBehind}.
     */
    public OutputStream outputStream() throws IOException {
        return outputStream(0, WriteBehind.DEFAULT);
    }

    /**
     * Answers a stream that writes behind its writer: a call returns when its bytes are in a block. What fails
     * meanwhile is reported by the next call that looks, and by all that follow: write, flush or close. Flush and
     * close wait until all is written, which makes nothing durable; close leaves the file open. For one thread at a
     * time. A file that is open to append, a pipe or a terminal gets one write after the other, without an offset.
     *
     * <p>An interrupt while it waits cancels a write, so the stream has failed then. With O_DIRECT a block that is not
     * full is padded to a multiple of the alignment at flush and close: bytes of the file that lie there are kept, and
     * where there were none the file is cut to its true size after the write. Nobody else may write there meanwhile.
     *
     * @param offset bytes from the start, not negative; a multiple of the alignment with O_DIRECT
     * @throws IllegalArgumentException for an offset or blocks that are not aligned with O_DIRECT
     */
    public OutputStream outputStream(long offset, WriteBehind options) throws IOException {
        return new WriteBehindStream(this, requireOffset(offset), options);
    }

    /** Answers the characters from the start of the file on; malformed input is a CharacterCodingException. */
    public BufferedReader reader(Charset charset) throws IOException {
        return new BufferedReader(new InputStreamReader(inputStream(), charset.newDecoder()));
    }

    /**
     * Answers the lines from the start of the file on, read as they are asked for; errors come as
     * UncheckedIOException. The stream is to be closed, which leaves the file open.
     */
    public Stream<String> lines(Charset charset) throws IOException {
        BufferedReader reader = reader(charset);
        return reader.lines().onClose(() -> {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Answers whether the file has no offsets: a pipe, a terminal. */
    boolean isStream() throws IOException {
        return call(sys -> sys.lseek(fd(), 0, SeekOrigin.CURRENT)) == -Errno.ESPIPE;
    }

    /** Answers the size; does not wait. */
    long size() throws IOException {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = attributes(scope);
            if ((Statx.mode(attributes) & FileMode.TYPE_MASK) != FileMode.BLOCK_DEVICE) {
                return Statx.size(attributes);
            }
        }
        long before = position();
        long size = seek(0, SeekOrigin.END);
        position(before);
        return size;
    }

    /** Answers what tells the file from others; does not wait. */
    FileStat.FileKey key() throws IOException {
        try (Arena scope = Arena.ofConfined()) {
            return FileStat.of(attributes(scope)).fileKey();
        }
    }

    /** Answers what offsets and lengths must be multiples of: 1 without O_DIRECT, with it at least a page. */
    int blockAlignment() throws IOException {
        if (!options.isDirect()) {
            return 1;
        }
        try (Arena scope = Arena.ofConfined()) {
            return Math.max(PAGE, FileStat.of(attributes(scope)).directOffsetAlignment());
        }
    }

    private MemorySegment attributes(Arena scope) throws IOException {
        MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
        long result = call(sys -> sys.statx(fd(), CString.EMPTY, PathFlag.EMPTY_PATH,
                StatxMask.BASIC | StatxMask.DIRECT_ALIGNMENT, attributes));
        if (result < 0) {
            throw failure("statx", "fd=" + fd(), (int) -result);
        }
        return attributes;
    }

    /**
     * Opens the same file once more with the JDK, for what only its channels can do. By the descriptor where the host
     * shows those as paths, so that neither a new name nor a deletion matters; else by the path.
     */
    FileChannel reopened(OpenOption... how) throws IOException {
        FileChannel[] reopened = new FileChannel[1];
        IOException[] refused = new IOException[1];
        call(_ -> { // the number stays the file's meanwhile
            Path descriptor = Path.of("/proc/self/fd/" + fd());
            boolean shown = !runtime().driver().name().equals("nio") && Files.exists(descriptor);
            try {
                reopened[0] = FileChannel.open(shown ? descriptor : path, how);
            } catch (IOException e) {
                refused[0] = e;
            }
            return 0;
        });
        if (refused[0] != null) {
            throw refused[0];
        }
        return reopened[0];
    }

    // ---- the file itself ----

    /** Answers the path that the file was opened by. */
    public Path path() {
        return path;
    }

    /** Answers how the file was opened. */
    public OpenOptions options() {
        return options;
    }

    @Override
    protected String name() {
        return "path=" + path + " ";
    }

    @Override
    protected int transferUnit() {
        return options.isDirect() ? DIRECT_UNIT_BYTES : 1;
    }

    /** Names the file, and for O_DIRECT what must be aligned to what. */
    @Override
    protected IOException failure(String operation, String operands, int errno) {
        String all = name() + operands;
        if (errno == Errno.EINVAL && options.isDirect() && mustBeAligned(operation)) {
            return new UringException(operation, all, errno, alignmentAdvice());
        }
        return errno == Errno.EOPNOTSUPP && operands.contains(" flags=")
                ? new UringException(operation, all, errno, FLAGS_ADVICE) : new UringException(operation, all, errno);
    }

    private static boolean mustBeAligned(String operation) {
        return operation.startsWith("read") || operation.startsWith("write");
    }

    private String alignmentAdvice() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            long result = call(sys -> sys.statx(fd(), CString.EMPTY, PathFlag.EMPTY_PATH, StatxMask.DIRECT_ALIGNMENT,
                    attributes));
            if (result >= 0 && (Statx.mask(attributes) & StatxMask.DIRECT_ALIGNMENT) != 0
                    && Statx.directOffsetAlignment(attributes) > 0) {
                return "with O_DIRECT the memory must be aligned to " + Statx.directMemoryAlignment(attributes)
                        + " bytes, offset and length to " + Statx.directOffsetAlignment(attributes)
                        + " (IoBuffer.allocateAligned, FileStat)";
            }
        } catch (IOException e) {
            return "with O_DIRECT memory, offset and length must be aligned, and the file is closed by now: " + e;
        }
        return "with O_DIRECT memory, offset and length must be aligned, mostly to 512 or 4096 bytes (open(2))";
    }

    @Override
    public String toString() {
        return "AsyncFile[" + path + " fd=" + fd() + ((options.flags() & OpenFlag.DIRECT) != 0 ? " direct" : "")
                + (isOpen() ? "" : " closed") + "]";
    }
}
