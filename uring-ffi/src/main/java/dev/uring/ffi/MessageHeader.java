package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Describes a message for sendmsg and recvmsg: {@code struct msghdr}.
 *
 * <pre>
 * offset size name           C type
 *      0    8 msg_name       void *
 *      8    4 msg_namelen    socklen_t
 *     16    8 msg_iov        struct iovec *
 *     24    8 msg_iovlen     size_t
 *     32    8 msg_control    void *
 *     40    8 msg_controllen size_t
 *     48    4 msg_flags      int
 *          56 bytes in all
 * </pre>
 */
public final class MessageHeader {
    /** {@code sizeof(struct msghdr)}. */
    public static final long SIZE = 56;

    private MessageHeader() {
    }

    /** Reads where the address of the peer is, 0 for none. */
    public static long name(MemorySegment struct) {
        return struct.get(JAVA_LONG, 0);
    }

    /** Reads the size of that address; recvmsg sets it to the real one. */
    public static int nameBytes(MemorySegment struct) {
        return struct.get(JAVA_INT, 8);
    }

    /** Writes the size of that address; recvmsg sets it to the real one. */
    public static void nameBytes(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 8, value);
    }

    /** Reads where the array of {@link IoVector} is. */
    public static long vectors(MemorySegment struct) {
        return struct.get(JAVA_LONG, 16);
    }

    /** Reads how many pieces there are. */
    public static long vectorCount(MemorySegment struct) {
        return struct.get(JAVA_LONG, 24);
    }

    /** Reads where the control data is, 0 for none ({@link ControlMessage}). */
    public static long control(MemorySegment struct) {
        return struct.get(JAVA_LONG, 32);
    }

    /** Reads the size of the control data; recvmsg sets it to what came. */
    public static long controlBytes(MemorySegment struct) {
        return struct.get(JAVA_LONG, 40);
    }

    /** Writes the size of the control data; recvmsg sets it to what came. */
    public static void controlBytes(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 40, value);
    }

    /** Reads what recvmsg found out ({@link MessageFlag}). */
    public static int flags(MemorySegment struct) {
        return struct.get(JAVA_INT, 48);
    }

    /** Writes what recvmsg found out ({@link MessageFlag}). */
    public static void flags(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 48, value);
    }

    /** Writes where the address of the peer is; {@link MemorySegment#NULL} and 0 for none. */
    public static void name(MemorySegment struct, MemorySegment name, int nameBytes) {
        struct.set(ADDRESS, 0, name);
        struct.set(JAVA_INT, 8, nameBytes);
    }

    /** Writes where the data is: the first {@code count} elements of an array of {@link IoVector}. */
    public static void vectors(MemorySegment struct, MemorySegment vectors, long count) {
        struct.set(ADDRESS, 16, vectors);
        struct.set(JAVA_LONG, 24, count);
    }

    /** Writes where the control data is; {@link MemorySegment#NULL} and 0 for none. */
    public static void control(MemorySegment struct, MemorySegment control, long controlBytes) {
        struct.set(ADDRESS, 32, control);
        struct.set(JAVA_LONG, 40, controlBytes);
    }
}
