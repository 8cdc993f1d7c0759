package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One after the other, each only if the one before succeeded in full; the same where the kernel links and where not. */
class ChainTest extends RuntimeTest {
    /** Has no opcode, so that a chain with one of these is emulated; records when it is attempted. */
    private final class Mark extends Op<Integer> {
        private final String name;
        private final int answer;

        Mark(String name, int answer) {
            this.name = name;
            this.answer = answer;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            return false;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.BLOCKING;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            attempted.add(name);
            return answer;
        }

        @Override
        protected Integer decode(int res, int flags) throws IOException {
            if (res < 0) {
                throw failure(-res);
            }
            return res;
        }

        @Override
        protected String operands() {
            return "name=" + name;
        }
    }

    private final List<String> attempted = Collections.synchronizedList(new ArrayList<>());

    private static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertCancelled(Op<?> op) {
        assertThat(op.isDone()).isTrue();
        assertThatThrownBy(op::await).satisfiesAnyOf(
                e -> assertThat(e).isInstanceOf(CancellationException.class),
                e -> assertThat(((UringException) e).errno()).isEqualTo(Errno.ECANCELED));
    }

    /** With an operation in front that keeps the kernel from linking, or without. */
    private List<Op<?>> chain(boolean emulated, Op<?>... ops) {
        List<Op<?>> all = new ArrayList<>();
        if (emulated) {
            all.add(new Mark("front", 0));
        }
        all.addAll(List.of(ops));
        return all;
    }

    private void link(boolean fromTask, List<Op<?>> ops) throws Exception {
        if (fromTask) {
            task(() -> Ops.link(ops.toArray(Op[]::new)));
        } else {
            foreign(() -> {
                Ops.link(ops.toArray(Op[]::new));
                return null;
            });
        }
    }

    /** Calls the body with every combination of emulated or not, from a task or not. */
    private interface Case {
        void run(boolean emulated, boolean fromTask) throws Exception;
    }

    private static void always(Case body) throws Exception {
        for (boolean emulated : new boolean[] {false, true}) {
            for (boolean fromTask : new boolean[] {false, true}) {
                body.run(emulated, fromTask);
            }
        }
    }

    @Test
    void each_starts_when_the_one_before_has_ended() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe pipe = Pipe.open(runtime)) {
                IoBuffer in = IoBuffer.allocate(5);
                Read read = pipe.read(in);
                Write write = pipe.write(text("hello"));
                Write after = pipe.write(text("!"));
                link(fromTask, chain(emulated, write, read, after));
                assertThat(write.await().bytes()).isEqualTo(5);
                assertThat(read.await().bytes()).isEqualTo(5);
                assertThat(after.await().bytes()).isOne();
                assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
            }
        });
    }

    @Test
    void a_member_that_waits_holds_up_those_behind_it() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe first = Pipe.open(runtime); Pipe second = Pipe.open(runtime)) {
                Read read = first.read(IoBuffer.allocate(1));
                Write write = second.write(text("x"));
                link(fromTask, chain(emulated, read, write));
                Thread.sleep(20);
                assertThat(read.isDone()).isFalse();
                assertThat(write.isDone()).isFalse();
                first.send("a");
                assertThat(write.await().bytes()).isOne();
                assertThat(read.isDone()).isTrue();
            }
        });
    }

    @Test
    void an_error_cancels_the_rest() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe pipe = Pipe.open(runtime)) {
                IoBuffer buffer = text("x");
                Read wrong = new Read(pipe.writer, IoBuffer.allocate(1), Read.NO_OFFSET);
                Write write = pipe.write(buffer);
                Nop last = new Nop();
                link(fromTask, chain(emulated, wrong, write, last));
                assertThatThrownBy(wrong::await).hasMessageContaining("EBADF");
                eventually("the rest", () -> write.isDone() && last.isDone());
                assertCancelled(write);
                assertCancelled(last);
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(pipe.writer.useCount()).isZero();
            }
        });
    }

    @Test
    void a_short_read_cancels_the_rest() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe pipe = Pipe.open(runtime)) {
                pipe.send("abc");
                Read read = pipe.read(IoBuffer.allocate(10));
                Write write = pipe.write(text("x"));
                link(fromTask, chain(emulated, read, write));
                assertThat(read.await().bytes()).isEqualTo(3);
                eventually("the rest", write::isDone);
                assertCancelled(write);
            }
        });
    }

    @Test
    void a_cancelled_member_cancels_the_rest() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe pipe = Pipe.open(runtime)) {
                Read read = pipe.read(IoBuffer.allocate(1));
                Nop last = new Nop();
                link(fromTask, chain(emulated, read, last));
                eventually("begun", () -> read.toString().contains("in flight"));
                read.cancel();
                assertCancelledSoon(read);
                assertCancelledSoon(last);
            }
        });
    }

    private static void assertCancelledSoon(Op<?> op) throws InterruptedException {
        eventually("cancelled", op::isDone);
        assertCancelled(op);
    }

    /** It breaks the chain when its turn comes, and not before: what is in flight ahead of it goes on. */
    @Test
    void a_member_that_is_cancelled_before_its_turn_breaks_the_chain_there() throws Exception {
        always((emulated, fromTask) -> {
            try (Pipe pipe = Pipe.open(runtime); Pipe other = Pipe.open(runtime)) {
                Read first = pipe.read(IoBuffer.allocate(1));
                Read second = other.read(IoBuffer.allocate(1));
                Nop last = new Nop();
                link(fromTask, chain(emulated, first, second, last));
                second.cancel();
                Thread.sleep(10);
                if (!first.isDone()) {
                    pipe.send("x");
                    assertThat(first.await().bytes()).isOne();
                }
                assertCancelledSoon(second);
                assertCancelledSoon(last);
            }
        });
    }

    @Test
    void timers_are_members_too() throws Exception {
        long start = System.nanoTime();
        Timeout pause = new Timeout(Duration.ofMillis(30));
        Nop nop = new Nop();
        link(false, List.of(pause, nop));
        nop.await();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        Timeout long1 = new Timeout(Duration.ofHours(1));
        Nop never = new Nop();
        link(true, List.of(long1, never));
        long1.cancel();
        assertCancelledSoon(long1);
        assertCancelledSoon(never);
    }

    @Test
    void operations_without_an_opcode_keep_their_place() throws Exception {
        Mark a = new Mark("a", 0);
        Mark b = new Mark("b", 7);
        Mark bad = new Mark("bad", -Errno.EIO);
        Mark never = new Mark("never", 0);
        link(true, List.of(a, new Nop(), b, bad, never));
        assertThat(b.await()).isEqualTo(7);
        assertThatThrownBy(bad::await).hasMessageContaining("mark failed: name=bad errno=EIO(5)");
        eventually("the rest", never::isDone);
        assertCancelled(never);
        assertThat(attempted).containsExactly("a", "b", "bad");
    }

    @Test
    void a_chain_longer_than_the_submission_queue_keeps_its_order() throws Exception {
        try (UringRuntime small = builder().ring(RingOptions.of(4).withCompletionEntries(128)).build();
                Pipe pipe = Pipe.open(small)) {
            List<Op<?>> writes = new ArrayList<>();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                String part = "<" + i + ">";
                expected.append(part);
                writes.add(pipe.write(text(part)));
            }
            small.blockOn(() -> {
                Ops.link(writes.toArray(Op[]::new));
                Ops.joinAll(writes.toArray(Op[]::new));
                return null;
            });
            IoBuffer in = IoBuffer.allocate(1000);
            pipe.read(in).submit().await();
            assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo(expected.toString());
        }
    }

    @Test
    void a_chain_longer_than_the_table_is_refused_with_its_length() throws Exception {
        try (UringRuntime small = builder().ring(RingOptions.of(4).withCompletionEntries(128)).build();
                Pipe pipe = Pipe.open(small)) {
            Op<?>[] reads = new Op<?>[63];
            for (int i = 0; i < reads.length; i++) {
                reads[i] = pipe.read(IoBuffer.allocate(1));
            }
            if (carriers == Carriers.ON) {
                assertThatIllegalArgumentException().isThrownBy(() -> small.blockOn(() -> {
                    Ops.link(reads);
                    return null;
                })).withMessageContaining("length=63 limit=62");
            } else {
                Ops.link(reads);
                for (Op<?> read : reads) {
                    assertThatThrownBy(read::await).hasMessageContaining("E2BIG");
                }
            }
            assertThat(pipe.reader.useCount()).isZero();
            small.blockOn(() -> new Nop().submit().await());
        }
    }

    @Test
    void a_chain_waits_for_room_as_a_whole() throws Exception {
        try (UringRuntime small = builder().ring(RingOptions.of(4).withCompletionEntries(128)).build();
                Pipe pipe = Pipe.open(small)) {
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                reads.add(pipe.read(IoBuffer.allocate(1)).submit());
            }
            while (small.metrics().workers().getFirst().inFlight() < reads.size()) {
                Thread.onSpinWait(); // a task may run before the last of them has left the inbox
            }
            Nop[] nops = {new Nop(), new Nop(), new Nop()};
            JoinHandle<Void> task = small.spawn(() -> {
                Ops.link(nops);
                Ops.joinAll(nops);
                return null;
            });
            Thread.sleep(20);
            assertThat(nops).noneMatch(Op::isDone);
            pipe.send("x".repeat(60));
            task.await();
            for (Op<BufResult> read : reads) {
                read.await();
            }
        }
    }

    @Test
    void all_or_none_are_submitted() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            IoBuffer busy = IoBuffer.allocate(1);
            Op<BufResult> holder = pipe.read(busy).submit();
            IoBuffer free = text("x");
            Write write = pipe.write(free);
            assertThatThrownBy(() -> Ops.link(write, pipe.read(busy))).isInstanceOf(BufferInFlightException.class);
            assertThat(free.state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(write.toString()).contains("idle");
            assertThat(pipe.reader.useCount()).isOne();
            write.submit();
            assertThat(holder.await().bytes()).isOne();
            write.await();
        }
    }

    @Test
    void a_closed_descriptor_refuses_its_member_and_cancels_the_others() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.reader.close();
        IoBuffer buffer = text("x");
        Write write = pipe.write(buffer);
        Read read = pipe.read(IoBuffer.allocate(1));
        Ops.link(write, read);
        assertCancelled(write);
        assertThatThrownBy(read::await).isInstanceOf(ClosedChannelException.class);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(pipe.writer.useCount()).isZero();
        pipe.writer.close();
    }

    @Test
    void misuse_is_refused_in_words() throws Exception {
        assertThatIllegalArgumentException().isThrownBy(Ops::link).withMessageContaining("at least one");
        Nop twice = new Nop();
        assertThatIllegalArgumentException().isThrownBy(() -> foreign(() -> {
            Ops.link(twice, new Nop(), twice);
            return null;
        })).withMessageContaining("twice").withMessageContaining("operation=nop");
        foreign(() -> new Nop().submit()).await(Duration.ofSeconds(10));
        try (UringRuntime other = builder().build(); Pipe here = Pipe.open(runtime); Pipe there = Pipe.open(other)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Ops.link(here.write(text("x")), there.write(text("x"))))
                    .withMessageContaining("one runtime");
        }
    }

    @Test
    void closing_the_runtime_ends_a_chain() throws Exception {
        for (boolean emulated : new boolean[] {false, true}) {
            UringRuntime each = builder().build();
            Pipe pipe = Pipe.open(each);
            Read read = pipe.read(IoBuffer.allocate(1));
            Nop last = new Nop();
            List<Op<?>> ops = chain(emulated, read, last);
            each.handle().run(() -> {
                Ops.link(ops.toArray(Op[]::new));
                return null;
            });
            Thread.sleep(5);
            each.close();
            assertThat(ops).allMatch(Op::isDone);
        }
    }
}
