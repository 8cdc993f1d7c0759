package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls each function of {@link Libc} for real: what it answers when it works, and one error by name. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LibcTest {
    /** No process of ours has so many descriptors. */
    static final int BAD_FD = 999_999;

    private final Arena arena = Arena.ofConfined();

    @TempDir
    private Path directory;

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void read_of_a_bad_descriptor_answers_ebadf() {
        MemorySegment buffer = arena.allocate(8);
        assertThat(Libc.read(BAD_FD, buffer, 8)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.write(BAD_FD, buffer, 8)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.pread(BAD_FD, buffer, 8, 0)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.pwrite(BAD_FD, buffer, 8, 0)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.close(BAD_FD)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.dup(BAD_FD)).isEqualTo(-Errno.EBADF);
        assertThat(Errno.describe(Errno.EBADF)).isEqualTo("EBADF(9)");
    }

    @Test
    void pipe_carries_bytes_and_breaks_with_epipe() {
        int[] pipe = pipe(OpenFlag.CLOSE_ON_EXEC);
        assertThat(Libc.write(pipe[1], text("hello"), 5)).isEqualTo(5);
        MemorySegment readable = arena.allocate(JAVA_INT);
        assertThat(Libc.ioctl(pipe[0], DescriptorCommand.BYTES_READABLE, readable)).isZero();
        assertThat(readable.get(JAVA_INT, 0)).isEqualTo(5);
        MemorySegment buffer = arena.allocate(16);
        assertThat(Libc.read(pipe[0], buffer, 16)).isEqualTo(5);
        assertThat(text(buffer, 5)).isEqualTo("hello");
        assertThat(Libc.lseek(pipe[0], 0, SeekOrigin.CURRENT)).isEqualTo(-Errno.ESPIPE);
        assertThat(Libc.isatty(pipe[0])).isZero();
        assertThat(Libc.ioctl(BAD_FD, DescriptorCommand.BYTES_READABLE, readable)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.close(pipe[0])).isZero();
        assertThat(Libc.write(pipe[1], text("hello"), 5)).isEqualTo(-Errno.EPIPE); // the VM ignores SIGPIPE
        assertThat(Libc.close(pipe[1])).isZero();
        assertThat(Libc.pipe2(arena.allocate(8, 4), -1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void positioned_reads_and_writes_leave_the_position() {
        int fd = file("positions");
        assertThat(Libc.pwrite(fd, text("abcdef"), 6, 10)).isEqualTo(6);
        MemorySegment buffer = arena.allocate(16);
        assertThat(Libc.pread(fd, buffer, 16, 12)).isEqualTo(4);
        assertThat(text(buffer, 4)).isEqualTo("cdef");
        assertThat(Libc.lseek(fd, 0, SeekOrigin.CURRENT)).isZero();
        assertThat(Libc.lseek(fd, -3, SeekOrigin.END)).isEqualTo(13);
        assertThat(Libc.lseek(fd, 0, SeekOrigin.DATA)).isZero();
        assertThat(Libc.lseek(fd, 100, SeekOrigin.DATA)).isEqualTo(-Errno.ENXIO);
        close(fd);
    }

    @Test
    void vectored_calls_gather_and_scatter() {
        int fd = file("vectors");
        MemorySegment vectors = arena.allocate(2 * IoVector.SIZE, 8);
        IoVector.set(vectors, 0, text("abc"));
        IoVector.set(vectors, 1, text("defgh"), 2);
        assertThat(Libc.writev(fd, vectors, 2)).isEqualTo(5);
        assertThat(Libc.pwritev(fd, vectors, 2, 5)).isEqualTo(5);
        assertThat(Libc.pwritev2(fd, vectors, 2, 10, ReadWriteFlag.DATA_SYNC)).isEqualTo(5);
        assertThat(Libc.pwritev2(fd, vectors, 1, 0, ReadWriteFlag.APPEND)).isEqualTo(3);

        MemorySegment first = arena.allocate(1);
        MemorySegment second = arena.allocate(4);
        IoVector.set(vectors, 0, first);
        IoVector.set(vectors, 1, second);
        assertThat(IoVector.base(vectors, 1)).isEqualTo(second.address());
        assertThat(IoVector.length(vectors, 1)).isEqualTo(4);
        assertThat(Libc.preadv(fd, vectors, 2, 5)).isEqualTo(5);
        assertThat(text(first, 1) + text(second, 4)).isEqualTo("abcde");
        assertThat(Libc.preadv2(fd, vectors, 2, 16, 0)).isEqualTo(2);
        assertThat(text(first, 1) + text(second, 1)).isEqualTo("bc");
        assertThat(Libc.lseek(fd, 1, SeekOrigin.START)).isEqualTo(1);
        assertThat(Libc.readv(fd, vectors, 2)).isEqualTo(5);
        assertThat(text(first, 1) + text(second, 4)).isEqualTo("bcdea");
        assertThat(Libc.preadv2(fd, vectors, 2, -1, 0)).isEqualTo(5);
        assertThat(Libc.lseek(fd, 0, SeekOrigin.CURRENT)).isEqualTo(11);

        assertThat(Libc.readv(fd, vectors, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.writev(fd, vectors, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.preadv(fd, vectors, 2, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.pwritev(fd, vectors, 2, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.preadv2(fd, vectors, 2, 0, 1 << 30)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(Libc.pwritev2(fd, vectors, 2, 0, 1 << 30)).isEqualTo(-Errno.EOPNOTSUPP);
        close(fd);
    }

    @Test
    void an_offset_beyond_four_gigabytes_survives_preadv2() {
        int fd = file("sparse");
        MemorySegment vectors = arena.allocate(IoVector.SIZE, 8);
        IoVector.set(vectors, 0, text("x"));
        assertThat(Libc.pwritev2(fd, vectors, 1, (1L << 32) + 7, 0)).isEqualTo(1);
        assertThat(Libc.lseek(fd, 0, SeekOrigin.END)).isEqualTo((1L << 32) + 8);
        MemorySegment buffer = arena.allocate(1);
        IoVector.set(vectors, 0, buffer);
        assertThat(Libc.preadv2(fd, vectors, 1, (1L << 32) + 7, 0)).isEqualTo(1);
        assertThat(text(buffer, 1)).isEqualTo("x");
        close(fd);
    }

    @Test
    void duplicates_share_the_open_file() {
        int fd = file("duplicates");
        int copy = ok(Libc.dup(fd));
        int high = ok(Libc.fcntl(fd, DescriptorCommand.DUPLICATE_CLOSE_ON_EXEC, 500));
        assertThat(high).isGreaterThanOrEqualTo(500);
        assertThat(Libc.dup3(fd, high, 0)).isEqualTo(high);
        assertThat(Libc.fcntl(high, DescriptorCommand.GET_DESCRIPTOR_FLAGS, 0)).isZero();
        assertThat(Libc.fcntl(high, DescriptorCommand.SET_DESCRIPTOR_FLAGS, DescriptorCommand.CLOSE_ON_EXEC)).isZero();
        assertThat(Libc.fcntl(high, DescriptorCommand.GET_DESCRIPTOR_FLAGS, 0)).isEqualTo(1);
        assertThat(Libc.lseek(copy, 42, SeekOrigin.START)).isEqualTo(42);
        assertThat(Libc.lseek(high, 0, SeekOrigin.CURRENT)).isEqualTo(42);
        assertThat(Libc.dup3(fd, fd, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.closeRange(high, high, 0)).isZero();
        assertThat(Libc.close(high)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.closeRange(2, 1, 0)).isEqualTo(-Errno.EINVAL);
        close(copy);
        close(fd);
    }

    @Test
    void status_flags_and_pipe_capacity_can_be_changed() {
        int[] pipe = pipe(0);
        assertThat(Libc.fcntl(pipe[0], DescriptorCommand.SET_STATUS_FLAGS, OpenFlag.NON_BLOCKING)).isZero();
        assertThat(Libc.fcntl(pipe[0], DescriptorCommand.GET_STATUS_FLAGS, 0)).isEqualTo(OpenFlag.NON_BLOCKING);
        assertThat(Libc.read(pipe[0], arena.allocate(1), 1)).isEqualTo(-Errno.EAGAIN);
        assertThat(Libc.fcntl(pipe[0], DescriptorCommand.SET_PIPE_BYTES, 10_000)).isEqualTo(16_384);
        assertThat(Libc.fcntl(pipe[1], DescriptorCommand.GET_PIPE_BYTES, 0)).isEqualTo(16_384);
        assertThat(Libc.fcntl(pipe[0], 9999, 0)).isEqualTo(-Errno.EINVAL);
        closeBoth(pipe);
    }

    @Test
    void large_file_is_the_flag_that_the_kernel_shows() {
        int fd = file("large");
        int flags = ok(Libc.fcntl(fd, DescriptorCommand.GET_STATUS_FLAGS, 0));
        assertThat(flags).isEqualTo(OpenFlag.READ_WRITE | OpenFlag.LARGE_FILE);
        close(fd);
    }

    @Test
    void locks_of_a_description_exclude_another_description() {
        int first = file("locks");
        int second = ok(LibcFile.open(CString.encode(arena, directory.resolve("locks").toString()),
                OpenFlag.READ_WRITE, 0));
        MemorySegment lock = arena.allocate(LockRange.SIZE, 8);
        LockRange.set(lock, LockRange.EXCLUSIVE, 10, 20);
        assertThat(Libc.fcntl(first, LockRange.SET_FOR_DESCRIPTION, lock)).isZero();

        LockRange.set(lock, LockRange.SHARED, 15, 1);
        assertThat(Libc.fcntl(second, LockRange.SET_FOR_DESCRIPTION, lock)).isEqualTo(-Errno.EAGAIN);
        assertThat(Libc.fcntl(second, LockRange.GET_FOR_DESCRIPTION, lock)).isZero();
        assertThat(LockRange.type(lock)).isEqualTo(LockRange.EXCLUSIVE);
        assertThat(LockRange.start(lock)).isEqualTo(10);
        assertThat(LockRange.length(lock)).isEqualTo(20);
        assertThat(LockRange.process(lock)).isEqualTo(-1);

        LockRange.set(lock, LockRange.SHARED, 30, 0);
        assertThat(Libc.fcntl(second, LockRange.AWAIT_FOR_DESCRIPTION, lock)).isZero();
        LockRange.set(lock, LockRange.UNLOCKED, 0, 0);
        assertThat(Libc.fcntl(first, LockRange.SET_FOR_DESCRIPTION, lock)).isZero();
        LockRange.set(lock, LockRange.EXCLUSIVE, 0, 30);
        assertThat(Libc.fcntl(second, LockRange.SET_FOR_DESCRIPTION, lock)).isZero();
        close(first);
        close(second);
    }

    @Test
    void splice_tee_and_sendfile_move_bytes() {
        int source = file("source");
        assertThat(Libc.write(source, text("0123456789"), 10)).isEqualTo(10);
        int target = file("target");
        int[] pipe = pipe(0);
        int[] other = pipe(0);
        MemorySegment offset = arena.allocate(JAVA_LONG);
        offset.set(JAVA_LONG, 0, 4);
        assertThat(Libc.splice(source, offset, pipe[1], MemorySegment.NULL, 100, SpliceFlag.MOVE)).isEqualTo(6);
        assertThat(offset.get(JAVA_LONG, 0)).isEqualTo(10);
        assertThat(Libc.tee(pipe[0], other[1], 100, 0)).isEqualTo(6);
        assertThat(Libc.splice(pipe[0], MemorySegment.NULL, target, MemorySegment.NULL, 6, 0)).isEqualTo(6);
        assertThat(Libc.splice(pipe[0], MemorySegment.NULL, target, MemorySegment.NULL, 6, SpliceFlag.NON_BLOCKING))
                .isEqualTo(-Errno.EAGAIN);
        offset.set(JAVA_LONG, 0, 0);
        assertThat(Libc.sendfile(target, source, offset, 3)).isEqualTo(3);

        MemorySegment buffer = arena.allocate(16);
        assertThat(Libc.pread(target, buffer, 16, 0)).isEqualTo(9);
        assertThat(text(buffer, 9)).isEqualTo("456789012");
        assertThat(Libc.read(other[0], buffer, 16)).isEqualTo(6);
        assertThat(text(buffer, 6)).isEqualTo("456789");
        assertThat(Libc.splice(source, MemorySegment.NULL, target, MemorySegment.NULL, 1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.tee(source, target, 1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.sendfile(target, BAD_FD, MemorySegment.NULL, 1)).isEqualTo(-Errno.EBADF);
        closeBoth(pipe);
        closeBoth(other);
        close(source);
        close(target);
    }

    @Test
    void eventfd_counts() {
        int fd = ok(Libc.eventfd(3, EventFlag.NON_BLOCKING | EventFlag.CLOSE_ON_EXEC));
        MemorySegment count = arena.allocate(JAVA_LONG);
        count.set(JAVA_LONG, 0, 4);
        assertThat(Libc.write(fd, count, 8)).isEqualTo(8);
        assertThat(Libc.read(fd, count, 8)).isEqualTo(8);
        assertThat(count.get(JAVA_LONG, 0)).isEqualTo(7);
        assertThat(Libc.read(fd, count, 8)).isEqualTo(-Errno.EAGAIN);
        assertThat(Libc.eventfd(0, -1)).isEqualTo(-Errno.EINVAL);
        close(fd);
    }

    @Test
    void epoll_tells_which_descriptor_is_ready() {
        int epoll = ok(Libc.epollCreate1(EpollFlag.CLOSE_ON_EXEC));
        int[] pipe = pipe(0);
        MemorySegment events = arena.allocate(4 * EpollEvent.SIZE, 8);
        EpollEvent.set(events, 0, EpollFlag.READABLE | EpollFlag.EDGE_TRIGGERED, 0x1234_5678_9abc_def0L);
        assertThat(Libc.epollCtl(epoll, EpollFlag.ADD, pipe[0], events)).isZero();
        assertThat(Libc.epollCtl(epoll, EpollFlag.ADD, pipe[0], events)).isEqualTo(-Errno.EEXIST);
        EpollEvent.set(events, 0, EpollFlag.WRITABLE, -1);
        assertThat(Libc.epollCtl(epoll, EpollFlag.ADD, pipe[1], events)).isZero();
        assertThat(Libc.write(pipe[1], text("x"), 1)).isEqualTo(1);

        assertThat(Libc.epollWait(epoll, events, 4, -1)).isEqualTo(2);
        int readable = EpollEvent.events(events, 0) == EpollFlag.READABLE ? 0 : 1;
        assertThat(EpollEvent.data(events, readable)).isEqualTo(0x1234_5678_9abc_def0L);
        assertThat(EpollEvent.events(events, 1 - readable)).isEqualTo(EpollFlag.WRITABLE);
        assertThat(EpollEvent.data(events, 1 - readable)).isEqualTo(-1);

        assertThat(Libc.epollCtl(epoll, EpollFlag.DELETE, pipe[1], MemorySegment.NULL)).isZero();
        MemorySegment timeout = arena.allocate(Timespec.SIZE, 8);
        Timespec.set(timeout, 2_000_000);
        assertThat(Libc.epollPwait2(epoll, events, 4, timeout, MemorySegment.NULL, 0)).isZero();
        EpollEvent.set(events, 0, EpollFlag.READABLE, 7);
        assertThat(Libc.epollCtl(epoll, EpollFlag.MODIFY, pipe[0], events)).isZero();
        assertThat(Libc.epollPwait2(epoll, events, 4, timeout, MemorySegment.NULL, 0)).isEqualTo(1);
        assertThat(EpollEvent.data(events, 0)).isEqualTo(7);

        assertThat(Libc.epollPwait2(pipe[0], events, 4, timeout, MemorySegment.NULL, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.epollWait(pipe[0], events, 4, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.epollCreate1(-1)).isEqualTo(-Errno.EINVAL);
        int file = file("file");
        EpollEvent.set(events, 0, EpollFlag.READABLE, 0);
        assertThat(Libc.epollCtl(epoll, EpollFlag.ADD, file, events)).isEqualTo(-Errno.EPERM);
        close(file);
        closeBoth(pipe);
        close(epoll);
    }

    @Test
    void poll_tells_which_descriptor_is_ready() {
        int[] pipe = pipe(0);
        MemorySegment descriptors = arena.allocate(2 * PollDescriptor.SIZE, 8);
        PollDescriptor.fd(descriptors, 0, pipe[0]);
        PollDescriptor.events(descriptors, 0, PollFlag.READABLE);
        PollDescriptor.fd(descriptors, 1, pipe[1]);
        PollDescriptor.events(descriptors, 1, PollFlag.WRITABLE);
        assertThat(Libc.poll(descriptors, 2, -1)).isEqualTo(1);
        assertThat(PollDescriptor.result(descriptors, 0)).isZero();
        assertThat(PollDescriptor.result(descriptors, 1)).isEqualTo(PollFlag.WRITABLE);

        MemorySegment timeout = arena.allocate(Timespec.SIZE, 8);
        Timespec.set(timeout, 1_000_000);
        assertThat(Libc.ppoll(descriptors, 1, timeout, MemorySegment.NULL)).isZero();
        close(pipe[1]);
        assertThat(Libc.ppoll(descriptors, 1, MemorySegment.NULL, MemorySegment.NULL)).isEqualTo(1);
        assertThat(PollDescriptor.result(descriptors, 0)).isEqualTo(PollFlag.HANG_UP);
        Timespec.nanos(timeout, -1);
        assertThat(Libc.ppoll(descriptors, 1, timeout, MemorySegment.NULL)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.poll(MemorySegment.NULL, 1, 0)).isEqualTo(-Errno.EFAULT);
        close(pipe[0]);
    }

    @Test
    void mapped_memory_holds_what_is_written() {
        int page = Libc.getpagesize();
        assertThat(page).isGreaterThanOrEqualTo(4096);
        int protection = MemoryFlag.PROTECTION_READ | MemoryFlag.PROTECTION_WRITE;
        long address = Libc.mmap(MemorySegment.NULL, page, protection,
                MemoryFlag.MAP_PRIVATE | MemoryFlag.MAP_ANONYMOUS, -1, 0);
        assertThat(address).isPositive();
        MemorySegment memory = Linkage.memoryAt(address, page);
        memory.set(JAVA_LONG, 8, 42);
        assertThat(Libc.mlock(memory, page)).isZero();
        assertThat(Libc.munlock(memory, page)).isZero();
        assertThat(Libc.madvise(memory, page, MemoryFlag.ADVICE_DONT_NEED)).isZero();
        assertThat(memory.get(JAVA_LONG, 8)).isZero();
        assertThat(Libc.munmap(memory, page)).isZero();
        assertThat(Libc.madvise(memory, page, MemoryFlag.ADVICE_DONT_NEED)).isEqualTo(-Errno.ENOMEM);
        assertThat(Libc.mlock(memory, page)).isEqualTo(-Errno.ENOMEM);
        assertThat(Libc.munlock(memory, page)).isEqualTo(-Errno.ENOMEM);
        assertThat(Libc.munmap(MemorySegment.ofAddress(1), page)).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.mmap(MemorySegment.NULL, 0, protection, MemoryFlag.MAP_PRIVATE, -1, 0))
                .isEqualTo(-Errno.EBADF);
    }

    @Test
    void a_segment_of_the_java_heap_is_refused() {
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);
        assertThatThrownBy(() -> Libc.read(0, heap, 8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_file_written_here_is_what_java_reads() throws Exception {
        int fd = file("plain");
        assertThat(Libc.write(fd, text("plain"), 5)).isEqualTo(5);
        close(fd);
        assertThat(Files.readString(directory.resolve("plain"))).isEqualTo("plain");
    }

    private int file(String name) {
        MemorySegment path = CString.encode(arena, directory.resolve(name).toString());
        return ok(LibcFile.open(path, OpenFlag.READ_WRITE | OpenFlag.CREATE | OpenFlag.CLOSE_ON_EXEC, 0600));
    }

    private int[] pipe(int flags) {
        MemorySegment pair = arena.allocate(8, 4);
        ok(Libc.pipe2(pair, flags));
        return pair.toArray(JAVA_INT);
    }

    private MemorySegment text(String text) {
        return arena.allocateFrom(JAVA_BYTE, text.getBytes(US_ASCII));
    }

    private static String text(MemorySegment segment, long bytes) {
        return new String(segment.asSlice(0, bytes).toArray(JAVA_BYTE), US_ASCII);
    }

    private static int ok(int result) {
        assertThat(result).as(() -> Errno.describe(-result)).isNotNegative();
        return result;
    }

    private static void close(int fd) {
        ok(Libc.close(fd));
    }

    private static void closeBoth(int[] pair) {
        close(pair[0]);
        close(pair[1]);
    }
}
