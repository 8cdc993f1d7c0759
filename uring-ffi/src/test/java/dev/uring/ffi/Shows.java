package dev.uring.ffi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Declares which {@link Opcode}s a test makes succeed, and which it makes fail. {@link OpcodeCoverage} holds the test to
 * it: what is declared must have been seen when the test ends.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OpcodeCoverage.class)
@interface Shows {
    /** Opcodes that completed as they should, their effect looked at. */
    int[] success() default {};

    /** Opcodes that completed with an expected -errno. */
    int[] error() default {};
}
