package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A connect that has failed already, for want of a socket such as was asked for; it tells so as all operations do. */
final class NoSocket extends Op<TcpStream> {
    private final String operands;
    private final boolean isOption;
    private final int result;

    private NoSocket(String operands, boolean isOption, int result) {
        this.operands = operands;
        this.isOption = isOption;
        this.result = result;
    }

    /** Describes it by what socket(2) or bind(2) answered. */
    static NoSocket of(String operands, int result) {
        return new NoSocket(operands, false, result);
    }

    /** Describes it by the option that could not be set. */
    static NoSocket of(String operands, OptionSettings.Refusal refusal) {
        return new NoSocket(operands + " " + refusal.setting(), true, refusal.result());
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return result;
    }

    @Override
    protected TcpStream decode(int res, int flags) throws IOException {
        throw failure(-res);
    }

    @Override
    protected IOException failure(int errno) {
        return isOption ? NetSocket.optionFailure(operation(), operands, errno)
                : SocketErrors.of(operation(), operands, errno);
    }

    @Override
    protected String operation() {
        return "connect";
    }

    @Override
    protected String operands() {
        return operands;
    }
}
