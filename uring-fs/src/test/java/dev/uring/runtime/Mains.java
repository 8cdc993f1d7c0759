package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.runtime.sim.Dice;
import dev.uring.runtime.sim.MemorySys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/**
 * The host in memory behind a mains switch: at the n-th call that changes a file or syncs, the power goes, or the
 * process is killed, which leaves the page cache. Calls from then on are those of a process that is gone, and do
 * nothing.
 */
final class Mains implements InvocationHandler {
    private static final Set<String> COUNTED = Set.of("pwrite", "pwritev", "fsync", "fdatasync");

    private final MemorySys host;
    private final End end;
    private final Dice dice;
    private final boolean syncs;
    private int callsLeft;
    private boolean gone;

    /** How a process ends. */
    enum End {
        /** The page cache is lost. */
        CRASH,
        /** The page cache stays. */
        KILL
    }

    /**
     * Describes the end.
     *
     * @param syncs false for a disk that only says it had
     */
    Mains(MemorySys host, End end, int callsLeft, boolean syncs, Dice dice) {
        this.host = host;
        this.end = end;
        this.callsLeft = callsLeft;
        this.syncs = syncs;
        this.dice = dice;
    }

    Sys sys() {
        return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, this);
    }

    /** One call at a time, so that none spans the end. */
    @Override
    public synchronized Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(this, arguments);
        }
        boolean counted = COUNTED.contains(method.getName());
        if (counted && !gone && callsLeft-- == 0) {
            // Before the call, after it, or between a write and its sync: the caller is not told any of it.
            switch (dice.below(3)) {
                case 0 -> call(method, arguments);
                case 1 -> callUnsynced(method, arguments);
                default -> {
                }
            }
            gone = true;
            if (end == End.CRASH) {
                host.crash(dice);
            }
        }
        if (gone && counted) {
            return -Errno.EIO;
        }
        return call(method, arguments);
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        if (!syncs) {
            return callUnsynced(method, arguments);
        }
        try {
            return method.invoke(host, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What reaches the page cache of a call. */
    private Object callUnsynced(Method method, Object[] arguments) throws Throwable {
        if (method.getName().endsWith("sync")) {
            return 0;
        }
        if (method.getName().startsWith("pwrite")) {
            int last = arguments.length - 1;
            arguments[last] = (int) arguments[last] & ~(ReadWriteFlag.DATA_SYNC | ReadWriteFlag.SYNC);
        }
        try {
            return method.invoke(host, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
