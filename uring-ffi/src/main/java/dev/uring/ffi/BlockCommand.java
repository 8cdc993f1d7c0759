package dev.uring.ffi;

/**
 * The commands that block devices take through {@link Opcode#URING_CMD}, {@code linux/blkdev.h}.
 */
public final class BlockCommand {
    /** Discards a range of sectors; since 6.12. */
    public static final int DISCARD = 0x1200;

    private BlockCommand() {
    }
}
