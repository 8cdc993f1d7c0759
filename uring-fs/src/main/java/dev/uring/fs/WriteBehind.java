package dev.uring.fs;

/**
 * How an output stream writes behind: so much memory is in use, and that many writes are in flight.
 *
 * @param blockBytes bytes of each write, 512 to 64 MiB; with O_DIRECT a multiple of 4096
 * @param depth how many blocks, 1 to 1024: the one being filled, and those being written
 */
public record WriteBehind(int blockBytes, int depth) {
    /** Four blocks of 256 KiB. */
    public static final WriteBehind DEFAULT = new WriteBehind(256 << 10, 4);

    private static final int BLOCK_BYTES_MIN = 512;
    private static final int BLOCK_BYTES_MAX = 64 << 20;
    private static final int DEPTH_MAX = 1024;

    public WriteBehind {
        require(blockBytes, depth);
    }

    static void require(int blockBytes, int depth) {
        if (blockBytes < BLOCK_BYTES_MIN || blockBytes > BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException("block must have " + BLOCK_BYTES_MIN + " to " + BLOCK_BYTES_MAX
                    + " bytes: blockBytes=" + blockBytes);
        }
        if (depth < 1 || depth > DEPTH_MAX) {
            throw new IllegalArgumentException("depth must be 1 to " + DEPTH_MAX + ": depth=" + depth);
        }
    }

    /** Refuses, for a file with O_DIRECT, what its reads or writes could not be made of. */
    static void requireAligned(String name, long value, int alignment) {
        if (value % alignment != 0) {
            throw new IllegalArgumentException("with O_DIRECT " + name + " must be a multiple of " + alignment + ": "
                    + name + "=" + value);
        }
    }
}
