package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Compares what a test declares in {@link Shows} with what its {@link TestRing} saw, and skips a test whose opcodes this
 * kernel does not have.
 */
final class OpcodeCoverage implements ExecutionCondition, BeforeEachCallback, AfterEachCallback {
    /** What the running test saw; tests of this module run one after the other. */
    private static final Set<String> SEEN = new TreeSet<>();

    static void sawSuccess(int opcode) {
        SEEN.add(Opcode.name(opcode) + " success");
    }

    static void sawError(int opcode) {
        SEEN.add(Opcode.name(opcode) + " error");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        AnnotatedElement element = context.getElement().orElseThrow();
        Shows shows = element.getAnnotation(Shows.class);
        if (shows == null) {
            return ConditionEvaluationResult.enabled("declares no opcode");
        }
        Capabilities kernel = ThisKernel.capabilities();
        return IntStream.concat(Arrays.stream(shows.success()), Arrays.stream(shows.error()))
                .filter(opcode -> !kernel.supports(opcode))
                .mapToObj(opcode -> ConditionEvaluationResult.disabled("this kernel has no " + Opcode.name(opcode)
                        + ", which came with " + Opcode.since(opcode)))
                .findFirst().orElseGet(() -> ConditionEvaluationResult.enabled("this kernel has the opcodes"));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        SEEN.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            return;
        }
        Shows shows = context.getRequiredTestMethod().getAnnotation(Shows.class);
        Set<String> declared = new TreeSet<>();
        Arrays.stream(shows.success()).forEach(opcode -> declared.add(Opcode.name(opcode) + " success"));
        Arrays.stream(shows.error()).forEach(opcode -> declared.add(Opcode.name(opcode) + " error"));
        assertThat(SEEN).as("declared but not seen").containsAll(declared);
    }
}
