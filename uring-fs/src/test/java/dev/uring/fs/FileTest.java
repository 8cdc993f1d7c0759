package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What tests of files have in common: a runtime in one of the carrier modes, and a place. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class FileTest {
    static final boolean FULL = Boolean.getBoolean("uring.test.full");

    @TempDir
    Path directory;
    /** Injected by {@code ParameterizedClass}. */
    @Parameter
    Carriers carriers;
    UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    /** Runs the body twice: as a task, and on this thread, which no worker carries. */
    final void everywhere(Uring.Body body) throws Exception {
        inTask(body);
        runtime.handle().run(() -> {
            body.run();
            return null;
        });
    }

    final void inTask(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    final AsyncFile opened(Path path, OpenOption... options) throws Exception {
        return runtime.blockOn(() -> AsyncFile.open(path, options).await());
    }

    final AsyncFile opened(Path path, OpenOptions options) throws Exception {
        return runtime.blockOn(() -> AsyncFile.open(path, options).await());
    }

    final AsyncDirectory openedDirectory() throws Exception {
        return runtime.blockOn(() -> AsyncDirectory.open(directory).await());
    }

    /** Answers whether permissions bind nobody here; by the owner of what we made, since no host but Linux has our calls. */
    static boolean isRoot(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:uid").equals(0);
    }

    /** A new file that does not exist yet. */
    final Path fresh() throws IOException {
        Path file = Files.createTempFile(directory, "file", ".bin");
        Files.delete(file);
        return file;
    }

    final Path file(byte[] content) throws IOException {
        return Files.write(fresh(), content);
    }

    final Path file(String content) throws IOException {
        return file(content.getBytes(StandardCharsets.UTF_8));
    }

    final boolean isNio() {
        return runtime.driver().name().equals("nio");
    }

    final void needsLinux(String reason) {
        assumeFalse(isNio(), "java.nio: " + reason);
    }

    static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    static String textOf(IoBuffer buffer) {
        return buffer.toString(StandardCharsets.UTF_8);
    }

    static String read(AsyncFile file, int length, long offset) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(length);
        assertThat(file.readAt(buffer, offset).await().bytes()).isEqualTo(buffer.length());
        return textOf(buffer);
    }

    /** Bytes that tell their position, nearly. */
    static byte[] pattern(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }
}
