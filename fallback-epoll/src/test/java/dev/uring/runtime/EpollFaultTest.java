package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.fallback.EpollProvider;
import dev.uring.fallback.FaultyProvider;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the world does to a readiness driver: others read first, close, and use numbers again. */
class EpollFaultTest extends RuntimeTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Override
    UringRuntime.Builder builder() {
        return super.builder().provider(new EpollProvider());
    }

    // ---- helpers ----

    private TestDescriptor own(int fd) {
        return new TestDescriptor(fd, runtime);
    }

    private static Read read(Descriptor descriptor, int capacity) {
        return new Read(descriptor, IoBuffer.allocate(capacity), Read.NO_OFFSET);
    }

    private static Write write(Descriptor descriptor, byte... bytes) {
        return new Write(descriptor, IoBuffer.copyOf(bytes), Write.NO_OFFSET);
    }

    private static byte[] bytesOf(Op<BufResult> read) throws IOException {
        return read.await(LIMIT).buffer().toByteArray();
    }

    /** Has the worker take a few turns: what was started before waits afterwards, and old events are reported. */
    private static void settle(UringRuntime runtime) throws Exception {
        for (int i = 0; i < 3; i++) {
            runtime.handle().run(() -> Time.sleep(Duration.ofMillis(1))).await(LIMIT);
        }
    }

    /** Asserts that another task of the same worker gets on. */
    private void assertWorkerIsFree() throws Exception {
        var steps = new AtomicInteger();
        JoinHandle<Void> task = runtime.spawn(() -> {
            for (int i = 0; i < 5; i++) {
                Time.sleep(Duration.ofNanos(100_000)).await();
                steps.incrementAndGet();
            }
            return null;
        });
        eventually("another task gets on: " + steps, task::isFinished);
    }

    /** Answers what an operation ended with: its bytes, or its error. */
    private static Object outcome(Op<BufResult> op) {
        try {
            return op.await(LIMIT).bytes();
        } catch (IOException | CancellationException e) {
            return e;
        }
    }

    // ---- other readers ----

    @ParameterizedTest
    @EnumSource(Kind.class)
    void what_another_reader_takes_first_is_waited_for_again(Kind kind) throws Exception {
        var spy = new SpiedSys();
        try (UringRuntime each = builder().provider(FaultyProvider.over(spy.sys())).build()) {
            int[] ends = kind.open();
            TestDescriptor reader = new TestDescriptor(ends[0], each);
            TestDescriptor writer = new TestDescriptor(ends[1], each);
            var reads = new ArrayList<Read>(List.of(read(reader, 8), read(reader, 8)));
            for (Read read : reads) {
                read.submit();
            }
            settle(each);
            for (int i = 0; i < 3; i++) {
                var stolen = new CompletableFuture<byte[]>();
                spy.beforeRead = fd -> {
                    if (fd == ends[0] && !stolen.isDone()) {
                        stolen.complete(Kind.read(fd, 8));
                    }
                };
                Kind.write(ends[1], (byte) 'a');
                assertThat(stolen.get(20, TimeUnit.SECONDS)).asString().isEqualTo("a");
                settle(each);
                assertThat(reads).noneMatch(Op::isDone);
            }
            Kind.write(ends[1], (byte) 'c');
            assertThat(bytesOf(reads.get(0))).asString().isEqualTo("c");
            assertThat(reads.get(1).isDone()).isFalse();
            Kind.write(ends[1], (byte) 'd');
            assertThat(bytesOf(reads.get(1))).asString().isEqualTo("d");
            reader.close();
            writer.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PIPE", "SOCKETS"})
    void every_byte_goes_to_one_of_all_readers(Kind kind) throws Exception {
        int bytesMin = FULL ? 200_000 : 20_000;
        int[] ends = kind.open();
        TestDescriptor reader = own(ends[0]);
        var seen = new AtomicIntegerArray(256);
        var byOperations = new AtomicInteger();
        var byThief = new AtomicInteger();
        List<JoinHandle<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(runtime.spawn(() -> {
                while (true) {
                    BufResult result = read(reader, 16).submit().await();
                    if (result.bytes() == 0) {
                        return null;
                    }
                    count(result.buffer().toByteArray(), seen, byOperations);
                }
            }));
        }
        Thread thief = Thread.ofPlatform().daemon().start(() -> {
            for (byte[] taken = Kind.read(ends[0], 16); taken != null; taken = Kind.read(ends[0], 16)) {
                count(taken, seen, byThief);
                Thread.yield();
            }
        });
        int written = 0;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (written < bytesMin || byOperations.get() == 0 || byThief.get() == 0) {
            byte[] piece = new byte[20];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = (byte) (written + i);
            }
            written += Kind.write(ends[1], piece);
            assertThat(System.nanoTime()).as("operations got %s, the thief %s", byOperations, byThief)
                    .isLessThan(deadline);
        }
        int all = written;
        eventually("everything has arrived", () -> byOperations.get() + byThief.get() == all);
        assertWorkerIsFree(); // the readers wait, the thief looks all the time
        Libc.close(ends[1]);
        for (JoinHandle<Void> each : readers) {
            each.await();
        }
        thief.join();
        for (int value = 0; value < 256; value++) {
            assertThat(seen.get(value)).as("byte %d", value).isEqualTo(all / 256 + (value < all % 256 ? 1 : 0));
        }
        reader.close();
    }

    private static void count(byte[] bytes, AtomicIntegerArray seen, AtomicInteger total) {
        for (byte each : bytes) {
            seen.incrementAndGet(each & 0xff);
        }
        total.addAndGet(bytes.length);
    }

    // ---- reports ----

    @Test
    void reports_in_pieces_are_remembered_until_somebody_reads() throws Exception {
        try (UringRuntime each = builder().provider(FaultyProvider.erratic(7)).build()) {
            int[] ends = Kind.SOCKETS.open();
            TestDescriptor socket = new TestDescriptor(ends[0], each);
            for (int round = 0; round < 30; round++) {
                Op<BufResult> early = read(socket, 1).submit(); // finds nothing, so that the next needs a report
                settle(each);
                early.cancel();
                assertThat(outcome(early)).isInstanceOf(CancellationException.class);
                Kind.write(ends[1], (byte) round);
                settle(each);
                assertThat(bytesOf(read(socket, 1).submit())).containsExactly(round);
            }
            socket.close();
            Libc.close(ends[1]);
        }
    }

    // ---- descriptors that block ----

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_descriptor_that_blocks_does_not_block_the_worker(Kind kind) throws Exception {
        int[] ends = kind.open();
        TestDescriptor reader = own(ends[0]);
        TestDescriptor writer = own(ends[1]);
        Read read = read(reader, 8);
        read.submit();
        assertWorkerIsFree();
        assertThat(read.isDone()).isFalse();
        Kind.write(ends[1], (byte) 'x');
        assertThat(bytesOf(read)).asString().isEqualTo("x");

        byte[] piece = new byte[1000];
        Write write = write(writer, piece);
        int rest = 1_000_000;
        for (write.submit(); isDoneSoon(write); write.submit()) {
            rest -= write.await().bytes();
            assertThat(rest).as("there is an end to the room").isPositive();
            write = write(writer, piece);
        }
        assertWorkerIsFree();
        assertThat(write.isDone()).isFalse();
        while (!write.isDone()) {
            Kind.read(ends[0], 4096);
            Thread.yield();
        }
        assertThat(write.await().bytes()).isPositive();
        reader.close();
        writer.close();
    }

    /** What can be done at once is done when an operation started later has ended. */
    private boolean isDoneSoon(Op<?> op) throws Exception {
        foreign(() -> new Nop().submit()).await(LIMIT);
        return op.isDone();
    }

    // ---- the end of a stream ----

    /** A receive that tells what a short result means. */
    private static final class Receive extends BufferOp {
        Receive(Descriptor descriptor) {
            super(descriptor, IoBuffer.allocate(100));
        }

        @Override
        protected boolean fills() {
            return true;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            return false;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.READABLE;
        }

        @Override
        protected boolean drains(int res) {
            return res < lengthBytes();
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            return sys.receive(descriptor().fd(), memory(), lengthBytes(), 0);
        }
    }

    @Test
    void the_end_is_seen_after_a_short_receive_though_a_write_waits() throws Exception {
        endAfterShortReceive(socket -> {
            Kind.fill(socket.fd());
            return write(socket, (byte) 1);
        });
    }

    @Test
    void the_end_is_seen_after_a_short_receive_though_a_poll_waits() throws Exception {
        endAfterShortReceive(socket -> new Poll(socket, PollFlag.PRIORITY));
    }

    private interface Waiting {
        Op<?> on(TestDescriptor socket);
    }

    private void endAfterShortReceive(Waiting waiting) throws Exception {
        int[] ends = Kind.SOCKETS.open();
        TestDescriptor socket = own(ends[0]);
        Kind.write(ends[1], (byte) 'a', (byte) 'b', (byte) 'c');
        LibcSocket.shutdown(ends[1], SocketConstant.SHUTDOWN_WRITE);
        write(socket, (byte) 1).submit().await(LIMIT); // the socket is watched from now on
        settle(runtime);                               // and its end reported, once
        Op<?> other = waiting.on(socket);
        other.submit();
        settle(runtime);
        assertThat(other.isDone()).isFalse();
        assertThat(bytesOf(new Receive(socket).submit())).asString().isEqualTo("abc");
        assertThat(bytesOf(new Receive(socket).submit())).isEmpty();
        assertThat(bytesOf(new Receive(socket).submit())).isEmpty();
        socket.close();
        Libc.close(ends[1]);
    }

    // ---- closes ----

    @ParameterizedTest
    @EnumSource(names = {"PIPE", "SOCKETS"})
    void a_peer_that_closes_ends_all_readers_and_all_writers(Kind kind) throws Exception {
        int[] ends = kind.open();
        int[] others = kind.open();
        TestDescriptor reader = own(ends[0]);
        TestDescriptor writer = own(others[1]);
        Kind.fill(others[1]);
        List<Op<BufResult>> reads = new ArrayList<>();
        List<Op<BufResult>> writes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reads.add(read(reader, 8).submit());
            writes.add(write(writer, (byte) i).submit());
        }
        settle(runtime);
        assertThat(reads).noneMatch(Op::isDone);
        assertThat(writes).noneMatch(Op::isDone);
        Libc.close(ends[1]);
        Libc.close(others[0]);
        for (int i = 0; i < 4; i++) {
            assertThat(outcome(reads.get(i))).isEqualTo(0);
            assertThat(outcome(writes.get(i))).isInstanceOfSatisfying(UringException.class, e ->
                    assertThat(Errno.describe(e.errno())).isEqualTo(Errno.describe(Errno.EPIPE)));
        }
        reader.close();
        writer.close();
    }

    @Test
    void our_close_ends_all_readers_and_all_writers() throws Exception {
        int[] ends = Kind.SOCKETS.open();
        TestDescriptor socket = own(ends[0]);
        Kind.fill(ends[0]);
        List<Op<BufResult>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(read(socket, 8).submit());
            all.add(write(socket, (byte) i).submit());
        }
        settle(runtime);
        assertThat(all).noneMatch(Op::isDone);
        socket.close();
        for (Op<BufResult> each : all) {
            assertThat(outcome(each)).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
        }
        Libc.close(ends[1]);
    }

    @Test
    void the_next_owner_of_a_number_gets_no_old_events_and_no_old_operations() throws Exception {
        int reused = 0;
        try (UringRuntime erratic = builder().provider(FaultyProvider.erratic(System.nanoTime())).build()) {
            for (UringRuntime each : List.of(runtime, erratic)) {
                int before = -1;
                for (int round = 0; round < (FULL ? 2000 : 100); round++) {
                    int[] ends = Kind.SOCKETS.open();
                    reused += ends[0] == before ? 1 : 0;
                    before = ends[0];
                    useAndClose(each, ends, round);
                }
            }
        }
        assertThat(reused).as("numbers used again").isPositive();
    }

    /** Half of the sockets are closed while data and the end of the stream are on their way to those who wait. */
    private static void useAndClose(UringRuntime runtime, int[] ends, int round) throws Exception {
        TestDescriptor socket = new TestDescriptor(ends[0], runtime);
        Op<BufResult> first = read(socket, 1).submit();
        Op<BufResult> second = read(socket, 1).submit();
        Op<Void> turn = runtime.handle().run(() -> new Nop().submit());
        turn.await(LIMIT);
        assertThat(first.isDone()).as("nothing was sent: %s", first).isFalse();
        Kind.write(ends[1], (byte) round);
        assertThat(outcome(first)).isEqualTo(1);
        assertThat(second.isDone()).isFalse();
        if (round % 2 == 0) {
            Kind.write(ends[1], (byte) round);
        }
        if (round % 4 == 0) {
            Libc.close(ends[1]);
        }
        socket.close();
        Object end = outcome(second);
        if (!(round % 2 == 0 && end.equals(1))) {
            assertThat(end).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
        }
        if (round % 4 != 0) {
            Libc.close(ends[1]);
        }
    }

    /** Starts an operation on a worker of the caller's choice. */
    private static Op<BufResult> start(Worker worker, Op<BufResult> op) throws Exception {
        var started = new CompletableFuture<Op<BufResult>>();
        worker.call(() -> started.complete(op.submit()));
        return started.get(20, TimeUnit.SECONDS);
    }

    @Test
    void both_workers_that_use_a_number_forget_it_before_the_close() throws Exception {
        try (UringRuntime two = builder().multiThread(2).build()) {
            List<Worker> workers = two.workers();
            int before = -1;
            int reused = 0;
            for (int round = 0; round < (FULL ? 2000 : 100); round++) {
                int[] ends = Kind.SOCKETS.open();
                reused += ends[0] == before ? 1 : 0;
                before = ends[0];
                TestDescriptor socket = new TestDescriptor(ends[0], two);
                List<Op<BufResult>> served = List.of(start(workers.get(0), read(socket, 1)),
                        start(workers.get(1), read(socket, 1)));
                for (int bytes = 1; bytes <= 2; bytes++) {
                    int count = bytes;
                    Kind.write(ends[1], (byte) bytes);
                    eventually("as many readers as bytes: " + served,
                            () -> served.stream().filter(Op::isDone).count() == count);
                }
                Op<BufResult> leftOver = start(workers.get(round % 2), read(socket, 1));
                socket.close();
                assertThat(served).extracting(EpollFaultTest::outcome).containsExactly(1, 1);
                assertThat(outcome(leftOver)).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
                Libc.close(ends[1]);
            }
            assertThat(reused).as("numbers used again").isPositive();
        }
    }

    @Test
    void a_duplicate_that_stays_open_reports_to_nobody() throws Exception {
        var spy = new SpiedSys();
        try (UringRuntime each = builder().provider(FaultyProvider.over(spy.sys())).build()) {
            int[] ends = Kind.SOCKETS.open();
            TestDescriptor socket = new TestDescriptor(ends[0], each);
            Op<BufResult> waiting = read(socket, 1).submit();
            settle(each);
            int duplicate = Libc.dup(ends[0]);
            socket.close();
            assertThat(outcome(waiting)).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);

            int[] next = Kind.PIPE.open();
            assertThat(next[0]).as("the number is used again").isEqualTo(ends[0]);
            TestDescriptor owner = new TestDescriptor(next[0], each);
            Op<BufResult> fresh = read(owner, 1).submit();
            settle(each);
            long polls = each.metrics().enters();
            long calls = spy.calls.get();
            for (int i = 0; i < 100; i++) {
                Kind.write(ends[1], (byte) i);
                Kind.read(duplicate, 1);
                Thread.sleep(1);
            }
            assertThat(each.metrics().enters() - polls).as("polls of a worker with nothing to do").isLessThan(10);
            assertThat(spy.calls.get()).as("attempts").isEqualTo(calls);
            assertThat(fresh.isDone()).isFalse();
            Kind.write(next[1], (byte) 'x');
            assertThat(bytesOf(fresh)).asString().isEqualTo("x");
            owner.close();
            for (int fd : new int[] {duplicate, ends[1], next[1]}) {
                Libc.close(fd);
            }
        }
    }

    // ---- cancels ----

    @Test
    void a_cancelled_reader_leaves_its_place_to_the_others() throws Exception {
        int readers = 3;
        for (int cancelled = 0; cancelled < readers; cancelled++) {
            int[] ends = Kind.PIPE.open();
            TestDescriptor reader = own(ends[0]);
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                reads.add(read(reader, 1).submit());
            }
            settle(runtime);
            Op<BufResult> gone = reads.remove(cancelled);
            gone.cancel();
            assertThatThrownBy(() -> gone.await(LIMIT)).isInstanceOf(CancellationException.class);
            reads.add(read(reader, 1).submit());
            for (int i = 0; i < reads.size(); i++) {
                assertThat(reads.get(i).isDone()).isFalse();
                Kind.write(ends[1], (byte) i);
                assertThat(bytesOf(reads.get(i))).as("in order, %d was cancelled", cancelled).containsExactly(i);
            }
            reader.close();
            Libc.close(ends[1]);
        }
    }

    @Test
    void a_file_cannot_answer_again_and_again() throws Exception {
        try (TestDescriptor file = own(new LibcGround(false).file(new byte[] {1, 2, 3}))) {
            var receives = new Receives(file, 0);
            runtime.blockOn(() -> {
                receives.start();
                assertThatThrownBy(receives::next).isInstanceOfSatisfying(UringException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EBADFD));
                return null;
            });
        }
    }

    // ---- who always finds something ----

    @Test
    void callbacks_that_always_find_a_result_let_tasks_have_their_turn() throws Exception {
        assertOthersHaveTheirTurn((read, stop) -> read.submit(new BiConsumer<>() {
            @Override
            public void accept(BufResult result, IOException error) {
                if (!stop.get()) {
                    read.submit(this);
                }
            }
        }));
    }

    @Test
    void a_task_that_always_finds_a_result_lets_others_have_their_turn() throws Exception {
        assertOthersHaveTheirTurn((read, stop) -> runtime.spawn(() -> {
            while (!stop.get()) {
                read.submit().await();
            }
            return null;
        }));
    }

    /** The end of a stream is there again and again. */
    private void assertOthersHaveTheirTurn(BiConsumer<Read, AtomicBoolean> greedy) throws Exception {
        int[] ends = Kind.PIPE.open();
        Libc.close(ends[1]);
        var stop = new AtomicBoolean();
        try (TestDescriptor reader = own(ends[0])) {
            greedy.accept(read(reader, 1), stop);
            assertWorkerIsFree();
        } finally {
            stop.set(true);
        }
    }

    // ---- the pool ----

    @Test
    void a_full_pool_keeps_only_those_who_need_it_waiting() throws Exception {
        try (UringRuntime one = builder().blockingThreads(1, Duration.ofSeconds(10)).build()) {
            int[] ends = Kind.PIPE.open();
            TestDescriptor reader = new TestDescriptor(ends[0], one);
            TestDescriptor writer = new TestDescriptor(ends[1], one);
            Gate running = new Gate();
            Gate cancelled = new Gate();
            Gate last = new Gate();
            one.handle().run(() -> running.submit());
            assertThat(running.entered.await(20, TimeUnit.SECONDS)).isTrue();
            one.handle().run(() -> cancelled.submit());
            one.handle().run(() -> last.submit());
            settle(one);
            assertThat(one.metrics().blockingPool().queued()).isEqualTo(2);

            for (int i = 0; i < 20; i++) {
                Op<BufResult> read = read(reader, 1).submit();
                assertThat(write(writer, (byte) i).submit().await(LIMIT).bytes()).isOne();
                assertThat(bytesOf(read)).containsExactly(i);
            }
            cancelled.cancel();
            assertThatThrownBy(() -> cancelled.await(LIMIT)).as("at once").isInstanceOf(CancellationException.class);
            assertThat(cancelled.attempts).hasValue(0);
            running.cancel();
            settle(one);
            assertThat(running.isDone()).as("its thread is busy").isFalse();
            assertThat(last.isDone()).isFalse();
            last.opened.countDown();
            running.opened.countDown();
            assertThat(running.await(LIMIT)).isEqualTo(Gate.OBTAINED);
            assertThat(last.await(LIMIT)).isEqualTo(Gate.OBTAINED);
            assertThat(cancelled.attempts).hasValue(0);
        }
    }
}
