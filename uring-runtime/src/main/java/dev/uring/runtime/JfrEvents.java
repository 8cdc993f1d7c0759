package dev.uring.runtime;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The events of the flight recorder. Touched only where jdk.jfr is present, see {@link Recorder}. */
final class JfrEvents {
    private static final EventType OPERATION = EventType.getEventType(OperationEvent.class);

    private JfrEvents() {
    }

    static boolean operationsAreOn() {
        return OPERATION.isEnabled();
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
