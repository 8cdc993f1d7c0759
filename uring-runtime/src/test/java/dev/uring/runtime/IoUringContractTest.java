package dev.uring.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on io_uring as this kernel has it. */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class IoUringContractTest extends DriverContract {
    private static final String NO_WAIT =
            "a linked read of a non-blocking descriptor answers EAGAIN, which breaks the chain before anyone can wait";
    private static final Map<String, String> SKIPPED = Map.of(
            "member_waits_for_the_one_before", NO_WAIT,
            "cancel_of_the_member_that_waits_ends_the_chain", NO_WAIT,
            "cancel_of_a_later_member_takes_effect_at_its_turn", NO_WAIT,
            "cancel_at_once_ends_a_chain_that_has_not_begun", NO_WAIT,
            "close_of_a_descriptor_ends_a_chain_on_it", NO_WAIT);

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (boolean nonBlocking : new boolean[] {false, true}) {
            for (Carriers carriers : new Carriers[] {Carriers.ON, Carriers.OFF}) {
                setups.add(new Setup("io_uring" + (nonBlocking ? " non-blocking" : ""), new IoUringProvider(""), carriers,
                        () -> new LibcGround(nonBlocking), SMALL_OPERATIONS, nonBlocking ? 5 : 30, nonBlocking ? SKIPPED : Map.of()));
            }
        }
        return setups;
    }
}
