package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Buffers that one worker lends to receives at the moment data arrives, so that a waiting receive holds none. Each group
 * is a slab of equal buffers, made when first used. Where the kernel keeps the ring ({@link Driver#provideBuffers}) it
 * chooses; elsewhere the driver does, through {@link #select}.
 *
 * <p>Worker only, except {@link #take}, {@link #giveBack} and {@link #lent}, which are for any thread.
 */
final class ProvidedBuffers {
    /** Sizes of the groups, smallest first: what a receive names is the index. */
    static final int[] GROUP_BYTES = {2048, 16 * 1024, 64 * 1024};
    /** Buffers of each group: 1, 4 and 4 MiB per worker. */
    static final int[] GROUP_COUNTS = {512, 256, 64};
    private static final int PAGE = 4096;

    private final Worker worker;
    private final Driver driver;
    private final Group[] groups = new Group[GROUP_BYTES.length];

    ProvidedBuffers(Worker worker, Driver driver) {
        this.worker = worker;
        this.driver = driver;
    }

    /** A slab and who holds its pieces. */
    private final class Group implements Ownership.Returner {
        private final int index;
        private final int count;
        /** By id: first those that the kernel or the driver chooses from, then the {@link #makeSpares spares}, if any. */
        private MemorySegment[] pieces;
        /** Whether the kernel chooses. */
        private final boolean inKernel;
        /** Free pieces where the driver chooses; the first {@link #freeCount} elements count. */
        private int[] free;
        private int freeCount;
        private int lent;
        private int lentByKernel;
        private final ArrayDeque<Runnable> starved = new ArrayDeque<>();

        Group(int index) {
            this.index = index;
            count = GROUP_COUNTS[index];
            pieces = slab();
            inKernel = driver.provideBuffers(index, pieces);
            if (!inKernel) {
                free(0);
            }
        }

        private MemorySegment[] slab() {
            int bytes = GROUP_BYTES[index];
            MemorySegment slab = Arena.ofAuto().allocate((long) bytes * count, PAGE);
            MemorySegment[] slices = new MemorySegment[count];
            for (int i = 0; i < count; i++) {
                slices[i] = slab.asSlice((long) i * bytes, bytes);
            }
            return slices;
        }

        private void free(int first) {
            free = new int[count];
            for (int i = count - 1; i >= 0; i--) {
                free[freeCount++] = first + i;
            }
        }

        /** Where the kernel keeps the ring, but has no opcode for an operation that takes from it: as many once more. */
        private void makeSpares() {
            MemorySegment[] all = Arrays.copyOf(pieces, 2 * count);
            System.arraycopy(slab(), 0, all, count, count);
            pieces = all;
            free(count);
        }

        private boolean isKernels(int id) {
            return inKernel && id < count;
        }

        private void lend(int id) {
            lent++;
            lentByKernel += isKernels(id) ? 1 : 0;
        }

        /** Whether a request that found no buffer may find one now. */
        private boolean isRefilled() {
            return (!inKernel || lentByKernel < count) && (free == null || freeCount > 0);
        }

        /** A buffer that a receive filled has been closed by its owner; any thread. */
        @Override
        public void giveBack(int id) {
            if (Worker.current() == worker) {
                returned(id);
            } else {
                worker.call(() -> returned(id));
            }
        }

        private void returned(int id) {
            lent--;
            if (isKernels(id)) {
                lentByKernel--;
                driver.returnBuffer(index, id, pieces[id]);
            } else {
                free[freeCount++] = id;
            }
            // All of them at once: each arms one request, and those that starve again queue up again.
            for (int i = starved.size(); i > 0; i--) {
                worker.runGuarded(starved.poll());
            }
        }
    }

    /** Makes sure that the group exists before a receive names it. */
    void require(int group) {
        if (groups[group] == null) {
            groups[group] = new Group(group);
        }
    }

    /** Chooses a free buffer for an attempt; answers its id, or -ENOBUFS. */
    int select(int group) {
        require(group);
        Group from = groups[group];
        if (from.free == null) {
            from.makeSpares();
        }
        return from.freeCount == 0 ? -Errno.ENOBUFS : from.free[--from.freeCount];
    }

    /** Puts back what an attempt did not use. */
    void unselect(int group, int id) {
        Group to = groups[group];
        to.free[to.freeCount++] = id;
    }

    /** Answers the memory of a buffer. */
    MemorySegment memory(int group, int id) {
        return groups[group].pieces[id];
    }

    /** A result names a buffer: it is lent until {@link #giveBack}. Worker only. */
    void lend(int group, int id) {
        groups[group].lend(id);
    }

    /** Answers the buffer of a result, owned by the caller; closing it gives it back. */
    IoBuffer take(int group, int id, int length) {
        return new IoBuffer(groups[group].pieces[id], new Ownership(groups[group], id), length);
    }

    /** Gives back a buffer that nobody took. */
    void giveBack(int group, int id) {
        groups[group].giveBack(id);
    }

    /** Calls {@code action} once a buffer of the group has come back. */
    void whenRefilled(int group, Runnable action) {
        if (groups[group].isRefilled()) {
            worker.call(action); // one is back already
        } else {
            groups[group].starved.add(action);
        }
    }

    /** Answers how many buffers are lent out, over all groups. Any thread, without order. */
    int lent() {
        int sum = 0;
        for (Group group : groups) {
            sum += group == null ? 0 : group.lent;
        }
        return sum;
    }
}
