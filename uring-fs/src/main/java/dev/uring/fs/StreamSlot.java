package dev.uring.fs;

import dev.uring.runtime.BufferOp;

/** A block of a stream's ring, and what reads or writes it: null where none is to be looked at. */
final class StreamSlot {
    final Block block;
    BufferOp op;

    StreamSlot(int bytes) {
        block = new Block(bytes);
    }
}
