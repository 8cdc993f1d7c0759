package dev.uring.fs;

import dev.uring.ffi.DirectoryEntry;

/**
 * One name in a directory.
 *
 * @param name without the directory's own path
 * @param type one of {@link DirectoryEntry}'s; UNKNOWN where the file system does not say
 */
public record DirectoryItem(String name, int type) {
    /** Answers whether it is surely a directory; a link to one is not. */
    public boolean isDirectory() {
        return type == DirectoryEntry.DIRECTORY;
    }

    /** Answers whether only a look at the file itself can tell what it is. */
    public boolean isUnknown() {
        return type == DirectoryEntry.UNKNOWN;
    }
}
