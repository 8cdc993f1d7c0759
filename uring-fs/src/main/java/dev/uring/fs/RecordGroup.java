package dev.uring.fs;

import dev.uring.runtime.IoBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Records of a {@link GroupCommit} that become durable together: their bytes, one after the other, and who waits for each.
 * While it fills, it is guarded by the log's lock; from then on, it is the committing task's until cleared.
 */
final class RecordGroup {
    private static final int PAGE_BYTES = 4096;
    /** So that empty records, and those of a few bytes whose writers do not wait, are bounded too. */
    private static final int RECORDS_MAX = 1 << 14;

    /**
     * The memory of the buffer. Records are copied here by many threads, and views of a buffer belong to one in strict
     * mode; nobody copies while the buffer is in flight.
     */
    private final MemorySegment memory;
    private final IoBuffer buffer;
    private long start;
    private int bytes;
    private int count;
    private LogRecord first;
    private LogRecord last;

    RecordGroup(int capacityBytes) {
        memory = Arena.ofAuto().allocate(capacityBytes, PAGE_BYTES);
        buffer = IoBuffer.wrapUnsafe(memory);
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasRoom(LogRecord record) {
        return count < RECORDS_MAX && record.lengthBytes() <= memory.byteSize() - bytes;
    }

    /** Copies a record that there is room for. */
    void add(LogRecord record, IoBuffer source, long offset) {
        if (record.lengthBytes() > 0) {
            MemorySegment.copy(source.segment(), 0, memory, bytes, record.lengthBytes());
        }
        if (first == null) {
            first = record;
            start = offset;
        } else {
            last.next(record);
        }
        last = record;
        bytes += record.lengthBytes();
        count++;
        record.acceptedAt(offset);
    }

    /** Answers where the first record goes, in bytes from the start of the file. */
    long start() {
        return start;
    }

    int bytes() {
        return bytes;
    }

    /** Answers what is to be written, by its length. */
    IoBuffer buffer() {
        return buffer.length(bytes);
    }

    /** Tells everybody that their records are durable. */
    void succeed() {
        for (LogRecord each = first; each != null; each = each.next()) {
            each.succeed();
        }
    }

    /** Tells everybody why they may not be. */
    void fail(Throwable cause) {
        for (LogRecord each = first; each != null; each = each.next()) {
            each.fail(cause);
        }
    }

    /** Forgets the records. */
    void clear() {
        first = null;
        last = null;
        bytes = 0;
        count = 0;
    }
}
