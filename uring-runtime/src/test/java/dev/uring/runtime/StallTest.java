package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who keeps a worker is found. */
class StallTest extends RuntimeTest {
    private static final Duration THRESHOLD = Duration.ofMillis(50);

    @Override
    UringRuntime.Builder builder() {
        return super.builder().stallAfter(THRESHOLD);
    }

    /** Spins until the stall is counted, and then for as long as four more would take; answers whether it was. */
    private boolean keepsItsWorker() {
        long before = runtime.metrics().stalls();
        boolean counted = spinUntil(() -> runtime.metrics().stalls() > before, Duration.ofSeconds(20));
        spinUntil(() -> false, THRESHOLD.multipliedBy(4));
        return counted;
    }

    private static boolean spinUntil(java.util.function.BooleanSupplier condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private boolean blocksItsWorker() {
        long before = runtime.metrics().stalls();
        synchronized (this) {
            sleepInside(() -> runtime.metrics().stalls() > before);
        }
        return runtime.metrics().stalls() > before;
    }

    /** Sleeps on the worker's own thread: in a callback, or below a native frame. */
    private static void sleepInside(java.util.function.BooleanSupplier condition) {
        try {
            eventually("the stall is counted", condition);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<RecordedEvent> stallsOf(Path directory, Uring.Body body) throws Exception {
        try (var recording = new Recording()) {
            recording.enable("dev.uring.Stall");
            recording.start();
            body.run();
            return SightTest.of(SightTest.stop(recording, directory), "Stall");
        }
    }

    private static void assertOneNames(List<RecordedEvent> stalls, String method, String thread) {
        assertThat(stalls).as("%s", stalls).filteredOn(event -> event.getString("stack").contains("StallTest." + method))
                .singleElement().satisfies(event -> {
                    assertThat(event.getInt("worker")).isZero();
                    assertThat(event.getString("thread")).contains(thread);
                    assertThat(event.getDuration("lastedNanos")).isGreaterThanOrEqualTo(THRESHOLD);
                });
    }

    @Test
    void a_task_that_computes_for_too_long_is_told_once_with_its_stack(@TempDir Path directory) throws Exception {
        assumeTrue(carriers == Carriers.ON, "workers carry tasks in carrier mode only");
        List<RecordedEvent> stalls = stallsOf(directory, () -> task(() -> {
            Tasks.yieldNow(); // the stack of a task that has been resumed is found as well
            assertThat(keepsItsWorker()).isTrue();
        }));
        assertOneNames(stalls, "keepsItsWorker", "-task-");
    }

    @Test
    void a_callback_that_computes_for_too_long_is_told_once_with_its_stack(@TempDir Path directory) throws Exception {
        List<RecordedEvent> stalls = stallsOf(directory, () -> assertThat(callback(this::keepsItsWorker)).isTrue());
        assertOneNames(stalls, "keepsItsWorker", "-worker-0");
    }

    @Test
    void a_callback_that_blocks_is_told_with_its_stack(@TempDir Path directory) throws Exception {
        List<RecordedEvent> stalls = stallsOf(directory, () -> assertThat(callback(this::blocksItsWorker)).isTrue());
        assertOneNames(stalls, "blocksItsWorker", "-worker-0");
    }

    @Test
    void each_stall_is_counted() throws Exception {
        assertThat(callback(this::keepsItsWorker)).isTrue();
        assertThat(callback(this::keepsItsWorker)).isTrue();
        assertThat(runtime.metrics().stalls()).isGreaterThanOrEqualTo(2);
        assertThat(runtime.dump()).contains(" stalls=" + runtime.metrics().stalls());
    }

    @Test
    void a_sleep_is_no_stall_and_lets_the_watch_sleep_too() throws Exception {
        Worker worker = runtime.workers().getFirst();
        StallWatch watch = runtime.stallWatch();
        callback(() -> null); // the loop has begun
        for (int i = 0; i < 2; i++) {
            eventually("the watch is dormant", () -> worker.isIdling() && watch.isDormant());
            long stalls = runtime.metrics().stalls();
            long progress = worker.progress();
            Thread.sleep(THRESHOLD.multipliedBy(5));
            eventually("the watch is dormant still", watch::isDormant);
            assertThat(worker.progress()).isEqualTo(progress);
            assertThat(runtime.metrics().stalls()).isEqualTo(stalls);
            assertThat(callback(this::keepsItsWorker)).isTrue(); // and it is roused
        }
    }

    @Test
    void without_a_threshold_nobody_watches() throws Exception {
        try (UringRuntime unwatched = super.builder().stallAfter(Duration.ZERO).build()) {
            assertThat(unwatched.stallWatch()).isNull();
            assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                    .contains(runtime.name() + "-stall-watch").doesNotContain(unwatched.name() + "-stall-watch");
        }
        assertThatThrownBy(() -> builder().stallAfter(Duration.ofNanos(1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stallAfter");
        assertThatThrownBy(() -> builder().stallAfter(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_runtime_without_threads_counts_after_the_fact() throws Exception {
        assumeTrue(carriers == Carriers.ON, "the caller carries tasks in carrier mode only");
        try (UringRuntime lent = builder().currentThread().build()) {
            assertThat(lent.stallWatch()).isNull();
            lent.blockOn(() -> spinUntil(() -> false, THRESHOLD.multipliedBy(2)));
            long counted = lent.metrics().stalls();
            assertThat(counted).isPositive();
            var called = new CompletableFuture<Boolean>();
            lent.blockOn(() -> {
                new Nop().submit((_, _) -> {
                    spinUntil(() -> false, THRESHOLD.multipliedBy(2));
                    called.complete(true);
                });
                Time.sleep(Duration.ofMillis(1)).await();
                return null;
            });
            assertThat(called.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(lent.metrics().stalls()).isGreaterThan(counted);
        }
    }
}
