package dev.uring.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes a line for each case that was run to {@code target/driver-contract/TESTCLASS.tsv} of the module at hand, for
 * {@link ContractTable}. Each virtual machine begins its files anew.
 */
public final class ContractLog implements TestWatcher {
    static final String DIRECTORY = "driver-contract";

    /** Those that this virtual machine has begun. */
    private static final Set<Path> FILES = new HashSet<>();

    /** For JUnit. */
    public ContractLog() {
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        write(context, ContractTable.Outcome.PASSED, "");
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        String message = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        write(context, ContractTable.Outcome.SKIPPED, message.replaceFirst("^Assumption failed: ", ""));
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        write(context, ContractTable.Outcome.FAILED, String.valueOf(cause.getMessage()));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        write(context, ContractTable.Outcome.SKIPPED, reason.orElse(""));
    }

    private static void write(ExtensionContext context, ContractTable.Outcome outcome, String reason) {
        String setup = context.getTestInstance().map(test -> ((DriverContract) test).setup().toString())
                .orElseGet(() -> context.getParent().orElseThrow().getDisplayName());
        var run = new ContractTable.Run(setup, context.getRequiredTestMethod().getName(), outcome, reason);
        synchronized (ContractLog.class) {
            try {
                Path directory = Path.of(System.getProperty("basedir", ""), "target", DIRECTORY);
                Path file = directory.resolve(context.getRequiredTestClass().getSimpleName() + ".tsv");
                if (FILES.add(file)) {
                    Files.createDirectories(directory);
                    Files.deleteIfExists(file);
                }
                Files.writeString(file, run.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
