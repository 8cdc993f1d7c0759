package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests of rings themselves, and the proof that every opcode of this kernel is tried in some test. */
class OpcodeTest {
    /** Opcodes whose success cannot be shown on an ordinary machine, and why. */
    static final Map<Integer, String> WITHOUT_SUCCESS = Map.of(
            Opcode.RECV_ZC, "needs a network card that splits headers from data, and CAP_NET_ADMIN");
    /** Opcodes that no test tries, and why: where a kernel has one, the proof is skipped with this reason. */
    static final Map<Integer, String> UNTRIED = Map.of(
            Opcode.NOP128, "came with 6.19 and needs entries of 128 bytes (SQE_MIXED), which Ring does not make",
            Opcode.URING_CMD128, "came with 6.19 and needs entries of 128 bytes (SQE_MIXED), which Ring does not make");
    private static final List<Class<?>> TESTS =
            List.of(OpcodeTest.class, FileOpcodeTest.class, SocketOpcodeTest.class, WaitOpcodeTest.class);
    private static final int OPCODES_MAX = 128;

    private final Arena arena = Arena.ofConfined();
    private final TestRing ring = TestRing.open();

    @AfterEach
    void close() {
        ring.close();
        arena.close();
    }

    @Test
    void every_opcode_of_this_kernel_succeeds_in_one_test_and_fails_in_one() {
        Set<Integer> succeeding = new TreeSet<>(WITHOUT_SUCCESS.keySet());
        Set<Integer> failing = new TreeSet<>();
        for (Class<?> tests : TESTS) {
            for (Method test : tests.getDeclaredMethods()) {
                Shows shows = test.getAnnotation(Shows.class);
                if (shows != null) {
                    Arrays.stream(shows.success()).forEach(succeeding::add);
                    Arrays.stream(shows.error()).forEach(failing::add);
                }
            }
        }
        List<Integer> known = supported().filter(opcode -> opcode < Opcode.COUNT && !UNTRIED.containsKey(opcode))
                .boxed().toList();
        assertThat(known).contains(Opcode.NOP, Opcode.READ, Opcode.WRITE);
        assertThat(known.stream().filter(opcode -> !succeeding.contains(opcode)).map(Opcode::name))
                .as("opcodes that succeed in no test").isEmpty();
        assertThat(known.stream().filter(opcode -> !failing.contains(opcode)).map(Opcode::name))
                .as("opcodes that fail in no test").isEmpty();
        assumeTrue(supported().allMatch(known::contains), () -> "all known opcodes are tried, but this kernel has more: "
                + supported().filter(opcode -> !known.contains(opcode))
                        .mapToObj(opcode -> Opcode.name(opcode) + " (" + UNTRIED.getOrDefault(opcode, "unknown here") + ")")
                        .toList());
    }

    private static IntStream supported() {
        return IntStream.range(0, OPCODES_MAX).filter(ThisKernel.capabilities()::supports);
    }

    @Test
    @Shows(success = Opcode.NOP, error = Opcode.NOP)
    void nop_answers_nothing_or_what_it_was_told_to() {
        ring.run(Sqe::nop).is(0);
        ring.run(sqe -> sqe.nop(RequestFlag.NOP_INJECT_RESULT, 42)).is(42);
        ring.run(sqe -> sqe.nop(RequestFlag.NOP_INJECT_RESULT, -Errno.EIO)).fails(Errno.EIO);
        ring.run(sqe -> sqe.nop(1 << 30, 0)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = Opcode.MSG_RING, error = Opcode.MSG_RING)
    void message_arrives_at_another_ring_with_result_flags_and_files() {
        try (TestRing other = TestRing.open(); Native.Pair pipe = Native.pipe()) {
            int target = other.ring().fd();
            ring.run(sqe -> sqe.msgRing(target, 77, 5, 0)).is(0);
            other.await(5).is(77);
            ring.run(sqe -> sqe.msgRing(target, 78, 6, 0, 0x1234)).is(0);
            assertThat(other.await(6).is(78).flags()).isEqualTo(0x1234);
            ring.run(sqe -> sqe.msgRing(ring.ring().fd(), 79, 7, 0)).is(0);
            ring.await(7).is(79);

            assertThat(ring.registry().files(pipe.second())).isZero();
            assertThat(other.registry().sparseFiles(4)).isZero();
            ring.run(sqe -> sqe.msgRingFd(target, 0, 3, 8, 0)).is(0);
            other.await(8).is(0);
            MemorySegment text = Native.text(arena, "passed");
            other.run(sqe -> sqe.write(3, text, 6, -1).flags(SqeFlag.FIXED_FILE)).is(6);
            assertThat(Native.read(pipe.first())).isEqualTo("passed");

            ring.run(sqe -> sqe.msgRing(pipe.first(), 0, 0, 0)).fails(Errno.EBADFD);
        }
        RingOptions disabled = RingOptions.of(8).withRequired(SetupFlag.R_DISABLED);
        try (TestRing asleep = TestRing.open(disabled)) {
            ring.run(sqe -> sqe.msgRing(asleep.ring().fd(), 0, 0, 0)).fails(Errno.EBADFD);
        }
    }

    @Test
    @Shows(success = {Opcode.WRITE, Opcode.READ}, error = Opcode.READ)
    void short_read_breaks_a_link_and_leaves_a_hard_link_whole() {
        try (Native.Pair pipe = Native.pipe()) {
            MemorySegment buffer = arena.allocate(8);
            MemorySegment text = Native.text(arena, "abc");
            long write = ring.queue(sqe -> sqe.write(pipe.second(), text, 3, -1).flags(SqeFlag.IO_LINK));
            long read = ring.queue(sqe -> sqe.read(pipe.first(), buffer, 8, -1).flags(SqeFlag.IO_LINK));
            long after = ring.queue(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            ring.submitQueued();
            ring.await(write).is(3);
            ring.await(read).is(3);
            ring.await(after).fails(Errno.ECANCELED);
            Native.write(pipe.second(), "de");
            long first = ring.queue(sqe -> sqe.read(pipe.first(), buffer, 8, -1).flags(SqeFlag.IO_HARDLINK));
            long second = ring.queue(sqe -> sqe.write(pipe.second(), text, 3, -1));
            ring.submitQueued();
            ring.await(first).is(2);
            ring.await(second).is(3);
        }
    }

    @Test
    @Shows(success = {Opcode.NOP, Opcode.READ}, error = Opcode.READ)
    void skipped_success_posts_no_result_but_failure_and_short_read_do() {
        try (Native.Pair pipe = Native.pipe()) {
            Native.write(pipe.second(), "abc");
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_LONG, 0);
            long silent = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 3, -1).flags(SqeFlag.CQE_SKIP_SUCCESS));
            ring.run(Sqe::nop).is(0);
            assertThat(Native.text(buffer, 3)).isEqualTo("abc");
            assertThat(ring.hasResult(silent)).isFalse();
            ring.run(sqe -> sqe.read(1_000_000, buffer, 8, -1).flags(SqeFlag.CQE_SKIP_SUCCESS)).fails(Errno.EBADF);
            Native.write(pipe.second(), "d");
            // A short read counts as a failure here, too, and is told.
            ring.run(sqe -> sqe.read(pipe.first(), buffer, 8, -1).flags(SqeFlag.CQE_SKIP_SUCCESS)).is(1);
        }
    }
}
