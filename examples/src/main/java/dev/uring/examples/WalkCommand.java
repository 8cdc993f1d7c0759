package dev.uring.examples;

import dev.uring.fs.AsyncFiles;
import dev.uring.fs.FileStat;
import dev.uring.fs.WalkEntry;
import dev.uring.fs.WalkOptions;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists a tree, whose directories are read ahead. What cannot be read is told, and the rest is listed all the same. */
@Command(
        name = "walk",
        description = "Lists a directory and all that is below it; no link is followed.")
final class WalkCommand implements Callable<Integer> {
    private static final int PIECE_CHARS = 32 << 10;
    private static final int SIZE_WIDTH = 14;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = ".",
            description = "where to start (default: the current directory)")
    private Path start;

    @Option(names = "--depth", paramLabel = "N", description = "how many levels below DIR are listed; without it, all")
    private int depthMax = Integer.MAX_VALUE;

    @Option(names = "--stat",
            description = "begin lines with type (d, f, l, or o for others), size in bytes, time of the last change")
    private boolean stats;

    private final StringBuilder text = new StringBuilder();
    private long files;
    private long directories;
    private long bytes;
    private long errors;

    @Override
    public Integer call() throws Exception {
        if (depthMax < 0) {
            throw new ParameterException(spec.commandLine(), "--depth must not be negative: " + depthMax);
        }
        WalkOptions all = WalkOptions.DEFAULT.withDepthMax(depthMax).onError(this::tellError);
        Uring.run(() -> {
            long begin = System.nanoTime();
            list(stats ? all : all.namesOnly());
            tellSummary(System.nanoTime() - begin);
        });
        return errors == 0 ? 0 : Main.STATUS_FAILED;
    }

    private void list(WalkOptions options) throws IOException {
        try (Stream<WalkEntry> entries = AsyncFiles.walk(start, options)) {
            for (var each = entries.iterator(); each.hasNext();) {
                add(each.next());
                if (text.length() >= PIECE_CHARS) {
                    write();
                }
            }
        }
        write();
    }

    private void add(WalkEntry entry) {
        if (entry.isDirectory()) {
            directories++;
        } else {
            files++;
        }
        FileStat stat = entry.stat();
        if (stat != null) {
            bytes += stat.isRegularFile() ? stat.size() : 0;
            String size = Long.toString(stat.size());
            text.append(type(entry)).append(" ".repeat(Math.max(SIZE_WIDTH - size.length(), 1))).append(size)
                    .append(' ')
                    .append(stat.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS)).append(' ');
        }
        text.append(entry.path()).append('\n');
    }

    private static char type(WalkEntry entry) {
        return entry.isDirectory() ? 'd' : entry.isRegularFile() ? 'f' : entry.isSymbolicLink() ? 'l' : 'o';
    }

    private void write() throws IOException {
        byte[] piece = text.toString().getBytes(Charset.defaultCharset());
        Streams.write(System.out, piece, piece.length);
        text.setLength(0);
    }

    private void tellError(Path path, IOException e) {
        errors++;
        spec.commandLine().getErr().println("uring: " + path + ": " + e.getMessage());
    }

    private void tellSummary(long nanos) {
        double seconds = (double) nanos / TimeUnit.SECONDS.toNanos(1);
        PrintWriter err = spec.commandLine().getErr();
        err.println(String.format(Locale.ROOT, "%,d files, %,d directories%s in %.3f s: %,.0f/s", files, directories,
                stats ? ", " + Progress.bytes(bytes) : "", seconds, (files + directories) / seconds));
    }
}
