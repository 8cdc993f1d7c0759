package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.runtime.sim.Dice;
import dev.uring.runtime.sim.MemorySys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The host in memory: its files are those of the kernel, and a crash leaves what a disk may hold and no less. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class MemorySysTest {
    private static final int HERE = PathFlag.CURRENT_DIRECTORY;
    private static final int RW = OpenFlag.READ_WRITE;
    private static final int SECTOR = 512;
    private static final int RUNS = 50;
    private static final int CALLS = 150;

    private final MemorySys sys = new MemorySys();
    private final Arena memory = Arena.ofAuto();
    private final long first = Long.getLong("uring.test.seed", System.nanoTime());

    // ---- like the kernel ----

    /** {@code -Dtest.args=-During.test.seed=N} begins with the sequence of one seed. */
    @Test
    void sequences_of_calls_end_as_those_of_the_kernel_do(@TempDir Path folder) throws IOException {
        for (long seed = first; seed < first + RUNS; seed++) {
            Path real = Files.createDirectories(folder.resolve("kernel" + seed).resolve("root"));
            int kernel = LibcSys.INSTANCE.openat(HERE, path(real.toString()),
                    OpenFlag.READ_ONLY | OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC, 0);
            MemorySys host = new MemorySys();
            assertThat(host.mkdirat(HERE, path("root"), 0755)).isZero();
            int root = host.openat(HERE, path("root"), OpenFlag.READ_ONLY | OpenFlag.DIRECTORY, 0);
            try (SameCalls calls = new SameCalls(LibcSys.INSTANCE, kernel, host, root, new Dice(seed),
                    EnumSet.of(SameCalls.Kind.SYMBOLIC_LINK))) {
                calls.run(CALLS);
            } catch (AssertionError e) {
                throw new AssertionError("uring.test.seed=" + seed, e);
            }
            assertThat(host.count()).isZero();
        }
    }

    @Test
    void file_larger_than_an_array_is_EFBIG() {
        int fd = create("file");
        assertThat(sys.ftruncate(fd, 1L << 31)).isEqualTo(-Errno.EFBIG);
        assertThat(sys.pwrite(fd, text("x"), 1, Integer.MAX_VALUE, 0)).isEqualTo(-Errno.EFBIG);
        assertThat(sys.fallocate(fd, 0, 1, Integer.MAX_VALUE)).isEqualTo(-Errno.EFBIG);
        assertThat(sys.ftruncate(fd, Integer.MAX_VALUE)).as("takes no memory").isZero();
        assertThat(size("file")).isEqualTo(Integer.MAX_VALUE);
        assertThat(read(fd, 5, Integer.MAX_VALUE - 2)).isEqualTo("\0\0");
    }

    @Test
    void shared_locks_go_together_and_others_do_not() {
        int one = create("file");
        int other = sys.openat(HERE, path("file"), RW, 0);
        assertThat(sys.lock(one, LockRange.SHARED, 0, 10)).isZero();
        assertThat(sys.lock(other, LockRange.SHARED, 5, 10)).isZero();
        assertThat(sys.lock(one, LockRange.EXCLUSIVE, 0, 10)).isEqualTo(-Errno.EAGAIN);
        assertThat(sys.lock(one, LockRange.EXCLUSIVE, 0, 5)).isZero();
        assertThat(sys.lock(other, LockRange.SHARED, 4, 1)).isEqualTo(-Errno.EAGAIN);
        assertThat(sys.close(one)).isZero();
        assertThat(sys.lock(other, LockRange.EXCLUSIVE, 0, 0)).isZero();
    }

    @Test
    void names_are_exchanged_in_one_step() {
        write(create("file"), "content", 0, 0);
        assertThat(sys.mkdirat(HERE, path("directory"), 0755)).isZero();
        assertThat(sys.renameat(HERE, path("file"), HERE, path("directory"), RenameFlag.EXCHANGE)).isZero();
        assertThat(content("directory")).isEqualTo("content");
        assertThat(sys.mkdirat(HERE, path("file/below"), 0755)).isZero();
        assertThat(sys.renameat(HERE, path("file"), HERE, path("file/below"), RenameFlag.EXCHANGE))
                .isEqualTo(-Errno.EINVAL);
    }

    // ---- like a disk ----

    @Test
    void crash_closes_all_and_gives_no_number_twice() {
        int fd = create("file");
        int[] pipe = sys.pipe();
        sys.crash(new Dice(first));
        for (int each : new int[] {fd, pipe[0], pipe[1]}) {
            assertThat(sys.read(each, memory.allocate(1), 1)).isEqualTo(-Errno.EBADF);
            assertThat(sys.fsync(each)).isEqualTo(-Errno.EBADF);
            assertThat(sys.close(each)).isEqualTo(-Errno.EBADF);
        }
        assertThat(sys.count()).isZero();
        assertThat(create("new")).isGreaterThan(pipe[1]);
    }

    @Test
    void what_a_sync_covers_survives_every_crash() {
        for (boolean data : new boolean[] {true, false}) {
            outcomes(seed -> {
                MemorySys host = new MemorySys();
                int fd = create(host, "file");
                host.pwrite(fd, text("a".repeat(2000)), 2000, 0, 0);
                assertThat(data ? host.fdatasync(fd) : host.fsync(fd)).isZero();
                host.crash(new Dice(seed));
                return content(host, "file");
            }, Set.of("a".repeat(2000)));
        }
    }

    @Test
    void what_no_sync_covers_may_be_there_or_not() {
        String a = "a".repeat(SECTOR);
        String b = "b".repeat(SECTOR);
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.pwrite(fd, text(a + a), 2 * SECTOR, 0, 0);
            host.fsync(fd);
            host.pwrite(fd, text(b + b), 2 * SECTOR, 0, 0);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of(a + a, a + b, b + a, b + b));
    }

    @Test
    void sector_is_as_any_write_since_the_last_sync_left_it() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.pwrite(fd, text("0000"), 4, 0, 0);
            host.fsync(fd);
            host.pwrite(fd, text("1"), 1, 1, 0);
            host.pwrite(fd, text("22"), 2, 1, 0);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("0000", "0100", "0220"));
    }

    @Test
    void size_is_as_any_change_since_the_last_sync_left_it() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.pwrite(fd, text("abcd"), 4, 0, 0);
            host.fsync(fd);
            host.ftruncate(fd, 2);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("abcd", "ab", "ab\0\0"));
    }

    @Test
    void write_with_DSYNC_covers_its_bytes_and_the_size_and_nothing_else() {
        for (int flag : new int[] {ReadWriteFlag.DATA_SYNC, ReadWriteFlag.SYNC}) {
            outcomes(seed -> {
                MemorySys host = new MemorySys();
                int fd = create(host, "file");
                host.fsync(fd);
                host.pwrite(fd, text("xx"), 2, 0, 0);
                host.pwrite(fd, text("yy"), 2, 1, flag);
                host.crash(new Dice(seed));
                return content(host, "file");
            }, Set.of("xyy", "\0yy"));
        }
    }

    @Test
    void file_that_is_open_with_DSYNC_writes_so() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = host.openat(HERE, path("file"), RW | OpenFlag.CREATE | OpenFlag.DATA_SYNC, 0600);
            host.fsync(fd);
            host.write(fd, text("ab"), 2);
            host.write(fd, text("cd"), 2);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("abcd"));
    }

    @Test
    void sync_of_a_range_makes_nothing_durable() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.fsync(fd);
            host.write(fd, text("a"), 1);
            host.syncFileRange(fd, 0, 0, 7);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("", "a", "\0"));
    }

    @Test
    void punched_hole_may_be_there_or_not() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.write(fd, text("abc"), 3);
            host.fsync(fd);
            host.fallocate(fd, AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE, 1, 1);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("abc", "a\0c"));
    }

    @Test
    void name_of_a_new_file_is_durable_with_the_file_or_its_directory() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            create(host, "none");
            host.crash(new Dice(seed));
            return content(host, "none");
        }, Set.of("", "ENOENT"));
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            create(host, "file");
            host.fsync(host.directory());
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of(""));
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            host.mkdirat(HERE, path("d"), 0755);
            host.fsync(create(host, "d/file")); // and with it the directory above
            host.crash(new Dice(seed));
            return content(host, "d/file");
        }, Set.of(""));
    }

    @Test
    void rename_over_a_file_leaves_the_old_or_the_new_one_whole() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            replace(host);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("old", "new"));
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            replace(host);
            host.fsync(host.directory());
            host.crash(new Dice(seed));
            return content(host, "file") + content(host, "next");
        }, Set.of("newENOENT"));
    }

    private void replace(MemorySys host) {
        int old = create(host, "file");
        host.write(old, text("old"), 3);
        host.fsync(old);
        int next = create(host, "next");
        host.write(next, text("new"), 3);
        host.fsync(next);
        assertThat(host.renameat(HERE, path("next"), HERE, path("file"), 0)).isZero();
    }

    @Test
    void removed_file_may_come_back_with_its_content() {
        outcomes(seed -> {
            MemorySys host = new MemorySys();
            int fd = create(host, "file");
            host.write(fd, text("abc"), 3);
            host.fsync(fd);
            host.unlinkat(HERE, path("file"), 0);
            host.crash(new Dice(seed));
            return content(host, "file");
        }, Set.of("abc", "ENOENT"));
    }

    /** Plays a crash with many seeds: each outcome is allowed, and each of those allowed is seen. */
    private void outcomes(IntFunction<String> run, Set<String> allowed) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 400; i++) {
            seen.add(run.apply((int) first + i));
        }
        assertThat(seen).as("uring.test.seed=%d", first).containsExactlyInAnyOrderElementsOf(allowed);
    }

    // ---- words for calls ----

    private MemorySegment path(String text) {
        return CString.encode(memory, text);
    }

    private MemorySegment text(String text) {
        return CString.encode(memory, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private int create(String name) {
        return create(sys, name);
    }

    private int create(MemorySys host, String name) {
        int fd = host.openat(HERE, path(name), RW | OpenFlag.CREATE, 0600);
        assertThat(fd).isNotNegative();
        return fd;
    }

    private void write(int fd, String text, long offset, int flags) {
        assertThat(sys.pwrite(fd, text(text), text.length(), offset, flags)).isEqualTo(text.length());
    }

    private String read(int fd, int bytes, long offset) {
        MemorySegment into = memory.allocate(bytes);
        int result = sys.pread(fd, into, bytes, offset);
        return new String(into.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }

    private long size(String name) {
        MemorySegment result = memory.allocate(Statx.SIZE, Long.BYTES);
        assertThat(sys.statx(HERE, path(name), 0, StatxMask.BASIC, result)).isZero();
        return Statx.size(result);
    }

    private String content(String name) {
        return content(sys, name);
    }

    private String content(MemorySys host, String name) {
        int fd = host.openat(HERE, path(name), OpenFlag.READ_ONLY, 0);
        if (fd < 0) {
            return fd == -Errno.ENOENT ? "ENOENT" : Errno.describe(-fd);
        }
        MemorySegment into = memory.allocate(8192);
        int result = host.read(fd, into, 8192);
        host.close(fd);
        return new String(into.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }
}
