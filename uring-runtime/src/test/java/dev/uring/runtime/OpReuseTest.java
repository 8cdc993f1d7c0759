package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Operations that are submitted more than once. */
class OpReuseTest extends RuntimeTest {
    @Test
    void late_callback_waits_for_nothing_when_the_operation_is_in_flight_again() throws Exception {
        Nop op = new Nop();
        foreign(op::submit).await();
        var resubmitted = new CompletableFuture<Void>();
        foreign(() -> new Nop().submit()).onComplete((_, _) -> resubmitted.join()); // holds the worker meanwhile
        var told = new CompletableFuture<Exception>();
        op.onComplete((_, error) -> told.complete(error));
        foreign(op::submit);
        resubmitted.complete(null);
        assertThat(told.get(10, TimeUnit.SECONDS)).isNull();
        op.await();
    }
}
