package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Finding a byte, and copying parts of arrays, in a buffer. */
class ByteSearchTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());

    private static int slowly(byte[] bytes, byte value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == value) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void the_first_byte_of_a_value_is_found_wherever_it_is() {
        var random = new Random(SEED);
        // Few values, and their neighbours, where a borrow between bytes would lead astray.
        byte[] values = {0, 1, -1, 127, -128, '\n', '\n' + 1, '\n' - 1};
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = values[random.nextInt(values.length)];
            }
            byte value = values[random.nextInt(values.length)];
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            IoBuffer buffer = IoBuffer.copyOf(bytes);
            assertThat(buffer.indexOf(value, from, to)).as("-During.test.seed=%s round=%s", SEED, round)
                    .isEqualTo(slowly(bytes, value, from, to));
        }
    }

    @Test
    void a_search_stays_in_the_buffer_and_needs_it_to_be_owned() {
        IoBuffer buffer = IoBuffer.allocate(8);
        assertThatThrownBy(() -> buffer.indexOf((byte) 1, 0, 9)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.indexOf((byte) 1, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.close();
        assertThatThrownBy(() -> buffer.indexOf((byte) 1, 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void parts_of_arrays_are_copied_both_ways() {
        IoBuffer buffer = IoBuffer.allocate(6).length(2);
        buffer.put(1, new byte[] {9, 1, 2, 3, 9}, 1, 3);
        byte[] back = new byte[5];
        buffer.get(0, back, 1, 4);
        assertThat(back).containsExactly(0, 0, 1, 2, 3);
        assertThat(buffer.length()).isEqualTo(2);
        assertThatThrownBy(() -> buffer.put(4, back, 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.get(0, back, 3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.close();
        assertThatThrownBy(() -> buffer.get(0, back, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.put(0, back, 0, 1)).isInstanceOf(IllegalStateException.class);
    }
}
