package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import org.junit.jupiter.api.Test;

class CStringTest {
    private final Arena arena = Arena.ofAuto();

    @Test
    void a_path_ends_with_one_nul() {
        assertThat(CString.encode(arena, "abc").toArray(JAVA_BYTE)).containsExactly('a', 'b', 'c', 0);
        assertThat(CString.encode(arena, "").toArray(JAVA_BYTE)).containsExactly(0);
        assertThat(CString.EMPTY.toArray(JAVA_BYTE)).containsExactly(0);
    }

    @Test
    void a_string_is_decoded_up_to_its_nul() {
        MemorySegment two = arena.allocateFrom(JAVA_BYTE, new byte[] {'a', 'b', 0, 'c', 0});
        assertThat(CString.decode(two, 0)).isEqualTo("ab");
        assertThat(CString.decode(two, 3)).isEqualTo("c");
        assertThat(CString.decode(two, 4)).isEmpty();
        assertThat(CString.decode(two, 0, 1)).isEqualTo("a");
    }

    @Test
    void a_string_without_nul_is_not_read_past_its_end() {
        MemorySegment open = arena.allocateFrom(JAVA_BYTE, new byte[] {'a', 'b'});
        assertThatThrownBy(() -> CString.decode(open, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_nul_inside_a_path_is_refused_as_java_refuses_it() {
        assertThatThrownBy(() -> CString.encode(arena, "a\0b"))
                .isInstanceOf(InvalidPathException.class)
                .hasMessageContaining("Nul character not allowed");
    }

    @Test
    void a_character_that_the_charset_cannot_express_is_refused() {
        assertThatThrownBy(() -> CString.encode(arena, "a\ud800")) // half a pair: no charset has it
                .isInstanceOf(InvalidPathException.class)
                .hasMessageContaining("charset=");
    }
}
