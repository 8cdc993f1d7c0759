package dev.uring.ffi;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Proxy;

/**
 * Interrupts a system call of one thread. The signal is SIGWINCH, which does nothing where nobody handles it; the VM
 * installs a handler when asked to through sun.misc.Signal, which is reached by reflection because javac warns of it.
 */
final class Signals implements AutoCloseable {
    static final int SIGWINCH = 28;
    private static final int TGKILL = Architecture.HOST == Architecture.AARCH64 ? 131 : 234;

    // int tgkill(pid_t tgid, pid_t tid, int sig)
    private static final MethodHandle SEND =
            Linkage.systemCall(TGKILL, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    private final Object previous;
    private volatile boolean stopped;
    private Thread sender;

    private Signals(Object previous) {
        this.previous = previous;
    }

    /** Installs a handler that does nothing, and sends the signal to the calling thread every few milliseconds. */
    static Signals bombardCaller() {
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerType},
                    (proxy, method, arguments) -> null);
            Signals signals = new Signals(install(handler));
            int thread = LibcProcess.gettid();
            signals.sender = Thread.ofPlatform().name("signals").start(() -> signals.run(thread));
            return signals;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void run(int thread) {
        while (!stopped) {
            try {
                Thread.sleep(5);
                long sent = (long) SEND.invokeExact(LibcProcess.getpid(), thread, SIGWINCH);
                assert sent == 0 : "tgkill: " + sent;
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        }
    }

    private static Object install(Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Object signal = type.getConstructor(String.class).newInstance("WINCH");
        return type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler")).invoke(null, signal, handler);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            sender.join();
            install(previous);
        } catch (ReflectiveOperationException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
