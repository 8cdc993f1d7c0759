package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads one byte of a stream, and uses a second descriptor meanwhile, to no end. */
class ReadBesides extends Op<Byte> {
    private final Descriptor stream;
    private final Descriptor other;
    private final MemorySegment one = Arena.ofAuto().allocate(1);

    ReadBesides(Descriptor stream, Descriptor other) {
        this.stream = stream;
        this.other = other;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.read(stream.fd(), one, 1);
    }

    @Override
    protected Byte decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return one.get(ValueLayout.JAVA_BYTE, 0);
    }

    @Override
    protected Descriptor descriptor() {
        return stream;
    }

    @Override
    protected Descriptor otherDescriptor() {
        return other;
    }
}
