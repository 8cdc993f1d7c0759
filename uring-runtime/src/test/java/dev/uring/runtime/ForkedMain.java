package dev.uring.runtime;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What {@link ForkedTest} runs in a JVM of its own; prints one line per answer and ends with OK. */
final class ForkedMain {
    private ForkedMain() {
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "operations" -> operations();
            case "carriers" -> carriers(Carriers.valueOf(arguments[1]));
            case "virtual" -> firstLookOnVirtualThread();
            case "driver" -> Uring.run(() -> System.out.println(Handle.current().runtime().driver()));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("OK");
    }

    /** The first thing of the runtime that this process touches, on a thread that cannot try carriers out itself. */
    private static void firstLookOnVirtualThread() throws Exception {
        Thread first = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            check(Worker.current() == null);
            check(Thread.currentThread().isInterrupted());
        });
        check(first.join(Duration.ofSeconds(20)));
        System.out.println("refusal=" + CarrierAccess.REFUSAL);
    }

    private static void carriers(Carriers mode) throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().carriers(mode).build()) {
            System.out.println("carried=" + runtime.carriesTasks());
            System.out.println("bytes=" + runtime.blockOn(() -> {
                Pipe pipe = Pipe.open(runtime);
                pipe.send("abc");
                return pipe.read(IoBuffer.allocate(8)).submit().await().bytes();
            }));
        }
    }

    /** The same whatever is masked. */
    private static void operations() throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build(); Pipe pipe = Pipe.open(runtime)) {
            System.out.println(runtime.driver().details());
            IoBuffer in = IoBuffer.allocate(16);
            Op<BufResult> read = pipe.read(in).submit();
            Thread.sleep(10);
            check(!read.isDone());
            Write write = pipe.write(IoBuffer.copyOf("hello".getBytes(StandardCharsets.US_ASCII)));
            write.submit();
            check(read.await().bytes() == 5 && in.toString(StandardCharsets.US_ASCII).equals("hello"));
            check(write.await().bytes() == 5);

            Read cancelled = pipe.read(in);
            cancelled.submit();
            Thread.sleep(5);
            cancelled.cancel();
            check(cancelled.awaitResult().error() != null && in.state() == IoBuffer.State.OWNED);
            try {
                pipe.read(in).submit().await(Duration.ofMillis(10));
                check(false);
            } catch (java.nio.channels.InterruptedByTimeoutException e) {
                check(in.state() == IoBuffer.State.OWNED);
            }

            Write first = pipe.write(IoBuffer.copyOf(new byte[] {1, 2}));
            Read second = pipe.read(IoBuffer.allocate(2));
            Read shortRead = pipe.read(IoBuffer.allocate(4));
            Nop never = new Nop();
            Write feed = pipe.write(IoBuffer.copyOf(new byte[] {3}));
            runtime.blockOn(() -> {
                Ops.link(first, second, feed, shortRead, never);
                while (!never.isDone()) {
                    Thread.sleep(1);
                }
                return null;
            });
            check(second.await().bytes() == 2 && shortRead.await().bytes() == 1);
            try {
                never.await();
                check(false);
            } catch (UringException e) {
                check(e.getMessage().contains("ECANCELED"));
            }

            Path file = Files.createTempFile("uring-forked", ".txt");
            Files.writeString(file, "content");
            for (boolean inTask : List.of(true, false)) {
                Pipe.End end = new Pipe.End(open(file), runtime);
                IoBuffer buffer = IoBuffer.allocate(4);
                int bytes = inTask ? runtime.blockOn(() -> new Read(end, buffer, 3).submit().await().bytes())
                        : new Read(end, buffer, 3).submit().await().bytes();
                check(bytes == 4 && buffer.toString(StandardCharsets.US_ASCII).equals("tent"));
                end.close();
            }
            Files.delete(file);
            Op<BufResult> pending = pipe.read(in).submit();
            pipe.reader.close();
            check(pending.isDone() && in.state() == IoBuffer.State.OWNED);
            runtime.handle().run(() -> Time.sleep(Duration.ofMillis(5))).await();
        }
    }

    private static int open(Path file) {
        try (var scope = java.lang.foreign.Arena.ofConfined()) {
            int fd = dev.uring.ffi.LibcFile.open(scope.allocateFrom(file.toString()), dev.uring.ffi.OpenFlag.READ_ONLY, 0);
            check(fd >= 0);
            return fd;
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
