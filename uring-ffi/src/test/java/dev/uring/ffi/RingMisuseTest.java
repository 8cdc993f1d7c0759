package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Bad use is an error in words, never a crash and never silence. */
class RingMisuseTest {
    private static final RingOptions PLAIN = RingOptions.of(4).withPreferred(0);

    @Test
    void full_submission_queue_says_what_to_do() throws SystemCallException {
        try (Ring ring = Ring.create(RingOptions.of(4))) {
            for (int i = 0; i < 4; i++) {
                ring.submission().take().nop();
            }
            assertThat(ring.submission().free()).isZero();
            assertThat(ring.submission().next()).isNull();
            assertThatThrownBy(() -> ring.submission().take()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("submission queue full: entries=4 pending=4; call submit()");
            assertThat(ring.submit()).isEqualTo(4);
            assertThat(ring.submission().take().nop()).isNotNull();
        }
    }

    @Test
    void nothing_to_take_back_is_told() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            assertThatThrownBy(() -> ring.submission().untake()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no entry to take back: pending=0");
            ring.submission().take().nop();
            ring.submission().untake();
            assertThatThrownBy(() -> ring.submission().untake()).isInstanceOf(IllegalStateException.class);
            ring.submission().take().nop();
            assertThat(ring.submit()).isEqualTo(1);
            assertThatThrownBy(() -> ring.submission().untake()).as("the kernel has it")
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("no entry to take back");
        }
    }

    @Test
    void every_door_of_a_closed_ring_is_shut() throws SystemCallException {
        Ring ring = Ring.create(RingOptions.of(4));
        Sqe old = ring.submission().take().nop();
        ring.close();
        refused("submission queue used after its ring was closed", () -> ring.submission().next());
        refused("submission queue used after its ring was closed", () -> ring.submission().take());
        refused("completion queue used after its ring was closed", () -> ring.completion().ready());
        refused("ring is closed: fd=" + ring.fd(), ring::submit);
        refused("ring is closed", () -> ring.submitAndWait(1));
        refused("ring is closed", () -> ring.enter(0, 0, 0, 0, 0, MemorySegment.NULL));
        refused("ring is closed", () -> ring.registry().sparseFiles(1));
        refused("ring is closed", () -> ring.registry().ringDescriptor());
        refused("ring is closed", () -> BufferRing.register(ring, 0, 4, 0));
        // What reads the queues' memory without a check of its own meets the closed segment.
        refused("closed", () -> ring.completion().userData(0));
        refused("closed", () -> ring.completion().result(0));
        refused("closed", () -> ring.completion().flags(0));
        refused("closed", () -> ring.submission().free());
        refused("closed", () -> ring.submission().pending());
        refused("closed", () -> ring.submission().dropped());
        refused("closed", ring::hasOverflow);
        refused("closed", ring::hasTaskWork);
        refused("closed", old::nop);
    }

    private static void refused(String words, ThrowingCallable use) {
        assertThatThrownBy(use).isInstanceOf(IllegalStateException.class).message().containsIgnoringCase(words);
    }

    @Test
    void closing_twice_is_closing_once() throws SystemCallException {
        Ring ring = Ring.create(RingOptions.of(4));
        ring.close();
        Ring next = Ring.create(RingOptions.of(4)); // very likely with the same descriptor
        assertThatCode(ring::close).doesNotThrowAnyException();
        assertThat(ring.isClosed()).isTrue();
        next.submission().take().nop();
        assertThat(next.submitAndWait(1)).isEqualTo(1);
        next.close();
    }

    @Test
    void second_thread_is_refused_by_a_ring_with_an_owner() throws Exception {
        try (Ring ring = Ring.create(RingOptions.of(4))) {
            assumeTrue((ring.setupFlags() & SetupFlag.SINGLE_ISSUER) != 0, "this kernel has no SINGLE_ISSUER");
            RingTest.onOtherThread(() -> {
                assertThatThrownBy(() -> ring.enter(0, 0, EnterFlag.GETEVENTS)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ring belongs to another thread: fd=" + ring.fd() + " thread=other")
                        .hasMessageContaining("EEXIST(17)").hasMessageContaining("SINGLE_ISSUER");
                assertThat(ring.registry().sparseFiles(1)).isEqualTo(-Errno.EEXIST);
                ring.submission().take().nop();
                assertThatThrownBy(ring::submit).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("EEXIST(17)");
                return null;
            });
            assertThat(ring.submitAndWait(1)).as("the owner can").isEqualTo(1);
        }
    }

    @Test
    void second_thread_is_refused_by_a_ring_whose_descriptor_is_registered() throws Exception {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        try (Ring ring = Ring.create(PLAIN)) {
            assertThat(ring.registry().ringDescriptor()).isEqualTo(1);
            String owner = Thread.currentThread().getName();
            RingTest.onOtherThread(() -> {
                assertThatThrownBy(ring::submit).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ring belongs to another thread: fd=" + ring.fd() + " thread=other")
                        .hasMessageContaining("its descriptor is registered with " + owner);
                return null;
            });
        }
    }

    @Test
    void disabled_ring_says_how_to_enable_it() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN.withRequired(SetupFlag.R_DISABLED))) {
            ring.submission().take().nop();
            assertThatThrownBy(ring::submit).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ring is not enabled: fd=" + ring.fd())
                    .hasMessageContaining("EBADFD(77); call registry().enable()");
            assertThat(ring.registry().sparseFiles(1)).as("registrations are taken before").isZero();
            assertThat(ring.registry().enable()).isZero();
            assertThat(ring.submitAndWait(1)).isEqualTo(1);
        }
    }

    @Test
    void arguments_that_the_kernel_refuses_are_named() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            assertThatThrownBy(() -> ring.enter(0, 0, 1 << 30)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("io_uring_enter refused its arguments: fd=" + ring.fd() + " errno=EINVAL(22)");
        }
    }

    @Test
    void options_out_of_range_are_refused_with_their_values() {
        for (int entries : new int[] {Integer.MIN_VALUE, -1, 0, 32769}) {
            assertThatThrownBy(() -> RingOptions.of(entries)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("entries must be 1 to 32768: entries=" + entries);
        }
        for (int count : new int[] {-1, 3, 65537}) {
            assertThatThrownBy(() -> RingOptions.of(4).withCompletionEntries(count))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("completionEntries must be 0 or entries to 65536")
                    .hasMessageContaining("completionEntries=" + count);
        }
        assertThatThrownBy(() -> RingOptions.of(4).withPollThread(-2, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pollThreadCpu=-2");
        assertThatThrownBy(() -> RingOptions.of(4).withPollThread(0, -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pollThreadIdleMillis=-1");
        assertThatThrownBy(() -> new RingOptions(4, 0, 0, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("need SQPOLL");
    }

    @Test
    void largest_and_smallest_rings_are_made() throws SystemCallException {
        for (RingOptions options : new RingOptions[] {RingOptions.of(1), RingOptions.of(32768),
                RingOptions.of(32768).withCompletionEntries(65536)}) {
            try (Ring ring = Ring.create(options)) {
                assertThat(ring.submission().entries()).isEqualTo(options.entries());
                for (int i = 0; i < options.entries(); i++) {
                    ring.submission().take().nop();
                }
                assertThat(ring.submitAndWait(options.entries())).isEqualTo(options.entries());
                assertThat(ring.completion().ready()).isEqualTo(options.entries());
            }
        }
    }

    @Test
    void flags_whose_entries_ring_cannot_fill_are_refused() {
        for (int flag : new int[] {SetupFlag.SQE128, SetupFlag.CQE32, SetupFlag.CQE_MIXED, SetupFlag.SQE_MIXED,
                SetupFlag.SQ_REWIND, SetupFlag.NO_MMAP, SetupFlag.REGISTERED_FD_ONLY, SetupFlag.ATTACH_WQ}) {
            assertThatThrownBy(() -> RingOptions.of(4).withRequired(flag)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Ring does not know these flags: flags=" + SetupFlag.describe(flag));
            assertThatThrownBy(() -> RingOptions.of(4).withPreferred(flag))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(SetupFlag.describe(flag));
        }
    }

    @Test
    void more_results_than_are_ready_cannot_be_given_back() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            assertThatThrownBy(() -> ring.completion().advance(1)).isInstanceOf(AssertionError.class)
                    .hasMessageContaining("count=1 ready=0");
            assertThatThrownBy(() -> ring.completion().advance(-1)).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void buffer_ring_refuses_a_size_that_is_no_power_of_two_and_a_group_that_is_taken() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING);
        try (Ring ring = Ring.create(PLAIN); BufferRing _ = BufferRing.register(ring, 3, 4, 0)) {
            for (int entries : new int[] {-1, 0, 3, 65536}) {
                assertThatThrownBy(() -> BufferRing.register(ring, 0, entries, 0))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("entries=" + entries);
            }
            long mappings = Native.mappings("");
            assertThatThrownBy(() -> BufferRing.register(ring, 3, 32768, 0)).isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("io_uring_register(PBUF_RING) failed: group=3 entries=32768 errno=EEXIST(17)");
            assertThat(Native.mappings("")).as("the memory is given back").isLessThanOrEqualTo(mappings + 1);
        }
    }

    @Test
    void entries_of_a_closed_buffer_ring_cannot_be_written() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUFFER_RING);
        try (Ring ring = Ring.create(PLAIN); Arena arena = Arena.ofConfined()) {
            BufferRing buffers = BufferRing.register(ring, 3, 4, 0);
            buffers.close();
            assertThatCode(buffers::close).doesNotThrowAnyException();
            MemorySegment buffer = arena.allocate(8);
            assertThatThrownBy(() -> buffers.add(buffer, 8, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(buffers::publish).isInstanceOf(IllegalStateException.class);
        }
    }
}
