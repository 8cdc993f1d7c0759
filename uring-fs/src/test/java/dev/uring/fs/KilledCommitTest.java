package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.Forked;
import dev.uring.runtime.LeakCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that commits, again and again on the same log: whatever it had acknowledged is there afterwards. The
 * seed is printed, and taken from {@code -During.test.seed=N}; it decides when, counted from the first
 * acknowledgement.
 */
@ExtendWith(LeakCheck.class)
class KilledCommitTest {
    private static final int KILLS = 10;
    private static final int KILLS_FULL = 200;
    private static final int LIFE_MICROS_MAX = 200_000;
    private static final int LOG_BYTES_MAX = 16 << 20;
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void every_acknowledged_record_survives_a_kill() throws Exception {
        long seed = Long.getLong("uring.test.seed", System.nanoTime());
        System.out.println("KilledCommitTest uring.test.seed=" + seed);
        Random random = new Random(seed);
        Path log = directory.resolve("log");
        Path acknowledged = directory.resolve("acknowledged");
        int kills = Boolean.getBoolean("uring.test.full") ? KILLS_FULL : KILLS;
        long next = 0;
        int before = 0;
        int total = 0;
        int torn = 0;
        for (int kill = 0; kill < kills; kill++) {
            kill(log, acknowledged, next, random, kill % 2 == 0 ? "on" : "off");
            byte[] bytes = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
            LogFormat.Content content = LogFormat.read(bytes);
            assertThat(content.intactBytes()).as("what was there before: kill=%s seed=%s", kill, seed)
                    .isGreaterThanOrEqualTo(before);
            for (String line : wholeLines(acknowledged)) {
                String[] fields = line.split(" ");
                assertThat(content.offsets()).as("acknowledged: kill=%s seed=%s intactBytes=%s", kill, seed,
                        content.intactBytes()).containsEntry(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
                total++;
            }
            torn += bytes.length > content.intactBytes() ? 1 : 0;
            next = content.offsets().keySet().stream().mapToLong(Long::longValue).max().orElse(next) + 1000;
            before = recover(log, content.intactBytes());
            if (before == 0) {
                Files.deleteIfExists(log);
            }
        }
        System.out.println("KilledCommitTest kills=" + kills + " acknowledged=" + total + " tornTails=" + torn);
        assertThat(total).as("most lived long enough to acknowledge").isGreaterThan(kills);
    }

    /** Starts a process and kills it a while after its first acknowledgement. */
    private void kill(Path log, Path acknowledged, long next, Random random, String carriers) throws Exception {
        List<String> options = new ArrayList<>(List.of("-Xshare:auto", "-Xmx128m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-During.carriers=" + carriers));
        String driver = System.getProperty("uring.driver");
        if (driver != null) {
            options.add("-During.driver=" + driver);
        }
        Path errors = directory.resolve("errors");
        Files.deleteIfExists(acknowledged);
        Process process = new ProcessBuilder(Forked.command(options, KilledMain.class, log.toString(),
                Long.toString(next), Long.toString(random.nextLong()))).redirectOutput(acknowledged.toFile())
                .redirectError(errors.toFile()).start();
        try {
            long deadline = System.nanoTime() + START_LIMIT_NANOS;
            while (Files.size(acknowledged) == 0) {
                assertThat(process.isAlive()).as("ended by itself: %s", Files.readString(errors)).isTrue();
                assertThat(System.nanoTime() - deadline).as("nothing in time: %s", Files.readString(errors))
                        .isNegative();
                Thread.sleep(1);
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(LIFE_MICROS_MAX));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).as("killed, and not ended by itself: %s", Files.readString(errors))
                .isEqualTo(137);
    }

    /** The kill may have cut the last line. */
    private static List<String> wholeLines(Path acknowledged) throws IOException {
        String all = Files.readString(acknowledged);
        return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
    }

    /** Cuts what is torn off, as whoever opens a log does; answers what is left, 0 for a log that is begun anew. */
    private static int recover(Path log, int intactBytes) throws IOException {
        if (intactBytes > LOG_BYTES_MAX) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(intactBytes);
        }
        return intactBytes;
    }
}
