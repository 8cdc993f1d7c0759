package dev.uring.fs;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Nop;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log that many append to: offsets, order, room, errors, interrupts and the end. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupCommitTest {
    private static final int GROUP_BYTES = 4096;

    @TempDir
    Path directory;
    @Parameter
    Carriers carriers;
    private UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private GroupCommit opened(Path path, int groupBytes) throws Exception {
        return runtime.blockOn(() -> GroupCommit.open(path, groupBytes));
    }

    private static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String filled(char letter, int length) {
        return String.valueOf(letter).repeat(length);
    }

    @Test
    void records_of_tasks_and_threads_lie_at_the_offsets_that_were_answered() throws Exception {
        Path path = directory.resolve("log");
        Map<Long, String> answered = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                int number = writer;
                tasks.add(runtime.handle().spawn(() -> {
                    write(log, "task" + number, answered);
                    return null;
                }));
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        write(log, "thread" + number, answered);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(log.durableBytes()).isEqualTo(Files.size(path));
            assertThat(log.commits()).isBetween(1L, 16L * 50);
        }
        String content = Files.readString(path);
        assertThat(answered).hasSize(16 * 50);
        int total = 0;
        for (Map.Entry<Long, String> each : answered.entrySet()) {
            assertThat(content.substring(each.getKey().intValue())).startsWith(each.getValue());
            total += each.getValue().length();
        }
        assertThat(total).as("no gap and no overlap").isEqualTo(content.length());
    }

    /** Reuses one buffer: it is the caller's again at every return. */
    private static void write(GroupCommit log, String name, Map<Long, String> answered) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(600);
        for (int i = 0; i < 50; i++) {
            String record = name + "." + i + filled('.', i * 10);
            buffer.put(0, record.getBytes(StandardCharsets.US_ASCII)).length(record.length());
            assertThat(answered.put(log.append(buffer), record)).isNull();
        }
    }

    @Test
    void a_log_is_gone_on_with_at_its_end() throws Exception {
        Path path = directory.resolve("log");
        for (int i = 0; i < 3; i++) {
            try (GroupCommit log = opened(path, GROUP_BYTES)) {
                assertThat(log.durableBytes()).isEqualTo(3L * i);
                assertThat(log.append(text("abc"))).isEqualTo(3L * i);
            }
        }
        assertThat(Files.readString(path)).isEqualTo("abcabcabc");
    }

    @Test
    void many_records_of_one_thread_share_commits_in_order() throws Exception {
        Path path = directory.resolve("log");
        var expected = new StringBuilder();
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            List<Integer> offsets = new ArrayList<>();
            IoBuffer buffer = IoBuffer.allocate(64);
            for (int i = 0; i < 1000; i++) {
                String record = "record " + i + "\n";
                buffer.put(0, record.getBytes(StandardCharsets.US_ASCII)).length(record.length());
                offsets.add(expected.length());
                expected.append(record);
                futures.add(log.appendAsync(buffer));
            }
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).join()).isEqualTo(offsets.get(i).longValue());
            }
            assertThat(log.commits()).isLessThan(1000);
            assertThat(log.durableBytes()).isEqualTo(expected.length());
        }
        assertThat(Files.readString(path)).isEqualTo(expected.toString());
    }

    @Test
    void an_empty_record_waits_for_those_before_it() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            CompletableFuture<Long> before = log.appendAsync(text("abc"));
            assertThat(log.append(IoBuffer.allocate(1).length(0))).isEqualTo(3);
            assertThat(before).isCompletedWithValue(0L);
        }
    }

    @Test
    void a_record_as_long_as_a_group_is_taken_and_a_longer_one_is_refused() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            assertThat(log.append(text(filled('x', GROUP_BYTES)))).isZero();
            IoBuffer longer = IoBuffer.allocate(GROUP_BYTES + 1);
            assertThatIllegalArgumentException().isThrownBy(() -> log.append(longer))
                    .withMessageContaining("lengthBytes=4097 groupBytes=4096");
            assertThatIllegalArgumentException().isThrownBy(() -> log.appendAsync(longer));
            assertThat(log.append(text("y"))).as("nothing was lost by it").isEqualTo(GROUP_BYTES);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> GroupCommit.open(path, GROUP_BYTES - 1))
                .withMessageContaining("groupBytes");
    }

    @Test
    void writers_beyond_the_room_wait_in_line_and_all_get_through() throws Exception {
        Path path = directory.resolve("log");
        List<Thread> threads = new ArrayList<>();
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            Map<Long, Integer> offsets = new ConcurrentHashMap<>();
            for (int writer = 0; writer < 24; writer++) {
                // Long and short ones: a short one does not overtake a long one for ever.
                IoBuffer record = text(filled((char) ('a' + writer), writer % 3 == 0 ? GROUP_BYTES : 700));
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 20; i++) {
                        try {
                            offsets.put(log.append(record), record.length());
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(offsets).hasSize(24 * 20);
            assertThat(offsets.values().stream().mapToLong(Integer::longValue).sum()).isEqualTo(Files.size(path));
        }
    }

    @Test
    void an_interrupt_neither_loses_an_accepted_record_nor_its_answer() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            Thread.currentThread().interrupt();
            assertThat(log.append(text("abc"))).isZero();
            assertThat(Thread.interrupted()).isTrue();
            JoinHandle<Long> aborted = runtime.handle().spawn(() -> {
                Thread.currentThread().interrupt();
                return log.append(text("def"));
            });
            assertThat(aborted.await()).isEqualTo(3);
            assertThat(log.append(text("ghi"))).as("others are not touched").isEqualTo(6);
        }
        assertThat(Files.readString(path)).isEqualTo("abcdefghi");
    }

    @Test
    void an_interrupt_in_line_takes_the_record_out() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            int refused = 0;
            long accepted = 0;
            IoBuffer record = IoBuffer.allocate(GROUP_BYTES);
            for (int i = 0; i < 200; i++) {
                // Two groups are full soon, and the next waits: an interrupted one does not.
                Thread.currentThread().interrupt();
                CompletableFuture<Long> future = log.appendAsync(record);
                assertThat(Thread.interrupted()).isTrue();
                if (future.isCompletedExceptionally()) {
                    assertThatThrownBy(future::join).hasCauseInstanceOf(InterruptedIOException.class)
                            .hasMessageContaining("interrupted before the record was accepted: path=" + path);
                    refused++;
                } else {
                    accepted++;
                }
            }
            assertThat(refused).isPositive();
            assertThat(log.append(text("x"))).isEqualTo(accepted * GROUP_BYTES);
        }
    }

    @Test
    void close_waits_for_what_is_accepted_and_refuses_the_rest() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path path = directory.resolve("log" + round);
            GroupCommit log = opened(path, GROUP_BYTES);
            Map<Long, Integer> durable = new ConcurrentHashMap<>();
            AtomicReference<Throwable> other = new AtomicReference<>();
            List<JoinHandle<Void>> writers = new ArrayList<>();
            var begun = new CountDownLatch(6);
            for (int writer = 0; writer < 6; writer++) {
                IoBuffer record = text(filled((char) ('a' + writer), 1500));
                writers.add(runtime.handle().spawn(() -> {
                    try {
                        while (true) {
                            durable.put(log.append(record), 1500);
                            begun.countDown();
                        }
                    } catch (ClosedChannelException e) {
                        return null;
                    } catch (IOException e) {
                        other.set(e);
                        return null;
                    }
                }));
            }
            begun.await();
            log.close();
            long size = Files.size(path);
            for (JoinHandle<Void> writer : writers) {
                writer.await();
            }
            assertThat(other.get()).isNull();
            assertThat(durable.size() * 1500L).as("everything accepted was acknowledged").isEqualTo(size)
                    .isEqualTo(Files.size(path)).isEqualTo(log.durableBytes());
            log.close();
            assertThatThrownBy(() -> log.append(text("x"))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> log.appendAsync(text("x")).join())
                    .hasCauseInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void a_failed_write_fails_its_group_and_all_that_follows() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "the host has no /dev/full");
        AsyncFile file = runtime.blockOn(() -> AsyncFile.open(full, WRITE).await());
        // The device cannot be synced before, so the file is handed over as open() would have it.
        try (GroupCommit log = new GroupCommit(file, 0, GROUP_BYTES)) {
            CompletableFuture<Long> first = log.appendAsync(text("abc"));
            assertThatThrownBy(first::join).isInstanceOf(CompletionException.class).cause()
                    .hasMessageContaining("append failed: path=/dev/full offset=0 lengthBytes=3").cause()
                    .message().containsAnyOf("ENOSPC", "EOPNOTSUPP");
            assertThatThrownBy(() -> log.append(text("d"))).isInstanceOf(IOException.class)
                    .hasMessageContaining("open it again").cause().message().containsAnyOf("ENOSPC", "EOPNOTSUPP");
            assertThat(log.hasFailed()).isTrue();
            assertThat(log.durableBytes()).isZero();
        }
    }

    @Test
    void a_file_that_is_closed_underneath_fails_the_log() throws Exception {
        Path path = Files.createFile(directory.resolve("log"));
        AsyncFile file = runtime.blockOn(() -> AsyncFile.open(path, READ, WRITE).await());
        try (GroupCommit log = runtime.blockOn(() -> GroupCommit.over(file, GROUP_BYTES))) {
            log.append(text("abc"));
            file.close();
            assertThatThrownBy(() -> log.append(text("abc"))).hasRootCauseInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> log.append(text("abc"))).hasMessageContaining("open it again");
        }
    }

    @Test
    void a_closing_runtime_leaves_no_writer_waiting() throws Exception {
        for (int round = 0; round < 20; round++) {
            UringRuntime other = UringRuntime.builder().enableAll().carriers(carriers).build();
            Path path = directory.resolve("log" + round);
            GroupCommit log = other.blockOn(() -> GroupCommit.open(path, GROUP_BYTES));
            List<Thread> writers = new ArrayList<>();
            var begun = new CountDownLatch(4);
            Map<Long, Integer> durable = new ConcurrentHashMap<>();
            for (int writer = 0; writer < 4; writer++) {
                IoBuffer record = text(filled((char) ('a' + writer), 2000));
                writers.add(Thread.ofPlatform().start(() -> {
                    try {
                        while (true) {
                            durable.put(log.append(record), (int) record.get(0));
                            begun.countDown();
                        }
                    } catch (IOException e) {
                        assertThat(log.hasFailed()).isTrue();
                    }
                }));
            }
            begun.await();
            other.close();
            for (Thread writer : writers) {
                writer.join();
            }
            byte[] content = Files.readAllBytes(path);
            durable.forEach((offset, letter) -> {
                for (int i = 0; i < 2000; i++) {
                    assertThat((int) content[offset.intValue() + i]).isEqualTo(letter);
                }
            });
            log.close();
        }
    }

    @Test
    void what_depends_on_a_future_may_append_but_not_wait() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            var refused = new AtomicReference<Throwable>();
            var follower = new AtomicReference<CompletableFuture<Long>>();
            // Only what is added before the record is durable runs in the committing task; else it may wait.
            while (refused.get() == null) {
                long offset = log.durableBytes();
                log.appendAsync(text("abc")).thenAccept(_ -> {
                    follower.set(log.appendAsync(text("def")));
                    try {
                        log.append(text("ghi"));
                    } catch (IOException | IllegalStateException e) {
                        refused.set(e);
                    }
                }).join();
                assertThat(follower.get().join()).isEqualTo(offset + 3);
            }
            assertThat(refused.get()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would stop its commits: path=" + path);
        }
    }

    @Test
    void a_callback_may_append_and_must_not_wait() throws Exception {
        Path path = directory.resolve("log");
        try (GroupCommit log = opened(path, GROUP_BYTES)) {
            var refused = new CompletableFuture<Throwable>();
            var appended = new CompletableFuture<Long>();
            runtime.blockOn(() -> {
                new Nop().submit((_, _) -> {
                    log.appendAsync(text("abc")).whenComplete((offset, e) -> appended.complete(offset));
                    try {
                        log.close();
                    } catch (IOException | RuntimeException e) {
                        refused.complete(e);
                    }
                });
                return null;
            });
            assertThat(appended.join()).isZero();
            assertThat(refused.join()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in a callback would stop the worker");
        }
    }

    /** A worker that slept for the lock behind a task of its own would wait for itself. */
    @Test
    void callbacks_tasks_and_threads_append_at_once_and_none_keeps_the_others_waiting() throws Exception {
        int count = 2000;
        Path path = directory.resolve("log");
        try (UringRuntime one = UringRuntime.builder().enableAll().multiThread(1).carriers(carriers).build();
                GroupCommit log = one.blockOn(() -> GroupCommit.open(path))) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                var ofThread = new CompletableFuture<Void>();
                Thread.ofPlatform().start(() -> appendMany(log, count, ofThread));
                all.add(ofThread);
                var ofTask = new CompletableFuture<Void>();
                one.handle().execute(() -> appendMany(log, count, ofTask));
                all.add(ofTask);
            }
            var ofCallback = new CompletableFuture<Void>();
            var nop = new Nop();
            one.handle().run(() -> nop.submit(new BiConsumer<Void, IOException>() {
                private int left = count;

                @Override
                public void accept(Void result, IOException error) {
                    log.appendAsync(text("c"));
                    if (--left == 0) {
                        ofCallback.complete(null);
                    } else {
                        nop.submit(this);
                    }
                }
            }));
            all.add(ofCallback);
            for (CompletableFuture<Void> each : all) {
                each.get(50, TimeUnit.SECONDS);
            }
        }
        assertThat(Files.size(path)).isEqualTo(7L * count);
    }

    private static void appendMany(GroupCommit log, int count, CompletableFuture<Void> ended) {
        try {
            IoBuffer record = text("r");
            for (int i = 0; i < count; i++) {
                log.appendAsync(record);
            }
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }

    @Test
    void a_current_thread_runtime_commits_while_its_thread_waits() throws Exception {
        Path path = directory.resolve("log");
        try (UringRuntime single = UringRuntime.builder().enableAll().currentThread().carriers(carriers).build()) {
            GroupCommit log = single.blockOn(() -> GroupCommit.open(path, GROUP_BYTES));
            assertThat(log.append(text("abc"))).as("outside of blockOn").isZero();
            assertThat(single.blockOn(() -> Tasks.spawn(() -> log.append(text("def"))).await())).isEqualTo(3);
            CompletableFuture<Long> last = log.appendAsync(text("ghi"));
            log.close();
            assertThat(last).isCompletedWithValue(6L);
        }
        assertThat(Files.readString(path)).isEqualTo("abcdefghi");
    }

    @Test
    void open_reports_what_is_wrong_and_leaves_nothing_behind() throws Exception {
        assertThatThrownBy(() -> opened(directory.resolve("missing").resolve("log"), GROUP_BYTES))
                .isInstanceOf(NoSuchFileException.class);
        assertThatIllegalStateException().isThrownBy(() -> GroupCommit.open(directory.resolve("log")))
                .withMessageContaining("there is no reactor running");
    }
}
