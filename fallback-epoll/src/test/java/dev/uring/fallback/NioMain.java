package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Read;
import dev.uring.runtime.Time;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What {@link NioDriverTest} runs in a JVM of its own: pipes, files, timers and tasks. Prints the driver and OK. */
final class NioMain {
    private NioMain() {
    }

    public static void main(String[] arguments) throws Exception {
        Path path = Files.createTempFile("uring-nio", ".txt");
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            NioDriverTest.Opened[] pipe = NioDriverTest.Opened.pipe(runtime);
            NioDriverTest.Opened file = new NioDriverTest.Opened(NioDriverTest.Opened.sysOf(runtime).openat(
                    PathFlag.CURRENT_DIRECTORY, CString.encode(Arena.ofAuto(), path.toString()), OpenFlag.READ_WRITE, 0),
                    runtime);
            String text = runtime.blockOn(() -> {
                JoinHandle<String> reader = runtime.handle().spawn(() -> {
                    IoBuffer buffer = IoBuffer.allocate(16);
                    new Read(pipe[0], buffer, Read.NO_OFFSET).submit().await();
                    return buffer.toString(StandardCharsets.US_ASCII);
                });
                Time.sleep(Duration.ofMillis(5)).await();
                new Write(file, bytes("OK"), 0).submit().await();
                IoBuffer copy = IoBuffer.allocate(8);
                new Read(file, copy, 0).submit().await();
                new Write(pipe[1], copy, Write.NO_OFFSET).submit().await();
                return reader.await();
            });
            System.out.println(runtime.driver().name() + " " + text);
        } finally {
            Files.delete(path);
        }
    }

    private static IoBuffer bytes(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }
}
