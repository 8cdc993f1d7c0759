package dev.uring.bench;

import dev.uring.ffi.EnterFlag;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What is an enter made of that does nothing: the system call, the foreign call around it, errno, the arena that the
 * memory of its arguments comes from?
 *
 * <p>The call is getppid(2), which the C library passes on each time and the kernel answers at once. Estimate: 75 to
 * 350 ns for a system call, by the processor and its mitigations; 5 to 10 ns for the change of the thread's state, which
 * a critical call saves (and so must never sleep); 2 to 5 ns for errno; 10 to 20 ns to take and give back a shared
 * arena by two atomic operations. An empty enter: about as much as getppid with errno.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CallBench {
    // pid_t getppid(void)
    private static final MethodHandle PLAIN = link();
    private static final MethodHandle CRITICAL = link(Linker.Option.critical(false));
    private static final MethodHandle ERRNO = link(Linker.Option.captureCallState("errno"));

    private final MemorySegment global = Arena.global().allocate(Linker.Option.captureStateLayout());
    private final Arena sharedArena = Arena.ofShared();
    private final MemorySegment shared = sharedArena.allocate(Linker.Option.captureStateLayout());
    private Ring ring;

    @SuppressWarnings("restricted")
    private static MethodHandle link(Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow("getppid"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT), options);
    }

    /** Runs on the thread that will own the ring. */
    @Setup(Level.Trial)
    public void open() throws SystemCallException {
        ring = Ring.create(RingOptions.of(1));
        if (ring.registry().ringDescriptor() != 1) {
            throw new IllegalStateException("ring descriptor not registered");
        }
    }

    @Benchmark
    public int getppidCritical() throws Throwable {
        return (int) CRITICAL.invokeExact();
    }

    @Benchmark
    public int getppid() throws Throwable {
        return (int) PLAIN.invokeExact();
    }

    @Benchmark
    public int getppidErrno() throws Throwable {
        return (int) ERRNO.invokeExact(global);
    }

    @Benchmark
    public int getppidErrnoShared() throws Throwable {
        return (int) ERRNO.invokeExact(shared);
    }

    @Benchmark
    public int enter() {
        return ring.enter(0, 0, 0);
    }

    @Benchmark
    public int enterGetEvents() {
        return ring.enter(0, 0, EnterFlag.GETEVENTS);
    }

    @TearDown(Level.Trial)
    public void close() {
        ring.close();
        sharedArena.close();
    }
}
