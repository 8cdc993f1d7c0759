package dev.uring.fs;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Ops;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Files: opened, read, written and synced with the rules and the exceptions of java.nio.file. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncFileTest {
    private static final boolean FULL = Boolean.getBoolean("uring.test.full");

    @TempDir
    Path directory;
    @Parameter
    Carriers carriers;
    private UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    private AsyncFile opened(Path path, OpenOption... options) throws Exception {
        return runtime.blockOn(() -> AsyncFile.open(path, options).await());
    }

    private Path file(String content) throws IOException {
        Path file = Files.createTempFile(directory, "file", ".txt");
        return Files.writeString(file, content);
    }

    private static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(AsyncFile file, int length, long offset) throws IOException {
        BufResult result = file.readAt(IoBuffer.allocate(length), offset).await();
        assertThat(result.buffer().length()).isEqualTo(result.bytes());
        return result.buffer().toString(StandardCharsets.US_ASCII);
    }

    // ---- open ----

    @Test
    void errors_of_open_are_those_of_java_nio_file() throws Exception {
        Path file = file("x");
        Path loop = directory.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        task(() -> {
            Path missing = directory.resolve("missing");
            assertThatThrownBy(AsyncFile.open(missing)::await).isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("open failed: path=" + missing).hasMessageContaining("errno=ENOENT(2)")
                    .satisfies(e -> assertThat(((FileSystemException) e).getFile()).isEqualTo(missing.toString()));
            assertThatThrownBy(AsyncFile.open(file, WRITE, CREATE_NEW)::await)
                    .isInstanceOf(FileAlreadyExistsException.class).hasMessageContaining("EEXIST");
            assertThatThrownBy(AsyncFile.open(file.resolve("below"))::await)
                    .isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(AsyncFile.open(loop)::await).isInstanceOf(FileSystemLoopException.class);
            assertThatThrownBy(AsyncFile.open(directory, WRITE)::await).isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("EISDIR");
            assertThatThrownBy(AsyncFile.open(Path.of("x".repeat(300)))::await)
                    .isInstanceOf(FileSystemException.class).hasMessageContaining("ENAMETOOLONG");
        });
    }

    @Test
    void a_file_without_permission_is_access_denied() throws Exception {
        assumeFalse(FileTest.isRoot(directory), "root may open everything");
        Path file = file("x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        task(() -> assertThatThrownBy(AsyncFile.open(file)::await).isInstanceOf(AccessDeniedException.class));
    }

    @Test
    void a_file_that_nobody_may_change_is_access_denied() throws Exception {
        // Also for root: EACCES or EPERM of the kernel's own files.
        Path sealed = Path.of("/proc/version");
        task(() -> assertThatThrownBy(() -> AsyncFile.open(sealed, WRITE).await()
                .writeAt(text("x"), 0).await()).isInstanceOf(IOException.class));
    }

    @Test
    void open_needs_a_runtime() throws Exception {
        Path file = file("x");
        assertThatIllegalStateException().isThrownBy(() -> AsyncFile.open(file))
                .withMessageContaining("there is no reactor running");
        try (AsyncFile open = runtime.handle().run(() -> AsyncFile.open(file)).await()) {
            assertThat(read(open, 8, 0)).as("open files work from any thread").isEqualTo("x");
        }
    }

    /** What java.nio.file makes of the same options on an equal file. */
    private record Outcome(String thrown, String content, boolean readable, boolean writable) {
    }

    private Outcome ofJdk(String content, OpenOption... options) throws IOException {
        Path file = prepared(content);
        try (FileChannel channel = FileChannel.open(file, options)) {
            boolean readable = can(() -> channel.read(java.nio.ByteBuffer.allocate(1), 0));
            boolean writable = can(() -> channel.write(java.nio.ByteBuffer.wrap(new byte[] {'W'}), 1));
            return new Outcome(null, Files.readString(file), readable, writable);
        } catch (IOException | RuntimeException e) {
            return new Outcome(e.getClass().getSimpleName(), Files.exists(file) ? Files.readString(file) : null, false,
                    false);
        }
    }

    private Outcome ofOurs(String content, OpenOption... options) throws Exception {
        Path file = prepared(content);
        try (AsyncFile open = opened(file, options)) {
            boolean readable = can(() -> open.readAt(IoBuffer.allocate(1), 0).await());
            boolean writable = can(() -> open.writeAt(text("W"), 1).await());
            return new Outcome(null, Files.readString(file), readable, writable);
        } catch (IOException | RuntimeException e) {
            return new Outcome(e.getClass().getSimpleName(), Files.exists(file) ? Files.readString(file) : null, false,
                    false);
        }
    }

    private Path prepared(String content) throws IOException {
        Path file = Files.createTempFile(directory, "option", ".txt");
        if (content == null) {
            Files.delete(file);
        } else {
            Files.writeString(file, content);
        }
        return file;
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static boolean can(Attempt attempt) {
        try {
            attempt.run();
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void options_mean_what_they_mean_to_java_nio_file() throws Exception {
        OpenOption[] all = {READ, WRITE, APPEND, TRUNCATE_EXISTING, CREATE, CREATE_NEW};
        for (int set = 0; set < 1 << all.length; set++) {
            List<OpenOption> chosen = new ArrayList<>();
            for (int i = 0; i < all.length; i++) {
                if ((set & 1 << i) != 0) {
                    chosen.add(all[i]);
                }
            }
            OpenOption[] options = chosen.toArray(OpenOption[]::new);
            for (String content : new String[] {"before", null}) {
                assertThat(ofOurs(content, options)).as("options=%s content=%s", chosen, content)
                        .isEqualTo(ofJdk(content, options));
            }
        }
    }

    @Test
    void further_options_are_taken_or_refused() throws Exception {
        Path file = file("x");
        for (OpenOption option : List.of(SYNC, DSYNC, SPARSE)) {
            try (AsyncFile open = opened(file, WRITE, option)) {
                assertThat(open.isOpen()).isTrue();
            }
        }
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, file);
        assertThatThrownBy(() -> opened(link, LinkOption.NOFOLLOW_LINKS)).isInstanceOf(FileSystemException.class)
                .hasMessageNotContaining("EINVAL");
        assertThatThrownBy(() -> opened(file, DELETE_ON_CLOSE)).isInstanceOf(UnsupportedOperationException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> opened(file, READ, APPEND))
                .withMessageContaining("READ and APPEND");
        assertThatIllegalArgumentException().isThrownBy(() -> opened(file, APPEND, TRUNCATE_EXISTING));
    }

    @Test
    void created_files_have_the_permissions_of_java_nio_file() throws Exception {
        Path ours = directory.resolve("ours");
        Path theirs = directory.resolve("theirs");
        opened(ours, WRITE, CREATE).close();
        FileChannel.open(theirs, WRITE, CREATE).close();
        assertThat(Files.getPosixFilePermissions(ours)).isEqualTo(Files.getPosixFilePermissions(theirs));
    }

    @Test
    void names_that_are_not_ascii_are_found() throws Exception {
        Path file;
        try {
            file = directory.resolve("d\u00e4t\u00e4-\u65e5\u672c");
        } catch (java.nio.file.InvalidPathException e) {
            assumeFalse(true, "the charset of paths cannot express the name: " + e.getMessage());
            return;
        }
        Files.writeString(file, "found");
        try (AsyncFile open = opened(file)) {
            assertThat(read(open, 10, 0)).isEqualTo("found");
        }
    }

    @Test
    void an_abandoned_open_leaks_no_descriptor() throws Exception {
        Path file = file("x");
        int count = FULL ? 20_000 : 1000;
        task(() -> {
            Random random = new Random(5);
            for (int i = 0; i < count; i++) {
                Op<AsyncFile> open = AsyncFile.open(file);
                switch (random.nextInt(4)) {
                    case 0 -> Thread.yield();
                    case 1 -> Thread.sleep(0, 50_000);
                    default -> {
                        // at once
                    }
                }
                open.abandon();
            }
        });
        runtime.handle().run(() -> {
            for (int i = 0; i < count; i++) {
                AsyncFile.open(file).abandon();
            }
            return null;
        });
    }

    @Test
    void a_cancelled_open_is_cancelled_or_open() throws Exception {
        Path file = file("x");
        task(() -> {
            for (int i = 0; i < 500; i++) {
                Op<AsyncFile> open = AsyncFile.open(file);
                open.cancel();
                try (AsyncFile opened = open.await()) {
                    assertThat(read(opened, 4, 0)).isEqualTo("x");
                } catch (CancellationException e) {
                    // in time
                }
            }
        });
    }

    // ---- read and write ----

    @Test
    void reads_at_offsets_fill_what_there_is() throws Exception {
        Path file = file("0123456789");
        try (AsyncFile open = opened(file)) {
            task(() -> {
                assertThat(read(open, 4, 0)).isEqualTo("0123");
                assertThat(read(open, 4, 3)).isEqualTo("3456");
                assertThat(read(open, 100, 7)).isEqualTo("789");
                assertThat(read(open, 4, 10)).as("at the end").isEmpty();
                assertThat(read(open, 4, 1_000_000)).as("past the end").isEmpty();
            });
            assertThat(read(open, 4, 0)).as("from a foreign thread").isEqualTo("0123");
        }
    }

    @Test
    void an_empty_file_reads_nothing() throws Exception {
        try (AsyncFile open = opened(file(""))) {
            IoBuffer buffer = IoBuffer.allocate(16);
            assertThat(open.readAt(buffer, 0).await().bytes()).isZero();
            assertThat(buffer.length()).isZero();
        }
    }

    @Test
    void writes_go_to_their_offset_and_leave_holes() throws Exception {
        Path file = directory.resolve("new");
        try (AsyncFile open = opened(file, CREATE, WRITE, READ)) {
            task(() -> {
                assertThat(open.writeAt(text("world"), 6).await().bytes()).isEqualTo(5);
                assertThat(open.writeAt(text("hello"), 0).await().bytes()).isEqualTo(5);
                IoBuffer part = text("ABCDEF").length(2);
                assertThat(open.writeAt(part, 20).await().bytes()).as("up to the length").isEqualTo(2);
                assertThat(part.length()).as("a write leaves the length").isEqualTo(2);
            });
        }
        assertThat(Files.readString(file)).isEqualTo("hello\0world" + "\0".repeat(9) + "AB");
    }

    @Test
    void offsets_beyond_four_gibibytes_are_whole() throws Exception {
        Path file = directory.resolve("sparse");
        long far = (1L << 32) + 12345;
        try (AsyncFile open = opened(file, CREATE, WRITE, READ, SPARSE)) {
            open.writeAt(text("far"), far).await();
            open.writeAt(text("near"), 12345).await();
            assertThat(read(open, 3, far)).isEqualTo("far");
            assertThat(read(open, 4, 12345)).isEqualTo("near");
        }
        assertThat(Files.size(file)).isEqualTo(far + 3);
        Files.delete(file);
    }

    @Test
    void negative_offsets_are_refused() throws Exception {
        try (AsyncFile open = opened(file("x"), READ, WRITE)) {
            IoBuffer buffer = IoBuffer.allocate(1);
            assertThatIllegalArgumentException().isThrownBy(() -> open.readAt(buffer, -1))
                    .withMessageContaining("offset=-1");
            assertThatIllegalArgumentException().isThrownBy(() -> open.writeAt(buffer, Long.MIN_VALUE));
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        }
    }

    @Test
    void the_wrong_direction_is_an_error_and_returns_the_buffer() throws Exception {
        Path file = file("x");
        IoBuffer buffer = IoBuffer.allocate(1);
        try (AsyncFile open = opened(file)) {
            assertThatThrownBy(open.writeAt(buffer, 0)::await).isInstanceOf(UringException.class)
                    .hasMessage("write failed: path=" + open.path() + " fd=" + open.fd() + " lengthBytes=1 offset=0 errno=EBADF(9)");
        }
        try (AsyncFile open = opened(file, WRITE)) {
            assertThatThrownBy(open.readAt(buffer, 0)::await).isInstanceOf(UringException.class);
        }
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    @Test
    void a_directory_cannot_be_read() throws Exception {
        try (AsyncFile open = opened(directory)) {
            assertThatThrownBy(open.readAt(IoBuffer.allocate(1), 0)::await).hasMessageContaining("EISDIR");
        }
    }

    @Test
    void many_reads_run_at_once_and_each_gets_its_own_bytes() throws Exception {
        int count = 32;
        int size = 4096;
        byte[] content = new byte[count * size];
        new Random(7).nextBytes(content);
        Path file = Files.write(directory.resolve("random"), content);
        try (AsyncFile open = opened(file)) {
            for (int round = 0; round < (FULL ? 1000 : 20); round++) {
                Set<Integer> checked = new HashSet<>();
                Uring.Body body = () -> {
                    List<BufferOp> reads = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        reads.add(open.readAt(IoBuffer.allocate(size), (long) i * size));
                    }
                    for (int i = 0; i < count; i++) {
                        BufResult result = reads.get(i).await();
                        assertThat(result.bytes()).isEqualTo(size);
                        assertThat(result.buffer().toByteArray())
                                .isEqualTo(java.util.Arrays.copyOfRange(content, i * size, (i + 1) * size));
                        checked.add(i);
                    }
                };
                if (round % 2 == 0) {
                    task(body);
                } else {
                    body.run();
                }
                assertThat(checked).hasSize(count);
            }
        }
    }

    @Test
    void many_writes_run_at_once() throws Exception {
        Path file = directory.resolve("written");
        int count = 64;
        try (AsyncFile open = opened(file, CREATE, WRITE)) {
            task(() -> {
                List<BufferOp> writes = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    writes.add(open.writeAt(text("%03d,".formatted(i)), i * 4L));
                }
                Ops.joinAll(writes.toArray(Op[]::new));
                open.fsync().await();
            });
        }
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < count; i++) {
            expected.append("%03d,".formatted(i));
        }
        assertThat(Files.readString(file)).isEqualTo(expected.toString());
    }

    @Test
    void appended_writes_go_to_the_end_whatever_their_offset() throws Exception {
        Path file = file("begin");
        try (AsyncFile open = opened(file, APPEND)) {
            open.writeAt(text("-middle"), 0).await();
            open.writeAt(text("-end"), 2).await();
        }
        assertThat(Files.readString(file)).isEqualTo("begin-middle-end");
    }

    // ---- sync, close ----

    @Test
    void synced_writes_are_seen_by_others() throws Exception {
        Path file = directory.resolve("synced");
        try (AsyncFile open = opened(file, CREATE, WRITE)) {
            task(() -> {
                open.writeAt(text("first"), 0).await();
                open.fsync().await();
                assertThat(Files.readString(file)).isEqualTo("first");
                open.writeAt(text("other"), 0).await();
                open.fdatasync().await();
                assertThat(Files.readString(file)).isEqualTo("other");
            });
            open.fsync().await();
            assertThat(open.fdatasync().toCompletableFuture().get(20, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void what_cannot_be_synced_says_so() throws Exception {
        try (AsyncFile open = opened(Path.of("/dev/null"))) {
            assertThatThrownBy(open.fsync()::await).isInstanceOf(IOException.class)
                    .hasMessage("fsync failed: path=/dev/null fd=" + open.fd() + " errno=EINVAL(22)");
            assertThatThrownBy(open.fdatasync()::await).hasMessageStartingWith("fdatasync failed: path=/dev/null fd=");
        }
    }

    @Test
    void a_closed_file_refuses() throws Exception {
        AsyncFile open = opened(file("x"));
        assertThat(open.toString()).contains("fd=").doesNotContain("closed");
        open.close();
        open.close();
        assertThat(open.toString()).contains("closed");
        IoBuffer buffer = IoBuffer.allocate(1);
        assertThatThrownBy(open.readAt(buffer, 0)::await).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(open.fsync()::await).isInstanceOf(ClosedChannelException.class);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    @Test
    void a_file_left_open_is_closed_with_its_runtime() throws Exception {
        AsyncFile open = opened(file("x"));
        runtime.close();
        assertThat(open.isOpen()).isFalse();
        open.close();
    }

    /** LeakCheck compares the descriptors before and after. */
    @Test
    void files_that_nobody_takes_are_closed_at_the_end_of_the_runtime() throws Exception {
        Path file = Files.writeString(directory.resolve("untaken"), "x");
        runtime.blockOn(() -> {
            for (int i = 0; i < 20; i++) {
                AsyncFile.open(file);
            }
            Thread.sleep(20);
            for (int i = 0; i < 20; i++) {
                AsyncFile.open(file);
            }
            return null;
        });
        runtime.close();
    }

    @Test
    void direct_reads_and_writes_without_an_offset_move_the_position() throws Exception {
        Path path = Files.write(directory.resolve("direct"), new byte[8192]);
        task(() -> {
            assumeFalse(runtime.driver().name().equals("nio"), "java.nio opens no file with O_DIRECT by flags");
            try (AsyncFile open = AsyncFile.open(path, OpenOptions.of(READ, WRITE).direct()).await()) {
                IoBuffer block = IoBuffer.allocateAligned(4096, 4096);
                assertThat(open.write(block.put(0, (byte) 1)).await().bytes()).isEqualTo(4096);
                assertThat(open.position()).isEqualTo(4096);
                assertThat(open.writeAll(block.put(0, (byte) 2)).await().bytes()).isEqualTo(4096);
                open.position(0);
                for (byte expected = 1; expected <= 2; expected++) {
                    assertThat(open.read(block).await().bytes()).isEqualTo(4096);
                    assertThat(block.get(0)).isEqualTo(expected);
                }
                assertThat(open.read(block).await().bytes()).as("the end").isZero();
            }
        });
    }

    @Test
    void direct_reads_of_all_end_at_an_end_inside_a_block() throws Exception {
        byte[] content = new byte[4096 + 100];
        new Random(3).nextBytes(content);
        Path path = Files.write(directory.resolve("tail"), content);
        task(() -> {
            assumeFalse(runtime.driver().name().equals("nio"), "java.nio opens no file with O_DIRECT by flags");
            try (AsyncFile open = AsyncFile.open(path, OpenOptions.READ.direct()).await()) {
                IoBuffer first = IoBuffer.allocateAligned(4096, 4096);
                IoBuffer second = IoBuffer.allocateAligned(4096, 4096);
                IoBuffer third = IoBuffer.allocateAligned(4096, 4096);
                assertThat(open.readAt(List.of(first, second, third), 0).await()).isEqualTo(4196);
                assertThat(List.of(first.length(), second.length(), third.length())).containsExactly(4096, 100, 0);
                assertThat(second.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(content, 4096, 4196));
                IoBuffer all = IoBuffer.allocateAligned(8192, 4096);
                assertThatThrownBy(open.readExactlyAt(all, 0)::await).isInstanceOf(java.io.EOFException.class)
                        .hasMessageContaining("path=" + path);
                assertThat(all.length()).isEqualTo(4196);
                assertThat(all.toByteArray()).isEqualTo(content);
            }
        });
    }
}
