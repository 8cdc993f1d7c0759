package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.fallback.EpollProvider;
import dev.uring.ffi.Errno;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.fs.Fsync;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.Open;
import dev.uring.fs.OpenOptions;
import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fails fails alike on every driver of the kernel: type, error number and words, apart from descriptors' numbers. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ErrorMatrixTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int SEED = 7;
    private static final int READ_ONLY = OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC;
    private static final int WRITE_ONLY = OpenFlag.WRITE_ONLY | OpenFlag.CLOSE_ON_EXEC;

    @TempDir
    Path directory;

    /** Everything that fails, and how. */
    enum Failing {
        READ_OF_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> g.read(g.missing(), Read.NO_OFFSET)),
        PREAD_OF_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> g.read(g.missing(), 0)),
        WRITE_TO_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> g.write(g.missing(), Write.NO_OFFSET)),
        PWRITE_TO_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> g.write(g.missing(), 0)),
        POLL_OF_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> new Poll(g.missing(), PollFlag.READABLE)),
        SYNC_OF_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> new Fsync(g.missing(), false)),
        READ_OF_A_DIRECTORY(Errno.EISDIR, UringException.class, g -> g.read(g.open(g.directory()), Read.NO_OFFSET)),
        PREAD_OF_A_DIRECTORY(Errno.EISDIR, UringException.class, g -> g.read(g.open(g.directory()), 0)),
        WRITE_TO_A_DIRECTORY(Errno.EBADF, UringException.class, g -> g.write(g.open(g.directory()), Write.NO_OFFSET)),
        WRITE_TO_A_FILE_TO_READ(Errno.EBADF, UringException.class, g -> g.write(g.open(g.file()), 0)),
        READ_OF_THE_WRONG_END(Errno.EBADF, UringException.class, g -> g.read(g.pipe()[1], Read.NO_OFFSET)),
        WRITE_TO_THE_WRONG_END(Errno.EBADF, UringException.class, g -> g.write(g.pipe()[0], Write.NO_OFFSET)),
        WRITE_WITHOUT_READERS(Errno.EPIPE, UringException.class, g -> {
            Descriptor[] pipe = g.pipe();
            pipe[0].close();
            return g.write(pipe[1], Write.NO_OFFSET);
        }),
        SYNC_OF_A_PIPE(Errno.EINVAL, UringException.class, g -> new Fsync(g.pipe()[0], false)),
        DATA_SYNC_OF_A_PIPE(Errno.EINVAL, UringException.class, g -> new Fsync(g.pipe()[0], true)),
        OPEN_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> open(g.at("missing"), READ_ONLY, 0)),
        OPEN_IN_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> open(g.at("missing/file"), WRITE_ONLY | OpenFlag.CREATE, 0600)),
        OPEN_OF_THE_EMPTY_NAME(Errno.ENOENT, NoSuchFileException.class, g -> open(Path.of(""), READ_ONLY, 0)),
        CREATION_OF_WHAT_THERE_IS(Errno.EEXIST, FileAlreadyExistsException.class,
                g -> open(g.file(), WRITE_ONLY | OpenFlag.CREATE | OpenFlag.EXCLUSIVE, 0600)),
        OPEN_WITHOUT_PERMISSION(Errno.EACCES, AccessDeniedException.class, g -> {
            assumeTrue(LibcProcess.geteuid() != 0, "root may open everything");
            Files.setPosixFilePermissions(g.file(), PosixFilePermissions.fromString("---------"));
            return open(g.file(), READ_ONLY, 0);
        }),
        /** EPERM becomes the same exception as EACCES, for root too. */
        OPEN_WITHOUT_ACCESS_TIME_OF_ANOTHER(Errno.EPERM, AccessDeniedException.class, g -> {
            assumeTrue(LibcProcess.geteuid() != 0, "root may leave out anybody's access times");
            return open(Path.of("/etc/passwd"), READ_ONLY | OpenFlag.NO_ACCESS_TIME, 0);
        }),
        OPEN_OF_A_DIRECTORY_TO_WRITE(Errno.EISDIR, FileSystemException.class,
                g -> open(g.directory(), WRITE_ONLY, 0)),
        OPEN_BENEATH_A_FILE(Errno.ENOTDIR, NotDirectoryException.class,
                g -> open(g.file().resolve("beneath"), READ_ONLY, 0)),
        OPEN_OF_A_FILE_AS_A_DIRECTORY(Errno.ENOTDIR, NotDirectoryException.class,
                g -> open(g.file(), READ_ONLY | OpenFlag.DIRECTORY, 0)),
        OPEN_OF_A_LOOP(Errno.ELOOP, FileSystemLoopException.class,
                g -> open(Files.createSymbolicLink(g.at("loop"), g.at("loop")), READ_ONLY, 0)),
        OPEN_THAT_FOLLOWS_NO_LINK(Errno.ELOOP, FileSystemLoopException.class, g -> open(
                Files.createSymbolicLink(g.at("link"), g.file()), READ_ONLY | OpenFlag.NO_FOLLOW, 0)),
        OPEN_OF_A_LONG_NAME(Errno.ENAMETOOLONG, FileSystemException.class,
                g -> open(g.at("n".repeat(256)), READ_ONLY, 0)),
        OPEN_OF_A_PROGRAM_THAT_RUNS(Errno.ETXTBSY, FileSystemException.class,
                g -> open(Path.of("/proc/self/exe").toRealPath(), WRITE_ONLY, 0)),
        OPEN_OF_A_NAMED_PIPE_WITHOUT_READERS(Errno.ENXIO, FileSystemException.class, g -> {
            assertThat(new ProcessBuilder("mkfifo", g.at("fifo").toString()).start().waitFor()).isZero();
            return open(g.at("fifo"), WRITE_ONLY | OpenFlag.NON_BLOCKING, 0);
        }),
        OPEN_OF_A_SOCKET(Errno.ENXIO, FileSystemException.class, g -> {
            try (var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.bind(UnixDomainSocketAddress.of(g.at("socket")));
            }
            return open(g.at("socket"), READ_ONLY, 0);
        }),
        CLOSE_OF_NO_DESCRIPTOR(Errno.EBADF, UringException.class, g -> g.forget(g.missing()).closeAsync()),
        SECOND_CLOSE(Errno.EBADF, UringException.class, g -> {
            Descriptor missing = g.forget(g.missing());
            missing.closeAsync();
            return missing.closeAsync();
        });

        private final int errno;
        private final Class<? extends IOException> type;
        private final Making making;

        /** Makes the operation, which is submitted unless it is already. */
        interface Making {
            Op<?> in(Given given) throws Exception;
        }

        Failing(int errno, Class<? extends IOException> type, Making making) {
            this.errno = errno;
            this.type = type;
            this.making = making;
        }
    }

    /** What one operation has to work with. */
    private record Given(UringRuntime runtime, Path at, List<Descriptor> open) {
        Path at(String name) {
            return at.resolve(name);
        }

        Path directory() {
            return at;
        }

        Path file() throws IOException {
            Path file = at("file");
            if (Files.notExists(file)) {
                Files.writeString(file, "content");
            }
            return file;
        }

        TestDescriptor missing() {
            return own(new LibcGround(false).missing());
        }

        private TestDescriptor own(int fd) {
            TestDescriptor descriptor = new TestDescriptor(fd, runtime);
            open.add(descriptor);
            return descriptor;
        }

        Descriptor forget(Descriptor descriptor) {
            open.remove(descriptor);
            return descriptor;
        }

        Descriptor open(Path path) throws Exception {
            Descriptor descriptor = runtime.handle().run(() -> ErrorMatrixTest.open(path, READ_ONLY, 0).submit()).await();
            open.add(descriptor);
            return descriptor;
        }

        Descriptor[] pipe() {
            int[] ends = Kind.PIPE.open();
            return new Descriptor[] {own(ends[0]), own(ends[1])};
        }

        Op<?> read(Descriptor descriptor, long offset) {
            return new Read(descriptor, IoBuffer.allocate(8), offset);
        }

        Op<?> write(Descriptor descriptor, long offset) {
            return new Write(descriptor, IoBuffer.copyOf(new byte[] {1}), offset);
        }
    }

    private static Map<String, DriverProvider> drivers() {
        Map<String, DriverProvider> drivers = new LinkedHashMap<>();
        var ring = new IoUringProvider("");
        if (ring.probe(true) instanceof DriverProvider.Availability.Available) {
            drivers.put("io_uring", ring);
        }
        drivers.put("epoll", new EpollProvider());
        drivers.put("simulated", new SimulatedProvider(SEED, LibcSys.INSTANCE, 64));
        return drivers;
    }

    @ParameterizedTest
    @EnumSource
    void errors_are_alike_on_all_drivers(Failing failing) throws Exception {
        Map<String, String> said = new LinkedHashMap<>();
        for (Map.Entry<String, DriverProvider> driver : drivers().entrySet()) {
            Path place = Files.createDirectory(directory.resolve("place")); // the same name each time
            try (UringRuntime runtime = runtimeOn(driver.getValue())) {
                Given given = new Given(runtime, place, new ArrayList<>());
                IOException error = errorOf(runtime, failing.making.in(given));
                assertThat(error).as(driver.getKey()).isExactlyInstanceOf(failing.type);
                String all = words(error);
                assertThat(all).as(driver.getKey()).contains("errno=" + Errno.describe(failing.errno));
                said.put(driver.getKey(), all);
                for (Descriptor each : given.open) {
                    closeMissingToo(each);
                }
            } finally {
                deleteAll(place);
            }
        }
        assertThat(said.values()).as("%s", said).hasSizeGreaterThan(1).containsOnly(said.values().iterator().next());
    }

    /** The one difference that is known: io_uring takes no notice of an offset on a stream. */
    @Test
    void a_pipe_has_no_offsets_and_only_io_uring_does_not_say_so() throws Exception {
        for (Map.Entry<String, DriverProvider> driver : drivers().entrySet()) {
            try (UringRuntime runtime = runtimeOn(driver.getValue())) {
                Given given = new Given(runtime, directory, new ArrayList<>());
                Descriptor[] pipe = given.pipe();
                Kind.write(pipe[1].fd(), (byte) 1);
                Op<?> read = given.read(pipe[0], 0);
                Op<?> write = given.write(pipe[1], 0);
                if (driver.getKey().equals("io_uring")) {
                    assertThat(((BufResult) read.submit().await()).bytes()).isOne();
                    assertThat(((BufResult) write.submit().await()).bytes()).isOne();
                } else {
                    assertThat(errorOf(runtime, read)).hasMessageContaining("errno=ESPIPE");
                    assertThat(errorOf(runtime, write)).hasMessageContaining("errno=ESPIPE");
                }
            }
        }
    }

    private static UringRuntime runtimeOn(DriverProvider driver) throws IOException {
        return UringRuntime.builder().enableAll().multiThread(1).provider(driver).build();
    }

    private static IOException errorOf(UringRuntime runtime, Op<?> op) throws Exception {
        Op<?> submitted = op.isUnderWay() || op.isDone() ? op : runtime.handle().run(() -> op.submit());
        try {
            submitted.await(LIMIT);
        } catch (IOException e) {
            return e;
        }
        return fail("nothing failed: %s", op);
    }

    /** Type, message and error number, of the causes too. */
    private static String words(Throwable error) {
        StringBuilder words = new StringBuilder();
        for (Throwable each = error; each != null; each = each.getCause()) {
            words.append(each.getClass().getName()).append(": ").append(each.getMessage()).append('\n');
            if (each instanceof UringException failed) {
                words.append(failed.operation()).append(' ').append(failed.errno()).append('\n');
            }
        }
        return words.toString().replaceAll("\\bfd=\\d+", "fd=N");
    }

    private static void closeMissingToo(Descriptor descriptor) throws IOException {
        try {
            descriptor.close();
        } catch (UringException e) {
            assertThat(e.errno()).isEqualTo(Errno.EBADF);
        }
    }

    private static void deleteAll(Path place) throws IOException {
        try (var all = Files.list(place)) {
            for (Path each : all.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(place);
    }

    private static Open<AsyncFile> open(Path path, int flags, int mode) {
        return Open.file(null, path, new OpenOptions(flags, mode, 0));
    }
}
