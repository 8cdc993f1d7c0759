package dev.uring.ffi;

/**
 * What a kernel can do beyond its opcodes and set-up flags. Each is found by trying or by a witness, never by the
 * version; the version is for the reader.
 */
public enum Capability {
    /** A wait takes its time limit as an argument: {@link Feature#EXT_ARG}. */
    TIMED_WAIT("5.11"),
    /** One poll request reports again and again: {@link Feature#RSRC_TAGS} came with it. */
    POLL_MULTISHOT("5.13"),
    /** The kernel's worker threads can be limited: tried. */
    WORKER_LIMITS("5.15"),
    /** A request may ask for no result on success: {@link Feature#CQE_SKIP}. */
    COMPLETION_SKIP("5.17"),
    /** The ring can be named by a slot of the thread's table: tried. */
    RING_DESCRIPTOR("5.18"),
    /** One accept reports connection after connection: {@link Opcode#SOCKET} came with it. */
    ACCEPT_MULTISHOT("5.19"),
    /** Requests can be cancelled by descriptor, or all at once: {@link Opcode#SOCKET} came with it. */
    CANCEL_BY_DESCRIPTOR("5.19"),
    /** Receives take buffers from a ring: tried. */
    BUFFER_RING("5.19"),
    /** Tables of files and buffers start empty and are filled later: tried. */
    SPARSE_TABLES("5.19"),
    /** One receive reports again and again: {@link Opcode#SEND_ZC} came with it. */
    RECV_MULTISHOT("6.0"),
    /** A thread that does not own the ring cancels requests, by a call: tried. */
    SYNC_CANCEL("6.0"),
    /** A receive or send may use several provided buffers: {@link Feature#RECVSEND_BUNDLE}. */
    BUNDLES("6.10"),
    /** A buffer of a ring can be used up piece by piece: tried. */
    BUFFER_RING_INCREMENTAL("6.12"),
    /** Registered buffers can be shared between rings: tried. */
    CLONE_BUFFERS("6.12"),
    /** A wait may gather results for a while: {@link Feature#MIN_TIMEOUT}. */
    MIN_TIMEOUT("6.12"),
    /** A wait need not count as I/O wait: {@link Feature#NO_IOWAIT}. */
    NO_IOWAIT("6.15");

    private final String since;

    Capability(String since) {
        this.since = since;
    }

    /** Answers the kernel that brought it. */
    public String since() {
        return since;
    }
}
