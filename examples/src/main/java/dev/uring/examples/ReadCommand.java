package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.Uring;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies a file, or a range of it, to standard output, with several reads in flight. */
@Command(
        name = "read",
        customSynopsis = "uring read [-hV] FILE [OFFSET LENGTH]",
        description = "Writes a file, or LENGTH bytes of it from OFFSET on, to standard output.")
final class ReadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the file to read")
    private Path path;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OFFSET",
            description = "the first byte to write, counted from 0; without it, the whole file is written")
    private Long offset;

    @Parameters(index = "2", arity = "0..1", paramLabel = "LENGTH",
            description = "how many bytes to write; fewer are written where the file ends before")
    private Long length;

    @Override
    public Integer call() throws Exception {
        if (offset != null && length == null) {
            throw new ParameterException(spec.commandLine(), "OFFSET needs a LENGTH: offset=" + offset);
        }
        long from = requireNotNegative("OFFSET", offset, 0);
        long bytes = requireNotNegative("LENGTH", length, Long.MAX_VALUE);
        long end = bytes > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + bytes;
        Uring.run(() -> {
            try (AsyncFile file = AsyncFile.open(path).await()) {
                if (offset == null) {
                    ReadAhead.copy(file, System.out);
                } else {
                    ReadAhead.copy(file, from, end, System.out);
                }
            }
        });
        return 0;
    }

    private long requireNotNegative(String name, Long given, long absent) {
        if (given != null && given < 0) {
            throw new ParameterException(spec.commandLine(), name + " must not be negative: " + given);
        }
        return given == null ? absent : given;
    }
}
