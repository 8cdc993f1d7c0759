package dev.uring.runtime;

import java.util.List;

/**
 * Which driver runs and why.
 *
 * @param name io_uring, epoll or nio
 * @param details a line about it, such as the set-up flags that the kernel accepted
 * @param refused the better ones that do not run, best first
 * @param missing what the driver would use and this host lacks, in the order of the kernels that brought it
 */
public record DriverInfo(String name, String details, List<Refused> refused, List<Missing> missing) {
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

    /**
     * What the driver does without.
     *
     * @param what its name, such as {@code FTRUNCATE}
     * @param since the kernel that brought it, such as {@code 6.9}
     * @param instead what is done instead
     * @param remedy how to get it
     */
    public record Missing(String what, String since, String instead, String remedy) {
        @Override
        public String toString() {
            return what + " (Linux " + since + ") is missing; instead: " + instead + "; remedy: " + remedy;
        }
    }

    @Override
    public String toString() {
        return name + " (" + details + ")" + (refused.isEmpty() ? "" : ", " + refused)
                + (missing.isEmpty() ? "" : ", without " + missing.stream().map(Missing::what).toList());
    }
}
