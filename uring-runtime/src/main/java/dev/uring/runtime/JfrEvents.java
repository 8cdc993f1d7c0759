package dev.uring.runtime;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of the flight recorder. Touched only where jdk.jfr is present, see {@link Recorder}. */
final class JfrEvents {
    private static final EventType OPERATION = EventType.getEventType(OperationEvent.class);
    private static final EventType TASK = EventType.getEventType(TaskEvent.class);
    private static final EventType PARK = EventType.getEventType(ParkEvent.class);
    private static final EventType STEAL = EventType.getEventType(StealEvent.class);
    private static final EventType STALL = EventType.getEventType(StallEvent.class);

    private JfrEvents() {
    }

    static boolean operationsAreOn() {
        return OPERATION.isEnabled();
    }

    static boolean tasksAreOn() {
        return TASK.isEnabled();
    }

    static boolean parksAreOn() {
        return PARK.isEnabled();
    }

    static boolean stealsAreOn() {
        return STEAL.isEnabled();
    }

    static boolean stallsAreOn() {
        return STALL.isEnabled();
    }

    /** One operation, from its admission to its terminal result. */
    @Name("dev.uring.Operation")
    @Label("Operation")
    @Category("uring")
    @Description("An operation in flight, from admission to terminal result")
    @StackTrace(false)
    static final class OperationEvent extends Event {
        @Label("Operation")
        String operation;
        @Label("Result")
        @Description("At least 0, or -errno")
        int result;
        @Label("Worker")
        int worker;
    }

    /** One task or job, from its first step to its end. */
    @Name("dev.uring.Task")
    @Label("Task")
    @Category("uring")
    @Description("A task or job, from its first step to its end")
    @StackTrace(false)
    static final class TaskEvent extends Event {
        @Label("Id")
        long id;
        @Label("Name")
        String name;
        @Label("Worker")
        @Description("The worker that carried it at its end, or -1 for none")
        int worker;
        @Label("Outcome")
        @Description("completed, failed or cancelled")
        String outcome;
    }

    /** One sleep of a worker. */
    @Name("dev.uring.Park")
    @Label("Park")
    @Category("uring")
    @Description("A worker's wait for results, with nothing else to do")
    @StackTrace(false)
    static final class ParkEvent extends Event {
        @Label("Worker")
        int worker;
    }

    /** One steal. */
    @Name("dev.uring.Steal")
    @Label("Steal")
    @Category("uring")
    @Description("A worker took tasks from another")
    @StackTrace(false)
    static final class StealEvent extends Event {
        @Label("Thief")
        int thief;
        @Label("Victim")
        int victim;
        @Label("Tasks")
        int count;
    }

    /** One stall, told while it goes on by the thread that watches. */
    @Name("dev.uring.Stall")
    @Label("Stall")
    @Category("uring")
    @Description("A task or callback keeps its worker, so that nothing else there goes on")
    @StackTrace(false)
    static final class StallEvent extends Event {
        @Label("Worker")
        int worker;
        @Label("Thread")
        @Description("The task, or the worker's thread if it runs a callback")
        String thread;
        @Label("Lasted")
        @Description("How long it has lasted at least, so far")
        @Timespan(Timespan.NANOSECONDS)
        long lastedNanos;
        @Label("Stack")
        @Description("A frame a line, the innermost first; empty when it ended meanwhile")
        String stack;
    }

    /** The choice of a driver. */
    @Name("dev.uring.DriverChoice")
    @Label("Driver choice")
    @Category("uring")
    @Description("Which driver a runtime uses and which ones were refused")
    @StackTrace(false)
    static final class DriverChoiceEvent extends Event {
        @Label("Runtime")
        String runtime;
        @Label("Driver")
        String driver;
        @Label("Refused")
        String refused;
    }
}
