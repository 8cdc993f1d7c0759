package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.Refusal;
import dev.uring.ffi.ResourceLimit;
import dev.uring.ffi.SocketConstant;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Takes the last free descriptor of the process, and gives all back. The limit is low from the beginning on, since an accept
 * on a ring goes by the limit at the time of its start. Whatever is needed in between must be open before; classes of the
 * project are loaded here.
 */
final class Shortage implements AutoCloseable {
    private static final int SPARE = 64;
    private static boolean loaded;

    private final long limitBefore;
    private final List<Integer> fillers = new ArrayList<>();

    Shortage() throws IOException, ClassNotFoundException {
        Assumptions.assumeTrue(Refusal.ofNativeCalls() == null, "nobody here may set a limit");
        loadClasses();
        long highest;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            highest = open.mapToLong(each -> Long.parseLong(each.getFileName().toString())).max().orElseThrow();
        }
        limitBefore = limit(highest + 1 + SPARE);
    }

    /** A class that lies in a folder takes a descriptor to load; archives are open once something was looked for in all. */
    private static synchronized void loadClasses() throws IOException, ClassNotFoundException {
        if (loaded) {
            return;
        }
        loaded = true;
        ClassLoader loader = Shortage.class.getClassLoader();
        assertThat(loader.getResource("is/nowhere")).isNull();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path folder = Path.of(entry);
            if (Files.isDirectory(folder.resolve("dev"))) {
                for (String name : classes(folder)) {
                    Class.forName(name, false, loader);
                }
            }
        }
    }

    private static List<String> classes(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("dev"))) {
            return all.map(each -> folder.relativize(each).toString()).filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.'))
                    .filter(name -> !name.endsWith("-info")).toList();
        }
    }

    /** From now on there is none. */
    void begin() {
        int filler;
        while ((filler = LibcSocket.socket(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM, 0)) >= 0) {
            fillers.add(filler);
        }
    }

    private static long limit(long wanted) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            if (LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit) < 0) {
                throw new AssertionError("getrlimit failed");
            }
            long before = ResourceLimit.soft(limit);
            ResourceLimit.soft(limit, wanted);
            if (LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit) < 0) {
                throw new AssertionError("setrlimit failed: wanted=" + wanted);
            }
            return before;
        }
    }

    /** There are some again. */
    void end() {
        fillers.forEach(Libc::close);
        fillers.clear();
    }

    @Override
    public void close() {
        end();
        limit(limitBefore);
    }
}
