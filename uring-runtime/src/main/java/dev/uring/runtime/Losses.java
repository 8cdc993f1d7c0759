package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SetupFlag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What operations and the ring driver ask of io_uring, and what is done where a kernel lacks it. Whatever is asked for in an
 * operation's {@code prepare}, or by {@link RingDriver} and {@link LeasedRing}, has its line here.
 */
final class Losses {
    private static final String POOL = "the system call, on the blocking pool";
    private static final String CALL = "the system call, on the worker";
    private static final String POLL = "a poll, then the system call";

    private Losses() {
    }

    private static String instead(int opcode) {
        return switch (opcode) {
            case Opcode.READV, Opcode.WRITEV, Opcode.FSYNC, Opcode.SYNC_FILE_RANGE, Opcode.FALLOCATE, Opcode.OPENAT,
                    Opcode.STATX, Opcode.FADVISE, Opcode.OPENAT2, Opcode.SPLICE, Opcode.RENAMEAT, Opcode.UNLINKAT,
                    Opcode.MKDIRAT, Opcode.SYMLINKAT, Opcode.LINKAT, Opcode.FTRUNCATE -> POOL;
            case Opcode.SENDMSG, Opcode.RECVMSG, Opcode.ACCEPT, Opcode.CONNECT, Opcode.SEND, Opcode.RECV -> POLL;
            case Opcode.READ, Opcode.WRITE -> POOL + "; without an offset: " + POLL;
            case Opcode.SHUTDOWN, Opcode.PIPE -> CALL;
            case Opcode.CLOSE -> CALL + ", or on the blocking pool where it may block";
            case Opcode.READ_FIXED, Opcode.WRITE_FIXED -> "READ and WRITE, which pin the pages of a pool each time";
            case Opcode.SEND_ZC -> "SEND, which copies";
            default -> null; // no operation asks for it
        };
    }

    private static String instead(Capability capability) {
        return switch (capability) {
            case TIMED_WAIT -> "a TIMEOUT request for each wait that has a limit";
            case WORKER_LIMITS -> "as many kernel threads as the kernel sees fit";
            case RING_DESCRIPTOR -> "the ring's descriptor, about 15 ns more for each call";
            case ACCEPT_MULTISHOT -> "a poll, then accept, for each batch of connections";
            case CANCEL_BY_DESCRIPTOR -> "a cancel for each request of a batch";
            case BUFFER_RING -> "a poll, then a receive into a buffer that the worker chooses";
            case SPARSE_TABLES -> "pools that are not registered: pages are pinned for each request";
            case RECV_MULTISHOT -> "a poll, then a receive, for each result";
            case SYNC_CANCEL -> "batches whose members may wait for ever go to the workers";
            case CLONE_BUFFERS -> "a registration with each ring, of which each counts as locked memory";
            case NO_IOWAIT -> "a worker that waits counts as waiting for a disk (iowait)";
            // Not used: results are counted, polls are armed one by one, a buffer is one result's, waits end at once.
            case POLL_MULTISHOT, COMPLETION_SKIP, BUNDLES, BUFFER_RING_INCREMENTAL, MIN_TIMEOUT -> null;
        };
    }

    /** The flags that a worker's ring is asked for; see the ladder that uring-ffi goes down. */
    private enum Flag {
        SUBMIT_ALL(SetupFlag.SUBMIT_ALL, "5.18", "what one call did not submit goes with the next"),
        COOP_TASKRUN(SetupFlag.COOP_TASKRUN, "5.19", "results interrupt the worker"),
        TASKRUN_FLAG(SetupFlag.TASKRUN_FLAG, "5.19", "a system call in every turn of the loop"),
        SINGLE_ISSUER(SetupFlag.SINGLE_ISSUER, "6.0", "a ring that the kernel guards against other threads"),
        DEFER_TASKRUN(SetupFlag.DEFER_TASKRUN, "6.1", "COOP_TASKRUN, or results that interrupt the worker"),
        NO_SQARRAY(SetupFlag.NO_SQARRAY, "6.6", "an array of indexes, written once");

        private final int bit;
        private final String since;
        private final String instead;

        Flag(int bit, String since, String instead) {
            this.bit = bit;
            this.since = since;
            this.instead = instead;
        }
    }

    /** Answers what this kernel lacks of what is asked for, in the order of the kernels that brought it. */
    static List<DriverInfo.Missing> of(Capabilities kernel) {
        List<DriverInfo.Missing> missing = new ArrayList<>();
        for (Flag flag : Flag.values()) {
            if ((kernel.setupFlags() & flag.bit) == 0) {
                missing.add(missing(kernel, flag.name(), flag.since, flag.instead));
            }
        }
        for (Capability each : Capability.values()) {
            if (instead(each) != null && !kernel.has(each)) {
                missing.add(missing(kernel, each.name(), each.since(), instead(each)));
            }
        }
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            if (instead(opcode) != null && !kernel.supports(opcode)) {
                missing.add(missing(kernel, Opcode.name(opcode), Opcode.since(opcode), instead(opcode)));
            }
        }
        missing.sort(Comparator.comparingInt(each -> number(each.since())));
        return List.copyOf(missing);
    }

    private static DriverInfo.Missing missing(Capabilities kernel, String what, String since, String instead) {
        boolean masked = kernel.masked().stream().anyMatch(name -> name.strip().equalsIgnoreCase(what));
        return new DriverInfo.Missing(what, since, instead,
                masked ? "take it out of -During.mask" : "run on Linux " + since + " or later");
    }

    /** Makes 6.9 less than 6.10. */
    private static int number(String since) {
        int[] parts = Arrays.stream(since.split("\\.")).mapToInt(Integer::parseInt).toArray();
        return parts[0] * 1000 + parts[1];
    }
}
