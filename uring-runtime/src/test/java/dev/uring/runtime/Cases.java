package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** What the groups of cases share. Results may be short on any driver, so nothing here expects a full one. */
interface Cases {
    /** What the run runs on. */
    Setup setup();

    /** Where descriptors come from. */
    Ground ground();

    /** The runtime of this test, with one worker and roomy queues unless {@link #small()} was called first. */
    UringRuntime runtime();

    /** A runtime of this test besides the usual one; closed by the test. */
    UringRuntime newRuntime() throws IOException;

    /** Asks for a runtime with small queues. */
    void small();

    // ---- running ----

    default <T> T inTask(Callable<T> body) throws Exception {
        return runtime().blockOn(body);
    }

    default void runTask(Uring.Body body) throws Exception {
        runtime().blockOn(() -> {
            body.run();
            return null;
        });
    }

    /** A count that suits the weight of the run. */
    default int scaled(int full) {
        return Math.max(1, (int) ((long) full * setup().weight() / 100));
    }

    /** Turns the worker a few times: what was started before is with the driver afterwards. */
    default void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            new Timeout(Duration.ofMillis(1)).submit().await();
        }
    }

    /** Waits in a task, and without a limit of its own, until a task that tells its thread sleeps. */
    default void awaitSleep(CompletableFuture<Thread> thread) throws IOException {
        while (thread.join().getState() != Thread.State.WAITING) {
            settle();
        }
    }

    // ---- descriptors ----

    default TestPipe pipe() {
        return TestPipe.open(ground(), runtime());
    }

    default TestDescriptor file(byte... content) {
        return new TestDescriptor(ground().file(content), runtime());
    }

    /** A descriptor whose number nothing stands behind. */
    default TestDescriptor missing() {
        return new TestDescriptor(ground().missing(), runtime());
    }

    // ---- operations ----

    static Read read(TestPipe pipe, int capacity) {
        return new Read(pipe.reader(), IoBuffer.allocate(capacity), Read.NO_OFFSET);
    }

    static Write write(TestPipe pipe, byte... bytes) {
        return new Write(pipe.writer(), IoBuffer.copyOf(bytes), Write.NO_OFFSET);
    }

    static byte[] readFully(TestPipe pipe, int count) throws IOException {
        var all = new ByteArrayOutputStream();
        while (all.size() < count) {
            BufResult result = read(pipe, count - all.size()).submit().await();
            assertThat(result.bytes()).as("bytes before the end").isPositive();
            all.writeBytes(result.buffer().toByteArray());
        }
        return all.toByteArray();
    }

    static void writeFully(TestPipe pipe, byte[] bytes) throws IOException {
        for (int written = 0; written < bytes.length;) {
            byte[] rest = Arrays.copyOfRange(bytes, written, bytes.length);
            written += write(pipe, rest).submit().await().bytes();
        }
    }

    /** Bytes that tell their position, nearly. */
    static byte[] pattern(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    // ---- outcomes ----

    /** Waits for an operation that must fail, and answers its error number. */
    static int errnoOf(Op<?> op) {
        try {
            Object result = op.await();
            throw new AssertionError("expected an error, got " + result);
        } catch (UringException e) {
            return e.errno();
        } catch (IOException e) {
            throw new AssertionError("expected an error number", e);
        }
    }

    static void assertErrno(Op<?> op, int errno) {
        assertThat(Errno.describe(errnoOf(op))).isEqualTo(Errno.describe(errno));
    }

    /** Waits for a read that was asked to end; answers its bytes, none when it was cancelled. */
    static byte[] bytesOrCancelled(Read op) throws IOException {
        try {
            return op.await().buffer().toByteArray();
        } catch (CancellationException | AsynchronousCloseException e) {
            return new byte[0];
        }
    }

    static byte[] concat(List<byte[]> pieces) {
        var all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Bytes as sorted numbers: for what may arrive in any order, but each once. */
    static List<Integer> sorted(byte[] bytes) {
        List<Integer> numbers = new ArrayList<>();
        for (byte each : bytes) {
            numbers.add(each & 0xff);
        }
        numbers.sort(null);
        return numbers;
    }
}
