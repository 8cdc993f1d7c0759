package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.ResourceLimit;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test, or each of a class, that opens this many descriptors at once, the virtual machine's own included. It is skipped
 * where the process may open fewer.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsDescriptors.Condition.class)
public @interface NeedsDescriptors {
    /** How many. */
    int value();

    /** Compares with the limit. */
    final class Condition implements ExecutionCondition {
        /** For JUnit. */
        public Condition() {
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<NeedsDescriptors> needs = AnnotationSupport.findAnnotation(context.getElement(),
                    NeedsDescriptors.class);
            if (needs.isEmpty()) {
                return ConditionEvaluationResult.enabled("needs few descriptors");
            }
            long limit = limit();
            return limit >= needs.get().value() ? ConditionEvaluationResult.enabled("enough descriptors")
                    : ConditionEvaluationResult.disabled("needs " + needs.get().value()
                            + " descriptors, and the limit is " + limit + " (ulimit -n)");
        }

        private static long limit() {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
                int result = LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit);
                if (result < 0) {
                    throw new AssertionError("getrlimit failed: errno=" + Errno.describe(-result));
                }
                long soft = ResourceLimit.soft(limit);
                return soft < 0 ? Long.MAX_VALUE : soft; // -1 is unlimited
            }
        }
    }
}
