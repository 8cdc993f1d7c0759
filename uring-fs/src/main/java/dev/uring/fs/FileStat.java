package dev.uring.fs;

import dev.uring.ffi.FileMode;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.lang.foreign.MemorySegment;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/**
 * Attributes of a file at one moment, as java.nio.file has them and with what Linux adds.
 *
 * @param mode type and permissions, see {@link FileMode}
 * @param links how many names it has
 * @param user the owner's number
 * @param group the group's number
 * @param inode its number on its device
 * @param device the number of the device that it is on
 * @param size bytes
 * @param blocks how much is reserved for it, in units of 512 bytes
 * @param blockBytes the size of reads and writes that suits it
 * @param lastModifiedTime when its content was last changed
 * @param lastAccessTime when it was last read, as exactly as the file system keeps that
 * @param lastChangeTime when its content or attributes were last changed
 * @param creationTime when it was made; where that is not known, the time of the last modification
 * @param directMemoryAlignment bytes that memory for O_DIRECT must be aligned to; 0 where it is not known (before Linux 6.1,
 *     and not of Linux) or the file cannot be read so
 * @param directOffsetAlignment the same of offsets and lengths
 */
public record FileStat(int mode, int links, int user, int group, long inode, long device, long size, long blocks,
        int blockBytes, FileTime lastModifiedTime, FileTime lastAccessTime, FileTime lastChangeTime, FileTime creationTime,
        int directMemoryAlignment, int directOffsetAlignment) implements BasicFileAttributes {
    /** From OWNER_READ, the bit 0400, to OTHERS_EXECUTE, the bit 1. */
    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();
    private static final int OWNER_READ = 0400;

    /** Reads what the kernel has filled in. */
    static FileStat of(MemorySegment statx) {
        int filled = Statx.mask(statx);
        FileTime modified = time(Statx.modificationSeconds(statx), Statx.modificationNanos(statx));
        boolean knowsAlignment = (filled & StatxMask.DIRECT_ALIGNMENT) != 0;
        return new FileStat(Statx.mode(statx), Statx.links(statx), Statx.user(statx), Statx.group(statx),
                Statx.inode(statx), device(statx),
                Statx.size(statx), Statx.blocks(statx), Statx.blockBytes(statx), modified,
                time(Statx.accessSeconds(statx), Statx.accessNanos(statx)),
                time(Statx.changeSeconds(statx), Statx.changeNanos(statx)),
                (filled & StatxMask.BIRTH_TIME) == 0 ? modified : time(Statx.birthSeconds(statx), Statx.birthNanos(statx)),
                knowsAlignment ? Statx.directMemoryAlignment(statx) : 0,
                knowsAlignment ? Statx.directOffsetAlignment(statx) : 0);
    }

    /** Reads only what tells the file from others. */
    static FileKey key(MemorySegment statx) {
        return new FileKey(device(statx), Statx.inode(statx));
    }

    private static long device(MemorySegment statx) {
        return (long) Statx.deviceMajor(statx) << Integer.SIZE | Statx.deviceMinor(statx);
    }

    private static FileTime time(long seconds, int nanos) {
        return FileTime.from(Instant.ofEpochSecond(seconds, nanos));
    }

    /** Answers the bits of a mode. */
    static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission each : permissions) {
            mode |= OWNER_READ >> each.ordinal();
        }
        return mode;
    }

    private boolean isOf(int type) {
        return (mode & FileMode.TYPE_MASK) == type;
    }

    @Override
    public boolean isRegularFile() {
        return isOf(FileMode.REGULAR);
    }

    @Override
    public boolean isDirectory() {
        return isOf(FileMode.DIRECTORY);
    }

    @Override
    public boolean isSymbolicLink() {
        return isOf(FileMode.SYMBOLIC_LINK);
    }

    @Override
    public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    /** Answers an object that is equal for two paths if they are the same file. */
    @Override
    public FileKey fileKey() {
        return new FileKey(device, inode);
    }

    /**
     * What tells one file from all others of a host.
     *
     * @param device the number of the device
     * @param inode the number on it
     */
    public record FileKey(long device, long inode) {
    }

    /** Answers who may do what. */
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission each : PERMISSIONS) {
            if ((mode & OWNER_READ >> each.ordinal()) != 0) {
                permissions.add(each);
            }
        }
        return permissions;
    }
}
