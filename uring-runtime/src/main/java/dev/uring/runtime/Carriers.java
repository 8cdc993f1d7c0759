package dev.uring.runtime;

import java.util.Optional;

/** Who carries tasks, that is, on which threads virtual threads run. */
public enum Carriers {
    /** The workers if the JVM allows it, else the JDK's scheduler. */
    AUTO,
    /** The workers; building a runtime fails where the JVM does not allow it. */
    ON,
    /** The JDK's scheduler. */
    OFF;

    /** Answers why workers cannot carry tasks in this JVM, naming the flag that helps; empty when they can. */
    public static Optional<String> refusal() {
        return Optional.ofNullable(CarrierAccess.REFUSAL);
    }
}
