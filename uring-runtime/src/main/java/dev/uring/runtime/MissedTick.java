package dev.uring.runtime;

/** What an {@link Interval} does with ticks that nobody came for in time. */
public enum MissedTick {
    /** Makes up for all of them, one at once after the other, and is then on schedule again. */
    BURST,
    /** Counts the period anew from the late tick, which moves the schedule. */
    DELAY,
    /** Leaves them out: the next tick is the next one of the schedule. */
    SKIP
}
