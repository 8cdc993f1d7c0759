package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What plays the kernel writes is what a user of the kernel reads. */
class WrittenStructTest {
    private final Arena memory = Arena.ofAuto();

    @Test
    void each_attribute_is_written_where_it_is_read_and_nowhere_else() {
        List<Method> setters = accessors(2);
        assertThat(setters).hasSize(21);
        for (Method setter : setters) {
            MemorySegment struct = memory.allocate(Statx.SIZE, Long.BYTES);
            Object ones = setter.getParameterTypes()[1] == long.class ? (Object) (-1L) : (Object) (-1);
            Reflection.call(setter, null, struct, ones);
            for (Method getter : accessors(1)) {
                long read = ((Number) Reflection.call(getter, null, struct)).longValue();
                long all = getter.getName().equals("mode") ? 0xffff : -1;
                assertThat(read).as("%s after %s", getter, setter)
                        .isEqualTo(getter.getName().equals(setter.getName()) ? all : 0);
            }
        }
    }

    private static List<Method> accessors(int parameters) {
        return Arrays.stream(Statx.class.getDeclaredMethods())
                .filter(method -> method.getParameterCount() == parameters && !method.isSynthetic()).toList();
    }

    @Test
    void directory_entry_is_read_as_it_was_written() {
        MemorySegment buffer = memory.allocate(80, Long.BYTES).fill((byte) -1);
        byte[] name = "a name".getBytes(StandardCharsets.US_ASCII);
        assertThat(DirectoryEntry.length(4)).isEqualTo(24);
        assertThat(DirectoryEntry.length(5)).isEqualTo(32);
        DirectoryEntry.set(buffer, 0, 7, 1, DirectoryEntry.DIRECTORY, name);
        DirectoryEntry.set(buffer, 32, 8, 2, DirectoryEntry.REGULAR, new byte[] {'.'});
        assertThat(DirectoryEntry.inode(buffer, 0)).isEqualTo(7);
        assertThat(DirectoryEntry.position(buffer, 0)).isEqualTo(1);
        assertThat(DirectoryEntry.type(buffer, 0)).isEqualTo(DirectoryEntry.DIRECTORY);
        assertThat(DirectoryEntry.name(buffer, 0)).isEqualTo("a name");
        assertThat(DirectoryEntry.next(buffer, 0)).isEqualTo(32);
        assertThat(DirectoryEntry.nameBytes(buffer, 32)).containsExactly('.');
        assertThat(DirectoryEntry.next(buffer, 32)).isEqualTo(56);
        assertThat(buffer.get(ValueLayout.JAVA_BYTE, 56)).as("what lies behind").isEqualTo((byte) -1);
    }
}
