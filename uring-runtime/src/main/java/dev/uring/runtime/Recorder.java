package dev.uring.runtime;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What one worker tells the JDK's flight recorder. The module jdk.jfr may be absent, and then nothing is told; present
 * and off, it costs one branch for each thing that could be told. Worker only, unless static.
 */
final class Recorder {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private final int worker;
    /** The event of each operation that began while recording was on. */
    private final Map<Op<?>, JfrEvents.OperationEvent> begun = new IdentityHashMap<>();
    /** The sleep that began while recording was on, or null. */
    private JfrEvents.ParkEvent park;

    Recorder(int worker) {
        this.worker = worker;
    }

    /** Answers whether operations are recorded now. */
    static boolean isOn() {
        return PRESENT && JfrEvents.operationsAreOn();
    }

    void begin(Op<?> op) {
        var event = new JfrEvents.OperationEvent();
        event.operation = op.describe();
        event.worker = worker;
        event.begin();
        begun.put(op, event);
    }

    void end(Op<?> op, int res) {
        JfrEvents.OperationEvent event = begun.remove(op);
        if (event != null) {
            event.result = res;
            event.commit();
        }
    }

    /** A sleep begins. */
    void beginPark() {
        if (PRESENT && JfrEvents.parksAreOn()) {
            park = new JfrEvents.ParkEvent();
            park.worker = worker;
            park.begin();
        }
    }

    /** The sleep that {@link #beginPark} told of is over. */
    void endPark() {
        if (park != null) {
            park.commit();
            park = null;
        }
    }

    /** Tells that this worker took tasks from another. */
    void steal(int victim, int count) {
        if (PRESENT && JfrEvents.stealsAreOn()) {
            var event = new JfrEvents.StealEvent();
            event.thief = worker;
            event.victim = victim;
            event.count = count;
            event.commit();
        }
    }

    /** Answers the event of a task that begins on the calling thread, or null when tasks are not recorded. */
    static JfrEvents.TaskEvent beginTask() {
        if (!PRESENT || !JfrEvents.tasksAreOn()) {
            return null;
        }
        var event = new JfrEvents.TaskEvent();
        event.begin();
        return event;
    }

    /** Tells how a task ended, on the thread that ran it. */
    static void endTask(JfrEvents.TaskEvent event, JoinHandle<?> task, String outcome) {
        Worker here = Worker.current();
        event.id = task.id();
        event.name = task.name();
        event.worker = here == null ? -1 : here.index();
        event.outcome = outcome;
        event.commit();
    }

    /** Answers whether stalls are recorded now. */
    static boolean stallsAreOn() {
        return PRESENT && JfrEvents.stallsAreOn();
    }

    /** Tells what keeps a worker. */
    static void stall(Worker worker, Thread culprit, long lastedNanos, String stack) {
        var event = new JfrEvents.StallEvent();
        event.worker = worker.index();
        event.thread = culprit.getName();
        event.lastedNanos = lastedNanos;
        event.stack = stack;
        event.commit();
    }

    /** Tells which driver a runtime uses. */
    static void choice(String runtime, DriverInfo info) {
        if (PRESENT) {
            var event = new JfrEvents.DriverChoiceEvent();
            event.runtime = runtime;
            event.driver = info.name() + " (" + info.details() + ")";
            event.refused = info.refused().toString();
            event.commit();
        }
    }
}
