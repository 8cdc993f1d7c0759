package dev.uring.runtime.sim;

import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A host in memory: pipes, files and one directory behind numbers that are no descriptors of the process. Nothing in it
 * waits. Like the kernel it gives away the lowest free number. For any thread.
 */
public final class MemorySys implements Sys {
    /** The first number, far above any real descriptor. */
    public static final int FIRST = 1 << 20;
    /** What a pipe holds, as on Linux (pipe(7)). */
    public static final int PIPE_BYTES = 65536;
    /** A write of at most this much is whole or nothing (pipe(7), PIPE_BUF). */
    private static final int ATOMIC_BYTES = 4096;

    /** What a number stands for. */
    private sealed interface Open {
    }

    private record ReadEnd(Pipe pipe) implements Open {
    }

    private record WriteEnd(Pipe pipe) implements Open {
    }

    private record Directory() implements Open {
    }

    private static final class OpenFile implements Open {
        private final File file;
        private final int flags;
        private int position;

        OpenFile(File file, int flags) {
            this.file = file;
            this.flags = flags;
        }

        boolean canRead() {
            return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.WRITE_ONLY;
        }

        boolean canWrite() {
            return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.READ_ONLY;
        }
    }

    private static final class File {
        private byte[] content;
        private int length;

        File(byte[] content) {
            this.content = content.clone();
            length = content.length;
        }
    }

    private static final class Pipe {
        private final byte[] bytes = new byte[PIPE_BYTES];
        private int start;
        private int length;
        private boolean readerOpen = true;
        private boolean writerOpen = true;
    }

    private final TreeMap<Integer, Open> open = new TreeMap<>();
    private final Map<String, File> files = new HashMap<>();

    /** Makes a pipe: the end to read, the end to write. */
    public synchronized int[] pipe() {
        Pipe pipe = new Pipe();
        return new int[] {add(new ReadEnd(pipe)), add(new WriteEnd(pipe))};
    }

    /** Opens a nameless file for reading and writing. */
    public synchronized int file(byte[] content) {
        return add(new OpenFile(new File(content), OpenFlag.READ_WRITE));
    }

    /** Opens a directory. */
    public synchronized int directory() {
        return add(new Directory());
    }

    /** Answers what the number stands for, to be compared by identity; null for nothing. */
    public synchronized Object identity(int fd) {
        return open.get(fd);
    }

    /** Answers how many numbers are in use. */
    public synchronized int count() {
        return open.size();
    }

    private int add(Open what) {
        int fd = FIRST;
        for (int taken : open.keySet()) {
            if (taken != fd) {
                break;
            }
            fd++;
        }
        open.put(fd, what);
        return fd;
    }

    @Override
    public synchronized int read(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (open.get(fd)) {
            case ReadEnd(Pipe pipe) -> readPipe(pipe, buffer, lengthBytes);
            case OpenFile file when file.canRead() -> {
                int result = readFile(file.file, buffer, lengthBytes, file.position);
                file.position += result;
                yield result;
            }
            case Directory() -> -Errno.EISDIR;
            case WriteEnd _, OpenFile _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    private static int readPipe(Pipe pipe, MemorySegment buffer, int lengthBytes) {
        if (pipe.length == 0 && lengthBytes > 0) {
            return pipe.writerOpen ? -Errno.EAGAIN : 0;
        }
        int count = Math.min(lengthBytes, pipe.length);
        int first = Math.min(count, PIPE_BYTES - pipe.start);
        MemorySegment.copy(pipe.bytes, pipe.start, buffer, ValueLayout.JAVA_BYTE, 0, first);
        MemorySegment.copy(pipe.bytes, 0, buffer, ValueLayout.JAVA_BYTE, first, count - first);
        pipe.start = (pipe.start + count) % PIPE_BYTES;
        pipe.length -= count;
        return count;
    }

    private static int readFile(File file, MemorySegment buffer, int lengthBytes, long offset) {
        if (offset >= file.length) {
            return 0;
        }
        int count = Math.min(lengthBytes, file.length - (int) offset);
        MemorySegment.copy(file.content, (int) offset, buffer, ValueLayout.JAVA_BYTE, 0, count);
        return count;
    }

    @Override
    public synchronized int write(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (open.get(fd)) {
            case WriteEnd(Pipe pipe) -> writePipe(pipe, buffer, lengthBytes);
            case OpenFile file when file.canWrite() -> {
                int result = writeFile(file.file, buffer, lengthBytes, file.position);
                file.position += result;
                yield result;
            }
            case ReadEnd _, OpenFile _, Directory _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    private static int writePipe(Pipe pipe, MemorySegment buffer, int lengthBytes) {
        if (lengthBytes == 0) {
            return 0;
        }
        if (!pipe.readerOpen) {
            return -Errno.EPIPE;
        }
        int room = PIPE_BYTES - pipe.length;
        if (room == 0 || lengthBytes <= ATOMIC_BYTES && room < lengthBytes) {
            return -Errno.EAGAIN;
        }
        int count = Math.min(lengthBytes, room);
        int end = (pipe.start + pipe.length) % PIPE_BYTES;
        int first = Math.min(count, PIPE_BYTES - end);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, pipe.bytes, end, first);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, first, pipe.bytes, 0, count - first);
        pipe.length += count;
        return count;
    }

    private static int writeFile(File file, MemorySegment buffer, int lengthBytes, long offset) {
        int end = (int) offset + lengthBytes;
        if (end > file.content.length) {
            file.content = Arrays.copyOf(file.content, Math.max(end, file.content.length * 2));
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, file.content, (int) offset, lengthBytes);
        file.length = Math.max(file.length, end);
        return lengthBytes;
    }

    @Override
    public synchronized int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return switch (open.get(fd)) {
            case OpenFile file when file.canRead() -> readFile(file.file, buffer, lengthBytes, offset);
            case ReadEnd _ -> -Errno.ESPIPE;
            case Directory _ -> -Errno.EISDIR;
            case WriteEnd _, OpenFile _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public synchronized int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        if (offset < 0 && flags == 0) {
            return write(fd, buffer, lengthBytes);
        }
        return switch (open.get(fd)) {
            case OpenFile file when file.canWrite() -> writeFile(file.file, buffer, lengthBytes,
                    (flags & ReadWriteFlag.APPEND) != 0 ? file.file.length : offset);
            case WriteEnd _ -> -Errno.ESPIPE;
            case ReadEnd _, OpenFile _, Directory _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public synchronized int preadv(int fd, MemorySegment[] pieces, long offset) {
        int done = 0;
        for (MemorySegment each : pieces) {
            int result = pread(fd, each, (int) each.byteSize(), offset + done);
            if (result < 0) {
                return result; // what fails fails at the first
            }
            done += result;
        }
        return done;
    }

    @Override
    public synchronized int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        int done = 0;
        for (MemorySegment each : pieces) {
            int result = pwrite(fd, each, (int) each.byteSize(), offset + done, flags);
            if (result < 0) {
                return result;
            }
            done += result;
        }
        return done;
    }

    @Override
    public synchronized int close(int fd) {
        Open closed = open.remove(fd);
        switch (closed) {
            case ReadEnd(Pipe pipe) -> pipe.readerOpen = false;
            case WriteEnd(Pipe pipe) -> pipe.writerOpen = false;
            case OpenFile _, Directory _ -> {
            }
            case null -> {
                return -Errno.EBADF;
            }
        }
        return 0;
    }

    @Override
    public synchronized int poll(int fd, int events) {
        int ready = switch (open.get(fd)) {
            case ReadEnd(Pipe pipe) -> (pipe.length > 0 ? PollFlag.READABLE : 0)
                    | (pipe.writerOpen ? 0 : PollFlag.HANG_UP);
            case WriteEnd(Pipe pipe) -> (PIPE_BYTES - pipe.length >= ATOMIC_BYTES ? PollFlag.WRITABLE : 0)
                    | (pipe.readerOpen ? 0 : PollFlag.ERROR);
            case OpenFile _, Directory _ -> PollFlag.READABLE | PollFlag.WRITABLE;
            case null -> PollFlag.INVALID;
        };
        return ready & (events | PollFlag.ERROR | PollFlag.HANG_UP | PollFlag.INVALID);
    }

    @Override
    public synchronized int openat(int directory, MemorySegment path, int flags, int mode) {
        String name = path.getString(0);
        File file = files.get(name);
        if (file == null) {
            if ((flags & OpenFlag.CREATE) == 0) {
                return -Errno.ENOENT;
            }
            file = new File(new byte[0]);
            files.put(name, file);
        } else if ((flags & (OpenFlag.CREATE | OpenFlag.EXCLUSIVE)) == (OpenFlag.CREATE | OpenFlag.EXCLUSIVE)) {
            return -Errno.EEXIST;
        }
        if ((flags & OpenFlag.TRUNCATE) != 0) {
            file.length = 0;
        }
        return add(new OpenFile(file, flags));
    }

    @Override
    public synchronized int fsync(int fd) {
        return switch (open.get(fd)) {
            case OpenFile _, Directory _ -> 0;
            case ReadEnd _, WriteEnd _ -> -Errno.EINVAL;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public int fdatasync(int fd) {
        return fsync(fd);
    }

    // ---- it has no sockets ----

    @Override
    public int socket(int family, int type, int protocol) {
        return -Errno.EAFNOSUPPORT;
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int listen(int fd, int backlog) {
        return noSocket(fd);
    }

    @Override
    public int accept(int fd) {
        return noSocket(fd);
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return noSocket(fd);
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return noSocket(fd);
    }

    @Override
    public int shutdown(int fd, int how) {
        return noSocket(fd);
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        return noSocket(fd);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return noSocket(fd);
    }

    private synchronized int noSocket(int fd) {
        return open.containsKey(fd) ? -Errno.ENOTSOCK : -Errno.EBADF;
    }
}
