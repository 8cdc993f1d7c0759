package dev.uring.runtime;

import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What rings of tests do without: every opcode, capability and set-up flag that an operation or a driver asks for, in
 * groups of those that are of one subject. The suite runs on each.
 */
public enum Mask {
    READS_AND_WRITES("reads and writes", "READ,WRITE,READV,WRITEV,READ_FIXED,WRITE_FIXED"),
    MULTISHOT("multishot", "READ_MULTISHOT,ACCEPT_MULTISHOT,RECV_MULTISHOT,POLL_MULTISHOT"),
    PROVIDED_BUFFERS("provided buffers", "BUFFER_RING,BUFFER_RING_INCREMENTAL,BUNDLES,PROVIDE_BUFFERS,REMOVE_BUFFERS"),
    PATHS("paths", "OPENAT,OPENAT2,CLOSE,STATX,UNLINKAT,RENAMEAT,MKDIRAT,SYMLINKAT,LINKAT"),
    FILE_SPACE("file space", "FSYNC,SYNC_FILE_RANGE,FALLOCATE,FTRUNCATE,FADVISE,SPLICE,TEE"),
    SOCKETS("sockets", "SOCKET,BIND,LISTEN,ACCEPT,CONNECT,SHUTDOWN,PIPE"),
    MESSAGES("messages", "SEND,RECV,SENDMSG,RECVMSG,SEND_ZC,SENDMSG_ZC"),
    TIMED_WAITS_AND_TABLES("timed waits and tables", capabilities(
            name -> !name.endsWith("_MULTISHOT") && !name.startsWith("BUFFER_RING") && !name.equals("BUNDLES"))),
    DEFER_TASKRUN("DEFER_TASKRUN", "DEFER_TASKRUN,NO_SQARRAY"),
    SINGLE_ISSUER("SINGLE_ISSUER", "SINGLE_ISSUER,SUBMIT_ALL"),
    TASKRUN_FLAG("TASKRUN_FLAG", "TASKRUN_FLAG,COOP_TASKRUN"),
    AFTER_LINUX_5_10("what Linux 5.10 lacks", String.join(",", opcodes(Mask::isAfter510), capabilities(_ -> true),
            "SINGLE_ISSUER,DEFER_TASKRUN,COOP_TASKRUN,TASKRUN_FLAG,NO_SQARRAY,SUBMIT_ALL")),
    EVERY_OPCODE("any opcode", opcodes(_ -> true));

    private final String label;
    private final String names;

    Mask(String label, String names) {
        this.label = label;
        this.names = names;
    }

    private static String opcodes(Predicate<String> some) {
        return IntStream.range(0, Opcode.COUNT).mapToObj(Opcode::name).filter(some).collect(Collectors.joining(","));
    }

    private static boolean isAfter510(String opcode) {
        String[] version = Opcode.since(Opcode.byName(opcode)).split("\\.");
        return Integer.parseInt(version[0]) > 5 || Integer.parseInt(version[1]) > 10;
    }

    private static String capabilities(Predicate<String> some) {
        return Arrays.stream(Capability.values()).map(Enum::name).filter(some).collect(Collectors.joining(","));
    }

    /** Answers the names, separated by commas, as {@code -During.mask} takes them. */
    public String names() {
        return names;
    }

    /** Answers what a ring without all that is called, where results are told. */
    public String world() {
        return "io_uring without " + label;
    }

    /** Answers the modes to run in: one, every other group the other, or both. */
    public List<Carriers> modes(boolean both) {
        return both ? List.of(Carriers.ON, Carriers.OFF) : List.of(ordinal() % 2 == 0 ? Carriers.ON : Carriers.OFF);
    }

    /** Answers every opcode that an operation asks for, to be done without alone. */
    public static List<String> singles() {
        return Stream.concat(Stream.of("NOP", "POLL_ADD"),
                Stream.of(READS_AND_WRITES, PATHS, FILE_SPACE, SOCKETS, MESSAGES)
                        .flatMap(group -> Arrays.stream(group.names.split(",")))).toList();
    }
}
