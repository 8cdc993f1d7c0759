package dev.uring.runtime;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * What one run of the contract runs on.
 *
 * @param name what distinguishes the run, and what makes it happen again
 * @param provider the driver
 * @param carriers who carries tasks
 * @param ground makes the descriptors of one test
 * @param operationsMax how many operations the driver has room for when asked for {@link DriverContract#SMALL}
 * @param weight 100 for full counts, less for a lighter run
 * @param skips names of cases that cannot pass here, each with the reason
 */
public record Setup(String name, DriverProvider provider, Carriers carriers, Supplier<Ground> ground,
                    int operationsMax, int weight, Map<String, String> skips) {
    /** A set-up that passes everything. */
    public Setup(String name, DriverProvider provider, Carriers carriers, Supplier<Ground> ground, int operationsMax,
                 int weight) {
        this(name, provider, carriers, ground, operationsMax, weight, Map.of());
    }

    /** Io_uring less what the mask names, see {@link IoUringProvider}; for other packages. */
    public static DriverProvider ioUringWithout(String mask) {
        return new IoUringProvider(mask);
    }

    /** Skips the test where this host refuses the driver. */
    public void assumeAvailable() {
        if (provider.probe(true) instanceof DriverProvider.Availability.Unavailable refused) {
            Assumptions.abort(provider.name() + " refused: " + refused.reason());
        }
    }

    /** Answers how much is done where nothing else is said; {@code uring.test.weight} asks for less, or more. */
    public static int usualWeight() {
        return Integer.getInteger("uring.test.weight", Boolean.getBoolean("uring.test.full") ? 100 : 30);
    }

    /**
     * Leaves those alone whose name begins as {@code -During.test.setup} says, a pattern: "epoll", or "io_uring
     * carriers" to have one.
     */
    public static List<Setup> wanted(List<Setup> all) {
        Pattern pattern = Pattern.compile(System.getProperty("uring.test.setup", ""));
        return all.stream().filter(setup -> pattern.matcher(setup.toString()).lookingAt()).toList();
    }

    /** Begins a runtime on this driver. */
    public UringRuntime.Builder builder() {
        return UringRuntime.builder().enableAll().carriers(carriers).provider(provider);
    }

    @Override
    public String toString() {
        return name + (carriers == Carriers.ON ? " carriers" : " stock");
    }
}
