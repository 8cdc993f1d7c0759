package dev.uring.runtime.sim;

import dev.uring.ffi.Errno;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of a host in memory. A change of names is whole or nothing. It is durable when one of its directories was
 * synced after it, or when the file that it made was (as ext4 and its kin do, though POSIX does not say so), and with it
 * what came before in the same directories, and what made them. Of the others a crash keeps those before any one of them.
 */
final class MemoryTree {
    private static final int NAME_BYTES_MAX = 255;
    private static final int PATH_BYTES_MAX = 4095;

    final MemoryDirectory root = new MemoryDirectory(1, 0755, null);
    private final List<Change> pending = new ArrayList<>();
    private long inodes = 1;

    /** An error number on its way to the caller. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int errno;

        Failed(int errno) {
            super(null, null, false, false);
            this.errno = errno;
        }
    }

    /** Where a path ends: a name in a directory, and what it stands for, or null. A dot is no name of its own. */
    record Place(MemoryDirectory directory, String name, MemoryNode node) {
        boolean isDot() {
            return name.isEmpty() || name.equals(".") || name.equals("..");
        }

        /** Looks at the name, which comes after the way to it. */
        void check() {
            if (name.length() > NAME_BYTES_MAX) {
                throw new Failed(Errno.ENAMETOOLONG);
            }
        }

        /** The place as that of something new. */
        Place free() {
            check();
            if (node != null) {
                throw new Failed(Errno.EEXIST);
            }
            if (directory.parent == null) {
                throw new Failed(Errno.ENOENT); // a directory that was removed takes no names
            }
            return this;
        }

        MemoryNode found() {
            check();
            if (node == null) {
                throw new Failed(Errno.ENOENT);
            }
            return node;
        }
    }

    /** A name, and what it stands for from now on. */
    private record Name(MemoryDirectory directory, String name, MemoryNode node) {
    }

    private record Change(MemoryNode made, List<Name> names) {
        boolean touches(Set<MemoryDirectory> directories) {
            return names.stream().anyMatch(name -> directories.contains(name.directory));
        }
    }

    long nextInode() {
        return ++inodes;
    }

    /** Follows a path; what is missing at its end is no error here. */
    Place find(MemoryDirectory start, String path) {
        if (path.isEmpty()) {
            throw new Failed(Errno.ENOENT);
        }
        if (path.length() > PATH_BYTES_MAX) {
            throw new Failed(Errno.ENAMETOOLONG);
        }
        MemoryDirectory at = path.startsWith("/") ? root : start;
        Place place = new Place(at, "", at);
        for (String name : path.split("/")) {
            if (name.isEmpty()) {
                continue;
            }
            if (!(place.found() instanceof MemoryDirectory directory)) {
                throw new Failed(Errno.ENOTDIR);
            }
            place = new Place(directory, name, switch (name) {
                case "." -> directory;
                case ".." -> directory.parent;
                default -> directory.entries.get(name);
            });
        }
        if (path.endsWith("/") && place.node instanceof MemoryFile) {
            throw new Failed(Errno.ENOTDIR);
        }
        return place;
    }

    // ---- changes ----

    void make(Place place, MemoryNode node) {
        change(node, new Name(place.directory, place.name, node));
        if (node instanceof MemoryFile file) {
            file.links++;
        }
    }

    void remove(Place place) {
        change(null, new Name(place.directory, place.name, null));
        unlinked(place.node);
    }

    private static void unlinked(MemoryNode node) {
        switch (node) {
            case MemoryFile file -> file.links--;
            case MemoryDirectory directory -> directory.parent = null;
            case null -> { }
        }
    }

    void move(Place from, Place to) {
        change(null, new Name(from.directory, from.name, null), new Name(to.directory, to.name, from.node));
        unlinked(to.node);
        adopt(from.node, to.directory);
    }

    void exchange(Place from, Place to) {
        change(null, new Name(from.directory, from.name, to.node), new Name(to.directory, to.name, from.node));
        adopt(from.node, to.directory);
        adopt(to.node, from.directory);
    }

    private static void adopt(MemoryNode node, MemoryDirectory parent) {
        if (node instanceof MemoryDirectory directory) {
            directory.parent = parent;
        }
    }

    private void change(MemoryNode made, Name... names) {
        Change change = new Change(made, List.of(names));
        for (Name each : names) {
            put(each.directory.entries, each);
        }
        pending.add(change);
    }

    private static void put(Map<String, MemoryNode> entries, Name name) {
        if (name.node == null) {
            entries.remove(name.name);
        } else {
            entries.put(name.name, name.node);
        }
    }

    // ---- what lasts ----

    /** Makes the changes in a directory durable, or those that made a file. */
    void persist(MemoryNode node) {
        Set<MemoryDirectory> directories = new HashSet<>();
        if (node instanceof MemoryDirectory directory) {
            directories.add(directory);
        }
        Set<Change> lasting = new HashSet<>();
        for (int i = pending.size() - 1; i >= 0; i--) {
            Change each = pending.get(i);
            if (each.made == node || directories.contains(each.made) || each.touches(directories)) {
                lasting.add(each);
                each.names.forEach(name -> directories.add(name.directory));
            }
        }
        pending.removeIf(each -> {
            boolean lasts = lasting.contains(each);
            if (lasts) {
                each.names.forEach(name -> put(name.directory.durable, name));
            }
            return lasts;
        });
    }

    /** Leaves what a disk may hold when the power goes, of names and of content. */
    void crash(Dice dice) {
        int kept = dice.below(pending.size() + 1);
        for (Change each : pending.subList(0, kept)) {
            each.names.forEach(name -> put(name.directory.durable, name));
        }
        pending.clear();
        root.parent = root;
        Set<MemoryFile> seen = new HashSet<>();
        recover(root, dice, seen);
    }

    private static void recover(MemoryDirectory directory, Dice dice, Set<MemoryFile> seen) {
        directory.entries.clear();
        directory.entries.putAll(directory.durable);
        for (MemoryNode each : directory.entries.values()) {
            switch (each) {
                case MemoryDirectory below -> {
                    below.parent = directory;
                    recover(below, dice, seen);
                }
                case MemoryFile file -> {
                    if (seen.add(file)) {
                        file.links = 0;
                        file.crash(dice);
                    }
                    file.links++;
                }
            }
        }
    }
}
