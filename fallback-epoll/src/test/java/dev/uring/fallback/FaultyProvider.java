package dev.uring.fallback;

import dev.uring.ffi.PollFlag;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SystemCallException;
import dev.uring.runtime.Driver;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.LibcSys;
import dev.uring.runtime.Sys;
import dev.uring.runtime.sim.Dice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Epoll whose reports, or whose system calls, are not as usual, and yet as {@link Poller} and {@link Sys} allow. */
public final class FaultyProvider implements DriverProvider {
    private static final long WAIT_MAX_NANOS = 500_000;

    private final String kind;
    private final Pollers pollers;
    private final Sys sys;
    private int drivers;

    /** What reports: the number differs for each driver. */
    private interface Pollers {
        Poller over(Poller epoll, int number);
    }

    private FaultyProvider(String kind, Pollers pollers, Sys sys) {
        this.kind = kind;
        this.pollers = pollers;
        this.sys = sys;
    }

    /** Every poll reports every descriptor. */
    public static FaultyProvider spurious() {
        return new FaultyProvider("spurious", (epoll, _) -> new Spurious(epoll), LibcSys.INSTANCE);
    }

    /** Reports come in pieces, twice and late, as the seed has it. */
    public static FaultyProvider erratic(long seed) {
        return new FaultyProvider("erratic seed=" + seed, (epoll, number) -> new Erratic(epoll, new Dice(seed + number)),
                LibcSys.INSTANCE);
    }

    /** Reports are as usual, and attempts make these calls. */
    public static FaultyProvider over(Sys sys) {
        return new FaultyProvider("other calls", (epoll, _) -> epoll, sys);
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Availability probe(boolean forced) {
        return new Availability.Available(kind, null);
    }

    @Override
    public Driver create(Availability.Available available, RingOptions options) throws IOException {
        return new ReadinessDriver(pollers.over(epoll(), drivers++), sys, options);
    }

    private static EpollPoller epoll() throws SystemCallException {
        return new EpollPoller(true);
    }

    /** Passes everything on. */
    private abstract static class Decorator implements Poller {
        final Poller epoll;

        Decorator(Poller epoll) {
            this.epoll = epoll;
        }

        @Override
        public int watch(Watched descriptor) {
            return epoll.watch(descriptor);
        }

        @Override
        public void expect(Watched descriptor) {
            epoll.expect(descriptor);
        }

        @Override
        public void forget(Watched descriptor) {
            epoll.forget(descriptor);
        }

        @Override
        public void wakeUp() {
            epoll.wakeUp();
        }

        @Override
        public void close() {
            epoll.close();
        }
    }

    private static final class Spurious extends Decorator {
        private final Set<Integer> watched = new TreeSet<>();

        Spurious(Poller epoll) {
            super(epoll);
        }

        @Override
        public int watch(Watched descriptor) {
            int result = super.watch(descriptor);
            if (result == WATCHED) {
                watched.add(descriptor.fd);
            }
            return result;
        }

        @Override
        public void forget(Watched descriptor) {
            watched.remove(descriptor.fd);
            super.forget(descriptor);
        }

        @Override
        public void poll(long timeoutNanos, Listener listener) {
            epoll.poll(watched.isEmpty() ? timeoutNanos : Math.min(timeoutNanos, WAIT_MAX_NANOS), listener);
            for (int fd : watched) {
                listener.ready(fd, PollFlag.READABLE | PollFlag.WRITABLE);
            }
        }
    }

    private static final class Erratic extends Decorator {
        private static final int LATE_POLLS_MAX = 4;

        private final Dice dice;
        private List<Report> held = new ArrayList<>();

        /** A report, and how many polls it is to be held back. It outlives a {@link #forget}: numbers are used again. */
        private record Report(int fd, int events, int polls) {
        }

        Erratic(Poller epoll, Dice dice) {
            super(epoll);
            this.dice = dice;
        }

        @Override
        public void poll(long timeoutNanos, Listener listener) {
            epoll.poll(held.isEmpty() ? timeoutNanos : Math.min(timeoutNanos, WAIT_MAX_NANOS), this::hold);
            List<Report> all = held;
            held = new ArrayList<>();
            for (Report each : all) {
                if (each.polls == 0) {
                    listener.ready(each.fd, each.events);
                } else {
                    held.add(new Report(each.fd, each.events, each.polls - 1));
                }
            }
        }

        private void hold(int fd, int events) {
            for (int copies = dice.oneIn(3) ? 2 : 1; copies > 0; copies--) {
                if (dice.oneIn(2)) {
                    add(fd, events);
                } else {
                    for (int rest = events; rest != 0; rest &= rest - 1) {
                        add(fd, Integer.lowestOneBit(rest));
                    }
                }
            }
        }

        private void add(int fd, int events) {
            held.add(dice.below(held.size() + 1), new Report(fd, events, dice.oneIn(2) ? 0 : dice.below(LATE_POLLS_MAX)));
        }
    }
}
