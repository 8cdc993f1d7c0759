package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.Forked;
import dev.uring.runtime.InMemory;
import dev.uring.runtime.Mask;
import dev.uring.suite.SuiteMain;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests of the runtime and of files on rings that lack something: in virtual machines of their own, two at a time,
 * since what is masked for a runtime that is made as users make it is a property of the process. What became of each test
 * is in the table of the suite.
 */
@Tag("io_uring") // there is nothing to mask on other drivers
class MaskedSuiteTest {
    private static final boolean FULL = Boolean.getBoolean("uring.test.full");
    private static final int MACHINES = 2;
    private static final long LIMIT_SECONDS = 1800;
    /** Those of the contract name their provider themselves; the others never come to a ring. */
    private static final String UNTOUCHED = ".*(ContractTest|suite\\..*|ForkedTest|RunQueueTest|IoBufferTest"
            + "|MemorySysTest|OperationTableTest|LibcSysTest|ByteSearchTest|TimersTest|TestClockTest|CrashTest"
            + "|GroupCommitFaultTest)";
    private static final String ALL = "dev\\.uring\\..*Test";
    /** None of those that are long, and much the same whatever a ring has. */
    private static final String SHORT = "(?!.*\\.(TimeoutTest|BlockingTest|StallTest|CarrierTest|RandomFileTest"
            + "|H2OnUringTest|KilledCommitTest|FileLockTest)$)";

    @TempDir(factory = InMemory.class)
    static Path directory;
    private static ExecutorService machines;

    @BeforeAll
    static void start() {
        machines = Executors.newFixedThreadPool(MACHINES);
    }

    @AfterAll
    static void end() throws InterruptedException {
        machines.shutdownNow();
        assertThat(machines.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @TestFactory
    Stream<DynamicTest> the_suite_passes_on_a_ring() {
        Map<String, Future<Forked.Outcome>> running = new LinkedHashMap<>();
        for (Mask mask : Mask.values()) {
            running.put(mask.world(), begin(mask.world(), mask.names(), FULL ? ALL : asking(mask)));
        }
        return results(running);
    }

    /** Answers those that ask for what is masked; those of sockets run in their own module on every mask. */
    private static String asking(Mask mask) {
        return switch (mask) {
            case PATHS, FILE_SPACE -> SHORT + "dev\\.uring\\.fs\\..*Test";
            case MULTISHOT, PROVIDED_BUFFERS, SOCKETS, MESSAGES ->
                    ".*\\.(OpTest|LifecycleTest|FileStreamTest|FileTransferTest)";
            // What these change, a ring like Linux 5.10's has not either.
            case SINGLE_ISSUER, TASKRUN_FLAG -> ".*\\.(OpTest|LifecycleTest|ShutdownTest|ChainTest|CancelRaceTest"
                    + "|CurrentThreadTest|BatchTest|FileTransferTest)";
            case READS_AND_WRITES, TIMED_WAITS_AND_TABLES, DEFER_TASKRUN, AFTER_LINUX_5_10, EVERY_OPCODE -> SHORT + ALL;
        };
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> the_suite_passes_on_a_ring_without_one_opcode() {
        Map<String, Future<Forked.Outcome>> running = new LinkedHashMap<>();
        for (String opcode : Mask.singles()) {
            running.put(opcode, begin("io_uring without " + opcode, opcode, ALL));
        }
        return results(running);
    }

    private static Future<Forked.Outcome> begin(String world, String mask, String classes) {
        Path log = Path.of(System.getProperty("basedir", ""), "target", "suite").toAbsolutePath();
        List<String> options = List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-During.strict=true",
                "-During.mask=" + mask, "-During.suite.world=" + world, "-During.suite.dir=" + log,
                "-Djava.io.tmpdir=" + directory);
        return machines.submit(() -> Forked.run(LIMIT_SECONDS, options, SuiteMain.class, "--scan",
                root("dev.uring.runtime.OpTest") + File.pathSeparator + root("dev.uring.fs.BatchTest"),
                "--classes", classes, "--not", UNTOUCHED));
    }

    /** Answers where tests of another module are: a jar, or a folder. */
    private static Path root(String testClass) throws ReflectiveOperationException, URISyntaxException {
        return Path.of(Class.forName(testClass, false, MaskedSuiteTest.class.getClassLoader()).getProtectionDomain()
                .getCodeSource().getLocation().toURI());
    }

    private static Stream<DynamicTest> results(Map<String, Future<Forked.Outcome>> running) {
        return running.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
            Forked.Outcome outcome = each.getValue().get();
            assertThat(outcome.status()).as(outcome.output()).isZero();
            System.out.println(outcome.output().lines().filter(line -> line.startsWith("SUITE ")).findFirst().orElse(""));
        }));
    }
}
