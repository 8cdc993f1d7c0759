package dev.uring.runtime;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.CString;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import dev.uring.ffi.Timespec;
import dev.uring.runtime.sim.Dice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the same calls on two hosts, each in an empty directory of its own, and compares what they answer. The dice choose
 * the calls and their operands; few names and small files make them meet.
 */
public final class SameCalls implements AutoCloseable {
    /** What is called. */
    public enum Kind {
        /** Through openat or openat2. */
        OPEN, CLOSE, READ, WRITE, READ_AT, WRITE_AT, SEEK, TRUNCATE, ALLOCATE, SYNC, STAT, STAT_OPENED, LOCK, COPY, UNLINK,
        RENAME, MAKE_DIRECTORY, SYMBOLIC_LINK, LINK, READ_LINK, CHANGE_MODE, TIMES, LIST
    }

    private static final String[] NAMES = {"a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "d/../a", "none/a", "a/x", ".",
        "d/.", "", "x".repeat(256), ".."};
    /** Where a symbolic link may point: inside, so that no chain of them leads far out of the directory. */
    private static final String[] TARGETS = {"a", "b", "c", "d", "e", "d/a", "none/a", "../b", "", "x".repeat(256)};
    private static final int SLOTS = 6;
    private static final int BYTES = 300;
    private static final int OFFSETS = 2000;

    private final Dice dice;
    private final Kind[] kinds;
    private final Host left;
    private final Host right;

    /** One side: its calls, its directory, and its numbers of the files that are open on both. */
    private static final class Host {
        final Sys sys;
        final int root;
        final int[] slots = new int[SLOTS];

        Host(Sys sys, int root) {
            this.sys = sys;
            this.root = root;
            Arrays.fill(slots, -1);
        }
    }

    /** A call with chosen operands; its answer in words. */
    private interface Call {
        String on(Host host, Arena scope);
    }

    /**
     * Takes two hosts.
     *
     * @param leftRoot an open directory of {@code left}, empty, in one that nobody else uses: some paths lead there
     * @param rightRoot the same of {@code right}
     * @param without what one of them does not know
     */
    public SameCalls(Sys left, int leftRoot, Sys right, int rightRoot, Dice dice, Set<Kind> without) {
        this.left = new Host(left, leftRoot);
        this.right = new Host(right, rightRoot);
        this.dice = dice;
        kinds = Arrays.stream(Kind.values()).filter(kind -> !without.contains(kind)).toArray(Kind[]::new);
    }

    /** Makes so many calls, then compares all that is there. */
    public void run(int calls) {
        StringBuilder past = new StringBuilder();
        for (int i = 0; i < calls; i++) {
            step(past);
        }
        Map<String, String> there = tree(left);
        if (!there.equals(tree(right))) {
            throw new AssertionError("the trees differ:\n" + there + "\n" + tree(right) + past);
        }
    }

    private void step(StringBuilder past) {
        Kind kind = dice.oneIn(6) ? Kind.OPEN : kinds[dice.below(kinds.length)];
        StringBuilder words = new StringBuilder();
        Call call = choose(kind, words);
        String first;
        String second;
        try (Arena scope = Arena.ofConfined()) {
            first = call.on(left, scope);
            second = call.on(right, scope);
        }
        past.append("\n  ").append(kind).append(words).append(" -> ").append(first);
        if (!first.equals(second)) {
            throw new AssertionError(left.sys.getClass().getSimpleName() + " and " + right.sys.getClass().getSimpleName()
                    + " (" + second + ", " + right.sys.failure() + ") differ at the end of:" + past);
        }
    }

    private static <T> T say(StringBuilder words, T operand) {
        words.append(' ').append(operand);
        return operand;
    }

    @SafeVarargs
    private <T> T one(StringBuilder words, T... choices) {
        return say(words, choices[dice.below(choices.length)]);
    }

    private int below(StringBuilder words, int bound) {
        return say(words, dice.below(bound));
    }

    private String name(StringBuilder words) {
        // Mostly those that may be there.
        return dice.oneIn(4) ? one(words, NAMES) : say(words, NAMES[dice.below(8)]);
    }

    /** An empty path is the directory itself in some calls, which the C library does not know in all of them. */
    private static boolean leavesRoot(String name) {
        return name.isEmpty() || name.contains("..");
    }

    private static String answer(long result) {
        return result < 0 ? Errno.describe((int) -result) : Long.toString(result);
    }

    private Call choose(Kind kind, StringBuilder words) {
        int slot = switch (kind) {
            case UNLINK, RENAME, MAKE_DIRECTORY, SYMBOLIC_LINK, LINK, READ_LINK, CHANGE_MODE, TIMES, LIST, STAT -> 0;
            default -> below(words, SLOTS);
        };
        return switch (kind) {
            case OPEN -> open(slot, words);
            case CLOSE -> (host, _) -> {
                int fd = host.slots[slot];
                host.slots[slot] = -1;
                return answer(host.sys.close(fd));
            };
            case READ -> read(slot, -1, words);
            case READ_AT -> read(slot, below(words, OFFSETS), words);
            case WRITE -> {
                int bytes = below(words, BYTES);
                yield (host, scope) -> answer(host.sys.write(host.slots[slot], pattern(scope, bytes), bytes));
            }
            case WRITE_AT -> writeAt(slot, words);
            case SEEK -> {
                int origin = one(words, SeekOrigin.START, SeekOrigin.CURRENT, SeekOrigin.END, 7);
                int offset = below(words, OFFSETS) - OFFSETS / 2;
                yield (host, _) -> answer(host.sys.lseek(host.slots[slot], offset, origin));
            }
            case TRUNCATE -> {
                int length = below(words, OFFSETS) - 1;
                yield (host, _) -> answer(host.sys.ftruncate(host.slots[slot], length));
            }
            case ALLOCATE -> {
                int mode = one(words, 0, AllocateFlag.KEEP_SIZE, AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE,
                        AllocateFlag.PUNCH_HOLE, AllocateFlag.ZERO_RANGE, AllocateFlag.ZERO_RANGE | AllocateFlag.KEEP_SIZE);
                int offset = below(words, OFFSETS) - 1;
                int length = below(words, OFFSETS);
                yield (host, _) -> answer(host.sys.fallocate(host.slots[slot], mode, offset, length));
            }
            case SYNC -> {
                boolean data = one(words, true, false);
                yield (host, _) -> answer(data ? host.sys.fdatasync(host.slots[slot]) : host.sys.fsync(host.slots[slot]));
            }
            case STAT_OPENED -> (host, scope) -> stat(host, scope, host.slots[slot], "", PathFlag.EMPTY_PATH);
            case LOCK -> {
                int type = one(words, LockRange.EXCLUSIVE, LockRange.EXCLUSIVE, LockRange.UNLOCKED, 9);
                int first = below(words, 8);
                int length = below(words, 4);
                yield (host, _) -> answer(host.sys.lock(host.slots[slot], type, first, length));
            }
            case COPY -> {
                int target = below(words, SLOTS);
                int offset = below(words, OFFSETS);
                int targetOffset = below(words, OFFSETS);
                int length = below(words, OFFSETS);
                yield (host, _) -> answer(host.sys.copyFileRange(host.slots[slot], offset, host.slots[target],
                        targetOffset, length));
            }
            default -> choosePath(kind, words);
        };
    }

    private Call choosePath(Kind kind, StringBuilder words) {
        String name = name(words);
        return switch (kind) {
            case STAT -> {
                int flags = one(words, 0, PathFlag.NO_FOLLOW);
                yield (host, scope) -> stat(host, scope, host.root, name, flags);
            }
            case UNLINK -> {
                int flags = one(words, 0, PathFlag.REMOVE_DIRECTORY, 1);
                yield (host, scope) -> answer(host.sys.unlinkat(host.root, path(scope, name), flags));
            }
            case RENAME -> {
                String to = name(words);
                int flags = one(words, 0, 0, RenameFlag.NO_REPLACE, RenameFlag.NO_REPLACE | RenameFlag.EXCHANGE, 64);
                yield (host, scope) -> answer(host.sys.renameat(host.root, path(scope, name), host.root, path(scope, to),
                        flags));
            }
            case MAKE_DIRECTORY -> (host, scope) -> answer(host.sys.mkdirat(host.root, path(scope, name), 0755));
            case SYMBOLIC_LINK -> {
                String target = one(words, TARGETS);
                yield (host, scope) -> answer(host.sys.symlinkat(path(scope, target), host.root, path(scope, name)));
            }
            case LINK -> {
                String to = name(words);
                int flags = one(words, 0, PathFlag.FOLLOW, 1);
                yield (host, scope) -> answer(host.sys.linkat(host.root, path(scope, name), host.root, path(scope, to),
                        flags));
            }
            case READ_LINK -> {
                int room = below(words, 8);
                yield (host, scope) -> {
                    MemorySegment buffer = scope.allocate(8);
                    int result = host.sys.readlinkat(host.root, path(scope, name), buffer, room);
                    return answer(result) + (result > 0 ? CString.decode(buffer, 0, result) : "");
                };
            }
            case CHANGE_MODE -> {
                int mode = one(words, 0700, 0755, 0740, 01777);
                yield leavesRoot(name) ? (_, _) -> ""
                        : (host, scope) -> answer(host.sys.fchmodat(host.root, path(scope, name), mode));
            }
            case TIMES -> times(name, words);
            case LIST -> {
                int room = one(words, 24, 70, 1024);
                yield (host, scope) -> list(host, scope, name, room);
            }
            default -> throw new AssertionError(kind);
        };
    }

    private Call open(int slot, StringBuilder words) {
        String name = name(words);
        int access = one(words, OpenFlag.READ_ONLY, OpenFlag.WRITE_ONLY, OpenFlag.READ_WRITE);
        int more = one(words, 0, OpenFlag.CREATE, OpenFlag.CREATE, OpenFlag.CREATE | OpenFlag.EXCLUSIVE,
                OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW) | (access == OpenFlag.READ_WRITE && dice.oneIn(4)
                ? say(words, OpenFlag.APPEND) : 0);
        int truncates = access != OpenFlag.READ_ONLY && dice.oneIn(4) ? say(words, OpenFlag.TRUNCATE) : 0;
        int mode = (more & OpenFlag.CREATE) == 0 ? 0 : one(words, 0600, 0644);
        boolean second = one(words, true, false);
        return (host, scope) -> {
            int flags = access | more | truncates | OpenFlag.CLOSE_ON_EXEC;
            MemorySegment how = scope.allocate(OpenHow.SIZE, Long.BYTES);
            OpenHow.flags(how, flags);
            OpenHow.mode(how, mode);
            int fd = second ? host.sys.openat2(host.root, path(scope, name), how)
                    : host.sys.openat(host.root, path(scope, name), flags, mode);
            if (fd < 0) {
                return answer(fd);
            }
            if (host.sys.read(fd, scope.allocate(1), 1) == -Errno.EISDIR) { // java.nio loses a directory that moves
                return "directory " + host.sys.close(fd);
            }
            host.sys.lseek(fd, 0, SeekOrigin.START);
            if (host.slots[slot] >= 0) {
                host.sys.close(host.slots[slot]);
            }
            host.slots[slot] = fd;
            return "opened";
        };
    }

    private Call read(int slot, int offset, StringBuilder words) {
        int bytes = below(words, BYTES);
        int split = below(words, bytes + 1);
        boolean whole = one(words, true, false);
        return (host, scope) -> {
            MemorySegment memory = scope.allocate(BYTES);
            MemorySegment[] pieces = {memory.asSlice(0, split), memory.asSlice(split, bytes - split)};
            int fd = host.slots[slot];
            int result = whole ? offset < 0 ? host.sys.read(fd, memory, bytes) : host.sys.pread(fd, memory, bytes, offset)
                    : host.sys.preadv(fd, pieces, offset);
            return answer(result) + (result > 0 ? " hash " + Arrays.hashCode(memory.asSlice(0, result)
                    .toArray(ValueLayout.JAVA_BYTE)) : "");
        };
    }

    private Call writeAt(int slot, StringBuilder words) {
        int bytes = below(words, BYTES);
        int split = below(words, bytes + 1);
        int offset = below(words, OFFSETS) - 2;
        int flags = one(words, 0, 0, ReadWriteFlag.DATA_SYNC, ReadWriteFlag.SYNC, ReadWriteFlag.APPEND, 1 << 20);
        boolean whole = one(words, true, false);
        return (host, scope) -> {
            MemorySegment memory = pattern(scope, bytes);
            MemorySegment[] pieces = {memory.asSlice(0, split), memory.asSlice(split, bytes - split)};
            return answer(whole ? host.sys.pwrite(host.slots[slot], memory, bytes, offset, flags)
                    : host.sys.pwritev(host.slots[slot], pieces, offset, flags));
        };
    }

    private Call times(String name, StringBuilder words) {
        int flags = one(words, 0, PathFlag.NO_FOLLOW, 1);
        int accessNanos = one(words, 0, 123_456_789, Timespec.OMIT, 1_000_000_000);
        int modificationNanos = one(words, 999_999_999, Timespec.OMIT);
        return leavesRoot(name) ? (_, _) -> "" : (host, scope) -> {
            MemorySegment times = scope.allocate(2 * Timespec.SIZE, Long.BYTES);
            Timespec.seconds(times, 1_000_000_000);
            Timespec.nanos(times, accessNanos);
            Timespec.seconds(times.asSlice(Timespec.SIZE), 1_100_000_000);
            Timespec.nanos(times.asSlice(Timespec.SIZE), modificationNanos);
            int result = host.sys.utimensat(host.root, path(scope, name), times, flags);
            if (result != 0) {
                return answer(result);
            }
            MemorySegment found = scope.allocate(Statx.SIZE, Long.BYTES);
            result = host.sys.statx(host.root, path(scope, name), flags, StatxMask.BASIC, found);
            return answer(result) + (accessNanos == Timespec.OMIT ? "" : " " + Statx.accessSeconds(found) + "."
                    + Statx.accessNanos(found)) + (modificationNanos == Timespec.OMIT ? "" : " "
                    + Statx.modificationSeconds(found) + "." + Statx.modificationNanos(found));
        };
    }

    private static MemorySegment path(Arena scope, String name) {
        return CString.encode(scope, name);
    }

    private static MemorySegment pattern(Arena scope, int bytes) {
        MemorySegment memory = scope.allocate(Math.max(bytes, 1));
        for (int i = 0; i < bytes; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + bytes));
        }
        return memory;
    }

    /** What both hosts must tell alike; a file that has lost its path has no more than type and size on java.nio. */
    private static String stat(Host host, Arena scope, int directory, String name, int flags) {
        MemorySegment found = scope.allocate(Statx.SIZE, Long.BYTES);
        int result = host.sys.statx(directory, path(scope, name), flags, StatxMask.BASIC, found);
        if (result < 0) {
            return answer(result);
        }
        int type = Statx.mode(found) & FileMode.TYPE_MASK;
        boolean isFile = type == FileMode.REGULAR;
        return "type " + Integer.toOctalString(type) + (isFile ? " size " + Statx.size(found) : "")
                + (flags == PathFlag.EMPTY_PATH || type == FileMode.SYMBOLIC_LINK || ".".equals(name) || "..".equals(name)
                ? "" : " mode " + Integer.toOctalString(Statx.mode(found) & 07777)
                + (isFile ? " links " + Statx.links(found) : ""));
    }

    private static String list(Host host, Arena scope, String name, int room) {
        int fd = host.sys.openat(host.root, path(scope, name), OpenFlag.READ_ONLY | OpenFlag.DIRECTORY
                | OpenFlag.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return answer(fd);
        }
        Map<String, Integer> found = new TreeMap<>();
        MemorySegment buffer = scope.allocate(room, Long.BYTES);
        int bytes = host.sys.getdents64(fd, buffer, room);
        while (bytes > 0) {
            for (long at = 0; at < bytes; at = DirectoryEntry.next(buffer, at)) {
                found.put(DirectoryEntry.name(buffer, at), DirectoryEntry.type(buffer, at));
            }
            bytes = host.sys.getdents64(fd, buffer, room);
        }
        int closed = host.sys.close(fd);
        return "..".equals(name) ? "" : found + " " + answer(bytes) + " " + closed;
    }

    private static Map<String, String> tree(Host host) {
        Map<String, String> found = new TreeMap<>();
        try (Arena scope = Arena.ofConfined()) {
            walk(host, scope, ".", found);
        }
        return found;
    }

    private static void walk(Host host, Arena scope, String directory, Map<String, String> found) {
        int fd = host.sys.openat(host.root, path(scope, directory), OpenFlag.READ_ONLY | OpenFlag.DIRECTORY, 0);
        MemorySegment buffer = scope.allocate(4096, Long.BYTES);
        int bytes = host.sys.getdents64(fd, buffer, 4096);
        host.sys.close(fd);
        for (long at = 0; at < bytes; at = DirectoryEntry.next(buffer, at)) {
            String name = DirectoryEntry.name(buffer, at);
            if (name.equals(".") || name.equals("..")) {
                continue;
            }
            String path = directory + "/" + name;
            String said = stat(host, scope, host.root, path, PathFlag.NO_FOLLOW);
            if (DirectoryEntry.type(buffer, at) == DirectoryEntry.DIRECTORY) {
                walk(host, scope, path, found);
            } else if (DirectoryEntry.type(buffer, at) == DirectoryEntry.REGULAR) {
                int file = host.sys.openat(host.root, path(scope, path), OpenFlag.READ_ONLY, 0);
                MemorySegment content = scope.allocate(1 << 16);
                int length = host.sys.pread(file, content, 1 << 16, 0);
                host.sys.close(file);
                said += " hash " + Arrays.hashCode(content.asSlice(0, Math.max(length, 0)).toArray(ValueLayout.JAVA_BYTE));
            }
            found.put(path, said);
        }
    }

    /** Closes what is open on both, the roots too. */
    @Override
    public void close() {
        for (Host host : new Host[] {left, right}) {
            for (int fd : host.slots) {
                if (fd >= 0) {
                    host.sys.close(fd);
                }
            }
            host.sys.close(host.root);
        }
    }
}
