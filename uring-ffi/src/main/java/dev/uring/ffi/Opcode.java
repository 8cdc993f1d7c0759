package dev.uring.ffi;

/**
 * The {@code IORING_OP_*} opcodes of a submission entry.
 *
 * <p>Whether the running kernel has an opcode is told by a probe, never by its version: {@link #since(int)} is for
 * messages.
 */
public final class Opcode {
    /** Does nothing; since 5.1. */
    public static final int NOP = 0;
    /** Reads into many pieces of memory; since 5.1. */
    public static final int READV = 1;
    /** Writes from many pieces of memory; since 5.1. */
    public static final int WRITEV = 2;
    /** Makes a file durable; since 5.1. */
    public static final int FSYNC = 3;
    /** Reads into a registered buffer; since 5.1. */
    public static final int READ_FIXED = 4;
    /** Writes from a registered buffer; since 5.1. */
    public static final int WRITE_FIXED = 5;
    /** Waits for readiness, once or repeatedly; since 5.1. */
    public static final int POLL_ADD = 6;
    /** Removes or updates a poll; since 5.1. */
    public static final int POLL_REMOVE = 7;
    /** Starts or awaits writeback of a range; since 5.2. */
    public static final int SYNC_FILE_RANGE = 8;
    /** Sends a message header with its pieces; since 5.3. */
    public static final int SENDMSG = 9;
    /** Receives a message header with its pieces; since 5.3. */
    public static final int RECVMSG = 10;
    /** Completes after a time or a number of completions; since 5.4. */
    public static final int TIMEOUT = 11;
    /** Removes or updates a timeout; since 5.5. */
    public static final int TIMEOUT_REMOVE = 12;
    /** Accepts a connection, once or repeatedly; since 5.5. */
    public static final int ACCEPT = 13;
    /** Asks for the cancellation of requests; since 5.5. */
    public static final int ASYNC_CANCEL = 14;
    /** Limits the time of the request linked before it; since 5.5. */
    public static final int LINK_TIMEOUT = 15;
    /** Connects a socket; since 5.5. */
    public static final int CONNECT = 16;
    /** Allocates or punches file space; since 5.6. */
    public static final int FALLOCATE = 17;
    /** Opens a file; since 5.6. */
    public static final int OPENAT = 18;
    /** Closes a descriptor; since 5.6. */
    public static final int CLOSE = 19;
    /** Changes the table of registered files; since 5.6. */
    public static final int FILES_UPDATE = 20;
    /** Reads a file's attributes; since 5.6. */
    public static final int STATX = 21;
    /** Reads into one piece of memory; since 5.6. */
    public static final int READ = 22;
    /** Writes from one piece of memory; since 5.6. */
    public static final int WRITE = 23;
    /** Announces how a file will be used; since 5.6. */
    public static final int FADVISE = 24;
    /** Announces how memory will be used; since 5.6. */
    public static final int MADVISE = 25;
    /** Sends on a socket; since 5.6. */
    public static final int SEND = 26;
    /** Receives from a socket; since 5.6. */
    public static final int RECV = 27;
    /** Opens a file with resolve rules; since 5.6. */
    public static final int OPENAT2 = 28;
    /** Changes an epoll set; since 5.6. */
    public static final int EPOLL_CTL = 29;
    /** Moves bytes between a pipe and a descriptor; since 5.7. */
    public static final int SPLICE = 30;
    /** Gives buffers to a group, the old way; since 5.7. */
    public static final int PROVIDE_BUFFERS = 31;
    /** Takes buffers from a group, the old way; since 5.7. */
    public static final int REMOVE_BUFFERS = 32;
    /** Copies bytes between pipes; since 5.8. */
    public static final int TEE = 33;
    /** Ends one or both directions of a socket; since 5.11. */
    public static final int SHUTDOWN = 34;
    /** Renames a file; since 5.11. */
    public static final int RENAMEAT = 35;
    /** Removes a name; since 5.11. */
    public static final int UNLINKAT = 36;
    /** Makes a directory; since 5.15. */
    public static final int MKDIRAT = 37;
    /** Makes a symbolic link; since 5.15. */
    public static final int SYMLINKAT = 38;
    /** Makes a hard link; since 5.15. */
    public static final int LINKAT = 39;
    /** Posts a completion or a file to another ring; since 5.18. */
    public static final int MSG_RING = 40;
    /** Sets an extended attribute of an open file; since 5.19. */
    public static final int FSETXATTR = 41;
    /** Sets an extended attribute by path; since 5.19. */
    public static final int SETXATTR = 42;
    /** Reads an extended attribute of an open file; since 5.19. */
    public static final int FGETXATTR = 43;
    /** Reads an extended attribute by path; since 5.19. */
    public static final int GETXATTR = 44;
    /** Opens a socket; since 5.19. */
    public static final int SOCKET = 45;
    /** Runs a command of the file's own driver; since 5.19. */
    public static final int URING_CMD = 46;
    /** Sends without copying; since 6.0. */
    public static final int SEND_ZC = 47;
    /** Sends a message without copying; since 6.1. */
    public static final int SENDMSG_ZC = 48;
    /** Reads repeatedly into provided buffers; since 6.7. */
    public static final int READ_MULTISHOT = 49;
    /** Waits for a child process; since 6.7. */
    public static final int WAITID = 50;
    /** Waits on a futex; since 6.7. */
    public static final int FUTEX_WAIT = 51;
    /** Wakes waiters of a futex; since 6.7. */
    public static final int FUTEX_WAKE = 52;
    /** Waits on many futexes; since 6.7. */
    public static final int FUTEX_WAITV = 53;
    /** Turns a registered file into a descriptor; since 6.8. */
    public static final int FIXED_FD_INSTALL = 54;
    /** Sets a file's length; since 6.9. */
    public static final int FTRUNCATE = 55;
    /** Binds a socket; since 6.11. */
    public static final int BIND = 56;
    /** Makes a socket listen; since 6.11. */
    public static final int LISTEN = 57;
    /** Receives without copying; since 6.15. */
    public static final int RECV_ZC = 58;
    /** Takes events from an epoll set; since 6.15. */
    public static final int EPOLL_WAIT = 59;
    /** Reads into pieces of a registered buffer; since 6.15. */
    public static final int READV_FIXED = 60;
    /** Writes from pieces of a registered buffer; since 6.15. */
    public static final int WRITEV_FIXED = 61;
    /** Opens a pipe; since 6.16. */
    public static final int PIPE = 62;
    /** Does nothing, in a 128-byte entry; since 6.19. */
    public static final int NOP128 = 63;
    /** Runs a driver's command, in a 128-byte entry; since 6.19. */
    public static final int URING_CMD128 = 64;
    /** Number of opcodes in the header that these constants follow. */
    public static final int COUNT = 65;

    /** Names by opcode. */
    private static final String[] NAMES = {
        "NOP", "READV", "WRITEV", "FSYNC", "READ_FIXED", "WRITE_FIXED", "POLL_ADD", "POLL_REMOVE",
        "SYNC_FILE_RANGE", "SENDMSG", "RECVMSG", "TIMEOUT", "TIMEOUT_REMOVE", "ACCEPT", "ASYNC_CANCEL",
        "LINK_TIMEOUT", "CONNECT", "FALLOCATE", "OPENAT", "CLOSE", "FILES_UPDATE", "STATX", "READ",
        "WRITE", "FADVISE", "MADVISE", "SEND", "RECV", "OPENAT2", "EPOLL_CTL", "SPLICE",
        "PROVIDE_BUFFERS", "REMOVE_BUFFERS", "TEE", "SHUTDOWN", "RENAMEAT", "UNLINKAT", "MKDIRAT",
        "SYMLINKAT", "LINKAT", "MSG_RING", "FSETXATTR", "SETXATTR", "FGETXATTR", "GETXATTR", "SOCKET",
        "URING_CMD", "SEND_ZC", "SENDMSG_ZC", "READ_MULTISHOT", "WAITID", "FUTEX_WAIT", "FUTEX_WAKE",
        "FUTEX_WAITV", "FIXED_FD_INSTALL", "FTRUNCATE", "BIND", "LISTEN", "RECV_ZC", "EPOLL_WAIT",
        "READV_FIXED", "WRITEV_FIXED", "PIPE", "NOP128", "URING_CMD128",
    };

    /** The kernels that brought them, by opcode. */
    private static final String[] SINCE = {
        "5.1", "5.1", "5.1", "5.1", "5.1", "5.1", "5.1", "5.1", "5.2", "5.3", "5.3", "5.4", "5.5",
        "5.5", "5.5", "5.5", "5.5", "5.6", "5.6", "5.6", "5.6", "5.6", "5.6", "5.6", "5.6", "5.6",
        "5.6", "5.6", "5.6", "5.6", "5.7", "5.7", "5.7", "5.8", "5.11", "5.11", "5.11", "5.15", "5.15",
        "5.15", "5.18", "5.19", "5.19", "5.19", "5.19", "5.19", "5.19", "6.0", "6.1", "6.7", "6.7",
        "6.7", "6.7", "6.7", "6.8", "6.9", "6.11", "6.11", "6.15", "6.15", "6.15", "6.15", "6.16",
        "6.19", "6.19",
    };

    private Opcode() {
    }

    /** Tells the name of an opcode, such as {@code READ_FIXED}; {@code opcode 99} for one that is unknown here. */
    public static String name(int opcode) {
        return known(opcode) ? NAMES[opcode] : "opcode " + opcode;
    }

    /** Finds an opcode by its name, such as {@code READ_FIXED}; -1 when there is none. */
    public static int byName(String name) {
        for (int opcode = 0; opcode < COUNT; opcode++) {
            if (NAMES[opcode].equals(name)) {
                return opcode;
            }
        }
        return -1;
    }

    /** Tells the kernel that brought an opcode, such as {@code 5.19}; {@code unknown} for one that is unknown here. */
    public static String since(int opcode) {
        return known(opcode) ? SINCE[opcode] : "unknown";
    }

    private static boolean known(int opcode) {
        return opcode >= 0 && opcode < COUNT;
    }
}
