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
}
