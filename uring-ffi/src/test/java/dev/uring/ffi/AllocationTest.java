package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The loop of submit, enter and reap allocates nothing once it is warm. The least of several windows counts: the VM may
 * compile or collect in any one of them.
 */
class AllocationTest {
    private static final int OPERATIONS = 100_000;
    private static final int WINDOWS_MIN = 3;
    /** On a busy machine the compiler may need a while until a window is warm. */
    private static final int WINDOWS_MAX = 30;
    private static final long SECOND = 1_000_000_000;

    private enum Kind {
        SINGLE_OWNER(RingOptions.of(32)),
        SHARED(RingOptions.of(32).withPreferred(RingOptions.SHARED)),
        PLAIN(RingOptions.of(32).withPreferred(0));

        private final RingOptions options;

        Kind(RingOptions options) {
            this.options = options;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void submitting_and_reaping_allocates_nothing(Kind kind) throws SystemCallException {
        try (Ring ring = Ring.create(kind.options)) {
            expectNothing(() -> {
                for (int done = 0; done < OPERATIONS; done += 8) {
                    for (int i = 0; i < 8; i++) {
                        ring.submission().take().nop().userData(done + i);
                    }
                    expect(ring.submit(), 8);
                    expect(ring.submitAndWait(8), 0);
                    reap(ring, 8);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void timed_wait_with_a_registered_descriptor_allocates_nothing(Kind kind) throws SystemCallException {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        try (Ring ring = Ring.create(kind.options)) {
            expect(ring.registry().ringDescriptor(), 1);
            expectNothing(() -> {
                for (int done = 0; done < OPERATIONS; done++) {
                    ring.submission().take().nop().userData(done);
                    expect(ring.enter(-1, 1, 0, SECOND, 0, MemorySegment.NULL), 1);
                    reap(ring, 1);
                }
            });
        }
    }

    @Test
    void reading_a_file_allocates_nothing(@TempDir(factory = TargetDirectory.class) Path directory) throws IOException {
        int fd = Native.open(Files.write(directory.resolve("file"), new byte[4096]), 0);
        try (Ring ring = Ring.create(RingOptions.of(32)); Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096, 4096);
            expect(ring.registry().files(fd), 0);
            expect(ring.registry().buffers(buffer), 0);
            expectNothing(() -> {
                for (int done = 0; done < OPERATIONS; done++) {
                    ring.submission().take().readFixed(0, buffer, 64, 0, 0).flags(SqeFlag.FIXED_FILE).userData(done);
                    expect(ring.submitAndWait(1), 1);
                    reap(ring, 1);
                }
            });
        } finally {
            Libc.close(fd);
        }
    }

    private static void reap(Ring ring, int count) {
        CompletionQueue queue = ring.completion();
        expect(queue.ready(), count);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += queue.userData(i) + queue.flags(i);
            if (queue.result(i) < 0) {
                throw new AssertionError("result=" + queue.result(i));
            }
        }
        expect(sum < 0 ? -1 : 0, 0);
        queue.advance(count);
    }

    /** An assertion that does not allocate when it holds. */
    private static void expect(int actual, int expected) {
        if (actual != expected) {
            throw new AssertionError("expected=" + expected + " actual=" + actual);
        }
    }

    private static void expectNothing(Runnable window) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < WINDOWS_MIN || least > 0 && i < WINDOWS_MAX; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            window.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in %d operations", OPERATIONS).isZero();
    }
}
