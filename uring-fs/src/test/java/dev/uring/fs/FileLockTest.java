package dev.uring.fs;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.Forked;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Op;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Locks of ranges, between open files of one process and of several. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
class FileLockTest extends FileTest {
    /** Tries a lock in another process. */
    static final class Other {
        private Other() {
        }

        public static void main(String[] arguments) throws Exception {
            Uring.run(() -> {
                try (AsyncFile file = AsyncFile.open(Path.of(arguments[0]), READ, WRITE).await()) {
                    System.out.println("locked=" + (file.tryLock(Long.parseLong(arguments[1]), 10, false).await() != null));
                }
            });
        }
    }

    private boolean othersCanLock(Path path, long offset) throws Exception {
        Forked.Outcome outcome = Forked.run(List.of("--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED", "-During.driver=" + runtime.driver().name()),
                Other.class, path.toString(), Long.toString(offset));
        assertThat(outcome.output()).contains("locked=");
        return outcome.output().contains("locked=true");
    }

    @Test
    void a_range_is_locked_against_other_open_files() throws Exception {
        Path path = file("0123456789");
        try (AsyncFile one = opened(path, READ, WRITE); AsyncFile two = opened(path, READ, WRITE)) {
            everywhere(() -> {
                RangeLock lock = one.tryLock(2, 3, false).await();
                assertThat(lock.offset()).isEqualTo(2);
                assertThat(lock.lengthBytes()).isEqualTo(3);
                assertThat(lock.isShared()).isFalse();
                assertThat(lock.isValid()).isTrue();
                assertThat(two.tryLock(0, 0, false).await()).as("all").isNull();
                assertThat(two.tryLock(4, 1, true).await()).as("the last byte").isNull();
                try (RangeLock before = two.tryLock(0, 2, false).await(); RangeLock after = two.tryLock(5, 0, false).await()) {
                    assertThat(before).isNotNull();
                    assertThat(after.lengthBytes()).isZero();
                    assertThat(one.tryLock(1L << 40, 1, false).await()).as("however far").isNull();
                }
                lock.close();
                lock.close();
                assertThat(lock.isValid()).isFalse();
                try (RangeLock all = two.tryLock(0, 0, false).await()) {
                    assertThat(all).isNotNull();
                }
            });
        }
    }

    @Test
    void a_shared_lock_is_shared() throws Exception {
        needsLinux("one process locks a range once (OverlappingFileLockException)");
        Path path = file("0123456789");
        try (AsyncFile one = opened(path, READ, WRITE); AsyncFile two = opened(path, READ, WRITE)) {
            everywhere(() -> {
                try (RangeLock lock = one.tryLock(0, 10, true).await(); RangeLock same = two.tryLock(5, 10, true).await()) {
                    assertThat(lock.isShared()).isTrue();
                    assertThat(same).isNotNull();
                    assertThat(two.tryLock(0, 1, false).await()).isNull();
                }
            });
        }
    }

    @Test
    void a_lock_needs_the_file_open_for_what_it_is_for() throws Exception {
        Path path = file("x");
        try (AsyncFile toRead = opened(path); AsyncFile toWrite = opened(path, WRITE)) {
            assertThatThrownBy(toRead.tryLock(0, 1, false)::await).isInstanceOf(UringException.class)
                    .hasMessageContaining("lock failed: path=" + path).hasMessageContaining("offset=0 lengthBytes=1")
                    .hasMessageContaining("EBADF");
            assertThatThrownBy(toWrite.tryLock(0, 1, true)::await).hasMessageContaining("EBADF");
        }
    }

    @Test
    void a_close_gives_locks_back() throws Exception {
        Path path = file("x");
        AsyncFile one = opened(path, READ, WRITE);
        RangeLock lock = one.tryLock(0, 0, false).await();
        one.close();
        assertThat(lock.isValid()).isFalse();
        lock.close();
        try (AsyncFile two = opened(path, READ, WRITE); RangeLock next = two.tryLock(0, 0, false).await()) {
            assertThat(next).isNotNull();
            assertThat(lock.toString()).contains("released");
            assertThat(next.toString()).contains("RangeLock[" + path).doesNotContain("released");
        }
    }

    @Test
    void a_lock_that_nobody_takes_is_given_back() throws Exception {
        Path path = file("x");
        try (AsyncFile one = opened(path, READ, WRITE); AsyncFile two = opened(path, READ, WRITE)) {
            everywhere(() -> {
                for (int i = 0; i < 50; i++) {
                    Op<RangeLock> op = one.tryLock(0, 0, false);
                    if (i % 3 == 0) {
                        Thread.sleep(1);
                    }
                    op.abandon();
                    two.lock(0, 0, false).close(); // waits until it is given back
                }
            });
        }
    }

    @Test
    void a_lock_is_waited_for() throws Exception {
        Path path = file("x");
        try (AsyncFile one = opened(path, READ, WRITE); AsyncFile two = opened(path, READ, WRITE)) {
            RangeLock lock = one.lock(0, 1, false);
            JoinHandle<RangeLock> waiting = runtime.handle().spawn(() -> two.lock(0, 1, false));
            Thread.sleep(30);
            assertThat(waiting.isFinished()).isFalse();
            lock.close();
            waiting.await().close();
        }
    }

    @Test
    void an_interrupt_ends_the_wait_for_a_lock() throws Exception {
        Path path = file("x");
        try (AsyncFile one = opened(path, READ, WRITE); AsyncFile two = opened(path, READ, WRITE);
                RangeLock lock = one.lock(0, 1, false)) {
            assertThat(lock.isValid()).isTrue();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    two.lock(0, 1, false);
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            Thread.sleep(20);
            waiting.interrupt();
            waiting.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void locks_hold_against_other_processes() throws Exception {
        Path path = file("0123456789");
        try (AsyncFile file = opened(path, READ, WRITE)) {
            RangeLock lock = file.lock(0, 10, false);
            assertThat(othersCanLock(path, 5)).isFalse();
            assertThat(othersCanLock(path, 10)).isTrue();
            lock.close();
            assertThat(othersCanLock(path, 5)).isTrue();
        }
    }
}
