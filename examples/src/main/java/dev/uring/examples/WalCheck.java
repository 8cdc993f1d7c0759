package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads a log and finds every record that was acknowledged. There may be more: what was written when its writer was
 * stopped is there in part, in full or not at all.
 */
final class WalCheck {
    private static final int BLOCK_BYTES = 1 << 20;

    private final AsyncFile file;
    private final int recordBytes;
    /** The numbers of each writer's records that were found. */
    private final BitSet[] found;
    private long records;

    /** Will look into a file of records of one length, by so many writers. */
    WalCheck(AsyncFile file, int recordBytes, int writers) {
        this.file = file;
        this.recordBytes = recordBytes;
        found = new BitSet[writers];
        Arrays.setAll(found, _ -> new BitSet());
    }

    /**
     * Reads all.
     *
     * @param acknowledged how many records each writer was told are durable
     * @return how many whole records are in the file
     * @throws IOException when one that was acknowledged is missing, or comes twice
     */
    long check(long[] acknowledged) throws IOException {
        int blockBytes = Math.max(BLOCK_BYTES / recordBytes, 1) * recordBytes;
        try (IoBuffer block = IoBuffer.allocate(blockBytes)) {
            long at = 0;
            for (int bytes = read(block, at); bytes > 0; bytes = read(block, at)) {
                ByteBuffer all = block.length(bytes).asByteBuffer();
                for (int offset = 0; offset + recordBytes <= bytes; offset += recordBytes) {
                    note(all.slice(offset, recordBytes), at + offset);
                }
                at += bytes;
            }
        }
        for (int writer = 0; writer < found.length; writer++) {
            int missing = found[writer].nextClearBit(0);
            if (missing < acknowledged[writer]) {
                throw new IOException("acknowledged record is missing: path=" + file.path() + " writer=" + writer
                        + " sequence=" + missing + " acknowledged=" + acknowledged[writer]);
            }
        }
        return records;
    }

    private int read(IoBuffer block, long at) throws IOException {
        int bytes = file.readAt(block, at).await().bytes();
        int more = bytes;
        while (more > 0 && bytes < block.capacity()) {
            more = file.readAt(block.slice(bytes, block.capacity()), at + bytes).await().bytes();
            bytes += more;
        }
        return bytes;
    }

    private void note(ByteBuffer record, long offset) throws IOException {
        if (!WalRecord.isWhole(record)) {
            return; // torn; if it was acknowledged, it is missed
        }
        BitSet of = found[WalRecord.writer(record)];
        int sequence = Math.toIntExact(WalRecord.sequence(record));
        if (of.get(sequence)) {
            throw new IOException("record comes twice: path=" + file.path() + " offset=" + offset + " writer="
                    + WalRecord.writer(record) + " sequence=" + sequence);
        }
        of.set(sequence);
        records++;
    }
}
