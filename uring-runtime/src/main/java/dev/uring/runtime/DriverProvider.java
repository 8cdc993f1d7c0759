package dev.uring.runtime;

import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.util.List;

/** A kind of driver, found by {@link java.util.ServiceLoader}: says whether it can run here, and makes one per worker. */
public interface DriverProvider {
    /** Answers the name that {@code -During.driver} uses. */
    String name();

    /** Answers the rank: of all that are available the highest is taken. io_uring 100, epoll 50, nio 10. */
    int rank();

    /**
     * Finds out whether the driver can run here. Called once per runtime, before any driver is made.
     *
     * @param forced whether nothing else will do, as {@code -During.driver} says
     */
    Availability probe(boolean forced);

    /**
     * Makes a driver for one worker; called on the thread that builds the runtime.
     *
     * @param available what {@link #probe()} answered
     * @throws IOException when the host refuses it after all
     */
    Driver create(Availability.Available available, RingOptions options) throws IOException;

    /** The answer of a probe. */
    sealed interface Availability {
        /**
         * The driver can run.
         *
         * @param details a line for people, such as the accepted flags
         * @param token whatever the provider needs again in {@link DriverProvider#create}
         * @param missing what it does without here
         */
        record Available(String details, Object token, List<DriverInfo.Missing> missing) implements Availability {
            /** Answers one that does without nothing. */
            public Available(String details, Object token) {
                this(details, token, List.of());
            }
        }

        /**
         * The driver cannot run.
         *
         * @param reason what stands in the way
         * @param remedy what to do about it
         */
        record Unavailable(String reason, String remedy) implements Availability {
        }
    }
}
