package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Libc;
import dev.uring.ffi.OpenFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe whose both ends belong to one runtime: what a test needs to keep a read in flight as long as it likes. */
final class Pipe implements AutoCloseable {
    final End reader;
    final End writer;

    /** One end. */
    static final class End extends Descriptor {
        End(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }
    }

    private Pipe(End reader, End writer) {
        this.reader = reader;
        this.writer = writer;
    }

    static Pipe open(UringRuntime runtime) {
        return open(runtime, 0);
    }

    static Pipe open(UringRuntime runtime, int flags) {
        return open(runtime, runtime, flags);
    }

    /** Opens a pipe between two runtimes: the close of one shows the other an end. */
    static Pipe open(UringRuntime reading, UringRuntime writing, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            int result = Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC | flags);
            assertThat(result).as("pipe2").isZero();
            return new Pipe(new End(pair.get(ValueLayout.JAVA_INT, 0), reading),
                    new End(pair.get(ValueLayout.JAVA_INT, 4), writing));
        }
    }

    Read read(IoBuffer buffer) {
        return new Read(reader, buffer, Read.NO_OFFSET);
    }

    Write write(IoBuffer buffer) {
        return new Write(writer, buffer, Write.NO_OFFSET);
    }

    /** Writes by plain system call, past the runtime. */
    void send(String text) {
        try (Arena scope = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            long result = Libc.write(writer.fd(), scope.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length);
            assertThat(result).as("write").isEqualTo(bytes.length);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
        writer.close();
    }
}
