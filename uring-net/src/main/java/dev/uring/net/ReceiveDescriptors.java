package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.ControlMessage;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SocketOption;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.MessageOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Receives bytes over a Unix stream, and the descriptors that came with them; waits if there are none.
 *
 * <p>Kernel: RECVMSG, 5.3, io_uring_prep_recvmsg(3), recvmsg(2), unix(7). Result: bytes moved, 0 to the capacity; 0 is the
 * end. Errors: as recvmsg(2) lists them, as java.net's exceptions. Memory: the buffer is the kernel's until the terminal
 * result; header and control data are held here. Descriptors that nobody takes are closed.
 */
public final class ReceiveDescriptors extends MessageOp<ReceivedDescriptors> {
    private static final int FLAGS = MessageFlag.CLOSE_ON_EXEC;

    private final SocketMessage message;

    /**
     * Describes a receive.
     *
     * @param descriptorsMax for how many there is room, 1 to 253
     */
    public ReceiveDescriptors(UnixStream stream, IoBuffer buffer, int descriptorsMax) {
        super(stream, buffer);
        if (descriptorsMax < 1 || descriptorsMax > ReceivedDescriptors.MAX) {
            throw new IllegalArgumentException("descriptorsMax must be 1 to " + ReceivedDescriptors.MAX
                    + ": descriptorsMax=" + descriptorsMax);
        }
        // Without the padding, in which the kernel would find room for one more.
        long bytes = ControlMessage.SIZE + (long) descriptorsMax * Integer.BYTES;
        message = new SocketMessage(MemorySegment.NULL, Arena.ofAuto().allocate(bytes, Long.BYTES));
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECVMSG)) {
            return false;
        }
        sqe.recvmsg(descriptor().fd(), describe().header(), FLAGS);
        return true;
    }

    private SocketMessage describe() {
        return message.piece(memory(), (int) memory().byteSize()).controlBytes(message.control().byteSize());
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.recvmsg(descriptor().fd(), describe(), FLAGS);
    }

    @Override
    protected ReceivedDescriptors decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        List<PassedDescriptor> descriptors = new ArrayList<>();
        forEachNumber(fd -> descriptors.add(new PassedDescriptor(fd, runtime())));
        return new ReceivedDescriptors(res, buffer(), List.copyOf(descriptors),
                (message.flags() & MessageFlag.CONTROL_TRUNCATED) != 0);
    }

    private void forEachNumber(IntConsumer action) {
        MemorySegment control = message.control();
        long bytes = Math.min(message.controlBytes(), control.byteSize());
        for (long at = 0; ControlMessage.isPresent(control, at, bytes); at = ControlMessage.next(control, at)) {
            if (ControlMessage.level(control, at) == SocketOption.LEVEL_SOCKET
                    && ControlMessage.type(control, at) == ControlMessage.RIGHTS) {
                for (int fd : ControlMessage.data(control, at).toArray(ValueLayout.JAVA_INT)) {
                    action.accept(fd);
                }
            }
        }
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        forEachNumber(this::discardDescriptor);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }
}
