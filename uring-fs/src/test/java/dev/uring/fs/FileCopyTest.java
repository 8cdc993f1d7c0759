package dev.uring.fs;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.OpenFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Splice;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies from file to file, and moves between files and pipes. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
class FileCopyTest extends FileTest {
    @Test
    void a_file_is_copied_whole() throws Exception {
        for (int size : new int[] {0, 1, 4096, 3_000_001}) {
            Path target = fresh();
            try (AsyncFile source = opened(file(pattern(size))); AsyncFile copy = opened(target, READ, WRITE, CREATE)) {
                everywhere(() -> assertThat(source.copyTo(copy)).isEqualTo(size));
            }
            assertThat(Files.readAllBytes(target)).isEqualTo(pattern(size));
        }
    }

    @Test
    void a_range_is_copied_up_to_the_end() throws Exception {
        Path target = file("xxxxxxxxxxxxxxxxxxxx");
        try (AsyncFile source = opened(file("0123456789")); AsyncFile copy = opened(target, READ, WRITE)) {
            everywhere(() -> {
                assertThat(source.copyTo(2, copy, 5, 3)).isEqualTo(3);
                assertThat(source.copyTo(8, copy, 15, 100)).isEqualTo(2);
                assertThat(source.copyTo(10, copy, 0, 100)).isZero();
                assertThat(source.copyTo(1000, copy, 0, Long.MAX_VALUE)).isZero();
                assertThat(source.copyTo(0, copy, 0, 0)).isZero();
                assertThat(target).hasContent("xxxxx234xxxxxxx89xxx");
            });
            assertThatIllegalArgumentException().isThrownBy(() -> source.copyTo(-1, copy, 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> source.copyTo(0, copy, -1, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> source.copyTo(0, copy, 0, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> new CopyRange(source, 0, copy, 0, 0));
        }
    }

    @Test
    void files_of_two_file_systems_are_copied() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isDirectory(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
                "no second file system here");
        Path target = Files.createTempFile(memory, "uring", ".bin");
        byte[] content = pattern(2_500_000);
        try (AsyncFile source = opened(file(content)); AsyncFile copy = opened(target, READ, WRITE)) {
            everywhere(() -> assertThat(source.copyTo(copy)).isEqualTo(content.length));
            assertThat(Files.readAllBytes(target)).isEqualTo(content);
            try (AsyncFile back = opened(fresh(), READ, WRITE, CREATE)) {
                assertThat(copy.copyTo(10, back, 0, 1_500_000)).isEqualTo(1_500_000);
                back.position(0);
                assertThat(back.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 10, 1_500_010));
            }
        } finally {
            Files.delete(target);
        }
    }

    @Test
    void files_that_seem_empty_are_copied() throws Exception {
        Path status = Path.of("/proc/version");
        assumeTrue(Files.exists(status), "no /proc here");
        Path target = fresh();
        try (AsyncFile source = opened(status); AsyncFile copy = opened(target, WRITE, CREATE)) {
            everywhere(() -> assertThat(source.copyTo(copy)).isPositive());
        }
        assertThat(Files.readString(target)).isEqualTo(Files.readString(status));
    }

    @Test
    void a_copy_within_a_file_ends_where_the_file_did() throws Exception {
        Path path = file("0123456789");
        try (AsyncFile file = opened(path, READ, WRITE); AsyncFile same = opened(path, READ, WRITE)) {
            assertThat(file.copyTo(0, file, 10, Long.MAX_VALUE)).isEqualTo(10);
            assertThat(path).hasContent("01234567890123456789");
            assertThat(file.copyTo(0, same, 20, Long.MAX_VALUE)).isEqualTo(20);
            assertThat(path).hasSize(40);
            assertThat(file.copyTo(5, same, 0, 5)).isEqualTo(5);
            assertThat(Files.readString(path)).startsWith("56789567890123");
            for (AsyncFile target : new AsyncFile[] {file, same}) {
                assertThatThrownBy(() -> file.copyTo(0, target, 5, 6)).isInstanceOfSatisfying(UringException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL)).hasMessageContaining("overlap");
                assertThatThrownBy(() -> file.copyTo(target)).hasMessageContaining("overlap");
            }
            assertThat(path).hasSize(40);
        }
    }

    @Test
    void a_target_that_is_open_to_append_takes_the_bytes_at_its_end() throws Exception {
        Path target = file("begin-");
        try (AsyncFile source = opened(file("end")); AsyncFile copy = opened(target, APPEND)) {
            assertThat(source.copyTo(copy)).isEqualTo(3);
        }
        assertThat(target).hasContent("begin-end");
    }

    @Test
    void what_cannot_be_copied_says_so() throws Exception {
        try (AsyncFile toRead = opened(file("x")); AsyncFile alsoToRead = opened(file("a"));
                AsyncFile toWrite = opened(file("y"), WRITE)) {
            assertThatThrownBy(() -> toRead.copyTo(alsoToRead)).isInstanceOf(UringException.class)
                    .hasMessageContaining("write failed: path=" + alsoToRead.path()).hasMessageContaining("EBADF");
            assertThatThrownBy(() -> toWrite.copyTo(toWrite)).hasMessageContaining("overlap");
            AsyncFile closed = opened(file("z"), READ, WRITE);
            closed.close();
            assertThatThrownBy(() -> toRead.copyTo(closed)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> closed.copyTo(toWrite)).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void direct_files_are_copied_whatever_their_end() throws Exception {
        byte[] content = pattern(3 * 4096 + 100);
        OpenOptions direct = new OpenOptions(OpenFlag.READ_WRITE | OpenFlag.CLOSE_ON_EXEC | OpenFlag.CREATE, 0600, 0).direct();
        AsyncFile source;
        try {
            source = opened(file(content), direct);
        } catch (java.io.IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no O_DIRECT here: " + e.getMessage());
            return;
        }
        Path target = fresh();
        try (source; AsyncFile copy = opened(target, WRITE, CREATE)) {
            everywhere(() -> assertThat(source.copyTo(copy)).isEqualTo(content.length));
        }
        assertThat(Files.readAllBytes(target)).isEqualTo(content);
    }

    @Test
    void an_interrupted_copy_stops() throws Exception {
        Path path = fresh();
        try (AsyncFile source = opened(path, READ, WRITE, CREATE); AsyncFile copy = opened(fresh(), READ, WRITE, CREATE)) {
            source.truncate(1L << 40).await();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread copying = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                try {
                    source.copyTo(0, copy, 0, 1L << 40);
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            copying.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
            copy.truncate(0).await();
        }
    }

    // ---- pipes ----

    /** One end of a pipe of the C library. */
    private static final class End extends Descriptor {
        End(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }
    }

    private End[] pipe() {
        needsLinux("its numbers are no descriptors");
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC)).isZero();
            return new End[] {new End(pair.getAtIndex(ValueLayout.JAVA_INT, 0), runtime),
                new End(pair.getAtIndex(ValueLayout.JAVA_INT, 1), runtime)};
        }
    }

    @Test
    void bytes_go_through_a_pipe_from_file_to_file() throws Exception {
        End[] pipe = pipe();
        Path target = fresh();
        try (AsyncFile source = opened(file("0123456789")); AsyncFile copy = opened(target, READ, WRITE, CREATE)) {
            everywhere(() -> {
                Op<Integer> out = new Splice(pipe[0], Splice.NO_OFFSET, copy, 3, 100).submit(); // waits
                assertThat(new Splice(source, 2, pipe[1], Splice.NO_OFFSET, 5).submit().await()).isEqualTo(5);
                assertThat(out.await()).isEqualTo(5);
                assertThat(Files.readString(target)).isEqualTo("\0\0\00023456");
                assertThat(new Splice(source, 10, pipe[1], Splice.NO_OFFSET, 5).submit().await()).as("the end").isZero();
            });
            assertThatThrownBy(new Splice(source, 0, copy, 0, 1).submit()::await).isInstanceOf(UringException.class)
                    .hasMessageContaining("splice failed: fd=").hasMessageContaining("EINVAL");
            pipe[1].close();
            assertThat(new Splice(pipe[0], Splice.NO_OFFSET, copy, 0, 1).submit().await()).isZero();
        }
        pipe[0].close();
    }

    @Test
    void a_splice_that_waits_is_cancelled_or_ends_with_a_close_of_either_side() throws Exception {
        for (int way = 0; way < 3; way++) {
            End[] pipe = pipe();
            AsyncFile copy = opened(fresh(), WRITE, CREATE);
            Op<Integer> waits = new Splice(pipe[0], Splice.NO_OFFSET, copy, 0, 100).submit();
            Thread.sleep(5);
            switch (way) {
                case 0 -> waits.cancel();
                case 1 -> pipe[0].close();
                default -> copy.close();
            }
            assertThatThrownBy(waits::await)
                    .isInstanceOf(way == 0 ? CancellationException.class : AsynchronousCloseException.class);
            pipe[0].close();
            pipe[1].close();
            copy.close();
        }
    }
}
