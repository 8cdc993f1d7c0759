package dev.uring.net;

import dev.uring.fallback.EpollProvider;
import dev.uring.fallback.NioProvider;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.LibcSys;
import dev.uring.runtime.Mask;
import dev.uring.runtime.Setup;
import dev.uring.runtime.sim.SimulatedProvider;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tests of sockets run on: every driver, in both modes. */
final class Setups {
    private static final List<Carriers> BOTH = List.of(Carriers.ON, Carriers.OFF);
    private static final int SEEDS = 3;
    /** Of normal builds; those with -Pfull play fresh ones. */
    private static final long FIRST_SEED = 20261127;
    static final int ROOM = 1024;

    private static final Map<String, String> NIO_SKIPS = Map.of(
            "errors_have_the_same_type_and_number_on_every_driver",
            "java.nio shuts no listener down, and tells no end of a connection that was not read to it");

    private Setups() {
    }

    /**
     * {@code -Dtest.args=-During.test.setup=epoll} runs those alone whose name begins so (or "io_uring carriers", to have
     * one; it is a pattern), {@code -During.test.seed=N} the simulated driver with that seed alone.
     */
    static List<Setup> all() {
        boolean full = Boolean.getBoolean("uring.test.full");
        List<Setup> setups = new ArrayList<>();
        add(setups, "io_uring", Setup.ioUringWithout(""), BOTH);
        for (Mask mask : Mask.values()) {
            add(setups, mask.world(), Setup.ioUringWithout(mask.names()), mask.modes(full));
        }
        add(setups, "epoll", new EpollProvider(), BOTH);
        add(setups, "nio", new NioProvider(), BOTH);
        long first = Long.getLong("uring.test.seed", full ? System.nanoTime() : FIRST_SEED);
        for (int i = 0; i < (Long.getLong("uring.test.seed") == null ? SEEDS : 1); i++) {
            add(setups, "simulated uring.test.seed=" + (first + i),
                    new SimulatedProvider(first + i, LibcSys.INSTANCE, ROOM), BOTH);
        }
        return Setup.wanted(setups);
    }

    private static void add(List<Setup> setups, String name, DriverProvider driver, List<Carriers> modes) {
        boolean light = name.startsWith("simulated");
        for (Carriers carriers : modes) {
            setups.add(new Setup(name, driver, carriers, () -> null, ROOM, light ? 10 : 100,
                    name.equals("nio") ? NIO_SKIPS : Map.of()));
        }
    }

    /** Answers whether this host has IPv6: a container may have none. */
    static boolean hasLoopback6() throws SocketException {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    }
}
