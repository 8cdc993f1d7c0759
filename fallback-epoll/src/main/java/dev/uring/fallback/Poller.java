package dev.uring.fallback;

/**
 * Tells which descriptors became ready: what a {@link ReadinessDriver} waits with. For the worker's thread, except
 * {@link #wakeUp()}.
 */
interface Poller {
    /** An answer of {@link #watch}: there will be reports. */
    int WATCHED = 0;
    /** An answer of {@link #watch}: there is nothing to wait for on this kind of descriptor. */
    int NOT_POLLABLE = 1;
    /** An answer of {@link #watch}: it must be asked again after the first attempt. */
    int TOO_EARLY = 2;

    /** Who is told. */
    interface Listener {
        /**
         * Something changed, or not: reports may come too often, and for a number that was forgotten.
         *
         * @param events {@link dev.uring.ffi.PollFlag}s: those there are now, not only the new ones
         */
        void ready(int fd, int events);
    }

    /** Begins to watch a descriptor, for all events; what is there already is reported too. Or answers -errno. */
    int watch(Watched descriptor);

    /** Somebody waits for the descriptor who did not before; for pollers that are told what to look for. */
    void expect(Watched descriptor);

    /** Ends {@link #watch}, before the descriptor is closed. */
    void forget(Watched descriptor);

    /**
     * Reports changes, once each.
     *
     * @param timeoutNanos how long to wait if there are none: 0 for not at all, {@link Long#MAX_VALUE} for ever
     */
    void poll(long timeoutNanos, Listener listener);

    /** Makes a {@link #poll} in progress, or the next one, return. Any thread, also after the close. */
    void wakeUp();

    /** Gives up everything. */
    void close();
}
