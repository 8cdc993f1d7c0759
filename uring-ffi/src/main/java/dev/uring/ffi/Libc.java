package dev.uring.ffi;

import static dev.uring.ffi.Linkage.C_INT;
import static dev.uring.ffi.Linkage.C_LONG;
import static dev.uring.ffi.Linkage.C_POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls the C library for descriptors and memory: one method per function.
 *
 * <p>Every method answers a value {@code >= 0}, or {@code -errno} (see {@link Errno}); none throws for what the kernel
 * says. The calling thread blocks as long as the kernel does. Memory must be native, and stays alive during the call.
 * Functions that an older C library may lack are made through {@code syscall}; one that it lacks all the same answers
 * {@code -ENOSYS}. The calls on paths are in {@link LibcFile}, on sockets in {@link LibcSocket}, on processes in
 * {@link LibcProcess}.
 */
public final class Libc {
    private Libc() {
    }

    // ssize_t read(int fd, void *buf, size_t count)
    private static final MethodHandle READ = Linkage.longFunction("read", C_INT, C_POINTER, C_LONG);

    /** Reads at the current position: the count of bytes, 0 at the end of the file, or -errno. */
    public static long read(int fd, MemorySegment buffer, long lengthBytes) {
        try {
            return (long) READ.invokeExact(fd, buffer, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t write(int fd, const void *buf, size_t count)
    private static final MethodHandle WRITE = Linkage.longFunction("write", C_INT, C_POINTER, C_LONG);

    /** Writes at the current position: the count of bytes, which may be short, or -errno. */
    public static long write(int fd, MemorySegment buffer, long lengthBytes) {
        try {
            return (long) WRITE.invokeExact(fd, buffer, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t pread(int fd, void *buf, size_t count, off_t offset)
    private static final MethodHandle PREAD = Linkage.longFunction("pread", C_INT, C_POINTER, C_LONG, C_LONG);

    /** Reads at {@code offset}; the current position does not move. */
    public static long pread(int fd, MemorySegment buffer, long lengthBytes, long offset) {
        try {
            return (long) PREAD.invokeExact(fd, buffer, lengthBytes, offset);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)
    private static final MethodHandle PWRITE = Linkage.longFunction("pwrite", C_INT, C_POINTER, C_LONG, C_LONG);

    /** Writes at {@code offset}; the current position does not move. */
    public static long pwrite(int fd, MemorySegment buffer, long lengthBytes, long offset) {
        try {
            return (long) PWRITE.invokeExact(fd, buffer, lengthBytes, offset);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t readv(int fd, const struct iovec *iov, int iovcnt)
    private static final MethodHandle READV = Linkage.longFunction("readv", C_INT, C_POINTER, C_INT);

    /** Reads into several buffers in order; {@code vectors} is an array of {@link IoVector}. */
    public static long readv(int fd, MemorySegment vectors, int count) {
        try {
            return (long) READV.invokeExact(fd, vectors, count);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t writev(int fd, const struct iovec *iov, int iovcnt)
    private static final MethodHandle WRITEV = Linkage.longFunction("writev", C_INT, C_POINTER, C_INT);

    /** Writes several buffers in order; {@code vectors} is an array of {@link IoVector}. */
    public static long writev(int fd, MemorySegment vectors, int count) {
        try {
            return (long) WRITEV.invokeExact(fd, vectors, count);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t preadv(int fd, const struct iovec *iov, int iovcnt, off_t offset)
    private static final MethodHandle PREADV = Linkage.longFunction("preadv", C_INT, C_POINTER, C_INT, C_LONG);

    /** Reads into several buffers, at {@code offset}. */
    public static long preadv(int fd, MemorySegment vectors, int count, long offset) {
        try {
            return (long) PREADV.invokeExact(fd, vectors, count, offset);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t pwritev(int fd, const struct iovec *iov, int iovcnt, off_t offset)
    private static final MethodHandle PWRITEV = Linkage.longFunction("pwritev", C_INT, C_POINTER, C_INT, C_LONG);

    /** Writes several buffers, at {@code offset}. */
    public static long pwritev(int fd, MemorySegment vectors, int count, long offset) {
        try {
            return (long) PWRITEV.invokeExact(fd, vectors, count, offset);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /**
     * Reads into several buffers, with flags of {@link ReadWriteFlag}; offset -1 uses and moves the current position.
     */
    public static long preadv2(int fd, MemorySegment vectors, int count, long offset, int flags) {
        return preadv2(fd, vectors, (long) count, offset, 0, flags);
    }

    /** Reads into one buffer with flags, as {@link #preadv2(int, MemorySegment, int, long, int)}; allocates nothing. */
    public static long pread(int fd, MemorySegment buffer, long lengthBytes, long offset, int flags) {
        MemorySegment vector = Linkage.take();
        try {
            IoVector.set(vector, 0, buffer, lengthBytes);
            return preadv2(fd, vector, 1, offset, flags);
        } finally {
            Linkage.give(vector);
        }
    }

    // ssize_t preadv2(int fd, const struct iovec *iov, unsigned long iovcnt, unsigned long pos_low,
    //     unsigned long pos_high, int flags)
    private static final MethodHandle PREADV2 =
            Linkage.systemCall(Architecture.HOST.preadv2, C_INT, C_POINTER, C_LONG, C_LONG, C_LONG, C_INT);

    private static long preadv2(int fd, MemorySegment vectors, long count, long low, long high, int flags) {
        try {
            return (long) PREADV2.invokeExact(fd, vectors, count, low, high, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /**
     * Writes several buffers, with flags of {@link ReadWriteFlag}; offset -1 uses and moves the current position.
     */
    public static long pwritev2(int fd, MemorySegment vectors, int count, long offset, int flags) {
        return pwritev2(fd, vectors, (long) count, offset, 0, flags);
    }

    /** Writes one buffer with flags, as {@link #pwritev2(int, MemorySegment, int, long, int)}; allocates nothing. */
    public static long pwrite(int fd, MemorySegment buffer, long lengthBytes, long offset, int flags) {
        MemorySegment vector = Linkage.take();
        try {
            IoVector.set(vector, 0, buffer, lengthBytes);
            return pwritev2(fd, vector, 1, offset, flags);
        } finally {
            Linkage.give(vector);
        }
    }

    // ssize_t pwritev2(int fd, const struct iovec *iov, unsigned long iovcnt, unsigned long pos_low,
    //     unsigned long pos_high, int flags)
    private static final MethodHandle PWRITEV2 =
            Linkage.systemCall(Architecture.HOST.pwritev2, C_INT, C_POINTER, C_LONG, C_LONG, C_LONG, C_INT);

    private static long pwritev2(int fd, MemorySegment vectors, long count, long low, long high, int flags) {
        try {
            return (long) PWRITEV2.invokeExact(fd, vectors, count, low, high, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // off_t lseek(int fd, off_t offset, int whence)
    private static final MethodHandle LSEEK = Linkage.longFunction("lseek", C_INT, C_LONG, C_INT);

    /** Moves the current position ({@link SeekOrigin}): the new one, or -errno. */
    public static long lseek(int fd, long offset, int whence) {
        try {
            return (long) LSEEK.invokeExact(fd, offset, whence);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int close(int fd)
    private static final MethodHandle CLOSE = Linkage.intFunction("close", C_INT);

    /**
     * Closes a descriptor. Also when this answers -EINTR or -EIO the descriptor is gone, so it is never tried again.
     */
    public static int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int close_range(unsigned int first, unsigned int last, int flags)
    private static final MethodHandle CLOSE_RANGE = Linkage.systemCall(Syscalls.CLOSE_RANGE, C_INT, C_INT, C_INT);

    /** Closes all descriptors from {@code first} to {@code last}, or sets their close-on-exec flag (kernel 5.9). */
    public static int closeRange(int first, int last, int flags) {
        try {
            return (int) (long) CLOSE_RANGE.invokeExact(first, last, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int dup(int oldfd)
    private static final MethodHandle DUP = Linkage.intFunction("dup", C_INT);

    /** Duplicates a descriptor to the lowest free number, without close-on-exec. */
    public static int dup(int fd) {
        try {
            return (int) DUP.invokeExact(fd);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int dup3(int oldfd, int newfd, int flags)
    private static final MethodHandle DUP3 = Linkage.intFunction("dup3", C_INT, C_INT, C_INT);

    /** Duplicates a descriptor to the number {@code target}, closing what was there. */
    public static int dup3(int fd, int target, int flags) {
        try {
            return (int) DUP3.invokeExact(fd, target, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fcntl(int fd, int cmd, ... /* int */)
    private static final MethodHandle FCNTL = Linkage.intVariadic("fcntl", 2, C_INT, C_INT, C_INT);

    /**
     * Asks or changes a property of a descriptor ({@link DescriptorCommand}); the argument is 0 where there is none.
     */
    public static int fcntl(int fd, int command, int argument) {
        try {
            return (int) FCNTL.invokeExact(fd, command, argument);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int fcntl(int fd, int cmd, ... /* struct flock * */)
    private static final MethodHandle FCNTL_POINTER = Linkage.intVariadic("fcntl", 2, C_INT, C_INT, C_POINTER);

    /** Takes, tests or gives back a record lock; {@code lock} is a {@link LockRange}. */
    public static int fcntl(int fd, int command, MemorySegment lock) {
        try {
            return (int) FCNTL_POINTER.invokeExact(fd, command, lock);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int isatty(int fd)
    private static final MethodHandle ISATTY = Linkage.intFunction("isatty", C_INT);

    /** Answers 1 for a terminal, and 0 for anything else or nothing. */
    public static int isatty(int fd) {
        try {
            return (int) ISATTY.invokeExact(fd);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int ioctl(int fd, unsigned long request, ... /* void * */)
    private static final MethodHandle IOCTL = Linkage.intVariadic("ioctl", 2, C_INT, C_LONG, C_POINTER);

    /** Makes a request of a device or socket, such as {@link DescriptorCommand#BYTES_READABLE}. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.invokeExact(fd, request, argument);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int pipe2(int pipefd[2], int flags)
    private static final MethodHandle PIPE2 = Linkage.intFunction("pipe2", C_POINTER, C_INT);

    /** Makes a pipe: the int at index 0 is the end to read, at index 1 the end to write. */
    public static int pipe2(MemorySegment pair, int flags) {
        try {
            return (int) PIPE2.invokeExact(pair, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t splice(int fd_in, off64_t *off_in, int fd_out, off64_t *off_out, size_t len, unsigned int flags)
    private static final MethodHandle SPLICE =
            Linkage.longFunction("splice", C_INT, C_POINTER, C_INT, C_POINTER, C_LONG, C_INT);

    /**
     * Moves bytes between a pipe and another descriptor without copying them; an offset is NULL for the current
     * position.
     */
    public static long splice(int source, MemorySegment sourceOffset, int target, MemorySegment targetOffset,
                              long lengthBytes, int flags) {
        try {
            return (long) SPLICE.invokeExact(source, sourceOffset, target, targetOffset, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t tee(int fd_in, int fd_out, size_t len, unsigned int flags)
    private static final MethodHandle TEE = Linkage.longFunction("tee", C_INT, C_INT, C_LONG, C_INT);

    /** Duplicates bytes from one pipe to another without consuming them. */
    public static long tee(int source, int target, long lengthBytes, int flags) {
        try {
            return (long) TEE.invokeExact(source, target, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count)
    private static final MethodHandle SENDFILE = Linkage.longFunction("sendfile", C_INT, C_INT, C_POINTER, C_LONG);

    /** Sends from a file to any descriptor; the offset is NULL for the current position of {@code source}. */
    public static long sendfile(int target, int source, MemorySegment sourceOffset, long lengthBytes) {
        try {
            return (long) SENDFILE.invokeExact(target, source, sourceOffset, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int eventfd(unsigned int initval, int flags)
    private static final MethodHandle EVENTFD = Linkage.intFunction("eventfd", C_INT, C_INT);

    /** Makes a descriptor that counts ({@link EventFlag}): write adds to the counter, read takes it. */
    public static int eventfd(int initialCount, int flags) {
        try {
            return (int) EVENTFD.invokeExact(initialCount, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
    private static final MethodHandle POLL = Linkage.intFunction("poll", C_POINTER, C_LONG, C_INT);

    /** Waits for readiness: how many of the array of {@link PollDescriptor} have events; -1 ms waits without limit. */
    public static int poll(MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            return (int) POLL.invokeExact(descriptors, count, timeoutMillis);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    /** Looks at one descriptor without waiting: its events ({@link PollFlag}), or 0. Allocates nothing. */
    public static int pollNow(int fd, int events) {
        MemorySegment descriptor = Linkage.take();
        try {
            PollDescriptor.fd(descriptor, 0, fd);
            PollDescriptor.events(descriptor, 0, events);
            int result = poll(descriptor, 1, 0);
            return result <= 0 ? result : PollDescriptor.result(descriptor, 0);
        } finally {
            Linkage.give(descriptor);
        }
    }

    // int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo, const sigset_t *sigmask)
    private static final MethodHandle PPOLL = Linkage.intFunction("ppoll", C_POINTER, C_LONG, C_POINTER, C_POINTER);

    /** Waits for readiness up to a {@link Timespec}; NULL waits without limit, and a NULL mask changes no signals. */
    public static int ppoll(MemorySegment descriptors, long count, MemorySegment timeout, MemorySegment signalMask) {
        try {
            return (int) PPOLL.invokeExact(descriptors, count, timeout, signalMask);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int epoll_create1(int flags)
    private static final MethodHandle EPOLL_CREATE1 = Linkage.intFunction("epoll_create1", C_INT);

    /** Makes an epoll instance. */
    public static int epollCreate1(int flags) {
        try {
            return (int) EPOLL_CREATE1.invokeExact(flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
    private static final MethodHandle EPOLL_CTL = Linkage.intFunction("epoll_ctl", C_INT, C_INT, C_INT, C_POINTER);

    /**
     * Adds, changes or removes a descriptor ({@link EpollFlag}); the event is an {@link EpollEvent}, NULL to remove.
     */
    public static int epollCtl(int epoll, int command, int fd, MemorySegment event) {
        try {
            return (int) EPOLL_CTL.invokeExact(epoll, command, fd, event);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
    private static final MethodHandle EPOLL_WAIT = Linkage.intFunction("epoll_wait", C_INT, C_POINTER, C_INT, C_INT);

    /** Waits for events: their count, 0 when the time passed; -1 ms waits without limit. */
    public static int epollWait(int epoll, MemorySegment events, int eventsMax, int timeoutMillis) {
        try {
            return (int) EPOLL_WAIT.invokeExact(epoll, events, eventsMax, timeoutMillis);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
    //     const sigset_t *sigmask, size_t sigsetsize)
    private static final MethodHandle EPOLL_PWAIT2 =
            Linkage.systemCall(Syscalls.EPOLL_PWAIT2, C_INT, C_POINTER, C_INT, C_POINTER, C_POINTER, C_LONG);

    /**
     * Waits for events up to a {@link Timespec} (kernel 5.11); NULL waits without limit; the mask may be NULL with
     * size 0.
     */
    public static int epollPwait2(int epoll, MemorySegment events, int eventsMax, MemorySegment timeout,
                                  MemorySegment signalMask, long maskBytes) {
        try {
            return (int) (long) EPOLL_PWAIT2.invokeExact(epoll, events, eventsMax, timeout, signalMask, maskBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
    private static final MethodHandle MMAP =
            Linkage.longFunction("mmap", C_POINTER, C_LONG, C_INT, C_INT, C_INT, C_LONG);

    /** Maps memory ({@link MemoryFlag}): the address, which is never negative on Linux, or -errno. */
    public static long mmap(MemorySegment hint, long lengthBytes, int protection, int flags, int fd, long offset) {
        try {
            return (long) MMAP.invokeExact(hint, lengthBytes, protection, flags, fd, offset);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int munmap(void *addr, size_t length)
    private static final MethodHandle MUNMAP = Linkage.intFunction("munmap", C_POINTER, C_LONG);

    /** Unmaps memory; whatever still points there crashes the VM. */
    public static int munmap(MemorySegment address, long lengthBytes) {
        try {
            return (int) MUNMAP.invokeExact(address, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int madvise(void *addr, size_t length, int advice)
    private static final MethodHandle MADVISE = Linkage.intFunction("madvise", C_POINTER, C_LONG, C_INT);

    /** Advises the kernel how mapped memory will be used ({@link MemoryFlag}). */
    public static int madvise(MemorySegment address, long lengthBytes, int advice) {
        try {
            return (int) MADVISE.invokeExact(address, lengthBytes, advice);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int mlock(const void *addr, size_t len)
    private static final MethodHandle MLOCK = Linkage.intFunction("mlock", C_POINTER, C_LONG);

    /** Locks memory into RAM; limited by {@link ResourceLimit#LOCKED_MEMORY}. */
    public static int mlock(MemorySegment address, long lengthBytes) {
        try {
            return (int) MLOCK.invokeExact(address, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int munlock(const void *addr, size_t len)
    private static final MethodHandle MUNLOCK = Linkage.intFunction("munlock", C_POINTER, C_LONG);

    /** Unlocks memory. */
    public static int munlock(MemorySegment address, long lengthBytes) {
        try {
            return (int) MUNLOCK.invokeExact(address, lengthBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int getpagesize(void)
    private static final MethodHandle GETPAGESIZE = Linkage.intFunction("getpagesize");

    /** Answers the size of a page in bytes. */
    public static int getpagesize() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }
}
