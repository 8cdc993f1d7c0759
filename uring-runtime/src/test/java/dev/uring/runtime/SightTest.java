package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a runtime tells about itself: dump, counters, flight recorder. */
class SightTest {
    @Test
    void the_dump_names_what_is_in_flight() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build(); Pipes pipes = Pipes.open(runtime);
                IoBuffer buffer = IoBuffer.allocate(77)) {
            Op<BufResult> read = new Read(pipes.reader, buffer, Read.NO_OFFSET).submit();
            Thread.sleep(50);
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
        Path file = directory.resolve("recording.jfr");
        try (var recording = new Recording()) {
            recording.enable("dev.uring.Operation");
            recording.enable("dev.uring.DriverChoice");
            recording.start();
            try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
                runtime.blockOn(() -> {
                    for (int i = 0; i < 10; i++) {
                        new Nop().submit().await();
                    }
                    return null;
                });
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).filteredOn(event -> event.getEventType().getName().equals("dev.uring.Operation")
                && event.getString("operation").equals("nop") && event.getInt("result") == 0).hasSize(10);
        assertThat(events).filteredOn(event -> event.getEventType().getName().equals("dev.uring.DriverChoice")
                && event.getString("driver").startsWith("io_uring")).hasSize(1);
    }
}
