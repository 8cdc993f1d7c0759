package dev.uring.fs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of files: what java.io's own do, asked of both; and what reading ahead and writing behind add. */
@ParameterizedClass(name = "{0}")
@EnumSource(DoorSide.class)
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileStreamTest {
    private static final List<ReadAhead> AHEAD = List.of(ReadAhead.DEFAULT, new ReadAhead(512, 1),
            new ReadAhead(512, 7), new ReadAhead(4096, 3), new ReadAhead(1 << 20, 2));
    private static final List<WriteBehind> BEHIND = List.of(WriteBehind.DEFAULT, new WriteBehind(512, 1),
            new WriteBehind(512, 7), new WriteBehind(4096, 3), new WriteBehind(1 << 20, 2));

    @TempDir
    Path directory;
    @Parameter
    DoorSide side;
    private UringRuntime runtime;
    private final List<AsyncFile> opened = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        runtime = side.runtime();
    }

    @AfterEach
    void close() throws IOException {
        for (AsyncFile each : opened) {
            each.close();
        }
        if (runtime != null) {
            runtime.close();
        }
    }

    private void test(DoorSide.Body body) throws Exception {
        side.run(runtime, body);
    }

    private AsyncFile file(Path path, OpenOption... options) throws Exception {
        return file(path, OpenOptions.of(options));
    }

    private AsyncFile file(Path path, OpenOptions options) throws Exception {
        AsyncFile file = DoorSide.in(runtime, () -> AsyncFile.open(path, options)).await();
        opened.add(file);
        return file;
    }

    private static byte[] random(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private InputStream input(Path path, ReadAhead options) throws Exception {
        return side == DoorSide.JDK ? new FileInputStream(path.toFile()) : file(path).inputStream(0, options);
    }

    private OutputStream output(Path path, boolean append, WriteBehind options) throws Exception {
        return side == DoorSide.JDK ? new FileOutputStream(path.toFile(), append)
                : file(path, CREATE, append ? APPEND : TRUNCATE_EXISTING, WRITE).outputStream(0, options);
    }

    private void requireOurs() {
        assumeTrue(side != DoorSide.JDK, "java.io has nothing like it");
    }

    // ---- input ----

    @Test
    void the_whole_file_comes_and_then_the_end() throws Exception {
        for (int size : new int[] {0, 1, 511, 512, 513, 4096, 10_000, (3 << 20) + 17}) {
            byte[] content = random(size, size);
            Path path = Files.write(directory.resolve("in" + size), content);
            test(() -> {
                for (ReadAhead each : AHEAD) {
                    try (InputStream in = input(path, each)) {
                        assertThat(in.markSupported()).isFalse();
                        assertThat(in.readAllBytes()).isEqualTo(content);
                        assertThat(in.read()).isEqualTo(-1);
                        assertThat(in.read(new byte[3])).isEqualTo(-1);
                        assertThat(in.read(new byte[0])).isZero();
                        assertThat(in.skip(5)).isNotNegative();
                    }
                    try (InputStream in = input(path, each)) {
                        var out = new ByteArrayOutputStream();
                        assertThat(in.transferTo(out)).isEqualTo(size);
                        assertThat(out.toByteArray()).isEqualTo(content);
                    }
                }
            });
        }
    }

    /** What may differ, such as how much one read gives, is evened out by readNBytes. */
    @Test
    void random_calls_have_java_ios_answers() throws Exception {
        long base = Long.getLong("uring.test.seed", System.nanoTime());
        for (int round = 0; round < 20; round++) {
            long seed = base + round;
            var random = new Random(seed);
            byte[] content = random(random.nextInt(60_000), seed);
            Path path = Files.write(directory.resolve("random"), content);
            ReadAhead options = AHEAD.get(random.nextInt(AHEAD.size()));
            test(() -> {
                try (InputStream in = input(path, options)) {
                    int at = 0;
                    for (int i = 0; i < 60; i++) {
                        int count = random.nextInt(random.nextBoolean() ? 10 : 3_000);
                        switch (random.nextInt(4)) {
                            case 0 -> {
                                int expected = at < content.length ? content[at] & 0xff : -1;
                                assertThat(in.read()).as("uring.test.seed=%d", seed).isEqualTo(expected);
                                at = Math.min(at + 1, content.length);
                            }
                            case 1 -> {
                                int rest = Math.min(count, content.length - at);
                                if (rest == count) {
                                    in.skipNBytes(count);
                                    at += count;
                                }
                            }
                            default -> {
                                int rest = Math.min(count, content.length - at);
                                assertThat(in.readNBytes(count)).as("uring.test.seed=%d", seed)
                                        .isEqualTo(Arrays.copyOfRange(content, at, at + rest));
                                at += rest;
                            }
                        }
                        assertThat(in.available()).isBetween(0, content.length - at);
                    }
                }
            });
        }
    }

    @Test
    void wrong_arguments_and_closed_streams_are_refused() throws Exception {
        Path path = Files.writeString(directory.resolve("x"), "0123456789");
        test(() -> {
            InputStream in = input(path, ReadAhead.DEFAULT);
            assertThatThrownBy(() -> in.read(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> in.read(null, 0, 0)).isInstanceOf(NullPointerException.class);
            assertThat(in.read()).isEqualTo('0');
            in.close();
            in.close();
            assertThatThrownBy(() -> in.read(new byte[20])).isInstanceOf(IOException.class);
            assertThatThrownBy(in::available).isInstanceOf(IOException.class);
            OutputStream out = output(path, false, WriteBehind.DEFAULT);
            assertThatThrownBy(() -> out.write(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            out.write('x');
            out.close();
            out.close();
            assertThatThrownBy(() -> out.write(new byte[20])).isInstanceOf(IOException.class);
            assertThat(Files.readString(path)).isEqualTo("x");
        });
    }

    @Test
    void a_file_that_grows_is_read_on() throws Exception {
        Path path = Files.writeString(directory.resolve("grows"), "01234");
        test(() -> {
            for (ReadAhead each : AHEAD) {
                Files.writeString(path, "01234");
                try (InputStream in = input(path, each)) {
                    assertThat(in.readAllBytes()).isEqualTo("01234".getBytes(US_ASCII));
                    Files.writeString(path, "56789", APPEND);
                    assertThat(in.readAllBytes()).isEqualTo("56789".getBytes(US_ASCII));
                    assertThat(in.read()).isEqualTo(-1);
                    Files.write(path, new byte[5000], APPEND);
                    assertThat(in.readAllBytes()).hasSize(5000);
                }
            }
        });
    }

    @Test
    void a_stream_starts_at_its_offset_and_leaves_the_file_open() throws Exception {
        requireOurs();
        byte[] content = random(100_000, 9);
        Path path = Files.write(directory.resolve("offset"), content);
        test(() -> {
            AsyncFile file = file(path);
            for (int offset : new int[] {0, 1, 4095, 99_999, 100_000, 200_000}) {
                try (InputStream in = file.inputStream(offset, new ReadAhead(4096, 4))) {
                    assertThat(in.readAllBytes()).isEqualTo(
                            Arrays.copyOfRange(content, Math.min(offset, content.length), content.length));
                }
            }
            try (InputStream in = file.inputStream()) {
                assertThat(in.skip(90_000)).isEqualTo(90_000);
                assertThat(in.skip(90_000)).isEqualTo(10_000);
                assertThat(in.skip(1)).isZero();
            }
            assertThat(file.isOpen()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> file.inputStream(-1, ReadAhead.DEFAULT));
            assertThatIllegalArgumentException().isThrownBy(() -> new ReadAhead(0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new WriteBehind(4096, 0));
        });
    }

    @Test
    void a_stream_that_is_closed_early_leaves_nothing_in_flight() throws Exception {
        requireOurs();
        Path path = Files.write(directory.resolve("large"), new byte[16 << 20]);
        test(() -> {
            AsyncFile file = file(path);
            for (int i = 0; i < 50; i++) {
                InputStream in = file.inputStream(0, new ReadAhead(1 << 20, 8));
                assertThat(in.read()).isZero();
                in.close();
            }
        });
    }

    private AsyncFile pipe() throws Exception {
        requireOurs();
        assumeFalse(runtime.driver().name().equals("nio"), "nio has no named pipes that can be cancelled");
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        return file(pipe, READ, WRITE);
    }

    @Test
    void a_pipe_is_read_in_order_as_bytes_come() throws Exception {
        AsyncFile pipe = pipe();
        test(() -> {
            try (OutputStream out = pipe.outputStream(); InputStream in = pipe.inputStream()) {
                for (int i = 0; i < 100; i++) {
                    out.write(("line " + i).getBytes(US_ASCII));
                    out.flush();
                    assertThat(in.readNBytes(("line " + i).length())).isEqualTo(("line " + i).getBytes(US_ASCII));
                }
            }
        });
    }

    @Test
    void an_interrupt_ends_a_read_and_loses_nothing() throws Exception {
        AsyncFile pipe = pipe();
        InputStream in = pipe.inputStream();
        var thrown = new CompletableFuture<Throwable>();
        Thread reader = side.start(runtime, () -> {
            try {
                in.read();
                thrown.complete(null);
            } catch (IOException e) {
                thrown.complete(Thread.interrupted() ? e : new AssertionError("not interrupted", e));
            }
        });
        Thread.sleep(30);
        reader.interrupt();
        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
        reader.join();
        test(() -> {
            try (OutputStream out = pipe.outputStream()) {
                out.write('x');
            }
            assertThat(in.read()).isEqualTo('x');
            in.close();
        });
    }

    @Test
    void closing_wakes_a_reader() throws Exception {
        AsyncFile pipe = pipe();
        InputStream in = pipe.inputStream();
        var thrown = new CompletableFuture<Throwable>();
        Thread reader = side.start(runtime, () -> {
            try {
                thrown.complete(new AssertionError("read " + in.read()));
            } catch (IOException e) {
                thrown.complete(e);
            }
        });
        Thread.sleep(30);
        in.close();
        assertThat(thrown.get()).isInstanceOf(IOException.class).hasMessageContaining("stream is closed");
        reader.join();
    }

    // ---- output ----

    @Test
    void what_is_written_is_in_the_file_after_flush_and_close() throws Exception {
        byte[] content = random(300_000, 11);
        test(() -> {
            for (WriteBehind each : BEHIND) {
                Path path = directory.resolve("out");
                var random = new Random(each.blockBytes());
                try (OutputStream out = output(path, false, each)) {
                    int at = 0;
                    while (at < content.length) {
                        int count = Math.min(content.length - at, random.nextInt(random.nextBoolean() ? 10 : 20_000));
                        if (count == 1) {
                            out.write(content[at]);
                        } else {
                            out.write(content, at, count);
                        }
                        at += count;
                        if (random.nextInt(10) == 0) {
                            out.flush();
                            assertThat(Files.size(path)).isEqualTo(at);
                        }
                    }
                }
                assertThat(path).hasBinaryContent(content);
                try (OutputStream out = output(path, true, each)) {
                    out.write(content, 0, 5000);
                    out.flush();
                    out.write(content, 5000, 3000);
                }
                assertThat(Files.size(path)).isEqualTo(content.length + 8000);
                assertThat(Arrays.copyOfRange(Files.readAllBytes(path), content.length, content.length + 8000))
                        .isEqualTo(Arrays.copyOf(content, 8000));
            }
        });
    }

    @Test
    void a_stream_in_the_middle_keeps_what_follows() throws Exception {
        requireOurs();
        Path path = Files.write(directory.resolve("middle"), random(20_000, 1));
        byte[] expected = Files.readAllBytes(path);
        byte[] middle = random(7_000, 2);
        System.arraycopy(middle, 0, expected, 5_000, middle.length);
        test(() -> {
            try (OutputStream out = file(path, WRITE).outputStream(5_000, new WriteBehind(1024, 3))) {
                out.write(middle);
            }
            assertThat(path).hasBinaryContent(expected);
        });
    }

    @Test
    void the_first_failure_is_told_by_every_later_call() throws Exception {
        requireOurs();
        assumeTrue(Files.exists(Path.of("/dev/full")), "no device that is always full");
        test(() -> {
            OutputStream out = file(Path.of("/dev/full"), WRITE).outputStream(0, new WriteBehind(512, 2));
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10; i++) {
                    out.write(new byte[512]);
                }
            }).isInstanceOf(IOException.class).hasMessageContaining("ENOSPC");
            assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class).hasMessageContaining("ENOSPC");
            assertThatThrownBy(out::flush).isInstanceOf(IOException.class).hasMessageContaining("ENOSPC");
            assertThatThrownBy(out::close).isInstanceOf(IOException.class).hasMessageContaining("ENOSPC");
            out.close();
            OutputStream small = file(Path.of("/dev/full"), WRITE).outputStream();
            small.write(1);
            assertThatThrownBy(small::flush).hasMessageContaining("ENOSPC");
            assertThatThrownBy(small::close).hasMessageContaining("ENOSPC");
            OutputStream reading = file(Files.writeString(directory.resolve("r"), "x")).outputStream();
            reading.write(1);
            assertThatThrownBy(reading::close).hasMessageContaining("EBADF");
        });
    }

    // ---- O_DIRECT ----

    private OpenOptions direct(OpenOption... options) throws Exception {
        OpenOptions direct = OpenOptions.of(options).direct();
        try {
            DoorSide.in(runtime, () -> AsyncFile.open(directory.resolve("probe"),
                    OpenOptions.of(CREATE, WRITE).direct()))
                    .await().close();
        } catch (IOException e) {
            abort("the file system has no O_DIRECT: " + e);
        }
        return direct;
    }

    @Test
    void direct_streams_handle_unaligned_offsets_and_ends() throws Exception {
        requireOurs();
        byte[] content = random(50_001, 21);
        Path path = Files.write(directory.resolve("direct"), content);
        OpenOptions options = direct(READ);
        test(() -> {
            AsyncFile file = file(path, options);
            for (int offset : new int[] {0, 1, 4096, 5000, 49_152, 50_000, 50_001, 60_000}) {
                try (InputStream in = file.inputStream(offset, new ReadAhead(8192, 3))) {
                    assertThat(in.readAllBytes()).as("offset %d", offset).isEqualTo(
                            Arrays.copyOfRange(content, Math.min(offset, content.length), content.length));
                    assertThat(in.read()).isEqualTo(-1);
                }
            }
            assertThatIllegalArgumentException().isThrownBy(() -> file.inputStream(0, new ReadAhead(512, 2)));
        });
    }

    @Test
    void direct_streams_write_the_true_size() throws Exception {
        requireOurs();
        byte[] content = random(50_001, 22);
        OpenOptions options = direct(CREATE, READ, WRITE);
        test(() -> {
            for (int[] cuts : new int[][] {{50_001}, {1, 4095, 4096, 50_001}, {8192, 8193, 16_384, 20_000, 50_001}}) {
                Path path = Files.createTempFile(directory, "direct", ".out");
                try (OutputStream out = file(path, options).outputStream(0, new WriteBehind(8192, 3))) {
                    int at = 0;
                    for (int cut : cuts) {
                        out.write(content, at, cut - at);
                        at = cut;
                        out.flush();
                        assertThat(Files.size(path)).isEqualTo(at);
                    }
                }
                assertThat(path).hasBinaryContent(content);
            }
            Path middle = Files.write(directory.resolve("longer"), random(30_000, 3));
            byte[] expected = Files.readAllBytes(middle);
            System.arraycopy(content, 0, expected, 4096, 10_000);
            try (OutputStream out = file(middle, options).outputStream(4096, new WriteBehind(8192, 2))) {
                out.write(content, 0, 10_000);
            }
            assertThat(middle).as("what follows is kept").hasBinaryContent(expected);
            AsyncFile file = file(middle, options);
            assertThatIllegalArgumentException().isThrownBy(() -> file.outputStream(100, WriteBehind.DEFAULT));
            AsyncFile appending = file(middle, OpenOptions.of(APPEND).direct());
            assertThatIllegalArgumentException().isThrownBy(appending::outputStream).withMessageContaining("APPEND");
        });
    }

    // ---- characters ----

    @Test
    void lines_are_read_as_they_are_asked_for() throws Exception {
        requireOurs();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            lines.add("lïne " + i);
        }
        Path path = Files.write(directory.resolve("lines"), lines, UTF_8);
        Path broken = Files.write(directory.resolve("broken"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
        test(() -> {
            AsyncFile file = file(path);
            try (Stream<String> all = file.lines(UTF_8)) {
                assertThat(all.toList()).isEqualTo(lines);
            }
            try (Stream<String> some = file.lines(UTF_8)) {
                assertThat(some.limit(3).toList()).isEqualTo(lines.subList(0, 3));
            }
            try (var reader = file.reader(UTF_8)) {
                assertThat(reader.readLine()).isEqualTo("lïne 0");
            }
            assertThat(file.isOpen()).isTrue();
            try (Stream<String> malformed = file(broken).lines(UTF_8)) {
                assertThatThrownBy(malformed::toList).isInstanceOf(UncheckedIOException.class)
                        .hasCauseInstanceOf(MalformedInputException.class);
            }
        });
    }
}
