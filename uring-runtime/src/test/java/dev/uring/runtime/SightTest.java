package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a runtime tells about itself: dump, counters, flight recorder. */
class SightTest extends RuntimeTest {
    @Test
    void the_dump_names_what_is_in_flight() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build(); Pipes pipes = Pipes.open(runtime);
                IoBuffer buffer = IoBuffer.allocate(77)) {
            Op<BufResult> read = new Read(pipes.reader, buffer, Read.NO_OFFSET).submit();
            eventually("it is in flight", () -> read.toString().contains("(in flight)"));
            assertThat(runtime.dump()).contains("read fd=" + pipes.reader.fd() + " lengthBytes=77 (in flight)")
                    .contains("uses=1").contains("worker 0: turns=").contains("inFlight=1");
            assertThat(runtime.blockOn(runtime::dump)).contains("inFlight=1").contains("-task-");
            read.abandon();
            while (!read.isDone()) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void operations_and_the_choice_of_driver_are_recorded(@TempDir Path directory) throws Exception {
        List<RecordedEvent> events;
        String driver;
        try (var recording = new Recording()) {
            recording.enable("dev.uring.Operation");
            recording.enable("dev.uring.DriverChoice");
            recording.start();
            try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
                driver = runtime.driver().name();
                runtime.blockOn(() -> {
                    for (int i = 0; i < 10; i++) {
                        new Nop().submit().await();
                    }
                    return null;
                });
            }
            events = stop(recording, directory);
        }
        assertThat(events).filteredOn(event -> event.getEventType().getName().equals("dev.uring.Operation")
                && event.getString("operation").equals("nop") && event.getInt("result") == 0).hasSize(10);
        assertThat(events).filteredOn(event -> event.getEventType().getName().equals("dev.uring.DriverChoice")
                && event.getString("driver").startsWith(driver)).hasSize(1);
    }

    static List<RecordedEvent> stop(Recording recording, Path directory) throws IOException {
        Path file = directory.resolve("recording.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file);
    }

    static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("dev.uring." + name)).toList();
    }

    @Test
    void tasks_are_recorded_with_their_outcome(@TempDir Path directory) throws Exception {
        List<RecordedEvent> events;
        JoinHandle<Integer> completed;
        JoinHandle<Integer> failed;
        JoinHandle<Integer> cancelled;
        JoinHandle<Integer> job;
        try (var recording = new Recording()) {
            recording.enable("dev.uring.Task");
            recording.start();
            completed = runtime.handle().spawn(() -> 1);
            failed = runtime.handle().spawn(() -> {
                throw new IllegalStateException("on purpose");
            });
            var begun = new CountDownLatch(1);
            cancelled = runtime.handle().spawn(() -> {
                begun.countDown();
                Time.sleep(Duration.ofSeconds(100)).await();
                return 2;
            });
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            cancelled.abort();
            job = runtime.handle().spawnBlocking(() -> 3);
            eventually("all have ended", () -> completed.isFinished() && failed.isFinished() && cancelled.isFinished()
                    && job.isFinished());
            events = stop(recording, directory);
        }
        assertThat(of(events, "Task")).extracting(event -> event.getString("name"), event -> event.getLong("id"),
                event -> event.getString("outcome"), event -> event.getInt("worker")).contains(
                        tuple(completed.name(), completed.id(), "completed", carried()),
                        tuple(failed.name(), failed.id(), "failed", carried()),
                        tuple(cancelled.name(), cancelled.id(), "cancelled", carried()),
                        tuple(job.name(), job.id(), "completed", -1));
    }

    /** The worker at the end of a task. */
    private int carried() {
        return carriers == Carriers.ON ? 0 : -1;
    }

    @Test
    void a_sleep_is_recorded_once_it_is_over(@TempDir Path directory) throws Exception {
        List<RecordedEvent> events;
        try (var recording = new Recording()) {
            recording.enable("dev.uring.Park");
            recording.start();
            Thread before = runtime.workers().getFirst().thread();
            for (int i = 0; i < 2; i++) { // the first sleep may have begun before the recording
                task(() -> {
                    Time.sleep(Duration.ofMillis(20)).await();
                });
            }
            events = of(stop(recording, directory), "Park");
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getInt("worker")).isZero();
                assertThat(event.getThread().getJavaName()).isEqualTo(before.getName());
                assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(1));
            });
        }
    }

    @Test
    void a_steal_is_recorded_with_thief_and_victim(@TempDir Path directory) throws Exception {
        assumeTrue(carriers == Carriers.ON, "workers queue tasks in carrier mode only");
        List<RecordedEvent> events;
        RuntimeMetrics metrics;
        try (var recording = new Recording(); UringRuntime two = builder().multiThread(2).build()) {
            recording.enable("dev.uring.Steal");
            recording.start();
            two.blockOn(() -> {
                var elsewhere = new CountDownLatch(1);
                Thread here = CarrierAccess.currentCarrier();
                for (int i = 0; i < 8; i++) {
                    Tasks.spawn(() -> {
                        if (CarrierAccess.currentCarrier() != here) {
                            elsewhere.countDown();
                        }
                        return null;
                    });
                }
                while (elsewhere.getCount() > 0) {
                    Thread.onSpinWait(); // keeps its worker, so that the other must take what waits behind it
                }
                return null;
            });
            events = of(stop(recording, directory), "Steal");
            metrics = two.metrics();
        }
        assertThat(events).isNotEmpty().allSatisfy(event -> {
            assertThat(event.getInt("thief")).isBetween(0, 1);
            assertThat(event.getInt("victim")).isEqualTo(1 - event.getInt("thief"));
        });
        assertThat(events.stream().mapToInt(event -> event.getInt("count")).sum()).isPositive()
                .isLessThanOrEqualTo((int) metrics.stolen());
    }
}
