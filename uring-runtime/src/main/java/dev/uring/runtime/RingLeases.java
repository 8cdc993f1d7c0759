package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The rings of a runtime that threads lease, one at a time each, to run a batch of operations without a worker. A ring comes
 * back with nothing in flight and waits here for the next thread. For any thread, without locks; leasing allocates nothing
 * while there is an idle ring.
 */
final class RingLeases {
    /** Rings that wait for a thread; what comes back beyond them is closed. */
    private static final int IDLE_MAX = 64;
    private static final int ENTRIES_MIN = 64;

    private final Capabilities kernel;
    private final WorkerOptions options;
    private final AtomicReferenceArray<LeasedRing> idle = new AtomicReferenceArray<>(IDLE_MAX);
    /** All that are not closed, so that a close of a descriptor finds what waits on it. */
    private final List<LeasedRing> all = new CopyOnWriteArrayList<>();
    /** Memory that operations may name by index, as the rings of the workers have it. */
    private final AtomicReferenceArray<MemorySegment> slabs;
    /** Grows with each change of {@link #slabs}, after it. */
    private volatile int slabsVersion;
    private volatile boolean closed;

    RingLeases(Capabilities kernel, WorkerOptions options, int slabsMax) {
        this.kernel = kernel;
        this.options = options;
        slabs = new AtomicReferenceArray<>(slabsMax);
    }

    /**
     * Leases a ring.
     *
     * @param entries how many operations it must take at once, 1 to {@link OpBatch#CAPACITY_MAX}
     * @throws IOException when the host refuses another ring
     */
    LeasedRing take(int entries) throws IOException {
        for (int i = 0; i < IDLE_MAX; i++) {
            LeasedRing found = idle.get(i);
            if (found != null && found.entries() >= entries && idle.compareAndSet(i, found, null)) {
                return found;
            }
        }
        int size = Integer.highestOneBit(Math.max(entries, ENTRIES_MIN) * 2 - 1);
        RingOptions wanted = IoUringProvider.shared(kernel, size);
        var made = new LeasedRing(kernel, wanted, options, slabs.length());
        all.add(made);
        return made;
    }

    /** Takes a ring back, in which nothing is in flight. */
    void giveBack(LeasedRing ring) {
        for (int i = 0; i < IDLE_MAX; i++) {
            if (idle.get(i) == null && idle.compareAndSet(i, null, ring)) {
                if (closed && idle.compareAndSet(i, ring, null)) {
                    drop(ring);
                }
                return;
            }
        }
        drop(ring);
    }

    /** Closes a ring for good. */
    void drop(LeasedRing ring) {
        all.remove(ring);
        ring.close();
    }

    /** Forgets a ring that has failed, and whose memory the kernel may still have. */
    void lose(LeasedRing ring) {
        all.remove(ring);
    }

    /** Notes memory that operations will name by {@code index}; each ring takes it over when it is leased next. */
    void register(int index, MemorySegment memory) {
        slabs.set(index, memory);
        changed();
    }

    void unregister(int index) {
        slabs.set(index, null);
        changed();
    }

    private synchronized void changed() {
        slabsVersion++;
    }

    int slabsVersion() {
        return slabsVersion;
    }

    MemorySegment slab(int index) {
        return slabs.get(index);
    }

    /** Ends what waits on a descriptor that is being closed. */
    void cancel(int fd) {
        all.forEach(ring -> ring.cancel(fd));
    }

    /** Closes the rings that wait; the others are closed when they come back. */
    void close() {
        closed = true;
        for (int i = 0; i < IDLE_MAX; i++) {
            LeasedRing ring = idle.getAndSet(i, null);
            if (ring != null) {
                drop(ring);
            }
        }
    }
}
