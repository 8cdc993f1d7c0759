package dev.uring.net;

import dev.uring.ffi.ReceiveMessageOut;
import dev.uring.ffi.SocketAddressCodec;

/**
 * How a datagram lies in a provided buffer: what the kernel says of it, room for the sender, then the datagram. Which group of
 * buffers has room for how much of it is known here alone.
 */
final class DatagramBuffers {
    /** Room for the address of the sender, of any family: it is there whatever length is used. */
    static final int NAME_BYTES = (int) SocketAddressCodec.SIZE;
    /** What comes before the datagram. */
    static final int HEAD_BYTES = ReceiveMessageOut.SIZE + NAME_BYTES;
    /** As long as a network carries a datagram in one piece. */
    static final int USUAL_BYTES = 1500;

    /** The sizes of the runtime's groups of provided buffers, whose number is the index. */
    private static final int[] GROUP_BYTES = {2048, 16 << 10, 64 << 10};

    private DatagramBuffers() {
    }

    /** Answers the group whose buffers have room for a datagram of so many bytes. */
    static int group(int bytes) {
        for (int group = 0; group < GROUP_BYTES.length; group++) {
            if (bytes > 0 && bytes <= GROUP_BYTES[group] - HEAD_BYTES) {
                return group;
            }
        }
        throw new IllegalArgumentException("datagrams must be expected to have 1 to "
                + (GROUP_BYTES[GROUP_BYTES.length - 1] - HEAD_BYTES) + " bytes: bytesMax=" + bytes);
    }
}
