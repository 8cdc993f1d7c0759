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

    /** pwrite(2). */
    int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset);

    /** close(2). */
    int close(int fd);

    /** poll(2) of one descriptor, without waiting: the events that are there, 0 for none. */
    int poll(int fd, int events);

    /** openat(2), with a NUL-terminated path. */
    int openat(int directory, MemorySegment path, int flags, int mode);

    /** fsync(2). */
    int fsync(int fd);

    /** fdatasync(2). */
    int fdatasync(int fd);

    /** socket(2); with {@link dev.uring.ffi.SocketConstant}s. */
    int socket(int family, int type, int protocol);

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
