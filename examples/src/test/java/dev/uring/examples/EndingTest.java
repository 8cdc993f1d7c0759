package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EndingTest {
    @Test
    void request_stops_the_command_and_keeps_the_process_until_it_has_ended() throws InterruptedException {
        var stopped = new CountDownLatch(1);
        Thread request;
        try (var ending = new Ending(stopped::countDown)) {
            request = Thread.ofPlatform().start(ending::ask);
            stopped.await();
            while (request.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        request.join();
    }

    @Test
    void command_that_has_ended_is_not_stopped() {
        var stopped = new CountDownLatch(1);
        var ending = new Ending(stopped::countDown);
        ending.close();
        assertThat(stopped.getCount()).isOne();
        assertThat(Runtime.getRuntime().removeShutdownHook(new Thread())).as("the process goes on").isFalse();
    }
}
