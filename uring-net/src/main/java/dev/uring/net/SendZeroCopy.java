package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Sends all of a buffer's bytes, up to its length, without a copy: the network card reads them from the buffer, which comes
 * back when the peer has acknowledged them ({@link IoBuffer#awaitOwned}), some time after the result.
 *
 * <p>Kernel: SEND_ZC, 6.0, io_uring_prep_send_zc(3), send(2). With a buffer of a registered pool its pages are not pinned each
 * time. Result: bytes taken over, all of them unless the connection ended; on a loopback device, and where it is SEND (below
 * 6.0, and when no more memory may be locked), the kernel copies, and the buffer is back at once. Errors: as send(2) lists
 * them, EPIPE and ECONNRESET above all, as java.net's exceptions; EOPNOTSUPP on a socket of another family than the
 * Internet's, see {@link StreamSocket#sendZeroCopy}. Memory: the buffer is the kernel's until the notification, whatever the
 * result.
 */
public final class SendZeroCopy extends BufferOp {
    /** Has the kernel go on by itself until all is taken over, as there is one result for one notification. */
    private static final int FLAGS = MessageFlag.NO_SIGNAL | MessageFlag.WAIT_ALL;

    /** The kernel had no locked memory left for the pages; the worker's. */
    private boolean copies;

    /** Describes a send. */
    public SendZeroCopy(StreamSocket socket, IoBuffer buffer) {
        super(socket, buffer);
        beWhole();
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean isZeroCopy() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (copies) {
            return prepareCopy(sqe, kernel);
        }
        if (!kernel.supports(Opcode.SEND_ZC)) {
            tellDegraded("SendZeroCopy copies, since this kernel has no opcode SEND_ZC (Linux 6.0)");
            return prepareCopy(sqe, kernel);
        }
        int registered = registeredIndex();
        if (registered >= 0 && kernel.supports(Opcode.WRITE_FIXED)) { // a ring without the pool denies it
            sqe.sendZeroCopyFixed(descriptor().fd(), memory(), lengthBytes(), FLAGS, 0, registered);
        } else {
            sqe.sendZeroCopy(descriptor().fd(), memory(), lengthBytes(), FLAGS, 0);
        }
        return true;
    }

    /** The pages of all sends in flight count as locked memory, but for those of registered pools. */
    @Override
    protected boolean retries(int errno) {
        if (copies || errno != Errno.ENOMEM) {
            return false;
        }
        copies = true;
        tellDegraded("SendZeroCopy copies, since no more memory may be locked (ENOMEM): raise the limit (ulimit -l,"
                + " LimitMEMLOCK=, --ulimit memlock=-1), or send from a registered pool");
        return true;
    }

    private boolean prepareCopy(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SEND)) {
            return false;
        }
        sqe.send(descriptor().fd(), memory(), lengthBytes(), MessageFlag.NO_SIGNAL);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.send(descriptor().fd(), memory(), lengthBytes(), MessageFlag.NO_SIGNAL);
    }

    @Override
    protected String operation() {
        return "send";
    }
}
