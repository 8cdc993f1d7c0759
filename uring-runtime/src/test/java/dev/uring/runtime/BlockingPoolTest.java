package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pool on a host that has no thread left. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingPoolTest {
    /** A stack for which no address space is wide enough: to the JDK the same as a host without a thread left. */
    private static final long STACK_BYTES = 1L << 47;

    /** Makes so many threads that start, and then none. */
    private static BlockingPool pool(int threads) {
        AtomicInteger left = new AtomicInteger(threads);
        return new BlockingPool(job -> left.getAndDecrement() > 0 ? Thread.ofPlatform().daemon().unstarted(job)
                : new Thread(null, job, "unstartable", STACK_BYTES), 8, TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void jobs_wait_for_the_threads_that_there_are() throws Exception {
        BlockingPool pool = pool(1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> {
            started.countDown();
            awaitDeaf(release);
        });
        started.await();
        List<Integer> ran = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            int job = i;
            pool.execute(() -> {
                ran.add(job); // by one thread
                all.countDown();
            });
        }
        release.countDown();
        all.await();
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
        end(pool);
    }

    @Test
    void a_job_that_no_thread_will_ever_take_is_refused_with_the_remedy() throws Exception {
        BlockingPool pool = pool(0);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> pool.execute(() -> {
            })).isInstanceOf(RejectedExecutionException.class).hasMessageContaining("pids.max")
                    .hasCauseInstanceOf(OutOfMemoryError.class);
        }
        assertThat(pool.getQueue()).isEmpty();
        end(pool);
    }

    private static void end(BlockingPool pool) throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitDeaf(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
