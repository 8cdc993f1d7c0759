package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Buffers that one worker lends to receives at the moment data arrives, so that a waiting receive holds none. A group has
 * buffers of one size, made when first used and more when they run out, up to 32 MiB. Where the kernel keeps a ring of them
 * ({@link Driver#provideBuffers}) it chooses; elsewhere the driver does, through {@link #select}.
 *
 * <p>The kernel takes from its ring in turn, so every buffer in it is touched as often as any other. The ring therefore holds
 * no more than were ever needed at once: none at first, then a few, and one more each time that a receive finds none. The
 * rest is a stack, whose top the processor still has in its cache.
 *
 * <p>Operations see the groups alone. The rest is for the worker's thread, except {@link #take}, {@link #giveBack} and
 * {@link #lent}, which are for any thread.
 */
public final class ProvidedBuffers {
    /** Sizes of the groups, smallest first: what a receive names is the index. */
    private static final int[] GROUP_BYTES = {4096, 16 * 1024, 64 * 1024};
    private static final int[] COUNTS_MAX = {8192, 2048, 512};
    /** The first id of each group: an id says which group it is of. */
    private static final int[] FIRST_IDS = {0, 8192, 8192 + 2048};
    private static final int RING_ENTRIES_MAX = 4096;
    /** How many a group has at first, and how many of them the kernel gets. */
    private static final int COUNT_FIRST = 64;
    private static final int PAGE = 4096;

    private final Worker worker;
    private final Driver driver;
    private final Group[] groups = new Group[GROUP_BYTES.length];

    ProvidedBuffers(Worker worker, Driver driver) {
        this.worker = worker;
        this.driver = driver;
    }

    /** Answers how many groups there are; what an operation names is 0 for that of the smallest buffers, and so on. */
    public static int groups() {
        return GROUP_BYTES.length;
    }

    /** Answers the size of a group's buffers in bytes. */
    public static int bufferBytes(int group) {
        return GROUP_BYTES[group];
    }

    /** Answers how many buffers of a group there can be. */
    static int countMax(int group) {
        return COUNTS_MAX[group];
    }

    private Group groupOf(int id) {
        return groups[id < FIRST_IDS[1] ? 0 : id < FIRST_IDS[2] ? 1 : 2];
    }

    /** Buffers of one size, and where each of them is. */
    private final class Group implements Ownership.Returner {
        private final int index;
        /** By id, from the first of the group on; as many as were made. Replaced as a whole, since any thread reads it. */
        private volatile MemorySegment[] pieces = {};
        /** Whether the kernel has it, by the same index. */
        private boolean[] isInRing = {};
        /** Those that nobody has; the first {@link #freeCount} elements count. */
        private int[] free = {};
        private int freeCount;
        /** Whether the kernel keeps a ring, how many are in it, and how many it is to have: none before it asks. */
        private final boolean hasRing;
        private final int ringEntries;
        private int inRing;
        private int ringTarget;
        /** Whether attempts choose from this group, and how many found none that have not asked for a refill yet. */
        private boolean hasAttempts;
        private int attemptsInVain;
        private int lent;
        private final ArrayDeque<Runnable> starved = new ArrayDeque<>();

        Group(int index) {
            this.index = index;
            ringEntries = Math.min(COUNTS_MAX[index], RING_ENTRIES_MAX);
            hasRing = driver.provideBuffers(index, ringEntries);
        }

        private int at(int id) {
            return id - FIRST_IDS[index];
        }

        /** Makes more buffers; answers false when there are as many as there can be. */
        private boolean grow() {
            int count = pieces.length;
            int more = Math.min(Math.max(count, COUNT_FIRST), COUNTS_MAX[index] - count);
            if (more == 0) {
                return false;
            }
            int bytes = GROUP_BYTES[index];
            MemorySegment slab = Arena.ofAuto().allocate((long) bytes * more, PAGE);
            MemorySegment[] all = Arrays.copyOf(pieces, count + more);
            isInRing = Arrays.copyOf(isInRing, count + more);
            free = Arrays.copyOf(free, count + more);
            for (int i = more - 1; i >= 0; i--) {
                all[count + i] = slab.asSlice((long) i * bytes, bytes);
                free[freeCount++] = FIRST_IDS[index] + count + i;
            }
            pieces = all;
            return true;
        }

        private void fillRing() {
            while (hasRing && inRing < ringTarget && (freeCount > 0 || grow())) {
                addToRing(free[--freeCount]);
            }
        }

        private void addToRing(int id) {
            isInRing[at(id)] = true;
            inRing++;
            driver.provideBuffer(index, id, pieces[at(id)]);
        }

        private int select() {
            hasAttempts = true;
            if (freeCount > 0 || grow()) {
                return free[--freeCount];
            }
            attemptsInVain++;
            return -Errno.ENOBUFS;
        }

        private void lend(int id) {
            lent++;
            if (isInRing[at(id)]) {
                isInRing[at(id)] = false;
                inRing--;
            }
        }

        /** A request has found none; answers whether it may find one now. */
        private boolean refill() {
            if (attemptsInVain > 0 || !hasRing) {
                attemptsInVain = Math.max(attemptsInVain - 1, 0);
                return freeCount > 0 || grow();
            }
            ringTarget = ringTarget == 0 ? COUNT_FIRST : Math.min(ringTarget + 1, ringEntries);
            fillRing();
            return inRing > 0;
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
            if (hasRing && inRing < ringTarget && (inRing == 0 || !hasAttempts || freeCount > 0)) {
                addToRing(id);
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
        return groups[group].select();
    }

    /** Puts back what an attempt did not use. */
    void unselect(int id) {
        Group to = groupOf(id);
        to.free[to.freeCount++] = id;
    }

    /** Answers the memory of a buffer. */
    MemorySegment memory(int id) {
        Group group = groupOf(id);
        return group.pieces[group.at(id)];
    }

    /** A result names a buffer: it is lent until {@link #giveBack}. Worker only. */
    void lend(int id) {
        groupOf(id).lend(id);
    }

    /** Answers the buffer of a result, owned by the caller; closing it gives it back. */
    IoBuffer take(int id, int length) {
        return new IoBuffer(memory(id), new Ownership(groupOf(id), id), length);
    }

    /** As {@link #take(int, int)}, in a buffer without memory, whose last result was closed. */
    void take(int id, int length, IoBuffer into) {
        into.fill(memory(id), groupOf(id), id, length);
    }

    /** Gives back a buffer that nobody took. */
    void giveBack(int id) {
        groupOf(id).giveBack(id);
    }

    /** A request has found no buffer: calls {@code action} once there may be one. */
    void whenRefilled(int group, Runnable action) {
        require(group); // a request that changes its group ends in the old one
        if (groups[group].refill()) {
            worker.call(action);
        } else {
            groups[group].starved.add(action);
        }
    }

    /** Takes back a {@link #whenRefilled} whose action was not called; answers false when it was. */
    boolean forget(int group, Runnable action) {
        return groups[group] != null && groups[group].starved.remove(action);
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
