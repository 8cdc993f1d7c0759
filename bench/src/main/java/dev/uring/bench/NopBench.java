package dev.uring.bench;

import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SystemCallException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one NOP round trip through the raw ring cost, by the size of the batch that one enter carries?
 *
 * <p>Estimate and bound are those of {@link NopLoop}: enter once per batch, 90 to 420 ns with the foreign call around
 * it, and 40 to 80 ns per NOP. So 130 to 500 ns in batches of 1, half to a third of that in batches of 8, and nearly
 * the bare cost of a NOP from 32 on; 0 bytes per operation ({@code -prof gc}). C beside it, in the same run, is what
 * {@link RawRing} is for; {@link CallBench} takes the enter apart.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class NopBench {
    /** A ring with entries for 1 NOP, of the benchmark's thread: JMH sets it up there. */
    @State(Scope.Thread)
    public static class Batch1 extends Batch {
        public Batch1() {
            super(1);
        }
    }

    /** A ring with entries for 8 NOPs. */
    @State(Scope.Thread)
    public static class Batch8 extends Batch {
        public Batch8() {
            super(8);
        }
    }

    /** A ring with entries for 32 NOPs. */
    @State(Scope.Thread)
    public static class Batch32 extends Batch {
        public Batch32() {
            super(32);
        }
    }

    /** A ring with entries for 128 NOPs. */
    @State(Scope.Thread)
    public static class Batch128 extends Batch {
        public Batch128() {
            super(128);
        }
    }

    @Benchmark
    public void batch1(Batch1 state) {
        state.turn();
    }

    @Benchmark
    @OperationsPerInvocation(8)
    public void batch8(Batch8 state) {
        state.turn();
    }

    @Benchmark
    @OperationsPerInvocation(32)
    public void batch32(Batch32 state) {
        state.turn();
    }

    @Benchmark
    @OperationsPerInvocation(128)
    public void batch128(Batch128 state) {
        state.turn();
    }

    /** The ring of one benchmark. */
    @State(Scope.Thread)
    public abstract static class Batch {
        private final int size;
        private NopLoop loop;

        Batch(int size) {
            this.size = size;
        }

        /** Runs on the thread that will own the ring. */
        @Setup(Level.Trial)
        public void open() throws SystemCallException {
            loop = new NopLoop(size, RingOptions.SINGLE_OWNER);
        }

        void turn() {
            loop.turn();
        }

        @TearDown(Level.Trial)
        public void close() {
            loop.close();
        }
    }
}
