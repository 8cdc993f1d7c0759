package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.fs.GroupCommit;
import dev.uring.runtime.sim.MemorySys;
import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log on a host whose calls are counted, and whose device fails once and then says that all is well. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@Tag("io_uring") // brings its own driver, so once is enough
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupCommitFaultTest {
    private static final Path LOG = Path.of("/log");
    private static final int GROUP_BYTES = 1 << 16;

    @Parameter
    Carriers carriers;
    private final long seed = Long.getLong("uring.test.seed", System.nanoTime());

    /** Counts what makes something durable, and fails one such call when it is told to. */
    private static final class Device implements InvocationHandler {
        private final MemorySys host = new MemorySys();
        private final AtomicInteger syncs = new AtomicInteger();
        private final AtomicInteger failuresLeft = new AtomicInteger();

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            boolean durable = method.getName().equals("fsync") || method.getName().equals("fdatasync")
                    || method.getName().equals("pwrite") && ((int) arguments[4] & ReadWriteFlag.DATA_SYNC) != 0;
            if (durable) {
                syncs.incrementAndGet();
                if (failuresLeft.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                    return -Errno.EIO;
                }
            }
            return method.invoke(host, arguments);
        }

        UringRuntime runtime(long seed, Carriers carriers) throws IOException {
            Sys sys = (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, this);
            return UringRuntime.builder().enableAll().multiThread(1).carriers(carriers)
                    .provider(new SimulatedProvider(seed, sys, 64)).build();
        }
    }

    private static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void many_records_share_one_sync() throws Exception {
        Device device = new Device();
        try (UringRuntime runtime = device.runtime(seed, carriers)) {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            GroupCommit log = runtime.blockOn(() -> {
                GroupCommit opened = GroupCommit.open(LOG, GROUP_BYTES);
                device.syncs.set(0);
                for (int i = 0; i < 1000; i++) {
                    futures.add(opened.appendAsync(text("record " + i)));
                }
                return opened;
            });
            futures.forEach(CompletableFuture::join);
            log.close();
            if (runtime.carriesTasks()) {
                assertThat(log.commits()).as("the only carrier was busy: seed=%s", seed).isOne();
            }
            assertThat(log.commits()).isLessThan(500);
            // The simulated driver makes writes short and interrupts them, and each part is durable by itself.
            assertThat(device.syncs.get()).as("seed=%s", seed).isLessThan((int) log.commits() * 60);
        }
    }

    @Test
    void a_failed_sync_fails_its_whole_group_and_is_not_forgiven() throws Exception {
        Device device = new Device();
        try (UringRuntime runtime = device.runtime(seed, carriers)) {
            GroupCommit log = runtime.blockOn(() -> GroupCommit.open(LOG, GROUP_BYTES));
            assertThat(log.append(text("abc"))).isZero();
            device.failuresLeft.set(1);
            List<CompletableFuture<Long>> futures = runtime.blockOn(() -> {
                List<CompletableFuture<Long>> group = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    group.add(log.appendAsync(text("def")));
                }
                return group;
            });
            for (CompletableFuture<Long> future : futures) {
                assertThatThrownBy(future::join).as("seed=%s", seed).isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(IOException.class).rootCause().hasMessageContaining("errno=EIO(5)");
            }
            assertThat(device.failuresLeft).as("the device is well again").hasValue(0);
            assertThatThrownBy(() -> log.append(text("ghi"))).isInstanceOf(IOException.class)
                    .hasMessageContaining("append refused: path=/log lengthBytes=3; the log has failed, open it");
            assertThat(log.durableBytes()).isEqualTo(3);
            log.close();

            GroupCommit again = runtime.blockOn(() -> GroupCommit.open(LOG, GROUP_BYTES));
            assertThat(again.hasFailed()).isFalse();
            long end = again.durableBytes();
            assertThat(again.append(text("jkl"))).isEqualTo(end);
            again.close();
        }
    }

    @Test
    void a_failed_sync_at_the_open_is_told_and_leaves_nothing_open() throws Exception {
        Device device = new Device();
        try (UringRuntime runtime = device.runtime(seed, carriers)) {
            device.failuresLeft.set(1);
            assertThatThrownBy(() -> runtime.blockOn(() -> GroupCommit.open(LOG, GROUP_BYTES)))
                    .isInstanceOf(IOException.class).hasMessageContaining("EIO");
            assertThat(device.host.count()).isZero();
        }
    }

    @Test
    void those_who_wait_in_line_are_told_of_a_failure_too() throws Exception {
        Device device = new Device();
        try (UringRuntime runtime = device.runtime(seed, carriers)) {
            GroupCommit log = runtime.blockOn(() -> GroupCommit.open(LOG, 4096));
            IoBuffer whole = IoBuffer.allocate(4096);
            device.failuresLeft.set(1);
            List<JoinHandle<Long>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                writers.add(runtime.handle().spawn(() -> log.append(whole.slice(0, 4096))));
            }
            for (JoinHandle<Long> writer : writers) {
                assertThatThrownBy(writer::await).as("seed=%s", seed).rootCause().hasMessageContaining("EIO");
            }
            log.close();
            assertThat(log.durableBytes()).isZero();
        }
    }
}
