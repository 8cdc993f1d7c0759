package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.SocketConstant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** No read or write of a stream waits, although every descriptor here would; also where the calls that say so are lacking. */
@ParameterizedClass(name = "old={0}")
@ValueSource(booleans = {false, true})
@ExtendWith(LeakCheck.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LibcSysTest {
    private static final int BYTES = 1 << 20;
    /** TIOCGPTN and TIOCSPTLCK of asm-generic/ioctls.h: the number of a pseudo-terminal, and its lock. */
    private static final long TERMINAL_NUMBER = 0x8004_5430L;
    private static final long TERMINAL_LOCK = 0x4004_5431L;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(BYTES).fill((byte) 'x');
    private final LibcSys sys;

    LibcSysTest(boolean old) {
        sys = old ? LibcSys.ofOldKernel() : LibcSys.INSTANCE;
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private int[] pipe() {
        MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
        assertThat(Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC)).isZero();
        return new int[] {pair.getAtIndex(ValueLayout.JAVA_INT, 0), pair.getAtIndex(ValueLayout.JAVA_INT, 1)};
    }

    private int open(String path, int flags) {
        return LibcFile.openat(PathFlag.CURRENT_DIRECTORY, arena.allocateFrom(path), flags | OpenFlag.CLOSE_ON_EXEC, 0);
    }

    private void close(int... fds) {
        for (int fd : fds) {
            Libc.close(fd);
        }
    }

    /** Writes until there is no room; answers how much there was. */
    private int fill(int writer) {
        int filled = 0;
        int result = sys.write(writer, memory, BYTES);
        while (result > 0) {
            filled += result;
            result = sys.write(writer, memory, BYTES);
        }
        assertThat(Errno.describe(-result)).isEqualTo(Errno.describe(Errno.EAGAIN));
        return filled;
    }

    /** Reads that many bytes, and finds nothing after them. */
    private void drain(int reader, int count) {
        int drained = 0;
        while (drained < count) {
            int result = sys.read(reader, memory, BYTES);
            // What went into a terminal comes out a little later.
            assertThat(result == -Errno.EAGAIN || result > 0).as("result=%d", result).isTrue();
            drained += Math.max(result, 0);
        }
        assertThat(drained).isEqualTo(count);
        assertThat(sys.read(reader, memory, BYTES)).isEqualTo(-Errno.EAGAIN);
    }

    private void neither_waits(int reader, int writer) {
        assertThat(sys.read(reader, memory, BYTES)).isEqualTo(-Errno.EAGAIN);
        for (int round = 0; round < 3; round++) {
            int filled = fill(writer);
            assertThat(filled).isPositive();
            drain(reader, filled);
        }
    }

    @Test
    void pipe_makes_nobody_wait() {
        int[] pipe = pipe();
        neither_waits(pipe[0], pipe[1]);
        close(pipe);
    }

    /** Whoever waited for that would wait for ever. */
    @Test
    void the_wrong_end_of_a_pipe_and_no_descriptor_are_EBADF() {
        int[] pipe = pipe();
        int named = open("/proc/self/fd/" + pipe[1], OpenFlag.WRITE_ONLY);
        for (int writer : new int[] {pipe[1], named, -1, 1 << 20}) {
            assertThat(sys.read(writer, memory, 1)).as("fd=%d", writer).isEqualTo(-Errno.EBADF);
        }
        fill(pipe[1]);
        for (int reader : new int[] {pipe[0], -1, 1 << 20}) {
            assertThat(sys.write(reader, memory, 1)).as("fd=%d", reader).isEqualTo(-Errno.EBADF);
        }
        close(named);
        close(pipe);
    }

    /** What is opened by name does not know RWF_NOWAIT, nor does any pipe before Linux 6.4. */
    @Test
    void named_pipe_makes_nobody_wait() {
        int[] pipe = pipe();
        int reader = open("/proc/self/fd/" + pipe[0], OpenFlag.READ_ONLY);
        int writer = open("/proc/self/fd/" + pipe[1], OpenFlag.WRITE_ONLY);
        neither_waits(reader, writer);
        // Room for a little less than poll's promise is no room.
        fill(writer);
        assertThat(sys.read(reader, memory, 4095)).isEqualTo(4095);
        assertThat(sys.write(writer, memory, BYTES)).isEqualTo(-Errno.EAGAIN);
        assertThat(sys.read(reader, memory, 1)).isEqualTo(1);
        assertThat(sys.write(writer, memory, BYTES)).isEqualTo(4096);
        close(pipe);
        close(reader, writer);
    }

    @Test
    void socket_makes_nobody_wait() {
        MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
        assertThat(LibcSocket.socketpair(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM, 0, pair)).isZero();
        int left = pair.getAtIndex(ValueLayout.JAVA_INT, 0);
        int right = pair.getAtIndex(ValueLayout.JAVA_INT, 1);
        neither_waits(left, right);
        neither_waits(right, left);
        close(left, right);
    }

    @Test
    void message_makes_nobody_wait() {
        MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
        assertThat(sys.socketpair(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM, 0, pair)).isZero();
        int left = pair.getAtIndex(ValueLayout.JAVA_INT, 0);
        int right = pair.getAtIndex(ValueLayout.JAVA_INT, 1);
        SocketMessage message = new SocketMessage(MemorySegment.NULL, MemorySegment.NULL).piece(memory, BYTES);
        assertThat(sys.recvmsg(right, message, 0)).isEqualTo(-Errno.EAGAIN);
        int sent = 0;
        int result = sys.sendmsg(left, message, 0);
        while (result > 0) {
            sent += result;
            result = sys.sendmsg(left, message, 0);
        }
        assertThat(result).isEqualTo(-Errno.EAGAIN);
        for (int received = 0; received < sent;) {
            result = sys.recvmsg(right, message, 0);
            assertThat(result).isPositive();
            received += result;
        }
        close(right);
        assertThat(sys.sendmsg(left, message, 0)).isEqualTo(-Errno.EPIPE);
        close(left);
    }

    @Test
    void terminal_makes_nobody_wait() {
        int master = open("/dev/ptmx", OpenFlag.READ_WRITE | OpenFlag.NO_CONTROLLING_TERMINAL);
        Assumptions.assumeTrue(master >= 0, "no pseudo-terminals here");
        MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
        assertThat(Libc.ioctl(master, TERMINAL_LOCK, number)).isZero();
        assertThat(Libc.ioctl(master, TERMINAL_NUMBER, number)).isZero();
        int terminal = open("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0),
                OpenFlag.READ_WRITE | OpenFlag.NO_CONTROLLING_TERMINAL);
        assertThat(Libc.isatty(terminal)).isEqualTo(1);
        neither_waits(master, terminal);
        memory.fill((byte) '\n'); // two bytes each, and the room shrinks by more than what is written
        fill(terminal);
        close(terminal, master);
    }

    @Test
    void file_is_written_and_read_whole() {
        int file = new LibcGround(false).file(new byte[0]);
        assertThat(sys.write(file, memory, BYTES)).isEqualTo(BYTES);
        assertThat(sys.read(file, memory, BYTES)).isZero();
        assertThat(Libc.lseek(file, 0, SeekOrigin.START)).isZero();
        assertThat(LibcFile.fsync(file)).isZero();
        assertThat(LibcFile.posixFadvise(file, 0, 0, FileAdvice.DONT_NEED)).isZero(); // out of the page cache
        int read = 0;
        while (read < BYTES) {
            int result = sys.read(file, memory, BYTES);
            assertThat(result).isPositive();
            read += result;
        }
        close(file);
    }
}
