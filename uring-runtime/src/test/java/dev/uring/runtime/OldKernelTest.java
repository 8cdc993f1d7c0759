package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.runtime.sim.Dice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the system calls mean on a kernel without the young ones: the same, or a refusal that the caller can tell. */
@ExtendWith(LeakCheck.class)
class OldKernelTest {
    private static final int HERE = PathFlag.CURRENT_DIRECTORY;
    private static final int RW = OpenFlag.READ_WRITE | OpenFlag.CREATE | OpenFlag.CLOSE_ON_EXEC;
    private static final int RUNS = 50;
    private static final int CALLS = 150;

    private final LibcSys sys = LibcSys.ofOldKernel();
    private final Arena memory = Arena.ofAuto();
    private final long first = Long.getLong("uring.test.seed", System.nanoTime());

    @TempDir
    private Path folder;

    private String root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("top")).toString();
    }

    private MemorySegment path(String name) {
        return CString.encode(memory, name);
    }

    private int open(String name, int flags) {
        int fd = sys.openat(HERE, path(root + "/" + name), flags, 0600);
        assertThat(fd).as(name).isNotNegative();
        return fd;
    }

    private MemorySegment text(String text) {
        return memory.allocateFrom(text);
    }

    private String read(int fd) {
        MemorySegment buffer = memory.allocate(100);
        int bytes = sys.pread(fd, buffer, 100, 0);
        return CString.decode(buffer, 0, bytes);
    }

    /** What is refused and may be is done by the kernel of today, so that the sequence can go on. */
    private Sys orElseToday() {
        return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class},
                (_, method, operands) -> {
                    try {
                        Object result = method.invoke(sys, operands);
                        boolean mayRefuse = switch (method.getName()) {
                            case "renameat" -> result.equals(-Errno.ENOSYS) && (int) operands[4] != 0;
                            case "copyFileRange" -> result.equals(-Errno.ENOSYS);
                            case "pwrite" -> mayRefuse(result, (int) operands[4]);
                            case "pwritev" -> mayRefuse(result, (int) operands[3]);
                            default -> false;
                        };
                        return mayRefuse ? method.invoke(LibcSys.INSTANCE, operands) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Of two things that are wrong the kernel may name the other. */
    private static boolean mayRefuse(Object result, int flags) {
        return result.equals(-Errno.EOPNOTSUPP) && (flags & ~(ReadWriteFlag.DATA_SYNC | ReadWriteFlag.SYNC)) != 0;
    }

    /** {@code -Dtest.args=-During.test.seed=N} begins with the sequence of one seed. */
    @Test
    void sequences_of_calls_end_as_on_the_kernel_of_today() throws IOException {
        for (long seed = first; seed < first + RUNS; seed++) {
            int[] roots = new int[2];
            for (int i = 0; i < 2; i++) {
                Path each = Files.createDirectories(folder.resolve(seed + "-" + i).resolve("root"));
                roots[i] = sys.openat(HERE, path(each.toString()), OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC, 0);
            }
            try (SameCalls calls = new SameCalls(LibcSys.INSTANCE, roots[0], orElseToday(), roots[1], new Dice(seed),
                    EnumSet.noneOf(SameCalls.Kind.class))) {
                calls.run(CALLS);
            } catch (AssertionError e) {
                throw new AssertionError("uring.test.seed=" + seed, e);
            }
        }
    }

    @Test
    void attributes_are_those_of_statx_less_what_only_statx_knows() {
        int file = open("file", RW);
        assertThat(sys.write(file, text("abc"), 3)).isEqualTo(3);
        MemorySegment today = memory.allocate(Statx.SIZE, Long.BYTES);
        MemorySegment before = memory.allocate(Statx.SIZE, Long.BYTES).fill((byte) -1);
        int mask = StatxMask.BASIC | StatxMask.BIRTH_TIME | StatxMask.DIRECT_ALIGNMENT;
        assertThat(LibcSys.INSTANCE.statx(file, CString.EMPTY, PathFlag.EMPTY_PATH, mask, today)).isZero();
        assertThat(sys.statx(file, CString.EMPTY, PathFlag.EMPTY_PATH, mask, before)).isZero();
        assertThat(Statx.mask(before)).isEqualTo(StatxMask.BASIC);
        assertThat(Statx.mode(before)).isEqualTo(FileMode.REGULAR | 0600).isEqualTo(Statx.mode(today));
        assertThat(Statx.size(before)).isEqualTo(3);
        assertThat(Statx.inode(before)).isEqualTo(Statx.inode(today));
        assertThat(Statx.deviceMinor(before)).isEqualTo(Statx.deviceMinor(today));
        assertThat(Statx.modificationNanos(before)).isEqualTo(Statx.modificationNanos(today));
        assertThat(Statx.directMemoryAlignment(before)).isZero();
        assertThat(sys.statx(HERE, path(root + "/none"), 0, mask, before)).isEqualTo(-Errno.ENOENT);
        sys.close(file);
    }

    @Test
    void flags_of_writes_are_kept_or_refused_and_never_dropped() {
        int file = open("file", RW);
        int appending = open("file", RW | OpenFlag.APPEND);
        int pipeOfNobody = 1 << 20;
        MemorySegment[] pieces = {text("de").asSlice(0, 2), text("f").asSlice(0, 1)};
        assertThat(sys.pwrite(file, text("abc"), 3, 0, ReadWriteFlag.DATA_SYNC)).isEqualTo(3);
        assertThat(sys.pwritev(file, pieces, 3, ReadWriteFlag.SYNC)).isEqualTo(3);
        for (int flags : new int[] {ReadWriteFlag.APPEND, ReadWriteFlag.APPEND | ReadWriteFlag.DATA_SYNC,
            ReadWriteFlag.ATOMIC, ReadWriteFlag.NO_WAIT, ReadWriteFlag.DONT_CACHE}) {
            assertThat(sys.pwrite(file, text("x"), 1, 0, flags)).as("flags=%d", flags).isEqualTo(-Errno.EOPNOTSUPP);
            assertThat(sys.pwritev(file, pieces, 0, flags)).as("flags=%d", flags).isEqualTo(-Errno.EOPNOTSUPP);
        }
        assertThat(read(file)).isEqualTo("abcdef");
        assertThat(sys.pwrite(appending, text("g"), 1, 0, ReadWriteFlag.APPEND)).isEqualTo(1);
        assertThat(sys.pwritev(appending, pieces, 0, ReadWriteFlag.APPEND | ReadWriteFlag.DATA_SYNC)).isEqualTo(3);
        assertThat(read(file)).isEqualTo("abcdefgdef");
        assertThat(sys.lseek(appending, 0, SeekOrigin.CURRENT)).as("an offset moves no position").isZero();
        assertThat(sys.pwrite(pipeOfNobody, text("x"), 1, 0, ReadWriteFlag.DATA_SYNC)).isEqualTo(-Errno.EBADF);
        assertThat(sys.pwrite(pipeOfNobody, text("x"), 1, 0, ReadWriteFlag.APPEND)).isEqualTo(-Errno.EBADF);
        sys.close(file);
        sys.close(appending);
    }

    /** What cannot be synced was not written durably, whatever was written. */
    @Test
    void durable_write_whose_sync_fails_fails() {
        int[] pipe = new LibcGround(false).pipe();
        assertThat(sys.pwrite(pipe[1], text("x"), 1, -1, ReadWriteFlag.DATA_SYNC)).isEqualTo(-Errno.EINVAL);
        sys.close(pipe[0]);
        sys.close(pipe[1]);
    }

    @Test
    void path_that_is_to_stay_below_its_directory_is_not_opened_at_all() {
        int directory = open(".", OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC);
        MemorySegment how = memory.allocate(OpenHow.SIZE, Long.BYTES);
        OpenHow.flags(how, RW);
        OpenHow.mode(how, 0600);
        for (int resolve = 1; resolve <= OpenHow.CACHED; resolve <<= 1) {
            OpenHow.resolve(how, resolve);
            assertThat(sys.openat2(directory, path("inside"), how)).as("resolve=%d", resolve).isEqualTo(-Errno.ENOSYS);
            assertThat(sys.openat2(directory, path("../outside"), how)).isEqualTo(-Errno.ENOSYS);
        }
        assertThat(folder.resolve("top/inside")).doesNotExist();
        assertThat(folder.resolve("outside")).doesNotExist();
        OpenHow.resolve(how, 0);
        int file = sys.openat2(directory, path("inside"), how);
        assertThat(file).isNotNegative();
        sys.close(file);
        sys.close(directory);
    }

    @Test
    void what_has_no_other_call_is_refused_with_its_number() {
        int one = open("one", RW);
        int two = open("two", RW);
        assertThat(sys.copyFileRange(one, 0, two, 0, 1)).isEqualTo(-Errno.ENOSYS);
        assertThat(sys.renameat(HERE, path(root + "/one"), HERE, path(root + "/two"), RenameFlag.NO_REPLACE))
                .isEqualTo(-Errno.ENOSYS);
        assertThat(sys.renameat(HERE, path(root + "/one"), HERE, path(root + "/three"), 0)).isZero();
        sys.close(one);
        sys.close(two);
    }
}
