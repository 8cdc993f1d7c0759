package dev.uring.runtime;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Closes the runtime of a {@link RuntimeTest} on the thread of the test: a current-thread runtime asks for that. */
final class ClosedByItsThread implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(Invocation<Void> test, ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) throws Throwable {
        try {
            test.proceed();
        } finally {
            ((RuntimeTest) extension.getRequiredTestInstance()).runtime.close();
        }
    }
}
