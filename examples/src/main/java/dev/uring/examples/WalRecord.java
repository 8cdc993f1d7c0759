package dev.uring.examples;

import dev.uring.runtime.IoBuffer;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record of the log, big-endian. All of a log have one length.
 *
 * <pre>
 * offset  size  what
 * 0       4     CRC32C of the rest
 * 4       4     number of the writer, from 0
 * 8       8     number of the record among the writer's, from 0
 * 16      ...   filler
 * </pre>
 */
final class WalRecord {
    static final int HEADER_BYTES = 16;
    private static final int WRITER = 4;
    private static final int SEQUENCE = 8;

    private WalRecord() {
    }

    /** Fills a buffer, whose capacity is the length of a record. */
    static void write(IoBuffer buffer, int writer, long sequence) {
        ByteBuffer record = buffer.length(buffer.capacity()).asByteBuffer();
        record.putInt(WRITER, writer).putLong(SEQUENCE, sequence);
        record.putInt(0, checksum(record));
    }

    static boolean isWhole(ByteBuffer record) {
        return record.getInt(0) == checksum(record);
    }

    static int writer(ByteBuffer record) {
        return record.getInt(WRITER);
    }

    static long sequence(ByteBuffer record) {
        return record.getLong(SEQUENCE);
    }

    private static int checksum(ByteBuffer record) {
        var checksum = new CRC32C();
        checksum.update(record.slice(WRITER, record.capacity() - WRITER));
        return (int) checksum.getValue();
    }
}
