package dev.uring.fs;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.Driver;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Ops;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringException;
import dev.uring.runtime.Write;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads and writes of files, in all their variants. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
class FileTransferTest extends FileTest {
    private static final long FOUR_GIB = 1L << 32;
    private static final int PAGE = 4096;

    // ---- exactly, all ----

    @Test
    void exact_reads_fill_the_buffer_or_say_how_much_there_was() throws Exception {
        try (AsyncFile file = opened(file("0123456789"))) {
            everywhere(() -> {
                IoBuffer buffer = IoBuffer.allocate(4);
                assertThat(file.readExactlyAt(buffer, 6).await().bytes()).isEqualTo(4);
                assertThat(textOf(buffer)).isEqualTo("6789");
                assertThatThrownBy(file.readExactlyAt(buffer, 8)::await).isExactlyInstanceOf(EOFException.class)
                        .hasMessageContaining("read ended early: path=" + file.path() + " fd=" + file.fd() + " lengthBytes=4")
                        .hasMessageContaining("offset=8").hasMessageContaining("bytes=2");
                assertThat(textOf(buffer)).isEqualTo("89");
                assertThatThrownBy(file.readExactlyAt(buffer, FOUR_GIB)::await).isExactlyInstanceOf(EOFException.class);
                assertThat(buffer.length()).isZero();
                file.position(7);
                assertThatThrownBy(file.readExactly(buffer)::await).isExactlyInstanceOf(EOFException.class);
                assertThat(textOf(buffer)).isEqualTo("789");
            });
        }
    }

    @Test
    void an_empty_file_has_nothing_to_read() throws Exception {
        try (AsyncFile file = opened(file(""))) {
            everywhere(() -> {
                assertThat(read(file, 8, 0)).isEmpty();
                assertThat(read(file, 8, Long.MAX_VALUE - 8)).isEmpty();
                assertThat(file.readAllBytes()).isEmpty();
                assertThat(file.read(IoBuffer.allocate(1)).await().bytes()).isZero();
                assertThat(file.readAt(List.of(IoBuffer.allocate(4)), 0).await()).isZero();
                assertThatThrownBy(file.readExactlyAt(IoBuffer.allocate(1), 0)::await).isInstanceOf(EOFException.class);
            });
        }
    }

    @Test
    void negative_offsets_are_refused() throws Exception {
        try (AsyncFile file = opened(file("x"), READ, WRITE)) {
            IoBuffer buffer = IoBuffer.allocate(1);
            assertThatIllegalArgumentException().isThrownBy(() -> file.readAt(buffer, -1)).withMessageContaining("offset=-1");
            assertThatIllegalArgumentException().isThrownBy(() -> file.writeAt(buffer, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.readExactlyAt(buffer, -2));
            assertThatIllegalArgumentException().isThrownBy(() -> file.writeAllAt(buffer, -2));
            assertThatIllegalArgumentException().isThrownBy(() -> file.writeDurably(buffer, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.readAt(List.of(buffer), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.writeAt(List.of(buffer), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.position(-1));
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        }
    }

    @Test
    void writes_of_nothing_change_nothing() throws Exception {
        Path path = file("x");
        try (AsyncFile file = opened(path, WRITE)) {
            everywhere(() -> {
                IoBuffer nothing = text("");
                assertThat(file.writeAt(nothing, 9).await().bytes()).isZero();
                assertThat(file.writeAllAt(nothing, 9).await().bytes()).isZero();
                assertThat(file.writeAll(nothing).await().bytes()).isZero();
                assertThat(file.append(nothing).await().bytes()).isZero();
                assertThat(file.writeDurably(nothing, 9).await().bytes()).isZero();
                assertThat(file.writeAt(List.of(nothing, text("")), 9).await()).isZero();
            });
        }
        assertThat(path).hasContent("x");
    }

    // ---- the position ----

    @Test
    void transfers_without_an_offset_go_on_from_the_position() throws Exception {
        Path path = file("");
        try (AsyncFile file = opened(path, READ, WRITE)) {
            everywhere(() -> {
                file.truncate(0).await();
                file.position(0);
                file.writeAll(text("one,")).await();
                assertThat(file.write(text("two,")).await().bytes()).isEqualTo(4);
                assertThat(file.position()).isEqualTo(8);
                file.writeAt(text("ONE"), 0).await();
                assertThat(file.position()).as("not moved by an offset").isEqualTo(8);
                file.position(4);
                IoBuffer buffer = IoBuffer.allocate(3);
                file.readExactly(buffer).await();
                assertThat(textOf(buffer)).isEqualTo("two");
                assertThat(file.read(buffer).await().bytes()).isOne();
                assertThat(file.read(buffer).await().bytes()).isZero();
                file.position(FOUR_GIB + 3);
                assertThat(file.position()).isEqualTo(FOUR_GIB + 3);
                assertThat(file.read(buffer).await().bytes()).isZero();
                file.position(2);
                assertThat(file.readAllBytes()).asString().isEqualTo("E,two,");
            });
        }
    }

    @Test
    void all_bytes_of_files_that_do_not_know_their_size_are_read() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "no /proc here");
        try (AsyncFile file = opened(Path.of("/proc/cpuinfo"))) {
            assertThat(new String(file.readAllBytes())).contains("processor");
            assertThat(file.stat().await().size()).isZero();
        }
        byte[] large = pattern(3 << 20);
        try (AsyncFile file = opened(file(large))) {
            everywhere(() -> {
                file.position(0);
                assertThat(file.readAllBytes()).isEqualTo(large);
            });
        }
    }

    // ---- far out, and much ----

    @Test
    void offsets_beyond_four_gib_are_offsets() throws Exception {
        Path path = file("");
        try (AsyncFile file = opened(path, READ, WRITE)) {
            everywhere(() -> {
                file.truncate(0).await();
                file.writeAllAt(text("far"), FOUR_GIB + 5).await();
                file.writeAt(List.of(text("out"), text("side")), 2 * FOUR_GIB).await();
                assertThat(read(file, 8, FOUR_GIB + 4)).startsWith("\0far\0");
                assertThat(read(file, 8, 2 * FOUR_GIB)).isEqualTo("outside");
                IoBuffer first = IoBuffer.allocate(2);
                IoBuffer second = IoBuffer.allocate(2);
                assertThat(file.readAt(List.of(first, second), FOUR_GIB + 5).await()).isEqualTo(4);
                assertThat(textOf(first) + textOf(second)).isEqualTo("far\0");
                assertThat(file.stat().await().size()).isEqualTo(2 * FOUR_GIB + 7);
                assertThat(read(file, 4, 5)).as("a hole").isEqualTo("\0\0\0\0");
            });
        }
    }

    @Test
    void buffers_are_read_and_written_in_order() throws Exception {
        Path path = file("");
        byte[] all = pattern(3000 * 7);
        try (AsyncFile file = opened(path, READ, WRITE)) {
            everywhere(() -> {
                file.truncate(0).await();
                List<IoBuffer> out = new ArrayList<>();
                List<IoBuffer> in = new ArrayList<>();
                for (int i = 0; i < 3000; i++) {
                    out.add(IoBuffer.copyOf(Arrays.copyOfRange(all, 7 * i, 7 * i + 7)));
                    in.add(IoBuffer.allocate(7));
                }
                in.add(IoBuffer.allocate(7));
                assertThat(file.writeAt(out, 100).await()).isEqualTo(all.length);
                assertThat(file.readAt(in, 100).await()).as("ends at the end").isEqualTo(all.length);
                for (int i = 0; i < 3000; i++) {
                    assertThat(in.get(i).toByteArray()).isEqualTo(out.get(i).toByteArray());
                }
                assertThat(in.getLast().length()).isZero();
            });
        }
    }

    /** MAX_RW_COUNT, 0x7ffff000 bytes, is what one call moves at most. */
    @Test
    void transfers_beyond_two_gib_are_split() throws Exception {
        assumeTrue(FULL, "needs 2 GiB of memory; in -Pfull");
        long size = 0x7ffff000L + (1 << 20);
        try (AsyncFile file = opened(fresh(), READ, WRITE, CREATE)) {
            file.truncate(size + 10).await();
            file.writeAllAt(text("near the end"), 0x7ffff000L - 4).await();
            List<IoBuffer> buffers = new ArrayList<>();
            for (long left = size; left > 0; left -= 1 << 30) {
                buffers.add(IoBuffer.allocate((int) Math.min(left, 1 << 30)));
            }
            assertThat(file.readAt(buffers, 0).await()).isEqualTo(size);
            int at = (int) ((0x7ffff000L - 4) % (1 << 30));
            assertThat(buffers.get(1).get(at)).isEqualTo((byte) 'n');
            assertThat(buffers.getLast().length()).isEqualTo(buffers.getLast().capacity());
        }
    }

    @Test
    void transfers_on_several_buffers_fail_as_others_do() throws Exception {
        IoBuffer one = IoBuffer.allocate(1);
        try (AsyncFile toRead = opened(file("x")); AsyncFile toWrite = opened(file("x"), WRITE)) {
            assertThatThrownBy(toRead.writeAt(List.of(one), 0)::await).isInstanceOf(UringException.class)
                    .hasMessageContaining("writev failed: path=" + toRead.path() + " fd=").hasMessageContaining("EBADF");
            assertThatThrownBy(toWrite.readAt(List.of(one), 0)::await).hasMessageContaining("readv failed");
        }
        AsyncFile closed = opened(file("x"));
        closed.close();
        assertThatThrownBy(closed.readAt(List.of(one), 0)::await).isInstanceOf(ClosedChannelException.class);
        assertThat(one.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    // ---- append, durably ----

    @Test
    void concurrent_appends_lose_and_mix_nothing() throws Exception {
        int writers = 8;
        int rounds = 50;
        int bytes = 100;
        for (boolean opensToAppend : new boolean[] {false, true}) {
            Path path = file("");
            List<AsyncFile> files = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                files.add(opensToAppend ? opened(path, APPEND) : opened(path, WRITE));
            }
            List<Thread> threads = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                AsyncFile file = files.get(writer);
                byte[] record = new byte[bytes];
                Arrays.fill(record, (byte) ('a' + writer));
                threads.add(writer % 2 == 0 ? Thread.ofPlatform().start(() -> appendAll(file, record, rounds))
                        : Thread.ofVirtual().start(() -> appendAll(file, record, rounds)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            byte[] all = Files.readAllBytes(path);
            assertThat(all).hasSize(writers * rounds * bytes);
            int[] counts = new int[writers];
            for (int at = 0; at < all.length; at += bytes) {
                for (int i = 1; i < bytes; i++) {
                    assertThat(all[at + i]).as("record at %d", at).isEqualTo(all[at]);
                }
                counts[all[at] - 'a']++;
            }
            assertThat(counts).containsOnly(rounds);
            for (AsyncFile each : files) {
                each.close();
            }
        }
    }

    private static void appendAll(AsyncFile file, byte[] record, int rounds) {
        try {
            for (int i = 0; i < rounds; i++) {
                file.append(IoBuffer.copyOf(record)).await();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void appends_started_together_all_arrive() throws Exception {
        Path path = file("");
        try (AsyncFile file = opened(path, WRITE)) {
            everywhere(() -> {
                List<BufferOp> appends = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    appends.add(file.append(text("%02d,".formatted(i))));
                }
                Ops.joinAll(appends.toArray(Op[]::new));
            });
        }
        var seen = new TreeSet<>(Arrays.asList(Files.readString(path).split(",")));
        assertThat(seen).hasSize(100);
        assertThat(path).hasSize(600);
    }

    @Test
    void durable_writes_are_there() throws Exception {
        Path path = file("0123456789");
        try (AsyncFile file = opened(path, READ, WRITE)) {
            everywhere(() -> {
                assertThat(file.writeDurably(text("abc"), 2).await().bytes()).isEqualTo(3);
                assertThat(file.appendDurably(text("z")).await().bytes()).isOne();
                assertThat(file.writeDurably(IoBuffer.copyOf(pattern(3 << 20)), 1 << 20).await().bytes())
                        .isEqualTo(3 << 20);
                IoBuffer back = IoBuffer.allocate(3 << 20);
                file.readExactlyAt(back, 1 << 20).await();
                assertThat(back.toByteArray()).isEqualTo(pattern(3 << 20));
                assertThat(read(file, 6, 0)).isEqualTo("01abc5");
            });
        }
    }

    // ---- O_DIRECT ----

    private AsyncFile direct(Path path) throws Exception {
        try {
            return opened(path, new OpenOptions(OpenFlag.READ_WRITE | OpenFlag.CLOSE_ON_EXEC, 0, 0).direct());
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no O_DIRECT here: " + e.getMessage());
            throw e;
        }
    }

    @Test
    void direct_reads_end_at_an_end_that_is_not_aligned() throws Exception {
        byte[] content = pattern(2 * PAGE + 700);
        try (AsyncFile file = direct(file(content))) {
            everywhere(() -> {
                IoBuffer buffer = IoBuffer.allocateAligned(4 * PAGE, PAGE);
                assertThat(file.readAt(buffer, 0).await().bytes()).isEqualTo(content.length);
                assertThat(buffer.toByteArray()).isEqualTo(content);
                assertThat(file.readAt(buffer, 2 * PAGE).await().bytes()).isEqualTo(700);
                assertThat(file.readAt(buffer, 3 * PAGE).await().bytes()).isZero();
                assertThatThrownBy(file.readExactlyAt(buffer, PAGE)::await).isExactlyInstanceOf(EOFException.class);
                assertThat(buffer.toByteArray()).isEqualTo(Arrays.copyOfRange(content, PAGE, content.length));
                IoBuffer first = IoBuffer.allocateAligned(PAGE, PAGE);
                IoBuffer second = IoBuffer.allocateAligned(PAGE, PAGE);
                IoBuffer third = IoBuffer.allocateAligned(PAGE, PAGE);
                assertThat(file.readAt(List.of(first, second, third), 0).await()).isEqualTo(content.length);
                assertThat(List.of(first.length(), second.length(), third.length())).containsExactly(PAGE, PAGE, 700);
                file.position(0);
                assertThat(file.readAllBytes()).isEqualTo(content);
            });
        }
    }

    /** The kernel's READ of such a file leaves the position where it was. */
    @Test
    void direct_transfers_move_the_position() throws Exception {
        Path path = file("");
        try (AsyncFile file = direct(path)) {
            everywhere(() -> {
                IoBuffer page = IoBuffer.allocateAligned(PAGE, PAGE);
                file.truncate(0).await();
                file.position(0);
                for (int i = 0; i < 4; i++) {
                    file.writeAll(page.put(0, pattern(PAGE)).put(0, (byte) i)).await();
                    assertThat(file.position()).isEqualTo((i + 1L) * PAGE);
                }
                assertThat(file.write(page).await().bytes()).isEqualTo(PAGE);
                file.position(PAGE);
                for (int i = 1; i < 4; i++) {
                    file.readExactly(page).await();
                    assertThat(page.get(0)).isEqualTo((byte) i);
                }
                assertThat(file.read(page).await().bytes()).isEqualTo(PAGE);
                assertThat(file.read(page).await().bytes()).as("the end").isZero();
            });
        }
    }

    @Test
    void direct_transfers_that_are_not_aligned_are_told_what_would_be() throws Exception {
        needsLinux("its own words");
        try (AsyncFile file = direct(file(pattern(2 * PAGE)))) {
            everywhere(() -> {
                int alignment = file.stat().await().directOffsetAlignment();
                assumeTrue(alignment > 1, "the file system takes any alignment");
                IoBuffer aligned = IoBuffer.allocateAligned(PAGE, PAGE);
                for (BufferOp op : List.of(file.readAt(aligned, 1),
                        file.writeAt(IoBuffer.allocateAligned(PAGE, PAGE).length(3), 0))) {
                    assertThatThrownBy(op::await).isInstanceOfSatisfying(UringException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                            .hasMessageContaining("path=" + file.path())
                            .hasMessageContaining("offset and length to " + alignment)
                            .hasMessageContaining("memory must be aligned to");
                }
                assertThatThrownBy(file.allocate(0, -1)::await).as("not about alignment")
                        .hasMessageContaining("EINVAL").hasMessageNotContaining("aligned");
            });
        }
    }

    @Test
    void direct_writes_are_there() throws Exception {
        Path path = file("");
        try (AsyncFile file = direct(path)) {
            everywhere(() -> {
                IoBuffer page = IoBuffer.allocateAligned(PAGE, PAGE).put(0, pattern(PAGE));
                file.writeAllAt(page, PAGE).await();
                file.writeDurably(page, 0).await();
                assertThat(Files.readAllBytes(path)).startsWith(pattern(PAGE)).endsWith(pattern(PAGE)).hasSize(2 * PAGE);
            });
        }
    }

    // ---- registered buffers, foreign memory ----

    @Test
    void slots_of_a_pool_are_read_into_and_written_from() throws Exception {
        Path path = file(pattern(10_000));
        try (AsyncFile file = opened(path, READ, WRITE)) {
            runtime.blockOn(() -> {
                try (BufferPool pool = BufferPool.create(BufferPool.Options.of(8192, 4)); IoBuffer slot = pool.take();
                        IoBuffer other = pool.take()) {
                    assertThat(file.readExactlyAt(slot, 100).await().bytes()).isEqualTo(8192);
                    assertThat(slot.toByteArray()).isEqualTo(Arrays.copyOfRange(pattern(10_000), 100, 8292));
                    file.writeAllAt(slot, 0).await();
                    assertThat(file.readAt(List.of(other), 0).await()).isEqualTo(8192);
                    assertThat(other.toByteArray()).isEqualTo(slot.toByteArray());
                    assertThatThrownBy(file.readExactlyAt(slot, 9000)::await).isInstanceOf(EOFException.class);
                    assertThat(slot.length()).isEqualTo(1000);
                }
                return null;
            });
        }
    }

    /** Asks the operations themselves what they would ask the kernel. */
    private abstract static class Faces extends Driver {
        static String entry(Ring ring, Capabilities kernel, Op<?> op) {
            Sqe sqe = ring.submission().next();
            assertThat(prepare(op, sqe, kernel)).isTrue();
            String entry = sqe.toString();
            ring.submission().untake();
            return entry;
        }
    }

    @Test
    @Tag("io_uring")
    void slots_of_a_registered_pool_use_the_opcodes_for_them() throws Exception {
        Capabilities kernel = ((Capabilities.Answer.Available) Capabilities.probe()).capabilities();
        try (AsyncFile file = opened(file(pattern(100)), READ, WRITE); Ring ring = Ring.create(RingOptions.of(8))) {
            runtime.blockOn(() -> {
                try (BufferPool pool = BufferPool.create(BufferPool.Options.of(4096, 2)); IoBuffer slot = pool.take()) {
                    for (int i = 0; i < 2000 && !pool.isRegistered(); i++) {
                        Thread.sleep(1);
                    }
                    assumeTrue(pool.isRegistered(), "the kernel refuses to register buffers");
                    assertThat(Faces.entry(ring, kernel, new Read(file, slot, 0))).startsWith("READ_FIXED ");
                    assertThat(Faces.entry(ring, kernel, new Read(file, slot, 0).whole())).startsWith("READ_FIXED ");
                    assertThat(Faces.entry(ring, kernel, new Write(file, slot, 0))).startsWith("WRITE_FIXED ");
                    assertThat(Faces.entry(ring, kernel, new Read(file, IoBuffer.allocate(8), 0))).startsWith("READ ");
                }
                return null;
            });
        }
    }

    @Test
    void memory_of_the_caller_is_read_into() throws Exception {
        try (AsyncFile file = opened(file("0123456789")); Arena arena = Arena.ofShared()) {
            everywhere(() -> {
                IoBuffer mine = IoBuffer.wrapUnsafe(arena.allocate(4));
                file.readExactlyAt(mine, 3).await();
                assertThat(textOf(mine)).isEqualTo("3456");
            });
        }
    }

    // ---- together ----

    @Test
    void readers_do_not_disturb_one_another() throws Exception {
        byte[] content = pattern(1 << 20);
        int readers = 8;
        try (AsyncFile file = opened(file(content))) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int reader = 0; reader < readers; reader++) {
                int seed = reader;
                Runnable body = () -> readAtRandom(file, content, seed);
                Thread.Builder builder = reader % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                Thread thread = builder.unstarted(body);
                thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
                threads.add(thread);
                thread.start();
            }
            inTask(() -> readAtRandom(file, content, readers));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    private static void readAtRandom(AsyncFile file, byte[] content, long seed) {
        var random = new java.util.Random(seed);
        try {
            for (int i = 0; i < 200; i++) {
                int offset = random.nextInt(content.length);
                IoBuffer buffer = IoBuffer.allocate(1 + random.nextInt(10_000));
                file.readAt(buffer, offset).await();
                assertThat(buffer.toByteArray()).isEqualTo(Arrays.copyOfRange(content, offset, offset + buffer.length()));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
