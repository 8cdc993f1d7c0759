package dev.uring.fs;

import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.FileMode;
import java.io.IOException;
import java.nio.file.Path;

/** One file that a walk came to. Immutable. */
public final class WalkEntry {
    private final Path directory;
    private final String name;
    private final int type;
    private final int depth;
    private final FileStat stat;
    /** The directory that this is, if the walk may go into it; else null. */
    final WalkNode node;
    /** Why nothing is known of it but the name; then it is not delivered. Else null. */
    final IOException error;

    /**
     * Makes an entry.
     *
     * @param directory what the name is in; null for a start, whose name is its whole path
     * @param type as {@link DirectoryEntry} has it
     * @param stat null where it was not asked for
     */
    WalkEntry(Path directory, String name, int type, int depth, FileStat stat, WalkNode node, IOException error) {
        this.directory = directory;
        this.name = name;
        this.type = type;
        this.depth = depth;
        this.stat = stat;
        this.node = node;
        this.error = error;
    }

    /** Answers the path: the start's, and what leads from there. It is put together at each call, except for directories. */
    public Path path() {
        return node != null ? node.path : directory.resolve(name);
    }

    /** Answers the last name of the path. */
    public String name() {
        return name;
    }

    /** Answers how many levels below the start it is. */
    public int depth() {
        return depth;
    }

    /**
     * Answers the attributes, or null in a walk for names only. Alignments for direct I/O are not among them: they cost a
     * look at the device.
     */
    public FileStat stat() {
        return stat;
    }

    /** Answers whether it is a directory; a link to one is so if links are followed. */
    public boolean isDirectory() {
        return type == DirectoryEntry.DIRECTORY;
    }

    /** Answers whether it is a file with content. */
    public boolean isRegularFile() {
        return type == DirectoryEntry.REGULAR;
    }

    /** Answers whether it is a symbolic link, and is not followed or leads nowhere. */
    public boolean isSymbolicLink() {
        return type == DirectoryEntry.SYMBOLIC_LINK;
    }

    /** Answers whether it is none of these: a device, a pipe, a socket. */
    public boolean isOther() {
        return !isDirectory() && !isRegularFile() && !isSymbolicLink();
    }

    /** Answers the type that a mode says, as {@link DirectoryEntry} has it. */
    static int type(int mode) {
        return (mode & FileMode.TYPE_MASK) >> 12; // IFTODT of dirent.h: the numbers are the same
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
