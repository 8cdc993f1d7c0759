package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a ring is told once so that requests can name it by number: buffers, files, its own descriptor; and the switches
 * of io_uring_register(2).
 *
 * <p>Every method answers a value of at least 0, or -errno as the manual page lists it. On a ring with
 * {@link SetupFlag#SINGLE_ISSUER} only its owner may call (EEXIST otherwise); before {@link #enable()} anyone may.
 * Arguments are read during the call, so nothing needs to outlive it, except the memory of registered buffers and
 * buffer rings.
 */
public final class Registry {
    /** Replaces an entry of a file table by nothing. */
    public static final int NO_FILE = -1;
    /** The size of what {@link #probe} fills: a header and an entry for each of 256 opcodes. */
    public static final int PROBE_BYTES = Probe.SIZE + 256 * ProbeOperation.SIZE;

    /** Asks the kernel to choose the slot of the thread's table. */
    private static final int ANY_SLOT = -1;
    private static final int NO_SLOT = -1;
    /** The probe is asked about as many opcodes as fit one byte. */
    private static final int PROBE_OPCODES_MAX = 256;

    private final Ring ring;
    /** The ring's place in the table of the thread that registered it. That thread only. */
    private int ringDescriptorSlot = NO_SLOT;

    Registry(Ring ring) {
        this.ring = ring;
    }

    /**
     * Calls io_uring_register(2) with any {@link RegisterOpcode}.
     *
     * @param argument what the opcode asks for, or {@link MemorySegment#NULL}
     * @param count what the opcode asks for
     */
    public int register(int opcode, MemorySegment argument, int count) {
        ring.requireOpen();
        return Syscalls.register(ring.fd(), opcode, argument, count);
    }

    /** Starts a ring that was created with {@link SetupFlag#R_DISABLED}; the calling thread becomes its owner. */
    public int enable() {
        return register(RegisterOpcode.ENABLE_RINGS, MemorySegment.NULL, 0);
    }

    /** Pins buffers for {@link Sqe#readFixed} and {@link Sqe#writeFixed}; they stay mapped until unregistered. */
    public int buffers(MemorySegment... buffers) {
        try (Arena scope = Arena.ofConfined()) {
            return register(RegisterOpcode.BUFFERS, vectors(scope, buffers), buffers.length);
        }
    }

    /** Reserves {@code count} empty buffer slots (5.19), to be filled by {@link #updateBuffers}. */
    public int sparseBuffers(int count) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(ResourceRegistration.SIZE, Long.BYTES);
            ResourceRegistration.count(argument, count);
            ResourceRegistration.flags(argument, RegisterFlag.RSRC_REGISTER_SPARSE);
            return register(RegisterOpcode.BUFFERS2, argument, ResourceRegistration.SIZE);
        }
    }

    /** Puts buffers into the slots from {@code first} on (5.13); a segment of no bytes at address 0 empties a slot. */
    public int updateBuffers(int first, MemorySegment... buffers) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(TaggedResourceUpdate.SIZE, Long.BYTES);
            TaggedResourceUpdate.offset(argument, first);
            TaggedResourceUpdate.data(argument, vectors(scope, buffers).address());
            TaggedResourceUpdate.count(argument, buffers.length);
            return register(RegisterOpcode.BUFFERS_UPDATE, argument, TaggedResourceUpdate.SIZE);
        }
    }

    /** Shares all registered buffers of another ring (6.12) without pinning them again. */
    public int cloneBuffers(Ring source) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(CloneBuffers.SIZE, Long.BYTES);
            argument.set(ValueLayout.JAVA_INT, CloneBuffers.SOURCE_FD, source.fd());
            return register(RegisterOpcode.CLONE_BUFFERS, argument, 1);
        }
    }

    /** Gives up all registered buffers; waits for requests that use them. */
    public int unregisterBuffers() {
        return register(RegisterOpcode.UNREGISTER_BUFFERS, MemorySegment.NULL, 0);
    }

    /** Puts descriptors into a table for {@link SqeFlag#FIXED_FILE}; {@link #NO_FILE} leaves a slot empty. */
    public int files(int... fds) {
        try (Arena scope = Arena.ofConfined()) {
            return register(RegisterOpcode.FILES, scope.allocateFrom(ValueLayout.JAVA_INT, fds), fds.length);
        }
    }

    /** Reserves {@code count} empty file slots (5.19). */
    public int sparseFiles(int count) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(ResourceRegistration.SIZE, Long.BYTES);
            ResourceRegistration.count(argument, count);
            ResourceRegistration.flags(argument, RegisterFlag.RSRC_REGISTER_SPARSE);
            return register(RegisterOpcode.FILES2, argument, ResourceRegistration.SIZE);
        }
    }

    /** Replaces the descriptors from slot {@code first} on (5.5); answers how many. */
    public int updateFiles(int first, int... fds) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(FilesUpdate.SIZE, Long.BYTES);
            argument.set(ValueLayout.JAVA_INT, FilesUpdate.OFFSET, first);
            argument.set(ValueLayout.JAVA_LONG, FilesUpdate.DESCRIPTORS,
                    scope.allocateFrom(ValueLayout.JAVA_INT, fds).address());
            return register(RegisterOpcode.FILES_UPDATE, argument, fds.length);
        }
    }

    /** Gives up the file table; waits for requests that use it. */
    public int unregisterFiles() {
        return register(RegisterOpcode.UNREGISTER_FILES, MemorySegment.NULL, 0);
    }

    /** Writes to an eventfd whenever a result is posted. */
    public int eventfd(int eventfd) {
        return oneInt(RegisterOpcode.EVENTFD, eventfd);
    }

    /** Writes to an eventfd only for results that were not there when enter returned. */
    public int eventfdAsync(int eventfd) {
        return oneInt(RegisterOpcode.EVENTFD_ASYNC, eventfd);
    }

    /** Stops writing to the eventfd. */
    public int unregisterEventfd() {
        return register(RegisterOpcode.UNREGISTER_EVENTFD, MemorySegment.NULL, 0);
    }

    /** Fills {@code probe} ({@link #PROBE_BYTES} bytes, zeroed) with what the kernel knows of each opcode (5.6). */
    public int probe(MemorySegment probe) {
        return register(RegisterOpcode.PROBE, probe, PROBE_OPCODES_MAX);
    }

    /**
     * Limits the kernel's own worker threads for this thread's requests (5.15).
     *
     * @param bounded workers for files and block devices, 0 to leave as it is
     * @param unbounded workers for everything that may wait without limit, 0 to leave as it is
     */
    public int workerLimits(int bounded, int unbounded) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limits = scope.allocateFrom(ValueLayout.JAVA_INT, bounded, unbounded);
            return register(RegisterOpcode.IOWQ_MAX_WORKERS, limits, 2);
        }
    }

    /**
     * Names the ring by a slot of the calling thread's table (5.18), which makes each enter about 15 ns cheaper.
     *
     * @return 1, or -errno: EBUSY (all slots of the thread are taken)
     * @throws IllegalStateException when it is registered already: a second slot would keep the ring alive after close
     */
    public int ringDescriptor() {
        if (ringDescriptorSlot != NO_SLOT) {
            throw new IllegalStateException("ring's descriptor is registered already: fd=" + ring.fd() + " slot="
                    + ringDescriptorSlot);
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment update = scope.allocate(ResourceUpdate.SIZE, Long.BYTES);
            ResourceUpdate.offset(update, ANY_SLOT);
            ResourceUpdate.data(update, ring.fd());
            int result = register(RegisterOpcode.RING_FDS, update, 1);
            if (result == 1) {
                ringDescriptorSlot = ResourceUpdate.offset(update);
                ring.useRegisteredDescriptor(ringDescriptorSlot);
            }
            return result;
        }
    }

    /**
     * Undoes {@link #ringDescriptor()}, on the same thread.
     *
     * @throws IllegalStateException when it is not registered, or by another thread: the slot may be another ring's
     */
    public int unregisterRingDescriptor() {
        if (ringDescriptorSlot == NO_SLOT) {
            throw new IllegalStateException("ring's descriptor is not registered: fd=" + ring.fd());
        }
        ring.requireRegisteredByCaller();
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment update = scope.allocate(ResourceUpdate.SIZE, Long.BYTES);
            ResourceUpdate.offset(update, ringDescriptorSlot);
            int result = register(RegisterOpcode.UNREGISTER_RING_FDS, update, 1);
            ringDescriptorSlot = NO_SLOT;
            ring.useDescriptor();
            return result;
        }
    }

    /**
     * Registers the ring of buffers that receives take theirs from (5.19); see {@link BufferRing}.
     *
     * @param memory page-aligned memory for {@code entries} entries, kept until unregistered
     * @param entries a power of two, at most 32768
     * @param group the number that requests name in {@link Sqe#bufferGroup}
     * @param flags {@code IOU_PBUF_RING_*}
     */
    int bufferRing(MemorySegment memory, int entries, int group, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(BufferRingRegistration.SIZE, Long.BYTES);
            BufferRingRegistration.ringAddress(argument, memory.address());
            BufferRingRegistration.entries(argument, entries);
            BufferRingRegistration.group(argument, group);
            BufferRingRegistration.flags(argument, flags);
            return register(RegisterOpcode.PBUF_RING, argument, 1);
        }
    }

    int unregisterBufferRing(int group) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(BufferRingRegistration.SIZE, Long.BYTES);
            BufferRingRegistration.group(argument, group);
            return register(RegisterOpcode.UNREGISTER_PBUF_RING, argument, 1);
        }
    }

    /** Answers the kernel's head of a buffer ring (6.8), a 16-bit value, or -errno. */
    int bufferRingHead(int group) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment status = scope.allocate(BufferRingStatus.SIZE, Long.BYTES);
            BufferRingStatus.group(status, group);
            int result = register(RegisterOpcode.PBUF_STATUS, status, 1);
            return result < 0 ? result : BufferRingStatus.head(status);
        }
    }

    /**
     * Cancels requests and waits until the cancellation is done (6.0).
     *
     * <p>A ring with {@link SetupFlag#DEFER_TASKRUN} needs a time limit: when the request runs in a kernel worker, 6.18
     * does not notice its end while it waits here, and would wait for ever. {@link Sqe#cancel} has no such trap.
     *
     * @param userData which request, unless {@code flags} say otherwise
     * @param fd the descriptor with {@link RequestFlag#ASYNC_CANCEL_FD}, else -1
     * @param flags {@code ASYNC_CANCEL_*}
     * @param timeoutNanos how long to wait, negative for ever
     * @return 0 or the number cancelled with {@link RequestFlag#ASYNC_CANCEL_ALL}; -ENOENT, -EALREADY, -ETIME
     */
    public int syncCancel(long userData, int fd, int flags, long timeoutNanos) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment argument = scope.allocate(SyncCancel.SIZE, Long.BYTES);
            SyncCancel.userData(argument, userData);
            SyncCancel.fd(argument, fd);
            SyncCancel.flags(argument, flags);
            // -1 in both fields: for ever (io_uring_register(2)).
            SyncCancel.timeout(argument, timeoutNanos < 0 ? -1 : timeoutNanos / 1_000_000_000,
                    timeoutNanos < 0 ? -1 : timeoutNanos % 1_000_000_000);
            return register(RegisterOpcode.SYNC_CANCEL, argument, 1);
        }
    }

    private int oneInt(int opcode, int value) {
        try (Arena scope = Arena.ofConfined()) {
            return register(opcode, scope.allocateFrom(ValueLayout.JAVA_INT, value), 1);
        }
    }

    /** {@code struct iovec[]} for buffers. */
    private static MemorySegment vectors(Arena scope, MemorySegment[] buffers) {
        MemorySegment vectors = scope.allocate(IoVector.SIZE * Math.max(buffers.length, 1), Long.BYTES);
        for (int i = 0; i < buffers.length; i++) {
            IoVector.set(vectors, i, buffers[i], buffers[i].byteSize());
        }
        return vectors;
    }
}
