package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Waits with a {@link Selector}, which tells the same again and again while nobody acts on it. So an interest begins when
 * somebody waits, and ends with the first report that nobody waits for; whoever waits, receives and waits again changes
 * nothing.
 *
 * <p>Keys live as long as their channels: a key that is cancelled cannot be had again before the next selection.
 */
final class NioPoller implements Poller {
    private static final int EVERYTHING = PollFlag.READABLE | PollFlag.WRITABLE;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final NioSys sys;
    private final Selector selector;
    private final Consumer<SelectionKey> report = this::report;
    /** Those with OP_CONNECT, with which a selection returns at once, and for nothing, when the connection stands. */
    private final Set<SelectionKey> connecting = new HashSet<>();
    /** Who is told by the {@link #poll} in progress. */
    private Listener listener;
    /** A selection between two polls may have swallowed a wake-up. */
    private boolean isWoken;
    private long interestChanges;

    NioPoller(NioSys sys) throws IOException {
        this.sys = sys;
        selector = Selector.open();
    }

    /** How often the host had to be told of an interest, each a system call. */
    long interestChanges() {
        return interestChanges;
    }

    @Override
    public int watch(Watched descriptor) {
        NioOpened opened = sys.opened(descriptor.fd);
        if (opened == null) {
            return -Errno.EBADF;
        }
        if (!(opened instanceof NioSelectable selectable)) {
            return NOT_POLLABLE;
        }
        try {
            SelectionKey key = selectable.register(selector, descriptor);
            if (key == null) {
                return TOO_EARLY;
            }
            descriptor.handle = key;
            return WATCHED;
        } catch (IOException e) {
            return -NioErrno.of(e);
        }
    }

    @Override
    public void expect(Watched descriptor) {
        try {
            lookFor(descriptor);
        } catch (CancelledKeyException e) { // a connect failed, which takes the channel along, and was made again
            if (watch(descriptor) == WATCHED) {
                lookFor(descriptor);
            }
        }
    }

    private void lookFor(Watched descriptor) {
        SelectionKey key = (SelectionKey) descriptor.handle;
        setInterest(key, key.interestOps() | NioSelectable.operations(key, descriptor.awaitedEvents()));
    }

    private void setInterest(SelectionKey key, int operations) {
        if (!NioSelectable.isConnecting(key)) {
            operations &= ~SelectionKey.OP_CONNECT;
        }
        if (key.interestOps() != operations) {
            interestChanges++;
            key.interestOps(operations);
        }
        if ((operations & SelectionKey.OP_CONNECT) != 0) {
            connecting.add(key);
        }
    }

    @Override
    public void forget(Watched descriptor) {
        SelectionKey key = (SelectionKey) descriptor.handle;
        connecting.remove(key);
        key.cancel();
        try {
            selector.selectNow(_ -> { }); // what is ready is told again
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        isWoken = true;
    }

    @Override
    public void poll(long timeoutNanos, Listener listener) {
        this.listener = listener;
        try {
            int count = select(isWoken ? 0 : timeoutNanos);
            isWoken = false;
            if (count == 0 && !connecting.isEmpty()) {
                reportConnected();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int select(long timeoutNanos) throws IOException {
        if (timeoutNanos <= 0) {
            return selector.selectNow(report);
        }
        return timeoutNanos == Long.MAX_VALUE ? selector.select(report)
                : selector.select(report, (timeoutNanos - 1) / NANOS_PER_MILLI + 1); // later, never early
    }

    private void report(SelectionKey key) {
        int events;
        try {
            events = NioSelectable.events(key.readyOps());
        } catch (CancelledKeyException e) { // as below, this moment and on another worker
            events = EVERYTHING;
        }
        report(key, events);
    }

    private void report(SelectionKey key, int events) {
        Watched descriptor = (Watched) key.attachment();
        int awaited = descriptor.awaitedEvents();
        listener.ready(descriptor.fd, events);
        try {
            int interest = key.interestOps() & ~NioSelectable.operations(key, events & ~awaited);
            if ((interest & SelectionKey.OP_CONNECT) != 0 && !NioSelectable.isConnecting(key)) {
                connecting.remove(key);
                interest |= NioSelectable.operations(key, descriptor.awaitedEvents());
            }
            setInterest(key, interest);
        } catch (CancelledKeyException e) { // a connect failed: there will be no other report
            connecting.remove(key);
            listener.ready(descriptor.fd, EVERYTHING);
        }
    }

    /** Another worker has finished the connection, which a selection does not tell. */
    private void reportConnected() {
        for (SelectionKey key : new ArrayList<>(connecting)) {
            if (!key.isValid() || !NioSelectable.isConnecting(key)) {
                report(key, EVERYTHING);
            }
        }
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "nio interestChanges=" + interestChanges;
    }
}
