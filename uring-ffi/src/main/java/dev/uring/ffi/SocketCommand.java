package dev.uring.ffi;

/**
 * The commands that sockets take through {@link Opcode#URING_CMD}.
 */
public final class SocketCommand {
    /** Tells how many bytes can be received; since 6.5. */
    public static final int SIOCINQ = 0;
    /** Tells how many bytes are not sent, or not acknowledged; since 6.5. */
    public static final int SIOCOUTQ = 1;
    /** Reads a socket option, at level SOL_SOCKET only; since 6.7. */
    public static final int GETSOCKOPT = 2;
    /** Sets a socket option; since 6.7. */
    public static final int SETSOCKOPT = 3;
    /** Reports transmit timestamps; needs 32-byte completions; since 6.17. */
    public static final int TX_TIMESTAMP = 4;
    /** Tells the socket's own address or its peer's; since 6.19. */
    public static final int GETSOCKNAME = 5;

    private SocketCommand() {
    }
}
