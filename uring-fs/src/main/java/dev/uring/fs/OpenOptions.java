package dev.uring.fs;

import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * How a file is opened: the options of java.nio.file by the rules of {@link java.nio.file.Files}, and what Linux has
 * besides. Immutable; each method answers changed options.
 *
 * @param flags of open(2), see {@link OpenFlag}
 * @param mode permissions of a file that is created, less the process's umask
 * @param resolve how the path may lead, see {@link OpenHow}; 0 for anywhere
 */
public record OpenOptions(int flags, int mode, int resolve) {
    /** What a new file may be used for, less the umask: read and write for all, as java.nio.file does. */
    private static final int DEFAULT_MODE = 0666;

    /** To read, and nothing else. */
    public static final OpenOptions READ = of();

    /**
     * Answers the options that java.nio.file's mean; none means READ.
     *
     * @param options {@link StandardOpenOption}s, {@link LinkOption#NOFOLLOW_LINKS}, and
     *     {@code com.sun.nio.file.ExtendedOpenOption.DIRECT}
     * @throws IllegalArgumentException for options that exclude one another
     * @throws UnsupportedOperationException for an option that open(2) does not have
     */
    public static OpenOptions of(OpenOption... options) {
        boolean read = false;
        boolean write = false;
        int flags = OpenFlag.CLOSE_ON_EXEC;
        for (OpenOption option : options) {
            switch (option) {
                case StandardOpenOption.READ -> read = true;
                case StandardOpenOption.WRITE -> write = true;
                case StandardOpenOption.APPEND -> {
                    write = true;
                    flags |= OpenFlag.APPEND;
                }
                case StandardOpenOption.TRUNCATE_EXISTING -> flags |= OpenFlag.TRUNCATE;
                case StandardOpenOption.CREATE -> flags |= OpenFlag.CREATE;
                case StandardOpenOption.CREATE_NEW -> flags |= OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
                case StandardOpenOption.SYNC -> flags |= OpenFlag.SYNC;
                case StandardOpenOption.DSYNC -> flags |= OpenFlag.DATA_SYNC;
                case StandardOpenOption.SPARSE -> {
                    // A hint: every file system of Linux that has holes makes them by itself.
                }
                case LinkOption.NOFOLLOW_LINKS -> flags |= OpenFlag.NO_FOLLOW;
                default -> flags |= other(option);
            }
        }
        if (!write) {
            // As in java.nio.file, options that only make sense for writing are ignored for reading.
            flags &= ~(OpenFlag.TRUNCATE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE);
        } else if (read && (flags & OpenFlag.APPEND) != 0) {
            throw new IllegalArgumentException("READ and APPEND exclude one another");
        } else if ((flags & OpenFlag.APPEND) != 0 && (flags & OpenFlag.TRUNCATE) != 0) {
            throw new IllegalArgumentException("APPEND and TRUNCATE_EXISTING exclude one another");
        }
        return new OpenOptions(flags | (!write ? OpenFlag.READ_ONLY : read ? OpenFlag.READ_WRITE : OpenFlag.WRITE_ONLY),
                DEFAULT_MODE, 0);
    }

    /** com.sun.nio.file.ExtendedOpenOption is in a module that may be absent, so its DIRECT is known by name. */
    private static int other(OpenOption option) {
        if (option instanceof Enum<?> extended && extended.name().equals("DIRECT")) {
            return OpenFlag.DIRECT;
        }
        throw new UnsupportedOperationException("open option is not supported: option=" + option);
    }

    /** Answers options with these permissions for a file that is created, such as {@code 0600}. */
    public OpenOptions withMode(int mode) {
        return new OpenOptions(flags, mode, resolve);
    }

    /** As {@link #withMode(int)}, in the words of java.nio.file. */
    public OpenOptions withMode(Set<PosixFilePermission> permissions) {
        return withMode(FileStat.mode(permissions));
    }

    /** Answers options with these flags of open(2) besides; see {@link OpenFlag}. */
    public OpenOptions withFlags(int more) {
        return new OpenOptions(flags | more, mode, resolve);
    }

    /**
     * Answers options that go past the page cache: memory, offset and length of each read and write must then be multiples
     * of what {@link FileStat#directMemoryAlignment()} and {@link FileStat#directOffsetAlignment()} say.
     */
    public OpenOptions direct() {
        return withFlags(OpenFlag.DIRECT);
    }

    /** Answers options to read and write a nameless file, which vanishes with its last descriptor; the path is a directory. */
    public OpenOptions temporary() {
        int kept = flags & ~OpenFlag.ACCESS_MODE & ~OpenFlag.CREATE;
        return new OpenOptions(kept | OpenFlag.READ_WRITE | OpenFlag.TEMPORARY_FILE, mode, resolve);
    }

    /**
     * Answers options that refuse a path which leads out of the directory it starts from, by dots or by links: the open
     * fails with EXDEV. Needs Linux 5.6, and a driver of Linux.
     */
    public OpenOptions beneath() {
        return new OpenOptions(flags, mode, resolve | OpenHow.BENEATH);
    }

    boolean isDirect() {
        return (flags & OpenFlag.DIRECT) != 0;
    }

    boolean canRead() {
        return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.WRITE_ONLY;
    }

    boolean canWrite() {
        return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.READ_ONLY;
    }

    boolean appends() {
        return (flags & OpenFlag.APPEND) != 0;
    }

    /** Answers whether the kernel looks at the mode. */
    boolean creates() {
        return (flags & (OpenFlag.CREATE | OpenFlag.TEMPORARY_FILE & ~OpenFlag.DIRECTORY)) != 0;
    }
}
