package dev.uring.runtime.sim;

import dev.uring.ffi.FileMode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file in memory, as a page cache over a disk: what it holds now, what the disk holds for sure, and the changes between
 * the two in their order. A crash leaves each sector of 512 bytes with the changes up to any one of them, chosen for each
 * sector alone, and the size after any one of them.
 */
final class MemoryFile extends MemoryNode {
    static final int SECTOR_BYTES = 512;
    /** Above this the oldest changes reach the disk by themselves, as the kernel writes back what is dirty for long. */
    private static final long CHANGED_BYTES_MAX = 16 << 20;
    private static final byte[] NOTHING = {};

    /** Bytes beyond the array, and beyond the length, are zeros. */
    private byte[] content;
    private int length;
    private byte[] durable = NOTHING;
    private int durableLength;
    private final List<Change> changes = new ArrayList<>();
    private long changedBytes;
    int links;
    final List<Lock> locks = new ArrayList<>();

    /** New bytes, and the length of the file after them. */
    private record Change(int offset, byte[] bytes, int lengthAfter) {
    }

    /** A range that an open file holds. */
    record Lock(Object owner, long first, long end, boolean isShared) {
    }

    MemoryFile(long inode, int mode, byte[] content) {
        super(inode, mode);
        this.content = content.clone();
        length = content.length;
        durable = content.clone();
        durableLength = length;
    }

    @Override
    int type() {
        return FileMode.REGULAR;
    }

    @Override
    int links() {
        return links;
    }

    @Override
    long size() {
        return length;
    }

    int read(MemorySegment buffer, int lengthBytes, long offset) {
        if (offset >= length) {
            return 0;
        }
        int count = Math.min(lengthBytes, length - (int) offset);
        int stored = Math.clamp(content.length - offset, 0, count);
        MemorySegment.copy(content, Math.min((int) offset, content.length), buffer, ValueLayout.JAVA_BYTE, 0, stored);
        buffer.asSlice(stored, count - stored).fill((byte) 0);
        return count;
    }

    void write(byte[] bytes, int offset) {
        if (bytes.length > 0) {
            change(offset, bytes, Math.max(length, offset + bytes.length));
        }
    }

    /** Makes zeros of what is stored of a range. */
    void zero(int offset, int end, int lengthAfter) {
        int stored = Math.min(end, content.length);
        change(Math.min(offset, stored), new byte[Math.max(stored - offset, 0)], lengthAfter);
    }

    void truncate(int lengthBytes) {
        if (lengthBytes < length) {
            zero(lengthBytes, length, lengthBytes);
        } else if (lengthBytes > length) {
            change(0, NOTHING, lengthBytes);
        }
    }

    private void change(int offset, byte[] bytes, int lengthAfter) {
        content = put(content, offset, bytes);
        length = lengthAfter;
        changes.add(new Change(offset, bytes, lengthAfter));
        changedBytes += bytes.length;
        modificationSeconds++;
        while (changedBytes > CHANGED_BYTES_MAX) {
            writeBack(changes.removeFirst());
        }
    }

    private void writeBack(Change change) {
        durable = put(durable, change.offset, change.bytes);
        durableLength = change.lengthAfter;
        changedBytes -= change.bytes.length;
    }

    private static byte[] put(byte[] array, int offset, byte[] bytes) {
        int end = offset + bytes.length;
        byte[] room = bytes.length == 0 || end <= array.length ? array
                : Arrays.copyOf(array, (int) Math.min(Math.max(end, 2L * array.length), Integer.MAX_VALUE - 8));
        System.arraycopy(bytes, 0, room, offset, bytes.length);
        return room;
    }

    /** fsync(2): all that was changed before. */
    void persist() {
        changes.forEach(this::writeBack);
        changes.clear();
    }

    /** RWF_DSYNC: bytes that were just written, and a size that covers them. Other changes are as open as before. */
    void persist(int offset, int lengthBytes) {
        int end = offset + lengthBytes;
        durable = put(durable, offset, Arrays.copyOfRange(content, offset, end));
        durableLength = Math.max(durableLength, end);
        List<Change> before = new ArrayList<>(changes);
        changes.clear();
        changedBytes = 0;
        for (Change each : before) {
            int lengthAfter = Math.max(each.lengthAfter, end);
            int eachEnd = each.offset + each.bytes.length;
            if (eachEnd <= offset || each.offset >= end) {
                keep(new Change(each.offset, each.bytes, lengthAfter));
            } else {
                keep(new Change(each.offset, Arrays.copyOf(each.bytes, Math.max(offset - each.offset, 0)), lengthAfter));
                int rest = Math.max(eachEnd - end, 0);
                keep(new Change(eachEnd - rest, Arrays.copyOfRange(each.bytes, each.bytes.length - rest,
                        each.bytes.length), lengthAfter));
            }
        }
    }

    private void keep(Change change) {
        changes.add(change);
        changedBytes += change.bytes.length;
    }

    /** Leaves what a disk may hold when the power goes. */
    void crash(Dice dice) {
        int count = changes.size();
        int sizes = dice.below(count + 1);
        int lengthAfter = sizes == 0 ? durableLength : changes.get(sizes - 1).lengthAfter;
        Map<Integer, Integer> kept = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Change each = changes.get(i);
            int end = each.offset + each.bytes.length;
            for (int from = each.offset; from < end; from = (from / SECTOR_BYTES + 1) * SECTOR_BYTES) {
                if (i < kept.computeIfAbsent(from / SECTOR_BYTES, _ -> dice.below(count + 1))) {
                    int to = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
                    durable = put(durable, from, Arrays.copyOfRange(each.bytes, from - each.offset, to - each.offset));
                }
            }
        }
        if (lengthAfter < durable.length) {
            Arrays.fill(durable, lengthAfter, durable.length, (byte) 0);
        }
        durableLength = lengthAfter;
        content = durable.clone();
        length = lengthAfter;
        changes.clear();
        changedBytes = 0;
        locks.clear();
    }
}
