package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.Handle;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.TestClock;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The time in which nothing moves, on a clock that is moved by hand. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CopyTimeTest {
    private static TcpStream[] connected() throws IOException {
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).await()) {
            Op<TcpStream> accept = listener.accept();
            TcpStream near = TcpStream.connect(listener.localAddress()).await();
            return new TcpStream[] {near, accept.await()};
        }
    }

    /** Lets an hour's part pass at once, and real time go on afterwards: bytes take some. */
    private static void pass(TestClock clock, Duration time) {
        clock.pause();
        clock.advance(time);
        clock.resume();
    }

    @Test
    void bytes_that_move_either_way_put_the_limit_off() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().currentThread().carriers(Carriers.ON).startPaused()
                .build()) {
            runtime.blockOn(() -> {
                TestClock clock = runtime.clock();
                clock.resume();
                TcpStream[] left = connected();
                TcpStream[] right = connected();
                JoinHandle<CopyResult> copy = Handle.current().spawn(() -> Copy.bidirectional(left[1], right[0],
                        CopyOptions.DEFAULT.withIdleTimeout(Duration.ofHours(1))));
                for (int i = 0; i < 6; i++) {
                    TcpStream from = i % 2 == 0 ? left[0] : right[1];
                    TcpStream to = i % 2 == 0 ? right[1] : left[0];
                    from.write(IoBuffer.copyOf(new byte[] {1}));
                    to.read(IoBuffer.allocate(1));
                    pass(clock, Duration.ofMinutes(40));
                    OnEveryDriver.settle();
                    assertThat(copy.isFinished()).isFalse();
                }
                pass(clock, Duration.ofHours(2));
                CopyResult result = copy.await();
                assertThat(result).isEqualTo(new CopyResult(3, 3, null, null, true));
                for (TcpStream each : new TcpStream[] {left[0], left[1], right[0], right[1]}) {
                    each.close();
                }
                return null;
            });
        }
    }

    @Test
    void a_limit_needs_timers_and_is_refused_without_them_at_once() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableIo().multiThread(1).build()) {
            runtime.blockOn(() -> {
                TcpStream[] left = connected();
                TcpStream[] right = connected();
                assertThatThrownBy(() -> Copy.bidirectional(left[1], right[0],
                        CopyOptions.DEFAULT.withIdleTimeout(Duration.ofHours(1)))).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("enableTime");
                assertThatThrownBy(() -> Copy.bidirectional(left[1], left[1])).isInstanceOf(IllegalArgumentException.class);
                for (TcpStream each : new TcpStream[] {left[0], left[1], right[0], right[1]}) {
                    each.close();
                }
                return null;
            });
        }
    }
}
