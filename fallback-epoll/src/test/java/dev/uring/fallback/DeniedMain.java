package dev.uring.fallback;

import dev.uring.runtime.BufResult;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LibcGround;
import dev.uring.runtime.Op;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The program of {@link IoUringDeniedTest}: any user's, but that it tells how it ran. */
final class DeniedMain {
    private DeniedMain() {
    }

    /** One end of a pipe, or a file. */
    private static final class End extends Descriptor {
        End(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("unfiltered=" + unfilteredThreads());
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            System.out.println("driver=" + runtime.driver().name());
            runtime.driver().refused().forEach(System.out::println);
            System.out.println("pipe=" + runtime.blockOn(() -> throughPipe(runtime)));
            System.out.println("file=" + runtime.blockOn(() -> throughFile(runtime)));
        }
        System.out.println("OK");
    }

    /** Reads before there is anything to read, so that the driver has to wait. */
    private static String throughPipe(UringRuntime runtime) throws IOException {
        int[] pair = new LibcGround(false).pipe();
        try (End reader = new End(pair[0], runtime); End writer = new End(pair[1], runtime)) {
            Op<BufResult> read = new Read(reader, IoBuffer.allocate(64), Read.NO_OFFSET).submit();
            new Write(writer, buffer("through a pipe"), Write.NO_OFFSET).submit().await();
            return read.await().buffer().toString(StandardCharsets.UTF_8);
        }
    }

    private static String throughFile(UringRuntime runtime) throws IOException {
        try (End file = new End(new LibcGround(false).file(new byte[0]), runtime)) {
            new Write(file, buffer("through a file"), 0).submit().await();
            return new Read(file, IoBuffer.allocate(64), 8).submit().await().buffer().toString(StandardCharsets.UTF_8);
        }
    }

    private static IoBuffer buffer(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Counts the threads of this process without a filter; see proc_pid_status(5). */
    private static long unfilteredThreads() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            List<Path> all = threads.toList();
            long count = 0;
            for (Path thread : all) {
                count += Files.readAllLines(thread.resolve("status")).contains("Seccomp:\t2") ? 0 : 1;
            }
            return count;
        }
    }
}
