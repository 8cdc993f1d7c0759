package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.SocketConstant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** Kinds of descriptors with two ends, all of which block. */
enum Kind {
    PIPE {
        @Override
        int[] pair(Arena scope) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC)).isZero();
            return pair.toArray(ValueLayout.JAVA_INT);
        }
    },
    SOCKETS {
        @Override
        int[] pair(Arena scope) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(LibcSocket.socketpair(SocketConstant.FAMILY_UNIX,
                    SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0, pair)).isZero();
            return pair.toArray(ValueLayout.JAVA_INT);
        }
    },
    /** What a program in a terminal prints, and who shows it. */
    TERMINAL {
        @Override
        int[] pair(Arena scope) {
            int flags = OpenFlag.READ_WRITE | OpenFlag.NO_CONTROLLING_TERMINAL | OpenFlag.CLOSE_ON_EXEC;
            int master = LibcFile.openat(PathFlag.CURRENT_DIRECTORY, scope.allocateFrom("/dev/ptmx"), flags, 0);
            Assumptions.assumeTrue(master >= 0, "no pseudo-terminals here: errno=" + Errno.describe(-master));
            MemorySegment number = scope.allocate(ValueLayout.JAVA_INT);
            assertThat(Libc.ioctl(master, TERMINAL_LOCK, number)).isZero();
            assertThat(Libc.ioctl(master, TERMINAL_NUMBER, number)).isZero();
            int terminal = LibcFile.openat(PathFlag.CURRENT_DIRECTORY,
                    scope.allocateFrom("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0)), flags, 0);
            assertThat(terminal).isNotNegative();
            return new int[] {master, terminal};
        }
    };

    /** TIOCSPTLCK, with 0 for open. */
    private static final long TERMINAL_LOCK = 0x40045431L;
    /** TIOCGPTN. */
    private static final long TERMINAL_NUMBER = 0x80045430L;

    abstract int[] pair(Arena scope);

    /** Answers the end to read and the end to write. */
    int[] open() {
        try (Arena scope = Arena.ofConfined()) {
            return pair(scope);
        }
    }

    /** Writes past the driver; answers how many bytes, 0 when there is no room. */
    static int write(int fd, byte... bytes) {
        try (Arena scope = Arena.ofConfined()) {
            int result = LibcSys.INSTANCE.write(fd, scope.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length);
            assertThat(result == -Errno.EAGAIN || result >= 0).as("write: %d", result).isTrue();
            return Math.max(result, 0);
        }
    }

    /** Writes past the driver until there is no room. */
    static void fill(int fd) {
        byte[] piece = new byte[4096];
        while (write(fd, piece) > 0) {
            // more
        }
    }

    /** Reads past the driver: what there is, up to {@code bytesMax}; empty for nothing, null for the end. */
    static byte[] read(int fd, int bytesMax) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(bytesMax);
            int result = LibcSys.INSTANCE.read(fd, memory, bytesMax);
            assertThat(result == -Errno.EAGAIN || result >= 0).as("read: %d", result).isTrue();
            return result == 0 ? null
                    : Arrays.copyOf(memory.toArray(ValueLayout.JAVA_BYTE), Math.max(result, 0));
        }
    }
}
