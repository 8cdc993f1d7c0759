package dev.uring.ffi;

/** Names the flags of send and receive calls. */
public final class MessageFlag {
    /** {@code MSG_OOB}. */
    public static final int OUT_OF_BAND = 1;
    /** {@code MSG_PEEK}: leaves the data in the queue. */
    public static final int PEEK = 2;
    /** {@code MSG_DONTROUTE}. */
    public static final int DONT_ROUTE = 4;
    /** {@code MSG_CTRUNC}: a result: control data did not fit. */
    public static final int CONTROL_TRUNCATED = 8;
    /** {@code MSG_TRUNC}: a result: the datagram did not fit; as a flag, answers its real size. */
    public static final int TRUNCATED = 0x20;
    /** {@code MSG_DONTWAIT}: this call does not block. */
    public static final int DONT_WAIT = 0x40;
    /** {@code MSG_EOR}. */
    public static final int END_OF_RECORD = 0x80;
    /** {@code MSG_WAITALL}: waits until the buffer is full. */
    public static final int WAIT_ALL = 0x100;
    /** {@code MSG_CONFIRM}. */
    public static final int CONFIRM = 0x800;
    /** {@code MSG_ERRQUEUE}. */
    public static final int ERROR_QUEUE = 0x2000;
    /** {@code MSG_NOSIGNAL}: -EPIPE without SIGPIPE. */
    public static final int NO_SIGNAL = 0x4000;
    /** {@code MSG_MORE}. */
    public static final int MORE = 0x8000;
    /** {@code MSG_WAITFORONE}. */
    public static final int WAIT_FOR_ONE = 0x10000;
    /** {@code MSG_ZEROCOPY}. */
    public static final int ZERO_COPY = 0x4000000;
    /** {@code MSG_FASTOPEN}. */
    public static final int FAST_OPEN = 0x20000000;
    /** {@code MSG_CMSG_CLOEXEC}: received descriptors close on exec. */
    public static final int CLOSE_ON_EXEC = 0x40000000;

    private MessageFlag() {
    }
}
