package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a multishot recvmsg writes at the start of a provided buffer.
 *
 * <p>The name, the control data and the payload follow. The places of the first two are as long as the msghdr of the
 * request said, whatever length was used.
 *
 * <pre>
 * struct io_uring_recvmsg_out, 16 bytes
 *  offset size name              C type
 *       0    4 namelen           __u32
 *       4    4 controllen        __u32
 *       8    4 payloadlen        __u32
 *      12    4 flags             __u32
 * </pre>
 */
public final class ReceiveMessageOut {
    public static final int SIZE = 16;
    static final int NAME_LENGTH = 0;
    static final int CONTROL_LENGTH = 4;
    static final int PAYLOAD_LENGTH = 8;
    static final int FLAGS = 12;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;

    private ReceiveMessageOut() {
    }

    /** Answers the length of the peer's address, which may be more than there was room for. */
    public static int nameLength(MemorySegment out) {
        return out.get(U32, NAME_LENGTH);
    }

    /** Answers the length of the control data. */
    public static int controlLength(MemorySegment out) {
        return out.get(U32, CONTROL_LENGTH);
    }

    /** Answers the length of the payload before it was cut to the room in the buffer. */
    public static int payloadLength(MemorySegment out) {
        return out.get(U32, PAYLOAD_LENGTH);
    }

    /** Writes what the kernel would; for those who receive in its place. */
    public static void set(MemorySegment out, int nameLength, int controlLength, int payloadLength, int flags) {
        out.set(U32, NAME_LENGTH, nameLength);
        out.set(U32, CONTROL_LENGTH, controlLength);
        out.set(U32, PAYLOAD_LENGTH, payloadLength);
        out.set(U32, FLAGS, flags);
    }

    /** Answers the MSG_ flags of the message. */
    public static int flags(MemorySegment out) {
        return out.get(U32, FLAGS);
    }
}
