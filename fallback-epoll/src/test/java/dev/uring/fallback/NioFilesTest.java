package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.ffi.Timespec;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.LibcSys;
import dev.uring.runtime.SameCalls;
import dev.uring.runtime.Sys;
import dev.uring.runtime.sim.Dice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files and paths: what java.nio plays is what the kernel does. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class NioFilesTest {
    private static final int RUNS = 50;
    private static final int CALLS = 150;

    private final Arena memory = Arena.ofAuto();
    @TempDir
    private Path folder;

    /** {@code -Dtest.args=-During.test.seed=N} plays the sequence of one seed again. */
    @Test
    void sequences_of_calls_end_as_those_of_the_kernel_do() throws IOException {
        Long given = Long.getLong("uring.test.seed");
        // The same in every build, so that what is found is what was changed; -Pfull looks further each time.
        long fresh = Boolean.getBoolean("uring.test.full") ? System.nanoTime() : 1;
        long first = given == null ? fresh : given;
        for (long seed = first; seed < first + (given == null ? RUNS : 1); seed++) {
            NioSys sys = new NioSys();
            Path left = Files.createDirectories(folder.resolve("left" + seed).resolve("root"));
            Path right = Files.createDirectories(folder.resolve("right" + seed).resolve("root"));
            try (SameCalls calls = new SameCalls(LibcSys.INSTANCE, open(LibcSys.INSTANCE, left), sys, open(sys, right),
                    new Dice(seed), Set.of())) {
                calls.run(CALLS);
            } catch (AssertionError e) {
                throw new AssertionError("uring.test.seed=" + seed, e);
            }
            assertThat(sys.count()).isZero();
        }
    }

    /** One call of a host whose directory is {@code root}. */
    private interface Call {
        long on(Sys sys, int root);
    }

    private void both(int errno, Call call) throws IOException {
        NioSys played = new NioSys();
        for (Sys sys : new Sys[] {LibcSys.INSTANCE, played}) {
            Path path = Files.createTempDirectory(folder, "root");
            Files.createDirectories(path.resolve("full/below"));
            Files.createDirectory(path.resolve("empty"));
            Files.writeString(path.resolve("file"), "content");
            Files.createSymbolicLink(path.resolve("loop"), Path.of("loop"));
            int root = open(sys, path);
            long result = call.on(sys, root);
            assertThat(result < 0 ? Errno.describe((int) -result) : "" + result)
                    .as(sys.getClass().getSimpleName()).isEqualTo(Errno.describe(errno));
            sys.close(root);
        }
        for (int fd = 0; played.count() > 0; fd++) {
            played.close(fd);
        }
    }

    private MemorySegment path(String text) {
        return CString.encode(memory, text);
    }

    private int file(Sys sys, int root, int flags) {
        return sys.openat(root, path("file"), flags | OpenFlag.CLOSE_ON_EXEC, 0);
    }

    /** Makes a call of an open file and closes it. */
    private Call ofFile(int flags, Call call) {
        return (sys, root) -> {
            int fd = file(sys, root, flags);
            long result = call.on(sys, fd);
            sys.close(fd);
            return result;
        };
    }

    @Test
    void errors_of_paths_are_those_of_the_kernel() throws IOException {
        String tooLong = "x".repeat(256);
        both(Errno.ENOENT, (sys, root) -> sys.unlinkat(root, path("none"), 0));
        both(Errno.EISDIR, (sys, root) -> sys.unlinkat(root, path("empty"), 0));
        both(Errno.ENOTDIR, (sys, root) -> sys.unlinkat(root, path("file"), PathFlag.REMOVE_DIRECTORY));
        both(Errno.ENOTEMPTY, (sys, root) -> sys.unlinkat(root, path("full"), PathFlag.REMOVE_DIRECTORY));
        both(Errno.ENOTDIR, (sys, root) -> sys.unlinkat(root, path("file/x"), 0));
        both(Errno.ENAMETOOLONG, (sys, root) -> sys.unlinkat(root, path(tooLong), 0));
        both(Errno.ELOOP, (sys, root) -> sys.unlinkat(root, path("loop/x"), 0));
        both(Errno.EBADF, (sys, _) -> sys.unlinkat(9999, path("x"), 0));
        both(Errno.EINVAL, (sys, root) -> sys.unlinkat(root, path("file"), 1));
        both(Errno.EEXIST, (sys, root) -> sys.mkdirat(root, path("file"), 0700));
        both(Errno.ENOENT, (sys, root) -> sys.mkdirat(root, path("none/x"), 0700));
        both(Errno.ENOTEMPTY, (sys, root) -> sys.renameat(root, path("empty"), root, path("full"), 0));
        both(Errno.EISDIR, (sys, root) -> sys.renameat(root, path("file"), root, path("empty"), 0));
        both(Errno.ENOTDIR, (sys, root) -> sys.renameat(root, path("empty"), root, path("file"), 0));
        both(Errno.EINVAL, (sys, root) -> sys.renameat(root, path("full"), root, path("full/below/x"), 0));
        both(Errno.EEXIST, (sys, root) -> sys.renameat(root, path("file"), root, path("empty"), RenameFlag.NO_REPLACE));
        both(Errno.ELOOP, (sys, root) -> sys.statx(root, path("loop"), 0, StatxMask.BASIC, statx()));
        both(Errno.EINVAL, (sys, root) -> sys.statx(root, path("file"), 1, StatxMask.BASIC, statx()));
        both(Errno.ENOENT, (sys, root) -> sys.statx(root, path(""), 0, StatxMask.BASIC, statx()));
        both(Errno.EBADF, (sys, _) -> sys.statx(9999, path(""), PathFlag.EMPTY_PATH, StatxMask.BASIC, statx()));
        both(Errno.EPERM, (sys, root) -> sys.linkat(root, path("empty"), root, path("x"), 0));
        both(Errno.EEXIST, (sys, root) -> sys.linkat(root, path("file"), root, path("loop"), 0));
        both(Errno.EEXIST, (sys, root) -> sys.symlinkat(path("x"), root, path("file")));
        both(Errno.EINVAL, (sys, root) -> sys.readlinkat(root, path("file"), memory.allocate(8), 8));
        both(Errno.ENOENT, (sys, root) -> sys.fchmodat(root, path("none"), 0600));
        both(Errno.EBADF, (sys, _) -> sys.fchmodat(9999, path(""), 0600));
        both(Errno.EINVAL, (sys, root) -> sys.openat2(root, path("file"), how(OpenFlag.READ_ONLY, 0600, 0)));
        both(Errno.EINVAL, (sys, root) -> sys.openat2(root, path("file"), how(1L << 40, 0, 0)));
        both(Errno.EINVAL, (sys, root) -> sys.openat2(root, path("file"), how(OpenFlag.READ_ONLY, 0, 1 << 20)));
    }

    @Test
    void errors_of_files_are_those_of_the_kernel() throws IOException {
        both(Errno.EXDEV, (sys, root) -> sys.renameat(root, path("file"), PathFlag.CURRENT_DIRECTORY,
                path("/dev/shm/uring-" + System.nanoTime()), 0));
        both(Errno.EINVAL, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.ftruncate(fd, 1)));
        both(Errno.EBADF, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.fallocate(fd, 0, 0, 1)));
        both(Errno.EINVAL, ofFile(OpenFlag.READ_WRITE, (sys, fd) -> sys.fallocate(fd, 0, 0, 0)));
        both(Errno.EFBIG, ofFile(OpenFlag.READ_WRITE, (sys, fd) -> sys.fallocate(fd, 0, Long.MAX_VALUE, 1)));
        both(Errno.EINVAL, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.fadvise(fd, 0, 0, 99)));
        both(Errno.EINVAL, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.syncFileRange(fd, 0, 0, 99)));
        both(Errno.EINVAL, ofFile(OpenFlag.READ_WRITE, (sys, fd) -> sys.copyFileRange(fd, 0, fd, 1, 5)));
        both(Errno.ENXIO, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.lseek(fd, 100, SeekOrigin.DATA)));
        both(Errno.EBADF, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.lock(fd, LockRange.EXCLUSIVE, 0, 0)));
        both(Errno.ENOTDIR, ofFile(OpenFlag.READ_ONLY, (sys, fd) -> sys.getdents64(fd, memory.allocate(64, 8), 64)));
        both(Errno.EINVAL, (sys, root) -> sys.getdents64(root, memory.allocate(8, 8), 8));
        both(Errno.EISDIR, (sys, root) -> sys.copyFileRange(root, 0, root, 0, 1));
        both(Errno.EINVAL, (sys, root) -> sys.openat(root, path("."), OpenFlag.TEMPORARY_FILE, 0600));
        both(Errno.ENOTDIR, (sys, root) -> sys.openat(root, path("file"),
                OpenFlag.TEMPORARY_FILE | OpenFlag.READ_WRITE, 0600));
    }

    @Test
    void number_itself_is_changed_where_the_path_is_empty() throws IOException {
        MemorySegment times = memory.allocate(2 * Timespec.SIZE, Long.BYTES);
        Timespec.nanos(times, Timespec.OMIT);
        Timespec.seconds(times.asSlice(Timespec.SIZE), 77);
        for (Sys sys : new Sys[] {LibcSys.INSTANCE, new NioSys()}) {
            Path path = Files.writeString(folder.resolve("itself"), "");
            int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, path(path.toString()), OpenFlag.READ_WRITE, 0);
            assertThat(sys.fchmodat(fd, path(""), 0640)).isZero();
            assertThat(Files.getAttribute(path, "unix:mode")).isEqualTo(0100640);
            assertThat(sys.utimensat(fd, path(""), times, 0)).isZero();
            assertThat(Files.getLastModifiedTime(path).toMillis()).isEqualTo(77_000);
            assertThat(sys.close(fd)).isZero();
            Files.delete(path);
        }
    }

    @Test
    void nameless_file_leaves_nothing_behind() throws IOException {
        NioSys sys = new NioSys();
        int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, path(folder.toString()),
                OpenFlag.TEMPORARY_FILE | OpenFlag.READ_WRITE, 0600);
        assertThat(sys.pwrite(fd, path("abc"), 3, 0, 0)).isEqualTo(3);
        MemorySegment found = statx();
        assertThat(sys.statx(fd, path(""), PathFlag.EMPTY_PATH, StatxMask.BASIC, found)).isZero();
        assertThat(Statx.mask(found)).isEqualTo(StatxMask.TYPE | StatxMask.SIZE);
        assertThat(Statx.size(found)).isEqualTo(3);
        assertThat(folder).isEmptyDirectory();
        assertThat(sys.close(fd)).isZero();
    }

    @Test
    void file_that_is_written_and_appends_grows_and_shrinks_but_has_no_holes() throws IOException {
        NioSys sys = new NioSys();
        Path path = Files.writeString(folder.resolve("log"), "ab");
        int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, path(path.toString()), OpenFlag.WRITE_ONLY | OpenFlag.APPEND, 0);
        assertThat(sys.ftruncate(fd, 70_000)).isZero();
        assertThat(Files.size(path)).isEqualTo(70_000);
        assertThat(sys.ftruncate(fd, 1)).isZero();
        assertThat(sys.write(fd, path("c"), 1)).isEqualTo(1);
        assertThat(path).hasContent("ac");
        assertThat(sys.fallocate(fd, AllocateFlag.ZERO_RANGE, 0, 1)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(sys.failure()).hasMessageContaining("append");
        assertThat(sys.close(fd)).isZero();
    }

    @Test
    void what_cannot_be_promised_is_refused_in_words() throws IOException {
        NioSys sys = new NioSys();
        int root = open(sys, folder);
        assertThat(sys.openat2(root, path("x"), how(OpenFlag.READ_ONLY, 0, OpenHow.BENEATH))).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(sys.failure()).hasMessageContaining("resolve=0x8");
        assertThat(sys.renameat(root, path("a"), root, path("b"), RenameFlag.EXCHANGE)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(sys.failure()).hasMessageContaining("exchange");
        int[] pipe = sys.pipe();
        assertThat(sys.splice(pipe[0], -1, root, 0, 1)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(sys.failure()).hasMessageContaining("splice");
        for (int fd : new int[] {root, pipe[0], pipe[1]}) {
            assertThat(sys.close(fd)).isZero();
        }
    }

    private MemorySegment statx() {
        return memory.allocate(Statx.SIZE, Long.BYTES);
    }

    private MemorySegment how(long flags, long mode, long resolve) {
        MemorySegment how = memory.allocate(OpenHow.SIZE, Long.BYTES);
        OpenHow.flags(how, flags);
        OpenHow.mode(how, mode);
        OpenHow.resolve(how, resolve);
        return how;
    }

    private static int open(Sys sys, Path path) {
        int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(Arena.ofAuto(), path.toString()),
                OpenFlag.READ_ONLY | OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }
}
