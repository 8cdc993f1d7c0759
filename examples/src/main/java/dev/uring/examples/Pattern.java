package dev.uring.examples;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * What the demo's file is made of: noise, with its own number stamped into each sector, so that no two sectors of the
 * file are alike and none can stand in for another.
 */
final class Pattern {
    private static final int SECTOR_BYTES = 512;
    private static final long SEED = 25;

    private final MemorySegment block;
    private final int sectors;

    Pattern(int blockBytes) {
        byte[] noise = new byte[blockBytes];
        new Random(SEED).nextBytes(noise);
        block = Arena.ofAuto().allocate(blockBytes, Long.BYTES);
        block.copyFrom(MemorySegment.ofArray(noise));
        sectors = blockBytes / SECTOR_BYTES;
    }

    /** Answers the content of one block, until the next call. */
    MemorySegment block(int index) {
        for (int sector = 0; sector < sectors; sector++) {
            block.set(ValueLayout.JAVA_LONG, (long) sector * SECTOR_BYTES, (long) index * sectors + sector);
        }
        return block;
    }
}
