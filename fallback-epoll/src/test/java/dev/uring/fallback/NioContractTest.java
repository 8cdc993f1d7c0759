package dev.uring.fallback;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.DriverContract;
import dev.uring.runtime.Setup;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on java.nio, whose numbers come from the ground of each case. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class NioContractTest extends DriverContract {
    private static final int WEIGHT = Boolean.getBoolean("uring.test.full") ? 100 : 30;
    private static final Map<String, String> SKIPS = Map.of("poll_tells_a_hang_up_unasked",
            "a selector of java.nio tells a hang-up as readable and an error as writable");

    static List<Setup> setups() {
        return Stream.of(Carriers.ON, Carriers.OFF).map(NioContractTest::setup).toList();
    }

    private static Setup setup(Carriers carriers) {
        NioGround[] current = {new NioGround()}; // the driver is asked for before there is a case
        return new Setup("nio", new NioProvider(() -> current[0].sys()), carriers, () -> {
            current[0] = new NioGround();
            return current[0];
        }, SMALL_OPERATIONS, WEIGHT, SKIPS);
    }
}
