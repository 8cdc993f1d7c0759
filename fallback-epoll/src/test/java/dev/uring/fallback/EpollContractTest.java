package dev.uring.fallback;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.DriverContract;
import dev.uring.runtime.LibcGround;
import dev.uring.runtime.Setup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on epoll, with descriptors that block and that do not; and as before Linux 5.11. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class EpollContractTest extends DriverContract {
    private static final int WEIGHT = Boolean.getBoolean("uring.test.full") ? 100 : 30;

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (Carriers carriers : new Carriers[] {Carriers.ON, Carriers.OFF}) {
            setups.add(setup("epoll", true, carriers, false, WEIGHT));
            setups.add(setup("epoll non-blocking", true, carriers, true, 5));
        }
        setups.add(setup("epoll without epoll_pwait2", false, Carriers.ON, true, 2));
        return setups;
    }

    private static Setup setup(String name, boolean mayPwait2, Carriers carriers, boolean nonBlocking, int weight) {
        return new Setup(name, new EpollProvider(mayPwait2), carriers, () -> new LibcGround(nonBlocking),
                ReadinessDriver.operationsMax(SMALL), weight);
    }
}
