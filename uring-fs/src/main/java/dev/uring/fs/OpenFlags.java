package dev.uring.fs;

import dev.uring.ffi.OpenFlag;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;

/** Turns java.nio.file's open options into the flags of open(2), by the rules of {@link java.nio.file.Files}. */
final class OpenFlags {
    private OpenFlags() {
    }

    /**
     * Answers the flags; no option means READ.
     *
     * @throws IllegalArgumentException for options that exclude one another
     * @throws UnsupportedOperationException for an option that open(2) does not have
     */
    static int of(OpenOption... options) {
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
        return flags | (!write ? OpenFlag.READ_ONLY : read ? OpenFlag.READ_WRITE : OpenFlag.WRITE_ONLY);
    }

    /** com.sun.nio.file.ExtendedOpenOption is in a module that may be absent, so its DIRECT is known by name. */
    private static int other(OpenOption option) {
        if (option instanceof Enum<?> extended && extended.name().equals("DIRECT")) {
            return OpenFlag.DIRECT;
        }
        throw new UnsupportedOperationException("open option is not supported: option=" + option);
    }
}
