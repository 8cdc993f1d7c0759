package dev.uring.net;

import dev.uring.ffi.ReceiveMessageOut;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.runtime.ProvidedBuffers;

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

    private DatagramBuffers() {
    }

    /** Answers the group whose buffers have room for a datagram of so many bytes. */
    static int group(int bytes) {
        int last = ProvidedBuffers.groups() - 1;
        int bytesMax = ProvidedBuffers.bufferBytes(last) - HEAD_BYTES;
        if (bytes < 1 || bytes > bytesMax) {
            throw new IllegalArgumentException("datagrams must be expected to have 1 to " + bytesMax
                    + " bytes: bytesMax=" + bytes);
        }
        int group = 0;
        while (ProvidedBuffers.bufferBytes(group) - HEAD_BYTES < bytes) {
            group++;
        }
        return group;
    }
}
