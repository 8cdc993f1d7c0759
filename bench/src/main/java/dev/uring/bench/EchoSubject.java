package dev.uring.bench;

import java.util.List;

/**
 * How a server of {@link EchoServer} is started that a comparison calls by one name.
 *
 * @param server  its first operand
 * @param options for {@code java}
 */
record EchoSubject(String server, List<String> options) {
    static final String CALLBACK = "-callback";
    private static final List<String> PEERS = List.of("selector", "netty-nio", "netty-epoll", "netty-io_uring", "c");
    /** Without it the JDK makes as many carriers as there are processors, all of which taskset puts on the one. */
    private static final List<String> ONE_CARRIER = List.of("-Djdk.virtualThreadScheduler.parallelism=1");

    /** Finds it: a name that is no peer's is a driver of the runtime, with "-callback" behind it for no tasks. */
    static EchoSubject of(String name) {
        if (name.equals("jdk")) {
            return new EchoSubject(name, ONE_CARRIER);
        }
        if (PEERS.contains(name)) {
            return new EchoSubject(name, List.of());
        }
        boolean callback = name.endsWith(CALLBACK);
        String driver = callback ? name.substring(0, name.length() - CALLBACK.length()) : name;
        return new EchoSubject(callback ? "uring" + CALLBACK : "uring", List.of("-During.driver=" + driver));
    }

    /** Answers why it cannot be run here, or null if it can. */
    static String missing(String name) {
        return switch (name) {
            case "c" -> EchoC.missing();
            case "netty-io_uring" -> NettyTransport.IO_URING.missing();
            default -> null;
        };
    }

    /** Tells whether it can be run here, and prints the reason if not. */
    static boolean isHere(String name) {
        String missing = missing(name);
        if (missing != null) {
            System.out.println("skipped " + name + ": " + missing);
        }
        return missing == null;
    }
}
