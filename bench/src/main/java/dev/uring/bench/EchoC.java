package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The echo server in C, {@code echouring.c}: a process of its own, on the processors of this one. */
final class EchoC {
    private static final Path PROGRAM = RawRing.target().resolve("c/echouring");

    private EchoC() {
    }

    /** Answers why it cannot be run here, or null if it can. */
    static String missing() {
        return Files.isExecutable(PROGRAM) ? null : "not built: program=" + PROGRAM;
    }

    /** Starts it; it ends with this process. */
    static EchoServer.Running start() throws IOException {
        Process server = new ProcessBuilder(PROGRAM.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroy));
        String line = server.inputReader().readLine();
        if (line == null) {
            throw new IOException("server in C ended before it told its port");
        }
        return new EchoServer.Running((int) EchoServer.figure(line, "port="), server.pid());
    }
}
