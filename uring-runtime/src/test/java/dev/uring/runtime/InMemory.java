package dev.uring.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Folders of tests that make files by the thousand, in memory where there is room: a disk takes longer for them than all
 * the rest. Long runs (-Pfull) are on a disk.
 */
public final class InMemory implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM_BYTES = 2L << 30;

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension) throws IOException {
        return !Boolean.getBoolean("uring.test.full") && Files.isWritable(MEMORY)
                && MEMORY.toFile().getUsableSpace() > ROOM_BYTES
                ? Files.createTempDirectory(MEMORY, "uring") : Files.createTempDirectory("uring");
    }
}
