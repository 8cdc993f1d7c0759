package dev.uring.fs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What tests of the doors to java.nio.channels have in common: a side, a place, and channels that are closed. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class DoorTest {
    @TempDir
    Path directory;
    /** Injected by {@code ParameterizedClass}. */
    @Parameter
    DoorSide side;
    /** Null for the JDK's side. */
    UringRuntime runtime;
    private final List<Channel> opened = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        runtime = side.runtime();
    }

    @AfterEach
    void close() throws IOException {
        for (Channel each : opened) {
            each.close();
        }
        if (runtime != null) {
            runtime.close();
        }
    }

    /** Runs the body where calls of this side are to be made. */
    final void test(DoorSide.Body body) throws Exception {
        side.run(runtime, body);
    }

    /** Answers the channel, which is closed after the test. */
    final <C extends Channel> C closedAfterwards(C channel) {
        opened.add(channel);
        return channel;
    }

    final FileChannel fileChannel(Path path, OpenOption... options) throws Exception {
        return closedAfterwards(side.open(runtime, path, options));
    }

    final Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "file", ".bin"), content);
    }

    final Path pipe() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        return pipe;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    /** Answers whether the runtimes of this host run on nio, whether or not that was asked for. */
    static boolean isNio() throws IOException {
        try (UringRuntime any = DoorSide.THREADS.runtime()) {
            return any.driver().name().equals("nio");
        }
    }

    /** Locks through the other side's channel, which the table of this side does not know; on nio there is none. */
    final AutoCloseable foreignLock(Path path) throws Exception {
        assumeFalse(isNio(), "on nio all locks are the JDK's");
        if (side != DoorSide.JDK) {
            FileChannel other = FileChannel.open(path, READ, WRITE);
            assertThat(other.tryLock()).isNotNull();
            return other;
        }
        UringRuntime other = DoorSide.THREADS.runtime();
        FileChannel channel = DoorSide.THREADS.open(other, path, READ, WRITE);
        assertThat(channel.tryLock()).isNotNull();
        return () -> {
            channel.close();
            other.close();
        };
    }
}
