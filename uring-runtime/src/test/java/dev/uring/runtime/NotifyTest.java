package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NotifyTest {
    private final Notify notify = new Notify();
    private UringRuntime runtime;

    @BeforeEach
    void build() throws Exception {
        runtime = UringRuntime.builder().enableAll().build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void a_permit_waits_for_the_next_and_does_not_add_up() throws Exception {
        notify.notifyOne();
        notify.notifyOne();
        notify.await();
        JoinHandle<Void> second = waiter();
        Thread.sleep(20);
        assertThat(second.isFinished()).isFalse();
        notify.notifyOne();
        second.await();
    }

    @Test
    void one_notification_wakes_one() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        List<JoinHandle<Void>> waiters = new ArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiters.add(runtime.spawn(() -> {
                threads.add(Thread.currentThread());
                notify.await();
                woken.incrementAndGet();
                return null;
            }));
        }
        RuntimeTest.eventually("all wait", () -> threads.size() == 5
                && threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        notify.notifyOne();
        RuntimeTest.eventually("one is woken", () -> woken.get() > 0);
        Thread.sleep(30);
        assertThat(woken).hasValue(1);
        notify.notifyAllWaiting();
        for (JoinHandle<Void> each : waiters) {
            each.await();
        }
    }

    @Test
    void notify_all_leaves_no_permit() throws Exception {
        notify.notifyAllWaiting();
        JoinHandle<Void> waiter = waiter();
        Thread.sleep(20);
        assertThat(waiter.isFinished()).isFalse();
        notify.notifyOne();
        waiter.await();
    }

    @Test
    void an_aborted_waiter_passes_the_permit_on() throws Exception {
        for (int round = 0; round < 300; round++) {
            JoinHandle<Void> first = waiter();
            JoinHandle<Void> second = waiter();
            Thread notifier = Thread.ofPlatform().start(notify::notifyOne);
            first.abort();
            notifier.join();
            try {
                first.await();
                notify.notifyOne(); // the first took it: the second needs one of its own
            } catch (CancellationException e) {
                // the permit went to the second, or waits for it
            }
            second.await();
        }
    }

    @Test
    void no_notification_is_lost_between_two_that_hand_on() throws Exception {
        Notify other = new Notify();
        int rounds = 20_000;
        JoinHandle<Void> pong = runtime.spawn(() -> {
            for (int i = 0; i < rounds; i++) {
                notify.await();
                other.notifyOne();
            }
            return null;
        });
        for (int i = 0; i < rounds; i++) {
            notify.notifyOne();
            other.await();
        }
        pong.await();
    }

    private JoinHandle<Void> waiter() {
        return runtime.spawn(() -> {
            notify.await();
            return null;
        });
    }

    @Test
    void a_queue_keeps_order_and_bound_and_drains_after_the_close() throws Exception {
        try (var queue = new BoundedQueue<Integer>(4)) {
            JoinHandle<Void> putter = runtime.spawn(() -> {
                for (int i = 0; i < 10_000; i++) {
                    queue.put(i);
                }
                queue.close();
                return null;
            });
            for (int i = 0; i < 10_000; i++) {
                assertThat(queue.size()).isLessThanOrEqualTo(4);
                assertThat(queue.take()).isEqualTo(i);
            }
            assertThat(queue.take()).isNull();
            putter.await();
        }
    }

    @Test
    void a_full_queue_refuses_offers_and_a_closed_one_everything() throws Exception {
        var queue = new BoundedQueue<String>(1);
        assertThat(queue.offer("a")).isTrue();
        assertThat(queue.offer("b")).isFalse();
        JoinHandle<Void> blocked = runtime.spawn(() -> {
            queue.put("c");
            return null;
        });
        Thread.sleep(20);
        assertThat(blocked.isFinished()).isFalse();
        queue.close();
        assertThatThrownBy(blocked::await).hasCauseInstanceOf(ClosedChannelException.class);
        assertThat(queue.offer("d")).isFalse();
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.poll()).isNull();
        assertThat(queue.take()).isNull();
        assertThatThrownBy(() -> new BoundedQueue<>(0)).hasMessageContaining("capacity=0");
    }

    @Test
    void a_closed_queue_wakes_every_taker() throws Exception {
        var queue = new BoundedQueue<String>(1);
        List<JoinHandle<String>> takers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            takers.add(runtime.spawn(queue::take));
        }
        Thread.sleep(20);
        queue.close();
        for (JoinHandle<String> taker : takers) {
            assertThat(taker.await()).isNull();
        }
    }

    @Test
    void the_last_user_of_a_closed_count_is_told_once() {
        UseCount count = new UseCount();
        assertThat(count.acquire()).isTrue();
        assertThat(count.acquire()).isTrue();
        assertThat(count.release()).isFalse();
        assertThat(count.close()).isTrue();
        assertThat(count.close()).isFalse();
        assertThat(count.acquire()).isFalse();
        assertThat(count.count()).isEqualTo(1);
        assertThat(count.release()).isTrue();
    }
}
