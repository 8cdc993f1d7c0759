package dev.uring.runtime;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on io_uring less what older kernels lack. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class IoUringMaskedContractTest extends DriverContract {
    private static final List<String> MASKS = List.of("READ,WRITE", "READ", "POLL_ADD", "CLOSE,NOP",
            "BUFFER_RING", "READ_MULTISHOT", "DEFER_TASKRUN", "SINGLE_ISSUER", "TIMED_WAIT", "TASKRUN_FLAG,SYNC_CANCEL",
            "NO_SQARRAY,SUBMIT_ALL,NO_IOWAIT,RING_DESCRIPTOR",
            // What Linux 5.10 has of all that.
            "SINGLE_ISSUER,DEFER_TASKRUN,COOP_TASKRUN,TASKRUN_FLAG,NO_SQARRAY,SUBMIT_ALL,NO_IOWAIT,RING_DESCRIPTOR,"
                    + "BUFFER_RING,READ_MULTISHOT,TIMED_WAIT,WORKER_LIMITS,COMPLETION_SKIP,CANCEL_BY_DESCRIPTOR,SYNC_CANCEL,"
                    + "SPARSE_TABLES,CLONE_BUFFERS");

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (String mask : MASKS) {
            // Every other group in either mode; without READ and WRITE, and as on 5.10, in both.
            boolean even = MASKS.indexOf(mask) % 2 == 0;
            boolean both = mask.contains("WRITE") || mask.contains("COOP_TASKRUN");
            for (Carriers carriers : both ? List.of(Carriers.ON, Carriers.OFF)
                    : List.of(even ? Carriers.ON : Carriers.OFF)) {
                setups.add(setup(mask, carriers, false));
                if (mask.contains("WRITE")) {
                    setups.add(setup(mask, carriers, true));
                }
            }
        }
        return setups;
    }

    private static Setup setup(String mask, Carriers carriers, boolean nonBlocking) {
        return new Setup("io_uring without " + mask + (nonBlocking ? " non-blocking" : ""), new IoUringProvider(mask),
                carriers, () -> new LibcGround(nonBlocking), SMALL_OPERATIONS, 2);
    }
}
