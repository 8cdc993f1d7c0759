package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HAProxy of Debian, as a peer: one thread, TCP only, its configuration below the target directory. */
final class Haproxy {
    private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");
    private static final String CONFIGURATION = """
            global
                nbthread 1
                maxconn 4096
            defaults
                mode tcp
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            %s
            listen proxy
                bind 127.0.0.1:%d
                server target 127.0.0.1:%d
            """;

    /** How it moves bytes. */
    enum Way {
        /** Through a buffer. */
        COPY(""),
        /** By splice(2) where it takes a connection to be a long stream, which of iperf3's over loopback it does not. */
        AUTO("option splice-auto"),
        /** By splice(2). */
        SPLICE("option splice-request\noption splice-response");

        private final String options;

        Way(String options) {
            this.options = options;
        }
    }

    private Haproxy() {
    }

    /** Answers why it cannot be run here, or null if it can. */
    static String missing() {
        return Files.isExecutable(PROGRAM) ? null : "no " + PROGRAM + " (apt-get install haproxy)";
    }

    /** Answers the command of a proxy. */
    static List<String> proxy(int port, int targetPort, Way way) throws IOException {
        Path configuration = ServerProcess.directory("haproxy-" + way).resolve("haproxy.cfg");
        Files.writeString(configuration, CONFIGURATION.formatted(way.options, port, targetPort));
        return List.of(PROGRAM.toString(), "-db", "-q", "-f", configuration.toString());
    }
}
