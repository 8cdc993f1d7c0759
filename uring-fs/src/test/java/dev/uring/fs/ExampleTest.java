package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Uring;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The first program of the documentation, word for word but for the path. */
@ExtendWith(LeakCheck.class)
class ExampleTest {
    @TempDir
    Path directory;

    private void example(Path data) throws Exception {
        Uring.run(() -> {
            try (var file = AsyncFile.open(data).await()) {
                var read = file.readAt(IoBuffer.allocate(4096), 0).await();   // buffer moved in ...
                System.out.println("Read " + read.bytes() + " bytes: " + read.buffer());   // ... and returned
            }
        });
    }

    @Test
    void the_example_reads_a_file_and_tells() throws Exception {
        Path data = directory.resolve("data.bin");
        Files.writeString(data, "0123456789".repeat(100));
        var captured = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            example(data);
        } finally {
            System.setOut(before);
        }
        assertThat(captured.toString(StandardCharsets.UTF_8)).startsWith("Read 1000 bytes: IoBuffer[capacity=4096 OWNED");
    }

    @Test
    void the_buffer_has_the_files_content() throws Exception {
        Path data = directory.resolve("data.bin");
        Files.writeString(data, "what is in the file");
        String content = Uring.run(() -> {
            try (var file = AsyncFile.open(data).await()) {
                return file.readAt(IoBuffer.allocate(4096), 0).await().buffer().toString(StandardCharsets.UTF_8);
            }
        });
        assertThat(content).isEqualTo("what is in the file");
    }
}
