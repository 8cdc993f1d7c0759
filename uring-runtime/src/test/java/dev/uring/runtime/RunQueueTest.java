package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class RunQueueTest {
    private record Numbered(int number) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("only moved about");
        }
    }

    private static List<Integer> drain(RunQueue queue) {
        List<Integer> numbers = new ArrayList<>();
        for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
            numbers.add(((Numbered) next).number());
        }
        return numbers;
    }

    @Test
    void owner_takes_in_order_through_growth_and_wrap() {
        RunQueue queue = new RunQueue(4);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            queue.add(new Numbered(i));
            if (i % 3 == 0) {
                taken.add(((Numbered) queue.poll()).number());
            }
        }
        taken.addAll(drain(queue));
        assertThat(taken).hasSize(1000).isSorted();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void thief_takes_the_older_half_and_at_least_one() {
        RunQueue victim = new RunQueue();
        RunQueue thief = new RunQueue();
        for (int i = 0; i < 5; i++) {
            victim.add(new Numbered(i));
        }
        assertThat(victim.stealInto(thief)).isEqualTo(3);
        assertThat(drain(thief)).containsExactly(0, 1, 2);
        assertThat(victim.size()).isEqualTo(2);
        assertThat(victim.stealInto(thief)).isEqualTo(1);
        assertThat(victim.stealInto(thief)).isEqualTo(1);
        assertThat(victim.stealInto(thief)).isZero();
        assertThat(drain(thief)).containsExactly(3, 4);
    }

    @Test
    void what_was_taken_or_stolen_is_not_kept_alive() {
        RunQueue queue = new RunQueue();
        List<WeakReference<Runnable>> references = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Runnable continuation = new Numbered(i);
            references.add(new WeakReference<>(continuation));
            queue.add(continuation);
        }
        RunQueue thief = new RunQueue();
        queue.stealInto(thief);
        drain(queue);
        drain(thief);
        System.gc();
        assertThat(references).allMatch(reference -> reference.get() == null);
    }

    @Test
    void each_is_taken_once_while_thieves_and_growth_compete() throws InterruptedException {
        int count = 2_000_000;
        int thieves = 3;
        var times = new AtomicIntegerArray(count);
        RunQueue queue = new RunQueue(4);
        var done = new java.util.concurrent.atomic.AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < thieves; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                RunQueue own = new RunQueue(4);
                while (!done.get() || !queue.isEmpty()) {
                    queue.stealInto(own);
                    drain(own).forEach(times::incrementAndGet);
                }
            }));
        }
        for (int i = 0; i < count; i++) {
            queue.add(new Numbered(i));
            if ((i & 7) == 0) {
                Runnable mine = queue.poll();
                if (mine != null) {
                    times.incrementAndGet(((Numbered) mine).number());
                }
            }
        }
        done.set(true);
        drain(queue).forEach(times::incrementAndGet);
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < count; i++) {
            assertThat(times.get(i)).as("times that number %d was taken", i).isOne();
        }
    }
}
