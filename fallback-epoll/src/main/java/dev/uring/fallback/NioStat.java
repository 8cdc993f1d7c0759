package dev.uring.fallback;

import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * Fills {@link Statx} with what java.nio tells. On a Unix that is all of stat(2) but the blocks; elsewhere type, size and
 * times. The birth is told where it differs from the last change of data, which java.nio answers in its place when it
 * does not know.
 */
final class NioStat {
    /** The flags of statx(2). */
    static final int SYNC_FLAGS = PathFlag.STATX_FORCE_SYNC | PathFlag.STATX_DONT_SYNC;
    static final int FLAGS = PathFlag.NO_FOLLOW | PathFlag.NO_AUTOMOUNT | PathFlag.EMPTY_PATH | SYNC_FLAGS;
    static final int PIPE = FileMode.PIPE;
    static final int SOCKET = FileMode.SOCKET;
    private static final LinkOption[] FOLLOWS = {};
    private static final LinkOption[] ITSELF = {LinkOption.NOFOLLOW_LINKS};
    private static final boolean IS_LINUX = "Linux".equals(System.getProperty("os.name"));
    private static final int TIMES = StatxMask.ACCESS_TIME | StatxMask.MODIFICATION_TIME;
    private static final int UNIX = StatxMask.BASIC & ~(StatxMask.BLOCKS | TIMES | StatxMask.SIZE);
    private static final int BLOCK_BYTES = 4096;

    private NioStat() {
    }

    static LinkOption[] links(boolean follows) {
        return follows ? FOLLOWS : ITSELF;
    }

    static boolean isUnix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** Throws if there is nothing. */
    static void find(Path path, boolean follows) throws IOException {
        Files.readAttributes(path, BasicFileAttributes.class, links(follows));
    }

    /** Of what has no path: the type alone. */
    static int fill(int type, MemorySegment result) {
        clear(result);
        Statx.mode(result, type);
        Statx.mask(result, StatxMask.TYPE);
        return 0;
    }

    private static void clear(MemorySegment result) {
        result.asSlice(0, Statx.SIZE).fill((byte) 0);
        Statx.blockBytes(result, BLOCK_BYTES);
    }

    static int fill(Path path, boolean follows, MemorySegment result) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, links(follows));
        Map<String, Object> unix = isUnix(path)
                ? Files.readAttributes(path, "unix:mode,ino,dev,rdev,nlink,uid,gid,ctime", links(follows)) : Map.of();
        clear(result);
        int mask = StatxMask.TYPE | StatxMask.SIZE | TIMES;
        Statx.mode(result, type(basic));
        Statx.size(result, basic.size());
        Instant access = basic.lastAccessTime().toInstant();
        Statx.accessSeconds(result, access.getEpochSecond());
        Statx.accessNanos(result, access.getNano());
        Instant modification = basic.lastModifiedTime().toInstant();
        Statx.modificationSeconds(result, modification.getEpochSecond());
        Statx.modificationNanos(result, modification.getNano());
        Instant birth = basic.creationTime().toInstant();
        if (!birth.equals(modification)) {
            Statx.birthSeconds(result, birth.getEpochSecond());
            Statx.birthNanos(result, birth.getNano());
            mask |= StatxMask.BIRTH_TIME;
        }
        if (!unix.isEmpty()) {
            fill(unix, result);
            mask |= UNIX;
        }
        Statx.mask(result, mask);
        return 0;
    }

    private static void fill(Map<String, Object> unix, MemorySegment result) {
        Statx.mode(result, number(unix, "mode").intValue());
        Statx.inode(result, number(unix, "ino").longValue());
        Statx.links(result, number(unix, "nlink").intValue());
        Statx.user(result, number(unix, "uid").intValue());
        Statx.group(result, number(unix, "gid").intValue());
        Instant change = ((FileTime) unix.get("ctime")).toInstant();
        Statx.changeSeconds(result, change.getEpochSecond());
        Statx.changeNanos(result, change.getNano());
        if (IS_LINUX) { // others put the two numbers together in other ways
            long device = number(unix, "dev").longValue();
            Statx.deviceMajor(result, major(device));
            Statx.deviceMinor(result, minor(device));
            long special = number(unix, "rdev").longValue();
            Statx.specialDeviceMajor(result, major(special));
            Statx.specialDeviceMinor(result, minor(special));
        }
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return (Number) attributes.get(name);
    }

    /** As sys/sysmacros.h of the GNU C library takes a number apart. */
    private static int major(long device) {
        return (int) (device >>> 8 & 0xfff | device >>> 32 & ~0xfff);
    }

    private static int minor(long device) {
        return (int) (device & 0xff | device >>> 12 & ~0xff);
    }

    static int type(BasicFileAttributes attributes) {
        return attributes.isRegularFile() ? FileMode.REGULAR : attributes.isDirectory() ? FileMode.DIRECTORY
                : attributes.isSymbolicLink() ? FileMode.SYMBOLIC_LINK : 0;
    }

    /** Answers the type of a directory's entry for a mode. */
    static int entryType(int mode) {
        return switch (mode & FileMode.TYPE_MASK) {
            case FileMode.REGULAR -> DirectoryEntry.REGULAR;
            case FileMode.DIRECTORY -> DirectoryEntry.DIRECTORY;
            case FileMode.SYMBOLIC_LINK -> DirectoryEntry.SYMBOLIC_LINK;
            case FileMode.SOCKET -> DirectoryEntry.SOCKET;
            case FileMode.PIPE -> DirectoryEntry.PIPE;
            case FileMode.CHARACTER_DEVICE -> DirectoryEntry.CHARACTER_DEVICE;
            case FileMode.BLOCK_DEVICE -> DirectoryEntry.BLOCK_DEVICE;
            default -> DirectoryEntry.UNKNOWN;
        };
    }
}
