package dev.uring.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * The two things that carrying virtual threads needs and JDK 25 has no public API for: a virtual thread builder that
 * takes an {@link Executor}, and the thread that carries the current one. Both are in java.lang, which must be open to
 * this module. Where it is not, or where a trial fails, carrier mode is absent and {@link #REFUSAL} says why.
 */
final class CarrierAccess {
    /** The flag that a refusal names. */
    static final String FLAG = "--add-opens java.base/java.lang="
            + (CarrierAccess.class.getModule().isNamed() ? CarrierAccess.class.getModule().getName() : "ALL-UNNAMED");

    /** {@code static Thread Thread.currentCarrierThread()}, an intrinsic; null when absent. */
    private static final MethodHandle CURRENT_CARRIER;
    /** {@code (Executor)Thread.Builder.OfVirtual}; null when absent. */
    private static final MethodHandle NEW_BUILDER;
    /** {@code Thread VirtualThread.carrierThread}, null while unmounted; a null handle when absent, which nothing needs. */
    private static final VarHandle CARRIER_OF;
    /** Why there is no carrier mode, or null when there is. */
    static final String REFUSAL;

    static {
        MethodHandle carrier = null;
        MethodHandle builder = null;
        String refusal = null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            carrier = lookup.findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
            Class<?> type = lookup.findClass("java.lang.ThreadBuilders$VirtualThreadBuilder");
            builder = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findConstructor(type, MethodType.methodType(void.class, Executor.class))
                    .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
            refusal = CarrierTrial.run(builder);
        } catch (IllegalAccessException e) {
            refusal = "java.lang is not open to this code (" + e.getMessage() + "); add " + FLAG;
        } catch (ReflectiveOperationException e) {
            refusal = "this JDK (" + Runtime.version() + ") has no virtual thread builder that takes an executor";
        }
        REFUSAL = refusal;
        CURRENT_CARRIER = refusal == null ? carrier : null;
        NEW_BUILDER = refusal == null ? builder : null;
        CARRIER_OF = refusal == null ? carrierField() : null;
    }

    private static VarHandle carrierField() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            Class<?> type = lookup.findClass("java.lang.VirtualThread");
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findVarHandle(type, "carrierThread", Thread.class);
        } catch (ReflectiveOperationException e) {
            return null; // another JDK: a stall is told without the task
        }
    }

    private CarrierAccess() {
    }

    /** Answers why workers do not carry tasks. */
    static String reason() {
        return REFUSAL != null ? REFUSAL : "uring.carriers, or Builder.carriers, is off";
    }

    /** Answers the platform thread under the current thread; without carrier mode, the current thread itself. */
    static Thread currentCarrier() {
        if (CURRENT_CARRIER == null) {
            return Thread.currentThread();
        }
        try {
            return (Thread) CURRENT_CARRIER.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t); // the method throws nothing
        }
    }

    /** Answers the thread that carries a virtual one at this moment; null when it is not mounted, or nobody can tell. */
    static Thread carrierOf(Thread virtual) {
        return CARRIER_OF == null || !virtual.isVirtual() ? null : (Thread) CARRIER_OF.getVolatile(virtual);
    }

    /** Answers a builder of virtual threads whose continuations go to {@code scheduler}. */
    static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) NEW_BUILDER.invokeExact(scheduler);
        } catch (Throwable t) {
            throw new AssertionError(t); // the constructor throws nothing on a VM that passed the trial
        }
    }
}
