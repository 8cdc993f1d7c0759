package dev.uring.fallback;

import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What can be waited for: a channel that does not block, or a socket that has none yet.
 *
 * <p>Channels have locks, and a task that waits for one would leave its carrier in the middle of the driver's work. So
 * nobody calls a channel without {@link #enter}, which waits on the processor, and for one call that does not block.
 */
abstract class NioSelectable extends NioOpened {
    private static final int WHEN_READABLE = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WHEN_WRITABLE = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private final AtomicBoolean busy = new AtomicBoolean();

    final void enter() {
        while (!busy.compareAndSet(false, true)) { // ends: whoever is inside makes one call
            Thread.onSpinWait();
        }
    }

    final void leave() {
        busy.set(false);
    }

    /** Answers the channel, or null while there is none; inside {@link #enter}. */
    abstract SelectableChannel channel() throws IOException;

    /** The answer of poll(2) for a socket without a channel. */
    abstract int pollUnconnected(int events);

    /** Adds the channel to a selector, with no interest yet; answers null while there is none. */
    final SelectionKey register(Selector selector, Object attachment) throws IOException {
        enter();
        try {
            SelectableChannel channel = channel();
            return channel == null ? null : channel.register(selector, 0, attachment);
        } finally {
            leave();
        }
    }

    /** With a selector of its own: keys that stay would keep the ports of closed listeners. */
    @Override
    final int poll(int events) throws IOException {
        try (Selector selector = Selector.open()) {
            SelectionKey key = register(selector, null);
            if (key == null) {
                return pollUnconnected(events);
            }
            key.interestOps(operations(key, events));
            selector.selectNow();
            return events(key.readyOps());
        }
    }

    /** Answers what a selector must look for so that it tells of these {@link PollFlag}s, as far as it can. */
    static int operations(SelectionKey key, int events) {
        int operations = 0;
        if ((events & PollFlag.READABLE) != 0) {
            operations |= WHEN_READABLE;
        }
        if ((events & PollFlag.WRITABLE) != 0) {
            operations |= isConnecting(key) ? SelectionKey.OP_CONNECT : SelectionKey.OP_WRITE;
        }
        return operations & key.channel().validOps();
    }

    /** Answers the {@link PollFlag}s that a selector's answer means; it tells no error and no hang-up. */
    static int events(int operations) {
        return ((operations & WHEN_READABLE) != 0 ? PollFlag.READABLE : 0)
                | ((operations & WHEN_WRITABLE) != 0 ? PollFlag.WRITABLE : 0);
    }

    static boolean isConnecting(SelectionKey key) {
        return key.channel() instanceof SocketChannel channel && channel.isConnectionPending();
    }
}
