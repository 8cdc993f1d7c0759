package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies a file, or a range of it, to standard output, with several reads in flight. */
@Command(
        name = "read",
        customSynopsis = "uring read [-hV] FILE [OFFSET LENGTH]",
        description = "Writes a file, or LENGTH bytes of it from OFFSET on, to standard output.")
final class ReadCommand implements Callable<Integer> {
    private static final int READS_IN_FLIGHT = 8;
    private static final int BLOCK_BYTES = 128 << 10;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the file to read")
    private Path path;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OFFSET",
            description = "the first byte to write, counted from 0; without it, the whole file is written")
    private Long offset;

    @Parameters(index = "2", arity = "0..1", paramLabel = "LENGTH",
            description = "how many bytes to write; fewer are written where the file ends before")
    private Long length;

    /** A read on its way, and the range that it was asked for. */
    private record Piece(BufferOp read, long offset, int bytes) {
    }

    @Override
    public Integer call() throws Exception {
        if (offset != null && length == null) {
            throw new ParameterException(spec.commandLine(), "OFFSET needs a LENGTH: offset=" + offset);
        }
        long from = requireNotNegative("OFFSET", offset, 0);
        long bytes = requireNotNegative("LENGTH", length, Long.MAX_VALUE);
        long end = bytes > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + bytes;
        Uring.run(() -> {
            try (AsyncFile file = AsyncFile.open(path).await()) {
                copy(file, from, end, System.out);
            }
        });
        return 0;
    }

    private long requireNotNegative(String name, Long given, long absent) {
        if (given != null && given < 0) {
            throw new ParameterException(spec.commandLine(), name + " must not be negative: " + given);
        }
        return given == null ? absent : given;
    }

    /** Keeps the reads ahead of the writing. Those beyond the end of the file are left to its close, which waits. */
    private static void copy(AsyncFile file, long from, long end, PrintStream out) throws IOException {
        IoBuffer[] buffers = new IoBuffer[READS_IN_FLIGHT];
        Arrays.setAll(buffers, _ -> IoBuffer.allocate(BLOCK_BYTES));
        var pending = new ArrayDeque<Piece>();
        long next = from;
        for (int started = 0; next < end || !pending.isEmpty();) {
            if (next < end && pending.size() < READS_IN_FLIGHT) {
                // Pieces end in the order they were started, so the oldest buffer is free again.
                IoBuffer buffer = buffers[started++ % READS_IN_FLIGHT];
                int bytes = (int) Math.min(BLOCK_BYTES, end - next);
                pending.add(new Piece(file.readAt(buffer.slice(0, bytes), next), next, bytes));
                next += bytes;
            } else if (!copyPiece(file, pending.remove(), out)) {
                return;
            }
        }
    }

    /** Writes one piece, reading on where a read came short; answers false at the end of the file. */
    private static boolean copyPiece(AsyncFile file, Piece piece, PrintStream out) throws IOException {
        BufferOp read = piece.read;
        int done = 0;
        while (true) {
            BufResult result = read.await();
            if (result.bytes() == 0) {
                return false;
            }
            out.write(result.buffer().toByteArray(), 0, result.bytes());
            if (out.checkError()) {
                throw new IOException("write failed: standard output is closed or full");
            }
            done += result.bytes();
            if (done == piece.bytes) {
                return true;
            }
            read = file.readAt(result.buffer().slice(0, piece.bytes - done), piece.offset + done);
        }
    }
}
