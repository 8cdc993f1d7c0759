package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Fills submission entries: one object for a whole ring, moved over the memory of its entries.
 *
 * <p>One method per shape of request writes all 64 bytes of the entry, because fields that an earlier request left
 * behind make the kernel refuse the next one, or do something else. Modifiers, called after it, add flags and the like.
 * Nothing is allocated and nothing is published: the ring does that when it moves its tail.
 *
 * <pre>
 * struct io_uring_sqe, 64 bytes (128 on a ring with SQE128)
 *  offset size name              C type
 *       0    1 opcode            __u8
 *       1    1 flags             __u8
 *       2    2 ioprio            __u16
 *       4    4 fd                __s32
 *       8    8 off               __u64   | addr2 | __u32 cmd_op
 *      16    8 addr              __u64   | splice_off_in | __u32 level, __u32 optname at 20
 *      24    4 len               __u32
 *      28    4 rw_flags          __u32   | every other *_flags, poll32_events, fadvise_advice
 *      32    8 user_data         __u64
 *      40    2 buf_index         __u16   | buf_group
 *      42    2 personality       __u16
 *      44    4 file_index        __u32   | splice_fd_in | zcrx_ifq_idx | optlen | __u16 addr_len | __u8 write_stream
 *      48    8 addr3             __u64   | attr_ptr | optval | cmd[] to the end of the entry
 *      56    8 __pad2            __u64   | attr_type_mask
 * </pre>
 *
 * <p>Memory is passed as native segments, {@link MemorySegment#NULL} for a null pointer. A segment of length zero, such
 * as {@link MemorySegment#ofAddress} makes, is a bare address: its extent is not checked. Each method tells how long
 * the kernel uses the memory: until submission (io_uring_enter has counted the entry or, with SQPOLL, the head has
 * passed it), or until completion, which is the last one where a request has many. Results and errors are told by the
 * man page that it names; since which kernel an opcode exists, {@link Opcode#since} tells.
 *
 * <p>Not thread-safe: it belongs to whoever may fill entries of the ring.
 */
public final class Sqe {
    static final int SIZE = 64;
    static final int OPCODE = 0;
    static final int FLAGS = 1;
    static final int IO_PRIORITY = 2;
    static final int FD = 4;
    static final int OFFSET = 8;
    static final int ADDRESS = 16;
    static final int LENGTH = 24;
    static final int OPERATION_FLAGS = 28;
    static final int USER_DATA = 32;
    static final int BUFFER_INDEX = 40;
    static final int PERSONALITY = 42;
    static final int FILE_INDEX = 44;
    static final int ADDRESS3 = 48;
    static final int ATTRIBUTE_TYPE_MASK = 56;

    /** Sizes of what requests point at, for assertions. */
    private static final long IOVEC_SIZE = 16;
    private static final long MSGHDR_SIZE = 56;
    private static final long STATX_SIZE = 256;
    private static final long SIGINFO_SIZE = 128;
    private static final long FUTEX_WAITV_SIZE = 24;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    static {
        // Two fields are written as one long, the first one in its low half: wrong bytes would reach the kernel.
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("io_uring needs a little-endian machine: byteOrder="
                    + ByteOrder.nativeOrder());
        }
    }

    private final MemorySegment entries;
    /** Byte offset of the entry being filled. */
    private long base;

    /** Covers the memory of all entries, which is aligned to 64 bytes. */
    Sqe(MemorySegment entries) {
        this.entries = entries;
    }

    /** Moves to an entry, counted in steps of 64 bytes also on rings whose entries have 128. */
    Sqe at(int index) {
        base = (long) index * SIZE;
        return this;
    }

    // Nothing, timeouts, cancellation.

    /**
     * Does nothing, and completes with 0.
     *
     * <p>NOP, since 5.1; io_uring_prep_nop(3).
     */
    public Sqe nop() {
        return fill(head(Opcode.NOP, -1), 0, 0, 0);
    }

    /**
     * Does nothing as {@code flags} say ({@link RequestFlag#NOP_INJECT_RESULT} and others), and completes with
     * {@code result} if asked to.
     *
     * <p>NOP, flags since 6.10; io_uring_prep_nop(3).
     */
    public Sqe nop(int flags, int result) {
        return fill(head(Opcode.NOP, -1), 0, 0, pair(result, flags));
    }

    /**
     * Does nothing, in an entry of 128 bytes: the entry after this one is overwritten, too.
     *
     * <p>NOP128, since 6.19; io_uring_prep_nop128(3).
     */
    public Sqe nop128() {
        return fillSecondHalf().fill(head(Opcode.NOP128, -1), 0, 0, 0);
    }

    /**
     * Completes with -ETIME after a time, or with 0 after {@code count} completions if that is not 0; with
     * {@link RequestFlag#TIMEOUT_MULTISHOT}, {@code count} is how often it expires.
     *
     * <p>TIMEOUT, since 5.4; io_uring_prep_timeout(3). Must stay valid until submission: {@code timespec}
     * ({@link KernelTimespec}).
     */
    public Sqe timeout(MemorySegment timespec, int count, int flags) {
        return fill(head(Opcode.TIMEOUT, -1), Integer.toUnsignedLong(count), pointer(timespec, KernelTimespec.SIZE),
                pair(1, flags));
    }

    /**
     * Works like {@link #timeout}, with the nanoseconds in the entry itself.
     *
     * <p>TIMEOUT with TIMEOUT_IMMEDIATE_ARG, since 7.1; io_uring_enter(2).
     */
    public Sqe timeoutImmediate(long nanos, int count, int flags) {
        return fill(head(Opcode.TIMEOUT, -1), Integer.toUnsignedLong(count), nanos,
                pair(1, flags | RequestFlag.TIMEOUT_IMMEDIATE_ARG));
    }

    /**
     * Removes the timeout with this {@code userData}, which completes with -ECANCELED.
     *
     * <p>TIMEOUT_REMOVE, since 5.5; io_uring_prep_timeout_remove(3).
     */
    public Sqe timeoutRemove(long userData, int flags) {
        return fill(head(Opcode.TIMEOUT_REMOVE, -1), 0, userData, pair(0, flags));
    }

    /**
     * Gives the timeout with this {@code userData} a new time; a link timeout with
     * {@link RequestFlag#LINK_TIMEOUT_UPDATE}.
     *
     * <p>TIMEOUT_REMOVE with TIMEOUT_UPDATE, since 5.11; io_uring_prep_timeout_update(3). Must stay valid until
     * submission: {@code timespec}.
     */
    public Sqe timeoutUpdate(MemorySegment timespec, long userData, int flags) {
        return fill(head(Opcode.TIMEOUT_REMOVE, -1), pointer(timespec, KernelTimespec.SIZE), userData,
                pair(0, flags | RequestFlag.TIMEOUT_UPDATE));
    }

    /**
     * Limits the time of the entry before this one, which must carry {@link SqeFlag#IO_LINK}; both always complete.
     *
     * <p>LINK_TIMEOUT, since 5.5; io_uring_prep_link_timeout(3). Must stay valid until submission: {@code timespec}.
     */
    public Sqe linkTimeout(MemorySegment timespec, int flags) {
        return fill(head(Opcode.LINK_TIMEOUT, -1), 0, pointer(timespec, KernelTimespec.SIZE), pair(1, flags));
    }

    /**
     * Works like {@link #linkTimeout}, with the nanoseconds in the entry itself.
     *
     * <p>LINK_TIMEOUT with TIMEOUT_IMMEDIATE_ARG, since 7.1; io_uring_enter(2).
     */
    public Sqe linkTimeoutImmediate(long nanos, int flags) {
        return fill(head(Opcode.LINK_TIMEOUT, -1), 0, nanos, pair(1, flags | RequestFlag.TIMEOUT_IMMEDIATE_ARG));
    }

    /**
     * Asks to cancel the request with this {@code userData}, or all of them with {@link RequestFlag#ASYNC_CANCEL_ALL}.
     *
     * <p>ASYNC_CANCEL, since 5.5; io_uring_prep_cancel64(3).
     */
    public Sqe cancel(long userData, int flags) {
        return fill(head(Opcode.ASYNC_CANCEL, -1), 0, userData, pair(0, flags));
    }

    /**
     * Asks to cancel a request on this descriptor, or all of them with {@link RequestFlag#ASYNC_CANCEL_ALL}; {@code fd}
     * is a slot with {@link RequestFlag#ASYNC_CANCEL_FD_FIXED}.
     *
     * <p>ASYNC_CANCEL with ASYNC_CANCEL_FD, since 5.19; io_uring_prep_cancel_fd(3).
     */
    public Sqe cancelFd(int fd, int flags) {
        return fill(head(Opcode.ASYNC_CANCEL, fd), 0, 0, pair(0, flags | RequestFlag.ASYNC_CANCEL_FD));
    }

    /**
     * Asks to cancel any request, or every one with {@link RequestFlag#ASYNC_CANCEL_ALL}.
     *
     * <p>ASYNC_CANCEL with ASYNC_CANCEL_ANY, since 5.19; io_uring_prep_cancel(3).
     */
    public Sqe cancelAny(int flags) {
        return fill(head(Opcode.ASYNC_CANCEL, -1), 0, 0, pair(0, flags | RequestFlag.ASYNC_CANCEL_ANY));
    }

    /**
     * Asks to cancel a request with this opcode, or all of them with {@link RequestFlag#ASYNC_CANCEL_ALL}.
     *
     * <p>ASYNC_CANCEL with ASYNC_CANCEL_OP, since 6.6; io_uring_prep_cancel(3).
     */
    public Sqe cancelOpcode(int opcode, int flags) {
        return fill(head(Opcode.ASYNC_CANCEL, -1), 0, 0, pair(opcode, flags | RequestFlag.ASYNC_CANCEL_OP));
    }

    // Readiness.

    /**
     * Completes with the events once one of {@code events} (POLLIN and others) is there.
     *
     * <p>POLL_ADD, since 5.1; io_uring_prep_poll_add(3).
     */
    public Sqe pollAdd(int fd, int events) {
        return fill(head(Opcode.POLL_ADD, fd), 0, 0, pair(0, events));
    }

    /**
     * Works like {@link #pollAdd(int, int)}, with {@link RequestFlag#POLL_ADD_MULTI} or
     * {@link RequestFlag#POLL_ADD_LEVEL}.
     *
     * <p>POLL_ADD, flags since 5.13; io_uring_prep_poll_add(3).
     */
    public Sqe pollAdd(int fd, int events, int pollFlags) {
        return fill(head(Opcode.POLL_ADD, fd), 0, 0, pair(pollFlags, events));
    }

    /**
     * Completes with the events each time that one of {@code events} comes.
     *
     * <p>POLL_ADD with POLL_ADD_MULTI, since 5.13; io_uring_prep_poll_multishot(3).
     */
    public Sqe pollMultishot(int fd, int events) {
        return fill(head(Opcode.POLL_ADD, fd), 0, 0, pair(RequestFlag.POLL_ADD_MULTI, events));
    }

    /**
     * Removes the poll with this {@code userData}, which completes with -ECANCELED.
     *
     * <p>POLL_REMOVE, since 5.1; io_uring_prep_poll_remove(3).
     */
    public Sqe pollRemove(long userData) {
        return fill(head(Opcode.POLL_REMOVE, -1), 0, userData, 0);
    }

    /**
     * Changes events and user data of a poll, as {@link RequestFlag#POLL_UPDATE_EVENTS} and
     * {@link RequestFlag#POLL_UPDATE_USER_DATA} say.
     *
     * <p>POLL_REMOVE, since 5.13; io_uring_prep_poll_update(3).
     */
    public Sqe pollUpdate(long oldUserData, long newUserData, int events, int flags) {
        return fill(head(Opcode.POLL_REMOVE, -1), newUserData, oldUserData, pair(flags, events));
    }

    /**
     * Adds, changes or removes {@code fd} in an epoll set.
     *
     * <p>EPOLL_CTL, since 5.6; io_uring_prep_epoll_ctl(3). Must stay valid until submission: {@code event}.
     */
    public Sqe epollCtl(int epoll, int operation, int fd, MemorySegment event) {
        return fill(head(Opcode.EPOLL_CTL, epoll), Integer.toUnsignedLong(fd), pointer(event, 0), pair(operation, 0));
    }

    /**
     * Takes up to {@code count} events from an epoll set.
     *
     * <p>EPOLL_WAIT, since 6.15; io_uring_prep_epoll_wait(3). Must stay valid until completion: {@code events}.
     */
    public Sqe epollWait(int epoll, MemorySegment events, int count) {
        return fill(head(Opcode.EPOLL_WAIT, epoll), 0, pointer(events, 0), pair(count, 0));
    }

    // Reading and writing.

    /**
     * Reads up to {@code length} bytes at {@code offset}; -1 is the file's own position.
     *
     * <p>READ, since 5.6; io_uring_prep_read(3). Must stay valid until completion: {@code buffer}.
     */
    public Sqe read(int fd, MemorySegment buffer, int length, long offset) {
        return fill(head(Opcode.READ, fd), offset, pointer(buffer, length), pair(length, 0));
    }

    /**
     * Writes up to {@code length} bytes at {@code offset}; -1 is the file's own position.
     *
     * <p>WRITE, since 5.6; io_uring_prep_write(3). Must stay valid until completion: {@code buffer}.
     */
    public Sqe write(int fd, MemorySegment buffer, int length, long offset) {
        return fill(head(Opcode.WRITE, fd), offset, pointer(buffer, length), pair(length, 0));
    }

    /**
     * Reads into the pieces of memory that {@code count} iovecs name.
     *
     * <p>READV, since 5.1; io_uring_prep_readv(3). Must stay valid until completion: the pieces; until submission: the
     * iovecs.
     */
    public Sqe readv(int fd, MemorySegment vectors, int count, long offset) {
        return fill(head(Opcode.READV, fd), offset, pointer(vectors, count * IOVEC_SIZE), pair(count, 0));
    }

    /**
     * Writes the pieces of memory that {@code count} iovecs name.
     *
     * <p>WRITEV, since 5.1; io_uring_prep_writev(3). Must stay valid until completion: the pieces; until submission:
     * the iovecs.
     */
    public Sqe writev(int fd, MemorySegment vectors, int count, long offset) {
        return fill(head(Opcode.WRITEV, fd), offset, pointer(vectors, count * IOVEC_SIZE), pair(count, 0));
    }

    /**
     * Reads into memory that lies inside the registered buffer {@code bufferIndex}.
     *
     * <p>READ_FIXED, since 5.1; io_uring_prep_read_fixed(3). Must stay valid until completion: {@code buffer}, and its
     * registration.
     */
    public Sqe readFixed(int fd, MemorySegment buffer, int length, long offset, int bufferIndex) {
        return fill(head(Opcode.READ_FIXED, fd), offset, pointer(buffer, length), pair(length, 0),
                bufferWord(bufferIndex), 0);
    }

    /**
     * Writes from memory that lies inside the registered buffer {@code bufferIndex}.
     *
     * <p>WRITE_FIXED, since 5.1; io_uring_prep_write_fixed(3). Must stay valid until completion: {@code buffer}, and
     * its registration.
     */
    public Sqe writeFixed(int fd, MemorySegment buffer, int length, long offset, int bufferIndex) {
        return fill(head(Opcode.WRITE_FIXED, fd), offset, pointer(buffer, length), pair(length, 0),
                bufferWord(bufferIndex), 0);
    }

    /**
     * Reads into pieces of the registered buffer {@code bufferIndex} that {@code count} iovecs name.
     *
     * <p>READV_FIXED, since 6.15; io_uring_prep_readv_fixed(3). Must stay valid until completion: the pieces, and their
     * registration; until submission: the iovecs.
     */
    public Sqe readvFixed(int fd, MemorySegment vectors, int count, long offset, int bufferIndex) {
        return fill(head(Opcode.READV_FIXED, fd), offset, pointer(vectors, count * IOVEC_SIZE), pair(count, 0),
                bufferWord(bufferIndex), 0);
    }

    /**
     * Writes pieces of the registered buffer {@code bufferIndex} that {@code count} iovecs name.
     *
     * <p>WRITEV_FIXED, since 6.15; io_uring_prep_writev_fixed(3). Must stay valid until completion: the pieces, and
     * their registration; until submission: the iovecs.
     */
    public Sqe writevFixed(int fd, MemorySegment vectors, int count, long offset, int bufferIndex) {
        return fill(head(Opcode.WRITEV_FIXED, fd), offset, pointer(vectors, count * IOVEC_SIZE), pair(count, 0),
                bufferWord(bufferIndex), 0);
    }

    /**
     * Reads into provided buffers of a group, again and again, from a descriptor that can be polled; {@code offset} is
     * 0 or -1.
     *
     * <p>READ_MULTISHOT, since 6.7; io_uring_prep_read_multishot(3). Must stay valid until completion: the buffers that
     * the group holds.
     */
    public Sqe readMultishot(int fd, int length, long offset, int bufferGroup) {
        return fill(head(Opcode.READ_MULTISHOT, SqeFlag.BUFFER_SELECT, 0, fd), offset, 0, pair(length, 0),
                bufferWord(bufferGroup), 0);
    }

    /**
     * Moves bytes between a pipe and another descriptor; an offset is -1 for the pipe, and for the file's own position.
     *
     * <p>SPLICE, since 5.7; io_uring_prep_splice(3).
     */
    public Sqe splice(int fdIn, long offsetIn, int fdOut, long offsetOut, int length, int flags) {
        return fill(head(Opcode.SPLICE, fdOut), offsetOut, offsetIn, pair(length, flags), pair(0, fdIn), 0);
    }

    /**
     * Copies bytes from pipe to pipe without taking them.
     *
     * <p>TEE, since 5.8; io_uring_prep_tee(3).
     */
    public Sqe tee(int fdIn, int fdOut, int length, int flags) {
        return fill(head(Opcode.TEE, fdOut), 0, 0, pair(length, flags), pair(0, fdIn), 0);
    }

    /**
     * Gives {@code count} adjacent buffers of {@code length} bytes to a group, with ids from {@code bufferId} on.
     *
     * <p>PROVIDE_BUFFERS, since 5.7; io_uring_prep_provide_buffers(3). Must stay valid until completion: the buffers,
     * until each is used or removed.
     */
    public Sqe provideBuffers(MemorySegment buffers, int length, int count, int bufferGroup, int bufferId) {
        return fill(head(Opcode.PROVIDE_BUFFERS, count), bufferId, pointer(buffers, (long) length * count),
                pair(length, 0), bufferWord(bufferGroup), 0);
    }

    /**
     * Takes up to {@code count} provided buffers out of a group.
     *
     * <p>REMOVE_BUFFERS, since 5.7; io_uring_prep_remove_buffers(3).
     */
    public Sqe removeBuffers(int count, int bufferGroup) {
        return fill(head(Opcode.REMOVE_BUFFERS, count), 0, 0, 0, bufferWord(bufferGroup), 0);
    }

    // Files.

    /**
     * Opens a file, and completes with its descriptor.
     *
     * <p>OPENAT, since 5.6; io_uring_prep_openat(3). Must stay valid until submission: {@code path}.
     */
    public Sqe openat(int directory, MemorySegment path, int flags, int mode) {
        return fill(head(Opcode.OPENAT, directory), 0, pointer(path, 0), pair(mode, flags));
    }

    /**
     * Opens a file into a slot of the registered files, or into a free one for {@link RequestFlag#FILE_INDEX_ALLOC},
     * and then completes with it.
     *
     * <p>OPENAT, since 5.15; io_uring_prep_openat_direct(3). Must stay valid until submission: {@code path}.
     */
    public Sqe openatDirect(int directory, MemorySegment path, int flags, int mode, int fileIndex) {
        return fill(head(Opcode.OPENAT, directory), 0, pointer(path, 0), pair(mode, flags), slotWord(fileIndex), 0);
    }

    /**
     * Opens a file as {@code how}, an open_how of {@code length} bytes, says.
     *
     * <p>OPENAT2, since 5.6; io_uring_prep_openat2(3). Must stay valid until submission: {@code path} and {@code how}.
     */
    public Sqe openat2(int directory, MemorySegment path, MemorySegment how, int length) {
        return fill(head(Opcode.OPENAT2, directory), pointer(how, length), pointer(path, 0), pair(length, 0));
    }

    /**
     * Works like {@link #openat2}, into a slot of the registered files.
     *
     * <p>OPENAT2, since 5.15; io_uring_prep_openat2_direct(3). Must stay valid until submission: {@code path} and
     * {@code how}.
     */
    public Sqe openat2Direct(int directory, MemorySegment path, MemorySegment how, int length, int fileIndex) {
        return fill(head(Opcode.OPENAT2, directory), pointer(how, length), pointer(path, 0), pair(length, 0),
                slotWord(fileIndex), 0);
    }

    /**
     * Closes a descriptor; requests that use it go on.
     *
     * <p>CLOSE, since 5.6; io_uring_prep_close(3).
     */
    public Sqe close(int fd) {
        return fill(head(Opcode.CLOSE, fd), 0, 0, 0);
    }

    /**
     * Empties a slot of the registered files.
     *
     * <p>CLOSE, since 5.15; io_uring_prep_close_direct(3).
     */
    public Sqe closeDirect(int fileIndex) {
        return fill(head(Opcode.CLOSE, 0), 0, 0, 0, slotWord(fileIndex), 0);
    }

    /**
     * Makes a descriptor of a registered file, and completes with it.
     *
     * <p>FIXED_FD_INSTALL, since 6.8; io_uring_prep_fixed_fd_install(3).
     */
    public Sqe fixedFdInstall(int fileIndex, int flags) {
        return fill(head(Opcode.FIXED_FD_INSTALL, SqeFlag.FIXED_FILE, 0, fileIndex), 0, 0, pair(0, flags), 0, 0);
    }

    /**
     * Puts {@code count} descriptors into the registered files from {@code offset} on; for
     * {@link RequestFlag#FILE_INDEX_ALLOC}, into free slots, whose numbers replace the descriptors.
     *
     * <p>FILES_UPDATE, since 5.6; io_uring_prep_files_update(3). Must stay valid until completion: {@code descriptors}.
     */
    public Sqe filesUpdate(MemorySegment descriptors, int count, int offset) {
        return fill(head(Opcode.FILES_UPDATE, -1), Integer.toUnsignedLong(offset),
                pointer(descriptors, (long) count * Integer.BYTES), pair(count, 0));
    }

    /**
     * Makes a file durable, its data only with {@link RequestFlag#FSYNC_DATASYNC}.
     *
     * <p>FSYNC, since 5.1; io_uring_prep_fsync(3).
     */
    public Sqe fsync(int fd, int flags) {
        return fill(head(Opcode.FSYNC, fd), 0, 0, pair(0, flags));
    }

    /**
     * Makes a range of a file durable; some file systems take the whole file.
     *
     * <p>FSYNC, since 5.1; io_uring_enter(2).
     */
    public Sqe fsync(int fd, int flags, long offset, int length) {
        return fill(head(Opcode.FSYNC, fd), offset, 0, pair(length, flags));
    }

    /**
     * Starts or awaits the writing of a range; promises no durability.
     *
     * <p>SYNC_FILE_RANGE, since 5.2; io_uring_prep_sync_file_range(3).
     */
    public Sqe syncFileRange(int fd, long offset, int length, int flags) {
        return fill(head(Opcode.SYNC_FILE_RANGE, fd), offset, 0, pair(length, flags));
    }

    /**
     * Allocates, zeroes, collapses or punches a range of a file.
     *
     * <p>FALLOCATE, since 5.6; io_uring_prep_fallocate(3).
     */
    public Sqe fallocate(int fd, int mode, long offset, long length) {
        return fill(head(Opcode.FALLOCATE, fd), offset, length, pair(mode, 0));
    }

    /**
     * Sets the length of a file.
     *
     * <p>FTRUNCATE, since 6.9; io_uring_prep_ftruncate(3).
     */
    public Sqe ftruncate(int fd, long length) {
        return fill(head(Opcode.FTRUNCATE, fd), length, 0, 0);
    }

    /**
     * Announces how a range of a file will be used; 4 GiB and more need kernel 6.11.
     *
     * <p>FADVISE, since 5.6; io_uring_prep_fadvise64(3).
     */
    public Sqe fadvise(int fd, long offset, long length, int advice) {
        // The kernels before 6.11 know only the 32-bit field, and refuse a request that fills the other one.
        boolean fits = length >>> Integer.SIZE == 0;
        return fill(head(Opcode.FADVISE, fd), offset, fits ? 0 : length, pair(fits ? (int) length : 0, advice));
    }

    /**
     * Announces how memory will be used; 4 GiB and more need kernel 6.11.
     *
     * <p>MADVISE, since 5.6; io_uring_prep_madvise64(3). Must stay valid until completion: {@code memory}.
     */
    public Sqe madvise(MemorySegment memory, long length, int advice) {
        // As in fadvise: the 32-bit field as long as it can hold the length, for kernels before 6.11.
        boolean fits = length >>> Integer.SIZE == 0;
        return fill(head(Opcode.MADVISE, -1), fits ? 0 : length, pointer(memory, length),
                pair(fits ? (int) length : 0, advice));
    }

    /**
     * Reads the attributes of a file into {@code result}, a statx of 256 bytes.
     *
     * <p>STATX, since 5.6; io_uring_prep_statx(3). Must stay valid until completion: {@code result}; until submission:
     * {@code path}.
     */
    public Sqe statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        return fill(head(Opcode.STATX, directory), pointer(result, STATX_SIZE), pointer(path, 0), pair(mask, flags));
    }

    /**
     * Renames a file.
     *
     * <p>RENAMEAT, since 5.11; io_uring_prep_renameat(3). Must stay valid until submission: paths.
     */
    public Sqe renameat(int oldDirectory, MemorySegment oldPath, int newDirectory, MemorySegment newPath, int flags) {
        return fill(head(Opcode.RENAMEAT, oldDirectory), pointer(newPath, 0), pointer(oldPath, 0),
                pair(newDirectory, flags));
    }

    /**
     * Removes a name, that of a directory with AT_REMOVEDIR.
     *
     * <p>UNLINKAT, since 5.11; io_uring_prep_unlinkat(3). Must stay valid until submission: {@code path}.
     */
    public Sqe unlinkat(int directory, MemorySegment path, int flags) {
        return fill(head(Opcode.UNLINKAT, directory), 0, pointer(path, 0), pair(0, flags));
    }

    /**
     * Makes a directory.
     *
     * <p>MKDIRAT, since 5.15; io_uring_prep_mkdirat(3). Must stay valid until submission: {@code path}.
     */
    public Sqe mkdirat(int directory, MemorySegment path, int mode) {
        return fill(head(Opcode.MKDIRAT, directory), 0, pointer(path, 0), pair(mode, 0));
    }

    /**
     * Makes a symbolic link that names {@code target}.
     *
     * <p>SYMLINKAT, since 5.15; io_uring_prep_symlinkat(3). Must stay valid until submission: paths.
     */
    public Sqe symlinkat(MemorySegment target, int directory, MemorySegment linkPath) {
        return fill(head(Opcode.SYMLINKAT, directory), pointer(linkPath, 0), pointer(target, 0), 0);
    }

    /**
     * Makes a hard link.
     *
     * <p>LINKAT, since 5.15; io_uring_prep_linkat(3). Must stay valid until submission: paths.
     */
    public Sqe linkat(int oldDirectory, MemorySegment oldPath, int newDirectory, MemorySegment newPath, int flags) {
        return fill(head(Opcode.LINKAT, oldDirectory), pointer(newPath, 0), pointer(oldPath, 0),
                pair(newDirectory, flags));
    }

    /**
     * Reads an extended attribute of a file, and completes with its size.
     *
     * <p>GETXATTR, since 5.19; io_uring_prep_getxattr(3). Must stay valid until completion: {@code value}; until
     * submission: path and name.
     */
    public Sqe getxattr(MemorySegment path, MemorySegment name, MemorySegment value, int length) {
        return fill(head(Opcode.GETXATTR, 0), pointer(value, length), pointer(name, 0), pair(length, 0), 0,
                pointer(path, 0));
    }

    /**
     * Sets an extended attribute of a file.
     *
     * <p>SETXATTR, since 5.19; io_uring_prep_setxattr(3). Must stay valid until submission: path, name and value.
     */
    public Sqe setxattr(MemorySegment path, MemorySegment name, MemorySegment value, int length, int flags) {
        return fill(head(Opcode.SETXATTR, 0), pointer(value, length), pointer(name, 0), pair(length, flags), 0,
                pointer(path, 0));
    }

    /**
     * Reads an extended attribute of an open file, and completes with its size.
     *
     * <p>FGETXATTR, since 5.19; io_uring_prep_fgetxattr(3). Must stay valid until completion: {@code value}; until
     * submission: {@code name}.
     */
    public Sqe fgetxattr(int fd, MemorySegment name, MemorySegment value, int length) {
        return fill(head(Opcode.FGETXATTR, fd), pointer(value, length), pointer(name, 0), pair(length, 0));
    }

    /**
     * Sets an extended attribute of an open file.
     *
     * <p>FSETXATTR, since 5.19; io_uring_prep_fsetxattr(3). Must stay valid until submission: name and value.
     */
    public Sqe fsetxattr(int fd, MemorySegment name, MemorySegment value, int length, int flags) {
        return fill(head(Opcode.FSETXATTR, fd), pointer(value, length), pointer(name, 0), pair(length, flags));
    }

    /**
     * Opens a pipe, and writes the descriptors of its reading and its writing end.
     *
     * <p>PIPE, since 6.16; io_uring_prep_pipe(3). Must stay valid until completion: {@code descriptors}, two ints.
     */
    public Sqe pipe(MemorySegment descriptors, int flags) {
        return fill(head(Opcode.PIPE, 0), 0, pointer(descriptors, 2 * Integer.BYTES), pair(0, flags));
    }

    /**
     * Opens a pipe into the slot {@code fileIndex} and the next one, or into free ones, and writes their numbers.
     *
     * <p>PIPE, since 6.16; io_uring_prep_pipe_direct(3). Must stay valid until completion: {@code descriptors}, two
     * ints.
     */
    public Sqe pipeDirect(MemorySegment descriptors, int flags, int fileIndex) {
        return fill(head(Opcode.PIPE, 0), 0, pointer(descriptors, 2 * Integer.BYTES), pair(0, flags),
                slotWord(fileIndex), 0);
    }

    // Sockets.

    /**
     * Opens a socket, and completes with its descriptor.
     *
     * <p>SOCKET, since 5.19; io_uring_prep_socket(3).
     */
    public Sqe socket(int domain, int type, int protocol) {
        return fill(head(Opcode.SOCKET, domain), Integer.toUnsignedLong(type), 0, pair(protocol, 0));
    }

    /**
     * Opens a socket into a slot of the registered files, or into a free one.
     *
     * <p>SOCKET, since 5.19; io_uring_prep_socket_direct(3).
     */
    public Sqe socketDirect(int domain, int type, int protocol, int fileIndex) {
        return fill(head(Opcode.SOCKET, domain), Integer.toUnsignedLong(type), 0, pair(protocol, 0),
                slotWord(fileIndex), 0);
    }

    /**
     * Binds a socket to an address.
     *
     * <p>BIND, since 6.11; io_uring_prep_bind(3). Must stay valid until submission: {@code address}.
     */
    public Sqe bind(int fd, MemorySegment address, int addressLength) {
        return fill(head(Opcode.BIND, fd), Integer.toUnsignedLong(addressLength), pointer(address, addressLength), 0);
    }

    /**
     * Lets a socket take connections.
     *
     * <p>LISTEN, since 6.11; io_uring_prep_listen(3).
     */
    public Sqe listen(int fd, int backlog) {
        return fill(head(Opcode.LISTEN, fd), 0, 0, pair(backlog, 0));
    }

    /**
     * Connects a socket.
     *
     * <p>CONNECT, since 5.5; io_uring_prep_connect(3). Must stay valid until submission: {@code address}.
     */
    public Sqe connect(int fd, MemorySegment address, int addressLength) {
        return fill(head(Opcode.CONNECT, fd), Integer.toUnsignedLong(addressLength), pointer(address, addressLength),
                0);
    }

    /**
     * Accepts a connection, writes the peer's address unless both segments are NULL, and completes with its descriptor.
     *
     * <p>ACCEPT, since 5.5; io_uring_prep_accept(3). Must stay valid until completion: {@code address} and
     * {@code addressLength}.
     */
    public Sqe accept(int fd, MemorySegment address, MemorySegment addressLength, int flags) {
        return fill(head(Opcode.ACCEPT, fd), pointer(addressLength, Integer.BYTES), pointer(address, 0),
                pair(0, flags));
    }

    /**
     * Accepts a connection into a slot of the registered files, or into a free one.
     *
     * <p>ACCEPT, since 5.15; io_uring_prep_accept_direct(3). Must stay valid until completion: {@code address} and
     * {@code addressLength}.
     */
    public Sqe acceptDirect(int fd, MemorySegment address, MemorySegment addressLength, int flags, int fileIndex) {
        return fill(head(Opcode.ACCEPT, fd), pointer(addressLength, Integer.BYTES), pointer(address, 0),
                pair(0, flags), slotWord(fileIndex), 0);
    }

    /**
     * Accepts connections, one completion each; peers' addresses are not told, as all would go to one place.
     *
     * <p>ACCEPT with ACCEPT_MULTISHOT, since 5.19; io_uring_prep_multishot_accept(3).
     */
    public Sqe acceptMultishot(int fd, int flags) {
        return fill(head(Opcode.ACCEPT, 0, RequestFlag.ACCEPT_MULTISHOT, fd), 0, 0, pair(0, flags));
    }

    /**
     * Accepts connections into free slots of the registered files, one completion each.
     *
     * <p>ACCEPT with ACCEPT_MULTISHOT, since 5.19; io_uring_prep_multishot_accept_direct(3).
     */
    public Sqe acceptMultishotDirect(int fd, int flags) {
        return fill(head(Opcode.ACCEPT, 0, RequestFlag.ACCEPT_MULTISHOT, fd), 0, 0, pair(0, flags),
                slotWord(RequestFlag.FILE_INDEX_ALLOC), 0);
    }

    /**
     * Ends receiving, sending or both on a socket.
     *
     * <p>SHUTDOWN, since 5.11; io_uring_prep_shutdown(3).
     */
    public Sqe shutdown(int fd, int how) {
        return fill(head(Opcode.SHUTDOWN, fd), 0, 0, pair(how, 0));
    }

    /**
     * Sends up to {@code length} bytes; all of them with MSG_WAITALL.
     *
     * <p>SEND, since 5.6; io_uring_prep_send(3). Must stay valid until completion: {@code buffer}.
     */
    public Sqe send(int fd, MemorySegment buffer, int length, int flags) {
        return fill(head(Opcode.SEND, fd), 0, pointer(buffer, length), pair(length, flags));
    }

    /**
     * Sends a datagram to {@code address}.
     *
     * <p>SEND, address since 6.1; io_uring_prep_sendto(3). Must stay valid until completion: {@code buffer}; until
     * submission: {@code address}.
     */
    public Sqe sendto(int fd, MemorySegment buffer, int length, int flags, MemorySegment address, int addressLength) {
        return fill(head(Opcode.SEND, fd), pointer(address, addressLength), pointer(buffer, length),
                pair(length, flags), pair(0, halfWord(addressLength)), 0);
    }

    /**
     * Sends the provided buffers of a group, up to {@code length} bytes or, for 0, all of them.
     *
     * <p>SEND with RECVSEND_BUNDLE, since 6.10; io_uring_prep_send_bundle(3). Must stay valid until completion: the
     * buffers that the group holds.
     */
    public Sqe sendBundle(int fd, int length, int flags, int bufferGroup) {
        return fill(head(Opcode.SEND, SqeFlag.BUFFER_SELECT, RequestFlag.RECVSEND_BUNDLE, fd), 0, 0,
                pair(length, flags), bufferWord(bufferGroup), 0);
    }

    /**
     * Sends what {@code message}, a msghdr, names.
     *
     * <p>SENDMSG, since 5.3; io_uring_prep_sendmsg(3). Must stay valid until completion: the data; until submission:
     * message, iovecs, address and control.
     */
    public Sqe sendmsg(int fd, MemorySegment message, int flags) {
        return fill(head(Opcode.SENDMSG, fd), 0, pointer(message, MSGHDR_SIZE), pair(1, flags));
    }

    /**
     * Sends without copying if the protocol can; {@code zeroCopyFlags} such as
     * {@link RequestFlag#SEND_ZC_REPORT_USAGE}.
     *
     * <p>SEND_ZC, since 6.0; io_uring_prep_send_zc(3). Must stay valid until the completion without
     * {@link CqeFlag#MORE}, which comes after errors, too: {@code buffer}.
     */
    public Sqe sendZeroCopy(int fd, MemorySegment buffer, int length, int flags, int zeroCopyFlags) {
        return fill(head(Opcode.SEND_ZC, 0, zeroCopyFlags, fd), 0, pointer(buffer, length), pair(length, flags));
    }

    /**
     * Works like {@link #sendZeroCopy}, from the registered buffer {@code bufferIndex}.
     *
     * <p>SEND_ZC with RECVSEND_FIXED_BUF, since 6.0; io_uring_prep_send_zc_fixed(3). Must stay valid until the
     * completion without {@link CqeFlag#MORE}, which comes after errors, too: {@code buffer}, and its registration.
     */
    public Sqe sendZeroCopyFixed(int fd, MemorySegment buffer, int length, int flags, int zeroCopyFlags,
            int bufferIndex) {
        return fill(head(Opcode.SEND_ZC, 0, zeroCopyFlags | RequestFlag.RECVSEND_FIXED_BUF, fd), 0,
                pointer(buffer, length), pair(length, flags), bufferWord(bufferIndex), 0);
    }

    /**
     * Sends what {@code message}, a msghdr, names, without copying.
     *
     * <p>SENDMSG_ZC, since 6.1; io_uring_prep_sendmsg_zc(3). Must stay valid until the completion without
     * {@link CqeFlag#MORE}, which comes after errors, too: the data.
     */
    public Sqe sendmsgZeroCopy(int fd, MemorySegment message, int flags) {
        return fill(head(Opcode.SENDMSG_ZC, fd), 0, pointer(message, MSGHDR_SIZE), pair(1, flags));
    }

    /**
     * Works like {@link #sendmsgZeroCopy}, from pieces of the registered buffer {@code bufferIndex}.
     *
     * <p>SENDMSG_ZC with RECVSEND_FIXED_BUF, since 6.15; io_uring_prep_sendmsg_zc_fixed(3). Must stay valid until the
     * completion without {@link CqeFlag#MORE}, which comes after errors, too: the data, and its registration.
     */
    public Sqe sendmsgZeroCopyFixed(int fd, MemorySegment message, int flags, int bufferIndex) {
        return fill(head(Opcode.SENDMSG_ZC, 0, RequestFlag.RECVSEND_FIXED_BUF, fd), 0, pointer(message, MSGHDR_SIZE),
                pair(1, flags), bufferWord(bufferIndex), 0);
    }

    /**
     * Receives up to {@code length} bytes; 0 is the end of the stream.
     *
     * <p>RECV, since 5.6; io_uring_prep_recv(3). Must stay valid until completion: {@code buffer}.
     */
    public Sqe recv(int fd, MemorySegment buffer, int length, int flags) {
        return fill(head(Opcode.RECV, fd), 0, pointer(buffer, length), pair(length, flags));
    }

    /**
     * Receives into provided buffers of a group, again and again; {@code length} limits one receive, 0 does not.
     *
     * <p>RECV with RECV_MULTISHOT, since 6.0; io_uring_prep_recv_multishot(3). Must stay valid until completion: the
     * buffers that the group holds.
     */
    public Sqe recvMultishot(int fd, int length, int flags, int bufferGroup) {
        return fill(head(Opcode.RECV, SqeFlag.BUFFER_SELECT, RequestFlag.RECV_MULTISHOT, fd), 0, 0,
                pair(length, flags), bufferWord(bufferGroup), 0);
    }

    /**
     * Receives as {@code message}, a msghdr, says.
     *
     * <p>RECVMSG, since 5.3; io_uring_prep_recvmsg(3). Must stay valid until completion: {@code message} and all that
     * it names.
     */
    public Sqe recvmsg(int fd, MemorySegment message, int flags) {
        return fill(head(Opcode.RECVMSG, fd), 0, pointer(message, MSGHDR_SIZE), pair(1, flags));
    }

    /**
     * Receives messages into provided buffers of a group, again and again; each begins with a
     * {@link ReceiveMessageOut}.
     *
     * <p>RECVMSG with RECV_MULTISHOT, since 6.0; io_uring_prep_recvmsg_multishot(3). Must stay valid until completion:
     * {@code message}, and the buffers that the group holds.
     */
    public Sqe recvmsgMultishot(int fd, MemorySegment message, int flags, int bufferGroup) {
        return fill(head(Opcode.RECVMSG, SqeFlag.BUFFER_SELECT, RequestFlag.RECV_MULTISHOT, fd), 0,
                pointer(message, MSGHDR_SIZE), pair(1, flags), bufferWord(bufferGroup), 0);
    }

    /**
     * Receives into the memory of a registered hardware queue, again and again; {@code length} limits the whole, 0 does
     * not.
     *
     * <p>RECV_ZC with RECV_MULTISHOT, since 6.15; io_uring_enter(2). Must stay valid until completion: the registered
     * area.
     */
    public Sqe recvZeroCopy(int fd, int queue, int length) {
        return fill(head(Opcode.RECV_ZC, 0, RequestFlag.RECV_MULTISHOT, fd), 0, 0, pair(length, 0), pair(0, queue), 0);
    }

    // Commands of drivers and sockets.

    /**
     * Runs a command of the file's driver, whose operands {@link #commandData} adds.
     *
     * <p>URING_CMD, since 5.19; io_uring_prep_uring_cmd(3). Must stay valid until completion: what the command names.
     */
    public Sqe uringCmd(int fd, int command) {
        return fill(head(Opcode.URING_CMD, fd), Integer.toUnsignedLong(command), 0, 0);
    }

    /**
     * Runs a command of the file's driver with an address and a length.
     *
     * <p>URING_CMD, since 5.19; io_uring_prep_uring_cmd(3). Must stay valid until completion: what the command names.
     */
    public Sqe uringCmd(int fd, int command, long address, int length) {
        return fill(head(Opcode.URING_CMD, fd), Integer.toUnsignedLong(command), address, pair(length, 0));
    }

    /**
     * Runs a command in an entry of 128 bytes: the entry after this one is overwritten, too.
     *
     * <p>URING_CMD128, since 6.19; io_uring_prep_uring_cmd128(3). Must stay valid until completion: what the command
     * names.
     */
    public Sqe uringCmd128(int fd, int command) {
        return fillSecondHalf().fill(head(Opcode.URING_CMD128, fd), Integer.toUnsignedLong(command), 0, 0);
    }

    /**
     * Discards a range of a block device.
     *
     * <p>URING_CMD with BLOCK_URING_CMD_DISCARD, since 6.12; io_uring_prep_cmd_discard(3).
     */
    public Sqe uringCmdDiscard(int fd, long offset, long length) {
        return fill(head(Opcode.URING_CMD, fd), BlockCommand.DISCARD, offset, 0, 0, length);
    }

    /**
     * Tells how many bytes can be received from a socket.
     *
     * <p>URING_CMD with SIOCINQ, since 6.5; io_uring_prep_cmd_sock(3).
     */
    public Sqe uringCmdSiocinq(int fd) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.SIOCINQ, 0, 0);
    }

    /**
     * Tells how many bytes of a socket are not sent, or not acknowledged.
     *
     * <p>URING_CMD with SIOCOUTQ, since 6.5; io_uring_prep_cmd_sock(3).
     */
    public Sqe uringCmdSiocoutq(int fd) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.SIOCOUTQ, 0, 0);
    }

    /**
     * Reads a socket option at level SOL_SOCKET, and completes with its size.
     *
     * <p>URING_CMD with GETSOCKOPT, since 6.7; io_uring_prep_cmd_sock(3). Must stay valid until completion:
     * {@code value}.
     */
    public Sqe uringCmdGetsockopt(int fd, int level, int option, MemorySegment value, int length) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.GETSOCKOPT, pair(level, option), 0, pair(0, length),
                pointer(value, length));
    }

    /**
     * Sets a socket option.
     *
     * <p>URING_CMD with SETSOCKOPT, since 6.7; io_uring_prep_cmd_sock(3). Must stay valid until completion:
     * {@code value}.
     */
    public Sqe uringCmdSetsockopt(int fd, int level, int option, MemorySegment value, int length) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.SETSOCKOPT, pair(level, option), 0, pair(0, length),
                pointer(value, length));
    }

    /**
     * Reports when packets were sent, again and again, in completions of 32 bytes.
     *
     * <p>URING_CMD with TX_TIMESTAMP, since 6.17; io_uring_prep_cmd_sock(3).
     */
    public Sqe uringCmdTransmitTimestamp(int fd) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.TX_TIMESTAMP, 0, 0);
    }

    /**
     * Tells the address of a socket or of its peer.
     *
     * <p>URING_CMD with GETSOCKNAME, since 6.19; io_uring_prep_cmd_getsockname(3). Must stay valid until completion:
     * {@code address} and {@code addressLength}.
     */
    public Sqe uringCmdGetsockname(int fd, MemorySegment address, MemorySegment addressLength, boolean peer) {
        return fill(head(Opcode.URING_CMD, fd), SocketCommand.GETSOCKNAME, pointer(address, 0), 0,
                pair(0, peer ? 1 : 0), pointer(addressLength, Integer.BYTES));
    }

    // Rings, processes, threads.

    /**
     * Posts a completion with this result and user data to another ring.
     *
     * <p>MSG_RING, since 5.18; io_uring_prep_msg_ring(3).
     */
    public Sqe msgRing(int ring, int result, long userData, int flags) {
        return fill(head(Opcode.MSG_RING, ring), userData, RequestFlag.MSG_DATA, pair(result, flags));
    }

    /**
     * Posts a completion with these flags, too, to another ring.
     *
     * <p>MSG_RING with MSG_RING_FLAGS_PASS, since 6.3; io_uring_prep_msg_ring_cqe_flags(3).
     */
    public Sqe msgRing(int ring, int result, long userData, int flags, int completionFlags) {
        return fill(head(Opcode.MSG_RING, ring), userData, RequestFlag.MSG_DATA,
                pair(result, flags | RequestFlag.MSG_RING_FLAGS_PASS), pair(0, completionFlags), 0);
    }

    /**
     * Puts a registered file of this ring into a slot of another ring's, or into a free one, and posts a completion
     * there.
     *
     * <p>MSG_RING with MSG_SEND_FD, since 6.0; io_uring_prep_msg_ring_fd(3).
     */
    public Sqe msgRingFd(int ring, int sourceIndex, int targetIndex, long userData, int flags) {
        return fill(head(Opcode.MSG_RING, ring), userData, RequestFlag.MSG_SEND_FD, pair(0, flags),
                slotWord(targetIndex), Integer.toUnsignedLong(sourceIndex));
    }

    /**
     * Waits for a child process, and writes a siginfo_t unless {@code information} is NULL.
     *
     * <p>WAITID, since 6.7; io_uring_prep_waitid(3). Must stay valid until completion: {@code information}.
     */
    public Sqe waitid(int idType, int id, MemorySegment information, int options) {
        return fill(head(Opcode.WAITID, id), pointer(information, SIGINFO_SIZE), 0, pair(idType, 0), pair(0, options),
                0);
    }

    /**
     * Waits while the futex holds {@code value}, until somebody wakes a bit of {@code mask}.
     *
     * <p>FUTEX_WAIT, since 6.7; io_uring_prep_futex_wait(3). Must stay valid until completion: {@code futex}.
     */
    public Sqe futexWait(MemorySegment futex, long value, long mask, int futexFlags) {
        return fill(head(Opcode.FUTEX_WAIT, futexFlags), value, pointer(futex, Integer.BYTES), 0, 0, mask);
    }

    /**
     * Wakes up to {@code count} waiters that share a bit of {@code mask}.
     *
     * <p>FUTEX_WAKE, since 6.7; io_uring_prep_futex_wake(3). Must stay valid until completion: {@code futex}.
     */
    public Sqe futexWake(MemorySegment futex, long count, long mask, int futexFlags) {
        return fill(head(Opcode.FUTEX_WAKE, futexFlags), count, pointer(futex, Integer.BYTES), 0, 0, mask);
    }

    /**
     * Waits on {@code count} futexes, and completes with the index of one that was woken.
     *
     * <p>FUTEX_WAITV, since 6.7; io_uring_prep_futex_waitv(3). Must stay valid until completion: the futexes; until
     * submission: {@code vectors}.
     */
    public Sqe futexWaitv(MemorySegment vectors, int count) {
        return fill(head(Opcode.FUTEX_WAITV, 0), 0, pointer(vectors, count * FUTEX_WAITV_SIZE), pair(count, 0));
    }

    // Modifiers.

    /** Adds flags of {@link SqeFlag}. */
    public Sqe flags(int flags) {
        entries.set(U8, base + FLAGS, (byte) (flags() | flags));
        return this;
    }

    /** Adds bits to {@code ioprio}: an I/O priority, or flags of sockets such as RECVSEND_POLL_FIRST. */
    public Sqe ioPriority(int bits) {
        entries.set(U16, base + IO_PRIORITY, (short) (ioPriority() | halfWord(bits)));
        return this;
    }

    /** Adds bits to the operation's own flags, such as RWF_DSYNC to those of a write. */
    public Sqe operationFlags(int flags) {
        entries.set(U32, base + OPERATION_FLAGS, operationFlags() | flags);
        return this;
    }

    /** Sets the group that the kernel picks a buffer from; {@link SqeFlag#BUFFER_SELECT} makes it do so. */
    public Sqe bufferGroup(int group) {
        return bufferIndex(group); // the two share one field
    }

    /** Sets the index of a registered buffer. */
    public Sqe bufferIndex(int index) {
        entries.set(U16, base + BUFFER_INDEX, (short) halfWord(index));
        return this;
    }

    /**
     * Makes the operation put its new file into a slot of the registered files, or into a free one for
     * {@link RequestFlag#FILE_INDEX_ALLOC}.
     */
    public Sqe fileIndex(int slot) {
        entries.set(U32, base + FILE_INDEX, slotField(slot));
        return this;
    }

    /** Sets the registered credentials that the request runs with. */
    public Sqe personality(int personality) {
        entries.set(U16, base + PERSONALITY, (short) halfWord(personality));
        return this;
    }

    /** Sets the value that the completion brings back. */
    public Sqe userData(long userData) {
        entries.set(U64, base + USER_DATA, userData);
        return this;
    }

    /** Sets the address that a send or a zero-copy send goes to; since 6.1 and 6.0, io_uring_prep_send_set_addr(3). */
    public Sqe destination(MemorySegment address, int addressLength) {
        entries.set(U64, base + OFFSET, pointer(address, addressLength));
        entries.set(U32, base + FILE_INDEX, halfWord(addressLength));
        return this;
    }

    /** Sets how many bytes a multishot receive takes altogether before it ends; since 6.17. */
    public Sqe receiveLimit(int lengthBytes) {
        entries.set(U32, base + FILE_INDEX, lengthBytes);
        return this;
    }

    /** Sets the write stream of a write, 0 for none; since 6.16. */
    public Sqe writeStream(int stream) {
        entries.set(U32, base + FILE_INDEX, stream & 0xff);
        return this;
    }

    /** Sets attributes of a read or a write, such as protection information; since 6.14. */
    public Sqe attributes(MemorySegment attributes, long typeMask) {
        entries.set(U64, base + ADDRESS3, pointer(attributes, 0));
        entries.set(U64, base + ATTRIBUTE_TYPE_MASK, typeMask);
        return this;
    }

    /** Copies a command's operands into the entry: up to 16 bytes, 80 in an entry of 128 bytes. */
    public Sqe commandData(MemorySegment data) {
        MemorySegment.copy(data, 0, entries, base + ADDRESS3, data.byteSize());
        return this;
    }

    // What the entry holds, for tests and dumps.

    public int opcode() {
        return Byte.toUnsignedInt(entries.get(U8, base + OPCODE));
    }

    public int flags() {
        return Byte.toUnsignedInt(entries.get(U8, base + FLAGS));
    }

    public int ioPriority() {
        return Short.toUnsignedInt(entries.get(U16, base + IO_PRIORITY));
    }

    public int fd() {
        return entries.get(U32, base + FD);
    }

    /** Answers {@code off}, which is also {@code addr2}. */
    public long offset() {
        return entries.get(U64, base + OFFSET);
    }

    public long address() {
        return entries.get(U64, base + ADDRESS);
    }

    public int length() {
        return entries.get(U32, base + LENGTH);
    }

    public int operationFlags() {
        return entries.get(U32, base + OPERATION_FLAGS);
    }

    public long userData() {
        return entries.get(U64, base + USER_DATA);
    }

    /** Answers {@code buf_index}, which is also {@code buf_group}. */
    public int bufferIndex() {
        return Short.toUnsignedInt(entries.get(U16, base + BUFFER_INDEX));
    }

    public int personality() {
        return Short.toUnsignedInt(entries.get(U16, base + PERSONALITY));
    }

    /** Answers the raw {@code file_index} (0 for none, otherwise slot + 1), which has many other names. */
    public int fileIndexField() {
        return entries.get(U32, base + FILE_INDEX);
    }

    public long address3() {
        return entries.get(U64, base + ADDRESS3);
    }

    public long attributeTypeMask() {
        return entries.get(U64, base + ATTRIBUTE_TYPE_MASK);
    }

    @Override
    public String toString() {
        return Opcode.name(opcode()) + " flags=" + SqeFlag.describe(flags()) + " ioPriority=" + ioPriority() + " fd="
                + fd() + " offset=" + offset() + " address=0x" + Long.toHexString(address()) + " length="
                + Integer.toUnsignedString(length()) + " operationFlags=0x" + Integer.toHexString(operationFlags())
                + " userData=0x" + Long.toHexString(userData()) + " bufferIndex=" + bufferIndex() + " personality="
                + personality() + " fileIndexField=" + fileIndexField() + " address3=0x"
                + Long.toHexString(address3()) + " attributeTypeMask=0x" + Long.toHexString(attributeTypeMask());
    }

    // Eight stores of eight bytes.

    private Sqe fill(long head, long offset, long address, long lengthAndFlags) {
        return fill(head, offset, address, lengthAndFlags, 0, 0);
    }

    private Sqe fill(long head, long offset, long address, long lengthAndFlags, long bufferAndFile, long address3) {
        entries.set(U64, base + OPCODE, head);
        entries.set(U64, base + OFFSET, offset);
        entries.set(U64, base + ADDRESS, address);
        entries.set(U64, base + LENGTH, lengthAndFlags);
        entries.set(U64, base + USER_DATA, 0);
        entries.set(U64, base + BUFFER_INDEX, bufferAndFile);
        entries.set(U64, base + ADDRESS3, address3);
        entries.set(U64, base + ATTRIBUTE_TYPE_MASK, 0);
        return this;
    }

    /** Clears the bytes that only an entry of 128 bytes has. */
    private Sqe fillSecondHalf() {
        for (long offset = base + SIZE; offset < base + 2 * SIZE; offset += Long.BYTES) {
            entries.set(U64, offset, 0);
        }
        return this;
    }

    private static long head(int opcode, int fd) {
        return pair(opcode, fd);
    }

    private static long head(int opcode, int flags, int ioPriority, int fd) {
        return pair(opcode | flags << (FLAGS * Byte.SIZE) | halfWord(ioPriority) << (IO_PRIORITY * Byte.SIZE), fd);
    }

    /** Two neighbouring 32-bit fields, the one at the lower offset first. */
    private static long pair(int first, int second) {
        return Integer.toUnsignedLong(first) | (long) second << Integer.SIZE;
    }

    private static long bufferWord(int indexOrGroup) {
        return halfWord(indexOrGroup);
    }

    private static long slotWord(int slot) {
        return pair(0, slotField(slot));
    }

    /** In the entry 0 means no slot, so slots count from 1; the mark for a free one stays as it is. */
    private static int slotField(int slot) {
        return slot == RequestFlag.FILE_INDEX_ALLOC ? slot : slot + 1;
    }

    private static int halfWord(int value) {
        assert (value & 0xffff) == value : "value does not fit 16 bits: value=" + value;
        return value;
    }

    /** The address of native memory; a wrong kind or extent would make the kernel use other memory. */
    private static long pointer(MemorySegment segment, long lengthBytes) {
        assert segment.isNative() : "heap memory moves: segment=" + segment;
        assert lengthBytes >= 0 && (segment.byteSize() == 0 || lengthBytes <= segment.byteSize())
                : "length beyond segment: lengthBytes=" + lengthBytes + " segment=" + segment;
        return segment.address();
    }
}
