package dev.uring.runtime;

import java.time.Duration;

/** Time, kept by the workers. */
public final class Time {
    private Time() {
    }

    /**
     * Starts a delay. Never ends early.
     *
     * @throws IllegalStateException when there is no runtime here
     */
    public static Op<Void> sleep(Duration delay) {
        return new Timeout(delay).submit();
    }
}
