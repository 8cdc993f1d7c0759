package dev.uring.runtime;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on io_uring as this kernel has it. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class IoUringContractTest extends DriverContract {
    private static final int WEIGHT = Setup.usualWeight();

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (boolean nonBlocking : new boolean[] {false, true}) {
            for (Carriers carriers : new Carriers[] {Carriers.ON, Carriers.OFF}) {
                setups.add(new Setup("io_uring" + (nonBlocking ? " non-blocking" : ""), new IoUringProvider(""), carriers,
                        () -> new LibcGround(nonBlocking), SMALL_OPERATIONS, nonBlocking ? 5 : WEIGHT));
            }
        }
        return Setup.wanted(setups);
    }
}
