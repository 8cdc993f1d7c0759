package dev.uring.suite;

import static org.junit.platform.engine.discovery.ClassNameFilter.excludeClassNamePatterns;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;

import com.sun.management.OperatingSystemMXBean;
import dev.uring.ffi.Capabilities;
import java.io.File;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test jars where no build tool is: in a container, on an old kernel, in a virtual machine of other flags. Prints a
 * line for each class and all of each failure; {@link SuiteLog} writes what became of every test.
 *
 * <pre>
 * java FLAGS -cp 'suite-jars/*' -During.suite.world=NAME dev.uring.suite.SuiteMain --scan JAR[:JAR...] [--classes REGEX]
 *     [--not REGEX] [--set JUNIT-PARAMETER=VALUE]
 * </pre>
 *
 * <p>The patterns match whole class names, with their package. Long counts ("full") run with
 * {@code -During.test.full=true} alone; tests that look at a ring ("io_uring") where there is one and no other driver was
 * asked for. Exits 0 when all passed, 1 when any failed, 2 when none was found.
 */
public final class SuiteMain {
    private static final String USAGE =
            "usage: SuiteMain --scan JAR[:JAR...] [--classes REGEX] [--not REGEX] [--set PARAMETER=VALUE]";

    private SuiteMain() {
    }

    /** Runs. */
    public static void main(String[] arguments) {
        Summary summary = new Summary(System.out);
        LauncherFactory.create().execute(request(Arrays.asList(arguments)), summary);
        System.exit(summary.tell());
    }

    private static LauncherDiscoveryRequest request(List<String> arguments) {
        // Tests are named so, as in the build; what they keep inside them is not for us.
        var request = LauncherDiscoveryRequestBuilder.request().filters(includeClassNamePatterns("[^$]+Test"));
        for (int i = 0; i < arguments.size(); i += 2) {
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(USAGE);
            }
            String value = arguments.get(i + 1);
            switch (arguments.get(i)) {
                case "--scan" -> request.selectors(DiscoverySelectors.selectClasspathRoots(
                        Arrays.stream(value.split(File.pathSeparator)).map(Path::of).collect(Collectors.toSet())));
                case "--classes" -> request.filters(includeClassNamePatterns(value));
                case "--not" -> request.filters(excludeClassNamePatterns(value));
                case "--set" -> request.configurationParameter(value.split("=", 2)[0], value.split("=", 2)[1]);
                default -> throw new IllegalArgumentException(USAGE + ", not " + arguments.get(i));
            }
        }
        Set<String> tags = excludedTags();
        if (!tags.isEmpty()) {
            request.filters(TagFilter.excludeTags(List.copyOf(tags)));
        }
        return request.build();
    }

    private static Set<String> excludedTags() {
        List<String> tags = new ArrayList<>();
        if (!Boolean.getBoolean("uring.test.full")) {
            tags.add("full");
        }
        String driver = System.getProperty("uring.driver", "io_uring");
        if (!driver.equals("io_uring") || !(Capabilities.probe() instanceof Capabilities.Answer.Available)) {
            tags.add("io_uring");
        }
        return Set.copyOf(tags);
    }

    /** Counts, and prints. */
    private static final class Summary implements TestExecutionListener {
        private static final OperatingSystemMXBean PROCESS =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        private final PrintStream out;
        private final List<String> failures = new ArrayList<>();
        private int passed;
        private int skipped;
        private int passedInClass;
        private long classBegan;
        private long classBeganProcessor;

        Summary(PrintStream out) {
            this.out = out;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            if (isClass(test)) {
                classBegan = System.nanoTime();
                classBeganProcessor = PROCESS.getProcessCpuTime();
                passedInClass = 0;
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped++;
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == Status.FAILED) {
                failures.add(test.getUniqueId());
                out.println("FAILED " + test.getUniqueId());
                result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(out));
            } else if (result.getStatus() == Status.ABORTED) {
                skipped++;
            } else if (test.isTest()) {
                passed++;
                passedInClass++;
            }
            if (isClass(test)) {
                out.printf("%6.1f s, %5.1f s of processors, %4d passed: %s%n", seconds(System.nanoTime() - classBegan),
                        seconds(PROCESS.getProcessCpuTime() - classBeganProcessor), passedInClass,
                        test.getLegacyReportingName());
            }
        }

        private static double seconds(long nanos) {
            return nanos / (double) TimeUnit.SECONDS.toNanos(1);
        }

        private static boolean isClass(TestIdentifier test) {
            return test.getSource().filter(ClassSource.class::isInstance).isPresent()
                    && !test.getUniqueIdObject().getLastSegment().getType().equals("class-template-invocation");
        }

        /** Answers the status to exit with. */
        int tell() {
            failures.forEach(failure -> out.println("failed: " + failure));
            out.println("SUITE world=" + System.getProperty("uring.suite.world", "") + " passed=" + passed + " skipped="
                    + skipped + " failed=" + failures.size());
            return !failures.isEmpty() ? 1 : passed + skipped > 0 ? 0 : 2;
        }
    }
}
