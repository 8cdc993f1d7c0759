package dev.uring.examples;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.ProcessLimits;
import dev.uring.ffi.Refusal;
import dev.uring.ffi.SetupFlag;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.DriverInfo;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.DriverProvider.Availability;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what the runtime would do on this host. A host that refuses everything is an answer, not a failure. */
@Command(
        name = "probe",
        description = "Tells which driver would run here and why, and what this host's io_uring can do.")
final class ProbeCommand implements Callable<Integer> {
    private static final int TABLE_GROUPS = 2;
    /** Descriptors below which a server of connections soon has none left. */
    private static final long DESCRIPTORS_FEW = 4096;
    /** Locked memory below which a pool worth having is not registered: the default since Linux 5.16. */
    private static final long LOCKED_MEMORY_FEW = 8 << 20;

    private final NextSteps steps = new NextSteps();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Page page = new Page(spec.commandLine().getOut());
        tellHost(page);
        List<DriverInfo.Missing> missing = tellChoice(page);
        boolean ring = tellDrivers(page);
        tellLimits(page);
        if (ring && Capabilities.probe() instanceof Capabilities.Answer.Available(Capabilities kernel)) {
            tellKernel(page, kernel);
        } else {
            page.line("opcodes", "none: io_uring is refused here, see above");
        }
        tellMissing(page, missing);
        page.blank();
        page.line("next", steps.best());
        return 0;
    }

    private static void tellHost(Page page) {
        page.line("host", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        page.line("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    }

    /**
     * Builds a runtime: only that shows that the driver works, and which properties have their say. Answers what the driver
     * does without.
     */
    private List<DriverInfo.Missing> tellChoice(Page page) {
        String carries = Carriers.refusal().map(reason -> "on the JDK's scheduler, which is slower: " + reason)
                .orElse("carried by the workers");
        Carriers.refusal().ifPresent(reason -> steps.add(NextSteps.Use.CARRIERS,
                "have the workers carry the tasks: " + reason));
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            page.line("driver", runtime.driver().name());
            boolean asked = !runtime.carriesTasks() && Carriers.refusal().isEmpty();
            page.line("tasks", asked ? "on the JDK's scheduler, which is slower: uring.carriers=off asks for it" : carries);
            if (asked) {
                steps.add(NextSteps.Use.CARRIERS, "without -During.carriers=off the workers carry the tasks");
            }
            return runtime.driver().missing();
        } catch (IOException e) {
            page.line("driver", "none: " + e.getMessage());
            page.line("tasks", carries);
            return List.of();
        }
    }

    /** Lists all drivers, best first; answers whether io_uring is available. */
    private boolean tellDrivers(Page page) {
        boolean ring = false;
        String forced = System.getProperty("uring.driver");
        if (forced != null) {
            steps.add(NextSteps.Use.PROPERTY, "without -During.driver=" + forced + " the best driver is taken");
        }
        for (DriverProvider provider : providers()) {
            switch (provider.probe(false)) {
                case Availability.Available available -> {
                    page.line(provider.name(), "available: " + available.details());
                    ring |= provider.name().equals("io_uring");
                }
                case Availability.Unavailable(String reason, String remedy) -> {
                    page.line(provider.name(), "refused: " + reason);
                    page.line("", "remedy: " + remedy);
                    if (provider.name().equals("io_uring") && isLinux()) { // elsewhere nio is what there is
                        steps.add(NextSteps.Use.RING, remedy);
                    }
                }
            }
        }
        return ring;
    }

    private static List<DriverProvider> providers() {
        return ServiceLoader.load(DriverProvider.class).stream().map(Provider::get)
                .sorted(Comparator.comparingInt(DriverProvider::rank).reversed()).toList();
    }

    /** Limits of this process that programs with rings meet; told only where the C library may be asked. */
    private void tellLimits(Page page) {
        if (!isLinux() || Refusal.ofNativeCalls() != null) {
            return;
        }
        long descriptors = ProcessLimits.descriptors();
        boolean few = isBelow(descriptors, DESCRIPTORS_FEW);
        page.line("limits", "nofile " + ProcessLimits.count(descriptors) + (few ? ", which is few: " : ": ")
                + "a connection or file takes one descriptor, a worker two");
        if (few) {
            steps.add(NextSteps.Use.DESCRIPTORS, "raise the limit of descriptors (ulimit -n, LimitNOFILE=, docker run "
                    + "--ulimit nofile=65536)");
        }
        long locked = ProcessLimits.lockedMemory();
        few = isBelow(locked, LOCKED_MEMORY_FEW);
        page.line("", "memlock " + ProcessLimits.bytes(locked) + (few ? ", which is little: " : ": ")
                + "beyond it rings are smaller and buffer pools unregistered, unless the process has CAP_IPC_LOCK");
        if (few) {
            steps.add(NextSteps.Use.LOCKED_MEMORY, "raise the limit of locked memory (ulimit -l, LimitMEMLOCK=, docker run "
                    + "--ulimit memlock=-1), for larger rings and registered buffer pools");
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    private static boolean isBelow(long limit, long wanted) {
        return limit != ProcessLimits.UNLIMITED && limit < wanted;
    }

    private static void tellKernel(Page page, Capabilities kernel) {
        page.line("flags", "accepted at setup, of those that the runtime asks for: "
                + SetupFlag.describe(kernel.setupFlags()).replace("|", ", "));
        page.line("opcodes", IntStream.range(0, Opcode.COUNT).filter(kernel::supports).count() + " of the "
                + Opcode.COUNT + " known here");
        page.table(List.of("capability", "since", "here"), Stream.of(Capability.values())
                .map(each -> List.of(each.name(), each.since(), yesOrNo(kernel.has(each)))).toList(), TABLE_GROUPS);
        List<List<String>> opcodes = new ArrayList<>();
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            opcodes.add(List.of(String.format("%2d", opcode), Opcode.name(opcode), Opcode.since(opcode),
                    yesOrNo(kernel.supports(opcode))));
        }
        page.table(List.of(" #", "opcode", "since", "here"), opcodes, TABLE_GROUPS);
    }

    private void tellMissing(Page page, List<DriverInfo.Missing> missing) {
        steps.add(missing);
        if (!missing.isEmpty()) {
            page.table(List.of("missing", "since", "done instead"), missing.stream()
                    .map(each -> List.of(each.what(), each.since(), each.instead())).toList(), 1);
        }
    }

    private static String yesOrNo(boolean answer) {
        return answer ? "yes" : "no";
    }
}
