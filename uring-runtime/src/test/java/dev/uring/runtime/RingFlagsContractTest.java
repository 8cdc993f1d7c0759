package dev.uring.runtime;

import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on rings with other set-up flags than a worker asks for by itself. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class RingFlagsContractTest extends DriverContract {
    private static final int WEIGHT = Boolean.getBoolean("uring.test.full") ? 30 : 3;
    private static final int POLL_THREAD_IDLE_MILLIS = 1;

    /** Asks for rings as a user would, who gives {@link UringRuntime.Builder#ring} other flags. */
    private record Asking(UnaryOperator<RingOptions> flags, DriverProvider ring) implements DriverProvider {
        @Override
        public String name() {
            return ring.name();
        }

        @Override
        public int rank() {
            return ring.rank();
        }

        @Override
        public Availability probe(boolean forced) {
            return ring.probe(forced);
        }

        @Override
        public Driver create(Availability.Available available, RingOptions options) throws IOException {
            return ring.create(available, flags.apply(options));
        }
    }

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        add(setups, "SQPOLL", Carriers.ON, asked -> asked.withPollThread(-1, POLL_THREAD_IDLE_MILLIS));
        add(setups, "SQPOLL", Carriers.OFF, asked -> asked.withPollThread(-1, POLL_THREAD_IDLE_MILLIS));
        add(setups, "COOP_TASKRUN", Carriers.ON, asked -> asked.withPreferred(RingOptions.SHARED));
        add(setups, "COOP_TASKRUN without TASKRUN_FLAG", Carriers.OFF,
                asked -> asked.withPreferred(SetupFlag.COOP_TASKRUN));
        add(setups, "no flags", Carriers.ON, asked -> asked.withPreferred(0));
        return setups;
    }

    private static void add(List<Setup> setups, String name, Carriers carriers, UnaryOperator<RingOptions> flags) {
        setups.add(new Setup("io_uring " + name, new Asking(flags, new IoUringProvider("")), carriers,
                () -> new LibcGround(false), SMALL_OPERATIONS, WEIGHT));
    }
}
