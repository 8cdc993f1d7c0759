package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a ring can be told once: every typed call of {@link Registry}, and some through the generic one. */
class RegistryTest {
    private static final int PAGE = 4096;
    private static final int O_RDWR = 2;
    private static final int EFD_NONBLOCK = 04000;

    @TempDir(factory = TargetDirectory.class)
    private Path directory;

    private final Arena arena = Arena.ofConfined();
    private final TestRing ring = TestRing.open();
    private final MemorySegment one = arena.allocate(PAGE, PAGE);
    private final MemorySegment two = arena.allocate(PAGE, PAGE);
    private Path file;
    private int fd;

    @BeforeEach
    void make_a_file() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = Native.open(file, O_RDWR);
    }

    @AfterEach
    void close() {
        ring.close();
        Libc.close(fd);
        arena.close();
    }

    @Test
    void registered_buffers_are_named_by_index_until_unregistered() throws IOException {
        assertThat(ring.registry().buffers(one, two)).isZero();
        assertThat(ring.registry().buffers(one)).as("twice").isEqualTo(-Errno.EBUSY);
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 1)).is(10);
        assertThat(Native.text(two, 10)).isEqualTo("0123456789");
        one.copyFrom(Native.text(arena, "abc"));
        ring.run(sqe -> sqe.writeFixed(fd, one, 3, 10, 0)).is(3);
        assertThat(Files.readString(file)).isEqualTo("0123456789abc");
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 0)).fails(Errno.EFAULT);
        ring.run(sqe -> sqe.readFixed(fd, one, 10, 0, 2)).fails(Errno.EFAULT);
        assertThat(ring.registry().unregisterBuffers()).isZero();
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 1)).fails(Errno.EFAULT);
        assertThat(ring.registry().unregisterBuffers()).as("none left").isEqualTo(-Errno.ENXIO);
    }

    @Test
    void sparse_buffers_are_filled_changed_and_emptied() {
        ThisKernel.assumeHas(Capability.SPARSE_TABLES);
        assertThat(ring.registry().sparseBuffers(4)).isZero();
        ring.run(sqe -> sqe.readFixed(fd, one, 10, 0, 1)).fails(Errno.EFAULT);
        assertThat(ring.registry().updateBuffers(1, one, two)).as("how many").isEqualTo(2);
        ring.run(sqe -> sqe.readFixed(fd, one, 10, 0, 1)).is(10);
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 2)).is(10);
        assertThat(ring.registry().updateBuffers(1, two)).isEqualTo(1);
        ring.run(sqe -> sqe.readFixed(fd, one, 10, 0, 1)).fails(Errno.EFAULT);
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 1)).is(10);
        assertThat(ring.registry().updateBuffers(1, MemorySegment.NULL)).isEqualTo(1);
        ring.run(sqe -> sqe.readFixed(fd, two, 10, 0, 1)).fails(Errno.EFAULT);
        assertThat(ring.registry().updateBuffers(4, one)).as("past the end").isEqualTo(-Errno.EINVAL);
    }

    @Test
    void cloned_buffers_outlive_those_of_their_source() {
        ThisKernel.assumeHas(Capability.CLONE_BUFFERS);
        try (TestRing other = TestRing.open()) {
            assertThat(other.registry().cloneBuffers(ring.ring())).as("nothing to clone").isEqualTo(-Errno.ENXIO);
            assertThat(ring.registry().buffers(one, two)).isZero();
            assertThat(other.registry().cloneBuffers(ring.ring())).isZero();
            assertThat(other.registry().cloneBuffers(ring.ring())).as("twice").isEqualTo(-Errno.EBUSY);
            assertThat(ring.registry().unregisterBuffers()).isZero();
            other.run(sqe -> sqe.readFixed(fd, two, 10, 0, 1)).is(10);
            assertThat(Native.text(two, 10)).isEqualTo("0123456789");
        }
    }

    @Test
    void registered_files_stay_open_and_are_replaced_and_removed() throws IOException {
        int second = Native.open(Files.writeString(directory.resolve("second"), "ab"), O_RDWR);
        assertThat(ring.registry().files(fd, Registry.NO_FILE, second)).isZero();
        assertThat(ring.registry().files(fd)).as("twice").isEqualTo(-Errno.EBUSY);
        Libc.close(second);
        ring.run(sqe -> sqe.read(0, one, 16, 0).flags(SqeFlag.FIXED_FILE)).is(10);
        ring.run(sqe -> sqe.read(1, one, 16, 0).flags(SqeFlag.FIXED_FILE)).fails(Errno.EBADF);
        ring.run(sqe -> sqe.read(2, one, 16, 0).flags(SqeFlag.FIXED_FILE)).is(2);

        assertThat(ring.registry().updateFiles(1, fd, RegisterFlag.FILES_SKIP)).isEqualTo(2);
        ring.run(sqe -> sqe.read(1, one, 16, 0).flags(SqeFlag.FIXED_FILE)).is(10);
        ring.run(sqe -> sqe.read(2, one, 16, 0).flags(SqeFlag.FIXED_FILE)).is(2);
        assertThat(ring.registry().updateFiles(2, Registry.NO_FILE)).isEqualTo(1);
        ring.run(sqe -> sqe.read(2, one, 16, 0).flags(SqeFlag.FIXED_FILE)).fails(Errno.EBADF);
        assertThat(ring.registry().updateFiles(3, fd)).as("past the end").isEqualTo(-Errno.EINVAL);
        assertThat(ring.registry().updateFiles(0, 1_000_000)).isEqualTo(-Errno.EBADF);

        assertThat(ring.registry().unregisterFiles()).isZero();
        ring.run(sqe -> sqe.read(0, one, 16, 0).flags(SqeFlag.FIXED_FILE)).fails(Errno.EBADF);
        assertThat(ring.registry().unregisterFiles()).isEqualTo(-Errno.ENXIO);
    }

    @Test
    void sparse_files_begin_empty() {
        ThisKernel.assumeHas(Capability.SPARSE_TABLES);
        assertThat(ring.registry().sparseFiles(2)).isZero();
        ring.run(sqe -> sqe.read(1, one, 16, 0).flags(SqeFlag.FIXED_FILE)).fails(Errno.EBADF);
        assertThat(ring.registry().updateFiles(1, fd)).isEqualTo(1);
        ring.run(sqe -> sqe.read(1, one, 16, 0).flags(SqeFlag.FIXED_FILE)).is(10);
    }

    @Test
    void eventfd_counts_results() {
        int eventfd = Libc.eventfd(0, EFD_NONBLOCK);
        assertThat(ring.registry().eventfd(eventfd)).isZero();
        assertThat(ring.registry().eventfd(eventfd)).as("twice").isEqualTo(-Errno.EBUSY);
        ring.run(Sqe::nop).is(0);
        ring.run(Sqe::nop).is(0);
        assertThat(count(eventfd)).isEqualTo(2);
        assertThat(ring.registry().unregisterEventfd()).isZero();
        ring.run(Sqe::nop).is(0);
        assertThat(count(eventfd)).isEqualTo(-Errno.EAGAIN);
        assertThat(ring.registry().unregisterEventfd()).isEqualTo(-Errno.ENXIO);
        Libc.close(eventfd);
    }

    @Test
    void asynchronous_eventfd_leaves_out_what_completes_at_once() {
        int eventfd = Libc.eventfd(0, EFD_NONBLOCK);
        assertThat(ring.registry().eventfdAsync(eventfd)).isZero();
        ring.run(Sqe::nop).is(0);
        assertThat(count(eventfd)).isEqualTo(-Errno.EAGAIN);
        try (Native.Pair pipe = Native.pipe()) {
            // Work done by a thread of the kernel: a deferred read on the owner's own thread would not count.
            long read = ring.submit(sqe -> sqe.read(pipe.first(), one, 8, -1).flags(SqeFlag.ASYNC));
            Native.write(pipe.second(), "x");
            ring.await(read).is(1);
            assertThat(count(eventfd)).isPositive();
        }
        Libc.close(eventfd);
    }

    private long count(int eventfd) {
        MemorySegment counter = arena.allocate(8, 8);
        long result = Libc.read(eventfd, counter, 8);
        return result < 0 ? result : counter.get(ValueLayout.JAVA_LONG, 0);
    }

    @Test
    void worker_limits_are_set_and_zero_leaves_them() {
        ThisKernel.assumeHas(Capability.WORKER_LIMITS);
        assertThat(ring.registry().workerLimits(2, 3)).isZero();
        assertThat(ring.registry().workerLimits(0, 5)).isZero();
        MemorySegment limits = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 0);
        assertThat(ring.registry().register(RegisterOpcode.IOWQ_MAX_WORKERS, limits, 2)).isZero();
        assertThat(limits.toArray(ValueLayout.JAVA_INT)).as("what was set before").containsExactly(2, 5);
        assertThat(ring.registry().workerLimits(-1, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void descriptor_is_registered_once_and_given_up_once() throws Exception {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        assertThatThrownBy(() -> ring.registry().unregisterRingDescriptor()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("descriptor is not registered: fd=" + ring.ring().fd());
        assertThat(ring.registry().ringDescriptor()).isEqualTo(1);
        assertThatThrownBy(() -> ring.registry().ringDescriptor()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("descriptor is registered already: fd=" + ring.ring().fd());
        assertThatThrownBy(() -> RingTest.onOtherThread(() -> ring.registry().unregisterRingDescriptor()))
                .hasStackTraceContaining("thread that registered it");
        assertThat(ring.registry().unregisterRingDescriptor()).isEqualTo(1);
        assertThatThrownBy(() -> ring.registry().unregisterRingDescriptor()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void giving_up_a_descriptor_does_not_touch_that_of_another_ring() {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        assertThat(ring.registry().ringDescriptor()).as("takes slot 0").isEqualTo(1);
        try (TestRing other = TestRing.open()) {
            assertThatThrownBy(() -> other.registry().unregisterRingDescriptor())
                    .isInstanceOf(IllegalStateException.class);
        }
        ring.run(Sqe::nop).is(0);
    }

    @Test
    void multishot_receive_takes_buffers_until_none_is_left_and_goes_on_when_armed_again() throws SystemCallException {
        ThisKernel.assumeHas(Capability.RECV_MULTISHOT);
        MemorySegment memory = arena.allocate(2 * 64, 64);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 9, 2, 0); Native.Pair pair = Native.socketPair()) {
            assertThat(buffers.group()).isEqualTo(9);
            assertThat(buffers.entries()).isEqualTo(2);
            assertThat(buffers.available()).isZero();
            Native.write(pair.second(), "early");
            ring.run(sqe -> sqe.recvMultishot(pair.first(), 0, 0, 9)).fails(Errno.ENOBUFS);
            assertThat(Native.read(pair.first())).as("not lost").isEqualTo("early");
            give(buffers, memory, 0);
            give(buffers, memory, 1);
            assertThat(buffers.available()).isEqualTo(2);
            long recv = ring.submit(sqe -> sqe.recvMultishot(pair.first(), 0, 0, 9));
            Native.write(pair.second(), "first");
            TestRing.Completion first = ring.await(recv).is(5);
            assertThat(first.has(CqeFlag.MORE)).isTrue();
            assertThat(Native.text(memory.asSlice(first.bufferId() * 64L), 5)).isEqualTo("first");
            assertThat(buffers.available()).isEqualTo(1);
            Native.write(pair.second(), "2nd");
            TestRing.Completion second = ring.await(recv).is(3);
            assertThat(second.bufferId()).isNotEqualTo(first.bufferId());
            Native.write(pair.second(), "waits");
            assertThat(ring.await(recv).fails(Errno.ENOBUFS).has(CqeFlag.MORE)).isFalse();
            assertThat(buffers.available()).isZero();

            give(buffers, memory, first.bufferId());
            long again = ring.submit(sqe -> sqe.recvMultishot(pair.first(), 0, 0, 9));
            TestRing.Completion third = ring.await(again).is(5);
            assertThat(Native.text(memory.asSlice(third.bufferId() * 64L), 5)).isEqualTo("waits");
        }
    }

    /** Puts a buffer back, as a user of the ring does. */
    private static void give(BufferRing buffers, MemorySegment memory, int id) {
        buffers.add(memory.asSlice(id * 64L, 64), 64, id);
        buffers.publish();
    }

    @Test
    void buffer_is_not_available_before_it_is_published() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 0, 4, 0)) {
            buffers.add(one, PAGE, 0);
            assertThat(buffers.available()).isZero();
            buffers.publish();
            assertThat(buffers.available()).isEqualTo(1);
        }
    }

    @Test
    void buffer_ring_wraps_around_its_sixteen_bit_tail() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 0, 2, 0)) {
            for (int i = 0; i < 70_000; i++) {
                buffers.add(one, 1 + i % 7, i & 0xffff);
                buffers.publish();
                if (i % 10_000 == 0) {
                    assertThat(buffers.available()).isEqualTo(1);
                }
                int id = i & 0xffff;
                TestRing.Completion read = ring.run(
                        sqe -> sqe.read(fd, MemorySegment.NULL, 100, 0).flags(SqeFlag.BUFFER_SELECT).bufferGroup(0));
                if (read.result() != 1 + i % 7 || read.bufferId() != id) {
                    throw new AssertionError("i=" + i + " " + read);
                }
            }
            assertThat(buffers.available()).isZero();
        }
    }

    @Test
    void incremental_buffer_is_used_up_piece_by_piece() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING_INCREMENTAL);
        MemorySegment memory = arena.allocate(64, 64);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 9, 2, RegisterFlag.PBUF_RING_INC);
                Native.Pair pair = Native.socketPair()) {
            give(buffers, memory, 0);
            long recv = ring.submit(sqe -> sqe.recvMultishot(pair.first(), 0, 0, 9));
            Native.write(pair.second(), "hello");
            assertThat(ring.await(recv).is(5).has(CqeFlag.BUF_MORE)).isTrue();
            assertThat(buffers.available()).as("still the kernel's").isEqualTo(1);
            Native.write(pair.second(), "x".repeat(59));
            TestRing.Completion rest = ring.await(recv).is(59);
            assertThat(rest.has(CqeFlag.BUF_MORE)).as("used up").isFalse();
            assertThat(rest.bufferId()).isZero();
            assertThat(Native.text(memory, 64)).isEqualTo("hello" + "x".repeat(59));
            assertThat(buffers.available()).isZero();
            Native.write(pair.second(), "y");
            ring.await(recv).fails(Errno.ENOBUFS);
        }
    }

    @Test
    void buffer_ring_may_be_closed_after_its_ring() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING);
        Ring shortLived = Ring.create(RingOptions.of(4));
        BufferRing buffers = BufferRing.register(shortLived, 0, 4, 0);
        shortLived.close();
        buffers.close();
        assertThatThrownBy(buffers::publish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sync_cancel_waits_for_the_request_to_be_gone() {
        try (Native.Pair pipe = Native.pipe()) {
            long read = ring.submit(sqe -> sqe.read(pipe.first(), one, 8, -1));
            assertThat(ring.registry().syncCancel(read, -1, 0, -1)).isZero();
            ring.await(read).fails(Errno.ECANCELED);
            assertThat(ring.registry().syncCancel(read, -1, 0, -1)).isEqualTo(-Errno.ENOENT);

            long other = ring.submit(sqe -> sqe.read(pipe.first(), one, 8, -1));
            long poll = ring.submit(sqe -> sqe.pollAdd(pipe.first(), 1));
            int flags = RequestFlag.ASYNC_CANCEL_FD | RequestFlag.ASYNC_CANCEL_ALL;
            assertThat(ring.registry().syncCancel(0, pipe.first(), flags, -1)).isEqualTo(2);
            ring.await(other).fails(Errno.ECANCELED);
            ring.await(poll).fails(Errno.ECANCELED);
        }
    }

    /**
     * The request sits in a worker of the kernel, which needs a moment to give up. With DEFER_TASKRUN 6.18 does not even
     * notice when it has: the wait lasts to the end of the time, however long that is.
     */
    @Test
    void sync_cancel_gives_up_when_the_time_is_over() throws Exception {
        MemorySegment path = fifo();
        boolean timedOut = false;
        for (int i = 0; i < 50 && !timedOut; i++) {
            long open = ring.submit(sqe -> sqe.openat(Native.AT_FDCWD, path, 0, 0).flags(SqeFlag.ASYNC));
            Thread.sleep(5);
            long start = System.nanoTime();
            int result = ring.registry().syncCancel(open, -1, 0, 20_000_000);
            assertThat(result).isIn(0, -Errno.ETIME);
            timedOut = result == -Errno.ETIME;
            if (timedOut) {
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
            }
            cancelledOpen(ring.await(open));
        }
        assumeTrue(timedOut, "this kernel always cancelled within the time");
    }

    @Test
    void sync_cancel_without_a_time_awaits_the_worker_of_a_ring_without_deferred_work() throws Exception {
        MemorySegment path = fifo();
        try (TestRing shared = TestRing.open(RingOptions.of(8).withPreferred(RingOptions.SHARED))) {
            long open = shared.submit(sqe -> sqe.openat(Native.AT_FDCWD, path, 0, 0).flags(SqeFlag.ASYNC));
            Thread.sleep(5);
            assertThat(shared.registry().syncCancel(open, -1, 0, -1)).isZero();
            assertThat(shared.hasResult(open)).as("its result is there").isTrue();
            cancelledOpen(shared.await(open));
        }
    }

    /** 6.18 tells ERESTARTSYS (512), which no program should see, where open(2) would tell EINTR. */
    private static void cancelledOpen(TestRing.Completion open) {
        assertThat(open.result()).isIn(-Errno.EINTR, -Errno.ECANCELED, -512);
    }

    /** Makes a pipe with a name, on which open(2) waits until somebody opens the other end. */
    private MemorySegment fifo() throws IOException, InterruptedException {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return Native.path(arena, fifo);
    }

    @Test
    void probe_names_each_opcode_with_its_number() {
        MemorySegment probe = arena.allocate(Registry.PROBE_BYTES, 8);
        assertThat(ring.registry().probe(probe)).isZero();
        int last = Byte.toUnsignedInt(probe.get(ValueLayout.JAVA_BYTE, 0)); // last_op
        assertThat(last).isGreaterThanOrEqualTo(Opcode.WRITE);
        for (int opcode = 0; opcode <= last; opcode++) {
            assertThat(probe.get(ValueLayout.JAVA_BYTE, 16 + 8L * opcode)).isEqualTo((byte) opcode);
            assertThat(ThisKernel.capabilities().supports(opcode)).isEqualTo(Probe.supports(probe, opcode));
        }
        assertThat(IntStream.range(last + 1, 256).anyMatch(opcode -> Probe.supports(probe, opcode))).isFalse();
        probe.set(ValueLayout.JAVA_INT, 4, 1);
        assertThat(ring.registry().probe(probe)).as("not zeroed").isEqualTo(-Errno.EINVAL);
    }

    @Test
    void query_agrees_with_probe_and_features() {
        MemorySegment header = arena.allocate(QueryHeader.SIZE, 8);
        MemorySegment answer = arena.allocate(QueryOpcodes.SIZE, 8);
        QueryHeader.queryData(header, answer.address());
        QueryHeader.queryOpcode(header, RegisterFlag.QUERY_OPCODES);
        QueryHeader.sizeBytes(header, QueryOpcodes.SIZE);
        int result = ring.registry().register(RegisterOpcode.QUERY, header, 0);
        assumeTrue(result != -Errno.EINVAL, "this kernel has no QUERY, which came with 6.18");
        assertThat(result).isZero();
        assertThat(QueryHeader.result(header)).isZero();
        long supported = IntStream.range(0, 128).filter(ThisKernel.capabilities()::supports).count();
        assertThat(supported).isLessThanOrEqualTo(QueryOpcodes.requestOpcodes(answer));
        assertThat(QueryOpcodes.featureFlags(answer)).isEqualTo(Integer.toUnsignedLong(ring.ring().features()));
        assertThat(QueryOpcodes.setupFlags(answer) & ring.ring().setupFlags()).isEqualTo(ring.ring().setupFlags());
    }

    @Test
    void generic_call_registers_credentials() {
        int personality = ring.registry().register(RegisterOpcode.PERSONALITY, MemorySegment.NULL, 0);
        assertThat(personality).isPositive();
        ring.run(sqe -> sqe.nop().personality(personality)).is(0);
        ring.run(sqe -> sqe.nop().personality(personality + 1)).fails(Errno.EINVAL);
        assertThat(ring.registry().register(RegisterOpcode.UNREGISTER_PERSONALITY, MemorySegment.NULL, personality))
                .isZero();
        ring.run(sqe -> sqe.nop().personality(personality)).fails(Errno.EINVAL);
        assertThat(ring.registry().register(9999, MemorySegment.NULL, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void generic_call_restricts_a_ring_before_it_is_enabled() {
        try (TestRing restricted = TestRing.open(RingOptions.of(8).withRequired(SetupFlag.R_DISABLED))) {
            MemorySegment restrictions = arena.allocate(2 * Restriction.SIZE, 8);
            Restriction.kind(restrictions, RegisterFlag.RESTRICTION_SQE_OP);
            Restriction.value(restrictions, Opcode.NOP);
            MemorySegment second = restrictions.asSlice(Restriction.SIZE);
            Restriction.kind(second, RegisterFlag.RESTRICTION_REGISTER_OP);
            Restriction.value(second, RegisterOpcode.ENABLE_RINGS);
            assertThat(restricted.registry().register(RegisterOpcode.RESTRICTIONS, restrictions, 2)).isZero();
            assertThat(restricted.registry().enable()).isZero();
            restricted.run(Sqe::nop).is(0);
            restricted.run(sqe -> sqe.read(fd, one, 8, 0)).fails(Errno.EACCES);
            assertThat(restricted.registry().sparseFiles(1)).isEqualTo(-Errno.EACCES);
        }
    }
}
