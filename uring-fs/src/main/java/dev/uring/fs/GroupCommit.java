package dev.uring.fs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A log to which many append durably and share the syncs: what comes while one is under way goes out together, with
 * the next. A record is answered with its offset once it is on stable storage, and never before. For any thread.
 *
 * <p>A record is copied when it is accepted, into the {@link RecordGroup} that fills; there are two of them, so the
 * bytes of one go to the disk while the other fills. When there is no room, writers wait in line: a log never holds
 * more than twice its group's size. A group is one write with RWF_DSYNC, whether it has one record or many, gone on
 * from when it is short: one trip to the kernel, where a write and an fdatasync are two.
 *
 * <p>A task of the file's runtime commits, and is there only while there is something to commit:
 *
 * <pre>
 * state       event                        next       who moves it
 * IDLE        record accepted              COMMITTING the writer, which spawns the task
 * COMMITTING  group durable, more came     COMMITTING the task: the next group
 * COMMITTING  group durable, nothing came  IDLE       the task, which ends
 * COMMITTING  write failed                 FAILED     the task; all that is accepted fails with it
 * any         task lost (runtime closes)   FAILED     the thread that ends the task
 * IDLE        close                        CLOSED     the closing thread; in COMMITTING it waits for IDLE or FAILED
 * </pre>
 *
 * <p>It is a task, and not the first of the writers, because an interrupt or abort of that writer would cancel the
 * records of all others with its own; and not a callback, because a callback can neither wait for room nor for a lock.
 * Before it ends, or takes the next group, it lets the writers run that it woke, so that their next records share a
 * sync: of 64 tasks that append without pause, all 64 do so, and 35 did without.
 *
 * <p>Once a write or sync has failed, nothing is known of what was written since the last success: the kernel may have
 * dropped it, and a second sync would not say so. Hence the log refuses everything from then on. Whoever opens the
 * file again reads what is there; {@link #open} syncs it first, so that what was read stays. A record that failed, or
 * whose writer's process died, may be there all the same, whole or torn: records need a checksum.
 */
public final class GroupCommit implements AutoCloseable {
    /** Room for 256 records of a page. */
    public static final int GROUP_BYTES_DEFAULT = 1 << 20;
    private static final int GROUP_BYTES_MIN = 4096;
    private static final int GROUP_BYTES_MAX = 1 << 30;

    private final AsyncFile file;
    private final UringRuntime runtime;
    private final int groupBytes;
    /**
     * Guards all that is not volatile, and what is written of that. Held while one record is copied, never while its
     * holder waits; taken by {@link #lock()} alone.
     */
    private final ReentrantLock lock = new ReentrantLock();
    /** Those that found no room, first come first served. */
    private final ArrayDeque<LogRecord> line = new ArrayDeque<>();
    /** Threads that wait in {@link #close}. */
    private final List<Thread> closers = new ArrayList<>();
    /** What fills. */
    private RecordGroup filling;
    /** What is empty, or is the committing task's until it takes the next. */
    private RecordGroup other;
    /** Where the next record goes, in bytes from the start of the file. */
    private long end;
    /** Whether a task commits, or was spawned to. */
    private volatile boolean committing;
    /** The task's thread, once it has begun; null while nothing commits. */
    private volatile Thread committer;
    private volatile boolean closed;
    /** Why nothing is accepted any more, or null. */
    private volatile Throwable failure;
    /** Written by the task, of which there is one at a time. */
    private volatile long durableEnd;
    private volatile long commits;

    /**
     * Opens a log, makes it if it is not there, and makes durable what is in it, and its name. Parks a task, blocks
     * any other thread; needs a current runtime.
     *
     * @throws IOException as {@link AsyncFile#open} does
     */
    public static GroupCommit open(Path path) throws IOException {
        return open(path, GROUP_BYTES_DEFAULT);
    }

    /**
     * As the other.
     *
     * @param groupBytes the most that one write takes, and the longest record; 4 KiB to 1 GiB. Twice as much native
     *     memory is kept
     */
    public static GroupCommit open(Path path, int groupBytes) throws IOException {
        requireGroupBytes(groupBytes);
        AsyncFile file = AsyncFile.open(path, READ, WRITE, CREATE).await();
        try {
            Path parent = path.toAbsolutePath().getParent();
            try (AsyncDirectory directory = AsyncDirectory.open(parent == null ? path : parent).await()) {
                directory.fsync().await();
            }
            return over(file, groupBytes);
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(e, file);
            throw e;
        }
    }

    /**
     * Takes charge of an open file and appends at its end, after a sync. Nobody else may write to it: records would be
     * overwritten. That its name is durable is the caller's concern ({@link AsyncDirectory#fsync}).
     *
     * @param file open for writing, without APPEND and DIRECT; closed with the log, unless this fails
     * @param groupBytes as for {@link #open(Path, int)}
     */
    public static GroupCommit over(AsyncFile file, int groupBytes) throws IOException {
        requireGroupBytes(groupBytes);
        // A process that was killed leaves records that were written and never synced, and whoever opens the log next
        // reads them; a sync of ranges written later would not cover them.
        file.fsync().await();
        return new GroupCommit(file, file.stat().await().size(), groupBytes);
    }

    private static void requireGroupBytes(int groupBytes) {
        if (groupBytes < GROUP_BYTES_MIN || groupBytes > GROUP_BYTES_MAX) {
            throw new IllegalArgumentException("groupBytes must be " + GROUP_BYTES_MIN + " to " + GROUP_BYTES_MAX
                    + ": groupBytes=" + groupBytes);
        }
    }

    private static void closeAfter(Throwable cause, AsyncFile file) {
        try {
            file.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** For a file whose content is known to be durable up to {@code end}. */
    GroupCommit(AsyncFile file, long end, int groupBytes) {
        this.file = file;
        this.end = end;
        this.groupBytes = groupBytes;
        runtime = file.runtime();
        durableEnd = end;
        filling = new RecordGroup(groupBytes);
        other = new RecordGroup(groupBytes);
    }

    // ---- appending ----

    /**
     * Appends a record, and waits until it is durable: parks a task, blocks any other thread. The buffer's bytes up to
     * its length are copied; it never leaves the caller. An empty record waits for those before it.
     *
     * <p>An interrupt, or an abort of the task, ends the wait for room, and then nothing is written. A record that was
     * accepted is waited for all the same, and the thread's interrupt status is set on return.
     *
     * @return where the record begins, in bytes from the start of the file; records lie in the order of acceptance
     * @throws ClosedChannelException when the log was closed before the record was accepted
     * @throws InterruptedIOException when the thread was interrupted before that
     * @throws IOException when the write or sync failed, for this record or an earlier one: the log must be opened
     *     again
     * @throws IllegalArgumentException when the record is longer than a group
     * @throws IllegalStateException in a callback on a worker, or in what depends on a future of this log
     */
    public long append(IoBuffer record) throws IOException {
        requireMayWait();
        var node = new LogRecord(file, record.length(), null);
        accept(node, record);
        boolean interrupted = false;
        while (!node.getAsBoolean()) {
            runtime.park(this, node);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return node.result();
    }

    /**
     * Appends a record, and answers a future of its offset, which completes when the record is durable; for many
     * records under way from one thread. Waits only if there is no room. The buffer is the caller's again on return.
     *
     * <p>The future fails as {@link #append} does. Completing or cancelling it does nothing to the record. What
     * depends on it runs in the committing task, and must not wait; use the methods whose name ends in Async to wait.
     *
     * @throws IllegalArgumentException when the record is longer than a group
     * @throws IllegalStateException in a callback on a worker, or in what depends on a future of this log, without
     *     room
     */
    public CompletableFuture<Long> appendAsync(IoBuffer record) {
        var node = new LogRecord(file, record.length(), new CompletableFuture<>());
        try {
            accept(node, record);
        } catch (IOException e) {
            node.future().completeExceptionally(e);
        }
        return node.future();
    }

    /** Copies a record into the group that fills, after waiting in line if need be. */
    private void accept(LogRecord node, IoBuffer record) throws IOException {
        if (node.lengthBytes() > groupBytes) {
            throw new IllegalArgumentException("record is longer than a group: lengthBytes=" + node.lengthBytes()
                    + " groupBytes=" + groupBytes + "; open the log with a larger group");
        }
        lock();
        try {
            if (line.isEmpty() && filling.hasRoom(node)) {
                add(node, record);
                return;
            }
            requireAccepting(node);
            requireMayWait();
            line.addLast(node);
        } finally {
            lock.unlock();
        }
        acceptCalled(node, record);
    }

    /** Waits for the first place in the line, and for room, which nobody else takes then. */
    private void acceptCalled(LogRecord node, IoBuffer record) throws IOException {
        boolean waited = false;
        try {
            runtime.park(this, node::isCalled);
            waited = true;
        } finally {
            lock();
            try {
                line.remove(node);
                if (waited) {
                    requireCalled(node);
                    add(node, record);
                }
            } finally {
                callFirst();
                lock.unlock();
            }
        }
    }

    private void requireCalled(LogRecord node) throws InterruptedIOException {
        if (!node.isCalled()) {
            throw new InterruptedIOException("append was interrupted before the record was accepted: path="
                    + file.path() + " lengthBytes=" + node.lengthBytes());
        }
    }

    /** With the lock held, and room. */
    private void add(LogRecord node, IoBuffer record) throws IOException {
        requireAccepting(node);
        filling.add(node, record, end);
        end += node.lengthBytes();
        if (!committing) {
            startCommitting();
        }
    }

    private void requireAccepting(LogRecord node) throws IOException {
        if (failure != null) {
            throw new IOException("append refused: path=" + file.path() + " lengthBytes=" + node.lengthBytes()
                    + "; the log has failed, open it again and read what is there", failure);
        }
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Tells the first in line when it can go on, with a result or without; with the lock held. */
    private void callFirst() {
        LogRecord first = line.peekFirst();
        if (first != null && (closed || failure != null || filling.hasRoom(first))) {
            first.call();
        }
    }

    /**
     * Takes the lock. A worker's own thread, which runs a callback, must not sleep for it: the next in line for the lock
     * may be a task that only this worker can go on with. It looks again and again, which has an end, since who holds
     * the lock never waits.
     */
    private void lock() {
        if (lock.tryLock()) {
            return;
        }
        if (Tasks.mayWait()) {
            lock.lock();
            return;
        }
        while (!lock.tryLock()) {
            Thread.onSpinWait();
        }
    }

    /** The committing task would wait for itself. */
    private void requireMayWait() {
        if (Thread.currentThread() == committer) {
            throw new IllegalStateException("wait in what depends on a future of the log would stop its commits: path="
                    + file.path() + "; use the methods of CompletableFuture whose name ends in Async");
        }
    }

    // ---- committing ----

    /** IDLE to COMMITTING; with the lock held. */
    private void startCommitting() {
        committing = true;
        runtime.handle().spawn(() -> {
            commitAll();
            return null;
        }).toCompletableFuture().whenComplete((_, thrown) -> {
            // Also of a task that the closing runtime refused, or aborted before its first step.
            if (thrown != null) {
                fail(thrown);
            }
        });
    }

    private void commitAll() throws IOException {
        committer = Thread.currentThread();
        RecordGroup group = takeGroup();
        while (group != null) {
            if (group.bytes() > 0) {
                file.writeDurably(group.buffer(), group.start()).await();
                durableEnd = group.start() + group.bytes();
                commits++;
            }
            group.succeed();
            group.clear(); // now, since what fails this task later fails what the groups hold
            Tasks.yieldNow();
            group = takeGroup();
        }
    }

    /** Answers what has filled, and has the other group fill from here on; null ends the task. */
    private RecordGroup takeGroup() {
        lock();
        try {
            if (filling.isEmpty()) {
                endCommitting();
                return null;
            }
            RecordGroup full = filling;
            filling = other;
            other = full;
            callFirst();
            return full;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void endCommitting() {
        committer = null;
        committing = false;
        closers.forEach(runtime::unpark);
    }

    /** COMMITTING to FAILED: the records of both groups fail, and nothing is added any more. */
    private void fail(Throwable cause) {
        lock();
        try {
            failure = cause;
            callFirst();
        } finally {
            lock.unlock();
        }
        try {
            other.fail(cause);
            filling.fail(cause);
        } finally {
            lock();
            try {
                endCommitting();
            } finally {
                lock.unlock();
            }
        }
    }

    // ---- sight and end ----

    /** Answers the file's path. */
    public Path path() {
        return file.path();
    }

    /** Answers up to where the log is durable, in bytes from the start of the file. */
    public long durableBytes() {
        return durableEnd;
    }

    /** Answers how many groups were made durable, each with one sync. */
    public long commits() {
        return commits;
    }

    /** Answers whether a write or sync has failed, so that the log must be opened again. */
    public boolean hasFailed() {
        return failure != null;
    }

    /**
     * Refuses new records, and those that wait for room, with ClosedChannelException; waits until what was accepted is
     * durable or has failed; closes the file. An interrupt does not end the wait. A second call waits for the first.
     *
     * @throws IOException when closing the file tells an error that no record was told
     * @throws IllegalStateException in a callback on a worker, or in what depends on a future of this log
     */
    @Override
    public void close() throws IOException {
        requireMayWait();
        lock();
        try {
            closed = true;
            closers.add(Thread.currentThread());
            callFirst();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (committing) {
            runtime.park(this, () -> !committing);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }

    @Override
    public String toString() {
        return "GroupCommit[" + file.path() + " durableBytes=" + durableEnd + (failure != null ? " failed" : "")
                + (closed ? " closed" : "") + "]";
    }
}
