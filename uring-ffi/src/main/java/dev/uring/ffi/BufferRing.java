package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A ring of buffers that the kernel takes one from when data arrives (5.19), so that a waiting receive holds none.
 *
 * <p>Entries are 16 bytes, {@code struct io_uring_buf}; the tail is the last 16-bit word of the first entry, which is why
 * an entry is written field by field and the tail last, with release. Belongs to the ring's thread. The memory of the
 * buffers themselves is the caller's, and the kernel's while they are in the ring.
 */
public final class BufferRing implements AutoCloseable {
    private static final int ENTRIES_MAX = 32768;

    private final Ring ring;
    private final int group;
    private final int mask;
    private final Arena arena = Arena.ofShared();
    private final long address;
    private final long bytes;
    private final MemorySegment memory;
    /** Entries written, as a free-running 16-bit number. Owner thread only. */
    private short tail;
    /** The tail as the kernel was told. Owner thread only. */
    private short published;

    private BufferRing(Ring ring, int group, int entries, long address, long bytes) {
        this.ring = ring;
        this.group = group;
        this.address = address;
        this.bytes = bytes;
        mask = entries - 1;
        memory = Linkage.memoryAt(address, bytes, arena);
    }

    /**
     * Registers an empty buffer ring.
     *
     * @param group the number that requests name in {@link Sqe#bufferGroup}, 0 to 65535
     * @param entries how many buffers it can hold, a power of two up to 32768
     * @param flags {@link RegisterFlag#PBUF_RING_INC} (6.12) or 0
     * @throws SystemCallException EINVAL where the kernel is too old, EEXIST where the group is taken, ENOMEM
     */
    public static BufferRing register(Ring ring, int group, int entries, int flags) throws SystemCallException {
        if (entries < 1 || entries > ENTRIES_MAX || Integer.bitCount(entries) != 1) {
            throw new IllegalArgumentException("entries must be a power of two up to " + ENTRIES_MAX + ": entries="
                    + entries);
        }
        long bytes = (long) entries * BufferRingEntry.SIZE;
        long address = Libc.mmap(MemorySegment.NULL, bytes, MemoryFlag.PROTECTION_READ | MemoryFlag.PROTECTION_WRITE,
                MemoryFlag.MAP_PRIVATE | MemoryFlag.MAP_ANONYMOUS, -1, 0);
        if (address < 0 && address > -4096) {
            throw new SystemCallException("mmap", "lengthBytes=" + bytes, (int) -address, "");
        }
        BufferRing buffers = new BufferRing(ring, group, entries, address, bytes);
        int result = ring.registry().bufferRing(buffers.memory, entries, group, flags);
        if (result < 0) {
            buffers.unmap();
            throw new SystemCallException("io_uring_register(PBUF_RING)", "group=" + group + " entries=" + entries,
                    -result, result == -Errno.EINVAL ? "provided buffer rings need kernel 5.19" : "");
        }
        return buffers;
    }

    /**
     * Puts a buffer into the ring; the kernel sees it at the next {@link #publish()}.
     *
     * @param bufferId what a completion will name, 0 to 65535; never one that is in the ring already
     */
    public void add(MemorySegment buffer, int lengthBytes, int bufferId) {
        assert lengthBytes > 0 && lengthBytes <= buffer.byteSize() : "lengthBytes=" + lengthBytes;
        long entry = (long) (tail & mask) * BufferRingEntry.SIZE;
        BufferRingEntry.set(memory, entry, buffer.address(), lengthBytes, bufferId);
        tail++;
    }

    /** Shows the kernel all buffers added so far. */
    public void publish() {
        BufferRingEntry.tailRelease(memory, tail);
        published = tail;
    }

    /** Answers the number that requests name. */
    public int group() {
        return group;
    }

    /** Answers how many buffers the ring can hold. */
    public int entries() {
        return mask + 1;
    }

    /** Answers how many published buffers the kernel has not taken (6.8), or -errno. */
    public int available() {
        int head = ring.registry().bufferRingHead(group);
        return head < 0 ? head : published - (short) head & 0xffff;
    }

    /** Unregisters the ring, so that the kernel takes no more buffers, and frees its entries (not the buffers). */
    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        if (!ring.isClosed()) {
            int result = ring.registry().unregisterBufferRing(group);
            assert result == 0 : "group=" + group + " errno=" + Errno.describe(-result);
        }
        unmap();
    }

    private void unmap() {
        arena.close();
        Libc.munmap(MemorySegment.ofAddress(address), bytes);
    }
}
