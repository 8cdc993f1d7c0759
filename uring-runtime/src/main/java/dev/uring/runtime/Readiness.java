package dev.uring.runtime;

/** What an operation waits for where the kernel cannot take it as a whole. */
public enum Readiness {
    /** {@link Op#attempt} may succeed once the descriptor is readable. */
    READABLE,
    /** {@link Op#attempt} may succeed once the descriptor is writable. */
    WRITABLE,
    /** {@link Op#attempt} may block and runs on a thread of the blocking pool. */
    BLOCKING,
    /** {@link Op#attempt} waits for nothing and is made at once, on the worker. */
    IMMEDIATE
}
