package dev.uring.runtime;

import java.lang.foreign.MemorySegment;

/**
 * The system calls that {@link Op#attempt} may make. Results are the Linux ABI's on every host: a value of at least 0,
 * or -errno. Memory arguments are native segments. Each method is the call of the same name; its manual page is the
 * documentation.
 */
public interface Sys {
    /**
     * read(2) that waits for no other side: -EAGAIN when a pipe, socket or terminal has nothing to read, whether or not
     * the descriptor blocks. A file is waited for.
     */
    int read(int fd, MemorySegment buffer, int lengthBytes);

    /**
     * write(2) that waits for no other side: -EAGAIN when a pipe, socket or terminal has no room, and a short count when
     * there is room for some, whether or not the descriptor blocks. A file is waited for.
     */
    int write(int fd, MemorySegment buffer, int lengthBytes);

    /** pread(2). */
    int pread(int fd, MemorySegment buffer, int lengthBytes, long offset);

    /** pwritev2(2) of one piece, with {@link dev.uring.ffi.ReadWriteFlag}s; offset -1 is the file's own position. */
    int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags);

    /** preadv(2) into up to 1024 pieces; offset -1 is the file's own position, or a stream that is waited for. */
    int preadv(int fd, MemorySegment[] pieces, long offset);

    /** pwritev2(2) of up to 1024 pieces, with {@link dev.uring.ffi.ReadWriteFlag}s; offset as {@link #preadv}. */
    int pwritev(int fd, MemorySegment[] pieces, long offset, int flags);

    /** pipe2(2), into two ints: the end to read, the end to write; with {@link dev.uring.ffi.OpenFlag}s. */
    int pipe2(MemorySegment pair, int flags);

    /** fcntl(2) with a number: the {@link dev.uring.ffi.DescriptorCommand}s of status flags and of pipes. */
    int fcntl(int fd, int command, int argument);

    /** lseek(2), with a {@link dev.uring.ffi.SeekOrigin}. */
    long lseek(int fd, long offset, int origin);

    /** close(2). */
    int close(int fd);

    /** poll(2) of one descriptor, without waiting: the events that are there, 0 for none. */
    int poll(int fd, int events);

    /** openat(2), with a NUL-terminated path. */
    int openat(int directory, MemorySegment path, int flags, int mode);

    /** openat2(2), as a {@link dev.uring.ffi.OpenHow} says. */
    int openat2(int directory, MemorySegment path, MemorySegment how);

    /** fsync(2). */
    int fsync(int fd);

    /** fdatasync(2). */
    int fdatasync(int fd);

    /** sync_file_range(2), with {@link dev.uring.ffi.SyncRangeFlag}s. */
    int syncFileRange(int fd, long offset, long lengthBytes, int flags);

    /** fallocate(2), with {@link dev.uring.ffi.AllocateFlag}s. */
    int fallocate(int fd, int mode, long offset, long lengthBytes);

    /** ftruncate(2). */
    int ftruncate(int fd, long lengthBytes);

    /** posix_fadvise(2), with a {@link dev.uring.ffi.FileAdvice}; a host may take no advice and answer 0. */
    int fadvise(int fd, long offset, long lengthBytes, int advice);

    /** statx(2), into a {@link dev.uring.ffi.Statx}; an empty path with EMPTY_PATH is the descriptor itself. */
    int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result);

    /** fcntl(2) with F_OFD_SETLK, which does not wait: -EAGAIN when another holds it; {@link dev.uring.ffi.LockRange}. */
    int lock(int fd, int type, long offset, long lengthBytes);

    /** copy_file_range(2), between offsets; the files' own positions stay. */
    int copyFileRange(int source, long sourceOffset, int target, long targetOffset, int lengthBytes);

    /**
     * splice(2), one end of which is a pipe; offset -1 is the position of that end. Waits for the other side, but not for
     * ever: -EINTR after a while, so that whoever calls again may look for a cancel first.
     */
    int splice(int source, long sourceOffset, int target, long targetOffset, int lengthBytes);

    /**
     * splice(2) that waits for neither side, whether or not they block: -EAGAIN when the source has nothing or the target
     * has no room. 0 for 0 bytes, whatever the numbers, where there is such a call at all.
     */
    int spliceNow(int source, int target, int lengthBytes);

    /** unlinkat(2), with {@link dev.uring.ffi.PathFlag#REMOVE_DIRECTORY} or 0. */
    int unlinkat(int directory, MemorySegment path, int flags);

    /** renameat2(2), with {@link dev.uring.ffi.RenameFlag}s. */
    int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags);

    /** mkdirat(2). */
    int mkdirat(int directory, MemorySegment path, int mode);

    /** symlinkat(2): a symbolic link at {@code path}. */
    int symlinkat(MemorySegment target, int directory, MemorySegment path);

    /** linkat(2), with {@link dev.uring.ffi.PathFlag}s. */
    int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags);

    /** readlinkat(2): the target's bytes, without a NUL. */
    int readlinkat(int directory, MemorySegment path, MemorySegment buffer, int lengthBytes);

    /** fchmodat(2); an empty path is the descriptor {@code directory} itself. */
    int fchmodat(int directory, MemorySegment path, int mode);

    /**
     * utimensat(2), with two {@link dev.uring.ffi.Timespec}s (access, modification), whose nanoseconds may be
     * {@code UTIME_OMIT}; an empty path is the descriptor {@code directory} itself.
     */
    int utimensat(int directory, MemorySegment path, MemorySegment times, int flags);

    /** getdents64(2), as {@link dev.uring.ffi.DirectoryEntry} describes them: bytes filled, 0 at the end. */
    int getdents64(int fd, MemorySegment buffer, int lengthBytes);

    /** socket(2); with {@link dev.uring.ffi.SocketConstant}s. */
    int socket(int family, int type, int protocol);

    /** socketpair(2), into two ints; some hosts have pairs of Unix streams only. */
    int socketpair(int family, int type, int protocol, MemorySegment pair);

    /** bind(2), with an address of {@link dev.uring.ffi.SocketAddressCodec}; some hosts bind at listen or connect only. */
    int bind(int fd, MemorySegment address, int addressBytes);

    /** listen(2). */
    int listen(int fd, int backlog);

    /**
     * accept4(2) that does not wait, whether or not the listener blocks: -EAGAIN when there is no connection. Answers the
     * connection's descriptor, closed on exec.
     */
    int accept(int fd);

    /**
     * connect(2) that does not wait, whether or not the socket blocks: -EINPROGRESS at first, and made again once the
     * socket is writable it tells the outcome; -EALREADY is too soon.
     */
    int connect(int fd, MemorySegment address, int addressBytes);

    /** send(2) that does not wait and raises no signal; with {@link dev.uring.ffi.MessageFlag}s. */
    int send(int fd, MemorySegment buffer, int lengthBytes, int flags);

    /** recv(2) that does not wait; with {@link dev.uring.ffi.MessageFlag}s. */
    int receive(int fd, MemorySegment buffer, int lengthBytes, int flags);

    /** sendmsg(2) that does not wait and raises no signal; with {@link dev.uring.ffi.MessageFlag}s. */
    int sendmsg(int fd, SocketMessage message, int flags);

    /** recvmsg(2) that does not wait; with {@link dev.uring.ffi.MessageFlag}s. */
    int recvmsg(int fd, SocketMessage message, int flags);

    /** shutdown(2). */
    int shutdown(int fd, int how);

    /** getsockname(2). */
    int getsockname(int fd, MemorySegment address, MemorySegment addressBytes);

    /** getpeername(2). */
    int getpeername(int fd, MemorySegment address, MemorySegment addressBytes);

    /** setsockopt(2). */
    int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes);

    /** getsockopt(2). */
    int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes);

    /**
     * Answers, after a call on this thread has answered -EIO, -EINVAL or -EOPNOTSUPP, which say little, the exception
     * behind it, once; null where errors are numbers from the start.
     */
    default Throwable failure() {
        return null;
    }
}
