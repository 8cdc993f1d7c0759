package dev.uring.runtime;

import dev.uring.ffi.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Objects;

/**
 * A piece of native memory with one owner at a time: the caller, an operation in flight, or nobody any more.
 *
 * <p>Handing the buffer to an operation moves it; the operation's terminal result brings it back, whatever the result.
 * In between, touching it throws {@link BufferInFlightException}. One handle lasts for life, so the reference that was
 * passed in is the one that comes back. A buffer is for one thread at a time; slices share the owner of the whole.
 *
 * <p>Reads fill {@code [0, capacity)} and set the length; writes send {@code [0, length)}. A new buffer's length is its
 * capacity. Indexes are checked against the capacity.
 *
 * <p>The memory is freed by the garbage collector once no buffer, slice, view or operation refers to it, so a view kept
 * too long reads stale bytes, never foreign memory. With {@code -During.strict=true} views die with the move.
 */
public final class IoBuffer implements AutoCloseable {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int CAPACITY_MAX = 1 << 30;
    private static final int DEFAULT_ALIGNMENT = 16;

    /** Changes in a buffer without memory of its own ({@link #empty}) alone, while nobody owns it. */
    private MemorySegment memory;
    /** Like the memory. */
    private Ownership ownership;
    private int length;
    private final boolean isFillable;
    /** A slice looks at the same owner: then memory that comes later must have another one, or the slice would revive. */
    private boolean isSliced;

    /** Who owns a buffer. */
    public enum State {
        /** The caller: accessors work, and the buffer can be submitted. */
        OWNED,
        /** An operation, and so perhaps the kernel. */
        IN_FLIGHT,
        /** Nobody: the buffer was closed. */
        RELEASED
    }

    IoBuffer(MemorySegment memory, Ownership ownership, int length) {
        this.memory = memory;
        this.ownership = ownership;
        this.length = length;
        isFillable = false;
    }

    private IoBuffer() {
        memory = MemorySegment.NULL;
        ownership = new Ownership();
        ownership.release();
        isFillable = true;
    }

    /**
     * Allocates a zeroed buffer.
     *
     * @param capacity bytes, 1 to 1 GiB
     */
    public static IoBuffer allocate(int capacity) {
        return allocateAligned(capacity, DEFAULT_ALIGNMENT);
    }

    /**
     * Allocates a zeroed buffer whose address is a multiple of {@code alignment}, as O_DIRECT asks for.
     *
     * @param capacity bytes, 1 to 1 GiB
     * @param alignment bytes, a power of two up to 1 GiB
     */
    public static IoBuffer allocateAligned(int capacity, int alignment) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity must be 1 to " + CAPACITY_MAX + ": capacity=" + capacity);
        }
        if (alignment < 1 || alignment > CAPACITY_MAX || Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "alignment must be a power of two up to " + CAPACITY_MAX + ": alignment=" + alignment);
        }
        return new IoBuffer(Arena.ofAuto().allocate(capacity, alignment), new Ownership(), capacity);
    }

    /**
     * Makes a buffer without memory: RELEASED, until a receive that brings its own memory fills it, and again once it is
     * closed. For those who receive often and would not make an object each time.
     */
    public static IoBuffer empty() {
        return new IoBuffer();
    }

    /** Allocates a buffer with a copy of {@code bytes}, which may be empty. */
    public static IoBuffer copyOf(byte[] bytes) {
        IoBuffer buffer = allocate(Math.max(bytes.length, 1));
        MemorySegment.copy(bytes, 0, buffer.memory, BYTE, 0, bytes.length);
        buffer.length = bytes.length;
        return buffer;
    }

    /**
     * Wraps memory that the caller manages. Unsafe: nothing stops the caller from touching the segment, or from closing
     * its arena, while the kernel writes to it. The caller keeps the arena open until every operation is done.
     *
     * @param segment native memory, 1 byte to 1 GiB
     */
    public static IoBuffer wrapUnsafe(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("segment must be native memory; use copyOf for a heap array");
        }
        if (segment.byteSize() < 1 || segment.byteSize() > CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "segment must have 1 to " + CAPACITY_MAX + " bytes: byteSize=" + segment.byteSize());
        }
        return new IoBuffer(segment, new Ownership(), (int) segment.byteSize());
    }

    /** Answers the size of the memory in bytes. */
    public int capacity() {
        return (int) memory.byteSize();
    }

    /** Answers how many bytes the last read filled, or a write will send. */
    public int length() {
        ownership.requireOwned();
        return length;
    }

    /**
     * Sets how many bytes a write will send.
     *
     * @param bytes 0 to {@link #capacity()}
     */
    public IoBuffer length(int bytes) {
        ownership.requireOwned();
        if (bytes < 0 || bytes > capacity()) {
            throw new IllegalArgumentException(
                    "length must be 0 to the capacity: length=" + bytes + " capacity=" + capacity());
        }
        length = bytes;
        return this;
    }

    /** Answers one byte; {@code index} is below the capacity. */
    public byte get(int index) {
        ownership.requireOwned();
        return memory.get(BYTE, index);
    }

    /** Writes one byte; {@code index} is below the capacity. */
    public IoBuffer put(int index, byte value) {
        ownership.requireOwned();
        memory.set(BYTE, index, value);
        return this;
    }

    /** Writes all of {@code bytes} from {@code index} on; does not change the length. */
    public IoBuffer put(int index, byte[] bytes) {
        ownership.requireOwned();
        MemorySegment.copy(bytes, 0, memory, BYTE, index, bytes.length);
        return this;
    }

    /** Copies {@code length} bytes from {@code index} on into the array, from {@code offset} on. */
    public IoBuffer get(int index, byte[] target, int offset, int length) {
        ownership.requireOwned();
        MemorySegment.copy(memory, BYTE, index, target, offset, length);
        return this;
    }

    /** Writes {@code length} bytes of the array, from {@code offset} on, to {@code index}; does not change the length. */
    public IoBuffer put(int index, byte[] source, int offset, int length) {
        ownership.requireOwned();
        MemorySegment.copy(source, offset, memory, BYTE, index, length);
        return this;
    }

    /** Answers where the first byte of that value is in {@code [from, to)}, or -1. */
    public int indexOf(byte value, int from, int to) {
        ownership.requireOwned();
        Objects.checkFromToIndex(from, to, capacity());
        return ByteSearch.indexOf(memory, value, from, to);
    }

    /** Answers a buffer over {@code [from, to)} that shares memory and owner: all of it moves, and closes, together. */
    public IoBuffer slice(int from, int to) {
        ownership.requireOwned();
        Objects.checkFromToIndex(from, to, capacity());
        isSliced = true;
        return new IoBuffer(memory.asSlice(from, to - from), ownership, to - from);
    }

    /**
     * Answers the whole capacity as a segment. In strict mode it belongs to the calling thread and dies when the buffer
     * is next submitted or closed.
     */
    public MemorySegment segment() {
        ownership.requireOwned();
        return ownership.view(memory);
    }

    /** Answers {@code [0, length)} as a byte buffer, under the same rules as {@link #segment()}. */
    public ByteBuffer asByteBuffer() {
        ownership.requireOwned();
        return ownership.view(memory).asSlice(0, length).asByteBuffer();
    }

    /** Copies {@code [0, length)}. */
    public byte[] toByteArray() {
        ownership.requireOwned();
        return memory.asSlice(0, length).toArray(BYTE);
    }

    /** Decodes {@code [0, length)}; malformed input is replaced. */
    public String toString(Charset charset) {
        return new String(toByteArray(), charset);
    }

    /** Answers who owns the buffer now; for any thread, and out of date at once unless the caller owns it. */
    public State state() {
        return ownership.state();
    }

    /** Waits until no operation owns the buffer; returns at once unless it is in flight. */
    public void awaitOwned() {
        ownership.awaitOwned();
    }

    /**
     * Gives the buffer up; a second call does nothing.
     *
     * @throws BufferInFlightException while an operation owns it
     */
    @Override
    public void close() {
        ownership.release();
    }

    /** The memory itself, for the operation that owns the buffer: no view, and not checked. */
    MemorySegment memory() {
        return memory;
    }

    /** Where the rings of the runtime have the memory registered, or -1. */
    int tableIndex(UringRuntime user) {
        return ownership.tableIndex(user);
    }

    /** The length, for the operation that owns the buffer. */
    int lengthInFlight() {
        return length;
    }

    /** Sets the length that a read arrived at; by the operation, before the buffer goes back. */
    void lengthInFlight(int bytes) {
        length = bytes;
    }

    /**
     * RELEASED to OWNED, with memory that goes back to {@code from} when the buffer is closed.
     *
     * @param piece what {@link #requireFillable} was called for
     */
    void fill(MemorySegment piece, Ownership.Returner from, int id, int bytes) {
        memory = piece;
        length = bytes;
        if (isSliced) {
            ownership = new Ownership(from, id);
            isSliced = false;
        } else {
            ownership.fill(from, id);
        }
    }

    /**
     * Throws unless {@link #fill} may be called.
     *
     * @throws IllegalStateException unless the buffer is one of {@link #empty}, and released
     */
    void requireFillable() {
        if (!isFillable || ownership.state() != State.RELEASED) {
            throw new IllegalStateException("a receive needs a released buffer of IoBuffer.empty to fill: " + this);
        }
    }

    /** OWNED to IN_FLIGHT, for an operation about to be submitted. */
    void move(Op<?> holder) {
        ownership.move(holder);
    }

    /** IN_FLIGHT to OWNED, with the terminal result. */
    void giveBack(Op<?> holder) {
        ownership.giveBack(holder);
    }

    /** IN_FLIGHT to OWNED, after the caller has had its result: someone may wait for the buffer alone. */
    void giveBackNotified(Op<?> holder) {
        ownership.giveBackNotified(holder);
    }

    @Override
    public String toString() {
        return "IoBuffer[capacity=" + capacity() + " " + ownership + "]";
    }

    /** Whether views are leased: {@code -During.strict=true}, and native access granted. */
    static boolean strict() {
        return Ownership.STRICT && MemoryView.isAllowed();
    }
}
