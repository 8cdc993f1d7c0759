package dev.uring.runtime;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Buffers of fixed sizes from one page-aligned slab, registered with every ring of the runtime, so that reads and writes
 * of files need not pin their pages each time. Closing a buffer gives it back. For any thread.
 *
 * <p>A pool works the same where nothing can be registered: too old a kernel, too low a locked-memory limit (said once,
 * at INFO), another driver.
 */
public final class BufferPool implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final long BYTES_MAX = 1L << 30;

    private final UringRuntime runtime;
    private final MemorySegment slab;
    private final List<SizeClass> classes = new ArrayList<>();
    /** The slab's place in the rings' tables; -1 when there is no place left. */
    private final int tableIndex;
    /** Whether every ring has the slab; written once by the last worker to register it. */
    private volatile boolean registered;
    private volatile boolean closed;

    /**
     * What a pool holds.
     *
     * @param slots sizes and how many of each
     */
    public record Options(List<Slots> slots) {
        /**
         * Buffers of one size.
         *
         * @param bytes capacity of each, a multiple of 512; those of a page or more start at a page
         * @param count how many, at least 1
         */
        public record Slots(int bytes, int count) {
            public Slots {
                if (bytes < 512 || bytes % 512 != 0) {
                    throw new IllegalArgumentException("slot size must be a multiple of 512: bytes=" + bytes);
                }
                if (count < 1) {
                    throw new IllegalArgumentException("slot count must be at least 1: count=" + count);
                }
            }

            /** What one slot takes of the slab: so much that the next one starts at a page, or at 512 bytes. */
            long stride() {
                return bytes < PAGE ? bytes : (bytes + PAGE - 1L) / PAGE * PAGE;
            }
        }

        public Options {
            slots = slots.stream().sorted((a, b) -> Integer.compare(a.bytes, b.bytes)).toList();
            if (slots.isEmpty()) {
                throw new IllegalArgumentException("a pool needs slots");
            }
            long total = bytes(slots);
            if (total > BYTES_MAX) {
                throw new IllegalArgumentException("a pool is one registered buffer of at most 1 GiB: slots=" + slots
                        + " bytes=" + total + " limit=" + BYTES_MAX);
            }
        }

        /** Answers options for buffers of one size. */
        public static Options of(int bytes, int count) {
            return new Options(List.of(new Slots(bytes, count)));
        }

        /** Answers these options with buffers of one more size. */
        public Options and(int bytes, int count) {
            List<Slots> more = new ArrayList<>(slots);
            more.add(new Slots(bytes, count));
            return new Options(more);
        }

        private static long bytes(List<Slots> slots) {
            long sum = 0;
            for (Slots each : slots) {
                // Each class starts at a page.
                sum += (each.stride() * each.count + PAGE - 1) / PAGE * PAGE;
            }
            return sum;
        }
    }

    /** Buffers of one size. */
    private final class SizeClass implements Ownership.Returner {
        private final int bytes;
        private final MemorySegment[] pieces;
        private final SlotStack free;
        private final Semaphore available;
        /** The buffer that each slot is out as, for the report of what was not returned; last writer wins. */
        private final IoBuffer[] out;

        SizeClass(Options.Slots slots, long offset) {
            bytes = slots.bytes;
            pieces = new MemorySegment[slots.count];
            for (int slot = 0; slot < slots.count; slot++) {
                pieces[slot] = slab.asSlice(offset + slot * slots.stride(), bytes);
            }
            free = new SlotStack(slots.count);
            available = new Semaphore(slots.count);
            out = new IoBuffer[slots.count];
        }

        BufferPool pool() {
            return BufferPool.this;
        }

        IoBuffer tryTake() {
            return available.tryAcquire() ? lend() : null;
        }

        /** With a permit there is a slot: the stack is given to before the permit is. */
        IoBuffer lend() {
            int slot = free.take();
            var buffer = new IoBuffer(pieces[slot], new Ownership(this, slot), bytes);
            out[slot] = buffer;
            return buffer;
        }

        @Override
        public void giveBack(int slot) {
            out[slot] = null;
            free.give(slot);
            available.release();
        }
    }

    private BufferPool(UringRuntime runtime, Options options) {
        this.runtime = runtime;
        slab = Arena.ofAuto().allocate(Options.bytes(options.slots), PAGE);
        long offset = 0;
        for (Options.Slots slots : options.slots) {
            classes.add(new SizeClass(slots, offset));
            offset += (slots.stride() * slots.count + PAGE - 1) / PAGE * PAGE;
        }
        tableIndex = runtime.registerBuffer(slab, this::registeredEverywhere);
    }

    /**
     * Makes a pool of the current runtime.
     *
     * @throws IllegalStateException when there is no runtime here
     */
    public static BufferPool create(Options options) {
        return new BufferPool(Handle.current().runtime(), options);
    }

    static BufferPool create(UringRuntime runtime, Options options) {
        return new BufferPool(runtime, options);
    }

    private void registeredEverywhere() {
        registered = true;
    }

    /** Takes a buffer of the smallest size, waiting until there is one; see {@link #take(int)}. */
    public IoBuffer take() {
        return take(1);
    }

    /**
     * Takes a buffer of the smallest size that holds {@code bytes}, waiting until there is one.
     *
     * @throws IllegalArgumentException when no size is large enough
     * @throws CancellationException when the thread is interrupted; its interrupt status stays set
     * @throws IllegalStateException in a callback on a worker, which must not wait, and on a closed pool
     */
    public IoBuffer take(int bytes) {
        requireOpen();
        SizeClass from = classFor(bytes);
        IoBuffer buffer = from.tryTake();
        if (buffer != null) {
            return buffer;
        }
        Worker here = Worker.current();
        if (here != null && here.isLoop()) {
            throw new IllegalStateException("take in a callback would stop the worker: bytes=" + bytes
                    + "; use tryTake");
        }
        try {
            from.available.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("take was interrupted: bytes=" + bytes);
        }
        return from.lend();
    }

    /** Takes a buffer of the smallest size, or answers null when there is none now. */
    public IoBuffer tryTake() {
        return tryTake(1);
    }

    /** Takes a buffer of the smallest size that holds {@code bytes}, or answers null when there is none now. */
    public IoBuffer tryTake(int bytes) {
        requireOpen();
        return classFor(bytes).tryTake();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("buffer pool is closed");
        }
    }

    private SizeClass classFor(int bytes) {
        for (SizeClass each : classes) {
            if (each.bytes >= bytes) {
                return each;
            }
        }
        throw new IllegalArgumentException("no buffer of the pool is large enough: bytes=" + bytes + " largest="
                + classes.getLast().bytes);
    }

    /** Answers whether the rings know the slab, so that operations use it as a registered buffer. */
    public boolean isRegistered() {
        return registered;
    }

    /** Answers where a ring of {@code user} has the memory that {@code returner} lent out, or -1. */
    static int tableIndex(Ownership.Returner returner, UringRuntime user) {
        return returner instanceof SizeClass from ? from.pool().tableIndexFor(user) : -1;
    }

    private int tableIndexFor(UringRuntime user) {
        return registered && user == runtime ? tableIndex : -1;
    }

    /** Answers the buffers that are out, a line each. */
    public List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        for (SizeClass each : classes) {
            for (IoBuffer buffer : each.out) {
                if (buffer != null) {
                    lines.add(buffer.toString());
                }
            }
        }
        return lines;
    }

    /**
     * Ends the pool. Buffers that are still out stay valid, and are reported by name: each is a leak of its owner. The
     * memory goes when nothing refers to it any more; the rings let go of it when the runtime closes.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        registered = false;
        runtime.unregisterBuffer(tableIndex);
        List<String> leaked = outstanding();
        if (!leaked.isEmpty()) {
            System.getLogger("dev.uring").log(Level.WARNING,
                    "buffer pool closed with " + leaked.size() + " buffers not returned: " + leaked);
        }
    }
}
