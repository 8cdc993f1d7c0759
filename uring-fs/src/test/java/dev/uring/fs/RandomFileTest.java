package dev.uring.fs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.Errno;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on one file, each compared with a model in memory, as Apple's fsx does. The seed is printed, and
 * taken from {@code -During.test.seed=N}; a failure prints the operations before it.
 */
@ExtendWith(LeakCheck.class)
class RandomFileTest {
    private static final int STEPS = 100_000;
    private static final int STEPS_FULL = 1_000_000;
    private static final int STEPS_NIO = 20_000;
    private static final int REMEMBERED = 60;
    private static final int FILE_BYTES_MAX = 512 << 10;
    private static final int PIECE_BYTES = 32 << 10;
    private static final int PIECES = 6;
    /** Suits every device; a smaller one is possible on some. */
    private static final int DIRECT_BYTES = 4096;

    @TempDir
    Path directory;

    /** What may happen, and how often among all. */
    private enum Kind {
        READ(24), READ_EXACTLY(6), READ_VECTORED(8), READ_MANY(3), WRITE(14), WRITE_ALL(6), WRITE_VECTORED(6),
        APPEND(6), TRUNCATE(3), ALLOCATE(3), PUNCH_HOLE(4), ZERO_RANGE(3), CURSOR(4), STAT(3), REOPEN(2), SYNC(1);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static final int ALL = Arrays.stream(values()).mapToInt(kind -> kind.weight).sum();

        static Kind random(Random random) {
            int at = random.nextInt(ALL);
            for (Kind kind : values()) {
                at -= kind.weight;
                if (at < 0) {
                    return kind;
                }
            }
            throw new AssertionError();
        }
    }

    /** One operation, for the list of the last. */
    private record Step(int number, Kind kind, boolean direct, int offset, int length, int size) {
    }

    private final long seed = Long.getLong("uring.test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final ArrayDeque<Step> last = new ArrayDeque<>();
    private final Map<Kind, Integer> done = new EnumMap<>(Kind.class);
    private final Map<Kind, String> refused = new EnumMap<>(Kind.class);
    private final byte[] model = new byte[FILE_BYTES_MAX];
    private final List<IoBuffer> buffers = new ArrayList<>();
    private int size;
    private int number;
    private Path path;
    private AsyncFile file;
    private boolean direct;
    private boolean directRefused;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_file_equals_its_model_after_every_operation() throws Exception {
        System.out.println("RandomFileTest uring.test.seed=" + seed);
        Carriers carriers = random.nextBoolean() ? Carriers.ON : Carriers.OFF;
        try (UringRuntime runtime = UringRuntime.builder().enableAll().carriers(carriers).build()) {
            boolean nio = runtime.driver().name().equals("nio");
            int steps = nio ? STEPS_NIO : Boolean.getBoolean("uring.test.full") ? STEPS_FULL : STEPS;
            runtime.blockOn(() -> {
                run(steps, nio);
                return null;
            });
            System.out.println("RandomFileTest driver=" + runtime.driver().name() + " carriers=" + carriers
                    + " done=" + done + " refused=" + refused + (directRefused ? " O_DIRECT refused" : ""));
            // tmpfs has no FALLOC_FL_ZERO_RANGE.
            boolean lacks = nio || Files.getFileStore(directory).type().equals("tmpfs");
            assertThat(lacks ? Map.of() : refused).as("only java.nio and tmpfs may lack operations").isEmpty();
        }
    }

    private void run(int steps, boolean nio) throws Exception {
        path = directory.resolve("file");
        directRefused = nio;
        try (BufferPool pool = BufferPool.create(BufferPool.Options.of(PIECE_BYTES, PIECES / 2))) {
            for (int i = 0; i < PIECES; i++) {
                buffers.add(i % 2 == 0 ? pool.take() : IoBuffer.allocateAligned(PIECE_BYTES, DIRECT_BYTES));
            }
            open();
            try {
                for (number = 0; number < steps; number++) {
                    step();
                }
                assertThat(Arrays.mismatch(Files.readAllBytes(path), Arrays.copyOf(model, size))).isEqualTo(-1);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("uring.test.seed=" + seed + " " + file + " after " + String.join("\n",
                        last.stream().map(Step::toString).toList()), e);
            } finally {
                file.close();
                buffers.forEach(IoBuffer::close);
            }
        }
    }

    private void open() throws IOException {
        OpenOptions options = OpenOptions.of(READ, WRITE, CREATE);
        if (!directRefused && random.nextInt(3) == 0) {
            try {
                file = AsyncFile.open(path, options.direct()).await();
                direct = true;
                return;
            } catch (IOException e) {
                directRefused = true; // the file system has no such thing, as the last line says
            }
        }
        file = AsyncFile.open(path, options).await();
        direct = false;
    }

    private void step() throws IOException {
        Kind kind = Kind.random(random);
        if (kind == Kind.SYNC && random.nextInt(4) > 0) {
            return; // they take their time
        }
        int offset = random.nextInt(random.nextInt(8) == 0 ? FILE_BYTES_MAX : Math.min(size + 1, FILE_BYTES_MAX));
        int length = 1 + random.nextInt(random.nextInt(4) > 0 ? PIECE_BYTES / 8 : PIECE_BYTES);
        if (direct && moves(kind)) {
            offset = offset / DIRECT_BYTES * DIRECT_BYTES;
            length = Math.max(length / DIRECT_BYTES, 1) * DIRECT_BYTES;
        }
        length = Math.min(length, FILE_BYTES_MAX - offset);
        if (last.size() == REMEMBERED) {
            last.removeFirst();
        }
        last.addLast(new Step(number, kind, direct, offset, length, size));
        done.merge(kind, 1, Integer::sum);
        switch (kind) {
            case READ, READ_EXACTLY -> read(kind, offset, length);
            case READ_VECTORED -> readVectored(offset, length);
            case READ_MANY -> readMany(length);
            case WRITE, WRITE_ALL -> write(kind, offset, length);
            case WRITE_VECTORED -> writeVectored(offset, length);
            case APPEND -> append(length);
            case TRUNCATE -> truncate(random.nextInt(3) == 0 ? offset : Math.min(size, offset));
            case ALLOCATE -> allocate(kind, random.nextBoolean() ? 0 : AllocateFlag.KEEP_SIZE, offset, length);
            case PUNCH_HOLE -> allocate(kind, AllocateFlag.PUNCH_HOLE | AllocateFlag.KEEP_SIZE, offset, length);
            case ZERO_RANGE -> allocate(kind,
                    AllocateFlag.ZERO_RANGE | (random.nextBoolean() ? 0 : AllocateFlag.KEEP_SIZE), offset, length);
            case CURSOR -> cursor(offset, length);
            case STAT -> assertThat(file.stat().await().size()).isEqualTo(size);
            case REOPEN -> {
                file.close();
                open();
            }
            case SYNC -> sync();
        }
    }

    private static boolean moves(Kind kind) {
        return switch (kind) {
            case READ, READ_EXACTLY, READ_VECTORED, READ_MANY, WRITE, WRITE_ALL, WRITE_VECTORED, APPEND,
                    CURSOR -> true;
            case TRUNCATE, ALLOCATE, PUNCH_HOLE, ZERO_RANGE, STAT, REOPEN, SYNC -> false;
        };
    }

    /** A buffer of this very capacity, since reads fill the capacity. */
    private IoBuffer buffer(int which, int length) {
        return buffers.get(which).slice(0, length);
    }

    private void read(Kind kind, int offset, int length) throws IOException {
        IoBuffer buffer = buffer(random.nextInt(PIECES), length);
        int there = Math.clamp(size - offset, 0, length);
        if (kind == Kind.READ) {
            int bytes = file.readAt(buffer, offset).await().bytes();
            verify(buffer, offset, bytes);
            assertThat(bytes).as("fewer only where there are fewer, or some").isBetween(Math.min(there, 1), there);
            return;
        }
        try {
            file.readExactlyAt(buffer, offset).await();
            assertThat(there).isEqualTo(length);
        } catch (EOFException e) {
            assertThat(there).isLessThan(length);
        }
        verify(buffer, offset, there);
    }

    private void verify(IoBuffer buffer, int offset, int there) {
        assertThat(buffer.length()).isEqualTo(there);
        byte[] bytes = buffer.toByteArray();
        int mismatch = Arrays.mismatch(bytes, 0, there, model, offset, offset + there);
        if (mismatch >= 0) {
            throw new AssertionError("differs at " + (offset + mismatch) + ": read=" + bytes[mismatch] + " written="
                    + model[offset + mismatch]);
        }
    }

    private void readVectored(int offset, int length) throws IOException {
        List<IoBuffer> pieces = pieces(length);
        int there = Math.clamp(size - offset, 0, pieces.stream().mapToInt(IoBuffer::capacity).sum());
        assertThat(file.readAt(pieces, offset).await()).isEqualTo(there);
        for (IoBuffer piece : pieces) {
            int bytes = Math.min(there, piece.capacity());
            verify(piece, offset, bytes);
            offset += bytes;
            there -= bytes;
        }
    }

    /** Cuts a length into pieces, each in another buffer. */
    private List<IoBuffer> pieces(int length) {
        List<IoBuffer> pieces = new ArrayList<>();
        int unit = direct ? DIRECT_BYTES : 1;
        while (length >= unit && pieces.size() < PIECES) {
            int bytes = unit * (1 + random.nextInt(length / unit));
            pieces.add(buffer(pieces.size(), bytes));
            length -= bytes;
        }
        return pieces.isEmpty() ? List.of(buffer(0, unit)) : pieces;
    }

    /** Several reads under way at once. */
    private void readMany(int length) throws IOException {
        List<IoBuffer> pieces = pieces(length);
        List<BufferOp> reads = new ArrayList<>();
        int[] offsets = new int[pieces.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = random.nextInt(size + 1) / DIRECT_BYTES * DIRECT_BYTES;
            reads.add(file.readAt(pieces.get(i), offsets[i]));
        }
        for (int i = 0; i < offsets.length; i++) {
            int bytes = reads.get(i).await().bytes();
            verify(pieces.get(i), offsets[i], bytes);
            int there = Math.clamp(size - offsets[i], 0, pieces.get(i).capacity());
            assertThat(bytes).isBetween(Math.min(there, 1), there);
        }
    }

    private IoBuffer fill(IoBuffer buffer, int offset) {
        int length = buffer.capacity();
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, model, offset, length);
        return buffer.put(0, bytes).length(length);
    }

    private void written(int offset, int length) {
        size = Math.max(size, offset + length);
    }

    private void write(Kind kind, int offset, int length) throws IOException {
        IoBuffer buffer = fill(buffer(random.nextInt(PIECES), length), offset);
        BufferOp write = kind == Kind.WRITE ? file.writeAt(buffer, offset) : file.writeAllAt(buffer, offset);
        int bytes = write.await().bytes();
        if (kind == Kind.WRITE_ALL) {
            assertThat(bytes).isEqualTo(length);
        } else if (bytes < length) {
            assertThat(bytes).isPositive();
            file.writeAllAt(buffer.slice(bytes, length), offset + bytes).await();
        }
        written(offset, length);
    }

    private void writeVectored(int offset, int length) throws IOException {
        List<IoBuffer> pieces = pieces(length);
        int at = offset;
        for (IoBuffer piece : pieces) {
            fill(piece, at);
            at += piece.capacity();
        }
        assertThat(file.writeAt(pieces, offset).await()).isEqualTo(at - offset);
        written(offset, at - offset);
    }

    private void append(int length) throws IOException {
        if (size + length > FILE_BYTES_MAX || direct && size % DIRECT_BYTES != 0) {
            return;
        }
        int offset = size;
        assertThat(file.append(fill(buffer(0, length), offset)).await().bytes()).isEqualTo(length);
        written(offset, length);
    }

    private void truncate(int length) throws IOException {
        file.truncate(length).await();
        if (length < size) {
            Arrays.fill(model, length, size, (byte) 0);
        }
        size = length;
    }

    private void allocate(Kind kind, int mode, int offset, int length) throws IOException {
        try {
            file.allocate(mode, offset, length).await();
        } catch (UringException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            refused.put(kind, e.getMessage());
            return;
        }
        if ((mode & (AllocateFlag.PUNCH_HOLE | AllocateFlag.ZERO_RANGE)) != 0) {
            Arrays.fill(model, offset, offset + length, (byte) 0);
        }
        if ((mode & AllocateFlag.KEEP_SIZE) == 0) {
            written(offset, length);
        }
    }

    /** The file's own position. */
    private void cursor(int offset, int length) throws IOException {
        file.position(offset);
        IoBuffer buffer = buffer(0, length);
        int there = Math.clamp(size - offset, 0, length);
        if (random.nextBoolean()) {
            int bytes = file.read(buffer).await().bytes();
            verify(buffer, offset, bytes);
            assertThat(bytes).isBetween(Math.min(there, 1), there);
            assertThat(file.position()).isEqualTo(offset + bytes);
        } else {
            assertThat(file.writeAll(fill(buffer, offset)).await().bytes()).isEqualTo(length);
            written(offset, length);
            assertThat(file.position()).isEqualTo(offset + length);
        }
    }

    private void sync() throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> file.fsync().await();
            case 1 -> file.fdatasync().await();
            default -> file.syncRange(0, 0).await();
        }
    }
}
