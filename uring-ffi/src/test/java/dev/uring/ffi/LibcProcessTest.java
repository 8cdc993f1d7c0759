package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls each function of {@link LibcProcess} for real: what it answers when it works, and one error by name. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LibcProcessTest {
    /** Above the largest process id that Linux gives, 2^22. */
    private static final int NO_PROCESS = 1 << 23;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void ids_are_those_that_java_knows() throws Exception {
        assertThat(LibcProcess.getpid()).isEqualTo((int) ProcessHandle.current().pid());
        int[] other = new int[1];
        Thread thread = Thread.ofPlatform().start(() -> other[0] = LibcProcess.gettid());
        thread.join();
        assertThat(other[0]).isNotEqualTo(LibcProcess.gettid());
        assertThat(LibcProcess.getuid()).isEqualTo(LibcProcess.geteuid());
        assertThat(LibcProcess.getgid()).isNotNegative();
    }

    @Test
    void limits_can_be_asked_and_set() {
        MemorySegment limit = arena.allocate(ResourceLimit.SIZE, 8);
        assertThat(LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit)).isZero();
        assertThat(ResourceLimit.soft(limit)).isPositive();
        assertThat(LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit)).isZero();
        assertThat(LibcProcess.prlimit64(LibcProcess.getpid(), ResourceLimit.OPEN_FILES, MemorySegment.NULL, limit))
                .isZero();
        ResourceLimit.soft(limit, 2);
        ResourceLimit.hard(limit, 1);
        assertThat(LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit)).isEqualTo(-Errno.EINVAL);
        assertThat(LibcProcess.getrlimit(999, limit)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void a_process_descriptor_is_readable_when_the_process_has_ended() throws Exception {
        Process process = new ProcessBuilder("sleep", "20").start();
        int pid = (int) process.pid();
        int fd = LibcProcess.pidfdOpen(pid, 0);
        assertThat(fd).isNotNegative();
        MemorySegment descriptor = arena.allocate(PollDescriptor.SIZE, 8);
        PollDescriptor.fd(descriptor, 0, fd);
        PollDescriptor.events(descriptor, 0, PollFlag.READABLE);
        assertThat(Libc.poll(descriptor, 1, 0)).isZero();
        assertThat(LibcProcess.kill(pid, 0)).isZero();
        assertThat(LibcProcess.kill(pid, ProcessFlag.SIGNAL_TERMINATE)).isZero();
        assertThat(Libc.poll(descriptor, 1, 10_000)).isEqualTo(1);
        process.waitFor();
        assertThat(Libc.close(fd)).isZero();
        assertThat(LibcProcess.pidfdOpen(NO_PROCESS, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(LibcProcess.kill(NO_PROCESS, 0)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void waitid_tells_how_a_child_ended() throws Exception {
        // The JDK's reaper takes the child's status too. While it is stopped, only we wait for that event.
        Process process = new ProcessBuilder("sleep", "20").start();
        int pid = (int) process.pid();
        assertThat(LibcProcess.kill(pid, ProcessFlag.SIGNAL_STOP)).isZero();
        MemorySegment information = arena.allocate(SignalInformation.SIZE, 8);
        assertThat(LibcProcess.waitid(ProcessFlag.WAIT_PROCESS, pid, information, ProcessFlag.WAIT_STOPPED)).isZero();
        assertThat(SignalInformation.signal(information)).isEqualTo(ProcessFlag.SIGNAL_CHILD);
        assertThat(SignalInformation.process(information)).isEqualTo(pid);
        assertThat(SignalInformation.status(information)).isEqualTo(ProcessFlag.SIGNAL_STOP);
        assertThat(SignalInformation.user(information)).isEqualTo(LibcProcess.getuid());
        process.destroyForcibly().waitFor();
        assertThat(LibcProcess.waitid(ProcessFlag.WAIT_PROCESS, pid, information, ProcessFlag.WAIT_EXITED))
                .isEqualTo(-Errno.ECHILD);
    }

    @Test
    void prctl_names_the_thread() throws Exception {
        MemorySegment name = CString.encode(arena, "a-thread-name");
        MemorySegment answer = arena.allocate(16);
        int[] results = new int[3];
        Thread thread = Thread.ofPlatform().start(() -> {
            results[0] = LibcProcess.prctl(ProcessFlag.SET_NAME, name.address(), 0, 0, 0);
            results[1] = LibcProcess.prctl(ProcessFlag.GET_NAME, answer.address(), 0, 0, 0);
            results[2] = LibcProcess.prctl(-1, 0, 0, 0, 0);
        });
        thread.join();
        assertThat(results).containsExactly(0, 0, -Errno.EINVAL);
        assertThat(CString.decode(answer, 0)).isEqualTo("a-thread-name");
    }

    @Test
    void futex_waits_until_it_is_woken() throws Exception {
        MemorySegment word = arena.allocate(JAVA_INT);
        int wait = ProcessFlag.FUTEX_WAIT | ProcessFlag.FUTEX_PRIVATE;
        int wake = ProcessFlag.FUTEX_WAKE | ProcessFlag.FUTEX_PRIVATE;
        assertThat(LibcProcess.futex(word, wait, 1, MemorySegment.NULL, MemorySegment.NULL, 0))
                .isEqualTo(-Errno.EAGAIN);
        MemorySegment timeout = arena.allocate(Timespec.SIZE, 8);
        Timespec.set(timeout, 1_000_000);
        assertThat(LibcProcess.futex(word, wait, 0, timeout, MemorySegment.NULL, 0)).isEqualTo(-Errno.ETIMEDOUT);

        int[] result = {1};
        Thread waiter = Thread.ofPlatform().start(() ->
                result[0] = LibcProcess.futex(word, wait, 0, MemorySegment.NULL, MemorySegment.NULL, 0));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (LibcProcess.futex(word, wake, 1, MemorySegment.NULL, MemorySegment.NULL, 0) == 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(1);
        }
        waiter.join();
        assertThat(result[0]).isZero();
    }

    @Test
    void affinity_can_be_asked_and_set() {
        MemorySegment mask = arena.allocate(128, 8);
        assertThat(LibcProcess.schedGetaffinity(0, 128, mask)).isZero();
        int processors = 0;
        for (int i = 0; i < 128; i++) {
            processors += Integer.bitCount(Byte.toUnsignedInt(mask.get(JAVA_BYTE, i)));
        }
        assertThat(processors).isPositive();
        assertThat(LibcProcess.schedSetaffinity(0, 128, mask)).isZero();
        mask.fill((byte) 0);
        assertThat(LibcProcess.schedSetaffinity(0, 128, mask)).isEqualTo(-Errno.EINVAL);
        assertThat(LibcProcess.schedGetaffinity(NO_PROCESS, 128, mask)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void uname_tells_the_release_of_the_kernel() {
        MemorySegment names = arena.allocate(6 * 65);
        assertThat(LibcProcess.uname(names)).isZero();
        assertThat(CString.decode(names, 0)).isEqualTo("Linux");
        assertThat(CString.decode(names, 2 * 65)).isEqualTo(System.getProperty("os.version"));
        assertThat(LibcProcess.uname(MemorySegment.NULL)).isEqualTo(-Errno.EFAULT);
    }
}
