package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.fallback.FaultyProvider;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.ResourceLimit;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Connections on which nothing happens cost nothing, however many wait. */
class EpollIdleTest extends RuntimeTest {
    private static final int IDLE = 10_000;
    private static final int ROUND_TRIPS = 1000;
    /** Descriptors of the virtual machine, of the test and of the runtime. */
    private static final int OTHERS = 500;
    /** Two reads, two writes, and as many waits; twice that for what a wait in vain adds, and wake-ups without carriers. */
    private static final int PER_ROUND_TRIP_MAX = 12;

    private final SpiedSys spy = new SpiedSys();

    @Override
    UringRuntime.Builder builder() {
        return super.builder().provider(FaultyProvider.over(spy.sys()))
                .ring(RingOptions.of(256).withCompletionEntries(32768));
    }

    /** One end of a connection. */
    private static final class Connection extends Descriptor {
        Connection(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }

        @Override
        protected boolean closeMayBlock() {
            return false;
        }
    }

    @Test
    void a_busy_connection_costs_no_more_beside_10_000_idle_ones() throws Exception {
        long numbers = raiseOpenFiles();
        assumeTrue(numbers >= IDLE + OTHERS, "too few descriptors are allowed here: " + numbers);
        int[] busy = Kind.SOCKETS.open();
        Connection client = new Connection(busy[0], runtime);
        Connection server = new Connection(busy[1], runtime);
        roundTrips(client, server); // warms up
        long[] alone = roundTrips(client, server);

        try (Arena scope = Arena.ofConfined()) {
            int listener = listen(scope);
            Process peers = new ProcessBuilder(Forked.command(List.of(), IdlePeers.class,
                    String.valueOf(port(scope, listener)), String.valueOf(IDLE))).redirectErrorStream(true).start();
            try {
                List<Op<BufResult>> waiting = receiveFromAll(listener);
                assertThat(peers.inputReader().readLine()).isEqualTo("connected " + IDLE);
                eventually("all wait", () -> runtime.metrics().inFlight() == IDLE);
                roundTrips(client, server); // what the new ones had to report is through

                BitSet idle = new BitSet();
                waiting.forEach(each -> idle.set(each.descriptor().fd()));
                var attemptsOnIdle = new AtomicLong();
                spy.beforeEach = fd -> {
                    if (idle.get(fd)) {
                        attemptsOnIdle.incrementAndGet();
                    }
                };
                long[] beside = roundTrips(client, server);
                spy.beforeEach = _ -> { };
                assertThat(attemptsOnIdle).hasValue(0);
                assertThat(Math.max(beside[0], beside[1])).as("polls=%d attempts=%d, alone polls=%d attempts=%d", beside[0],
                        beside[1], alone[0], alone[1]).isLessThan((long) PER_ROUND_TRIP_MAX * ROUND_TRIPS);
                assertThat(waiting).noneMatch(Op::isDone);

                peers.outputWriter().close();
                for (Op<BufResult> each : waiting) {
                    assertThat(each.await().bytes()).as("the end").isZero();
                }
                assertThat(peers.waitFor(20, TimeUnit.SECONDS)).isTrue();
            } finally {
                peers.destroyForcibly().waitFor();
                LibcSys.INSTANCE.close(listener);
            }
        }
    }

    /** Sends a byte there and back, again and again; answers how many polls and attempts that took. */
    private long[] roundTrips(Connection client, Connection server) throws Exception {
        return task(() -> {
            long polls = runtime.metrics().enters();
            long calls = spy.calls.get();
            JoinHandle<Void> echo = Tasks.spawn(() -> {
                for (int i = 0; i < ROUND_TRIPS; i++) {
                    transfer(server, server);
                }
                return null;
            });
            for (int i = 0; i < ROUND_TRIPS; i++) {
                new Write(client, IoBuffer.copyOf(new byte[] {1}), Write.NO_OFFSET).submit().await();
                transfer(client, null);
            }
            echo.await();
            return new long[] {runtime.metrics().enters() - polls, spy.calls.get() - calls};
        });
    }

    private static void transfer(Connection from, Connection to) throws IOException {
        BufResult result = new Read(from, IoBuffer.allocate(1), Read.NO_OFFSET).submit().await();
        assertThat(result.bytes()).isOne();
        if (to != null) {
            new Write(to, result.buffer(), Write.NO_OFFSET).submit().await();
        }
    }

    private List<Op<BufResult>> receiveFromAll(int listener) {
        List<Op<BufResult>> waiting = new ArrayList<>();
        for (int i = 0; i < IDLE; i++) {
            int fd = require("accept4", LibcSocket.accept4(listener, MemorySegment.NULL, MemorySegment.NULL,
                    SocketConstant.CLOSE_ON_EXEC));
            waiting.add(new Read(new Connection(fd, runtime), IoBuffer.allocate(1), Read.NO_OFFSET).submit());
        }
        return waiting;
    }

    /** Allows as many descriptors as may be; answers how many that are. */
    private static long raiseOpenFiles() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            require("getrlimit", LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit));
            ResourceLimit.soft(limit, ResourceLimit.hard(limit));
            require("setrlimit", LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit));
            return ResourceLimit.soft(limit);
        }
    }

    private static int listen(Arena scope) {
        MemorySegment address = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        int listener = require("socket", LibcSocket.socket(SocketConstant.FAMILY_INET,
                SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0));
        int bytes = SocketAddressCodec.encode(address, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        require("bind", LibcSocket.bind(listener, address, bytes));
        require("listen", LibcSocket.listen(listener, 128));
        return listener;
    }

    private static int port(Arena scope, int listener) {
        MemorySegment address = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        MemorySegment length = scope.allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
        require("getsockname", LibcSocket.getsockname(listener, address, length));
        return ((InetSocketAddress) SocketAddressCodec.decode(address, length.get(ValueLayout.JAVA_INT, 0))).getPort();
    }

    private static int require(String call, int result) {
        if (result < 0) {
            throw new AssertionError(call + " failed: errno=" + Errno.describe(-result));
        }
        return result;
    }
}
