package dev.uring.bench;

import dev.uring.ffi.CString;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * What one task of {@link Choice} does again and again: the call that is measured, and inline, whichever way that one
 * goes, what makes it possible once more. Has files of its own, so that tasks meet in the kernel's locks only.
 */
final class ChoiceLane {
    private static final int HERE = PathFlag.CURRENT_DIRECTORY;
    private static final int MODE = 0700;
    private static final int RECORD_BYTES = 128;
    private static final int SPACE_BYTES = 1 << 16;

    private final boolean inline;
    /** Holds what calls refer to as long as the collector finds the lane, which its task refers to. */
    private final Arena arena = Arena.ofAuto();
    /** A file that is there, and open as {@link #fd}. */
    private final MemorySegment present;
    /** A name that is free at the beginning of each step. */
    private final MemorySegment absent;
    private final MemorySegment record = arena.allocate(RECORD_BYTES);
    private final int fd;
    /** What an open has answered, for the close. */
    private int opened;
    private long offset;

    /**
     * Makes the lane's file.
     *
     * @param directory of all lanes
     * @param inline    whether the call that is measured is made by the task itself
     */
    ChoiceLane(Path directory, int number, boolean inline) throws IOException {
        this.inline = inline;
        present = CString.encode(arena, directory.resolve("present-" + number).toString());
        absent = CString.encode(arena, directory.resolve("absent-" + number).toString());
        fd = new CallOp("open", Opcode.OPENAT, _ -> { },
                () -> LibcFile.openat(HERE, present, OpenFlag.CREATE | OpenFlag.READ_WRITE | OpenFlag.TRUNCATE, MODE))
                .inline();
        new CallOp("fallocate", Opcode.FALLOCATE, _ -> { }, () -> LibcFile.fallocate(fd, 0, 0, SPACE_BYTES)).inline();
    }

    /** Something done again and again. */
    interface Step {
        void run() throws IOException;
    }

    /** Answers the step that measures an operation. */
    Step step(String operation) {
        return switch (operation) {
            case "write" -> write();
            case "fsync" -> fsync();
            case "statx" -> statx();
            case "open" -> openAndClose();
            case "create" -> create();
            case "unlink" -> unlink();
            case "mkdir" -> makeDirectory();
            case "rename" -> rename();
            case "fallocate" -> fallocate();
            case "truncate" -> truncate();
            default -> throw new IllegalArgumentException("no such operation: name=" + operation);
        };
    }

    /** A small write into the page cache, over what is there. */
    private Step write() {
        CallOp write = writeOp();
        return () -> {
            offset = (offset + RECORD_BYTES) % SPACE_BYTES;
            write.await(inline);
        };
    }

    private CallOp writeOp() {
        return new CallOp("write", Opcode.WRITE, sqe -> sqe.write(fd, record, RECORD_BYTES, offset),
                () -> Libc.pwrite(fd, record, RECORD_BYTES, offset));
    }

    /** The sync of a file with something to write. */
    private Step fsync() {
        CallOp write = writeOp();
        CallOp fsync = new CallOp("fsync", Opcode.FSYNC, sqe -> sqe.fsync(fd, 0), () -> LibcFile.fsync(fd));
        return () -> {
            write.inline();
            fsync.await(inline);
        };
    }

    private Step statx() {
        MemorySegment attributes = arena.allocate(Statx.SIZE, Long.BYTES);
        CallOp statx = new CallOp("statx", Opcode.STATX,
                sqe -> sqe.statx(HERE, present, 0, StatxMask.BASIC, attributes),
                () -> LibcFile.statx(HERE, present, 0, StatxMask.BASIC, attributes));
        return () -> statx.await(inline);
    }

    private Step openAndClose() {
        CallOp open = open(present, OpenFlag.READ_ONLY);
        CallOp close = close();
        return () -> {
            opened = open.await(inline);
            close.await(inline);
        };
    }

    private CallOp open(MemorySegment path, int flags) {
        int all = flags | OpenFlag.CLOSE_ON_EXEC;
        return new CallOp("open", Opcode.OPENAT, sqe -> sqe.openat(HERE, path, all, MODE),
                () -> LibcFile.openat(HERE, path, all, MODE));
    }

    private CallOp openNew() {
        return open(absent, OpenFlag.CREATE | OpenFlag.EXCLUSIVE | OpenFlag.WRITE_ONLY);
    }

    private CallOp close() {
        return new CallOp("close", Opcode.CLOSE, sqe -> sqe.close(opened), () -> Libc.close(opened));
    }

    private CallOp unlink(int flags) {
        return new CallOp("unlink", Opcode.UNLINKAT, sqe -> sqe.unlinkat(HERE, absent, flags),
                () -> LibcFile.unlinkat(HERE, absent, flags));
    }

    /** The open with O_CREAT of a file that is not there. */
    private Step create() {
        CallOp create = openNew();
        CallOp close = close();
        CallOp unlink = unlink(0);
        return () -> {
            opened = create.await(inline);
            close.inline();
            unlink.inline();
        };
    }

    private Step unlink() {
        CallOp create = openNew();
        CallOp close = close();
        CallOp unlink = unlink(0);
        return () -> {
            opened = create.inline();
            close.inline();
            unlink.await(inline);
        };
    }

    private Step makeDirectory() {
        CallOp make = new CallOp("mkdir", Opcode.MKDIRAT, sqe -> sqe.mkdirat(HERE, absent, MODE),
                () -> LibcFile.mkdirat(HERE, absent, MODE));
        CallOp remove = unlink(PathFlag.REMOVE_DIRECTORY);
        return () -> {
            make.await(inline);
            remove.inline();
        };
    }

    private Step rename() {
        CallOp there = rename(present, absent);
        CallOp back = rename(absent, present);
        return () -> {
            there.await(inline);
            back.inline();
        };
    }

    private static CallOp rename(MemorySegment from, MemorySegment to) {
        return new CallOp("rename", Opcode.RENAMEAT, sqe -> sqe.renameat(HERE, from, HERE, to, 0),
                () -> LibcFile.renameat(HERE, from, HERE, to));
    }

    private Step fallocate() {
        CallOp allocate = allocateOp();
        CallOp truncate = truncateOp();
        return () -> {
            truncate.inline();
            allocate.await(inline);
        };
    }

    private Step truncate() {
        CallOp allocate = allocateOp();
        CallOp truncate = truncateOp();
        return () -> {
            allocate.inline();
            truncate.await(inline);
        };
    }

    private CallOp allocateOp() {
        return new CallOp("fallocate", Opcode.FALLOCATE, sqe -> sqe.fallocate(fd, 0, 0, SPACE_BYTES),
                () -> LibcFile.fallocate(fd, 0, 0, SPACE_BYTES));
    }

    private CallOp truncateOp() {
        return new CallOp("truncate", Opcode.FTRUNCATE, sqe -> sqe.ftruncate(fd, 0), () -> LibcFile.ftruncate(fd, 0));
    }

    /** Closes the lane's file; called once, after the last step. */
    void end() throws IOException {
        new CallOp("close", Opcode.CLOSE, _ -> { }, () -> Libc.close(fd)).inline();
    }
}
