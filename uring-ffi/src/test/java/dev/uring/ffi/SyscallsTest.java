package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SyscallsTest {
    private static final long PARAMS_BYTES = 120;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment callState = arena.allocate(Linkage.CALL_STATE);

    @Test
    void a_ring_can_be_made_entered_and_asked() {
        int fd = Syscalls.setup(4, arena.allocate(PARAMS_BYTES, 8));
        Assumptions.assumeTrue(fd != -Errno.EPERM && fd != -Errno.ENOSYS && fd != -Errno.EACCES,
                () -> "io_uring is refused here: " + Errno.describe(-fd));
        assertThat(fd).isNotNegative();
        assertThat(Syscalls.enter(callState, fd, 0, 0, 0, MemorySegment.NULL, 0)).isZero();
        assertThat(Syscalls.register(fd, 9999, MemorySegment.NULL, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Syscalls.setup(0, arena.allocate(PARAMS_BYTES, 8))).isEqualTo(-Errno.EINVAL);
        assertThat(Libc.close(fd)).isZero();
    }

    @Test
    void a_bad_descriptor_is_told_by_name() {
        assertThat(Syscalls.enter(callState, LibcTest.BAD_FD, 0, 0, 0, MemorySegment.NULL, 0))
                .isIn(-Errno.EBADF, -Errno.ENOSYS, -Errno.EPERM);
        assertThat(Syscalls.register(LibcTest.BAD_FD, 0, MemorySegment.NULL, 0))
                .isIn(-Errno.EBADF, -Errno.ENOSYS, -Errno.EPERM);
    }
}
