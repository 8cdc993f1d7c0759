package dev.uring.net;

import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToLongFunction;

/** A socket of any kind: what its addresses, options and errors have in common. For any thread. */
public abstract class NetSocket extends Descriptor {
    /** Close waits for bytes to go out; inherited from the listener, or set. */
    private volatile boolean lingers;

    NetSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    // ---- options ----

    /**
     * Sets an option: one of {@link java.net.StandardSocketOptions} or {@link LinuxSocketOptions}, or one by the name of such, at
     * once and without waiting. The kernel may take less than was asked for, as of buffer sizes: {@link #getOption} tells.
     *
     * <p>With {@link java.net.StandardSocketOptions#SO_LINGER} (seconds, -1 for off) a close waits, on a thread of the
     * blocking pool, until the peer has what was sent or the time is over; with 0 it throws away what was not sent, and the
     * peer sees a reset.
     *
     * @throws UnsupportedOperationException when the option is not known, or not to this kind of socket, kernel or driver
     * @throws IllegalArgumentException when the value is out of range
     * @throws java.net.SocketException when the kernel refuses it, as with EPERM
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public final <T> void setOption(SocketOption<T> option, T value) throws IOException {
        KernelOption known = KernelOption.of(option);
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment room = KernelOption.room(scope);
            int bytes = known.codec().encode(option, option.type().cast(value), room);
            requireOption("setsockopt", option, " value=" + value, call(sys -> known.set(sys, fd(), room, bytes)));
        }
        if (option.name().equals(StandardSocketOptions.SO_LINGER.name())) {
            lingers = lingers(option, value);
        }
    }

    /**
     * Reads an option, see {@link #setOption}. Of SO_SNDBUF and SO_RCVBUF the kernel keeps twice what was set, and needs
     * half for itself: what is answered is what was set.
     *
     * @throws UnsupportedOperationException when the option is not known, or not to this kind of socket, kernel or driver
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public final <T> T getOption(SocketOption<T> option) throws IOException {
        KernelOption known = KernelOption.of(option);
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment room = KernelOption.room(scope);
            long bytes = call(sys -> known.get(sys, fd(), room));
            requireOption("getsockopt", option, "", bytes);
            return option.type().cast(known.codec().decode(room, (int) bytes));
        }
    }

    /** Answers the options that this socket has, here and now: the kernel is asked for each. None after the close. */
    public final Set<SocketOption<?>> supportedOptions() {
        Set<SocketOption<?>> supported = new LinkedHashSet<>();
        for (KernelOption each : KernelOption.all()) {
            if (each.option() != null && has(each)) {
                supported.add(each.option());
            }
        }
        return Collections.unmodifiableSet(supported);
    }

    private boolean has(KernelOption option) {
        try (Arena scope = Arena.ofConfined()) {
            return isOpen() && call(sys -> option.get(sys, fd(), KernelOption.room(scope))) >= 0;
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /**
     * Takes the error that the kernel holds for the socket (SO_ERROR), such as ECONNRESET: no operation tells it again.
     *
     * @return null for none; always on java.nio, which holds none
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public final IOException takeError() throws IOException {
        long errno = call(sys -> KernelOption.number(sys, fd(), dev.uring.ffi.SocketOption.ERROR));
        require("getsockopt", errno);
        return errno == 0 ? null : SocketErrors.of("socket", "fd=" + fd(), (int) errno);
    }

    private void requireOption(String operation, SocketOption<?> option, String more, long result) throws IOException {
        if (result < 0) {
            throw optionFailure(operation, "fd=" + fd() + " option=" + option.name() + more, (int) -result);
        }
    }

    /** Throws that there is no such option, or answers any other reason. */
    static IOException optionFailure(String operation, String operands, int errno) {
        IOException failure = SocketErrors.of(operation, operands, errno);
        if (KernelOption.isMissing(errno)) {
            throw new UnsupportedOperationException(failure.getMessage(), failure);
        }
        return failure;
    }

    /** Answers whether a socket with this option set so waits in close. */
    static boolean lingers(SocketOption<?> option, Object value) {
        return option.name().equals(StandardSocketOptions.SO_LINGER.name()) && (Integer) value > 0;
    }

    /** The socket has inherited, or was made with, an option that has close wait. */
    final void lingers(boolean does) {
        lingers = does;
    }

    final boolean lingers() {
        return lingers;
    }

    /** Throws what a call on this socket failed with. */
    final void require(String operation, long result) throws IOException {
        if (result < 0) {
            throw SocketErrors.of(operation, "fd=" + fd(), (int) -result);
        }
    }

    /** Makes a call that does not wait, and throws what it failed with. */
    final long askFor(String operation, ToLongFunction<Sys> call) throws IOException {
        long result = call(call);
        require(operation, result);
        return result;
    }

    /** Only a socket that lingers, and then the kernel has whoever closes it sleep, the ring's worker too. */
    @Override
    protected boolean closeMayBlock() {
        return lingers;
    }

    @Override
    protected boolean closesOnPool() {
        return lingers;
    }

    @Override
    protected IOException failure(String operation, String operands, int errno) {
        return SocketErrors.of(operation, operands, errno);
    }
}
