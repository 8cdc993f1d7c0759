package dev.uring.examples;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** A command that is run in the test's own process, with a driver; what it writes is caught. */
final class CommandRun {
    private static final String DRIVER = "uring.driver";

    private final String driver;
    private final StringWriter err = new StringWriter();
    private final StringWriter told = new StringWriter();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    CommandRun(String driver) {
        this.driver = driver;
    }

    int execute(String... arguments) {
        return execute(InputStream.nullInputStream(), arguments);
    }

    int execute(InputStream input, String... arguments) {
        String driverBefore = System.getProperty(DRIVER);
        InputStream inBefore = System.in;
        PrintStream outBefore = System.out;
        System.setProperty(DRIVER, driver);
        System.setIn(input);
        System.setOut(new PrintStream(out));
        try {
            CommandLine line = Main.commandLine(new PrintWriter(told, true), new PrintWriter(err, true));
            return Main.execute(line, arguments);
        } finally {
            System.setOut(outBefore);
            System.setIn(inBefore);
            if (driverBefore == null) {
                System.clearProperty(DRIVER);
            } else {
                System.setProperty(DRIVER, driverBefore);
            }
        }
    }

    /** Answers the bytes of standard output. */
    byte[] bytes() {
        return out.toByteArray();
    }

    /** Answers the lines of standard output, whichever way they took. */
    String out() {
        return told + out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString();
    }
}
