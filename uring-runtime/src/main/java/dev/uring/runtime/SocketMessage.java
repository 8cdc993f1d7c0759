package dev.uring.runtime;

import dev.uring.ffi.IoVector;
import dev.uring.ffi.MessageHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What sendmsg(2) or recvmsg(2) moves: pieces of memory, and beside them the address of the other side and control data. The
 * kernel reads and writes it by {@link #header}; a host that cannot follow the addresses in there has the segments
 * themselves. A call of recvmsg changes the sizes of address and control data, so they are set before each.
 *
 * <p>Whoever holds this holds the memory, except that of the pieces.
 */
public final class SocketMessage {
    private final MemorySegment header;
    /** Room for one vector; of a message of more pieces the caller has the array. */
    private final MemorySegment vector;
    private final MemorySegment name;
    private final MemorySegment control;
    private MemorySegment[] pieces = {};

    /**
     * Describes a message without pieces.
     *
     * @param name where the address is, or {@link MemorySegment#NULL}
     * @param control where the control data is, aligned to 8 bytes, or NULL
     */
    public SocketMessage(MemorySegment name, MemorySegment control) {
        this.name = name;
        this.control = control;
        MemorySegment memory = Arena.ofAuto().allocate(MessageHeader.SIZE + IoVector.SIZE, Long.BYTES);
        header = memory.asSlice(0, MessageHeader.SIZE);
        vector = memory.asSlice(MessageHeader.SIZE, IoVector.SIZE);
        MessageHeader.name(header, name, 0);
        MessageHeader.control(header, control, 0);
    }

    /** Names what moves, one piece. */
    public SocketMessage piece(MemorySegment piece, int lengthBytes) {
        pieces = new MemorySegment[] {piece.asSlice(0, lengthBytes)};
        IoVector.set(vector, 0, pieces[0]);
        MessageHeader.vectors(header, vector, 1);
        return this;
    }

    /**
     * Names what moves, in order.
     *
     * @param vectors the same as an array of {@link IoVector}, which the caller keeps
     */
    public SocketMessage pieces(MemorySegment[] pieces, MemorySegment vectors) {
        this.pieces = pieces;
        MessageHeader.vectors(header, vectors, pieces.length);
        return this;
    }

    /** Sets how long the address is, or, before recvmsg, how much room there is for it. */
    public SocketMessage nameBytes(int bytes) {
        assert bytes <= name.byteSize();
        MessageHeader.nameBytes(header, bytes);
        return this;
    }

    /** Sets how long the control data is, or, before recvmsg, how much room there is for it. */
    public SocketMessage controlBytes(long bytes) {
        assert bytes <= control.byteSize();
        MessageHeader.controlBytes(header, bytes);
        return this;
    }

    /** Sets what recvmsg found out; for hosts. */
    public SocketMessage flags(int flags) {
        MessageHeader.flags(header, flags);
        return this;
    }

    /** Answers the {@link MessageHeader}. */
    public MemorySegment header() {
        return header;
    }

    /** Answers what moves, in order. */
    public MemorySegment[] pieces() {
        return pieces;
    }

    /** Answers where the address is, or {@link MemorySegment#NULL}. */
    public MemorySegment name() {
        return name;
    }

    /** Answers how long the address is; after recvmsg it may be longer than the room for it. */
    public int nameBytes() {
        return MessageHeader.nameBytes(header);
    }

    /** Answers where the control data is, or {@link MemorySegment#NULL}. */
    public MemorySegment control() {
        return control;
    }

    /** Answers how long the control data is. */
    public long controlBytes() {
        return MessageHeader.controlBytes(header);
    }

    /** Answers what recvmsg found out, in {@link dev.uring.ffi.MessageFlag}s. */
    public int flags() {
        return MessageHeader.flags(header);
    }
}
