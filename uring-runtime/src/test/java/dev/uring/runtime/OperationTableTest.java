package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** C8: a word about an operation that has ended never reaches the one that has its slot now. */
class OperationTableTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());

    @Test
    void an_id_names_one_life_of_a_slot() {
        OperationTable table = new OperationTable(1);
        Op<?> first = new Nop();
        Op<?> second = new Nop();
        long old = table.add(first);
        assertThat(table.get(old)).isSameAs(first);
        table.take(old);
        assertThatThrownBy(() -> table.get(old)).as("free").isInstanceOf(AssertionError.class)
                .hasMessageContaining("not in flight: slot=0 generation=0");
        long now = table.add(second);
        assertThat(now).isNotEqualTo(old);
        assertThat(second.slot).isEqualTo(first.slot);
        assertThat(table.get(now)).isSameAs(second);
        assertThatThrownBy(() -> table.get(old)).as("taken again").isInstanceOf(AssertionError.class)
                .hasMessageContaining("current=1");
        assertThat(table.holds(first)).isFalse();
        assertThat(table.holds(second)).isTrue();
    }

    @Test
    void a_full_table_says_so() {
        OperationTable table = new OperationTable(3);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(table.isFull()).isFalse();
            ids.add(table.add(new Nop()));
        }
        assertThat(table.isFull()).isTrue();
        assertThat(table.room()).isZero();
        assertThat(table.add(new Nop())).isEqualTo(OperationTable.FULL);
        table.take(ids.get(1));
        assertThat(table.room()).isOne();
        assertThat(table.add(new Nop())).isNotNegative();
    }

    @Test
    void generations_wrap_without_a_negative_id() {
        OperationTable table = new OperationTable(1);
        Op<?> op = new Nop();
        long id = table.add(op);
        try {
            var generations = OperationTable.class.getDeclaredField("generations");
            generations.setAccessible(true);
            ((int[]) generations.get(table))[0] = Integer.MAX_VALUE;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        id = table.id(op.slot);
        assertThat(id).as("ids of the driver's own requests are negative").isPositive();
        table.take(id);
        assertThat(table.add(op)).isNotNegative();
    }

    @Test
    void it_agrees_with_a_map_whatever_happens() {
        Random random = new Random(SEED);
        int steps = Boolean.getBoolean("uring.test.full") ? 5_000_000 : 300_000;
        int limit = 1 + random.nextInt(300);
        OperationTable table = new OperationTable(limit);
        Map<Long, Op<?>> model = new HashMap<>();
        List<Long> live = new ArrayList<>();
        Set<Long> dead = new HashSet<>();
        for (int i = 0; i < steps; i++) {
            String where = "seed=" + SEED + " step=" + i;
            int choice = random.nextInt(10);
            if (choice < 5) {
                Op<?> op = new Nop();
                long id = table.add(op);
                if (model.size() == limit) {
                    assertThat(id).as(where).isEqualTo(OperationTable.FULL);
                } else if (id < 0 || model.put(id, op) != null || dead.contains(id)) {
                    throw new AssertionError("id given twice or not at all: id=" + id + " " + where);
                } else {
                    live.add(id);
                }
            } else if (choice < 9 && !live.isEmpty()) {
                int index = random.nextInt(live.size());
                long id = live.set(index, live.getLast());
                live.removeLast();
                if (table.get(id) != model.remove(id)) {
                    throw new AssertionError("another operation: id=" + id + " " + where);
                }
                table.take(id);
                if (dead.size() < 10_000) {
                    dead.add(id);
                }
            } else if (!dead.isEmpty() && i % 100 == 0) {
                long id = dead.iterator().next();
                assertThatThrownBy(() -> table.get(id)).as(where).isInstanceOf(AssertionError.class);
            }
            if (table.count() != model.size() || table.room() != limit - model.size()
                    || table.isFull() != (model.size() == limit)) {
                throw new AssertionError("counts differ: count=" + table.count() + " " + where);
            }
        }
        Set<Op<?>> seen = new HashSet<>();
        table.forEach(seen::add);
        assertThat(seen).as("seed=%d", SEED).containsExactlyInAnyOrderElementsOf(model.values());
    }
}
