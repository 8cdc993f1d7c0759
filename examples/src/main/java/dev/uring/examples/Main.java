package dev.uring.examples;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The root command: its annotation lists the sub-commands, each a class of this package.
 *
 * <p>A sub-command is a {@code Callable<Integer>} whose result is the exit status, or a {@code Callable<Void>}. It
 * throws to report a failure, which becomes one line on standard error and exit status 1; with
 * {@code -During.examples.trace=true} the stack trace follows. It inherits {@code --help} and {@code --version}.
 */
@Command(
        name = "uring",
        description = "Examples of uring, a completion-based io_uring runtime for Java.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HelpCommand.class,
            ProbeCommand.class,
            ReadCommand.class,
            CatCommand.class,
            CpCommand.class,
            WalkCommand.class,
            WalCommand.class,
            DemoCommand.class,
            HttpCommand.class,
            EchoCommand.class,
            ProxyCommand.class,
            NcCommand.class,
        },
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        exitCodeOnInvalidInput = Main.STATUS_USAGE,
        exitCodeOnExecutionException = Main.STATUS_FAILED,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:success", "1:the command failed, for the reason on standard error", "2:wrong usage",
            "130:the command was interrupted, and has cleaned up"})
public final class Main {
    static final int STATUS_FAILED = 1;
    static final int STATUS_USAGE = 2;
    /** What a shell reports of a process that SIGINT ended. */
    static final int STATUS_INTERRUPTED = 130;

    private Main() {
    }

    /**
     * Runs one command and ends the process with its exit status.
     *
     * @param arguments the sub-command and its arguments
     */
    public static void main(String[] arguments) {
        CommandLine line = commandLine(new PrintWriter(System.out, true), new PrintWriter(System.err, true));
        System.exit(execute(line, arguments));
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, _) -> executeUsageError(e, err))
                .setExecutionExceptionHandler((e, _, _) -> executeFailure(e, err));
    }

    static int execute(CommandLine line, String... arguments) {
        try {
            return line.execute(arguments);
        } catch (Error e) { // such as a class that cannot be initialised without native access
            return executeFailure(e, line.getErr());
        }
    }

    private static int executeUsageError(ParameterException e, PrintWriter err) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        err.println("uring: " + oneLine(e.getMessage()) + " (try: " + command + " --help)");
        return STATUS_USAGE;
    }

    private static int executeFailure(Throwable thrown, PrintWriter err) {
        err.println("uring: " + describe(thrown));
        if (Boolean.getBoolean("uring.examples.trace")) {
            thrown.printStackTrace(err);
        }
        return STATUS_FAILED;
    }

    /** An exception whose message alone is no sentence (a bare file name, nothing at all) is told with its name. */
    private static String describe(Throwable thrown) {
        boolean wraps = thrown instanceof ExecutionException || thrown.getMessage() == null; // that a task failed, say
        if (wraps && thrown.getCause() != null) {
            return describe(thrown.getCause());
        }
        boolean sentence = thrown.getMessage() != null && thrown instanceof Exception
                && !(thrown instanceof FileSystemException file && file.getReason() == null);
        return oneLine(sentence ? thrown.getMessage() : thrown.toString());
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** The version that the build wrote into the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"uring " + (version == null ? "(not run from its jar)" : version)};
        }
    }
}
