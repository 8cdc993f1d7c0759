package dev.uring.fs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What FileChannel documents, asked of the JDK's and of ours in the same words. */
@ParameterizedClass(name = "{0}")
@EnumSource(DoorSide.class)
class FileChannelDoorTest extends DoorTest {
    private FileChannel readWrite(String content) throws Exception {
        return fileChannel(file(content), READ, WRITE);
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(bytes(text)).flip();
    }

    private static String text(ByteBuffer filled) {
        return US_ASCII.decode(filled.flip()).toString();
    }

    /** On java.nio a pipe is read by a channel of the JDK that nobody can call back. */
    private void requirePipes() {
        assumeFalse(runtime != null && runtime.driver().name().equals("nio"),
                "nio has no named pipes that can be cancelled");
    }

    // ---- open ----

    @Test
    void open_refuses_as_java_nio_file_does() throws Exception {
        test(() -> {
            assertThatThrownBy(() -> fileChannel(directory.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> fileChannel(file("x"), WRITE, CREATE_NEW))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> fileChannel(file("x"), READ, APPEND));
        });
    }

    @Test
    void open_sets_permissions_and_refuses_other_attributes() throws Exception {
        Path path = directory.resolve("new");
        var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        test(() -> {
            closedAfterwards(side == DoorSide.JDK ? FileChannel.open(path, Set.of(WRITE, CREATE), mine)
                    : DoorSide.in(runtime, () -> UringFileChannel.open(path, Set.of(WRITE, CREATE), mine)));
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(mine.value());
        });
    }

    // ---- reading and writing ----

    @Test
    void reads_move_the_position_and_answer_minus_one_at_the_end() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("0123456789");
            ByteBuffer four = ByteBuffer.allocate(6).position(1).limit(5);
            assertThat(channel.read(four)).isEqualTo(4);
            assertThat(four.position()).isEqualTo(5);
            assertThat(four.get(1)).isEqualTo((byte) '0');
            assertThat(channel.position()).isEqualTo(4);
            ByteBuffer rest = ByteBuffer.allocateDirect(100);
            assertThat(channel.read(rest)).isEqualTo(6);
            assertThat(text(rest)).isEqualTo("456789");
            assertThat(channel.read(rest.clear())).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(3))).isEqualTo(-1);
            assertThat(channel.position()).isEqualTo(10);
            assertThat(rest.position()).isZero();
        });
    }

    @Test
    void a_buffer_without_room_or_bytes_answers_zero_even_at_the_end() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("");
            for (ByteBuffer none : List.of(ByteBuffer.allocate(0), ByteBuffer.allocateDirect(0))) {
                assertThat(channel.read(none)).isZero();
                assertThat(channel.read(none, 7)).isZero();
                assertThat(channel.write(none)).isZero();
                assertThat(channel.write(none, 7)).isZero();
                assertThat(channel.read(new ByteBuffer[] {none})).isZero();
                assertThat(channel.write(new ByteBuffer[] {none})).isZero();
                assertThat(channel.read(new ByteBuffer[0])).isZero();
            }
            assertThat(channel.size()).isZero();
        });
    }

    @Test
    void every_kind_of_buffer_is_read_into_and_written_from() throws Exception {
        Path mapped = file("x".repeat(64));
        test(() -> {
            FileChannel channel = readWrite("0123456789abcdef");
            try (Arena confined = Arena.ofConfined(); Arena shared = Arena.ofShared();
                    FileChannel map = FileChannel.open(mapped, READ, WRITE)) {
                List<ByteBuffer> kinds = List.of(ByteBuffer.allocate(16), ByteBuffer.allocate(40).slice(3, 16),
                        ByteBuffer.allocateDirect(16), ByteBuffer.allocateDirect(40).slice(5, 16),
                        confined.allocate(16).asByteBuffer(), shared.allocate(16).asByteBuffer(),
                        Arena.ofAuto().allocate(16).asByteBuffer(), Arena.global().allocate(16).asByteBuffer(),
                        map.map(MapMode.READ_WRITE, 0, 16));
                for (ByteBuffer each : kinds) {
                    each.position(2).limit(12);
                    assertThat(channel.read(each, 3)).as(each.toString()).isEqualTo(10);
                    assertThat(each.position()).isEqualTo(12);
                    assertThat(text(each.limit(12).slice(2, 10).position(10))).isEqualTo("3456789abc");
                    each.position(2).limit(12);
                    assertThat(channel.write(each.asReadOnlyBuffer(), 30)).isEqualTo(10);
                    assertThat(channel.write(each, 16)).isEqualTo(10);
                    assertThat(each.position()).isEqualTo(12);
                    ByteBuffer again = ByteBuffer.allocate(10);
                    channel.read(again, 16);
                    assertThat(text(again)).isEqualTo("3456789abc");
                    assertThatIllegalArgumentException().isThrownBy(() -> channel.read(each.asReadOnlyBuffer()));
                    assertThatIllegalArgumentException().isThrownBy(() -> channel.read(each.asReadOnlyBuffer(), 0));
                }
            }
        });
    }

    @Test
    void large_buffers_are_moved_whole() throws Exception {
        byte[] content = new byte[(1 << 20) + 777];
        new Random(1).nextBytes(content);
        test(() -> {
            FileChannel channel = readWrite("");
            assertThat(channel.write(ByteBuffer.wrap(content))).isEqualTo(content.length);
            assertThat(channel.position()).isEqualTo(content.length);
            ByteBuffer heap = ByteBuffer.allocate(content.length + 1);
            ByteBuffer outside = ByteBuffer.allocateDirect(content.length + 1);
            assertThat(channel.read(heap, 0)).isEqualTo(content.length);
            assertThat(channel.read(outside, 0)).isEqualTo(content.length);
            assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(content));
            assertThat(outside.flip()).isEqualTo(ByteBuffer.wrap(content));
            assertThat(channel.write(outside.rewind(), content.length)).isEqualTo(content.length);
            assertThat(channel.size()).isEqualTo(2L * content.length);
        });
    }

    @Test
    void positional_calls_leave_the_position_alone() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("0123456789").position(5);
            ByteBuffer two = ByteBuffer.allocate(2);
            assertThat(channel.read(two, 8)).isEqualTo(2);
            assertThat(text(two)).isEqualTo("89");
            assertThat(channel.read(ByteBuffer.allocate(2), 10)).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(2), 1000)).isEqualTo(-1);
            assertThat(channel.write(bytes("xy"), 12)).isEqualTo(2);
            assertThat(channel.position()).isEqualTo(5);
            assertThat(channel.size()).isEqualTo(14);
            ByteBuffer gap = ByteBuffer.allocate(4);
            channel.read(gap, 10);
            assertThat(gap.array()).containsExactly(0, 0, 'x', 'y');
        });
    }

    @Test
    void a_position_beyond_the_end_reads_nothing_and_writes_behind_a_gap() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("ab").position(5);
            assertThat(channel.position()).isEqualTo(5);
            assertThat(channel.size()).isEqualTo(2);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.write(direct("z"))).isEqualTo(1);
            assertThat(channel.position()).isEqualTo(6);
            assertThat(channel.size()).isEqualTo(6);
        });
    }

    @Test
    void appends_go_to_the_end_wherever_the_position_is() throws Exception {
        Path path = file("abc");
        test(() -> {
            FileChannel channel = fileChannel(path, APPEND);
            assertThat(channel.position()).isEqualTo(3);
            assertThat(channel.write(bytes("de"))).isEqualTo(2);
            assertThat(channel.position()).isEqualTo(5);
            channel.position(0);
            assertThat(channel.write(new ByteBuffer[] {bytes("f"), direct("g")})).isEqualTo(2);
            assertThat(channel.position()).isEqualTo(7);
            assertThat(channel.write(direct("h"), 1)).isEqualTo(1);
            assertThat(Files.readString(path)).isEqualTo("abcdefgh");
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonReadableChannelException.class);
        });
    }

    @Test
    void scattering_and_gathering_take_the_buffers_in_order() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("");
            ByteBuffer[] sources = {bytes("skipped"), bytes("0123"), ByteBuffer.allocate(0), direct("4567"),
                    bytes("89")};
            assertThat(channel.write(sources, 1, 4)).isEqualTo(10);
            assertThat(sources[0].position()).isZero();
            assertThat(sources[4].hasRemaining()).isFalse();
            channel.position(1);
            ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocateDirect(0), ByteBuffer.allocateDirect(4),
                    ByteBuffer.allocate(9)};
            assertThat(channel.read(targets)).isEqualTo(9);
            assertThat(channel.position()).isEqualTo(10);
            assertThat(text(targets[0]) + text(targets[2]) + text(targets[3])).isEqualTo("123456789");
            assertThat(channel.read(new ByteBuffer[] {ByteBuffer.allocate(1)})).isEqualTo(-1);
            assertThatThrownBy(() -> channel.read(targets, 3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> channel.write(sources, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> channel.position(0)
                    .read(new ByteBuffer[] {ByteBuffer.allocate(1).asReadOnlyBuffer()}));
        });
    }

    @Test
    void scattering_and_gathering_mix_small_and_large_buffers() throws Exception {
        byte[] content = new byte[900_000];
        new Random(2).nextBytes(content);
        int[] cuts = {0, 10, 10, 60_000, 200_000, 200_001, 260_000, 640_000, 700_000, 760_000, 820_000, 899_999,
                900_000};
        test(() -> {
            FileChannel channel = readWrite("");
            ByteBuffer[] parts = new ByteBuffer[cuts.length - 1];
            for (int i = 0; i < parts.length; i++) {
                ByteBuffer part = ByteBuffer.wrap(content, cuts[i], cuts[i + 1] - cuts[i]);
                parts[i] = i % 2 == 0 ? part : ByteBuffer.allocateDirect(part.remaining()).put(part).flip();
            }
            assertThat(channel.write(parts)).isEqualTo(content.length);
            assertThat(parts).noneMatch(ByteBuffer::hasRemaining);
            channel.position(0);
            for (int i = 0; i < parts.length; i++) {
                int length = cuts[i + 1] - cuts[i];
                parts[i] = i % 2 == 1 ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
            }
            assertThat(channel.read(parts)).isEqualTo(content.length);
            ByteBuffer all = ByteBuffer.allocate(content.length);
            for (ByteBuffer each : parts) {
                all.put(each.flip());
            }
            assertThat(all.array()).isEqualTo(content);
        });
    }

    @Test
    void truncating_cuts_and_clamps_the_position_and_never_grows() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("0123456789").position(8);
            assertThat(channel.truncate(20)).isSameAs(channel);
            assertThat(channel.size()).isEqualTo(10);
            assertThat(channel.position()).isEqualTo(8);
            channel.truncate(4);
            assertThat(channel.size()).isEqualTo(4);
            assertThat(channel.position()).isEqualTo(4);
            channel.position(9).truncate(6);
            assertThat(channel.position()).isEqualTo(6);
            channel.force(true);
            channel.force(false);
        });
    }

    @Test
    void what_a_channel_was_not_opened_for_is_refused() throws Exception {
        Path path = file("abc");
        test(() -> {
            FileChannel reader = fileChannel(path, READ);
            FileChannel writer = fileChannel(path, WRITE);
            assertThatThrownBy(() -> writer.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writer.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writer.transferTo(0, 1, reader)).isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writer.map(MapMode.READ_ONLY, 0, 1))
                    .isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writer.lock(0, 1, true)).isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> reader.write(bytes("x"))).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.write(bytes("x"), 0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.truncate(0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.transferFrom(reader, 0, 1))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.transferTo(0, 1, reader)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.map(MapMode.READ_WRITE, 0, 1))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.map(MapMode.PRIVATE, 0, 1))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.lock()).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.tryLock()).isInstanceOf(NonWritableChannelException.class);
        });
    }

    @Test
    void negative_numbers_are_refused() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("abc");
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThatIllegalArgumentException().isThrownBy(() -> channel.read(one, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.write(one, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.position(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.truncate(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.transferTo(-1, 1, channel));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.transferTo(0, -1, channel));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.transferFrom(channel, -1, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.transferFrom(channel, 0, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.lock(-1, 1, false));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.lock(0, -1, false));
            assertThatIllegalArgumentException().isThrownBy(() -> channel.tryLock(Long.MAX_VALUE, 2, false));
            assertThatThrownBy(() -> channel.read((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> channel.write((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
        });
    }

    // ---- transfers ----

    @Test
    void transfers_between_files_move_the_other_ones_position() throws Exception {
        test(() -> {
            FileChannel source = readWrite("0123456789").position(3);
            FileChannel target = readWrite("abcdefgh").position(2);
            assertThat(source.transferTo(4, 3, target)).isEqualTo(3);
            assertThat(source.position()).isEqualTo(3);
            assertThat(target.position()).isEqualTo(5);
            assertThat(source.transferTo(8, 100, target)).isEqualTo(2);
            assertThat(source.transferTo(10, 5, target)).isZero();
            assertThat(source.transferTo(11, 5, target)).isZero();
            assertThat(target.position()).isEqualTo(7);
            assertThat(content(target)).isEqualTo("ab45689h");
            assertThat(target.transferFrom(source, 1, 4)).isEqualTo(4);
            assertThat(source.position()).isEqualTo(7);
            assertThat(target.position()).isEqualTo(7);
            assertThat(content(target)).isEqualTo("a3456" + "89h");
            assertThat(target.transferFrom(source, 8, 100)).isEqualTo(3);
            assertThat(target.transferFrom(source, 8, 100)).isZero();
            assertThat(content(target)).isEqualTo("a345689h789");
        });
    }

    private static String content(FileChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) channel.size());
        channel.read(all, 0);
        return text(all);
    }

    @Test
    void transfers_to_and_from_other_channels_go_through_memory() throws Exception {
        byte[] content = new byte[700_000];
        new Random(3).nextBytes(content);
        test(() -> {
            FileChannel channel = readWrite("");
            assertThat(channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(content)), 0,
                    content.length + 5))
                    .isEqualTo(content.length);
            assertThat(channel.position()).isZero();
            var sink = new ByteArrayOutputStream();
            assertThat(channel.transferTo(0, Long.MAX_VALUE, Channels.newChannel(sink))).isEqualTo(content.length);
            assertThat(sink.toByteArray()).isEqualTo(content);
            sink.reset();
            assertThat(channel.transferTo(content.length - 3, 2, Channels.newChannel(sink))).isEqualTo(2);
            assertThat(channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(content)), 10, 5))
                    .isEqualTo(5);
        });
    }

    @Test
    void files_that_say_they_are_empty_are_transferred() throws Exception {
        Path version = Path.of("/proc/version");
        test(() -> {
            FileChannel source = fileChannel(version, READ);
            FileChannel target = readWrite("");
            assertThat(source.transferTo(0, 1000, target)).isEqualTo(Files.readAllBytes(version).length);
            assertThat(target.truncate(0).transferFrom(source, 0, 1000)).isEqualTo(Files.readAllBytes(version).length);
            assertThat(content(target)).isEqualTo(Files.readString(version));
        });
    }

    @Test
    void transfers_meet_the_jdks_channels() throws Exception {
        Path other = file("other");
        test(() -> {
            FileChannel ours = readWrite("0123456789");
            try (FileChannel theirs = FileChannel.open(other, READ, WRITE)) {
                assertThat(ours.transferTo(2, 3, theirs)).isEqualTo(3);
                assertThat(Files.readString(other)).isEqualTo("234er");
                assertThat(ours.transferFrom(theirs, 0, 9)).isEqualTo(2);
                assertThat(theirs.position(0).transferTo(0, 2, ours.position(9))).isEqualTo(2);
                assertThat(content(ours)).isEqualTo("er234567823");
            }
        });
    }

    // ---- closing and interrupts ----

    @Test
    void a_closed_channel_refuses_everything() throws Exception {
        test(() -> {
            FileChannel channel = readWrite("abc");
            FileChannel other = readWrite("abc");
            FileLock lock = channel.lock();
            channel.close();
            channel.close();
            assertThat(channel.isOpen()).isFalse();
            assertThat(lock.isValid()).isFalse();
            ByteBuffer one = ByteBuffer.allocate(1);
            for (DoorSide.Body each : List.<DoorSide.Body>of(() -> channel.read(one), () -> channel.read(one, 0),
                    () -> channel.write(one), () -> channel.write(one, 0), () -> channel.read(new ByteBuffer[] {one}),
                    () -> channel.write(new ByteBuffer[] {one}), () -> channel.position(), () -> channel.position(1),
                    () -> channel.size(), () -> channel.truncate(1), () -> channel.force(true),
                    () -> channel.transferTo(0, 1, other), () -> channel.transferFrom(other, 0, 1),
                    () -> other.transferTo(0, 1, channel), () -> other.transferFrom(channel, 0, 1),
                    () -> channel.lock(), () -> channel.tryLock(), () -> channel.map(MapMode.READ_ONLY, 0, 1),
                    () -> lock.release())) {
                assertThatThrownBy(each::run).isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    /**
     * Makes a call on a second thread, waits until that sleeps in it, does something, and answers what the call threw.
     */
    private Throwable disturbed(DoorSide.Body call, Consumer<Thread> disturbance) throws Exception {
        var thrown = new CompletableFuture<Throwable>();
        Thread caller = side.start(runtime, () -> {
            try {
                call.run();
                thrown.complete(null);
            } catch (Throwable e) {
                if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
                    e.addSuppressed(new IllegalStateException(
                            "interrupted=" + Thread.currentThread().isInterrupted()));
                }
                thrown.complete(e);
            }
        });
        Thread.sleep(50); // most often it sleeps by now; the claims hold either way
        disturbance.accept(caller);
        Throwable result = thrown.get();
        caller.join();
        return result;
    }

    private static void requireInterrupted(Throwable thrown) {
        assertThat(thrown.getSuppressed()[0]).hasMessage("interrupted=true");
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void closing_wakes_a_reader_of_a_pipe() throws Exception {
        requirePipes();
        FileChannel channel = fileChannel(pipe(), READ, WRITE);
        for (ByteBuffer each : List.of(ByteBuffer.allocate(10))) {
            assertThat(disturbed(() -> channel.read(each), _ -> close(channel)))
                    .isInstanceOf(AsynchronousCloseException.class);
        }
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                .isExactlyInstanceOf(ClosedChannelException.class);
    }

    @Test
    void closing_wakes_a_scattering_reader_and_one_that_reads_in_place() throws Exception {
        requirePipes();
        Path pipe = pipe();
        FileChannel channel = fileChannel(pipe, READ, WRITE);
        assertThat(disturbed(() -> channel.read(new ByteBuffer[] {
                ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4)}),
                _ -> close(channel))).isInstanceOf(AsynchronousCloseException.class);
        FileChannel second = fileChannel(pipe, READ, WRITE);
        assertThat(disturbed(() -> second.read(ByteBuffer.allocateDirect(1 << 17)), _ -> close(second)))
                .isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void an_interrupt_closes_the_channel_of_a_blocked_reader() throws Exception {
        requirePipes();
        FileChannel channel = fileChannel(pipe(), READ, WRITE);
        Throwable thrown = disturbed(() -> channel.read(ByteBuffer.allocate(10)), Thread::interrupt);
        assertThat(thrown).isExactlyInstanceOf(ClosedByInterruptException.class);
        requireInterrupted(thrown);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_thread_that_is_interrupted_already_closes_the_channel() throws Exception {
        for (int i = 0; i < 6; i++) {
            FileChannel channel = readWrite("abc");
            FileChannel other = readWrite("abc");
            List<DoorSide.Body> calls = List.of(() -> channel.read(ByteBuffer.allocate(1)),
                    () -> channel.read(ByteBuffer.allocateDirect(1), 0), () -> channel.write(bytes("x")),
                    () -> channel.force(true), () -> channel.size(), () -> channel.transferTo(0, 2, other));
            DoorSide.Body call = calls.get(i);
            Throwable thrown = disturbed(() -> {
                Thread.currentThread().interrupt();
                call.run();
            }, _ -> { });
            assertThat(thrown).as("call %s", i).isExactlyInstanceOf(ClosedByInterruptException.class);
            requireInterrupted(thrown);
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void pipes_give_what_they_have_and_have_no_positions() throws Exception {
        requirePipes();
        FileChannel channel = fileChannel(pipe(), READ, WRITE);
        test(() -> {
            assertThat(channel.write(bytes("0123456"))).isEqualTo(7);
            ByteBuffer four = ByteBuffer.allocate(4);
            assertThat(channel.read(four)).isEqualTo(4);
            assertThat(text(four)).isEqualTo("0123");
            ByteBuffer large = ByteBuffer.allocate(400_000);
            assertThat(channel.read(large)).isEqualTo(3);
            assertThat(channel.write(new ByteBuffer[] {bytes("ab"), direct("cd")})).isEqualTo(4);
            assertThat(channel.read(new ByteBuffer[] {ByteBuffer.allocate(3), ByteBuffer.allocate(100_000)}))
                    .isPositive();
            assertThat(channel.size()).isZero();
            assertThatThrownBy(channel::position).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
            assertThat(channel.isOpen()).isTrue();
        });
    }

    @Test
    void a_pipe_takes_a_large_write_as_it_is_drained() throws Exception {
        requirePipes();
        Path pipe = pipe();
        byte[] content = new byte[1 << 20];
        new Random(4).nextBytes(content);
        FileChannel writer = fileChannel(pipe, READ, WRITE);
        FileChannel reader = fileChannel(pipe, READ, WRITE);
        Thread writing = side.start(runtime, () -> {
            try {
                assertThat(writer.write(ByteBuffer.wrap(content))).isEqualTo(content.length);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        test(() -> {
            ByteBuffer all = ByteBuffer.allocate(content.length);
            while (all.hasRemaining()) {
                reader.read(all);
            }
            assertThat(all.array()).isEqualTo(content);
        });
        writing.join();
    }

    @Test
    void a_call_in_a_callback_is_refused_and_holds_nothing() throws Exception {
        assumeFalse(side == DoorSide.JDK, "the JDK has no callbacks on workers");
        FileChannel channel = readWrite("0123456789");
        var thrown = new CompletableFuture<Throwable>();
        ((UringFileChannel) channel).file().fdatasync().onComplete((_, _) -> {
            try {
                thrown.complete(new AssertionError("read " + channel.read(ByteBuffer.allocate(4))));
            } catch (IOException | RuntimeException e) {
                thrown.complete(e);
            }
        });
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("callback");
        test(() -> {
            ByteBuffer four = ByteBuffer.allocate(4);
            assertThat(channel.read(four)).isEqualTo(4);
            assertThat(text(four)).isEqualTo("0123");
        });
    }

    // ---- locks ----

    @Test
    void overlapping_locks_of_one_process_are_refused() throws Exception {
        Path path = file("0123456789");
        test(() -> {
            FileChannel one = fileChannel(path, READ, WRITE);
            FileChannel two = fileChannel(path, READ, WRITE);
            try (FileLock held = one.lock(2, 4, false)) {
                assertThat(held.isValid()).isTrue();
                assertThat(held.isShared()).isFalse();
                assertThat(held.acquiredBy()).isSameAs(one);
                assertThatThrownBy(() -> one.lock()).isInstanceOf(OverlappingFileLockException.class);
                assertThatThrownBy(() -> two.lock(5, 1, false)).isInstanceOf(OverlappingFileLockException.class);
                assertThatThrownBy(() -> two.tryLock(0, 3, true)).isInstanceOf(OverlappingFileLockException.class);
                assertThatThrownBy(() -> two.tryLock(3, 0, true)).isInstanceOf(OverlappingFileLockException.class);
                try (FileLock beside = two.tryLock(6, 0, true)) {
                    assertThat(beside).isNotNull();
                    assertThat(beside.isShared()).isTrue();
                    assertThat(beside.size()).isEqualTo(Long.MAX_VALUE - 6);
                }
                held.release();
                assertThat(held.isValid()).isFalse();
            }
            try (FileLock now = two.lock()) {
                assertThat(now.isValid()).isTrue();
                assertThat(now.size()).isEqualTo(Long.MAX_VALUE);
            }
            assertThat(one.tryLock(1, 1, true).isValid()).isTrue();
        });
    }

    @Test
    void closing_a_channel_gives_its_locks_back_and_no_others() throws Exception {
        Path path = file("0123456789");
        test(() -> {
            FileChannel one = fileChannel(path, READ, WRITE);
            FileChannel two = fileChannel(path, READ, WRITE);
            FileLock first = one.lock(0, 5, false);
            FileLock second = two.lock(5, 5, false);
            one.close();
            assertThat(first.isValid()).isFalse();
            assertThat(second.isValid()).isTrue();
            FileChannel three = fileChannel(path, READ, WRITE);
            assertThat(three.tryLock(0, 5, false)).isNotNull();
            assertThatThrownBy(() -> three.tryLock(5, 1, false)).isInstanceOf(OverlappingFileLockException.class);
        });
    }

    @Test
    void a_lock_of_somebody_else_is_waited_for() throws Exception {
        Path path = file("0123456789");
        FileChannel channel = fileChannel(path, READ, WRITE);
        AutoCloseable other = foreignLock(path);
        try {
            test(() -> assertThat(channel.tryLock(3, 1, true)).isNull());
            var locked = new CompletableFuture<FileLock>();
            Thread waiting = side.start(runtime, () -> {
                try {
                    locked.complete(channel.lock(2, 3, false));
                } catch (Throwable e) {
                    locked.completeExceptionally(e);
                }
            });
            Thread.sleep(30);
            assertThat(locked.isDone()).isFalse();
            assertThatThrownBy(() -> channel.tryLock(4, 1, false)).as("one that waits counts")
                    .isInstanceOf(OverlappingFileLockException.class);
            other.close();
            assertThat(locked.get().isValid()).isTrue();
            waiting.join();
        } finally {
            other.close();
        }
    }

    @Test
    void closing_and_interrupting_end_the_wait_for_a_lock() throws Exception {
        Path path = file("0123456789");
        FileChannel closed = fileChannel(path, READ, WRITE);
        FileChannel interrupted = fileChannel(path, READ, WRITE);
        AutoCloseable other = foreignLock(path);
        try {
            // In this order: the JDK's locks are lost when the process closes any descriptor of the file.
            Throwable thrown = disturbed(interrupted::lock, Thread::interrupt);
            assertThat(thrown).isExactlyInstanceOf(FileLockInterruptionException.class);
            requireInterrupted(thrown);
            assertThat(disturbed(closed::lock, _ -> close(closed)))
                    .isInstanceOf(AsynchronousCloseException.class);
        } finally {
            other.close();
        }
        FileChannel after = fileChannel(path, READ, WRITE);
        test(() -> assertThat(after.tryLock()).as("nothing is left in the table").isNotNull());
    }

    // ---- mapping ----

    @Test
    void a_mapping_shows_the_file_and_outlives_the_channel() throws Exception {
        Path path = file("0123456789");
        test(() -> {
            FileChannel channel = fileChannel(path, READ, WRITE);
            MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 2, 20);
            assertThat(channel.size()).isEqualTo(22);
            MappedByteBuffer mine = channel.map(MapMode.PRIVATE, 0, 10);
            mine.put(0, (byte) '!');
            mapped.put(0, (byte) 'x');
            channel.close();
            mapped.put(1, (byte) 'y');
            assertThat(Files.readString(path)).startsWith("01xy456789");
            assertThatThrownBy(() -> fileChannel(path, READ).map(MapMode.READ_ONLY, -1, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            try (Arena arena = Arena.ofConfined()) {
                assertThat(fileChannel(path, READ).map(MapMode.READ_ONLY, 4, 2, arena).toArray(
                        ValueLayout.JAVA_BYTE)).containsExactly('4', '5');
            }
        });
    }

    @Test
    void a_deleted_file_is_mapped_still() throws Exception {
        assumeFalse(isNio(), "nio finds the file by its path");
        Path path = file("0123456789");
        test(() -> {
            FileChannel channel = fileChannel(path, READ);
            Files.delete(path);
            assertThat(channel.map(MapMode.READ_ONLY, 0, 10).get(3)).isEqualTo((byte) '3');
        });
    }

    // ---- many threads ----

    @Test
    void eight_threads_read_and_write_at_positions_at_once() throws Exception {
        int pages = 64;
        FileChannel channel = readWrite("");
        ByteBuffer page = ByteBuffer.allocateDirect(4096);
        test(() -> {
            for (int i = 0; i < pages; i++) {
                channel.write(filled(page, i), i * 4096L);
            }
        });
        List<CompletableFuture<Void>> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int number = t;
            var done = new CompletableFuture<Void>();
            all.add(done);
            threads.add(side.start(runtime, () -> {
                try {
                    readAndWrite(channel, number, pages);
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            }));
        }
        for (CompletableFuture<Void> each : all) {
            each.get();
        }
        for (Thread each : threads) {
            each.join();
        }
        assertThat(channel.position()).isZero();
    }

    private static void readAndWrite(FileChannel channel, int number, int pages) throws IOException {
        var random = new Random(number);
        ByteBuffer mine = number % 2 == 0 ? ByteBuffer.allocate(4096) : ByteBuffer.allocateDirect(4096);
        for (int i = 0; i < 200; i++) {
            int page = random.nextInt(pages);
            if (i % 10 == 0) {
                channel.write(filled(mine, page), page * 4096L);
            }
            assertThat(channel.read(mine.clear(), page * 4096L)).isEqualTo(4096);
            assertThat(mine.getInt(0)).isEqualTo(page);
            assertThat(mine.getInt(4092)).isEqualTo(page);
        }
    }

    private static ByteBuffer filled(ByteBuffer page, int number) {
        page.clear();
        while (page.hasRemaining()) {
            page.putInt(number);
        }
        return page.flip();
    }
}
