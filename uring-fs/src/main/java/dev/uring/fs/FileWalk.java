package dev.uring.fs;

import dev.uring.ffi.DirectoryEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A walk through a tree, in the order of {@link java.nio.file.Files#walk}: a directory, then what is in it, one after the
 * other with all that is below. {@link TreeScan}s run ahead of it on the blocking pool, a few at a time. Of one thread.
 */
final class FileWalk implements AutoCloseable {
    /** Scans under way, or not yet come to: more than this keep no processor busy that these do not. */
    private static final int SCANS_MAX = 2 * Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);

    private final WalkOptions options;
    /** The directories from the start to where the walk is. */
    private final Deque<Frame> frames = new ArrayDeque<>();
    /** Scans that were started and have directories that the walk has not come to. */
    private final List<TreeScan> scans = new ArrayList<>();
    /** Directories that are open because they are large. */
    private final List<AsyncDirectory> open = new ArrayList<>();
    /** The start until it is delivered. */
    private WalkEntry start;
    /** A directory that was delivered and is to be gone into next, and where it is among its siblings; or null. */
    private List<WalkEntry> siblings;
    private int entered = -1;

    /** A directory that the walk is in. */
    private static final class Frame {
        final WalkNode node;
        List<WalkEntry> entries;
        /** The next entry to deliver. */
        int next;
        /** The next entry to run ahead to; and whether all were asked about. */
        int ahead;

        Frame(WalkNode node) {
            this.node = node;
        }
    }

    private FileWalk(WalkOptions options, WalkEntry start) {
        this.options = options;
        this.start = start;
    }

    /** Looks at the start, and is ready to deliver it. */
    static FileWalk from(Path start, WalkOptions options) throws IOException {
        FileStat stat = Attributes.of(start, options.followsLinks() ? new LinkOption[0]
                : new LinkOption[] {LinkOption.NOFOLLOW_LINKS}, true);
        WalkNode node = new WalkNode(null, start, 0, options.followsLinks(),
                options.followsLinks() ? stat.fileKey() : null);
        boolean descends = stat.isDirectory() && options.depthMax() > 0;
        return new FileWalk(options, new WalkEntry(start, "", WalkEntry.type(stat.mode()), 0,
                options.stats() ? stat : null, descends ? node : null, null));
    }

    /** Is about to deliver what is in a directory, and not the directory itself. */
    static FileWalk inside(Path directory) {
        WalkNode node = new WalkNode(null, directory, 0, true, null);
        FileWalk walk = new FileWalk(WalkOptions.DEFAULT.namesOnly().withDepthMax(1), null);
        walk.siblings = List.of(new WalkEntry(directory, "", DirectoryEntry.DIRECTORY, 0, null, node, null));
        walk.entered = 0;
        return walk;
    }

    /** Answers the next entry, or null at the end. */
    WalkEntry next() throws IOException {
        if (start != null) {
            WalkEntry first = start;
            start = null;
            siblings = List.of(first);
            askAbout(siblings);
            enterNext(first, 0);
            return first;
        }
        if (entered >= 0) {
            enter();
        }
        for (Frame frame = frames.peek(); frame != null; frame = frames.peek()) {
            while (frame.next < frame.entries.size()) {
                int index = frame.next++;
                WalkEntry entry = frame.entries.get(index);
                if (entry.error == null) {
                    siblings = frame.entries;
                    enterNext(entry, index);
                    return entry;
                }
                failed(entry.path(), entry.error);
            }
            if (frame.node.rest == null) {
                frames.pop();
            } else {
                goOn(frame);
            }
        }
        return null;
    }

    private void enterNext(WalkEntry entry, int index) {
        entered = entry.node != null && !entry.node.isLeftOut ? index : -1;
    }

    /** Goes into the directory that was delivered last. */
    private void enter() throws IOException {
        WalkNode node = siblings.get(entered).node;
        if (node.scan() == null) {
            start(siblings, entered);
        }
        entered = -1;
        TreeScan scan = node.scan();
        scan.await();
        if (scan.leftOpen() != null && !open.contains(scan.leftOpen())) {
            open.add(scan.leftOpen());
        }
        if (--scan.directories == 0) {
            scans.remove(scan);
        }
        Frame frame = new Frame(node);
        frames.push(frame);
        take(frame);
    }

    /** Takes what was found in a directory, and starts what comes next. */
    private void take(Frame frame) throws IOException {
        WalkNode node = frame.node;
        frame.entries = node.children;
        frame.next = 0;
        frame.ahead = 0;
        node.children = List.of();
        askAbout(frame.entries);
        if (node.rest != null) {
            TreeScan rest = TreeScan.rest(options, node);
            node.continuedBy(rest);
            scans.add(rest);
            rest.submit();
        }
        runAhead();
        if (node.error != null) {
            failed(node.path, node.error);
        }
    }

    /** Takes the next part of a large directory. */
    private void goOn(Frame frame) throws IOException {
        WalkNode node = frame.node;
        TreeScan scan = node.scan();
        scan.await();
        scans.remove(scan);
        if (scan.reachedEnd()) {
            AsyncDirectory whole = node.rest;
            node.rest = null;
            open.remove(whole);
            whole.close();
        }
        take(frame);
    }

    private void askAbout(List<WalkEntry> entries) {
        if (options.descends() == null) {
            return;
        }
        for (WalkEntry each : entries) {
            if (each.node != null) {
                each.node.isLeftOut = !options.descends().test(each);
            }
        }
    }

    /** Starts scans of directories that the walk will come to, nearest first. */
    private void runAhead() {
        for (Frame frame : frames) {
            while (frame.ahead < frame.entries.size()) {
                if (scans.size() >= SCANS_MAX) {
                    return;
                }
                int index = frame.ahead++;
                WalkNode node = frame.entries.get(index).node;
                if (index >= frame.next && node != null && !node.isLeftOut && node.scan() == null) {
                    start(frame.entries, index);
                }
            }
        }
    }

    /** Starts a scan; without effect when another has just come to that directory. */
    private void start(List<WalkEntry> among, int index) {
        TreeScan scan = TreeScan.of(options, among, index);
        if (among.get(index).node.claim(scan)) {
            scans.add(scan);
            scan.submit();
        }
    }

    private void failed(Path path, IOException error) throws IOException {
        if (options.onError() == null) {
            throw error;
        }
        options.onError().accept(path, error);
    }

    /** Calls {@code action} with each entry up to the end. */
    void forEach(Consumer<? super WalkEntry> action) throws IOException {
        for (WalkEntry entry = next(); entry != null; entry = next()) {
            action.accept(entry);
        }
    }

    /** Answers the rest as a stream, which closes the walk; errors come out of it unchecked, as those of Files.walk do. */
    Stream<WalkEntry> stream() {
        var entries = new AbstractSpliterator<WalkEntry>(Long.MAX_VALUE,
                Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL) {
            @Override
            public boolean tryAdvance(Consumer<? super WalkEntry> action) {
                WalkEntry entry;
                try {
                    entry = next();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (entry != null) {
                    action.accept(entry);
                }
                return entry != null;
            }
        };
        return StreamSupport.stream(entries, false).onClose(this::closeUnchecked);
    }

    private void closeUnchecked() {
        try {
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the walk: waits for the scans that have begun, and closes what is open. Idempotent. */
    @Override
    public void close() throws IOException {
        start = null;
        entered = -1;
        frames.clear();
        scans.forEach(TreeScan::cancel);
        for (TreeScan scan : scans) {
            try {
                scan.await();
                if (scan.leftOpen() != null) {
                    open.add(scan.leftOpen());
                }
            } catch (IOException | CancellationException e) {
                continue; // it never ran, and has nothing to close
            }
        }
        scans.clear();
        for (AsyncDirectory each : open) {
            each.close();
        }
        open.clear();
    }
}
