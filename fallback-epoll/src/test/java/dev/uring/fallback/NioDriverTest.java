package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.DriverProvider.Availability;
import dev.uring.runtime.Forked;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Poll;
import dev.uring.runtime.Read;
import dev.uring.runtime.Time;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The readiness driver with a selector: what the contract does not see. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class NioDriverTest {
    private static final Pattern CHANGES = Pattern.compile("nio interestChanges=(\\d+)");

    /** A number of the host that the runtime plays. */
    static final class Opened extends Descriptor {
        Opened(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }

        static NioSys sysOf(UringRuntime runtime) {
            return (NioSys) sys(runtime);
        }

        static Opened[] pipe(UringRuntime runtime) throws IOException {
            int[] pair = sysOf(runtime).pipe();
            return new Opened[] {new Opened(pair[0], runtime), new Opened(pair[1], runtime)};
        }
    }

    private static UringRuntime runtime(int workers) throws IOException {
        return UringRuntime.builder().enableAll().multiThread(workers).driver("nio").build();
    }

    @Test
    void on_linux_it_runs_on_request_only() throws Exception {
        assertThat(new NioProvider().probe(true)).isInstanceOf(Availability.Available.class);
        assertThat(new NioProvider().probe(false)).isEqualTo(new Availability.Unavailable(
                "on Linux nio runs on request only", "-During.driver=nio"));
        try (UringRuntime runtime = runtime(1)) {
            assertThat(runtime.driver().name()).isEqualTo("nio");
        }
    }

    @Test
    void port_of_a_listener_that_was_waited_for_is_free_when_it_is_closed() throws Exception {
        try (UringRuntime runtime = runtime(2)) {
            NioSys sys = Opened.sysOf(runtime);
            SocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
            for (int round = 0; round < 20; round++) {
                Opened listener = new Opened(listen(sys, address), runtime);
                address = addressOf(sys, listener.fd());
                for (int i = 0; i < 4; i++) { // by more than one worker
                    runtime.handle().spawn(() -> new Poll(listener, PollFlag.READABLE).submit().await());
                }
                Thread.sleep(2);
                listener.close();
            }
            assertThat(sys.count()).isZero();
        }
    }

    /** The same without the turns of a worker, which might free it by chance. */
    @Test
    void port_of_a_listener_that_every_poller_has_forgotten_is_free_when_it_is_closed() throws Exception {
        NioSys sys = new NioSys();
        List<NioPoller> pollers = List.of(new NioPoller(sys), new NioPoller(sys));
        int fd = listen(sys, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        SocketAddress address = addressOf(sys, fd);
        List<Watched> watched = List.of(new Watched(fd), new Watched(fd));
        for (int i = 0; i < 2; i++) {
            Watched each = watched.get(i);
            assertThat(pollers.get(i).watch(each)).isEqualTo(Poller.WATCHED);
            each.add(Watched.READERS, new Watched.Waiter().of(null, 1, PollFlag.READABLE));
            pollers.get(i).expect(each);
            pollers.get(i).poll(0, (_, _) -> { });
        }
        assertThat(sys.poll(fd, PollFlag.READABLE)).isZero();
        for (int i = 0; i < 2; i++) {
            pollers.get(i).forget(watched.get(i));
        }
        assertThat(sys.close(fd)).isZero();
        sys.close(listen(sys, address));
        pollers.forEach(NioPoller::close);
    }

    @Test
    void wake_up_that_comes_while_a_number_is_forgotten_is_not_lost() throws Exception {
        NioSys sys = new NioSys();
        NioPoller poller = new NioPoller(sys);
        int[] pipe = sys.pipe();
        Watched watched = new Watched(pipe[0]);
        assertThat(poller.watch(watched)).isEqualTo(Poller.WATCHED);
        poller.wakeUp();
        poller.forget(watched);
        poller.poll(Long.MAX_VALUE, (_, _) -> { }); // or it waits for ever
        poller.wakeUp();
        poller.poll(Long.MAX_VALUE, (_, _) -> { });
        poller.close();
        poller.wakeUp();
        sys.close(pipe[0]);
        sys.close(pipe[1]);
    }

    private static int listen(NioSys sys, SocketAddress address) {
        MemorySegment encoded = Arena.ofAuto().allocate(SocketAddressCodec.SIZE, Long.BYTES);
        int fd = sys.socket(SocketConstant.FAMILY_INET, SocketConstant.STREAM, 0);
        assertThat(sys.bind(fd, encoded, SocketAddressCodec.encode(encoded, address))).isZero();
        assertThat(sys.listen(fd, 5)).as("listen").isZero();
        return fd;
    }

    private static SocketAddress addressOf(NioSys sys, int fd) {
        MemorySegment encoded = Arena.ofAuto().allocate(SocketAddressCodec.SIZE, Long.BYTES);
        MemorySegment bytes = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
        assertThat(sys.getsockname(fd, encoded, bytes)).isZero();
        return SocketAddressCodec.decode(encoded, bytes.get(ValueLayout.JAVA_INT, 0));
    }

    /** Each change is a system call. */
    @Test
    void requests_and_answers_change_no_interest() throws Exception {
        int rounds = 300;
        try (UringRuntime runtime = runtime(1)) {
            NioSys sys = Opened.sysOf(runtime);
            Opened[] requests = Opened.pipe(runtime);
            int[] answers = sys.pipe();
            Opened answer = new Opened(answers[1], runtime);
            Semaphore waiting = new Semaphore(0);
            JoinHandle<Void> echo = runtime.handle().spawn(() -> {
                IoBuffer buffer = IoBuffer.allocate(1); // each receive fills it, so that more might be there
                while (true) {
                    Op<BufResult> read = new Read(requests[0], buffer, Read.NO_OFFSET).submit();
                    new Poll(answer, PollFlag.WRITABLE).submit().await(); // a turn or none
                    waiting.release();
                    if (read.await().bytes() == 0) {
                        return null;
                    }
                    new Write(answer, buffer, Write.NO_OFFSET).submit().await();
                }
            });
            MemorySegment one = Arena.ofAuto().allocate(1);
            long before = 0;
            for (int i = 0; i < rounds; i++) {
                waiting.acquire();
                if (i == 10) {
                    before = interestChanges(runtime);
                }
                assertThat(sys.write(requests[1].fd(), one, 1)).isEqualTo(1);
                while (sys.read(answers[0], one, 1) == -Errno.EAGAIN) {
                    Thread.onSpinWait();
                }
            }
            waiting.acquire();
            assertThat(before).isPositive();
            assertThat(interestChanges(runtime)).isEqualTo(before);
            requests[1].close();
            echo.await();
            sys.close(answers[0]);
        }
    }

    private static long interestChanges(UringRuntime runtime) {
        String dump = runtime.dump();
        Matcher found = CHANGES.matcher(dump);
        assertThat(found.find()).as(dump).isTrue();
        return Long.parseLong(found.group(1));
    }

    @Test
    void readiness_that_nobody_waits_for_does_not_keep_the_worker_awake() throws Exception {
        try (UringRuntime runtime = runtime(1)) {
            Opened[] pipe = Opened.pipe(runtime);
            Op<Integer> poll = new Poll(pipe[0], PollFlag.READABLE).submit();
            runtime.blockOn(() -> Time.sleep(Duration.ofMillis(2)).await());
            poll.cancel();
            assertThatThrownBy(poll::await).isInstanceOf(CancellationException.class);
            assertThat(Opened.sysOf(runtime).write(pipe[1].fd(), Arena.ofAuto().allocate(1), 1)).isOne();
            long before = polls(runtime);
            Thread.sleep(50);
            assertThat(polls(runtime) - before).isLessThan(20);
        }
    }

    private static long polls(UringRuntime runtime) {
        return runtime.metrics().enters();
    }

    /** The selector and the runtime both want to hear of it. */
    @Test
    void a_callback_that_leaves_an_interrupt_behind_does_not_keep_the_worker_awake() throws Exception {
        try (UringRuntime runtime = runtime(1)) {
            var interrupted = new Semaphore(0);
            runtime.handle().run(() -> Time.sleep(Duration.ofMillis(1))).onComplete((_, _) -> {
                Thread.currentThread().interrupt();
                interrupted.release();
            });
            interrupted.acquire();
            long before = runtime.metrics().enters();
            Thread.sleep(100); // a worker that does not sleep polls ten thousand times
            assertThat(runtime.metrics().enters() - before).isLessThan(50);
        }
    }

    @Test
    void interrupt_reaches_a_runtime_that_waits_on_the_thread_of_its_caller() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().currentThread().driver("nio").build()) {
            Thread caller = Thread.currentThread();
            for (int round = 0; round < 3; round++) {
                Thread other = Thread.ofPlatform().unstarted(caller::interrupt);
                assertThatThrownBy(() -> runtime.blockOn(() -> {
                    Time.sleep(Duration.ofMillis(3)).await(); // a wait that ends
                    other.start();
                    Time.sleep(Duration.ofHours(1)).await();
                    return null;
                })).isInstanceOf(InterruptedException.class);
                other.join();
                assertThat(Thread.interrupted()).isFalse();
            }
            for (int round = 0; round < 20; round++) { // also while it carries a task
                assertThatThrownBy(() -> runtime.blockOn(() -> {
                    Time.sleep(Duration.ofMillis(1)).await();
                    Thread other = Thread.ofPlatform().start(caller::interrupt);
                    while (other.isAlive()) {
                        Thread.onSpinWait();
                    }
                    Time.sleep(Duration.ofHours(1)).await();
                    return null;
                })).isInstanceOf(InterruptedException.class);
                assertThat(Thread.interrupted()).isFalse();
            }
        }
    }

    @Test
    void runs_without_native_access() throws Exception {
        for (List<String> carriers : List.of(List.of("--add-opens=java.base/java.lang=ALL-UNNAMED"),
                List.<String>of())) {
            List<String> options = new ArrayList<>(carriers);
            options.addAll(List.of("--illegal-native-access=deny", "-During.driver=nio"));
            Forked.Outcome outcome = Forked.run(options, NioMain.class);
            assertThat(outcome.output()).endsWith("nio OK\n").doesNotContain("native access");
            assertThat(outcome.status()).isZero();
        }
    }
}
