package dev.uring.runtime;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Hears the interrupt of a thread that drives a worker. Such a thread sleeps in the driver, where no interrupt reaches
 * it, and while it carries virtual threads its own status is overwritten with theirs. The JDK tells selectors of an
 * interrupt by calling {@link #wakeup}: this is a selector for that alone.
 */
final class InterruptWatch extends AbstractSelector {
    private final Runnable whenInterrupted;
    private volatile boolean interrupted;

    /**
     * Makes one that watches nobody.
     *
     * @param whenInterrupted called on the interrupting thread; must not block
     */
    InterruptWatch(Runnable whenInterrupted) {
        super(null);
        this.whenInterrupted = whenInterrupted;
    }

    /** Watches the calling thread. */
    void start() {
        interrupted = false;
        begin();
    }

    /** Goes on watching the calling thread, where a selector may have taken this one's place: that of a driver. */
    void resume() {
        begin();
    }

    /** Watches no longer. */
    void stop() {
        end();
    }

    /** Answers whether the thread was interrupted since {@link #start}; any thread. */
    boolean isInterrupted() {
        return interrupted;
    }

    @Override
    public Selector wakeup() {
        interrupted = true;
        whenInterrupted.run();
        return this;
    }

    @Override
    protected void implCloseSelector() {
        // there is nothing to close
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int selectNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select(long timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException();
    }
}
