package dev.uring.examples;

import dev.uring.runtime.DriverInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What the reader of a probe could do, of which the most useful is told. */
final class NextSteps {
    /** Without these a connection costs about a third more, see docs/PERFORMANCE.md. */
    private static final Set<String> FAST = Set.of("COOP_TASKRUN", "BUFFER_RING", "ACCEPT_MULTISHOT", "RECV_MULTISHOT",
            "DEFER_TASKRUN");

    private final List<Step> steps = new ArrayList<>();

    /** What a step is about, and so how much it brings: most first. */
    enum Use {
        PROPERTY, RING, CARRIERS, DESCRIPTORS, FAST_KERNEL, LOCKED_MEMORY, KERNEL
    }

    private record Step(Use use, String text) {
    }

    void add(Use use, String text) {
        steps.add(new Step(use, text));
    }

    /** Adds the step that brings what this kernel lacks; the list is in the order of the kernels that brought it. */
    void add(List<DriverInfo.Missing> missing) {
        List<DriverInfo.Missing> fast = missing.stream().filter(each -> FAST.contains(each.what())).toList();
        if (missing.stream().anyMatch(each -> each.remedy().contains("uring.mask"))) {
            add(Use.PROPERTY, "without -During.mask the kernel is used as it is");
        } else if (!fast.isEmpty()) {
            add(Use.FAST_KERNEL, fast.getLast().remedy() + ": connections cost less with " + fast.getLast().what());
        } else if (!missing.isEmpty()) {
            add(Use.KERNEL, "nothing that matters; to have all that is missing, " + missing.getLast().remedy());
        }
    }

    /** Answers the most useful one. */
    String best() {
        return steps.stream().min(Comparator.comparing(Step::use)).map(Step::text).orElse("nothing to do");
    }
}
