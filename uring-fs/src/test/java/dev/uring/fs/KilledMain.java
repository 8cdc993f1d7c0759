package dev.uring.fs;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Uring;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What {@link KilledCommitTest} kills: several tasks append records, and print a line "sequence offset" for each that
 * is acknowledged. Arguments: the log, the first sequence number, a seed.
 */
final class KilledMain {
    private static final int WAITING_WRITERS = 6;
    private static final int WINDOW = 16;
    private static final int PAYLOAD_BYTES_MAX = 3000;
    private static final int GROUP_BYTES = 1 << 16;

    /** Not System.out: a line is one write, which the kernel has or has not. */
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private KilledMain() {
    }

    public static void main(String[] arguments) throws Exception {
        var sequence = new AtomicLong(Long.parseLong(arguments[1]));
        long seed = Long.parseLong(arguments[2]);
        Uring.run(() -> {
            GroupCommit log = GroupCommit.open(Path.of(arguments[0]), GROUP_BYTES);
            List<JoinHandle<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WAITING_WRITERS; i++) {
                Random random = new Random(seed + i);
                writers.add(Tasks.spawn(() -> wait(log, sequence, random)));
            }
            writers.add(Tasks.spawn(() -> runAhead(log, sequence, new Random(seed - 1))));
            for (JoinHandle<Void> writer : writers) {
                writer.await();
            }
        });
    }

    /** Until it is killed. */
    private static Void wait(GroupCommit log, AtomicLong sequence, Random random) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(LogFormat.bytes(PAYLOAD_BYTES_MAX));
        while (true) {
            long number = sequence.getAndIncrement();
            acknowledge(number, log.append(LogFormat.put(buffer, number, random.nextInt(PAYLOAD_BYTES_MAX))));
        }
    }

    /** As the other, with many under way. */
    private static Void runAhead(GroupCommit log, AtomicLong sequence, Random random) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(LogFormat.bytes(PAYLOAD_BYTES_MAX));
        ArrayDeque<Long> numbers = new ArrayDeque<>();
        ArrayDeque<CompletableFuture<Long>> offsets = new ArrayDeque<>();
        while (true) {
            long number = sequence.getAndIncrement();
            numbers.add(number);
            offsets.add(log.appendAsync(LogFormat.put(buffer, number, random.nextInt(PAYLOAD_BYTES_MAX))));
            if (numbers.size() == WINDOW) {
                acknowledge(numbers.remove(), offsets.remove().join());
            }
        }
    }

    private static void acknowledge(long number, long offset) throws IOException {
        OUT.write((number + " " + offset + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
