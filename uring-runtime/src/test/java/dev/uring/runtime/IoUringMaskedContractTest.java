package dev.uring.runtime;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on io_uring less what older kernels lack. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class IoUringMaskedContractTest extends DriverContract {
    private static final boolean FULL = Boolean.getBoolean("uring.test.full");

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (Mask mask : Mask.values()) {
            boolean reads = mask == Mask.READS_AND_WRITES;
            for (Carriers carriers : mask.modes(FULL || reads || mask == Mask.AFTER_LINUX_5_10)) {
                setups.add(setup(mask.world(), mask.names(), carriers, false));
                if (reads) {
                    setups.add(setup(mask.world(), mask.names(), carriers, true));
                }
            }
        }
        for (String opcode : FULL ? Mask.singles() : List.<String>of()) {
            setups.add(setup("io_uring without " + opcode, opcode, Carriers.ON, false));
        }
        return setups;
    }

    private static Setup setup(String world, String mask, Carriers carriers, boolean nonBlocking) {
        return new Setup(world + (nonBlocking ? " non-blocking" : ""), new IoUringProvider(mask), carriers,
                () -> new LibcGround(nonBlocking), SMALL_OPERATIONS, 2);
    }
}
