package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferInFlightException;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.DriverInfo;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The project's main job: a real file is read, and a large one written, read back and compared, by one task. */
@Command(
        name = "demo",
        description = "Reads a file, then writes 64 MiB, reads them back and compares them, and tells what it cost.")
final class DemoCommand implements Callable<Integer> {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int BLOCKS = 1024;
    private static final int FILE_MIB = BLOCKS * BLOCK_BYTES >> 20;
    private static final int IN_FLIGHT = 32;
    /** Rounds over the whole file; the last one is told, the others warm the VM up. */
    private static final int ROUNDS = 4;
    private static final int READ_BYTES = 64 << 10;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE",
            description = "the file whose first 64 KiB are read; without it, the file \"release\" of the running JDK")
    private Path path = Path.of(System.getProperty("java.home"), "release");

    private final Pattern pattern = new Pattern(BLOCK_BYTES);
    private final IoBuffer[] buffers = new IoBuffer[IN_FLIGHT];
    private Page page;

    @Override
    public Integer call() throws Exception {
        page = new Page(spec.commandLine().getOut());
        Arrays.setAll(buffers, _ -> IoBuffer.allocate(BLOCK_BYTES));
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            tellDriver(runtime);
            return runtime.blockOn(() -> {
                readOnce();
                writeAndReadBack(runtime);
                return 0;
            });
        }
    }

    private void tellDriver(UringRuntime runtime) {
        DriverInfo driver = runtime.driver();
        page.line("driver", driver.name() + ", " + (driver.refused().isEmpty() ? "the best there is; "
                : "the best that is not refused; ") + driver.details());
        for (DriverInfo.Refused refused : driver.refused()) {
            page.line("", refused.toString());
        }
        page.line("tasks", runtime.carriesTasks() ? "carried by the workers" : "on the JDK's scheduler");
    }

    // ---- one read, to show who owns the buffer ----

    private void readOnce() throws IOException {
        try (AsyncFile file = AsyncFile.open(path.normalize()).await()) {
            IoBuffer buffer = IoBuffer.allocate(READ_BYTES);
            BufferOp read = file.readAt(buffer, 0); // the buffer moved in ...
            String during = describeTouch(buffer);
            BufResult result = read.await(); // ... and returned
            page.line("read", file.path() + ": " + result.bytes() + " bytes");
            page.line("", "during: " + during);
            page.line("", "after: " + result.buffer().state() + ", the same buffer: " + (result.buffer() == buffer));
        }
    }

    /** A read cannot end while its worker carries this task; on the JDK's scheduler it may be faster than the touch. */
    private static String describeTouch(IoBuffer buffer) {
        IoBuffer.State state = buffer.state();
        try {
            buffer.get(0);
            return state + ", then the read was over before the buffer was touched";
        } catch (BufferInFlightException e) {
            return state + ", " + e.getMessage();
        }
    }

    // ---- many writes and reads ----

    private void writeAndReadBack(UringRuntime runtime) throws Exception {
        Path temporary = Files.createTempFile("uring-demo-", ".bin");
        try (AsyncFile file = AsyncFile.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE).await()) {
            Cost write = null;
            Cost sync = null;
            Cost read = null;
            for (int round = 0; round < ROUNDS; round++) {
                int first = round * BLOCKS; // other bytes in every round: what an earlier one left cannot pass
                write = Cost.of(runtime, BLOCKS, () -> writeAll(file, first));
                sync = Cost.of(runtime, 1, () -> file.fsync().await());
                read = Cost.of(runtime, BLOCKS, () -> readAll(file, first));
            }
            page.line("file", temporary + ": " + FILE_MIB + " MiB in blocks of " + (BLOCK_BYTES >> 10) + " KiB, "
                    + IN_FLIGHT + " operations in flight; the last of " + ROUNDS + " rounds");
            page.line("write", write.toString());
            page.line("read", read + ", every byte compared");
            page.line("fsync", String.format(Locale.ROOT, "%.1f ms", sync.nanos() / 1e6));
        } finally {
            Files.deleteIfExists(temporary);
        }
        page.line("demo ok:", FILE_MIB + " MiB written, synced, read back and equal; the file is deleted");
    }

    private void writeAll(AsyncFile file, int first) throws IOException {
        BufferOp[] writes = new BufferOp[IN_FLIGHT];
        for (int i = 0; i < BLOCKS + IN_FLIGHT; i++) {
            int slot = i % IN_FLIGHT;
            if (i >= IN_FLIGHT) {
                requireWhole("write", i - IN_FLIGHT, writes[slot].await());
            }
            if (i < BLOCKS) {
                buffers[slot].length(BLOCK_BYTES).segment().copyFrom(pattern.block(first + i));
                writes[slot] = file.writeAt(buffers[slot], (long) i * BLOCK_BYTES);
            }
        }
    }

    private void readAll(AsyncFile file, int first) throws IOException {
        BufferOp[] reads = new BufferOp[IN_FLIGHT];
        for (int i = 0; i < BLOCKS + IN_FLIGHT; i++) {
            int slot = i % IN_FLIGHT;
            if (i >= IN_FLIGHT) {
                int block = i - IN_FLIGHT;
                requireWhole("read", block, reads[slot].await());
                requireEqual(first, block, buffers[slot]);
            }
            if (i < BLOCKS) {
                reads[slot] = file.readAt(buffers[slot], (long) i * BLOCK_BYTES);
            }
        }
    }

    private static void requireWhole(String what, int block, BufResult result) throws IOException {
        if (result.bytes() != BLOCK_BYTES) {
            throw new IOException(what + " came short: block=" + block + " bytes=" + result.bytes() + " wanted="
                    + BLOCK_BYTES);
        }
    }

    private void requireEqual(int first, int block, IoBuffer buffer) throws IOException {
        long at = buffer.segment().mismatch(pattern.block(first + block));
        if (at >= 0) {
            throw new IOException("content differs from what was written: block=" + block + " byte=" + at);
        }
    }
}
