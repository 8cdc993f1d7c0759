package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.InterruptedByTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * One operation of the kernel: what it asks, how it is asked of each driver, and what its result means.
 *
 * <p>A subclass holds the operands and the faces. Its life is one word:
 *
 * <pre>
 * state         event                            next          who owns the buffer         who moves it
 * IDLE, DONE    submit                           QUEUED        operation                   submitting thread
 * QUEUED        admitted, entry published        IN_FLIGHT     kernel                      worker, or a task it carries
 * QUEUED        cancelled first                  DONE          operation, then caller      worker
 * IN_FLIGHT     cancel asked                     CANCELLING    kernel                      any thread
 * IN_FLIGHT,    result with F_MORE (notification same          kernel                      worker
 * CANCELLING    of a zero-copy send due)
 * IN_FLIGHT     first entry taken by await       RESULT_TAKEN  kernel                      awaiting thread
 * IN_FLIGHT,    terminal result                  DONE          operation, then caller      worker
 * CANCELLING,
 * RESULT_TAKEN
 * </pre>
 *
 * <p>There is exactly one terminal result for each submission, and memory returns only with it. An operation may be
 * submitted again once it is DONE; until then {@link #submit()} refuses. All public methods are for any thread, except
 * that an operation has one submitter at a time, which does not submit it again while another thread is still waiting
 * for it, and that {@code await} must not be called in a callback on a worker.
 *
 * @param <T> what the operation answers
 */
public abstract class Op<T> extends Message {
    private static final int IDLE = 0;
    private static final int QUEUED = 1;
    private static final int IN_FLIGHT = 2;
    private static final int CANCELLING = 3;
    private static final int RESULT_TAKEN = 4;
    private static final int DONE = 5;
    private static final int PHASE = 7;

    /** Someone asked for the cancel; stays set for the rest of this submission, so that the taker knows. */
    private static final int CANCEL_ASKED = 1 << 3;
    /** One thread decodes, or discards; set once per submission, at DONE or later. */
    private static final int CLAIMED = 1 << 4;
    /** {@link #value} holds what was decoded; set by the thread that claimed. */
    private static final int DECODED = 1 << 5;
    /** With CANCEL_ASKED: the submitter was interrupted while it waited for room. */
    private static final int INTERRUPTED = 1 << 6;
    /** With CANCEL_ASKED: the close of its descriptor asked. */
    private static final int BY_CLOSE = 1 << 7;
    /** Why a cancel was asked for. */
    private static final int ASKED = CANCEL_ASKED | INTERRUPTED | BY_CLOSE;

    /** In {@link #observer}: the result is out, and nobody can be added any more. */
    private static final Object CLOSED = new Object();
    /** In {@link #observer}: nobody takes the result, it goes to {@link #discard}. */
    private static final Object ABANDONED = new Object();

    /** In {@link #flags}: no driver ever saw the operation. No completion entry has this bit alone. */
    private static final int REFUSED = 1 << 31;

    private static final VarHandle STATE;
    private static final VarHandle OBSERVER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Op.class, "state", int.class);
            OBSERVER = lookup.findVarHandle(Op.class, "observer", Object.class);
            // The compiler inlines no method whose signature names a class that is not loaded: descriptor() and buffer()
            // would be called five times per operation in a program that has used neither yet.
            lookup.accessClass(Descriptor.class);
            lookup.accessClass(IoBuffer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The life of the operation: a phase and the bits above.
     *
     * <p>The submitter and, from QUEUED to DONE, the worker store it; any other thread changes it by compare-and-set, and
     * only in two ways: to ask for a cancel, and at DONE to claim. A cancel that falls between the worker's look and its
     * store of DONE is lost without harm, since it names a slot generation that is gone. Everything that must not be
     * lost goes through {@link #observer} instead.
     */
    private volatile int state;
    /** The result, at least 0 or -errno; written by the worker before DONE, by a pool thread before it posts. */
    int result;
    /** Flags of the completion entry; as {@link #result}. */
    int flags;
    /** Where the worker's table holds it; written by the worker, meaningful from IN_FLIGHT to DONE. */
    int slot;
    /** A zero-copy send has moved a part, and goes on when its notification has come; the worker's. */
    private boolean goesOn;
    /** The worker that has it in flight; written before IN_FLIGHT. */
    Worker worker;
    /**
     * Who is told at DONE: null, a parked thread, a {@code BiConsumer}, ABANDONED, an {@link Observer} (several), or
     * CLOSED. Added to by any thread by compare-and-set; the worker exchanges it for CLOSED before it stores DONE.
     */
    private volatile Object observer;
    /**
     * What {@link #decode} answered, or a {@link Failure}; written before DECODED. Until then null, or the exception behind
     * the error number, written with {@link #result}.
     */
    private Object value;

    /** Who is told that the operation has ended, and looks at it himself: nothing is decoded for him. */
    interface Ending {
        /** The operation is DONE. On the worker's thread; must not throw or wait. */
        void ended();
    }

    /** A second and further observer of the same operation. */
    private record Observer(Object action, Object before) {
    }

    /** For subclasses, which name their operands; nothing is queued yet. */
    protected Op() {
    }

    // ---- faces ----

    /**
     * Fills one submission entry. Called on the worker's thread, possibly many times for one operation.
     *
     * @return false when this kernel has no opcode for it, so that the readiness face is used
     */
    protected abstract boolean prepare(Sqe sqe, Capabilities kernel);

    /** Answers what {@link #attempt} must wait for. */
    protected abstract Readiness readiness();

    /** Answers the {@link PollFlag}s that say so of the descriptor; of use unless the readiness is BLOCKING. */
    int pollEvents() {
        return readiness() == Readiness.READABLE ? PollFlag.READABLE : PollFlag.WRITABLE;
    }

    /**
     * Answers whether this result shows that the descriptor has no more for the next attempt, which need not be made
     * then: a stream gave less than was asked for. False costs a system call, and is always right.
     *
     * @param res of an attempt that waited for {@link #readiness()}, more than 0
     */
    protected boolean drains(int res) {
        return false;
    }

    /**
     * Tries the operation once by system call, without blocking unless {@link #readiness()} is BLOCKING.
     *
     * @param selected the provided buffer to use, or null
     * @return a value of at least 0, or -errno; EAGAIN, EINPROGRESS and EALREADY mean not yet
     */
    protected abstract int attempt(Sys sys, MemorySegment selected);

    /** Turns the result into what the caller gets; called at most once per submission, by the thread that takes it. */
    protected abstract T decode(int res, int flags) throws IOException;

    /**
     * Answers whether the operation goes on after a result, with what that left to do: then it is prepared or attempted
     * once more, in the same slot, and only the last result ends it. Called on the worker's thread, once for each result of
     * at least 0, except in a chain that the kernel has as a whole; who answers true has noted what is done so far.
     */
    protected boolean continues(int res) {
        return false;
    }

    /**
     * Answers whether what the kernel refused is asked for once more, in another way, which {@link #prepare} then takes. On
     * the worker, and not in a chain that the kernel has as a whole.
     */
    protected boolean retries(int errno) {
        return false;
    }

    /** Answers whether {@link #continues} is to be asked at all. */
    boolean mayContinue() {
        return false;
    }

    /** Called before each submission, on the submitting thread: forgets what {@link #continues} has noted. */
    protected void restarted() {
    }

    /** Answers whether a result is something open, which somebody must take or {@link #discard} must close. */
    protected boolean obtains() {
        return false;
    }

    /** Disposes of a result that nobody takes: closes its descriptor, releases its buffer. */
    protected void discard(int res, int flags) {
    }

    /** Answers the runtime that the operation was submitted to; for {@link #decode} and {@link #discard}. */
    protected final UringRuntime runtime() {
        return worker.runtime();
    }

    /** Answers the class that users know the operation by. */
    Class<?> kind() {
        return getClass();
    }

    /**
     * Notes that operations of this kind run with less than io_uring has for them; for {@link #prepare}.
     *
     * @param what a constant: it is told once per runtime, see {@link UringRuntime#degraded}
     */
    protected final void tellDegraded(String what) {
        if (worker != null) { // else a batch tries to keep it for itself, which is asked once more on a worker, or is not
            worker.runtime().noteDegraded(what);
        }
    }

    /** Closes a descriptor that a result brought and nobody takes; for {@link #discard}. */
    protected final void discardDescriptor(int fd) {
        worker.sys().close(fd);
    }

    /** Answers the provided buffer that a result came in, {@code res} bytes long; for {@link #decode}. */
    protected final IoBuffer providedBuffer(int res, int flags) {
        return worker.provided().take(flags >>> CqeFlag.BUFFER_SHIFT, res);
    }

    /** Puts back the provided buffer of a result that nobody takes, if it has one; for {@link #discard}. */
    protected final void discardBuffer(int flags) {
        if ((flags & CqeFlag.BUFFER) != 0) {
            worker.provided().giveBack(flags >>> CqeFlag.BUFFER_SHIFT);
        }
    }

    /** Answers the open thing that the operation uses, which it keeps from closing; null for none. */
    protected Descriptor descriptor() {
        return null;
    }

    /** Answers a second open thing that the operation uses, as where it copies to; null for none. */
    protected Descriptor otherDescriptor() {
        return null;
    }

    /** Answers whether the operation uses a descriptor, which then stays open until it has ended. */
    final boolean uses(Descriptor one) {
        return descriptor() == one || otherDescriptor() == one;
    }

    /** Answers whether something that the operation uses is being closed. */
    final boolean isDescriptorClosing() {
        Descriptor first = descriptor();
        Descriptor second = otherDescriptor();
        return first != null && !first.isOpen() || second != null && !second.isOpen();
    }

    /** Answers the buffer that the operation moves; null for none. */
    protected IoBuffer buffer() {
        return null;
    }

    /** Answers the operands as {@code name=value} pairs for messages; empty for none. */
    protected String operands() {
        return "";
    }

    /** Answers what the operation is called in messages. */
    protected String operation() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** Starts the operation, which holds a slot, on the worker's thread; time is not the driver's. */
    void begin(Worker worker) {
        worker.operations().beginInDriver(this);
    }

    /** Answers whether one submission may answer many times, until a result without F_MORE. */
    protected boolean isMultishot() {
        return false;
    }

    /** Answers whether a result is the last of a multishot operation: an error always is. */
    protected boolean ends(int res) {
        return res < 0;
    }

    /** Answers the group of provided buffers that a result takes its buffer from, or -1 for none. */
    protected int bufferGroup() {
        return -1;
    }

    /** Answers whether the kernel answers twice: with the result, and once it has let go of the buffer. */
    protected boolean isZeroCopy() {
        return false;
    }

    /** Answers whether this result keeps the next operation of a {@link Ops#link chain} from starting. */
    protected boolean breaksLink(int res) {
        return res < 0;
    }

    /** Answers whether a cancel may end it early; a close must happen once it was asked for. */
    boolean isCancellable() {
        return true;
    }

    /**
     * Called when a submission has ended without a result: it failed, was cancelled, or was refused. On a worker, or on the
     * submitting thread; before anyone can see it. For operations that brought something open with them, to close it.
     */
    protected void failed() {
    }

    /** Called by the worker with the terminal result, before anyone can see it: buffers take their length here. */
    void settle(int res, int completionFlags) {
    }

    /**
     * Answers what a submission that was cancelled fails with, when the operation has asked for the cancel itself; null where
     * somebody else has.
     */
    protected IOException cancelReason() {
        return null;
    }

    /** The exception for a failed result; subclasses turn error numbers into the JDK's own types. */
    protected IOException failure(int errno) {
        return new UringException(operation(), operands(), errno);
    }

    // ---- submission ----

    /**
     * Queues the operation: on the worker that carries the calling task, else through a worker's inbox. A task waits
     * here for room if as many operations are in flight as the completion queue can answer. An interrupt ends that wait:
     * the operation is cancelled, and {@link #await()} says so. A thread that no worker carries does not wait: what it
     * submits beyond that waits in the worker's queue, in order. Such threads bound what they submit themselves; the
     * runtime cannot tell whether they are the peer that the operations in flight wait for.
     *
     * @throws IllegalStateException when the operation is in flight already, or there is no runtime here
     * @throws BufferInFlightException when its buffer is
     * @throws BusyException in a callback, when there is no room
     */
    public final Op<T> submit() {
        Descriptor descriptor = descriptor();
        submitTo(descriptor != null ? descriptor.runtime() : runtimeHere(), null);
        return this;
    }

    /** Answers the runtime of an operation that has no first descriptor. */
    private UringRuntime runtimeHere() {
        Descriptor other = otherDescriptor();
        return other != null ? other.runtime() : Handle.current().runtime();
    }

    /**
     * Queues the operation as {@link #submit()} does, and has {@code action} called as {@link #onComplete} does, for less
     * than the two together cost. The usual way to start again from a callback.
     */
    public final Op<T> submit(BiConsumer<? super T, ? super IOException> action) {
        Objects.requireNonNull(action);
        Descriptor descriptor = descriptor();
        submitTo(descriptor != null ? descriptor.runtime() : runtimeHere(), action);
        if (refusal() != null) {
            onComplete(action);
        }
        return this;
    }

    /** Submits to this runtime, with a thread or callback to be told, or null. */
    final void submitTo(UringRuntime runtime, Object firstObserver) {
        if (!runtime.isAllEnabled()) {
            runtime.requireEnabled(this);
        }
        takeUp();
        OBSERVER.setRelease(this, firstObserver);
        moveBuffer();
        IOException refusal = acquireOrRefuse(runtime);
        if (refusal != null) {
            refuse(refusal, runtime);
        } else {
            runtime.dispatch(this);
        }
    }

    /** Moves the buffer to this operation; without effect on one that has none. */
    void moveBuffer() {
        IoBuffer buffer = buffer();
        if (buffer != null) {
            buffer.move(this);
        }
    }

    /** Notes the exception behind an error number; before the result is out, by whoever attempted. */
    final void attemptFailed(Throwable cause) {
        value = cause;
    }

    void giveBackBuffer() {
        IoBuffer buffer = buffer();
        if (buffer != null) {
            buffer.giveBack(this);
        }
    }

    final void releaseDescriptor() {
        Descriptor descriptor = descriptor();
        if (descriptor != null) {
            descriptor.release();
        }
        Descriptor other = otherDescriptor();
        if (other != null) {
            other.release();
        }
    }

    /** Takes the descriptor; answers why it cannot be had, or null. */
    final IOException acquireOrRefuse(UringRuntime runtime) {
        Descriptor descriptor = descriptor();
        if (descriptor != null && !descriptor.acquire()) {
            return descriptor.closedException();
        }
        Descriptor other = otherDescriptor();
        if (other != null) {
            IOException refusal = acquireOtherOrRefuse(other, runtime);
            if (refusal != null) {
                if (descriptor != null) {
                    descriptor.release();
                }
                return refusal;
            }
        }
        if (runtime.refuses(this)) {
            releaseDescriptor();
            return new RuntimeShutdownException(describe());
        }
        return null;
    }

    /** Its close cancels operations of its own runtime only, so one of another would keep it waiting. */
    private IOException acquireOtherOrRefuse(Descriptor other, UringRuntime runtime) {
        if (other.runtime() != runtime) {
            return new IOException(describe() + " failed: both descriptors must be of one runtime");
        }
        return other.acquire() ? null : other.closedException();
    }

    /** IDLE or DONE to fresh; a result of the last time that nobody took is disposed of first. */
    final void takeUp() {
        int before = state;
        int phase = before & PHASE;
        if (phase != IDLE && phase != DONE) {
            throw new IllegalStateException(describe() + " cannot be submitted: it is " + phaseName(phase));
        }
        if (phase == DONE && claim()) {
            discardGuarded();
        }
        value = null;
        flags = 0;
        restarted();
        STATE.setRelease(this, IDLE);
        OBSERVER.setRelease(this, null);
    }

    /** Ends a submission that no worker ever saw, with a reason instead of a result; the descriptor is not held. */
    final void refuse(IOException reason, UringRuntime by) {
        giveBackBuffer();
        failed();
        result = -Errno.ECANCELED;
        flags = REFUSED;
        value = new Failure(reason, by);
        OBSERVER.setRelease(this, CLOSED);
        STATE.setRelease(this, DONE | CLAIMED | DECODED);
    }

    /** As {@link #refuse}, for an operation that holds its descriptor. */
    final void refuseDispatched(UringRuntime by) {
        releaseDescriptor();
        refuse(new RuntimeShutdownException(describe()), by);
    }

    /** Answers why the submission was refused, or null when it was not. */
    final IOException refusal() {
        return flags == REFUSED && value instanceof Failure(IOException reason, _) ? reason : null;
    }

    /** Submits once more, on the thread of the worker that had it last; never for want of room refused. */
    final void submitAgain() {
        takeUp();
        moveBuffer();
        IOException refusal = acquireOrRefuse(worker.runtime());
        if (refusal != null) {
            refuse(refusal, worker.runtime());
        } else {
            queued(worker);
            worker.operations().startQueued(this);
        }
    }

    /** Names who is told, of an operation that was taken up and that nobody else knows yet. */
    final void observedBy(Ending ending) {
        OBSERVER.setRelease(this, ending);
    }

    /** Answers the number that this submission ended with: at least 0, or -errno; ECANCELED for a cancel, however it came. */
    int outcome() {
        return result == -Errno.EINTR && isCancelAsked() ? -Errno.ECANCELED : result;
    }

    /** Answers why this submission failed, as {@link #await} would throw it, or null when it has not. */
    final IOException outcomeError() {
        IOException refusal = refusal();
        return refusal != null ? refusal : result < 0 ? failure(-result) : null;
    }

    /** Takes a submission back for which there was no room, so that it never happened. */
    final void untake() {
        giveBack();
        STATE.setRelease(this, IDLE);
    }

    /** To QUEUED: the operation is about to be posted to a worker, or waits there for room. */
    final void queued(Worker worker) {
        this.worker = worker;
        STATE.setRelease(this, QUEUED);
    }

    /** To IN_FLIGHT, by the worker's own thread for an operation that nobody else has seen since it was taken up. */
    final void admitted(Worker worker) {
        this.worker = worker;
        STATE.setRelease(this, IN_FLIGHT);
    }

    /** QUEUED to IN_FLIGHT, by the worker's thread; answers false when a cancel came first. */
    final boolean admittedFromQueue(Worker worker) {
        this.worker = worker;
        return STATE.compareAndSet(this, QUEUED, IN_FLIGHT);
    }

    /** As {@link #admittedFromQueue}, for a member of a chain: a cancel that came first waits for its turn. */
    final void admittedCancelledOrNot(Worker worker) {
        if (!admittedFromQueue(worker)) {
            STATE.setRelease(this, CANCELLING | state & ASKED);
        }
    }

    /** A worker takes the operation from its inbox: to start it, or with the result of the blocking pool. */
    @Override
    final void receive(Worker worker) {
        if ((state & PHASE) == QUEUED) {
            worker.operations().startQueued(this);
        } else {
            worker.operations().completeBlocking(this);
        }
    }

    // ---- completion ----

    /** The terminal result, on the worker's thread, once: memory and descriptor return, then whoever waits is told. */
    final void complete(int res, int completionFlags) {
        if ((state & PHASE) == RESULT_TAKEN) {
            completeNotified();
            return;
        }
        result = res;
        flags = completionFlags;
        settle(res, completionFlags);
        giveBackBuffer();
        releaseDescriptor();
        if (res < 0) {
            failed();
        }
        resolve(DONE);
    }

    /** The result is known and goes to whoever waits; by {@code phase} the operation has ended, or is yet to. */
    private void resolve(int phase) {
        Object watching = OBSERVER.getAndSet(this, CLOSED);
        int asked = state & ASKED;
        if (watching instanceof Thread parked) {
            STATE.setRelease(this, phase | asked);
            LockSupport.unpark(parked);
        } else if (watching == null) {
            if (result >= 0 && obtains()) {
                worker.runtime().unclaimed(this); // before anyone can take it
            }
            STATE.setRelease(this, phase | asked);
        } else if (watching instanceof Ending ending) {
            STATE.setRelease(this, phase | asked);
            ending.ended();
        } else {
            resolveObserved(watching, phase, asked);
        }
    }

    /** With callbacks the worker itself takes the result, before anyone else can. */
    private void resolveObserved(Object watching, int phase, int asked) {
        if (isAbandoned(watching)) {
            value = new Failure(new CancellationException(describe() + " was abandoned"));
            discardGuarded();
        } else {
            value = decoded(asked, false, false);
        }
        Object taken = value;
        STATE.setRelease(this, phase | asked | CLAIMED | DECODED);
        tell(watching, taken);
    }

    /**
     * One of several results of the same submission, on the worker's thread; more will come. For a zero-copy send this is
     * the result itself: the caller gets it now, and the buffer with the notification.
     */
    void more(int res, int completionFlags) {
        if (!isZeroCopy()) {
            throw new AssertionError(describe() + " answered more than once: res=" + res);
        }
        boolean isPart = res >= 0 ? mayContinue() && continues(res) : retries(-res);
        goesOn = isPart && !isCancelAsked();
        if (!goesOn) { // else once the kernel has let go of the buffer
            resultTaken(isPart ? -Errno.ECANCELED : res, completionFlags);
        }
    }

    /** A cancel was asked for between two parts of a zero-copy send: what moves no more is told now, not when it is noted. */
    final void cancelRest() {
        goesOn = false;
        resultTaken(-Errno.ECANCELED, 0);
    }

    /** To RESULT_TAKEN: from here on the kernel has the memory and not the number, which may be closed. */
    private void resultTaken(int res, int completionFlags) {
        result = res;
        flags = completionFlags;
        releaseDescriptor();
        resolve(RESULT_TAKEN);
    }

    /** Answers whether a zero-copy send is between two parts: it goes on when the notification of the first has come. */
    final boolean goesOn() {
        return goesOn;
    }

    /** The notification has come: answers whether the operation goes on, from now on with its next part. */
    final boolean goesOnNow() {
        boolean was = goesOn;
        goesOn = false;
        return was;
    }

    /** RESULT_TAKEN to DONE: the notification says that the kernel has let go of the buffer. */
    private void completeNotified() {
        IoBuffer buffer = buffer();
        int before;
        do {
            before = state; // a taker may be setting its bits at this moment
        } while (!STATE.compareAndSet(this, before, before & ~PHASE | DONE));
        if (buffer != null) {
            buffer.giveBackNotified(this);
        }
    }

    /** The worker is gone: tells whoever waits, and gives nothing back, since the kernel may still have it. */
    final void lose(Throwable cause) {
        result = -Errno.EIO;
        value = new Failure(new IOException(describe() + " was lost: its worker failed", cause));
        Object watching = OBSERVER.getAndSet(this, CLOSED);
        STATE.setRelease(this, DONE | CLAIMED | DECODED);
        lost();
        tell(watching, value);
    }

    /** The worker is gone, see {@link #lose}; for those that are waited for in other ways than by an observer. */
    void lost() {
    }

    private static boolean isAbandoned(Object watching) {
        Object at = watching;
        while (at instanceof Observer several) {
            if (several.action == ABANDONED) {
                return true;
            }
            at = several.before;
        }
        return at == ABANDONED;
    }

    /** Answers whether nobody has asked to be told yet. */
    final boolean isUnobserved() {
        return observer == null;
    }

    /** Tells all observers, oldest first. */
    private void tell(Object watching, Object taken) {
        if (watching instanceof Observer several) {
            tell(several.before, taken);
            tell(several.action, taken);
        } else if (watching instanceof Thread parked) {
            LockSupport.unpark(parked);
        } else if (watching instanceof Ending ending) {
            ending.ended();
        } else if (watching != null && watching != ABANDONED && watching != CLOSED) {
            worker.callBack(this, watching, taken);
        }
    }

    /** Calls one callback with what was decoded; on the worker's thread. */
    @SuppressWarnings("unchecked")
    final void callBack(Object action, Object taken) {
        var callback = (BiConsumer<Object, IOException>) action;
        if (taken instanceof Failure failure) {
            callback.accept(null, failure.forCallback(this));
        } else {
            callback.accept(taken, null);
        }
    }

    private void giveBack() {
        giveBackBuffer();
        releaseDescriptor();
    }

    // ---- taking the result ----

    /**
     * Waits for the result. An interrupt asks for a cancel and goes on waiting: what the operation obtained is never
     * lost.
     *
     * @throws InterruptedIOException when the thread was interrupted and the operation was cancelled for it
     * @throws CancellationException when {@link #cancel} was called and came in time
     * @throws java.nio.channels.AsynchronousCloseException when its descriptor was closed meanwhile
     * @throws IllegalStateException when the operation was never submitted, or in a callback on a worker
     */
    public final T await() throws IOException {
        boolean interrupted = !isResolved() && awaitDone(Long.MAX_VALUE, false);
        return take(interrupted, false);
    }

    /**
     * Waits for the result, and asks for a cancel at the limit. The call returns when the operation has ended, which may
     * be a little later; if it ended with a result all the same, that result is returned.
     *
     * @throws InterruptedByTimeoutException when the operation was cancelled at the limit
     */
    public final T await(Duration limit) throws IOException {
        if (isResolved()) {
            return take(false, false);
        }
        requireSubmitted();
        long deadline = Deadline.after(runtime().nanoTime(), limit);
        boolean interrupted = awaitDone(deadline, true);
        return take(interrupted, runtime().nanoTime() - deadline >= 0);
    }

    /** Waits until DONE; answers whether the thread was interrupted meanwhile (and sets its flag again). */
    final boolean awaitDone(long deadlineNanos, boolean timed) {
        requireSubmitted();
        Worker here = Worker.current();
        requireNoCallback(here);
        if (!observe(Thread.currentThread())) {
            awaitStored();
            return false;
        }
        boolean interrupted = false;
        boolean expired = false;
        Deadline timer = timed && here != null ? here.startDeadline(this, deadlineNanos) : null;
        boolean stuck = false;
        while (!isResolved()) {
            if (worker.isLentHere()) {
                worker.drive(this::isResolved, timed && !expired ? deadlineNanos : Deadline.NEVER);
                expired |= timed && expire(deadlineNanos);
            } else if (!timed || timer != null || expired) {
                stuck = Worker.park(this, stuck);
            } else {
                LockSupport.parkNanos(this, deadlineNanos - runtime().nanoTime());
                expired = expire(deadlineNanos);
            }
            if (Thread.interrupted()) {
                interrupted = true;
                cancel();
            }
        }
        if (timer != null) {
            timer.stop();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return interrupted;
    }

    private boolean expire(long deadlineNanos) {
        if (deadlineNanos - runtime().nanoTime() > 0) {
            return false;
        }
        cancel();
        return true;
    }

    private void requireSubmitted() {
        if ((state & PHASE) == IDLE) {
            throw new IllegalStateException(describe() + " was never submitted");
        }
    }

    /** A callback has the thread that fetches results, and would wait for ever. */
    private void requireNoCallback(Worker here) {
        if (here != null && here.isLoop()) {
            throw new IllegalStateException("await in a callback would stop the worker: operation=" + describe()
                    + "; use onComplete, or spawn a task");
        }
    }

    /** Answers or throws what came of it. */
    @SuppressWarnings("unchecked")
    private T take(boolean interrupted, boolean expired) throws IOException {
        Object taken = taken(interrupted, expired);
        if (taken instanceof Failure failure) {
            throw failure.raise();
        }
        return (T) taken;
    }

    /** Decodes once, whoever comes first; answers what {@link #decode} answered, or a {@link Failure}. */
    private Object taken(boolean interrupted, boolean expired) {
        if (claim()) {
            value = decoded(state, interrupted, expired);
            STATE.getAndBitwiseOr(this, DECODED);
        } else {
            awaitDecoded();
        }
        return value;
    }

    /** Answers what {@link #decode} answered, or a {@link Failure}. */
    private Object decoded(int asked, boolean interrupted, boolean expired) {
        if ((asked & CANCEL_ASKED) != 0 && result == -Errno.ECANCELED && cancelReason() != null) {
            return new Failure(cancelReason());
        }
        if ((asked & CANCEL_ASKED) != 0 && (result == -Errno.ECANCELED || result == -Errno.EINTR)) {
            return new Failure(worker != null && worker.runtime().isClosing() ? new RuntimeShutdownException(describe())
                    : (asked & BY_CLOSE) != 0 ? new ClosedInUseException(describe())
                    : interrupted || (asked & INTERRUPTED) != 0
                    ? new InterruptedIOException(describe() + " was cancelled: the thread was interrupted")
                    : expired ? new InterruptedByTimeoutException()
                    : new CancellationException(describe() + " was cancelled"));
        }
        Object cause = value;
        try {
            return decode(result, flags);
        } catch (IOException | RuntimeException | Error e) {
            if (cause instanceof Throwable behind && e.getCause() == null && e != behind) {
                e.initCause(behind);
            }
            return new Failure(e);
        }
    }

    /**
     * A throwable as a value, so that it cannot be mistaken for what an operation answers.
     *
     * @param by the runtime that refused the submission; null for an operation that a worker has had
     */
    private record Failure(Throwable thrown, UringRuntime by) {
        Failure(Throwable thrown) {
            this(thrown, null);
        }

        /** Throws what is unchecked, answers what is checked. */
        IOException raise() {
            switch (thrown) {
                case IOException e -> {
                    return e;
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new AssertionError(thrown);
            }
        }

        IOException forCallback(Op<?> op) {
            return switch (thrown) {
                case IOException e -> e;
                case CancellationException _ -> new UringException(op.operation(), op.operands(), Errno.ECANCELED);
                default -> new IOException(op.describe() + " failed: " + thrown, thrown);
            };
        }
    }

    /** DONE to claimed; answers false when another thread has it. */
    private boolean claim() {
        int before = state;
        while ((before & CLAIMED) == 0) {
            if (STATE.compareAndSet(this, before, before | CLAIMED)) {
                if (obtains() && worker != null) {
                    worker.runtime().claimed(this);
                }
                return true;
            }
            before = state;
        }
        return false;
    }

    /** Another thread decodes at this moment; decoding waits for nothing, so this ends. */
    private void awaitDecoded() {
        while ((state & DECODED) == 0) {
            Thread.yield();
        }
    }

    /** Disposes of a result, if there is one; what the operation throws is reported, and ends nothing else. */
    private void discardGuarded() {
        if (result < 0) {
            return;
        }
        try {
            discard(result, flags);
        } catch (RuntimeException | Error e) {
            runtime().uncaught(Thread.currentThread(), e);
        }
    }

    /** Disposes of a result that is out and that nobody took. */
    private void claimAndDiscard() {
        if (claim()) {
            discardGuarded();
            value = new Failure(new CancellationException(describe() + " was abandoned"));
            STATE.getAndBitwiseOr(this, DECODED);
        }
    }

    // ---- ending early ----

    /**
     * Asks the kernel to end the operation; {@link #await()} then tells what happened: cancelled, or completed all the
     * same with its result. Without effect on an operation that is done or was never submitted.
     */
    public final void cancel() {
        cancel(CANCEL_ASKED);
    }

    /** As {@link #cancel}, by a submitter that was interrupted while it waited for room: what comes of it says so. */
    final void cancelInterrupted() {
        cancel(CANCEL_ASKED | INTERRUPTED);
    }

    /** As {@link #cancel}, by the close of a descriptor that the operation uses: what comes of it says so. */
    final void cancelByClose() {
        cancel(CANCEL_ASKED | BY_CLOSE);
    }

    private void cancel(int asked) {
        if (!isCancellable()) {
            return;
        }
        while (true) {
            int before = state;
            switch (before & PHASE) {
                case QUEUED -> {
                    if ((before & CANCEL_ASKED) != 0) {
                        return;
                    }
                    if (STATE.compareAndSet(this, before, before | asked)) {
                        // Still in the inbox, the worker sees it there; waiting for room, it is taken out.
                        worker.operations().cancel(this);
                        return;
                    }
                }
                case IN_FLIGHT -> {
                    if (STATE.compareAndSet(this, before, CANCELLING | asked)) {
                        worker.operations().cancel(this);
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    /** Cancels the operation and disposes of whatever still comes of it. */
    public final void abandon() {
        if ((state & PHASE) == IDLE) {
            return;
        }
        if (observe(ABANDONED)) {
            cancel();
        } else {
            awaitStored();
            claimAndDiscard();
        }
    }

    /** Answers whether the operation has ended, so that {@link #await()} does not wait. */
    public final boolean isDone() {
        return (state & PHASE) == DONE;
    }

    /** Answers whether the operation was submitted and has not ended. */
    final boolean isUnderWay() {
        int phase = state & PHASE;
        return phase != IDLE && phase != DONE;
    }

    /** Answers whether the result is known; only the buffer of a zero-copy send may still be the kernel's. */
    final boolean isResolved() {
        return (state & PHASE) >= RESULT_TAKEN;
    }

    /** Answers the result for which {@code res} is the last word: that of a zero-copy send came before. */
    final int told(int res) {
        return (state & PHASE) == RESULT_TAKEN ? result : res;
    }

    /** Answers whether the operation waits for a worker to take it up. */
    final boolean isQueued() {
        return (state & PHASE) == QUEUED;
    }

    /** Answers whether someone asked for a cancel since the operation was submitted. */
    final boolean isCancelAsked() {
        return (state & CANCEL_ASKED) != 0;
    }

    /** Answers whether the first who asked for the cancel of this submission was the close of a descriptor. */
    final boolean isCancelAskedByClose() {
        return (state & BY_CLOSE) != 0;
    }

    // ---- other ways to be told ----

    /**
     * Calls {@code action} on a worker once the operation is done, with its result or its exception (a cancelled one
     * comes as {@link UringException} with ECANCELED). Never called inline; what it throws is reported, not propagated.
     */
    public final void onComplete(BiConsumer<? super T, ? super IOException> action) {
        Objects.requireNonNull(action);
        requireSubmitted();
        if (!observe(action)) {
            awaitStored();
            // Taken now: when the worker calls back, the operation may be in flight again, and nothing waits for it there.
            Object taken = taken(false, false);
            Worker home = homeWorker();
            home.runtime().callLater(home, () -> callBack(action, taken));
        }
    }

    /** The worker for callbacks; an operation that was refused at submission never had one. */
    private Worker homeWorker() {
        return worker != null ? worker : ((Failure) value).by().anyWorker();
    }

    /** Answers a future that completes with the operation; completing or cancelling the future does nothing to it. */
    public final CompletableFuture<T> toCompletableFuture() {
        CompletableFuture<T> future = new CompletableFuture<>();
        onComplete((result, error) -> {
            if (error == null) {
                future.complete(result);
            } else if (error instanceof UringException failed && failed.errno() == Errno.ECANCELED) {
                future.completeExceptionally(new CancellationException(error.getMessage()));
            } else {
                future.completeExceptionally(error);
            }
        });
        return future;
    }

    /** Waits until one of them is done, and answers it. */
    static <O extends Op<?>> O awaitAny(List<? extends O> ops) {
        for (O each : ops) {
            Op<?> op = each;
            op.requireSubmitted();
        }
        for (O each : ops) {
            Op<?> op = each;
            if (!op.isResolved()) {
                op.requireNoCallback(Worker.current());
            }
            if (!op.observe(Thread.currentThread())) {
                op.awaitStored();
                return each;
            }
        }
        Op<?> first = ops.getFirst();
        boolean interrupted = false;
        boolean stuck = false;
        while (true) {
            for (O op : ops) {
                Op<?> each = op;
                if (each.isResolved()) {
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return op;
                }
            }
            stuck = Worker.park(ops, stuck, first.worker, () -> ops.stream().anyMatch(Op::isResolved));
            if (Thread.interrupted()) {
                interrupted = true;
                ops.forEach(Op::cancel);
            }
        }
    }

    /** Adds someone who is told at DONE; answers false when the result is out. */
    private boolean observe(Object action) {
        while (true) {
            Object before = observer;
            if (before == CLOSED) {
                return false;
            }
            if (OBSERVER.compareAndSet(this, before, before == null ? action : new Observer(action, before))) {
                return true;
            }
        }
    }

    /** Waits out the few instructions between CLOSED and DONE in {@link #complete}. */
    private void awaitStored() {
        while (!isResolved()) {
            Thread.yield();
        }
    }

    // ---- words ----

    /** Answers the operation and its operands, for messages. */
    final String describe() {
        String operands = operands();
        return operands.isEmpty() ? operation() : operation() + " " + operands;
    }

    private static String phaseName(int phase) {
        return switch (phase) {
            case IDLE -> "idle";
            case QUEUED -> "queued";
            case IN_FLIGHT -> "in flight";
            case CANCELLING -> "being cancelled";
            case RESULT_TAKEN -> "waiting for its notification";
            default -> "done";
        };
    }

    @Override
    public String toString() {
        return describe() + " (" + phaseName(state & PHASE) + ")";
    }
}
