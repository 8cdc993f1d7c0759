package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies files to standard output, one after the other, each with several reads in flight. */
@Command(
        name = "cat",
        description = "Writes files to standard output, in the order given.")
final class CatCommand implements Callable<Integer> {
    private static final Path STANDARD_INPUT = Path.of("-");

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "files and pipes; - is standard input")
    private List<Path> paths;

    @Override
    public Integer call() throws Exception {
        Uring.run(() -> {
            for (Path path : paths) {
                if (path.equals(STANDARD_INPUT)) {
                    // The JDK's stream blocks its thread, which must not be one that carries tasks.
                    Tasks.spawnBlocking(() -> copyInput(System.in, System.out)).await();
                } else {
                    copyFile(path, System.out);
                }
            }
        });
        return 0;
    }

    private static void copyFile(Path path, PrintStream out) throws IOException {
        try (AsyncFile file = AsyncFile.open(path).await()) {
            ReadAhead.copy(file, out);
        }
    }

    private static Void copyInput(InputStream in, PrintStream out) throws IOException {
        byte[] piece = new byte[Streams.PIECE_BYTES];
        for (int bytes = in.read(piece); bytes >= 0; bytes = in.read(piece)) {
            Streams.write(out, piece, bytes);
        }
        return null;
    }
}
