package dev.uring.fs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.InMemory;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same random calls to the JDK's channel on one file and to ours on another: the same answers, exceptions,
 * positions, sizes, buffers and contents. The seed is in every message, and taken from {@code -During.test.seed=N}.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = DoorSide.class, mode = EnumSource.Mode.EXCLUDE, names = "JDK")
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileChannelRandomTest {
    private static final int ROUNDS = Boolean.getBoolean("uring.test.full") ? 200 : 12;
    private static final int CALLS = 150;
    /** Now and then more than one block moves. */
    private static final int BYTES_MAX = 300_000;

    @TempDir(factory = InMemory.class)
    Path directory;
    @Parameter
    DoorSide side;

    /** One of the two, with a source of numbers that both have alike. */
    private record Player(FileChannel channel, FileChannel second, Random random, List<String> answers) {
        void call() throws IOException {
            answers.add(guarded());
            answers.add("position=" + channel.position() + " size=" + channel.size() + " second=" + second.position()
                    + " " + second.size());
        }

        private String guarded() {
            int which = random.nextInt(14);
            try {
                return which + ": " + answer(which);
            } catch (RuntimeException | IOException e) {
                return which + ": " + e.getClass().getName();
            }
        }

        private String answer(int which) throws IOException {
            long at = random.nextInt(10) == 0 ? -1 : random.nextInt(40_000);
            switch (which) {
                case 0, 1 -> {
                    ByteBuffer target = buffer(false);
                    return channel.read(target) + told(target);
                }
                case 2 -> {
                    ByteBuffer target = buffer(false);
                    return channel.read(target, at) + told(target);
                }
                case 3, 4 -> {
                    ByteBuffer source = buffer(true);
                    return channel.write(source) + told(source);
                }
                case 5 -> {
                    ByteBuffer source = buffer(true);
                    return channel.write(source, at) + told(source);
                }
                case 6 -> {
                    ByteBuffer[] targets = {buffer(false), buffer(false), buffer(false)};
                    return channel.read(targets) + Arrays.stream(targets).map(Player::told).toList().toString();
                }
                case 7 -> {
                    ByteBuffer[] sources = {buffer(true), buffer(true), buffer(true), buffer(true)};
                    return channel.write(sources, 1, 2) + Arrays.stream(sources).map(Player::told).toList().toString();
                }
                case 8, 9 -> channel.position(at);
                case 10 -> channel.truncate(random.nextInt(60_000) - 5);
                case 11 -> {
                    second.position(random.nextInt(5_000));
                    return "" + channel.transferTo(at, random.nextInt(70_000) - 1, second);
                }
                case 12 -> {
                    second.position(random.nextInt(5_000));
                    return "" + channel.transferFrom(second, at, random.nextInt(70_000) - 1);
                }
                default -> channel.force(random.nextBoolean());
            }
            return "";
        }

        /** Answers a random kind of buffer, with a random part of it open. */
        private ByteBuffer buffer(boolean filled) {
            int capacity = random.nextInt(20) == 0 ? random.nextInt(BYTES_MAX) : random.nextInt(5_000);
            ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(capacity)
                    : ByteBuffer.allocateDirect(capacity);
            if (filled) {
                byte[] content = new byte[capacity];
                random.nextBytes(content);
                buffer.put(content).clear();
            }
            buffer.limit(random.nextInt(capacity + 1));
            buffer.position(random.nextInt(buffer.limit() + 1));
            return random.nextInt(20) == 0 ? buffer.asReadOnlyBuffer() : buffer;
        }

        private static String told(ByteBuffer buffer) {
            return " " + buffer + " " + buffer.duplicate().clear().hashCode();
        }
    }

    private Player player(DoorSide of, UringRuntime runtime, long seed, String name) throws Exception {
        var random = new Random(seed);
        List<OpenOption> options = new ArrayList<>(List.of(CREATE));
        switch (random.nextInt(6)) {
            case 0 -> options.add(StandardOpenOption.APPEND);
            case 1 -> options.add(WRITE);
            default -> options.addAll(List.of(READ, WRITE));
        }
        Path path = directory.resolve(name);
        byte[] content = new byte[random.nextInt(50_000)];
        random.nextBytes(content);
        Files.write(path, content);
        Path second = Files.write(directory.resolve(name + "2"), content);
        return new Player(of.open(runtime, path, options.toArray(OpenOption[]::new)),
                of.open(runtime, second, READ, WRITE), random, new ArrayList<>());
    }

    @Test
    void random_calls_have_the_jdks_answers() throws Exception {
        long base = Long.getLong("uring.test.seed", System.nanoTime());
        UringRuntime runtime = side.runtime();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                long seed = base + round;
                Player expected = player(DoorSide.JDK, null, seed, "jdk");
                Player actual = player(side, runtime, seed, "ours");
                for (int i = 0; i < CALLS; i++) {
                    expected.call();
                }
                side.run(runtime, () -> {
                    for (int i = 0; i < CALLS; i++) {
                        actual.call();
                    }
                });
                assertThat(actual.answers).as("uring.test.seed=%d", seed).isEqualTo(expected.answers);
                for (Player each : List.of(expected, actual)) {
                    each.channel.close();
                    each.second.close();
                }
                assertThat(directory.resolve("ours")).as("uring.test.seed=%d", seed)
                        .hasSameBinaryContentAs(directory.resolve("jdk"));
                assertThat(directory.resolve("ours2")).as("uring.test.seed=%d", seed)
                        .hasSameBinaryContentAs(directory.resolve("jdk2"));
            }
        } finally {
            runtime.close();
        }
    }
}
