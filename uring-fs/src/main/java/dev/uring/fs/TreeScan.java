package dev.uring.fs;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a piece of a tree: a directory, with the attributes of what is in it, then the directories below and beside it
 * that nobody else has begun with, until it has found enough.
 *
 * <p>Kernel: none, -, open(2), getdents64(2), statx(2), close(2). Result: 0, and nodes filled in. Errors: in the node that
 * each is of. Memory: of the attempt alone.
 *
 * <p>One operation makes some thousand calls on one thread of the blocking pool. Through a ring each statx would go to a
 * thread of the kernel by itself, which costs more than the call.
 */
final class TreeScan extends Op<Void> {
    /** When there are so many entries a scan ends: enough to make its way to the pool and back cheap beside it. */
    static final int ENTRIES_ENOUGH = 1024;
    /** What stands for bytes that are no character. */
    private static final char UNKNOWN_CHARACTER = '\ufffd';
    private static final int ENTRIES_BYTES = 32 << 10;
    private static final int OPEN_FLAGS = OpenFlag.READ_ONLY | OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC;
    private static final int MASK = StatxMask.BASIC | StatxMask.BIRTH_TIME;
    /** What names and types need, and the detection of loops. */
    private static final int TYPE_MASK = StatxMask.TYPE | StatxMask.INODE;

    private final WalkOptions options;
    /** Where the directories to scan are, from {@link #first} on. */
    private final List<WalkEntry> siblings;
    private final int first;
    /** The directory to go on with, or null. */
    private final WalkNode begun;
    /** How many directories this scan has claimed and the walk has not come to yet. Of the pool thread, then the walk. */
    int directories;
    private int entriesLeft;
    /** Whether a directory that was begun before is read to its end; of the pool thread, then the walk. */
    private boolean reachedEnd;
    /** A directory that is left open for the rest, and its descriptor; of the pool thread, then of who decodes. */
    private WalkNode unfinished;
    private int unfinishedFd = -1;

    private TreeScan(WalkOptions options, List<WalkEntry> siblings, int first, WalkNode begun) {
        this.options = options;
        this.siblings = siblings;
        this.first = first;
        this.begun = begun;
    }

    /** Describes a scan that begins with one of several siblings, which nobody else has; in the walking thread. */
    static TreeScan of(WalkOptions options, List<WalkEntry> siblings, int first) {
        return new TreeScan(options, siblings, first, null);
    }

    /** Describes a scan that goes on with a directory. */
    static TreeScan rest(WalkOptions options, WalkNode begun) {
        return new TreeScan(options, List.of(), 0, begun);
    }

    /** The kernel has no opcode for it. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        entriesLeft = ENTRIES_ENOUGH;
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment entries = scope.allocate(ENTRIES_BYTES, Long.BYTES);
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            if (begun != null) {
                reachedEnd = read(sys, begun, begun.rest.fd(), entries, attributes);
                return 0;
            }
            for (int i = first; i < siblings.size() && entriesLeft > 0; i++) {
                WalkNode node = siblings.get(i).node;
                if (i == first || isFree(node)) {
                    scan(sys, node, entries, attributes);
                }
            }
        }
        return 0;
    }

    private boolean isFree(WalkNode node) {
        return node != null && !node.isLeftOut && node.claim(this);
    }

    /** Reads a directory and what is below; the depth is bounded, since each level takes of what is enough. */
    private void scan(Sys sys, WalkNode node, MemorySegment entries, MemorySegment attributes) {
        directories++;
        int fd = open(sys, node);
        if (fd < 0) {
            return;
        }
        if (!read(sys, node, fd, entries, attributes)) {
            unfinished = node;
            unfinishedFd = fd;
            return;
        }
        sys.close(fd); // of a directory that was read only: nothing to be told
        if (options.descends() != null) {
            return; // who is asked has not been yet
        }
        List<WalkEntry> children = node.children;
        for (int i = 0; i < children.size() && entriesLeft > 0; i++) {
            WalkNode child = children.get(i).node;
            if (isFree(child)) {
                scan(sys, child, entries, attributes);
            }
        }
    }

    private static int open(Sys sys, WalkNode node) {
        try (Arena scope = Arena.ofConfined()) {
            int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(scope, node.path.toString()),
                    node.followsLink ? OPEN_FLAGS : OPEN_FLAGS | OpenFlag.NO_FOLLOW, 0);
            if (fd < 0 && (fd != -Errno.ENOENT || node.depth == 0)) { // what was found and is gone has nothing in it
                node.error = failure(sys, "open", node.path, -fd);
            }
            return fd;
        }
    }

    /** Reads until the end, or until it is enough; answers whether the end was reached, be it by an error. */
    private boolean read(Sys sys, WalkNode node, int fd, MemorySegment entries, MemorySegment attributes) {
        List<WalkEntry> children = new ArrayList<>();
        node.children = children;
        do {
            int bytes = sys.getdents64(fd, entries, ENTRIES_BYTES);
            if (bytes <= 0) {
                if (bytes < 0 && bytes != -Errno.ENOENT) { // a directory that was removed meanwhile has nothing in it
                    node.error = failure(sys, "getdents64", node.path, -bytes);
                }
                return true;
            }
            for (long at = 0; at < bytes; at = DirectoryEntry.next(entries, at)) {
                if (!DirectoryEntry.isSelfOrParent(entries, at)) {
                    add(sys, node, children, fd, entries, at, attributes);
                }
            }
        } while (entriesLeft > 0);
        return false;
    }

    private void add(Sys sys, WalkNode node, List<WalkEntry> children, int fd, MemorySegment entries, long at,
            MemorySegment attributes) {
        entriesLeft--;
        String name = DirectoryEntry.name(entries, at);
        if (name.indexOf(UNKNOWN_CHARACTER) >= 0 && !isText(name, entries, at)) {
            children.add(new WalkEntry(node.path, "", DirectoryEntry.UNKNOWN, node.depth + 1, null, null,
                    new FileSystemException(node.path.toString(), null, "has a name that is no text in the charset of "
                            + "paths: name=" + name + " charset=" + System.getProperty("sun.jnu.encoding")
                            + "; java.nio.file.Files knows such names")));
            return;
        }
        int type = DirectoryEntry.type(entries, at);
        boolean mayLead = options.followsLinks()
                && (type == DirectoryEntry.DIRECTORY || type == DirectoryEntry.SYMBOLIC_LINK);
        if (!options.stats() && type != DirectoryEntry.UNKNOWN && !mayLead) {
            children.add(entry(node, name, type, null, null));
            return;
        }
        int res = statx(sys, fd, DirectoryEntry.nativeName(entries, at), attributes);
        if (res == 0) {
            FileStat.FileKey key = options.followsLinks() ? FileStat.key(attributes) : null;
            children.add(entry(node, name, WalkEntry.type(Statx.mode(attributes)),
                    options.stats() ? FileStat.of(attributes) : null, key));
        } else if (res != -Errno.ENOENT) {
            children.add(new WalkEntry(node.path, name, type, node.depth + 1, null, null,
                    failure(sys, "stat", node.path.resolve(name), -res)));
        }
    }

    /** Answers whether the name, made bytes again, is what the directory says; else it would name another file. */
    private static boolean isText(String name, MemorySegment entries, long at) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment bytes = CString.encode(scope, name);
            return MemorySegment.mismatch(bytes, 0, bytes.byteSize(), DirectoryEntry.nativeName(entries, at), 0,
                    Math.min(bytes.byteSize(), DirectoryEntry.nativeName(entries, at).byteSize())) < 0;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private int statx(Sys sys, int fd, MemorySegment name, MemorySegment attributes) {
        int mask = options.stats() ? MASK : TYPE_MASK;
        if (options.followsLinks()) {
            int res = sys.statx(fd, name, 0, mask, attributes);
            if (res != -Errno.ENOENT && res != -Errno.ELOOP) {
                return res;
            }
        }
        return sys.statx(fd, name, PathFlag.NO_FOLLOW, mask, attributes);
    }

    private WalkEntry entry(WalkNode node, String name, int type, FileStat stat, FileStat.FileKey key) {
        int depth = node.depth + 1;
        if (type != DirectoryEntry.DIRECTORY || depth >= options.depthMax()) {
            return new WalkEntry(node.path, name, type, depth, stat, null, null);
        }
        Path path = node.path.resolve(name);
        return key != null && node.isBelow(key)
                ? new WalkEntry(node.path, name, type, depth, stat, null, new FileSystemLoopException(path.toString()))
                : new WalkEntry(node.path, name, type, depth, stat,
                        new WalkNode(node, path, depth, options.followsLinks(), key), null);
    }

    private static IOException failure(Sys sys, String operation, Path path, int errno) {
        IOException failure = FileErrors.of(operation, "path=" + path, path, errno);
        Throwable behind = sys.failure();
        if (behind != null && failure.getCause() == null) {
            failure.initCause(behind);
        }
        return failure;
    }

    /** The directory that is left open becomes one that closes with the runtime at the latest. */
    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        if (unfinished != null) {
            unfinished.rest = new AsyncDirectory(unfinishedFd, runtime(), unfinished.path);
        }
        return null;
    }

    @Override
    protected boolean obtains() {
        return unfinished != null;
    }

    @Override
    protected void discard(int res, int flags) {
        if (unfinished != null) {
            discardDescriptor(unfinishedFd);
        }
    }

    /** Answers the directory that was left open, to be closed with the walk; or null. */
    AsyncDirectory leftOpen() {
        return unfinished == null ? null : unfinished.rest;
    }

    /** Answers whether a directory that was begun before is read to its end. */
    boolean reachedEnd() {
        return reachedEnd;
    }

    @Override
    protected AsyncDirectory descriptor() {
        return begun == null ? null : begun.rest;
    }

    @Override
    protected IOException failure(int errno) {
        WalkNode node = begun != null ? begun : siblings.get(first).node;
        return FileErrors.of(operation(), operands(), node.path, errno);
    }

    @Override
    protected String operands() {
        return "path=" + (begun != null ? begun : siblings.get(first).node).path;
    }
}
