package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Writes and walks the control data of a message: a row of {@code struct cmsghdr}, each followed by its data.
 *
 * <pre>
 * offset size name       C type
 *      0    8 cmsg_len   size_t, header and data without the padding behind
 *      8    4 cmsg_level int
 *     12    4 cmsg_type  int
 *     16      data       padded to a multiple of 8
 * </pre>
 *
 * <p>Control data is a segment aligned to 8 bytes. A walk begins at offset 0 and goes on with {@link #next} as long as
 * {@link #isPresent} says that there is a message.
 */
public final class ControlMessage {
    /** {@code sizeof(struct cmsghdr)}. */
    public static final long SIZE = 16;

    /** {@code SCM_RIGHTS}: an array of descriptors. */
    public static final int RIGHTS = 1;
    /** {@code SCM_CREDENTIALS}: one {@link Credentials}. */
    public static final int CREDENTIALS = 2;

    private static final long ALIGNMENT = 8;

    private ControlMessage() {
    }

    /** Answers what a message with {@code dataBytes} of data takes in the control data: {@code CMSG_SPACE}. */
    public static long space(long dataBytes) {
        return SIZE + align(dataBytes);
    }

    /** Writes the header at {@code offset}; the data goes to {@link #data}. Answers the offset behind the message. */
    public static long put(MemorySegment control, long offset, int level, int type, long dataBytes) {
        control.set(JAVA_LONG, offset, SIZE + dataBytes);
        control.set(JAVA_INT, offset + 8, level);
        control.set(JAVA_INT, offset + 12, type);
        return offset + space(dataBytes);
    }

    /**
     * Tells whether a whole message begins at {@code offset}, given the size of the control data that recvmsg left in
     * {@link MessageHeader#controlBytes}.
     */
    public static boolean isPresent(MemorySegment control, long offset, long controlBytes) {
        return offset + SIZE <= controlBytes
                && length(control, offset) >= SIZE
                && length(control, offset) <= controlBytes - offset;
    }

    /** Reads the length of header and data. */
    public static long length(MemorySegment control, long offset) {
        return control.get(JAVA_LONG, offset);
    }

    /** Reads the level, such as {@link SocketOption#LEVEL_SOCKET}. */
    public static int level(MemorySegment control, long offset) {
        return control.get(JAVA_INT, offset + 8);
    }

    /** Reads the type, such as {@link #RIGHTS}. */
    public static int type(MemorySegment control, long offset) {
        return control.get(JAVA_INT, offset + 12);
    }

    /** Answers the data of the message as a part of the control data. */
    public static MemorySegment data(MemorySegment control, long offset) {
        return control.asSlice(offset + SIZE, length(control, offset) - SIZE);
    }

    /** Answers the offset of the message behind the one at {@code offset}. */
    public static long next(MemorySegment control, long offset) {
        return offset + align(length(control, offset));
    }

    private static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
