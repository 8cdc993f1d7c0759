package dev.uring.ffi;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/**
 * The one place that talks to the {@link Linker}: turns a C function into a method handle that answers a value
 * {@code >= 0} or {@code -errno}.
 *
 * <p>C libraries report an error as -1 and leave the reason in the thread's {@code errno}, which the VM may overwrite
 * before Java code looks. The linker copies it, directly after the call, into a piece of memory that the caller
 * provides. That memory is taken from a fixed table of slots, one per call in progress, so that no call allocates and
 * no thread, virtual or not, owns anything.
 */
final class Linkage {
    /** {@code int}, and everything that is passed like it: {@code mode_t}, {@code uid_t}, {@code socklen_t}. */
    static final ValueLayout.OfInt C_INT = ValueLayout.JAVA_INT;
    /** {@code long}, and everything that is passed like it: {@code size_t}, {@code ssize_t}, {@code off_t}. */
    static final ValueLayout.OfLong C_LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout C_POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /** {@code struct { int errno; }} as the linker captures it. */
    static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno")).withInvokeExactBehavior();

    /** Slots of the table: more calls than this in progress at once take memory from the garbage collector. */
    private static final int SLOTS = 256;
    /** One cache line per slot, so that threads in calls do not write to the same line. */
    private static final int SLOT_BYTES = 64;
    private static final MemorySegment SLOT_MEMORY = Arena.global().allocate((long) SLOTS * SLOT_BYTES, SLOT_BYTES);
    private static final MemorySegment[] SLOT_SEGMENTS = new MemorySegment[SLOTS];
    /** 1 while a call uses the slot; one int per cache line. Any thread claims by compare-and-set. */
    private static final int[] SLOT_TAKEN = new int[SLOTS * SLOT_BYTES / Integer.BYTES];
    private static final VarHandle TAKEN = MethodHandles.arrayElementVarHandle(int[].class);

    static {
        for (int slot = 0; slot < SLOTS; slot++) {
            SLOT_SEGMENTS[slot] = SLOT_MEMORY.asSlice((long) slot * SLOT_BYTES, SLOT_BYTES);
        }
    }

    private static final MethodHandle TAKE = find("take", MethodType.methodType(MemorySegment.class));

    private Linkage() {
    }

    /** Answers whether this module may make restricted calls, by making one that does nothing. */
    static boolean isAllowed() {
        try {
            memoryAt(0, 0);
            return true;
        } catch (IllegalCallerException e) {
            return false; // the answer itself; isNativeAccessEnabled would refuse what Java only warns about
        }
    }

    /** Links a function that returns {@code int}; the handle takes the C arguments and answers value or -errno. */
    static MethodHandle intFunction(String name, MemoryLayout... arguments) {
        return adapt(raw(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments)), int.class);
    }

    /** Links a function that returns {@code long} or {@code ssize_t}; answers value or -errno. */
    static MethodHandle longFunction(String name, MemoryLayout... arguments) {
        return adapt(raw(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments)), long.class);
    }

    /** Links a variadic function; {@code fixed} counts the arguments before the ellipsis. */
    static MethodHandle longVariadic(String name, int fixed, MemoryLayout... arguments) {
        return adapt(raw(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments),
                Linker.Option.firstVariadicArg(fixed)), long.class);
    }

    /** Links a variadic function that returns {@code int}; {@code fixed} counts the arguments before the ellipsis. */
    static MethodHandle intVariadic(String name, int fixed, MemoryLayout... arguments) {
        return adapt(raw(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
                Linker.Option.firstVariadicArg(fixed)), int.class);
    }

    /**
     * Links one system call by its number, through {@code long syscall(long number, ...)}: for calls that the C library
     * of a supported host (glibc 2.31 and later) may lack. The handle takes the arguments of the call.
     */
    static MethodHandle systemCall(int number, MemoryLayout... arguments) {
        if (!Architecture.isNative()) {
            throw new UnsupportedOperationException("system call numbers are unknown: number=" + number
                    + " os.name=" + System.getProperty("os.name") + " os.arch=" + System.getProperty("os.arch")
                    + ", known are amd64 and aarch64 of Linux");
        }
        MemoryLayout[] all = new MemoryLayout[arguments.length + 1];
        all[0] = C_LONG;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return MethodHandles.insertArguments(longVariadic("syscall", 1, all), 0, (long) number);
    }

    /**
     * Links a function without the adaptor: the first argument of the handle is the call state, and the result is what
     * C returned. For a caller that owns its own call state, such as a ring that only one thread enters.
     *
     * <p>A function that the C library lacks (an older glibc, musl) is one that fails with ENOSYS, as a system call that
     * the kernel lacks does: whoever calls has one case to think of, and the class with all its other functions loads.
     */
    @SuppressWarnings("restricted")
    static MethodHandle raw(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.defaultLookup().find(name)
                .map(symbol -> LINKER.downcallHandle(symbol, descriptor, all))
                .orElseGet(() -> missing(descriptor.toMethodType()));
    }

    /** {@code missing(state); return -1;}, whatever the arguments. */
    private static MethodHandle missing(MethodType type) {
        Class<?> result = type.returnType();
        MethodHandle fail = find("missing" + (result == int.class ? "Int" : "Long"),
                MethodType.methodType(result, MemorySegment.class));
        return MethodHandles.dropArguments(fail, 1, type.parameterList());
    }

    private static int missingInt(MemorySegment callState) {
        ERRNO.set(callState, 0L, Errno.ENOSYS);
        return -1;
    }

    private static long missingLong(MemorySegment callState) {
        return missingInt(callState);
    }

    /** A piece of memory at an address that the kernel or C library gave, alive as long as {@code arena}. */
    @SuppressWarnings("restricted")
    static MemorySegment memoryAt(long address, long bytes, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
    }

    /** Memory that lives for ever, for a {@code char *} that C returned. */
    @SuppressWarnings("restricted")
    static MemorySegment memoryAt(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    static int errno(MemorySegment callState) {
        return (int) ERRNO.get(callState, 0L);
    }

    /** What a foreign call's {@code Throwable} is turned into: none is expected, since all argument types are exact. */
    static AssertionError unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException runtime) {
            throw runtime; // such as a closed segment handed in: the caller's mistake, told as it is
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new AssertionError(thrown);
    }

    /**
     * Wraps {@code target} so that the call state comes from the table and the result is value or -errno:
     * {@code take(); try { r = target(state, args...); return r == -1 ? -errno : r; } finally { give(state); }}.
     */
    private static MethodHandle adapt(MethodHandle target, Class<?> result) {
        // (R, MemorySegment, C*)R
        MethodHandle decode = MethodHandles.dropArguments(
                find("decode", MethodType.methodType(result, result, MemorySegment.class)),
                2, target.type().dropParameterTypes(0, 1).parameterList());
        // (MemorySegment, C*)R
        MethodHandle decoded = MethodHandles.foldArguments(decode, target);
        // (Throwable, R, MemorySegment)R
        MethodHandle give = find("give", MethodType.methodType(result, Throwable.class, result, MemorySegment.class));
        // (C*)R
        return MethodHandles.collectArguments(MethodHandles.tryFinally(decoded, give), 0, TAKE);
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            return LOOKUP.findStatic(Linkage.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static int decode(int result, MemorySegment callState) {
        return result == -1 ? -errno(callState) : result;
    }

    private static long decode(long result, MemorySegment callState) {
        return result == -1 ? -errno(callState) : result;
    }

    /** Takes 64 bytes for the duration of a call: its call state, or a small struct that it points to. */
    static MemorySegment take() {
        int first = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            if (TAKEN.compareAndSet(SLOT_TAKEN, slot * (SLOT_BYTES / Integer.BYTES), 0, 1)) {
                return SLOT_SEGMENTS[slot];
            }
        }
        return Arena.ofAuto().allocate(SLOT_BYTES, SLOT_BYTES);
    }

    /** Counts the slots in use, for tests: how many calls are in progress, as far as they found a slot. */
    static int slotsTaken() {
        int taken = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            taken += (int) TAKEN.getAcquire(SLOT_TAKEN, slot * (SLOT_BYTES / Integer.BYTES));
        }
        return taken;
    }

    private static int give(Throwable thrown, int result, MemorySegment callState) {
        give(callState);
        return result;
    }

    private static long give(Throwable thrown, long result, MemorySegment callState) {
        give(callState);
        return result;
    }

    static void give(MemorySegment callState) {
        long offset = callState.address() - SLOT_MEMORY.address();
        if (offset >= 0 && offset < (long) SLOTS * SLOT_BYTES) {
            TAKEN.setRelease(SLOT_TAKEN, (int) (offset / SLOT_BYTES) * (SLOT_BYTES / Integer.BYTES), 0);
        }
    }
}
