package dev.uring.runtime;

import dev.uring.ffi.RingOptions;
import dev.uring.runtime.sim.Dice;
import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract on the simulated driver. The seed is in the name of the run; {@code -Dtest.args=-During.test.seed=N} runs
 * that one alone.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
class SimulatedContractTest extends DriverContract {
    private static final int SEEDS = 6;
    private static final int SEEDS_FULL = 300;
    /** Of normal builds; those with -Pfull play fresh ones. */
    private static final long FIRST_SEED = 20261127;
    private static final int[] ROOMS = {4, 5, 16, 64, 1024};

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        Long given = Long.getLong("uring.test.seed");
        if (given != null) {
            setups.add(setup(given));
            return setups;
        }
        boolean full = Boolean.getBoolean("uring.test.full");
        long first = full ? System.nanoTime() : FIRST_SEED;
        int count = full ? SEEDS_FULL : SEEDS;
        for (int i = 0; i < count; i++) {
            setups.add(setup(i < 2 ? i + 1 : first + i));
        }
        return setups;
    }

    /** The seed decides the host, the room, and who carries tasks, besides what the driver does with it. */
    private static Setup setup(long seed) {
        Dice dice = new Dice(~seed);
        int room = ROOMS[dice.below(ROOMS.length)];
        Carriers carriers = dice.oneIn(2) ? Carriers.ON : Carriers.OFF;
        int host = dice.below(3);
        String name = "simulated uring.test.seed=" + seed + " room=" + room;
        if (host < 2) {
            boolean nonBlocking = host == 1;
            return new Setup(name + " on libc", new SimulatedProvider(seed, LibcSys.INSTANCE, room), carriers,
                    () -> new LibcGround(nonBlocking), room, 1);
        }
        // One host for each case, which the ground makes and the driver finds.
        MemoryGround[] current = new MemoryGround[1];
        return new Setup(name + " in memory", new InMemory(seed, room, current), carriers, () -> {
            current[0] = new MemoryGround();
            return current[0];
        }, room, 1);
    }

    /** Makes drivers for the host of the current case. */
    private record InMemory(long seed, int room, MemoryGround[] current) implements DriverProvider {
        @Override
        public String name() {
            return "simulated";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Availability probe(boolean forced) {
            return new Availability.Available("seed " + seed, null);
        }

        @Override
        public Driver create(Availability.Available available, RingOptions options) throws IOException {
            return new SimulatedProvider(seed, current[0].host(), room).create(available, options);
        }
    }
}
