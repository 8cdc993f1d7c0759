package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.fs.FileStat;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Arrays;

/** Copies files to a stream, in order, with several reads in flight. */
final class ReadAhead {
    private static final int READS_IN_FLIGHT = 8;
    private static final int BLOCK_BYTES = 128 << 10;

    private ReadAhead() {
    }

    /** A read on its way, and the range that it was asked for. */
    private record Piece(BufferOp read, long offset, int bytes) {
    }

    /** Copies all there is: ahead from a file with a size, else read after read, as pipes and /proc need it. */
    static void copy(AsyncFile file, PrintStream out) throws IOException {
        FileStat stat = file.stat().await();
        if (stat.isRegularFile() && stat.size() > 0) {
            copy(file, 0, Long.MAX_VALUE, out);
        } else {
            copyInTurn(file, out);
        }
    }

    /** Copies a range, as far as the file goes. Reads beyond the end of the file are left to its close, which waits. */
    static void copy(AsyncFile file, long from, long end, PrintStream out) throws IOException {
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
            Streams.write(out, result.buffer().toByteArray(), result.bytes());
            done += result.bytes();
            if (done == piece.bytes) {
                return true;
            }
            read = file.readAt(result.buffer().slice(0, piece.bytes - done), piece.offset + done);
        }
    }

    private static void copyInTurn(AsyncFile file, PrintStream out) throws IOException {
        try (IoBuffer buffer = IoBuffer.allocate(BLOCK_BYTES)) {
            while (file.read(buffer).await().bytes() > 0) {
                Streams.write(out, buffer.toByteArray(), buffer.length());
            }
        }
    }
}
