package dev.uring.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** The calls of the C library, with a look at each that names a descriptor first. */
final class SpiedSys implements InvocationHandler {
    /** Calls, of any kind. */
    final AtomicLong calls = new AtomicLong();
    /** Called with the descriptor before each read, on the thread that makes it. */
    volatile IntConsumer beforeRead = _ -> { };
    /** Called with the descriptor before each call that names one. */
    volatile IntConsumer beforeEach = _ -> { };

    Sys sys() {
        return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        calls.incrementAndGet();
        if (arguments != null && arguments[0] instanceof Integer fd) {
            beforeEach.accept(fd);
            if (method.getName().equals("read")) {
                beforeRead.accept(fd);
            }
        }
        try {
            return method.invoke(LibcSys.INSTANCE, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
