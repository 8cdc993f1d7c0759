package dev.uring.examples;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SetupFlag;
import dev.uring.runtime.Carriers;
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

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Page page = new Page(spec.commandLine().getOut());
        tellHost(page);
        tellChoice(page);
        boolean ring = tellDrivers(page);
        if (ring && Capabilities.probe() instanceof Capabilities.Answer.Available(Capabilities kernel)) {
            tellKernel(page, kernel);
        } else {
            page.line("opcodes", "none: io_uring is refused here, see above");
        }
        return 0;
    }

    private static void tellHost(Page page) {
        page.line("host", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        page.line("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    }

    /** Builds a runtime: only that shows that the driver works, and which properties have their say. */
    private static void tellChoice(Page page) {
        String carries = Carriers.refusal().map(reason -> "on the JDK's scheduler, which is slower: " + reason)
                .orElse("carried by the workers");
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            page.line("driver", runtime.driver().name());
            page.line("tasks", runtime.carriesTasks() || Carriers.refusal().isPresent() ? carries
                    : "on the JDK's scheduler, which is slower: uring.carriers=off asks for it");
        } catch (IOException e) {
            page.line("driver", "none: " + e.getMessage());
            page.line("tasks", carries);
        }
    }

    /** Lists all drivers, best first; answers whether io_uring is available. */
    private static boolean tellDrivers(Page page) {
        boolean ring = false;
        for (DriverProvider provider : providers()) {
            switch (provider.probe(false)) {
                case Availability.Available available -> {
                    page.line(provider.name(), "available: " + available.details());
                    ring |= provider.name().equals("io_uring");
                }
                case Availability.Unavailable(String reason, String remedy) -> {
                    page.line(provider.name(), "refused: " + reason);
                    page.line("", "remedy: " + remedy);
                }
            }
        }
        return ring;
    }

    private static List<DriverProvider> providers() {
        return ServiceLoader.load(DriverProvider.class).stream().map(Provider::get)
                .sorted(Comparator.comparingInt(DriverProvider::rank).reversed()).toList();
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

    private static String yesOrNo(boolean answer) {
        return answer ? "yes" : "no";
    }
}
