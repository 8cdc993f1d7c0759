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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a ring does over its life: set-up, queues, waits, threads, close. */
@Timeout(300)
class RingTest {
    private static final boolean FULL = Boolean.getBoolean("uring.test.full");
    private static final long MILLIS = 1_000_000;
    private static final long SECOND = 1_000 * MILLIS;
    private static final MemorySegment NULL = MemorySegment.NULL;
    private static final RingOptions PLAIN = RingOptions.of(8).withPreferred(0);

    /** The kinds of ring that waits must work on. */
    static List<RingOptions> kinds() {
        return List.of(RingOptions.of(8), RingOptions.of(8).withPreferred(RingOptions.SHARED), PLAIN);
    }

    @Test
    void ring_leaves_no_descriptor_mapping_or_byte_behind() throws Exception {
        int rings = 10_000;
        int batch = 10;
        List<RingOptions> options = List.of(RingOptions.of(8), RingOptions.of(64).withPreferred(RingOptions.SHARED),
                PLAIN, RingOptions.of(8).withCompletionEntries(256),
                RingOptions.of(8).withRequired(SetupFlag.R_DISABLED));
        liveAndDie(options, 500, batch);
        long descriptors = Native.descriptors();
        long ringMappings = Native.mappings("io_uring");
        long allMappings = Native.mappings("");
        System.gc();
        long kilobytes = Native.statusKilobytes("RssAnon");
        liveAndDie(options, rings, batch);
        assertThat(Native.mappings("io_uring")).isEqualTo(ringMappings);
        assertThat(Native.descriptors()).isLessThan(descriptors + 10);
        assertThat(Native.mappings("")).isLessThan(allMappings + 100);
        System.gc();
        assertThat(Native.statusKilobytes("RssAnon")).as("resident kilobytes").isLessThan(kilobytes + 32 * 1024);
        // Memory that is never freed must be handed on: as many pieces as rings were open at once.
        assertThat((Iterable<?>) Reflection.staticField(Ring.class, "SCRATCHES")).hasSizeBetween(batch, 3 * batch);
    }

    private static void liveAndDie(List<RingOptions> options, int rings, int batch) throws SystemCallException {
        List<Ring> open = new ArrayList<>();
        for (int i = 0; i < rings; i++) {
            Ring ring = Ring.create(options.get(i % options.size()));
            open.add(ring);
            if ((ring.setupFlags() & SetupFlag.R_DISABLED) != 0) {
                assertThat(ring.registry().enable()).isZero();
            }
            if (i % 3 == 0) {
                assertThat(ring.registry().ringDescriptor()).isEqualTo(1);
            }
            ring.submission().take().nop().userData(i);
            assertThat(ring.submitAndWait(1)).isEqualTo(1);
            assertThat(ring.completion().ready()).isEqualTo(1);
            assertThat(ring.completion().userData(0)).isEqualTo(i);
            if (open.size() == batch) {
                open.forEach(Ring::close);
                open.clear();
            }
        }
        open.forEach(Ring::close);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void queues_wrap_around_without_losing_or_reordering(RingOptions options) throws SystemCallException {
        long requests = FULL ? 20_000_000 : 1_000_000;
        long submitted = 0;
        long reaped = 0;
        try (Ring ring = Ring.create(options)) {
            SubmissionQueue submission = ring.submission();
            CompletionQueue completion = ring.completion();
            for (int round = 0; reaped < requests; round++) {
                int batch = 1 + round % 8;
                for (int i = 0; i < batch; i++) {
                    submission.take().nop().userData(submitted++);
                }
                int result = ring.enter(-1, batch, 0, 10 * SECOND, 0, NULL);
                int ready = completion.ready();
                if (result != batch || ready != batch) {
                    throw new AssertionError("batch=" + batch + " result=" + result + " ready=" + ready);
                }
                for (int i = 0; i < ready; i++) {
                    if (completion.userData(i) != reaped || completion.result(i) != 0) {
                        throw new AssertionError("expected=" + reaped + " userData=" + completion.userData(i));
                    }
                    reaped++;
                }
                completion.advance(ready);
            }
            assertThat(reaped).isEqualTo(submitted);
            assertThat(submission.dropped()).isZero();
            assertThat(completion.overflow()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void overflown_results_are_kept_in_order_until_there_is_room(RingOptions kind) throws SystemCallException {
        RingOptions options = new RingOptions(4, 4, kind.required(), kind.preferred(), -1, 0);
        try (Ring ring = Ring.create(options)) {
            assertThat(ring.completion().entries()).isEqualTo(4);
            for (int id = 0; id < 40; id++) {
                ring.submission().take().nop().userData(id);
                if (ring.submission().free() == 0) {
                    assertThat(ring.submit()).isEqualTo(4);
                }
            }
            assertThat(ring.hasOverflow()).isTrue();
            assertThat(ring.completion().ready()).isEqualTo(4);
            List<Long> seen = new ArrayList<>();
            int flushes = 0;
            while (ring.completion().ready() > 0) {
                int ready = ring.completion().ready();
                for (int i = 0; i < ready; i++) {
                    seen.add(ring.completion().userData(i));
                }
                ring.completion().advance(ready);
                assertThat(ring.hasOverflow()).isEqualTo(seen.size() < 40);
                assertThat(ring.enter(0, 0, EnterFlag.GETEVENTS)).isZero();
                flushes++;
            }
            assertThat(flushes).as("each flush fills the queue once").isEqualTo(10);
            assertThat(seen).hasSize(40).isSorted().doesNotHaveDuplicates();
            assertThat(ring.hasOverflow()).isFalse();
            assertThat(ring.completion().overflow()).as("lost").isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void signal_interrupts_a_wait_and_nothing_is_lost(RingOptions options) throws Exception {
        try (TestRing ring = TestRing.open(options); Native.Pair pipe = Native.pipe(); Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);
            long read = ring.submit(sqe -> sqe.read(pipe.first(), buffer, 16, -1));
            try (Signals _ = Signals.bombardCaller()) {
                for (int i = 0; i < 5; i++) {
                    assertThat(ring.ring().submitAndWait(1)).isEqualTo(-Errno.EINTR);
                    assertThat(ring.ring().enter(0, 1, 0, 10 * SECOND, 0, NULL)).isEqualTo(-Errno.EINTR);
                }
                long nop = ring.queue(Sqe::nop);
                assertThat(ring.ring().submitAndWait(3)).as("what was submitted hides the interruption").isEqualTo(1);
                ring.await(nop).is(0);
            }
            assertThat(ring.hasResult(read)).isFalse();
            Native.write(pipe.second(), "survived");
            ring.await(read).is(8);
            assertThat(Native.text(buffer, 8)).isEqualTo("survived");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void signal_in_the_mask_waits_for_the_end_of_the_wait(RingOptions options) throws Exception {
        try (Ring ring = Ring.create(options); Arena arena = Arena.ofConfined(); Signals _ = Signals.bombardCaller()) {
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << Signals.SIGWINCH - 1);
            assertThat(ring.enter(0, 1, 0, 100 * MILLIS, 0, mask)).isEqualTo(-Errno.ETIME);
            assertThat(ring.enter(0, 1, 0, 10 * SECOND, 0, NULL)).isEqualTo(-Errno.EINTR);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void timed_wait_ends_with_etime_unless_something_was_submitted(RingOptions options) throws SystemCallException {
        try (Ring ring = Ring.create(options)) {
            long start = System.nanoTime();
            assertThat(ring.enter(0, 1, 0, 20 * MILLIS, 0, NULL)).isEqualTo(-Errno.ETIME);
            assertThat(System.nanoTime() - start).isBetween(20 * MILLIS, 5 * SECOND);
            assertThat(ring.enter(0, 1, 0, 0, 0, NULL)).as("no time at all").isEqualTo(-Errno.ETIME);

            ring.submission().take().nop().userData(1);
            start = System.nanoTime();
            assertThat(ring.enter(-1, 2, 0, 20 * MILLIS, 0, NULL)).as("the count hides the end of time").isEqualTo(1);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20 * MILLIS);
            assertThat(ring.completion().ready()).isEqualTo(1);
            assertThat(ring.enter(0, 1, 0, -1, 0, NULL)).as("one is there, so no wait").isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void one_result_is_enough_after_the_minimal_wait(RingOptions options) throws SystemCallException {
        ThisKernel.assumeHas(Capability.MIN_TIMEOUT);
        try (Ring ring = Ring.create(options)) {
            ring.submission().take().nop();
            assertThat(ring.submit()).isEqualTo(1);
            long start = System.nanoTime();
            assertThat(ring.enter(0, 2, 0, 10 * SECOND, 30_000, NULL)).isZero();
            assertThat(System.nanoTime() - start).isBetween(30 * MILLIS, 5 * SECOND);
            assertThat(ring.completion().ready()).isEqualTo(1);
        }
    }

    @Test
    void kernel_tells_of_deferred_work_only_with_taskrun_flag_and_runs_it_only_in_getevents() throws Exception {
        try (TestRing ring = TestRing.open(); Native.Pair pipe = Native.pipe(); Arena arena = Arena.ofConfined()) {
            assumeTrue((ring.ring().setupFlags() & SetupFlag.DEFER_TASKRUN) != 0, "this kernel has no DEFER_TASKRUN");
            MemorySegment buffer = arena.allocate(8);
            ring.submit(sqe -> sqe.read(pipe.first(), buffer, 8, -1));
            assertThat(ring.ring().hasTaskWork()).isFalse();
            Native.write(pipe.second(), "x");
            assertThat(ring.ring().hasTaskWork()).isTrue();
            assertThat(ring.ring().submit()).isZero();
            assertThat(ring.ring().completion().ready()).isZero();
            assertThat(ring.ring().enter(0, 0, EnterFlag.GETEVENTS)).isZero();
            assertThat(ring.ring().completion().ready()).isEqualTo(1);
            assertThat(ring.ring().hasTaskWork()).isFalse();
        }
    }

    @Test
    void flags_asked_for_are_flags_got() throws SystemCallException {
        for (RingOptions options : RingSetupMain.OPTIONS) {
            try (Ring ring = Ring.create(options)) {
                assertThat(SetupFlag.describe(ring.setupFlags())).isEqualTo(SetupFlag.describe(expectedFlags(options)));
            }
        }
    }

    private static int expectedFlags(RingOptions options) {
        return options.required() | options.preferred() | (options.completionEntries() > 0 ? SetupFlag.CQSIZE : 0);
    }

    @Test
    void flags_reach_the_kernel_as_strace_sees_it(@TempDir(factory = TargetDirectory.class) Path directory)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
        Path trace = directory.resolve("trace");
        ChildJvm.run(List.of("/usr/bin/strace", "-f", "-e", "trace=io_uring_setup", "-X", "verbose", "-o",
                trace.toString()), RingSetupMain.class);
        // io_uring_setup(8, {flags=0x1000 /* IORING_SETUP_SINGLE_ISSUER|... */, sq_thread_cpu=0, ...}) = 4; an old strace
        // names flags in its own way, so only the number is read.
        Pattern flags = Pattern.compile("io_uring_setup\\(8, \\{flags=(0x\\p{XDigit}+|0)");
        List<String> seen = new ArrayList<>();
        for (String line : Files.readAllLines(trace)) {
            Matcher matcher = flags.matcher(line);
            if (matcher.find()) {
                seen.add(SetupFlag.describe(Integer.decode(matcher.group(1))));
            }
        }
        assertThat(seen).containsExactlyElementsOf(
                RingSetupMain.OPTIONS.stream().map(options -> SetupFlag.describe(expectedFlags(options))).toList());
    }

    @Test
    void flags_that_this_kernel_refuses_are_given_up_from_the_youngest_on() throws SystemCallException {
        // DEFER_TASKRUN without SINGLE_ISSUER is refused by every kernel that knows it.
        int refused = SetupFlag.DEFER_TASKRUN | SetupFlag.NO_SQARRAY | SetupFlag.TASKRUN_FLAG | SetupFlag.SUBMIT_ALL;
        try (Ring ring = Ring.create(RingOptions.of(8).withPreferred(refused))) {
            assertThat(ring.setupFlags())
                    .isEqualTo(SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG | SetupFlag.SUBMIT_ALL);
            ring.submission().take().nop();
            assertThat(ring.submitAndWait(1)).isEqualTo(1);
        }
        assertThatThrownBy(() -> Ring.create(RingOptions.of(8).withRequired(SetupFlag.HYBRID_IOPOLL)))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining("io_uring_setup failed: entries=8 flags=HYBRID_IOPOLL errno=EINVAL(22)");
    }

    @Test
    void kernel_thread_submits_and_is_woken_when_it_sleeps() throws SystemCallException {
        RingOptions options = PLAIN.withPreferred(SetupFlag.SUBMIT_ALL).withPollThread(-1, 20);
        try (Ring ring = Ring.create(options)) {
            for (int id = 0; id < 50; id++) {
                ring.submission().take().nop().userData(id);
                assertThat(ring.submit()).isBetween(0, 1);
                reapOne(ring, id);
                if (id % 40 == 20) {
                    long deadline = System.nanoTime() + 10 * SECOND;
                    while ((ring.submission().flags() & RingFlag.SQ_NEED_WAKEUP) == 0) {
                        assertThat(System.nanoTime()).as("the thread falls asleep").isLessThan(deadline);
                        Thread.yield();
                    }
                }
            }
            // A queue that the kernel thread has emptied has room again, without any system call.
            for (int i = 0; i < 200; i++) {
                Sqe entry = nextSoon(ring);
                entry.nop().userData(i);
                ring.submit();
                reapOne(ring, i);
            }
        }
    }

    @Test
    void poll_thread_keeps_what_can_go_with_it_of_the_preferred_flags() throws SystemCallException {
        try (Ring ring = Ring.create(RingOptions.of(8).withPollThread(-1, 20))) {
            assertThat(SetupFlag.describe(ring.setupFlags())).isEqualTo(SetupFlag.describe(
                    SetupFlag.SQPOLL | SetupFlag.SINGLE_ISSUER | SetupFlag.NO_SQARRAY | SetupFlag.SUBMIT_ALL));
        }
    }

    private static Sqe nextSoon(Ring ring) {
        long deadline = System.nanoTime() + 10 * SECOND;
        while (true) {
            Sqe entry = ring.submission().next();
            if (entry != null) {
                return entry;
            }
            assertThat(System.nanoTime()).as("room in the queue").isLessThan(deadline);
            Thread.yield();
        }
    }

    private static void reapOne(Ring ring, long id) {
        long deadline = System.nanoTime() + 10 * SECOND;
        while (ring.completion().ready() == 0) {
            assertThat(System.nanoTime()).as("a result without GETEVENTS").isLessThan(deadline);
            Thread.yield();
        }
        assertThat(ring.completion().userData(0)).isEqualTo(id);
        ring.completion().advance(1);
    }

    @Test
    void polled_io_is_refused_by_a_file_without_poll_queues(@TempDir(factory = TargetDirectory.class) Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        int fd = Native.open(file, 0);
        try (TestRing ring = TestRing.open(RingOptions.of(8).withRequired(SetupFlag.IOPOLL));
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);
            ring.run(sqe -> sqe.read(fd, buffer, 16, 0)).fails(Errno.EOPNOTSUPP);
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void bad_entry_ends_the_batch_without_submit_all_and_not_with_it() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            queueBadInTheMiddle(ring);
            assertThat(ring.submit()).isEqualTo(2);
            assertThat(ring.submission().pending()).isEqualTo(1);
            assertThat(results(ring)).containsExactly("1=0", "2=-22");
            assertThat(ring.submit()).isEqualTo(1);
            assertThat(results(ring)).containsExactly("3=0");
        }
        try (Ring ring = Ring.create(PLAIN.withRequired(SetupFlag.SUBMIT_ALL))) {
            queueBadInTheMiddle(ring);
            assertThat(ring.submit()).isEqualTo(3);
            assertThat(results(ring)).containsExactly("1=0", "2=-22", "3=0");
        }
    }

    @Test
    void enter_submits_as_many_as_told() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            for (int id = 1; id <= 3; id++) {
                ring.submission().take().nop().userData(id);
            }
            assertThat(ring.enter(2, 0, 0)).isEqualTo(2);
            assertThat(ring.submission().pending()).isEqualTo(1);
            assertThat(results(ring)).containsExactly("1=0", "2=0");
            assertThat(ring.submit()).isEqualTo(1);
            assertThat(results(ring)).containsExactly("3=0");
        }
    }

    private static void queueBadInTheMiddle(Ring ring) {
        ring.submission().take().nop().userData(1);
        ring.submission().take().nop(1 << 30, 0).userData(2);
        ring.submission().take().nop().userData(3);
    }

    private static List<String> results(Ring ring) {
        List<String> results = new ArrayList<>();
        int ready = ring.completion().ready();
        for (int i = 0; i < ready; i++) {
            results.add(ring.completion().userData(i) + "=" + ring.completion().result(i));
        }
        ring.completion().advance(ready);
        return results;
    }

    @Test
    void entry_taken_back_is_not_submitted() throws SystemCallException {
        try (Ring ring = Ring.create(PLAIN)) {
            ring.submission().take().nop().userData(1);
            ring.submission().take().nop().userData(2);
            ring.submission().untake();
            assertThat(ring.submission().pending()).isEqualTo(1);
            assertThat(ring.submit()).isEqualTo(1);
            ring.submission().take().nop().userData(3);
            assertThat(ring.submit()).isEqualTo(1);
            assertThat(results(ring)).containsExactly("1=0", "3=0");
        }
    }

    @Test
    void thread_that_enables_a_ring_owns_it() throws Exception {
        try (Ring ring = Ring.create(RingOptions.of(8).withRequired(SetupFlag.R_DISABLED))) {
            onOtherThread(() -> {
                assertThat(ring.registry().enable()).isZero();
                ring.submission().take().nop().userData(9);
                assertThat(ring.submitAndWait(1)).isEqualTo(1);
                assertThat(results(ring)).containsExactly("9=0");
                assertThat(ring.registry().enable()).as("once only").isEqualTo(-Errno.EBADFD);
                return null;
            });
            ring.submission().take().nop();
            assertThatThrownBy(ring::submit).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ring belongs to another thread");
            assertThat(ring.registry().enable()).isEqualTo(-Errno.EEXIST);
        }
    }

    @Test
    void ring_without_an_owner_is_handed_from_thread_to_thread() throws Exception {
        try (Ring ring = Ring.create(RingOptions.of(8).withPreferred(RingOptions.SHARED))) {
            for (int i = 0; i < 3; i++) {
                onOtherThread(() -> {
                    ring.submission().take().nop().userData(1);
                    assertThat(ring.submitAndWait(1)).isEqualTo(1);
                    assertThat(results(ring)).containsExactly("1=0");
                    return null;
                });
            }
        }
    }

    @Test
    void registered_descriptor_serves_its_thread_until_given_up() throws Exception {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        try (TestRing ring = TestRing.open()) {
            assertThat(ring.registry().ringDescriptor()).isEqualTo(1);
            ring.run(Sqe::nop).is(0);
            assertThat(ring.ring().enter(0, 1, 0, MILLIS, 0, NULL)).isEqualTo(-Errno.ETIME);
            assertThat(ring.registry().unregisterRingDescriptor()).isEqualTo(1);
            ring.run(Sqe::nop).is(0);
            assertThat(ring.registry().ringDescriptor()).isEqualTo(1);
            ring.run(Sqe::nop).is(0);
        }
    }

    @Test
    void ring_of_a_registered_descriptor_is_closed_by_its_thread_or_after_its_death() throws Exception {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        Ring ring = onOtherThread(() -> {
            Ring created = Ring.create(RingOptions.of(8));
            assertThat(created.registry().ringDescriptor()).isEqualTo(1);
            onOtherThread(() -> {
                assertThatThrownBy(created::close).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ring must be closed by the thread that registered its descriptor")
                        .hasMessageContaining("thread=other");
                return null;
            });
            created.submission().take().nop();
            assertThat(created.submitAndWait(1)).as("still open").isEqualTo(1);
            return created;
        });
        ring.close();
        assertThat(ring.isClosed()).isTrue();
        assertThat(Native.isOpen(ring.fd())).isFalse();
    }

    @Test
    void more_rings_than_slots_of_the_thread_work_by_their_descriptors() throws SystemCallException {
        ThisKernel.assumeHas(Capability.RING_DESCRIPTOR);
        List<Ring> rings = new ArrayList<>();
        try {
            int registered = 0;
            for (int i = 0; i < 18; i++) {
                Ring ring = Ring.create(RingOptions.of(1));
                rings.add(ring);
                int result = ring.registry().ringDescriptor();
                registered += result == 1 ? 1 : 0;
                assertThat(result).isIn(1, -Errno.EBUSY);
                ring.submission().take().nop();
                assertThat(ring.submitAndWait(1)).isEqualTo(1);
            }
            assertThat(registered).as("a thread has 16 slots").isEqualTo(16);
        } finally {
            rings.forEach(Ring::close);
        }
    }

    @Test
    void message_wakes_a_thread_that_waits_in_another_ring() throws Exception {
        ThisKernel.assumeSupports(Opcode.MSG_RING);
        FutureTask<Integer> ready = new FutureTask<>(() -> null);
        int[] target = new int[1];
        FutureTask<String> waiter = new FutureTask<>(() -> {
            try (Ring ring = Ring.create(RingOptions.of(8))) {
                target[0] = ring.fd();
                ready.run();
                int result = ring.enter(0, 1, 0, 10 * SECOND, 0, NULL);
                return result + ":" + results(ring);
            }
        });
        Thread.ofPlatform().name("waiter").start(waiter);
        ready.get();
        Thread.sleep(20); // most likely it sleeps now; the message must arrive in either case
        try (TestRing ring = TestRing.open()) {
            ring.run(sqe -> sqe.msgRing(target[0], 77, 5, 0)).is(0);
        }
        assertThat(waiter.get()).isEqualTo("0:[5=77]");
    }

    @Test
    void description_names_what_the_ring_is() throws SystemCallException {
        Ring ring = Ring.create(RingOptions.of(5).withPreferred(SetupFlag.SUBMIT_ALL).withCompletionEntries(30));
        assertThat(ring).hasToString("Ring[fd=" + ring.fd() + " entries=8 completions=32 flags=CQSIZE|SUBMIT_ALL]");
        assertThat(new TreeSet<>(Arrays.asList(Feature.describe(ring.features()).split("\\|"))))
                .contains("SINGLE_MMAP", "NODROP", "EXT_ARG");
        ring.close();
        assertThat(ring).hasToString("Ring[fd=" + ring.fd() + " entries=8 completions=32 flags=CQSIZE|SUBMIT_ALL closed]");
    }

    /** Runs on a platform thread, and waits until that thread is dead. */
    static <T> T onOtherThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().name("other").start(task);
        thread.join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }
}
