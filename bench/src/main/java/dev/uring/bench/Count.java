package dev.uring.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread at a time raises and any thread reads, for less than a locked instruction. */
final class Count {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Count.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** By one thread at a time. */
    void increment() {
        add(1);
    }

    /** By one thread at a time. */
    void add(int count) {
        VALUE.setOpaque(this, value + count);
    }

    /** May be a little old. */
    long get() {
        return (long) VALUE.getOpaque(this);
    }
}
