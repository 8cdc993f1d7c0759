package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all wrapped calls share: no allocation, and the right errno for each of many threads. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LinkageTest {
    private static final int CALLS = 1_000_000;

    @Test
    void a_call_allocates_nothing() {
        assertThat(bytesPerCall(() -> Libc.read(LibcTest.BAD_FD, MemorySegment.NULL, 0))).isLessThan(0.01);
        assertThat(bytesPerCall(LibcProcess::getpid)).isLessThan(0.01);
    }

    @Test
    void more_blocked_threads_than_call_state_slots_get_their_own_results() throws Exception {
        int threads = 300;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment pipes = arena.allocate(threads * 8L, 4);
            for (int i = 0; i < threads; i++) {
                assertThat(Libc.pipe2(pipes.asSlice(i * 8L), 0)).isZero();
            }
            AtomicInteger wrong = new AtomicInteger();
            CountDownLatch started = new CountDownLatch(threads);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                MemorySegment buffer = arena.allocate(64);
                readers.add(Thread.ofPlatform().start(() -> {
                    started.countDown();
                    long count = Libc.read(pipes.getAtIndex(JAVA_INT, index * 2L), buffer, 64);
                    boolean right = count == index % 64 + 1 && buffer.get(JAVA_BYTE, 0) == (byte) index;
                    if (!right || !failsInItsOwnWay(pipes.getAtIndex(JAVA_INT, index * 2L), index % 2 == 0)) {
                        wrong.incrementAndGet();
                    }
                }));
            }
            started.await();
            awaitBlocked();
            MemorySegment bytes = arena.allocate(64);
            for (int i = threads - 1; i >= 0; i--) {
                bytes.set(JAVA_BYTE, 0, (byte) i);
                assertThat(Libc.write(pipes.getAtIndex(JAVA_INT, i * 2L + 1), bytes, i % 64 + 1))
                        .isEqualTo(i % 64 + 1);
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(wrong).hasValue(0);
            for (int i = 0; i < threads * 2; i++) {
                assertThat(Libc.close(pipes.getAtIndex(JAVA_INT, i))).isZero();
            }
        }
    }

    @Test
    void a_function_that_the_c_library_lacks_answers_enosys() throws Throwable {
        MethodHandle number = Linkage.intFunction("no_such_function", Linkage.C_INT, Linkage.C_POINTER);
        assertThat((int) number.invokeExact(1, MemorySegment.NULL)).isEqualTo(-Errno.ENOSYS);
        MethodHandle bytes = Linkage.longFunction("no_such_function");
        assertThat((long) bytes.invokeExact()).isEqualTo(-Errno.ENOSYS);
        MethodHandle variadic = Linkage.intVariadic("no_such_function", 1, Linkage.C_INT, Linkage.C_LONG);
        assertThat((int) variadic.invokeExact(1, 2L)).isEqualTo(-Errno.ENOSYS);
        assertThat(Linkage.slotsTaken()).isZero();
    }

    /** Fails many times, while others are still blocked or fail otherwise: two calls on one slot would mix up errnos. */
    private static boolean failsInItsOwnWay(int pipe, boolean bad) {
        for (int i = 0; i < 5000; i++) {
            long errno = Libc.lseek(bad ? LibcTest.BAD_FD : pipe, 0, SeekOrigin.CURRENT);
            if (errno != (bad ? -Errno.EBADF : -Errno.ESPIPE)) {
                return false;
            }
        }
        return true;
    }

    /** Waits until every slot is in use by a blocked reader, and a little longer for the readers that found none. */
    private static void awaitBlocked() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Linkage.slotsTaken() < 256) {
            assertThat(System.nanoTime()).as("readers did not block").isLessThan(deadline);
            Thread.sleep(5);
        }
        Thread.sleep(50);
    }

    /** The least of three windows: a window may contain a compilation, which allocates for the thread. */
    private static double bytesPerCall(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < CALLS / 4; i++) {
            call.run();
        }
        double least = Double.MAX_VALUE;
        for (int window = 0; window < 3; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, (double) (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }
}
