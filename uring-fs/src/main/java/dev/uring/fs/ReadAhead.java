package dev.uring.fs;

/**
 * How an input stream reads ahead: so much memory is in use, and that many reads are in flight.
 *
 * @param blockBytes bytes of each read, 512 to 64 MiB; with O_DIRECT a multiple of 4096
 * @param depth how many blocks, 1 to 1024: the one being consumed, and those being read
 */
public record ReadAhead(int blockBytes, int depth) {
    /** Four blocks of 256 KiB. */
    public static final ReadAhead DEFAULT = new ReadAhead(256 << 10, 4);

    public ReadAhead {
        WriteBehind.require(blockBytes, depth);
    }
}
