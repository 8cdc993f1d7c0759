package dev.uring.net;

import dev.uring.runtime.Forked;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** {@link CrowdMain} in its process: one for all set-ups, begun before any test looks at what is open. */
final class CrowdClient implements BeforeAllCallback {
    /** Kept, and ended, by JUnit. */
    private static final class Running implements AutoCloseable {
        private final Process process;
        private final Writer questions;
        private final BufferedReader answers;

        Running() throws IOException {
            process = new ProcessBuilder(Forked.command(List.of(), CrowdMain.class))
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            questions = process.outputWriter();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
        }

        String ask(String line) throws IOException {
            questions.write(line + "\n");
            questions.flush();
            return answers.readLine();
        }

        @Override
        public void close() throws Exception {
            questions.close(); // it ends with its input
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            answers.close();
        }
    }

    private static Running running;

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot().getStore(ExtensionContext.Namespace.create(CrowdClient.class))
                .getOrComputeIfAbsent(Running.class, _ -> start(), Running.class);
    }

    private static Running start() {
        try {
            return new Running();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has so many clients connect, talk and end; waits, and answers "ok" or what went wrong. */
    static String crowd(int port, int count) throws IOException {
        return running.ask(port + " " + count);
    }
}
