package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.CString;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.LibcSys;
import dev.uring.runtime.SameCalls;
import dev.uring.runtime.Sys;
import dev.uring.runtime.sim.Dice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files and paths: what java.nio plays is what the kernel does. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class NioFilesTest {
    private static final int RUNS = 100;
    private static final int CALLS = 150;

    @TempDir
    private Path folder;

    /** {@code -Dtest.args=-During.test.seed=N} plays the sequence of one seed again. */
    @Test
    void sequences_of_calls_end_as_those_of_the_kernel_do() throws IOException {
        Long given = Long.getLong("uring.test.seed");
        long first = given == null ? System.nanoTime() : given;
        for (long seed = first; seed < first + (given == null ? RUNS : 1); seed++) {
            NioSys sys = new NioSys();
            Path left = Files.createDirectories(folder.resolve("left" + seed).resolve("root"));
            Path right = Files.createDirectories(folder.resolve("right" + seed).resolve("root"));
            try (SameCalls calls = new SameCalls(LibcSys.INSTANCE, open(LibcSys.INSTANCE, left), sys, open(sys, right),
                    new Dice(seed), Set.of())) {
                calls.run(CALLS);
            } catch (AssertionError e) {
                throw new AssertionError("uring.test.seed=" + seed, e);
            }
            assertThat(sys.count()).isZero();
        }
    }

    private static int open(Sys sys, Path path) {
        int fd = sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(Arena.ofAuto(), path.toString()),
                OpenFlag.READ_ONLY | OpenFlag.DIRECTORY | OpenFlag.CLOSE_ON_EXEC, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }
}
