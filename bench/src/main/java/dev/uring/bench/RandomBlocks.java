package dev.uring.bench;

/** Offsets of blocks of a file, in a random order: xorshift64, cheap, and for the first seed as in {@code readfile.c}. */
final class RandomBlocks {
    static final int BLOCK_BYTES = 4096;
    private static final long FIRST_SEED = 88172645463325252L;

    private final long blocks;
    private long state;

    /**
     * Begins a sequence.
     *
     * @param fileBytes size of the file, at least a block
     * @param seed      which of the sequences, from 0
     */
    RandomBlocks(long fileBytes, int seed) {
        blocks = fileBytes / BLOCK_BYTES;
        if (blocks == 0) {
            throw new IllegalArgumentException("file is smaller than a block: fileBytes=" + fileBytes);
        }
        state = FIRST_SEED + seed * 0x9E3779B97F4A7C15L; // far from one another, and never 0 for a few seeds
    }

    /** Answers the offset of the next block, in bytes. */
    long next() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return Long.remainderUnsigned(state, blocks) * BLOCK_BYTES;
    }
}
