package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Setup;
import dev.uring.runtime.UringRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files on a ring that lacks the opcodes of younger kernels: the files are the same, and the way is told. */
@Tag("io_uring") // masks what it has
@ExtendWith(LeakCheck.class)
class DegradedTest {
    @Test
    void calls_on_the_pool_are_told_by_the_opcode_that_is_missing(@TempDir Path directory) throws Exception {
        var setup = new Setup("io_uring as of 5.14", Setup.ioUringWithout("FTRUNCATE,MKDIRAT"), Carriers.AUTO, () -> null, 1024,
                100);
        try (UringRuntime runtime = setup.builder().multiThread(1).build()) {
            runtime.blockOn(() -> {
                try (AsyncFile file = AsyncFile.open(directory.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE).await();
                        IoBuffer buffer = IoBuffer.copyOf(new byte[100])) {
                    file.writeAt(buffer, 0).await();
                    file.truncate(10).await();
                    assertThat(file.size()).isEqualTo(10);
                }
                AsyncFiles.createDirectory(directory.resolve("below")).await();
                return null;
            });
            assertThat(Files.isDirectory(directory.resolve("below"))).isTrue();
            assertThat(runtime.degraded()).containsExactly(
                    "degraded: MakeDirectory runs on the blocking pool, since this kernel has no opcode MKDIRAT (Linux 5.15)",
                    "degraded: Truncate runs on the blocking pool, since this kernel has no opcode FTRUNCATE (Linux 6.9)");
        }
    }
}
