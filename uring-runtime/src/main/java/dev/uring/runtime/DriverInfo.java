package dev.uring.runtime;

import java.util.List;

/**
 * Which driver runs and why.
 *
 * @param name io_uring, epoll or nio
 * @param details a line about it, such as the set-up flags that the kernel accepted
 * @param refused the better ones that do not run, best first
 */
public record DriverInfo(String name, String details, List<Refused> refused) {
    /**
     * A driver that does not run.
     *
     * @param name its name
     * @param reason what stands in the way
     * @param remedy what to do about it
     */
    public record Refused(String name, String reason, String remedy) {
        @Override
        public String toString() {
            return name + " refused: " + reason + "; remedy: " + remedy;
        }
    }

    @Override
    public String toString() {
        return name + " (" + details + ")" + (refused.isEmpty() ? "" : ", " + refused);
    }
}
