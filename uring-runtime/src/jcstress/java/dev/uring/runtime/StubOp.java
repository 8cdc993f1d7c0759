package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** An operation without a kernel, which counts what is done with its results. */
final class StubOp extends Op<StubOp.Answer> {
    /** In {@link #answer}: only a cancel ends the operation. */
    static final int NO_ANSWER = Integer.MIN_VALUE;
    /** What every test uses as a good result. */
    static final int RES = 7;

    /** What a result was decoded to; a new one each time, so that two decodings can be told apart. */
    static final class Answer {
        final int res;

        private Answer(int res) {
            this.res = res;
        }
    }

    /** What {@link StubDriver} answers. Set before the start. */
    int answer = RES;
    /** Whether it answers twice. Set before the start. */
    boolean zeroCopy;
    /** The driver's own, on its worker's thread. */
    long id;
    /** As {@link #id}. */
    boolean answered;
    /** How often the driver was asked to start and to cancel; as {@link #id}. */
    int starts;
    int cancels;
    /** Changed by whichever thread takes the result. */
    final AtomicInteger decodes = new AtomicInteger();
    final AtomicInteger discards = new AtomicInteger();

    private final Descriptor descriptor;
    private final IoBuffer buffer;

    StubOp() {
        this(null, null);
    }

    StubOp(Descriptor descriptor, IoBuffer buffer) {
        this.descriptor = descriptor;
        this.buffer = buffer;
    }

    /** Makes one that a worker has in flight, so that a test may complete it by hand. */
    static StubOp inFlight(Worker worker) {
        StubOp op = new StubOp();
        op.takeUp();
        op.admitted(worker);
        return op;
    }

    /** Makes one that has ended with {@link #RES}, which nobody has taken. */
    static StubOp done(Worker worker) {
        StubOp op = inFlight(worker);
        op.complete(RES, 0);
        return op;
    }

    @Override
    protected Descriptor descriptor() {
        return descriptor;
    }

    @Override
    protected IoBuffer buffer() {
        return buffer;
    }

    @Override
    protected boolean isZeroCopy() {
        return zeroCopy;
    }

    @Override
    protected Answer decode(int res, int flags) throws IOException {
        decodes.getAndIncrement();
        if (res < 0) {
            throw failure(-res);
        }
        return new Answer(res);
    }

    @Override
    protected void discard(int res, int flags) {
        discards.getAndIncrement();
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
        throw new AssertionError("a stub is never attempted");
    }

    /** A callback that counts its calls, and remembers what the last one brought. */
    static final class Told implements BiConsumer<Answer, IOException> {
        final AtomicInteger times = new AtomicInteger();
        volatile Answer answer;

        @Override
        public void accept(Answer given, IOException error) {
            answer = given;
            times.getAndIncrement();
        }
    }
}
