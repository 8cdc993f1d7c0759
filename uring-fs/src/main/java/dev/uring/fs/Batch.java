package dev.uring.fs;

import dev.uring.ffi.ReadWriteFlag;
import dev.uring.runtime.Handle;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.OpBatch;
import dev.uring.runtime.Read;
import dev.uring.runtime.Write;
import java.io.IOException;

/**
 * Reads and writes of many files that are submitted together and waited for together, round after round, from any thread:
 * what a storage engine does that wants 500 blocks now, on the thread that it has.
 *
 * <pre>{@code
 * try (Batch batch = Batch.open(runtime.handle(), 512)) {
 *     for (Block block : wanted) {
 *         batch.read(block.file(), block.buffer(), block.offset());
 *     }
 *     batch.submit();
 *     for (int i = batch.nextCompleted(); i >= 0; i = batch.nextCompleted()) {     // in the order they come
 *         score(wanted.get(i), batch.bytes(i));
 *     }
 * }
 * }</pre>
 *
 * <p>On io_uring a platform thread takes a ring of the runtime for the round, and one system call submits all and waits for
 * all. A task, and any thread where there is no io_uring, shares the drivers of the workers instead, with the same results.
 * The ring goes back only when nothing is in flight on it, whatever happened. Buffers of a registered
 * {@link dev.uring.runtime.BufferPool} are used as such.
 *
 * <p>The first operation that is added after the end of a round begins the next one, and the results of the old one are gone.
 * A reused batch allocates nothing. For one thread at a time, and the same one from the start to the end of a round; not for
 * callbacks on a worker. On io_uring, an interrupt of a
 * platform thread does not end its wait, since what it waits for are files: its status stays set.
 */
public final class Batch implements AutoCloseable {
    private final OpBatch batch;
    /** By index: the operations of earlier rounds, used again. */
    private final Read[] reads;
    private final Write[] writes;

    private Batch(Handle runtime, int entries) {
        batch = new OpBatch(runtime, entries);
        reads = new Read[entries];
        writes = new Write[entries];
    }

    /**
     * Makes an empty batch.
     *
     * @param runtime whose files are read and written
     * @param entries the most operations of one round, 1 to {@link OpBatch#CAPACITY_MAX}
     */
    public static Batch open(Handle runtime, int entries) {
        return new Batch(runtime, entries);
    }

    // ---- gathering ----

    /**
     * Adds a read into the buffer's whole capacity from {@code offset} on; fewer bytes come at the end of the file.
     *
     * @param offset bytes from the start, not negative
     * @return its index in the round, from 0
     * @throws IllegalStateException while a round is in flight, and when this one is full
     */
    public int read(AsyncFile file, IoBuffer buffer, long offset) {
        AsyncFile.requireOffset(offset);
        int index = batch.requireRoom();
        if (reads[index] == null) {
            reads[index] = new Read(file, buffer, offset);
        } else {
            reads[index].reset(file, buffer, offset);
        }
        return batch.add(reads[index]);
    }

    /**
     * Adds a write of all of the buffer's bytes, up to its length, at {@code offset}.
     *
     * @param offset bytes from the start, not negative; without effect on a file that is open to append
     * @return its index in the round, from 0
     * @throws IllegalStateException while a round is in flight, and when this one is full
     */
    public int write(AsyncFile file, IoBuffer buffer, long offset) {
        return write(file, buffer, offset, 0);
    }

    /** As {@link #write}, and makes those bytes durable, as {@link AsyncFile#writeDurably} does. */
    public int writeDurably(AsyncFile file, IoBuffer buffer, long offset) {
        return write(file, buffer, offset, ReadWriteFlag.DATA_SYNC);
    }

    private int write(AsyncFile file, IoBuffer buffer, long offset, int flags) {
        AsyncFile.requireOffset(offset);
        int index = batch.requireRoom();
        if (writes[index] == null) {
            writes[index] = new Write(file, buffer, offset).whole();
        } else {
            writes[index].reset(file, buffer, offset);
        }
        return batch.add(writes[index].flags(flags));
    }

    // ---- running ----

    /**
     * Submits what was added and returns; {@link #nextCompleted} waits.
     *
     * @throws IOException never; a host that refuses a ring to lease has the workers do it
     * @throws IllegalStateException when a buffer is in flight, which none of the others is then
     */
    public void submit() throws IOException {
        batch.submit();
    }

    /** Submits what was added and waits until all has ended, in one system call where the kernel can; see {@link #submit}. */
    public void submitAndWait() throws IOException {
        batch.submitAndWait();
    }

    /** Waits for the next operation that ends and answers its index; -1 when all of the round have been answered. */
    public int nextCompleted() throws IOException {
        return batch.next();
    }

    /** Asks for what has not ended to end; every operation is still to be waited for, and tells what came of it. */
    public void cancel() {
        batch.cancel();
    }

    // ---- results ----

    /** Answers how many operations the round has. */
    public int count() {
        return batch.count();
    }

    /** Answers how many bytes an operation that has ended moved, or -errno, see {@link dev.uring.ffi.Errno}. */
    public int result(int index) {
        return batch.result(index);
    }

    /**
     * Answers how many bytes an operation that has ended moved.
     *
     * @throws IOException when it failed, with file, operands and errno
     */
    public int bytes(int index) throws IOException {
        IOException error = batch.error(index);
        if (error != null) {
            throw error;
        }
        return batch.result(index);
    }

    /** Cancels what is in flight and waits until it has ended, so that all buffers are back. A second call does nothing. */
    @Override
    public void close() {
        batch.close();
    }
}
