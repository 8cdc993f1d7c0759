package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls each function of {@link LibcFile} for real: what it answers when it works, and one error by name. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LibcFileTest {
    private static final int BAD_FD = LibcTest.BAD_FD;
    private static final int CREATE = OpenFlag.READ_WRITE | OpenFlag.CREATE | OpenFlag.CLOSE_ON_EXEC;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment statx = arena.allocate(Statx.SIZE, 8);

    @TempDir
    private Path directory;
    private int here;

    @BeforeEach
    void openDirectory() {
        here = ok(LibcFile.open(CString.encode(arena, directory.toString()), OpenFlag.DIRECTORY, 0));
    }

    @AfterEach
    void close() {
        close(here);
        arena.close();
    }

    @Test
    void open_creates_with_a_mode_and_fails_by_name() throws Exception {
        int fd = ok(LibcFile.openat(here, name("new"), CREATE | OpenFlag.EXCLUSIVE, 0640));
        assertThat(LibcFile.openat(here, name("new"), CREATE | OpenFlag.EXCLUSIVE, 0640)).isEqualTo(-Errno.EEXIST);
        assertThat(LibcFile.open(path("missing"), OpenFlag.READ_ONLY, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(LibcFile.openat(here, name("new"), OpenFlag.DIRECTORY, 0)).isEqualTo(-Errno.ENOTDIR);
        stat("new", StatxMask.BASIC);
        assertThat(Statx.mode(statx) & ~FileMode.TYPE_MASK).isEqualTo(0640);
        assertThat(Statx.mode(statx) & FileMode.TYPE_MASK).isEqualTo(FileMode.REGULAR);
        close(fd);
    }

    @Test
    void openat2_can_forbid_to_leave_the_directory() {
        MemorySegment how = arena.allocate(OpenHow.SIZE, 8);
        OpenHow.flags(how, CREATE);
        OpenHow.mode(how, 0600);
        OpenHow.resolve(how, OpenHow.BENEATH);
        close(ok(LibcFile.openat2(here, name("inside"), how, OpenHow.SIZE)));
        assertThat(LibcFile.openat2(here, name("../outside"), how, OpenHow.SIZE)).isEqualTo(-Errno.EXDEV);
        assertThat(LibcFile.openat2(here, name("inside"), how, 3)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void temporary_files_get_a_fresh_name_or_none() {
        MemorySegment template = path("temp-XXXXXX");
        close(ok(LibcFile.mkostemp(template, OpenFlag.CLOSE_ON_EXEC)));
        String made = CString.decode(template, 0);
        assertThat(made).doesNotEndWith("XXXXXX");
        assertThat(Path.of(made)).exists();
        assertThat(LibcFile.mkostemp(path("no-template"), 0)).isEqualTo(-Errno.EINVAL);

        int unnamed = LibcFile.openat(here, name("."), OpenFlag.TEMPORARY_FILE | OpenFlag.READ_WRITE, 0600);
        Assumptions.assumeTrue(unnamed != -Errno.EOPNOTSUPP, "the file system has no O_TMPFILE");
        ok(LibcFile.fstat(unnamed, StatxMask.BASIC, statx));
        assertThat(Statx.links(statx)).isZero();
        close(unnamed);
    }

    @Test
    void sizes_and_syncs_and_advice_work_on_an_open_file() {
        int fd = create("sized");
        assertThat(LibcFile.ftruncate(fd, 10_000)).isZero();
        ok(LibcFile.fstat(fd, StatxMask.SIZE, statx));
        assertThat(Statx.size(statx)).isEqualTo(10_000);
        assertThat(LibcFile.truncate(path("sized"), 20)).isZero();
        assertThat(LibcFile.fallocate(fd, 0, 0, 40_960)).isZero();
        assertThat(LibcFile.fallocate(fd, AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE, 0, 4096)).isZero();
        ok(LibcFile.fstat(fd, StatxMask.BASIC, statx));
        assertThat(Statx.size(statx)).isEqualTo(40_960);
        assertThat(LibcFile.syncFileRange(fd, 0, 4096, SyncRangeFlag.WRITE | SyncRangeFlag.WAIT_AFTER)).isZero();
        assertThat(LibcFile.posixFadvise(fd, 0, 0, FileAdvice.DONT_NEED)).isZero();
        assertThat(LibcFile.fdatasync(fd)).isZero();
        assertThat(LibcFile.fsync(fd)).isZero();
        close(fd);

        assertThat(LibcFile.fsync(BAD_FD)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.fdatasync(BAD_FD)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.syncFileRange(BAD_FD, 0, 1, 0)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.fallocate(BAD_FD, 0, 0, 1)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.ftruncate(BAD_FD, 1)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.truncate(path("missing"), 1)).isEqualTo(-Errno.ENOENT);
        assertThat(LibcFile.posixFadvise(BAD_FD, 0, 0, FileAdvice.RANDOM)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.fstat(BAD_FD, StatxMask.BASIC, statx)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void the_call_before_statx_tells_the_same() throws Exception {
        Files.writeString(directory.resolve("told"), "12345");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("told"));
        MemorySegment before = arena.allocate(FileStatus.SIZE, 8);
        MemorySegment same = arena.allocate(Statx.SIZE, 8).fill((byte) -1);
        for (String each : List.of("told", "link", "/dev/null", "/dev", "/proc/self")) {
            for (int flags : new int[] {0, PathFlag.NO_FOLLOW}) {
                ok(LibcFile.statx(here, name(each), flags, StatxMask.BASIC, statx));
                ok(LibcFile.newfstatat(here, name(each), before, flags));
                FileStatus.toStatx(before, same);
                // What only statx tells: attributes, the birth, and all from the mount on.
                assertThat(Statx.mask(same)).isEqualTo(StatxMask.BASIC);
                assertThat(Statx.birthSeconds(same)).isZero();
                Statx.mask(statx, StatxMask.BASIC);
                statx.asSlice(8, 8).fill((byte) 0);
                statx.asSlice(56, 8).fill((byte) 0);
                statx.asSlice(80, 16).fill((byte) 0);
                statx.asSlice(144).fill((byte) 0);
                assertThat(statx.mismatch(same)).as("%s flags=%d", each, flags).isEqualTo(-1);
            }
        }
        assertThat(LibcFile.newfstatat(here, name("missing"), before, 0)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void statx_tells_what_java_tells() throws Exception {
        Path file = Files.writeString(directory.resolve("told"), "12345");
        stat("told", StatxMask.BASIC | StatxMask.BIRTH_TIME | StatxMask.DIRECT_ALIGNMENT | StatxMask.MOUNT_ID);
        assertThat(Statx.mask(statx) & StatxMask.BASIC).isEqualTo(StatxMask.BASIC);
        assertThat(Statx.size(statx)).isEqualTo(5);
        assertThat(Statx.links(statx)).isEqualTo(1);
        assertThat(Statx.inode(statx)).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(Statx.user(statx)).isEqualTo(Files.getAttribute(file, "unix:uid"));
        assertThat(Statx.mode(statx)).isEqualTo(Files.getAttribute(file, "unix:mode"));
        assertThat(Statx.modificationSeconds(statx))
                .isEqualTo(Files.getLastModifiedTime(file).to(TimeUnit.SECONDS));
        assertThat(Statx.modificationNanos(statx)).isEqualTo(Files.getLastModifiedTime(file).toInstant().getNano());
        assertThat(LibcFile.statx(here, name("missing"), 0, StatxMask.BASIC, statx)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void statx_tells_the_alignment_of_direct_io() throws Exception {
        Files.writeString(directory.resolve("aligned"), "");
        stat("aligned", StatxMask.DIRECT_ALIGNMENT);
        Assumptions.assumeTrue((Statx.mask(statx) & StatxMask.DIRECT_ALIGNMENT) != 0,
                "kernel or file system has no STATX_DIOALIGN");
        int memory = Statx.directMemoryAlignment(statx);
        int offset = Statx.directOffsetAlignment(statx);
        Assumptions.assumeTrue(offset != 0, "the file system has no direct I/O");
        assertThat(Integer.bitCount(memory)).isEqualTo(1);
        int fd = ok(LibcFile.open(path("aligned"), OpenFlag.READ_WRITE | OpenFlag.DIRECT, 0));
        MemorySegment buffer = arena.allocate(2L * offset, Math.max(memory, offset));
        assertThat(Libc.pwrite(fd, buffer, offset, 0)).isEqualTo(offset);
        assertThat(Libc.pread(fd, buffer.asSlice(1), offset, 1)).isEqualTo(-Errno.EINVAL);
        close(fd);
    }

    @Test
    void whole_file_locks_exclude_another_description() {
        int first = create("locked");
        int second = create("locked");
        int exclusive = LockRange.WHOLE_FILE_EXCLUSIVE | LockRange.WHOLE_FILE_NO_WAIT;
        assertThat(LibcFile.flock(first, exclusive)).isZero();
        assertThat(LibcFile.flock(second, exclusive)).isEqualTo(-Errno.EAGAIN);
        assertThat(LibcFile.flock(first, LockRange.WHOLE_FILE_UNLOCK)).isZero();
        assertThat(LibcFile.flock(second, exclusive)).isZero();
        close(first);
        close(second);
    }

    @Test
    void names_can_be_made_renamed_linked_and_removed() throws Exception {
        assertThat(LibcFile.mkdirat(here, name("sub"), 0755)).isZero();
        assertThat(LibcFile.mkdirat(here, name("sub"), 0755)).isEqualTo(-Errno.EEXIST);
        Files.writeString(directory.resolve("a"), "a");
        Files.writeString(directory.resolve("b"), "b");
        assertThat(LibcFile.renameat2(here, name("a"), here, name("b"), RenameFlag.NO_REPLACE))
                .isEqualTo(-Errno.EEXIST);
        assertThat(LibcFile.renameat2(here, name("a"), here, name("b"), RenameFlag.EXCHANGE)).isZero();
        assertThat(directory.resolve("a")).hasContent("b");
        assertThat(LibcFile.renameat(here, name("a"), here, name("sub/c"))).isZero();
        assertThat(LibcFile.renameat(here, name("a"), here, name("d"))).isEqualTo(-Errno.ENOENT);

        assertThat(LibcFile.linkat(here, name("b"), here, name("hard"), 0)).isZero();
        assertThat(LibcFile.linkat(here, name("sub"), here, name("no"), 0)).isEqualTo(-Errno.EPERM);
        stat("hard", StatxMask.LINKS);
        assertThat(Statx.links(statx)).isEqualTo(2);

        assertThat(LibcFile.symlinkat(name("sub/c"), here, name("soft"))).isZero();
        assertThat(LibcFile.symlinkat(name("sub/c"), here, name("soft"))).isEqualTo(-Errno.EEXIST);
        MemorySegment buffer = arena.allocate(64);
        long bytes = LibcFile.readlinkat(here, name("soft"), buffer, 64);
        assertThat(CString.decode(buffer, 0, bytes)).isEqualTo("sub/c");
        assertThat(LibcFile.readlinkat(here, name("b"), buffer, 64)).isEqualTo(-Errno.EINVAL);

        assertThat(LibcFile.unlinkat(here, name("sub"), 0)).isEqualTo(-Errno.EISDIR);
        assertThat(LibcFile.unlinkat(here, name("sub"), PathFlag.REMOVE_DIRECTORY)).isEqualTo(-Errno.ENOTEMPTY);
        assertThat(LibcFile.unlinkat(here, name("sub/c"), 0)).isZero();
        assertThat(LibcFile.unlinkat(here, name("sub"), PathFlag.REMOVE_DIRECTORY)).isZero();
        assertThat(directory.resolve("sub")).doesNotExist();
    }

    @Test
    void permissions_owner_and_times_can_be_set() throws Exception {
        int fd = create("modes");
        assertThat(LibcFile.fchmod(fd, 0400)).isZero();
        stat("modes", StatxMask.MODE);
        assertThat(Statx.mode(statx) & 07777).isEqualTo(0400);
        assertThat(LibcFile.fchmodat(here, name("modes"), 0640, 0)).isZero();
        stat("modes", StatxMask.BASIC);
        assertThat(Statx.mode(statx) & 07777).isEqualTo(0640);
        assertThat(LibcFile.fchownat(here, name("modes"), -1, LibcProcess.getgid(), PathFlag.NO_FOLLOW)).isZero();
        assertThat(LibcFile.faccessat(here, name("modes"), 4, PathFlag.EFFECTIVE_ACCESS)).isZero();

        MemorySegment times = arena.allocate(2 * Timespec.SIZE, 8);
        Timespec.set(times, 1_000_000_002L);
        Timespec.set(times.asSlice(Timespec.SIZE), 3_000_000_004L);
        assertThat(LibcFile.utimensat(here, name("modes"), times, 0)).isZero();
        stat("modes", StatxMask.BASIC);
        assertThat(Statx.accessSeconds(statx)).isEqualTo(1);
        assertThat(Statx.accessNanos(statx)).isEqualTo(2);
        assertThat(Statx.modificationSeconds(statx)).isEqualTo(3);
        assertThat(Statx.modificationNanos(statx)).isEqualTo(4);
        close(fd);

        assertThat(LibcFile.fchmod(BAD_FD, 0)).isEqualTo(-Errno.EBADF);
        assertThat(LibcFile.fchmodat(here, name("missing"), 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(LibcFile.fchownat(here, name("missing"), -1, -1, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(LibcFile.faccessat(here, name("missing"), 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(LibcFile.utimensat(here, name("missing"), times, 0)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void extended_attributes_can_be_set_listed_and_removed() {
        int fd = create("attributes");
        MemorySegment path = path("attributes");
        MemorySegment one = name("user.one");
        int set = LibcFile.setxattr(path, one, name("1"), 1, 1);
        Assumptions.assumeTrue(set != -Errno.EOPNOTSUPP, "the file system has no extended attributes");
        assertThat(set).isZero();
        assertThat(LibcFile.setxattr(path, one, name("1"), 1, 1)).isEqualTo(-Errno.EEXIST);
        assertThat(LibcFile.fsetxattr(fd, one, name("22"), 2, 2)).isZero();
        assertThat(LibcFile.fsetxattr(fd, name("user.two"), name("2"), 1, 2)).isEqualTo(-Errno.ENODATA);
        MemorySegment value = arena.allocate(64);
        assertThat(LibcFile.getxattr(path, one, value, 64)).isEqualTo(2);
        assertThat(CString.decode(value, 0, 2)).isEqualTo("22");
        assertThat(LibcFile.fgetxattr(fd, one, value, 1)).isEqualTo(-Errno.ERANGE);
        assertThat(LibcFile.fgetxattr(fd, one, MemorySegment.NULL, 0)).isEqualTo(2);
        assertThat(LibcFile.listxattr(path, value, 64)).isGreaterThanOrEqualTo(9);
        assertThat(LibcFile.removexattr(path, one)).isZero();
        assertThat(LibcFile.removexattr(path, one)).isEqualTo(-Errno.ENODATA);
        assertThat(LibcFile.getxattr(path, one, value, 64)).isEqualTo(-Errno.ENODATA);
        assertThat(LibcFile.listxattr(path("missing"), value, 64)).isEqualTo(-Errno.ENOENT);
        close(fd);
    }

    @Test
    void copy_file_range_copies_inside_the_kernel() throws Exception {
        Files.writeString(directory.resolve("from"), "0123456789");
        int source = create("from");
        int target = create("to");
        MemorySegment offset = arena.allocate(JAVA_LONG);
        offset.set(JAVA_LONG, 0, 2);
        assertThat(LibcFile.copyFileRange(source, offset, target, MemorySegment.NULL, 5, 0)).isEqualTo(5);
        assertThat(offset.get(JAVA_LONG, 0)).isEqualTo(7);
        assertThat(directory.resolve("to")).hasContent("23456");
        assertThat(LibcFile.copyFileRange(here, MemorySegment.NULL, target, MemorySegment.NULL, 5, 0))
                .isEqualTo(-Errno.EISDIR);
        close(source);
        close(target);
    }

    @Test
    void getdents64_lists_every_name_once_over_several_calls() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.writeString(directory.resolve("file-" + i), "");
        }
        Files.createDirectory(directory.resolve("sub"));
        MemorySegment buffer = arena.allocate(512, 8);
        Map<String, Integer> types = new HashMap<>();
        int calls = 0;
        long bytes = LibcFile.getdents64(here, buffer, 512);
        while (bytes > 0) { // ends: each call consumes entries of a directory that nobody adds to
            for (long offset = 0; offset < bytes; offset = DirectoryEntry.next(buffer, offset)) {
                String name = DirectoryEntry.name(buffer, offset);
                assertThat(new String(DirectoryEntry.nameBytes(buffer, offset), US_ASCII)).isEqualTo(name);
                assertThat(types.put(name, DirectoryEntry.type(buffer, offset))).isNull();
            }
            calls++;
            bytes = LibcFile.getdents64(here, buffer, 512);
        }
        assertThat(bytes).isZero();
        assertThat(calls).isGreaterThan(2);
        assertThat(types).hasSize(103).containsKeys(".", "..", "file-0", "file-99");
        assertThat(types.get("sub")).isIn(DirectoryEntry.DIRECTORY, DirectoryEntry.UNKNOWN);
        assertThat(LibcFile.getdents64(here, buffer, 1)).isIn(0L, (long) -Errno.EINVAL);
        assertThat(LibcFile.getdents64(BAD_FD, buffer, 512)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void a_damaged_directory_entry_ends_the_walk() {
        MemorySegment zeros = arena.allocate(64, 8);
        assertThatThrownBy(() -> DirectoryEntry.next(zeros, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a directory entry: offset=8 length=0");
    }

    @Test
    void paths_with_any_letters_round_trip() throws Exception {
        Path file = directory.resolve("größe-日本");
        Assumptions.assumeTrue(Files.notExists(file)); // Path.of refuses the name where the charset cannot say it
        Files.writeString(file, "x");
        stat(file.getFileName().toString(), StatxMask.SIZE);
        assertThat(Statx.size(statx)).isEqualTo(1);
        MemorySegment encoded = path("größe-日本");
        assertThat(CString.decode(encoded, 0)).isEqualTo(file.toString());
        assertThat(encoded.get(JAVA_BYTE, encoded.byteSize() - 1)).isZero();
    }

    private void stat(String name, int mask) {
        ok(LibcFile.statx(here, name(name), 0, mask, statx));
    }

    private int create(String name) {
        return ok(LibcFile.openat(here, name(name), CREATE, 0600));
    }

    private MemorySegment path(String name) {
        return CString.encode(arena, directory.resolve(name).toString());
    }

    private MemorySegment name(String name) {
        return CString.encode(arena, name);
    }

    private static int ok(int result) {
        assertThat(result).as(() -> Errno.describe(-result)).isNotNegative();
        return result;
    }

    private static void close(int fd) {
        ok(Libc.close(fd));
    }
}
