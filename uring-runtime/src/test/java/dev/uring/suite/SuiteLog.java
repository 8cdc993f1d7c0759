package dev.uring.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes a line for each test that ended to {@code WORLD.CLASS.tsv}, for {@link SuiteTable}. JUnit finds it by itself,
 * wherever tests run. Each virtual machine begins its files anew.
 *
 * <p>{@code uring.suite.dir} names the folder (else {@code target/suite} of the module at hand), {@code uring.suite.world}
 * what this machine is (else the set-up tells, or the driver that was asked for).
 */
public final class SuiteLog implements TestExecutionListener {
    /** Begins what the runtime logs, at DEBUG, when something runs without what io_uring has for it. */
    private static final String DEGRADED = "degraded: ";

    /** Held, since the JDK forgets the level of a logger that nobody holds. */
    private final Logger logger = Logger.getLogger("dev.uring");
    private final String world = System.getProperty("uring.suite.world", "");
    private final Path directory = Path.of(System.getProperty("uring.suite.dir",
            Path.of(System.getProperty("basedir", ""), "target", "suite").toString()));
    /** Those that this virtual machine has begun. */
    private final Set<Path> begun = new HashSet<>();
    private volatile boolean degraded;
    private final Handler listening = new Handler() {
        @Override
        public void publish(LogRecord told) {
            degraded |= told.getMessage().startsWith(DEGRADED);
        }

        @Override
        public void flush() {
            // nothing is kept
        }

        @Override
        public void close() {
            // nothing is held
        }
    };
    private TestPlan plan;

    /** For JUnit. */
    public SuiteLog() {
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
        logger.setLevel(Level.FINE);
        logger.addHandler(listening);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        logger.removeHandler(listening);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            degraded = false;
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String reason = result.getThrowable().map(thrown -> String.valueOf(thrown.getMessage())).orElse("");
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    write(test, degraded ? Run.Outcome.DEGRADED : Run.Outcome.PASSED, "");
                }
            }
            case ABORTED -> write(test, Run.Outcome.SKIPPED, reason.replaceFirst("^Assumption failed: ", ""));
            case FAILED -> write(test, Run.Outcome.FAILED, reason);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        write(test, Run.Outcome.SKIPPED, reason);
    }

    private void write(TestIdentifier test, Run.Outcome outcome, String reason) {
        String setup = setup(test);
        Optional<String> testClass = testClass(test);
        if (testClass.isEmpty()) {
            return; // an engine, which has no class
        }
        String name = test.getSource().filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName()).orElse("(class)");
        append(new Run(world(setup), testClass.get(), name, setup, outcome, reason));
    }

    private synchronized void append(Run run) {
        Path file = directory.resolve(run.world().replaceAll("[^A-Za-z0-9.]+", "-") + "." + run.simpleClass() + ".tsv");
        try {
            if (begun.add(file)) {
                Files.createDirectories(directory);
                Files.deleteIfExists(file);
            }
            Files.writeString(file, run.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A set-up begins with its driver's name; a ring that lacks something is a world of its own. */
    private String world(String setup) {
        if (!world.isEmpty()) {
            return world;
        }
        String masked = setup.replaceFirst(" (non-blocking )?(carriers|stock)$", "");
        String driver = setup.split("[ ,]", 2)[0];
        return masked.startsWith("io_uring without ") ? masked
                : Set.of("epoll", "nio", "simulated").contains(driver) ? driver
                : System.getProperty("uring.driver", "io_uring");
    }

    /** What a class runs on by itself is the name of one invocation of it. */
    private String setup(TestIdentifier test) {
        for (Optional<TestIdentifier> at = Optional.of(test); at.isPresent(); at = plan.getParent(at.get())) {
            UniqueId.Segment last = at.get().getUniqueIdObject().getLastSegment();
            if (last.getType().equals("class-template-invocation")) {
                return at.get().getDisplayName();
            }
        }
        return "";
    }

    private Optional<String> testClass(TestIdentifier test) {
        for (Optional<TestIdentifier> at = Optional.of(test); at.isPresent(); at = plan.getParent(at.get())) {
            TestSource source = at.get().getSource().orElse(null);
            if (source instanceof MethodSource method) {
                return Optional.of(method.getClassName());
            }
            if (source instanceof ClassSource of) {
                return Optional.of(of.getClassName());
            }
        }
        return Optional.empty();
    }
}
