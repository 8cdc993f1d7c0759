package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every accessor reads and writes the bytes of its field, and no others. */
class StructAccessorTest {
    private static final AbiTable TABLE = AbiTable.load();
    /** More than any struct has, so that a write beyond the struct is seen. */
    private static final int MEMORY_BYTES = 256;

    /** Structs that are reached through the segment of another one. */
    private static final Map<Class<?>, Integer> BASES = Map.of(
            SubmissionRingOffsets.class, Params.SQ_OFFSETS, CompletionRingOffsets.class, Params.CQ_OFFSETS);

    @ParameterizedTest
    @MethodSource("dev.uring.ffi.Structs#all")
    void setters_write_their_field_only(Structs struct) {
        for (Method method : accessors(struct, 2)) {
            MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES, Long.BYTES);
            Object ones = method.getParameterTypes()[1] == long.class ? (Object) (-1L) : (Object) (-1);
            Reflection.call(method, null, memory, ones);
            assertThat(bytes(memory)).as("%s", method).isEqualTo(bytes(marked(struct, method)));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.uring.ffi.Structs#all")
    void getters_read_their_field_only(Structs struct) {
        for (Method method : accessors(struct, 1)) {
            int size = place(struct, method).size();
            long ones = size == Long.BYTES ? -1L : (1L << size * Byte.SIZE) - 1;
            MemorySegment memory = marked(struct, method);
            assertThat(value(method, memory, size)).as("%s", method).isEqualTo(ones);
            for (long i = 0; i < memory.byteSize(); i++) {
                memory.set(ValueLayout.JAVA_BYTE, i, (byte) ~memory.get(ValueLayout.JAVA_BYTE, i));
            }
            assertThat(value(method, memory, size)).as("%s", method).isZero();
        }
    }

    @Test
    void completion_is_read_at_its_base() {
        MemorySegment entries = Arena.ofAuto().allocate(2 * CompletionEntry.SIZE, Long.BYTES);
        entries.set(ValueLayout.JAVA_LONG, 16, 0x1122334455667788L);
        entries.set(ValueLayout.JAVA_INT, 24, -11);
        entries.set(ValueLayout.JAVA_INT, 28, CqeFlag.BUFFER | CqeFlag.MORE | 5 << CqeFlag.BUFFER_SHIFT);
        assertThat(CompletionEntry.userData(entries, 16)).isEqualTo(0x1122334455667788L);
        assertThat(CompletionEntry.result(entries, 16)).isEqualTo(-11);
        assertThat(CqeFlag.describe(CompletionEntry.flags(entries, 16))).isEqualTo("BUFFER|MORE|buffer=5");
    }

    @Test
    void first_buffer_of_a_ring_keeps_the_tail() {
        MemorySegment ring = Arena.ofAuto().allocate(2 * BufferRingEntry.SIZE, Long.BYTES);
        BufferRingEntry.tailRelease(ring, 0xfffe);
        BufferRingEntry.set(ring, 0, -1, -1, 0xffff);
        assertThat(ring.get(ValueLayout.JAVA_SHORT, 14)).isEqualTo((short) 0xfffe);
        BufferRingEntry.set(ring, 16, 0x1000, 4096, 7);
        assertThat(ring.get(ValueLayout.JAVA_LONG, 16)).isEqualTo(0x1000);
        assertThat(ring.get(ValueLayout.JAVA_INT, 24)).isEqualTo(4096);
        assertThat(ring.get(ValueLayout.JAVA_SHORT, 28)).isEqualTo((short) 7);
        assertThat(ring.get(ValueLayout.JAVA_SHORT, 30)).isZero();
    }

    @Test
    void probe_knows_only_opcodes_that_the_kernel_marked() {
        MemorySegment probe = Arena.ofAuto().allocate(Probe.SIZE + 2 * ProbeOperation.SIZE, Long.BYTES);
        probe.set(ValueLayout.JAVA_BYTE, 1, (byte) 2);
        probe.set(ValueLayout.JAVA_SHORT, 16 + 8 + 2, (short) RegisterFlag.OP_SUPPORTED);
        assertThat(Probe.supports(probe, 0)).isFalse();
        assertThat(Probe.supports(probe, 1)).isTrue();
        assertThat(Probe.supports(probe, 2)).isFalse();
    }

    @Test
    void timespec_splits_nanoseconds() {
        MemorySegment timespec = Arena.ofAuto().allocate(KernelTimespec.SIZE, Long.BYTES);
        KernelTimespec.set(timespec, 3_000_000_007L);
        assertThat(KernelTimespec.seconds(timespec)).isEqualTo(3);
        assertThat(KernelTimespec.nanos(timespec)).isEqualTo(7);
    }

    @Test
    void cancel_keeps_its_time_limit_behind_the_flags() {
        MemorySegment cancel = Arena.ofAuto().allocate(SyncCancel.SIZE, Long.BYTES);
        SyncCancel.timeout(cancel, -1, -2);
        assertThat(cancel.get(ValueLayout.JAVA_LONG, 16)).isEqualTo(-1);
        assertThat(cancel.get(ValueLayout.JAVA_LONG, 24)).isEqualTo(-2);
    }

    @Test
    void flags_are_told_by_name() {
        assertThat(SetupFlag.describe(SetupFlag.SINGLE_ISSUER | SetupFlag.DEFER_TASKRUN))
                .isEqualTo("SINGLE_ISSUER|DEFER_TASKRUN");
        assertThat(Feature.describe(Feature.NODROP | 1 << 31)).isEqualTo("NODROP|bit31");
        assertThat(EnterFlag.describe(0)).isEqualTo("0");
        assertThat(SqeFlag.describe(SqeFlag.FIXED_FILE | SqeFlag.CQE_SKIP_SUCCESS))
                .isEqualTo("FIXED_FILE|CQE_SKIP_SUCCESS");
        assertThat(CqeFlag.describe(CqeFlag.SKIP | CqeFlag.F_32 | 1 << 9)).isEqualTo("SKIP|bit9|F_32");
    }

    /** Static methods that take the struct's memory and are named as one of its constants. */
    private static List<Method> accessors(Structs struct, int parameters) {
        return Arrays.stream(struct.type().getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .filter(method -> struct.fields().containsKey(constant(method)))
                .filter(method -> method.getParameterCount() == parameters)
                .filter(method -> method.getParameterTypes()[0] == MemorySegment.class)
                .filter(method -> (method.getReturnType() == void.class) == (parameters == 2))
                .toList();
    }

    /** {@code minWaitMicros} becomes {@code MIN_WAIT_MICROS}. */
    private static String constant(Method method) {
        return method.getName().replaceAll("(?<=[a-z0-9])([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }

    private static AbiTable.Place place(Structs struct, Method method) {
        return TABLE.fields.get(struct.struct() + "." + struct.fields().get(constant(method)));
    }

    /** Memory with all bits set in the method's field and none elsewhere. */
    private static MemorySegment marked(Structs struct, Method method) {
        MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES, Long.BYTES);
        AbiTable.Place place = place(struct, method);
        memory.asSlice(BASES.getOrDefault(struct.type(), 0) + place.offset(), place.size()).fill((byte) -1);
        return memory;
    }

    private static long value(Method getter, MemorySegment memory, int size) {
        long value = ((Number) Reflection.call(getter, null, memory)).longValue();
        return size == Integer.BYTES ? Integer.toUnsignedLong((int) value) : value;
    }

    private static byte[] bytes(MemorySegment memory) {
        return memory.toArray(ValueLayout.JAVA_BYTE);
    }
}
