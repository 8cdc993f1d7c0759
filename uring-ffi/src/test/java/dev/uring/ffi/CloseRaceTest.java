package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No write lands in a buffer after its ring is closed, provided that all requests were cancelled and reaped before. The
 * reads are direct and large, so that the device is still writing to memory when the ring goes.
 */
class CloseRaceTest {
    private static final int ROUNDS = Boolean.getBoolean("uring.test.full") ? 200 : 20;
    private static final int READ_BYTES = 8 << 20;
    private static final int READS = 4;
    private static final long TOTAL_BYTES = (long) READS * READ_BYTES;
    private static final byte CONTENT = 0x11;
    private static final byte POISON = 0x5a;
    /** Long after the last measured late write; a direct read of 8 MiB takes about as many milliseconds. */
    private static final long LATE_MILLIS = 50;
    private static final long CANCEL = 1L << 40;

    @TempDir(factory = TargetDirectory.class)
    private Path directory;

    private final Arena arena = Arena.ofConfined();
    /** Alive well past each ring: a late write must hit memory that we can look at. */
    private final MemorySegment memory = arena.allocate(TOTAL_BYTES, 4096);
    private final MemorySegment poison = arena.allocate(TOTAL_BYTES, 4096).fill(POISON);
    private int fd;

    @BeforeEach
    void make_a_file() throws IOException {
        Path file = directory.resolve("file");
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, CONTENT);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < TOTAL_BYTES >> 20; i++) {
                channel.write(ByteBuffer.wrap(content));
            }
            channel.force(true);
        }
        fd = LibcFile.open(Native.path(arena, file), Architecture.HOST.openDirect, 0);
        assumeTrue(fd >= 0, () -> "the file system of target/ has no O_DIRECT: " + Errno.describe(-fd));
    }

    @AfterEach
    void close() throws InterruptedException {
        Thread.sleep(2 * LATE_MILLIS);
        Libc.close(fd);
        arena.close();
    }

    @Test
    void no_write_lands_after_cancel_reap_and_close() throws Exception {
        int inFlight = 0;
        for (int round = 0; round < ROUNDS; round++) {
            memory.fill(POISON);
            Ring ring = Ring.create(RingOptions.of(8));
            submitReads(ring);
            inFlight += READS - ring.completion().ready();
            cancelAndReap(ring);
            ring.close();
            memory.fill(POISON);
            Thread.sleep(round % 2 == 0 ? LATE_MILLIS : 1);
            assertThat(lateBytes()).as("round %d", round).isEqualTo(-1);
        }
        int reads = inFlight;
        assumeTrue(reads > ROUNDS, () -> "the device is too fast to be raced: reads in flight at cancellation=" + reads
                + " of " + ROUNDS * READS);
    }

    /** What the test above guards against: not a promise of the kernel in either direction, so only printed. */
    @Test
    @Tag("full")
    void closing_without_reaping_is_counted() throws Exception {
        int late = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Ring ring = Ring.create(RingOptions.of(8));
            submitReads(ring);
            ring.close();
            memory.fill(POISON);
            Thread.sleep(2 * LATE_MILLIS);
            late += lateBytes() < 0 ? 0 : 1;
        }
        System.out.println("close without reaping: rounds=" + ROUNDS + " withLateWrites=" + late);
    }

    private void submitReads(Ring ring) {
        for (int i = 0; i < READS; i++) {
            long offset = (long) i * READ_BYTES;
            ring.submission().take().read(fd, memory.asSlice(offset, READ_BYTES), READ_BYTES, offset).userData(i);
        }
        assertThat(ring.submit()).isEqualTo(READS);
    }

    /** The close protocol: cancel everything, then await every request's own last result, whatever the cancel said. */
    private static void cancelAndReap(Ring ring) {
        ring.submission().take().cancelAny(RequestFlag.ASYNC_CANCEL_ALL).userData(CANCEL);
        assertThat(ring.submit()).isEqualTo(1);
        int reads = 0;
        boolean cancelled = false;
        while (reads < READS || !cancelled) {
            int result = ring.enter(0, 1, 0, 10_000_000_000L, 0, MemorySegment.NULL);
            assertThat(result).isIn(0, -Errno.EINTR);
            int ready = ring.completion().ready();
            for (int i = 0; i < ready; i++) {
                if (ring.completion().userData(i) == CANCEL) {
                    cancelled = true;
                } else {
                    assertThat(ring.completion().result(i)).isIn(READ_BYTES, -Errno.ECANCELED, -Errno.EINTR);
                    reads++;
                }
            }
            ring.completion().advance(ready);
        }
    }

    /** The first byte that is not the poison, or -1. */
    private long lateBytes() {
        return memory.mismatch(poison);
    }
}
