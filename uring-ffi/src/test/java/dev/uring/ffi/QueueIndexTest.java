package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The free-running indexes of both queues where they leave the range of int, which on a real ring takes some thousand
 * million requests: the test writes the kernel's side of the shared memory itself.
 */
class QueueIndexTest {
    private static final int ENTRIES = 4;
    // Where the test puts the fields of the shared memory.
    private static final int HEAD = 0;
    private static final int TAIL = 4;
    private static final int MASK = 8;
    private static final int FLAGS = 12;
    private static final int COMPLETIONS = 64;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(1024, 64);
    private final MemorySegment params = arena.allocate(Params.SIZE, 8);

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE - 5, -6})
    void submission_indexes_run_through_all_of_32_bits(int start) throws ReflectiveOperationException {
        int offsets = 40; // struct io_sqring_offsets in struct io_uring_params: head, tail, ring_mask, entries, flags
        params.set(ValueLayout.JAVA_INT, 0, ENTRIES); // sq_entries
        params.set(ValueLayout.JAVA_INT, 8, SetupFlag.NO_SQARRAY | SetupFlag.SQPOLL); // flags
        params.set(ValueLayout.JAVA_INT, offsets, HEAD);
        params.set(ValueLayout.JAVA_INT, offsets + 4, TAIL);
        params.set(ValueLayout.JAVA_INT, offsets + 8, MASK);
        params.set(ValueLayout.JAVA_INT, offsets + 16, FLAGS);
        memory.set(ValueLayout.JAVA_INT, MASK, ENTRIES - 1);
        memory.set(ValueLayout.JAVA_INT, HEAD, start);
        MemorySegment entries = arena.allocate(ENTRIES * Sqe.SIZE, 64);
        SubmissionQueue queue = new SubmissionQueue(memory, entries, params);
        set(queue, "tail", start);
        set(queue, "published", start);
        set(queue, "headSeen", start);
        for (int i = 0; i < 12; i++) {
            for (int taken = 0; taken < ENTRIES; taken++) {
                assertThat(queue.pending()).isEqualTo(taken);
                assertThat(queue.free()).isEqualTo(ENTRIES - taken);
                queue.take().nop().userData(start + taken);
            }
            assertThat(queue.next()).as("full").isNull();
            queue.publish();
            assertThat(memory.get(ValueLayout.JAVA_INT, TAIL)).isEqualTo(start + ENTRIES);
            assertThat(entries.get(ValueLayout.JAVA_LONG, (long) (start & ENTRIES - 1) * Sqe.SIZE + Sqe.USER_DATA))
                    .isEqualTo(start);
            start += ENTRIES;
            memory.set(ValueLayout.JAVA_INT, HEAD, start); // the kernel takes all
            queue.take();
            queue.untake();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE - 5, -6})
    void completion_indexes_run_through_all_of_32_bits(int start) {
        int offsets = 80; // struct io_cqring_offsets in struct io_uring_params: head, tail, ring_mask, .., cqes at 20
        params.set(ValueLayout.JAVA_INT, 4, ENTRIES); // cq_entries
        params.set(ValueLayout.JAVA_INT, offsets, HEAD);
        params.set(ValueLayout.JAVA_INT, offsets + 4, TAIL);
        params.set(ValueLayout.JAVA_INT, offsets + 8, MASK);
        params.set(ValueLayout.JAVA_INT, offsets + 20, COMPLETIONS);
        memory.set(ValueLayout.JAVA_INT, MASK, ENTRIES - 1);
        memory.set(ValueLayout.JAVA_INT, HEAD, start);
        memory.set(ValueLayout.JAVA_INT, TAIL, start);
        CompletionQueue queue = new CompletionQueue(memory, params);
        int tail = start;
        for (int i = 0; i < 12; i++) {
            assertThat(queue.ready()).isZero();
            for (int posted = 0; posted < ENTRIES; posted++) {
                long entry = COMPLETIONS + (long) (tail & ENTRIES - 1) * 16; // struct io_uring_cqe
                memory.set(ValueLayout.JAVA_LONG, entry, tail);
                memory.set(ValueLayout.JAVA_INT, entry + 8, -posted);
                memory.set(ValueLayout.JAVA_INT, TAIL, ++tail);
                assertThat(queue.ready()).isEqualTo(posted + 1);
                assertThat(queue.userData(posted)).isEqualTo(tail - 1);
                assertThat(queue.result(posted)).isEqualTo(-posted);
            }
            queue.advance(3);
            assertThat(memory.get(ValueLayout.JAVA_INT, HEAD)).isEqualTo(tail - 1);
            assertThat(queue.userData(0)).isEqualTo(tail - 1);
            queue.advance(1);
        }
    }

    private static void set(SubmissionQueue queue, String name, int value) throws ReflectiveOperationException {
        Field field = SubmissionQueue.class.getDeclaredField(name);
        field.setAccessible(true);
        field.setInt(queue, value);
    }
}
