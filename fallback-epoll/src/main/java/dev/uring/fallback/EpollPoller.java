package dev.uring.fallback;

import dev.uring.ffi.Epoll;
import dev.uring.ffi.EpollFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.SystemCallException;
import dev.uring.runtime.WakeUp;
import java.lang.System.Logger.Level;

/** Waits with epoll(7), edge-triggered: each descriptor is registered once, and the kernel is not told who waits. */
final class EpollPoller implements Poller {
    private static final int EVERYTHING = EpollFlag.READABLE | EpollFlag.WRITABLE | EpollFlag.PRIORITY
            | EpollFlag.PEER_FINISHED | EpollFlag.EDGE_TRIGGERED;

    private final WakeUp wakeUp;
    private final Epoll epoll;

    /**
     * Makes an epoll instance.
     *
     * @param mayPwait2 see {@link Epoll#create}
     * @throws SystemCallException EMFILE, ENFILE, ENOMEM
     */
    EpollPoller(boolean mayPwait2) throws SystemCallException {
        wakeUp = new WakeUp();
        try {
            epoll = Epoll.create(mayPwait2);
        } catch (SystemCallException e) {
            wakeUp.close();
            throw e;
        }
        // Each write to an eventfd is an edge, so its count is never read.
        int result = epoll.add(wakeUp.fd(), EpollFlag.READABLE | EpollFlag.EDGE_TRIGGERED);
        if (result < 0) {
            close();
            throw new IllegalStateException("epoll_ctl failed: fd=" + wakeUp.fd() + " errno="
                    + Errno.describe(-result) + "; " + remedy(-result));
        }
    }

    boolean hasPwait2() {
        return epoll.hasPwait2();
    }

    private static String remedy(int errno) {
        return errno == Errno.ENOSPC ? "raise the sysctl fs.epoll.max_user_watches" : "free memory";
    }

    @Override
    public int watch(Watched descriptor) {
        int result = epoll.add(descriptor.fd, EVERYTHING);
        return switch (-result) {
            case 0 -> WATCHED;
            case Errno.EPERM -> NOT_POLLABLE; // a file or directory
            case Errno.ENOSPC, Errno.ENOMEM -> {
                System.getLogger("dev.uring").log(Level.WARNING, "epoll cannot watch a descriptor: fd=" + descriptor.fd
                        + " errno=" + Errno.describe(-result) + "; remedy: " + remedy(-result));
                yield result;
            }
            default -> result;
        };
    }

    @Override
    public void expect(Watched descriptor) {
        // everything is reported anyway
    }

    /** Without this, an open file that has a second number stays registered after the close, and reports for ever. */
    @Override
    public void forget(Watched descriptor) {
        epoll.remove(descriptor.fd);
    }

    @Override
    public void poll(long timeoutNanos, Listener listener) {
        int count = epoll.await(timeoutNanos);
        if (count < 0 && count != -Errno.EINTR) {
            throw new IllegalStateException("epoll_wait failed: errno=" + Errno.describe(-count));
        }
        for (int i = 0; i < count; i++) {
            int fd = epoll.fd(i);
            if (fd != wakeUp.fd()) {
                listener.ready(fd, epoll.events(i));
            }
        }
    }

    @Override
    public void wakeUp() {
        wakeUp.signal();
    }

    @Override
    public void close() {
        epoll.close();
        wakeUp.close();
    }

    @Override
    public String toString() {
        return epoll.toString();
    }
}
