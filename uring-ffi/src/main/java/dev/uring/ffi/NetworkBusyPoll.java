package dev.uring.ffi;

/**
 * What NAPI and UNREGISTER_NAPI take.
 *
 * <pre>
 * struct io_uring_napi, 16 bytes
 *  offset size name              C type
 *       0    4 busy_poll_to      __u32
 *       4    1 prefer_busy_poll  __u8
 *       5    1 opcode            __u8
 *       6    2 pad               __u8[2]
 *       8    4 op_param          __u32
 *      12    4 resv              __u32
 * </pre>
 */
final class NetworkBusyPoll {
    static final int SIZE = 16;
    static final int TIMEOUT_MICROS = 0;
    static final int PREFER = 4;
    static final int OPCODE = 5;
    static final int OPERAND = 8;

    private NetworkBusyPoll() {
    }
}
