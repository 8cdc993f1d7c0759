package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CPU time of all threads of this process at a moment, to the nanosecond: utime and stime of /proc/self/stat come in
 * steps of 10 ms, which is more than an idle process uses in many seconds.
 *
 * @param nanos user and kernel time for each thread number
 */
record ThreadTimes(Map<String, Long> nanos) {
    /** Reads the first field of each thread's schedstat. */
    static ThreadTimes now() throws IOException {
        Map<String, Long> nanos = new HashMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                String[] fields = Files.readString(thread.resolve("schedstat")).split(" ");
                nanos.put(thread.getFileName().toString(), Long.valueOf(fields[0]));
            }
        }
        return new ThreadTimes(nanos);
    }

    /** Answers what was used since then by the threads that live now; a thread that has ended in between is not in it. */
    long nanosSince(ThreadTimes before) {
        return nanos.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.nanos.getOrDefault(thread.getKey(), 0L))
                .sum();
    }
}
