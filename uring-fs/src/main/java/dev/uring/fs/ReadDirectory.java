package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the next names of an open directory, as many as fit into 32 KiB; without {@code .} and {@code ..}. May be submitted
 * again, until there are none. What is made or removed meanwhile may or may not be among them.
 *
 * <p>Kernel: none, -, getdents64(2). Result: bytes filled, 0 at the end, decoded to the names; null at the end. Errors: as
 * the manual page lists them. Memory: the entries, held here.
 */
public final class ReadDirectory extends Op<List<DirectoryItem>> {
    private static final int ENTRIES_BYTES = 32 << 10;

    private final AsyncDirectory directory;
    private final MemorySegment entries = Arena.ofAuto().allocate(ENTRIES_BYTES, Long.BYTES);

    /** Describes a look at the directory, from where the last one ended. */
    public ReadDirectory(AsyncDirectory directory) {
        this.directory = directory;
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
        return sys.getdents64(directory.fd(), entries, ENTRIES_BYTES);
    }

    @Override
    protected List<DirectoryItem> decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        if (res == 0) {
            return null;
        }
        List<DirectoryItem> items = new ArrayList<>();
        for (long at = 0; at < res; at = DirectoryEntry.next(entries, at)) {
            String name = DirectoryEntry.name(entries, at);
            if (!name.equals(".") && !name.equals("..")) {
                items.add(new DirectoryItem(name, DirectoryEntry.type(entries, at)));
            }
        }
        return items;
    }

    @Override
    protected AsyncDirectory descriptor() {
        return directory;
    }

    @Override
    protected IOException failure(int errno) {
        return FileErrors.of(operation(), operands(), directory.path(), errno);
    }

    @Override
    protected String operands() {
        return "path=" + directory.path() + " fd=" + directory.fd();
    }
}
