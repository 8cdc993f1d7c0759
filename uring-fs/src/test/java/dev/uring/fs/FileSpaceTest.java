package dev.uring.fs;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.SyncRangeFlag;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a file takes up, and what is known about it. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
class FileSpaceTest extends FileTest {
    private static final long FOUR_GIB = 1L << 32;
    private static final int BLOCK = 4096;

    private static void assertErrno(Op<?> op, int errno) {
        assertThatThrownBy(op::await).isInstanceOfSatisfying(UringException.class,
                e -> assertThat(Errno.describe(e.errno())).isEqualTo(Errno.describe(errno)));
    }

    private static byte[] content(AsyncFile file) throws IOException {
        file.position(0);
        return file.readAllBytes();
    }

    // ---- size ----

    @Test
    void a_size_cuts_off_or_adds_zeros() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            everywhere(() -> {
                file.truncate(0).await();
                file.writeAllAt(text("0123456789"), 0).await();
                file.truncate(4).await();
                assertThat(content(file)).asString().isEqualTo("0123");
                file.truncate(7).await();
                assertThat(content(file)).asString().isEqualTo("0123\0\0\0");
                file.truncate(FOUR_GIB + 1).await();
                assertThat(file.stat().await().size()).isEqualTo(FOUR_GIB + 1);
                assertThat(file.stat().await().blocks()).isLessThan(1000);
                assertErrno(file.truncate(-1), Errno.EINVAL);
            });
        }
        try (AsyncFile file = opened(file("x"))) {
            assertThatThrownBy(file.truncate(0)::await).isInstanceOf(UringException.class)
                    .hasMessageContaining("truncate failed: path=" + file.path() + " fd=").hasMessageContaining("size=0");
        }
    }

    // ---- space ----

    private void needsAllocation(AsyncFile file, int mode) throws IOException {
        try {
            file.truncate(8 * BLOCK).await();
            file.allocate(mode, BLOCK, BLOCK).await();
        } catch (UringException e) {
            assumeTrue(e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.ENOSYS,
                    "the file system has no such allocation: mode=" + mode + " errno=" + Errno.describe(e.errno()));
            throw e;
        }
    }

    @Test
    void space_is_reserved_with_or_without_growth() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            needsAllocation(file, 0);
            everywhere(() -> {
                file.truncate(0).await();
                file.allocate(100, 900).await();
                assertThat(file.stat().await().size()).isEqualTo(1000);
                assertThat(content(file)).isEqualTo(new byte[1000]);
                file.allocate(0, 10).await();
                assertThat(file.stat().await().size()).isEqualTo(1000);
                assertErrno(file.allocate(0, 0), Errno.EINVAL);
                assertErrno(file.allocate(-1, 10), Errno.EINVAL);
            });
            needsAllocation(file, AllocateFlag.KEEP_SIZE);
            everywhere(() -> {
                file.truncate(0).await();
                file.allocate(AllocateFlag.KEEP_SIZE, 0, 1 << 20).await();
                FileStat stat = file.stat().await();
                assertThat(stat.size()).isZero();
                needsLinux("does not tell what is reserved");
                assertThat(stat.blocks() * 512).isGreaterThanOrEqualTo(1 << 20);
            });
        }
    }

    @Test
    void a_hole_reads_as_zeros_and_takes_no_space() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            needsAllocation(file, AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE);
            everywhere(() -> {
                file.truncate(0).await();
                byte[] all = pattern(64 * BLOCK);
                file.writeAllAt(IoBuffer.copyOf(all), 0).await();
                file.fsync().await();
                long before = file.stat().await().blocks();
                file.punchHole(8 * BLOCK, 32 * BLOCK).await();
                Arrays.fill(all, 8 * BLOCK, 40 * BLOCK, (byte) 0);
                assertThat(content(file)).isEqualTo(all);
                assertErrno(file.allocate(AllocateFlag.PUNCH_HOLE, 0, BLOCK), Errno.EOPNOTSUPP);
                needsLinux("does not tell what is reserved");
                assertThat(file.stat().await().blocks()).isLessThan(before);
            });
        }
    }

    @Test
    void a_range_is_zeroed() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            needsAllocation(file, AllocateFlag.ZERO_RANGE);
            everywhere(() -> {
                byte[] all = pattern(4 * BLOCK);
                file.truncate(0).await();
                file.writeAllAt(IoBuffer.copyOf(all), 0).await();
                file.allocate(AllocateFlag.ZERO_RANGE, 100, BLOCK).await();
                Arrays.fill(all, 100, 100 + BLOCK, (byte) 0);
                assertThat(content(file)).isEqualTo(all);
                file.allocate(AllocateFlag.ZERO_RANGE | AllocateFlag.KEEP_SIZE, 3 * BLOCK, 10 * BLOCK).await();
                assertThat(file.stat().await().size()).isEqualTo(all.length);
            });
        }
    }

    @Test
    void ranges_are_taken_out_and_put_in() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            needsAllocation(file, AllocateFlag.COLLAPSE_RANGE);
            needsAllocation(file, AllocateFlag.INSERT_RANGE);
            everywhere(() -> {
                byte[] all = pattern(4 * BLOCK);
                file.truncate(0).await();
                file.writeAllAt(IoBuffer.copyOf(all), 0).await();
                file.allocate(AllocateFlag.COLLAPSE_RANGE, BLOCK, BLOCK).await();
                byte[] collapsed = new byte[3 * BLOCK];
                System.arraycopy(all, 0, collapsed, 0, BLOCK);
                System.arraycopy(all, 2 * BLOCK, collapsed, BLOCK, 2 * BLOCK);
                assertThat(content(file)).isEqualTo(collapsed);
                file.allocate(AllocateFlag.INSERT_RANGE, BLOCK, BLOCK).await();
                assertThat(file.stat().await().size()).isEqualTo(4 * BLOCK);
                System.arraycopy(new byte[BLOCK], 0, all, BLOCK, BLOCK);
                assertThat(content(file)).isEqualTo(all);
                assertErrno(file.allocate(AllocateFlag.COLLAPSE_RANGE, 1, BLOCK), Errno.EINVAL);
            });
        }
    }

    // ---- advice, write-back ----

    @Test
    void every_advice_is_taken() throws Exception {
        try (AsyncFile file = opened(file(pattern(10_000)))) {
            everywhere(() -> {
                for (int advice : List.of(FileAdvice.NORMAL, FileAdvice.RANDOM, FileAdvice.SEQUENTIAL, FileAdvice.WILL_NEED,
                        FileAdvice.DONT_NEED, FileAdvice.NO_REUSE)) {
                    for (long length : new long[] {0, 1, 5000, FOUR_GIB, FOUR_GIB + 5, Long.MAX_VALUE / 2}) {
                        file.advise(advice, 0, length).await();
                        file.advise(advice, FOUR_GIB, length).await();
                    }
                }
            });
            needsLinux("takes no advice");
            assertErrno(file.advise(77, 0, 0), Errno.EINVAL);
        }
    }

    @Test
    void ranges_are_written_back() throws Exception {
        try (AsyncFile file = opened(file(""), READ, WRITE)) {
            everywhere(() -> {
                file.writeAllAt(IoBuffer.copyOf(pattern(100_000)), 0).await();
                file.syncRange(0, 0).await();
                file.syncRange(5000, 5000).await();
                file.syncRange(FOUR_GIB, FOUR_GIB + 1).await();
                new SyncRange(file, 0, 0, SyncRangeFlag.WRITE).submit().await();
            });
            assertErrno(file.syncRange(-1, 0), Errno.EINVAL);
        }
    }

    // ---- attributes ----

    @Test
    void attributes_are_those_of_java_nio_file() throws Exception {
        Path path = file(pattern(5000));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-x--x"));
        try (AsyncFile file = opened(path, READ, WRITE)) {
            everywhere(() -> {
                FileStat ours = file.stat().await();
                BasicFileAttributes theirs = Files.readAttributes(path, BasicFileAttributes.class);
                assertThat(ours.size()).isEqualTo(5000);
                assertThat(ours.isRegularFile()).isTrue();
                assertThat(ours.isDirectory() || ours.isSymbolicLink() || ours.isOther()).isFalse();
                assertThat(ours.lastModifiedTime()).isEqualTo(theirs.lastModifiedTime());
                assertThat(ours.lastAccessTime()).isEqualTo(theirs.lastAccessTime());
                assertThat(ours.creationTime()).isEqualTo(theirs.creationTime());
                assertThat(PosixFilePermissions.toString(ours.permissions())).isEqualTo("rw-r-x--x");
                assertThat(ours.mode() & 07777).isEqualTo(0651);
                if (!isNio()) {
                    assertThat(ours.inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
                    assertThat(ours.links()).isEqualTo(Files.getAttribute(path, "unix:nlink"));
                    assertThat(ours.user()).isEqualTo(Files.getAttribute(path, "unix:uid"));
                    assertThat(ours.group()).isEqualTo(Files.getAttribute(path, "unix:gid"));
                    assertThat(ours.blockBytes()).isPositive();
                }
            });
        }
    }

    @Test
    void permissions_are_set() throws Exception {
        Path path = file("x");
        try (AsyncFile file = opened(path)) {
            everywhere(() -> {
                for (int mode : new int[] {0600, 0444, 0777, 0640}) {
                    file.setMode(mode).await();
                    assertThat(file.stat().await().mode() & 07777).isEqualTo(mode);
                }
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-r-----");
            });
        }
    }

    @Test
    void times_are_set_or_left() throws Exception {
        Path path = file("x");
        FileTime first = FileTime.from(Instant.ofEpochSecond(1_000_000_000, 123_456_789));
        FileTime second = FileTime.from(Instant.ofEpochSecond(2_000_000_001, 1));
        // java.nio sets what lies before 1970 to 1970 unless it is a whole second.
        FileTime early = FileTime.from(Instant.ofEpochSecond(-86_400, isNio() ? 0 : 500_000_000));
        try (AsyncFile file = opened(path)) {
            everywhere(() -> {
                file.setTimes(first, second).await();
                assertThat(file.stat().await().lastAccessTime()).isEqualTo(first);
                assertThat(file.stat().await().lastModifiedTime()).isEqualTo(second);
                assertThat(Files.getLastModifiedTime(path)).isEqualTo(second);
                file.setTimes(null, early).await();
                assertThat(file.stat().await().lastAccessTime()).isEqualTo(first);
                assertThat(file.stat().await().lastModifiedTime()).isEqualTo(early);
                file.setTimes(second, null).await();
                assertThat(file.stat().await().lastAccessTime()).isEqualTo(second);
                assertThat(file.stat().await().lastModifiedTime()).isEqualTo(early);
            });
        }
    }

    @Test
    void what_concerns_a_closed_file_is_refused() throws Exception {
        AsyncFile file = opened(file("x"), READ, WRITE);
        file.close();
        for (Op<?> op : List.of(file.fsync(), file.fdatasync(), file.syncRange(0, 0), file.allocate(0, 1), file.truncate(0),
                file.advise(0, 0, 0), file.stat(), file.setMode(0600), file.setTimes(null, null), file.tryLock(0, 1, false),
                file.punchHole(0, 1))) {
            assertThatThrownBy(op::await).as(op.toString()).isInstanceOf(ClosedChannelException.class);
        }
        assertThatThrownBy(file::position).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.position(1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::readAllBytes).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.lock(0, 1, false)).isInstanceOf(ClosedChannelException.class);
    }
}
