package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What does a MiB cost when a file is read or written from end to end, in blocks of as much; a written file is synced.
 *
 * <pre>
 *   Sequential WAY read|write FILE SECONDS [direct]
 * </pre>
 *
 * <p>WAY is {@code channel} ({@link FileChannel}), {@code stream} (those of {@link Files}, without {@code direct}) or
 * {@code uring} ({@link AsyncFile} from one task, 8 in flight). The file keeps its size: no blocks are allocated.
 *
 * <p>Estimate: copying a MiB out of the page cache takes 60 to 100 us, whoever asks for it, and a few system calls more or
 * less nothing: 1.0x. With O_DIRECT the CPU has little to do, and one block in flight leaves the disk idle between two.
 */
public final class Sequential {
    static final int IN_FLIGHT = 8;
    static final int BLOCK_BYTES = 1 << 20;

    private final Path file;
    private final boolean writes;
    private final boolean direct;
    private final double seconds;
    private final long fileBytes;

    private Sequential(Path file, boolean writes, boolean direct, double seconds) throws IOException {
        this.file = file;
        this.writes = writes;
        this.direct = direct;
        this.seconds = seconds;
        fileBytes = Files.size(file) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /**
     * Reads or writes the file again and again, and prints what that cost.
     *
     * @param arguments see above
     * @throws Exception if there is no such file, or it cannot be read or written
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 4) {
            System.err.println("usage: Sequential channel|stream|uring read|write FILE SECONDS [direct]");
            System.exit(2);
        }
        var sequential = new Sequential(Path.of(arguments[2]), arguments[1].equals("write"), arguments.length == 5,
                Double.parseDouble(arguments[3]));
        System.out.println(switch (arguments[0]) {
            case "channel" -> sequential.byChannel();
            case "stream" -> sequential.byStream();
            case "uring" -> sequential.byRuntime();
            default -> throw new IllegalArgumentException("no such way: name=" + arguments[0]);
        });
    }

    private OpenOption[] options() {
        return Blocks.options(direct, writes ? StandardOpenOption.WRITE : StandardOpenOption.READ);
    }

    private String byChannel() throws Exception {
        ByteBuffer buffer = Blocks.allocate(BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(file, options())) {
            return Windows.measureFor(seconds, () -> {
                for (long offset = 0; offset < fileBytes; offset += BLOCK_BYTES) {
                    Blocks.requireWhole(writes ? channel.write(buffer.clear(), offset)
                            : channel.read(buffer.clear(), offset), BLOCK_BYTES);
                }
                if (writes) {
                    channel.force(false);
                }
                return fileBytes / BLOCK_BYTES;
            });
        }
    }

    private String byStream() throws Exception {
        byte[] block = new byte[BLOCK_BYTES];
        try (FileChannel sync = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return Windows.measureFor(seconds, () -> writes ? writeStream(block, sync) : readStream(block));
        }
    }

    private long readStream(byte[] block) throws IOException {
        long bytes = 0;
        try (InputStream input = Files.newInputStream(file)) {
            for (int read = input.read(block); read >= 0; read = input.read(block)) {
                bytes += read;
            }
        }
        return bytes / BLOCK_BYTES;
    }

    private long writeStream(byte[] block, FileChannel sync) throws IOException {
        try (OutputStream output = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            for (long offset = 0; offset < fileBytes; offset += BLOCK_BYTES) {
                output.write(block);
            }
        }
        sync.force(false); // streams have no sync of their own
        return fileBytes / BLOCK_BYTES;
    }

    private String byRuntime() throws Exception {
        try (UringRuntime runtime = OneWorker.start();
                AsyncFile open = OneWorker.open(runtime, file, options());
                BufferPool pool = runtime.handle().run(() ->
                        BufferPool.create(BufferPool.Options.of(BLOCK_BYTES, IN_FLIGHT)))) {
            IoBuffer[] buffers = new IoBuffer[IN_FLIGHT];
            for (int i = 0; i < IN_FLIGHT; i++) {
                buffers[i] = pool.take().length(BLOCK_BYTES);
            }
            String result = Windows.measureFor(seconds, () -> runtime.blockOn(() -> pass(open, buffers)));
            for (IoBuffer buffer : buffers) {
                buffer.close();
            }
            return result;
        }
    }

    /** Waits for the oldest block, and starts the next in its place. */
    private long pass(AsyncFile open, IoBuffer[] buffers) throws IOException {
        BufferOp[] started = new BufferOp[buffers.length];
        long blocks = fileBytes / BLOCK_BYTES;
        for (long block = 0; block < blocks + started.length; block++) {
            int slot = (int) (block % started.length);
            if (started[slot] != null) {
                Blocks.requireWhole(started[slot].await().bytes(), BLOCK_BYTES);
                started[slot] = null;
            }
            if (block < blocks) {
                started[slot] = writes ? open.writeAt(buffers[slot], block * BLOCK_BYTES)
                        : open.readAt(buffers[slot], block * BLOCK_BYTES);
            }
        }
        if (writes) {
            open.fdatasync().await();
        }
        return blocks;
    }
}
