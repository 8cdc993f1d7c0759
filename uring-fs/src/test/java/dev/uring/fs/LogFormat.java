package dev.uring.fs;

import dev.uring.runtime.IoBuffer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records that tell whether they are whole: sequence number (8 bytes), length of the payload (4), CRC-32C of both and
 * the payload (4), payload.
 */
public final class LogFormat {
    private static final int HEADER_BYTES = 16;

    /**
     * What a log holds.
     *
     * @param offsets where each sequence number lies
     * @param intactBytes up to where the log is nothing but whole records
     */
    public record Content(Map<Long, Long> offsets, int intactBytes) {
    }

    private LogFormat() {
    }

    /** Fills a buffer with a record whose payload depends on its number. */
    public static IoBuffer put(IoBuffer buffer, long sequence, int payloadBytes) {
        ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + payloadBytes);
        record.putLong(sequence).putInt(payloadBytes).putInt(0);
        for (int i = 0; i < payloadBytes; i++) {
            record.put((byte) (sequence * 31 + i));
        }
        record.putInt(12, checksum(record.array(), 0, payloadBytes));
        return buffer.put(0, record.array()).length(record.capacity());
    }

    public static int bytes(int payloadBytes) {
        return HEADER_BYTES + payloadBytes;
    }

    private static int checksum(byte[] bytes, int start, int payloadBytes) {
        var crc = new CRC32C();
        crc.update(bytes, start, 12);
        crc.update(bytes, start + HEADER_BYTES, payloadBytes);
        return (int) crc.getValue();
    }

    /** Answers whether the record of this number lies whole at an offset. */
    public static boolean isIntact(byte[] log, long offset, long sequence) {
        return offset + HEADER_BYTES <= log.length && ByteBuffer.wrap(log).getLong((int) offset) == sequence
                && payloadBytes(log, (int) offset) >= 0;
    }

    /** Answers the length of the payload of a whole record, or -1. */
    private static int payloadBytes(byte[] log, int at) {
        ByteBuffer bytes = ByteBuffer.wrap(log);
        int payloadBytes = log.length - at < HEADER_BYTES ? -1 : bytes.getInt(at + 8);
        return payloadBytes >= 0 && payloadBytes <= log.length - at - HEADER_BYTES
                && bytes.getInt(at + 12) == checksum(log, at, payloadBytes) ? payloadBytes : -1;
    }

    /** Reads from the start up to the first record that is not whole. */
    public static Content read(byte[] log) {
        Map<Long, Long> offsets = new HashMap<>();
        ByteBuffer bytes = ByteBuffer.wrap(log);
        int at = 0;
        int payloadBytes = payloadBytes(log, at);
        while (payloadBytes >= 0) {
            if (offsets.put(bytes.getLong(at), (long) at) != null) {
                throw new AssertionError("record is there twice: sequence=" + bytes.getLong(at));
            }
            at += HEADER_BYTES + payloadBytes;
            payloadBytes = payloadBytes(log, at);
        }
        return new Content(offsets, at);
    }
}
