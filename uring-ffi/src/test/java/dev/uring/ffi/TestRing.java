package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A ring with the loops that tests need: each request gets its own user data, results are kept until asked for, and no
 * wait is longer than some seconds.
 */
final class TestRing implements AutoCloseable {
    private static final long WAIT_NANOS = 10_000_000_000L;
    private static final long FIRST_ID = 1_000;

    private final Ring ring;
    /** The opcode of each request by its user data. */
    private final Map<Long, Integer> opcodes = new LinkedHashMap<>();
    private final List<Completion> unclaimed = new ArrayList<>();
    private long nextId = FIRST_ID;

    private TestRing(Ring ring) {
        this.ring = ring;
    }

    static TestRing open() {
        return open(RingOptions.of(32));
    }

    static TestRing open(RingOptions options) {
        try {
            return new TestRing(Ring.create(options));
        } catch (SystemCallException e) {
            throw new UncheckedIOException(e);
        }
    }

    Ring ring() {
        return ring;
    }

    Registry registry() {
        return ring.registry();
    }

    /** Fills an entry without submitting it; answers its user data. */
    long queue(Consumer<Sqe> shape) {
        long id = nextId++;
        Sqe entry = ring.submission().take();
        shape.accept(entry);
        entry.userData(id);
        opcodes.put(id, entry.opcode());
        return id;
    }

    /** Submits one request; answers its user data. */
    long submit(Consumer<Sqe> shape) {
        long id = queue(shape);
        submitQueued();
        return id;
    }

    void submitQueued() {
        int pending = ring.submission().pending();
        assertThat(ring.submit()).as("submitted of %d", pending).isEqualTo(pending);
    }

    /** Submits one request and waits for its first result. */
    Completion run(Consumer<Sqe> shape) {
        return await(submit(shape));
    }

    /** Waits for the next result of the request with this user data. */
    Completion await(long id) {
        long deadline = System.nanoTime() + WAIT_NANOS;
        while (true) {
            for (Iterator<Completion> all = unclaimed.iterator(); all.hasNext();) {
                Completion completion = all.next();
                if (completion.id() == id) {
                    all.remove();
                    return completion;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no result came: request=" + id + " opcode="
                        + Opcode.name(opcodes.getOrDefault(id, -1)) + " unclaimed=" + unclaimed);
            }
            if (ring.completion().ready() == 0) {
                int result = ring.enter(-1, 1, 0, left, 0, MemorySegment.NULL);
                assertThat(result).isIn(0, -Errno.ETIME, -Errno.EINTR);
            }
            reap();
        }
    }

    /** Runs the kernel's task work, and answers whether a result is there for this request. */
    boolean hasResult(long id) {
        ring.enter(0, 0, EnterFlag.GETEVENTS);
        reap();
        return unclaimed.stream().anyMatch(completion -> completion.id() == id);
    }

    private void reap() {
        CompletionQueue queue = ring.completion();
        int ready = queue.ready();
        for (int i = 0; i < ready; i++) {
            long id = queue.userData(i);
            unclaimed.add(new Completion(id, opcodes.getOrDefault(id, -1), queue.result(i), queue.flags(i)));
        }
        queue.advance(ready);
    }

    @Override
    public void close() {
        ring.close();
    }

    /** One result; {@code opcode} is -1 when the request was another ring's. */
    record Completion(long id, int opcode, int result, int flags) {
        /** Asserts a success with this result. */
        Completion is(int expected) {
            assertThat(describe(result)).as(Opcode.name(opcode)).isEqualTo(describe(expected));
            if (opcode >= 0) {
                OpcodeCoverage.sawSuccess(opcode);
            }
            return this;
        }

        /** Asserts a success; answers its result. */
        int value() {
            assertThat(result).as("%s: %s", Opcode.name(opcode), describe(result)).isNotNegative();
            OpcodeCoverage.sawSuccess(opcode);
            return result;
        }

        /** Asserts a failure with this error number. */
        Completion fails(int errno) {
            assertThat(describe(result)).as(Opcode.name(opcode)).isEqualTo(describe(-errno));
            OpcodeCoverage.sawError(opcode);
            return this;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int bufferId() {
            assertThat(has(CqeFlag.BUFFER)).as(toString()).isTrue();
            return flags >>> CqeFlag.BUFFER_SHIFT;
        }

        private static String describe(int result) {
            return result < 0 ? "-" + Errno.describe(-result) : Integer.toString(result);
        }
    }
}
