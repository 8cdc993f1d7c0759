package dev.uring.runtime;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What one worker tells the JDK's flight recorder. The module jdk.jfr may be absent, and then nothing is told; present
 * and off, it costs one branch per operation. Worker only.
 */
final class Recorder {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private final int worker;
    /** The event of each operation that began while recording was on. */
    private final Map<Op<?>, JfrEvents.OperationEvent> begun = new IdentityHashMap<>();

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
