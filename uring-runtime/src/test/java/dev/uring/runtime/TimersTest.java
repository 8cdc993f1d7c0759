package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The heap of timers against a sorted map. */
class TimersTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());

    private static final class Entry implements Timed {
        private final List<Entry> expired;
        private int index = -1;
        private long deadline;

        Entry(List<Entry> expired) {
            this.expired = expired;
        }

        @Override
        public void timerIndex(int index) {
            this.index = index;
        }

        @Override
        public int timerIndex() {
            return index;
        }

        @Override
        public void expire(Worker worker) {
            assertThat(index).as("out of the heap").isEqualTo(-1);
            expired.add(this);
        }
    }

    @Test
    void it_agrees_with_a_sorted_map_whatever_happens() {
        Random random = new Random(SEED);
        for (int round = 0; round < (Boolean.getBoolean("uring.test.full") ? 500 : 20); round++) {
            // Near the point where nanoTime wraps, comparison by subtraction must hold.
            long base = random.nextBoolean() ? Long.MAX_VALUE - 5000 : random.nextLong() >> 1;
            agree(random, base, "seed=" + SEED + " round=" + round);
        }
    }

    private static void agree(Random random, long base, String where) {
        Timers timers = new Timers();
        TreeMap<Long, Set<Entry>> model = new TreeMap<>(); // by distance from the base
        List<Entry> live = new ArrayList<>();
        List<Entry> expired = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 20_000; step++) {
            int choice = random.nextInt(10);
            if (choice < 6) {
                Entry entry = new Entry(expired);
                entry.deadline = now + random.nextInt(2000) - 100;
                timers.add(entry, base + entry.deadline);
                model.computeIfAbsent(entry.deadline, _ -> new HashSet<>()).add(entry);
                live.add(entry);
            } else if (choice < 8 && !live.isEmpty()) {
                Entry entry = live.get(random.nextInt(live.size()));
                live.remove(entry);
                assertThat(timers.remove(entry)).as(where).isTrue();
                assertThat(timers.remove(entry)).as(where).isFalse();
                forget(model, entry);
            } else {
                now += random.nextInt(50);
                timers.expire(base + now, null);
                for (int i = 0; i < expired.size(); i++) {
                    Entry entry = expired.get(i);
                    assertThat(entry.deadline).as(where).isLessThanOrEqualTo(now).isEqualTo(model.firstKey());
                    forget(model, entry);
                    live.remove(entry);
                }
                expired.clear();
                assertThat(model.isEmpty() || model.firstKey() > now).as(where).isTrue();
            }
            if (timers.count() != live.size() || timers.isEmpty() != live.isEmpty()) {
                throw new AssertionError("counts differ: " + where + " step=" + step);
            }
            long expected = model.isEmpty() ? Timers.NONE : Math.max(model.firstKey() - now, 0);
            if (timers.nanosToNext(base + now) != expected) {
                throw new AssertionError("next differs: " + where + " step=" + step);
            }
        }
        Set<Timed> seen = new HashSet<>();
        timers.forEach(seen::add);
        assertThat(seen).as(where).isEqualTo(new HashSet<Timed>(live));
    }

    private static void forget(TreeMap<Long, Set<Entry>> model, Entry entry) {
        Set<Entry> same = model.get(entry.deadline);
        assertThat(same.remove(entry)).isTrue();
        if (same.isEmpty()) {
            model.remove(entry.deadline);
        }
    }
}
