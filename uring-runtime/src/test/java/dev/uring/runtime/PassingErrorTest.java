package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors of a multishot operation that end a request and not the stream. */
@ParameterizedClass
@EnumSource(value = Carriers.class, names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PassingErrorTest extends RuntimeTest {
    private static final int SHORT = -Errno.EMFILE;

    /** Answers what it was given to, one try after the other, and the last again and again. */
    private static final class Scripted extends MultiOp<Integer> {
        private static final int NOTHING = -Errno.EAGAIN;

        private final Descriptor descriptor;
        private final int[] results;
        private final AtomicInteger tries = new AtomicInteger();
        private final List<Integer> discarded = Collections.synchronizedList(new ArrayList<>());

        Scripted(Descriptor descriptor, int... results) {
            this.descriptor = descriptor;
            this.results = results;
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
        protected int attempt(Sys sys, MemorySegment selected) {
            return results[Math.min(tries.getAndIncrement(), results.length - 1)];
        }

        @Override
        protected boolean passes(int errno) {
            return errno == Errno.EMFILE || errno == Errno.ENOBUFS;
        }

        @Override
        protected Integer decode(int res, int flags) throws IOException {
            if (res < 0) {
                throw failure(-res);
            }
            return res;
        }

        @Override
        protected void discard(int res, int flags) {
            discarded.add(res);
        }

        @Override
        protected Descriptor descriptor() {
            return descriptor;
        }
    }

    private interface OnPipe {
        void run(Pipe pipe) throws Exception;
    }

    /** With a pipe that is readable throughout. */
    private void withPipe(OnPipe body) throws Exception {
        task(() -> {
            try (Pipe pipe = Pipe.open(runtime)) {
                pipe.send("x");
                body.run(pipe);
            }
        });
    }

    @Test
    void is_told_once_however_long_it_lasts_and_what_follows_is_answered() throws Exception {
        withPipe(pipe -> {
            try (var stream = new Scripted(pipe.reader, SHORT, SHORT, SHORT, 7, SHORT, 8, -Errno.ENOBUFS, 9,
                    Scripted.NOTHING)) {
                stream.start();
                for (int expected = 7; expected <= 9; expected++) {
                    assertThatThrownBy(stream::next).isInstanceOf(UringException.class).hasMessageContaining("errno=E");
                    assertThat(stream.isOver()).isFalse();
                    assertThat(stream.next()).isEqualTo(expected);
                }
            }
        });
    }

    @Test
    void is_told_to_a_callback_too() throws Exception {
        withPipe(pipe -> {
            List<Object> told = Collections.synchronizedList(new ArrayList<>());
            try (var stream = new Scripted(pipe.reader, SHORT, SHORT, 7, Scripted.NOTHING)) {
                stream.start((value, error) -> told.add(error == null ? value : ((UringException) error).errno()));
                eventually("two", () -> told.size() == 2);
                assertThat(told).containsExactly(Errno.EMFILE, 7);
            }
        });
    }

    @Test
    void is_no_result_to_dispose_of_and_a_close_ends_the_waiting() throws Exception {
        withPipe(pipe -> {
            var stream = new Scripted(pipe.reader, 7, SHORT);
            stream.start();
            while (stream.tries.get() < 3) {
                Tasks.yieldNow();
            }
            stream.close();
            assertThat(stream.discarded).containsExactly(7);
            assertThatThrownBy(stream::next).isInstanceOf(ClosedChannelException.class);
            assertThat(stream.isOver()).isTrue();
        });
    }

    @Test
    void that_lasts_for_ever_ends_with_the_descriptor() throws Exception {
        withPipe(pipe -> {
            try (var stream = new Scripted(pipe.reader, SHORT)) {
                stream.start();
                assertThatThrownBy(stream::next).isInstanceOf(UringException.class);
                pipe.reader.close();
                assertThatThrownBy(stream::next).isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    @Test
    void that_lasts_for_ever_ends_with_the_runtime() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.send("x");
        var stream = new Scripted(pipe.reader, SHORT);
        task(() -> {
            stream.start();
            assertThatThrownBy(stream::next).isInstanceOf(UringException.class);
        });
        runtime.close();
        assertThatThrownBy(stream::next).isInstanceOf(RuntimeShutdownException.class);
    }
}
