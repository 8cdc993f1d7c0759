package dev.uring.fallback;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.DriverContract;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.LibcGround;
import dev.uring.runtime.Setup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract on epoll, with descriptors that block and that do not; as before Linux 5.11; and with reports that come
 * without reason, in pieces, twice or late. The seed of the last is in the name of the run; {@code
 * -Dtest.args=-During.test.seed=N} runs it again.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class EpollContractTest extends DriverContract {
    private static final boolean FULL = Boolean.getBoolean("uring.test.full");
    private static final int WEIGHT = Setup.usualWeight();
    private static final int SEEDS = FULL ? 30 : 2;

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (Carriers carriers : new Carriers[] {Carriers.ON, Carriers.OFF}) {
            setups.add(setup("epoll", true, carriers, false, WEIGHT));
            setups.add(setup("epoll non-blocking", true, carriers, true, 5));
            setups.add(setup("epoll with spurious reports", FaultyProvider.spurious(), carriers, false, 5));
        }
        setups.add(setup("epoll without epoll_pwait2", false, Carriers.ON, true, 2));
        long first = Long.getLong("uring.test.seed", System.nanoTime());
        for (int i = 0; i < SEEDS; i++) {
            long seed = first + i;
            setups.add(setup("epoll with erratic reports uring.test.seed=" + seed, FaultyProvider.erratic(seed),
                    i % 2 == 0 ? Carriers.ON : Carriers.OFF, seed % 2 == 0, 2));
        }
        return Setup.wanted(setups);
    }

    private static Setup setup(String name, boolean mayPwait2, Carriers carriers, boolean nonBlocking, int weight) {
        return setup(name, new EpollProvider(mayPwait2), carriers, nonBlocking, weight);
    }

    private static Setup setup(String name, DriverProvider provider, Carriers carriers, boolean nonBlocking, int weight) {
        return new Setup(name, provider, carriers, () -> new LibcGround(nonBlocking), SMALL_OPERATIONS, weight);
    }
}
