package dev.uring.fs;

import dev.uring.ffi.CString;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;

/**
 * Deletes a tree by several {@link EmptyDirectory} at the same time. A directory that one of them leaves unfinished is
 * shared out: each directory in it becomes work of its own, and when they are gone it is its own turn again. That ends,
 * since each turn removes a name or fails. Of one thread.
 */
final class TreeDelete {
    /** More do not help: the file system takes one change of a directory, and of its journal, at a time. */
    private static final int UNDER_WAY_MAX = 2 * Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);

    /** To do, deepest last, and taken from there: so few directories are open. */
    private final Deque<Branch> waiting = new ArrayDeque<>();
    private final Deque<Branch> underWay = new ArrayDeque<>();
    private long removed;

    /** A directory that is to be removed. */
    private static final class Branch {
        final Branch above;
        final byte[] name;
        final Path path;
        AsyncDirectory open;
        EmptyDirectory op;
        int below;

        Branch(Branch above, byte[] name, Path path) {
            this.above = above;
            this.name = name;
            this.path = path;
        }

        void start() {
            op = new EmptyDirectory(above == null ? null : above.open, name, path, open);
            op.submit();
        }
    }

    private TreeDelete() {
    }

    /** Deletes a directory with all that is in it; answers the count of names. */
    static long delete(Path directory) throws IOException {
        return new TreeDelete().run(new Branch(null, CString.bytes(directory.toString()), directory));
    }

    private long run(Branch root) throws IOException {
        waiting.add(root);
        try {
            while (true) {
                while (underWay.size() < UNDER_WAY_MAX && !waiting.isEmpty()) {
                    Branch next = waiting.removeLast();
                    next.start();
                    underWay.add(next);
                }
                Branch first = underWay.peek();
                if (first == null) {
                    return removed;
                }
                boolean isGone = first.op.await();
                underWay.remove();
                removed += first.op.removed();
                if (isGone) {
                    gone(first);
                } else {
                    share(first);
                }
            }
        } finally {
            abandon();
        }
    }

    private void gone(Branch branch) throws IOException {
        close(branch);
        Branch above = branch.above;
        if (above != null && --above.below == 0) {
            waiting.add(above);
        }
    }

    private void share(Branch branch) {
        branch.open = branch.op.opened();
        branch.below = branch.op.left().size();
        if (branch.below == 0) {
            waiting.add(branch);
        }
        for (byte[] name : branch.op.left()) {
            waiting.add(new Branch(branch, name, pathOf(branch.path, name)));
        }
    }

    /** For messages only, so that a name that is no text does not matter. */
    private static Path pathOf(Path directory, byte[] name) {
        try {
            return directory.resolve(EmptyDirectory.text(name));
        } catch (InvalidPathException e) {
            return directory.resolve("?");
        }
    }

    private static void close(Branch branch) throws IOException {
        if (branch.open != null) {
            branch.open.close();
        }
    }

    /** After a failure: waits for what is under way, and closes what is open; without effect when all is gone. */
    private void abandon() throws IOException {
        for (Branch each : underWay) {
            each.op.cancel();
        }
        for (Branch each : underWay) {
            try {
                if (!each.op.await()) {
                    each.open = each.op.opened();
                }
            } catch (IOException | CancellationException e) {
                continue; // one failure is told already, and this one has left nothing open
            }
        }
        for (Branch each : underWay) {
            closeUpwards(each);
        }
        for (Branch each : waiting) {
            closeUpwards(each);
        }
    }

    private static void closeUpwards(Branch branch) throws IOException {
        for (Branch at = branch; at != null; at = at.above) {
            close(at); // a second close waits for the first
        }
    }
}
