package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that wait: for readiness, time, other requests, processes and futexes. Each succeeds once and fails once. */
class WaitOpcodeTest {
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int EPOLLIN = 1;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int FUTEX2_SIZE_U32 = 2;
    private static final int FUTEX2_PRIVATE = 128;
    private static final int FUTEX_FLAGS = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
    private static final long ANY_BIT = 0xffffffffL;
    private static final long MILLIS = 1_000_000;
    private static final long FOREVER = 3_600_000 * MILLIS;

    private final Arena arena = Arena.ofConfined();
    private final TestRing ring = TestRing.open();

    @AfterEach
    void close() {
        ring.close();
        arena.close();
    }

    @Test
    @Shows(success = {Opcode.POLL_ADD, Opcode.POLL_REMOVE}, error = {Opcode.POLL_ADD, Opcode.POLL_REMOVE})
    void poll_tells_readiness_once_and_can_be_removed() {
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.pollAdd(pipe.second(), POLLOUT)).is(POLLOUT);
            long poll = ring.submit(sqe -> sqe.pollAdd(pipe.first(), POLLIN));
            assertThat(ring.hasResult(poll)).isFalse();
            Native.write(pipe.second(), "x");
            ring.await(poll).is(POLLIN);
            Native.read(pipe.first());
            long removed = ring.submit(sqe -> sqe.pollAdd(pipe.first(), POLLIN));
            ring.run(sqe -> sqe.pollRemove(removed)).is(0);
            ring.await(removed).fails(Errno.ECANCELED);
            ring.run(sqe -> sqe.pollRemove(removed)).fails(Errno.ENOENT);
        }
    }

    @Test
    @Shows(success = {Opcode.POLL_ADD, Opcode.POLL_REMOVE}, error = Opcode.POLL_REMOVE)
    void multishot_poll_tells_again_and_can_be_updated() {
        try (Native.Pair pair = Native.socketPair()) {
            long poll = ring.submit(sqe -> sqe.pollMultishot(pair.first(), POLLIN));
            for (int i = 0; i < 3; i++) {
                Native.write(pair.second(), "x");
                assertThat(ring.await(poll).is(POLLIN).has(CqeFlag.MORE)).isTrue();
                Native.read(pair.first());
            }
            ring.run(sqe -> sqe.pollUpdate(poll, 0, POLLIN | POLLOUT,
                    RequestFlag.POLL_UPDATE_EVENTS | RequestFlag.POLL_ADD_MULTI)).is(0);
            ring.await(poll).is(POLLOUT);
            ring.run(sqe -> sqe.pollUpdate(1, 0, POLLIN, RequestFlag.POLL_UPDATE_EVENTS)).fails(Errno.ENOENT);
            ring.run(sqe -> sqe.pollUpdate(poll, 2, POLLIN, RequestFlag.POLL_UPDATE_EVENTS)).fails(Errno.EINVAL);
        }
    }

    @Test
    @Shows(success = {Opcode.EPOLL_CTL, Opcode.EPOLL_WAIT}, error = {Opcode.EPOLL_CTL, Opcode.EPOLL_WAIT})
    void epoll_set_is_changed_and_awaited() {
        int epoll = Libc.epollCreate1(0);
        MemorySegment event = arena.allocate(Architecture.HOST.epollEventBytes, 8);
        event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
        event.set(ValueLayout.JAVA_LONG_UNALIGNED, Architecture.HOST.epollEventDataOffset, 4711);
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.epollCtl(epoll, EPOLL_CTL_ADD, pipe.first(), event)).is(0);
            ring.run(sqe -> sqe.epollCtl(epoll, EPOLL_CTL_ADD, pipe.first(), event)).fails(Errno.EEXIST);
            MemorySegment events = arena.allocate(4L * Architecture.HOST.epollEventBytes, 8);
            long wait = ring.submit(sqe -> sqe.epollWait(epoll, events, 4));
            assertThat(ring.hasResult(wait)).isFalse();
            Native.write(pipe.second(), "x");
            ring.await(wait).is(1);
            assertThat(events.get(ValueLayout.JAVA_LONG_UNALIGNED, Architecture.HOST.epollEventDataOffset))
                    .isEqualTo(4711);
            ring.run(sqe -> sqe.epollWait(pipe.first(), events, 4)).fails(Errno.EINVAL);
        }
        Libc.close(epoll);
    }

    @Test
    @Shows(success = {Opcode.TIMEOUT, Opcode.TIMEOUT_REMOVE}, error = {Opcode.TIMEOUT, Opcode.TIMEOUT_REMOVE})
    void timeout_expires_or_counts_results_or_is_removed() {
        MemorySegment brief = time(20 * MILLIS);
        MemorySegment late = time(FOREVER);
        long start = System.nanoTime();
        ring.run(sqe -> sqe.timeout(brief, 0, 0)).is(-Errno.ETIME);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20 * MILLIS);

        long counting = ring.submit(sqe -> sqe.timeout(late, 2, 0));
        ring.run(Sqe::nop).is(0);
        assertThat(ring.hasResult(counting)).isFalse();
        ring.run(Sqe::nop).is(0);
        ring.await(counting).is(0);

        long removed = ring.submit(sqe -> sqe.timeout(late, 0, 0));
        ring.run(sqe -> sqe.timeoutRemove(removed, 0)).is(0);
        ring.await(removed).fails(Errno.ECANCELED);
        ring.run(sqe -> sqe.timeoutRemove(removed, 0)).fails(Errno.ENOENT);

        long updated = ring.submit(sqe -> sqe.timeout(late, 0, 0));
        ring.run(sqe -> sqe.timeoutUpdate(brief, updated, 0)).is(0);
        ring.await(updated).is(-Errno.ETIME);
        MemorySegment negative = arena.allocate(KernelTimespec.SIZE, 8);
        KernelTimespec.seconds(negative, -1);
        ring.run(sqe -> sqe.timeout(negative, 0, 0)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = Opcode.TIMEOUT)
    void multishot_timeout_expires_as_often_as_told() {
        MemorySegment time = time(5 * MILLIS);
        long id = ring.submit(sqe -> sqe.timeout(time, 3, RequestFlag.TIMEOUT_MULTISHOT));
        assertThat(ring.await(id).is(-Errno.ETIME).has(CqeFlag.MORE)).isTrue();
        assertThat(ring.await(id).is(-Errno.ETIME).has(CqeFlag.MORE)).isTrue();
        assertThat(ring.await(id).is(-Errno.ETIME).has(CqeFlag.MORE)).as("the third is the last").isFalse();
    }

    @Test
    @Shows(success = {Opcode.LINK_TIMEOUT, Opcode.READ}, error = {Opcode.LINK_TIMEOUT, Opcode.READ})
    void link_timeout_cancels_the_request_before_it_or_is_cancelled_itself() {
        try (Native.Pair pipe = Native.pipe()) {
            MemorySegment buffer = arena.allocate(8);
            MemorySegment brief = time(10 * MILLIS);
            MemorySegment late = time(FOREVER);
            long read = ring.queue(sqe -> sqe.read(pipe.first(), buffer, 8, -1).flags(SqeFlag.IO_LINK));
            long timeout = ring.queue(sqe -> sqe.linkTimeout(brief, 0));
            ring.submitQueued();
            ring.await(read).fails(Errno.ECANCELED);
            ring.await(timeout).is(-Errno.ETIME);

            long second = ring.queue(sqe -> sqe.read(pipe.first(), buffer, 8, -1).flags(SqeFlag.IO_LINK));
            long unused = ring.queue(sqe -> sqe.linkTimeout(late, 0));
            ring.submitQueued();
            Native.write(pipe.second(), "x");
            ring.await(second).is(1);
            ring.await(unused).fails(Errno.ECANCELED);
            ring.run(sqe -> sqe.linkTimeout(late, 0)).fails(Errno.EINVAL);
        }
    }

    @Test
    @Shows(success = Opcode.ASYNC_CANCEL, error = {Opcode.ASYNC_CANCEL, Opcode.READ})
    void cancel_finds_requests_by_user_data_descriptor_opcode_or_at_all() {
        try (Native.Pair pipe = Native.pipe()) {
            MemorySegment buffer = arena.allocate(8);
            long one = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            ring.run(sqe -> sqe.cancel(one, 0)).is(0);
            ring.await(one).fails(Errno.ECANCELED);
            ring.run(sqe -> sqe.cancel(one, 0)).fails(Errno.ENOENT);

            long two = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            long three = ring.submit(sqe -> sqe.pollAdd(pipe.first(), POLLIN));
            ring.run(sqe -> sqe.cancelOpcode(Opcode.POLL_ADD, RequestFlag.ASYNC_CANCEL_ALL)).is(1);
            ring.await(three).fails(Errno.ECANCELED);
            long four = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            ring.run(sqe -> sqe.cancelFd(pipe.first(), RequestFlag.ASYNC_CANCEL_ALL)).is(2);
            ring.await(two).fails(Errno.ECANCELED);
            ring.await(four).fails(Errno.ECANCELED);

            long five = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            ring.run(sqe -> sqe.cancelAny(RequestFlag.ASYNC_CANCEL_ALL)).is(1);
            ring.await(five).fails(Errno.ECANCELED);
        }
    }

    /** A stopped child, not a dead one: the VM waits for the dead itself, and would win at times. */
    @Test
    @Shows(success = Opcode.WAITID, error = Opcode.WAITID)
    void waitid_tells_that_a_child_has_stopped() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            MemorySegment information = arena.allocate(128, 8);
            int pid = (int) child.pid();
            long wait = ring.submit(sqe -> sqe.waitid(1 /* P_PID */, pid, information, 2 /* WSTOPPED */));
            assertThat(ring.hasResult(wait)).isFalse();
            assertThat(LibcProcess.kill(pid, 19 /* SIGSTOP */)).isZero();
            ring.await(wait).is(0);
            // siginfo_t: si_signo 0, si_code 8, si_pid 16.
            assertThat(information.get(ValueLayout.JAVA_INT, 0)).isEqualTo(17 /* SIGCHLD */);
            assertThat(information.get(ValueLayout.JAVA_INT, 8)).isEqualTo(5 /* CLD_STOPPED */);
            assertThat(information.get(ValueLayout.JAVA_INT, 16)).isEqualTo(pid);
            ring.run(sqe -> sqe.waitid(1, LibcProcess.getpid(), information, 2)).fails(Errno.ECHILD);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    @Shows(success = {Opcode.FUTEX_WAIT, Opcode.FUTEX_WAKE}, error = {Opcode.FUTEX_WAIT, Opcode.FUTEX_WAKE})
    void futex_wait_sleeps_on_the_value_until_woken() {
        MemorySegment futex = arena.allocateFrom(ValueLayout.JAVA_INT, 7);
        ring.run(sqe -> sqe.futexWait(futex, 8, ANY_BIT, FUTEX_FLAGS)).fails(Errno.EAGAIN);
        long wait = ring.submit(sqe -> sqe.futexWait(futex, 7, ANY_BIT, FUTEX_FLAGS));
        assertThat(ring.hasResult(wait)).isFalse();
        ring.run(sqe -> sqe.futexWake(futex, 1, ANY_BIT, FUTEX_FLAGS)).is(1);
        ring.await(wait).is(0);
        ring.run(sqe -> sqe.futexWake(futex, 1, ANY_BIT, FUTEX_FLAGS)).is(0);
        ring.run(sqe -> sqe.futexWake(futex, 1, ANY_BIT, 0x4000)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = {Opcode.FUTEX_WAITV, Opcode.FUTEX_WAKE}, error = Opcode.FUTEX_WAITV)
    void futex_waitv_tells_which_of_many_was_woken() {
        MemorySegment words = arena.allocate(8, 4);
        MemorySegment vectors = arena.allocate(2 * 24, 8); // struct futex_waitv: val 0, uaddr 8, flags 16
        for (int i = 0; i < 2; i++) {
            vectors.set(ValueLayout.JAVA_LONG, i * 24L, 0);
            vectors.set(ValueLayout.JAVA_LONG, i * 24L + 8, words.address() + i * 4L);
            vectors.set(ValueLayout.JAVA_INT, i * 24L + 16, FUTEX_FLAGS);
        }
        long wait = ring.submit(sqe -> sqe.futexWaitv(vectors, 2));
        assertThat(ring.hasResult(wait)).isFalse();
        ring.run(sqe -> sqe.futexWake(words.asSlice(4), 1, ANY_BIT, FUTEX_FLAGS)).is(1);
        ring.await(wait).is(1);
        words.set(ValueLayout.JAVA_INT, 0, 5);
        ring.run(sqe -> sqe.futexWaitv(vectors, 2)).fails(Errno.EAGAIN);
    }

    private MemorySegment time(long nanos) {
        MemorySegment time = arena.allocate(KernelTimespec.SIZE, 8);
        KernelTimespec.set(time, nanos);
        return time;
    }
}
