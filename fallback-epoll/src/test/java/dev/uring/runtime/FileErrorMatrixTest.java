package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.fallback.EpollProvider;
import dev.uring.fallback.NioProvider;
import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.ResourceLimit;
import dev.uring.fs.Advise;
import dev.uring.fs.Allocate;
import dev.uring.fs.AsyncDirectory;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.ChangeMode;
import dev.uring.fs.HardLink;
import dev.uring.fs.MakeDirectory;
import dev.uring.fs.Open;
import dev.uring.fs.OpenOptions;
import dev.uring.fs.ReadLink;
import dev.uring.fs.ReadVectored;
import dev.uring.fs.Rename;
import dev.uring.fs.SetTimes;
import dev.uring.fs.Stat;
import dev.uring.fs.SymbolicLink;
import dev.uring.fs.Truncate;
import dev.uring.fs.TryLock;
import dev.uring.fs.Unlink;
import dev.uring.fs.WriteVectored;
import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fails on files and paths fails alike on every driver, java.nio among them: type, error number and words. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileErrorMatrixTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int SEED = 7;
    private static final int OPEN_FILES = 40;
    private static final String LONG_NAME = "n".repeat(256);
    private static final Path ELSEWHERE = Path.of("/dev/shm");

    @TempDir
    Path directory;

    /** Everything that fails, and how. */
    enum Failing {
        OPEN_IN_A_DIRECTORY(Errno.ENOENT, NoSuchFileException.class,
                g -> Open.file(g.handle(), Path.of("missing"), OpenOptions.READ)),
        STAT_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> new Stat(null, g.at("missing"), true)),
        STAT_OF_A_LINK_TO_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new Stat(null, Files.createSymbolicLink(g.at("link"), Path.of("missing")), true)),
        UNLINK_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> new Unlink(null, g.at("missing"), false)),
        REMOVAL_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> new Unlink(null, g.at("missing"), true)),
        RENAME_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new Rename(null, g.at("missing"), null, g.at("new"), 0)),
        READLINK_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> new ReadLink(null, g.at("missing"))),
        DIRECTORY_IN_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new MakeDirectory(null, g.at("missing/new"), 0700)),
        LINK_IN_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new SymbolicLink(null, g.at("missing/new"), Path.of("target"))),
        LINK_TO_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new HardLink(null, g.at("missing"), null, g.at("new"), 0)),
        MODE_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class, g -> new ChangeMode(null, g.at("missing"), 0600)),
        MODE_OF_THE_EMPTY_NAME(Errno.ENOENT, NoSuchFileException.class, g -> new ChangeMode(null, Path.of(""), 0600)),
        TIMES_OF_NOTHING(Errno.ENOENT, NoSuchFileException.class,
                g -> new SetTimes(null, g.at("missing"), true, null, Files.getLastModifiedTime(g.file()))),

        DIRECTORY_THAT_THERE_IS(Errno.EEXIST, FileAlreadyExistsException.class,
                g -> new MakeDirectory(null, g.full(), 0700)),
        LINK_WHERE_A_FILE_IS(Errno.EEXIST, FileAlreadyExistsException.class,
                g -> new SymbolicLink(null, g.file(), Path.of("target"))),
        NAME_THAT_THERE_IS(Errno.EEXIST, FileAlreadyExistsException.class,
                g -> new HardLink(null, g.file(), null, g.other(), 0)),
        RENAME_THAT_REPLACES_NOTHING(Errno.EEXIST, FileAlreadyExistsException.class,
                g -> new Rename(null, g.file(), null, g.other(), RenameFlag.NO_REPLACE)),

        UNLINK_WITHOUT_PERMISSION(Errno.EACCES, AccessDeniedException.class, g -> {
            assumeTrue(LibcProcess.geteuid() != 0, "root may remove everything");
            Path file = Files.writeString(Files.createDirectory(g.at("sealed")).resolve("file"), "x");
            Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("r-xr-xr-x"));
            return new Unlink(null, file, false);
        }),
        NAME_OF_A_DIRECTORY(Errno.EPERM, AccessDeniedException.class,
                g -> new HardLink(null, g.full(), null, g.at("new"), 0)),

        STAT_OF_A_LOOP(Errno.ELOOP, FileSystemLoopException.class, g -> new Stat(null, g.loop(), true)),
        PATH_THROUGH_A_LOOP(Errno.ELOOP, FileSystemLoopException.class,
                g -> new MakeDirectory(null, g.loop().resolve("new"), 0700)),
        PATH_WITH_LINKS(Errno.ELOOP, FileSystemLoopException.class, g -> {
            g.needsKernel("has no openat2");
            Path link = Files.createSymbolicLink(g.at("link"), g.file());
            return Open.file(null, link, new OpenOptions(OpenFlag.CLOSE_ON_EXEC, 0, OpenHow.NO_SYMBOLIC_LINKS));
        }),
        STAT_OF_A_LONG_NAME(Errno.ENAMETOOLONG, FileSystemException.class, g -> new Stat(null, g.at(LONG_NAME), true)),
        DIRECTORY_OF_A_LONG_NAME(Errno.ENAMETOOLONG, FileSystemException.class,
                g -> new MakeDirectory(null, g.at(LONG_NAME), 0700)),
        RENAME_TO_A_LONG_NAME(Errno.ENAMETOOLONG, FileSystemException.class,
                g -> new Rename(null, g.file(), null, g.at(LONG_NAME), 0)),

        UNLINK_OF_A_DIRECTORY(Errno.EISDIR, FileSystemException.class, g -> new Unlink(null, g.full(), false)),
        RENAME_OF_A_FILE_TO_A_DIRECTORY(Errno.EISDIR, FileSystemException.class,
                g -> new Rename(null, g.file(), null, g.full(), 0)),
        REMOVAL_OF_A_FILE(Errno.ENOTDIR, NotDirectoryException.class, g -> new Unlink(null, g.file(), true)),
        RENAME_OF_A_DIRECTORY_TO_A_FILE(Errno.ENOTDIR, NotDirectoryException.class,
                g -> new Rename(null, g.full(), null, g.file(), 0)),
        DIRECTORY_BENEATH_A_FILE(Errno.ENOTDIR, NotDirectoryException.class,
                g -> new MakeDirectory(null, g.file().resolve("new"), 0700)),
        OPEN_OF_A_FILE_AS_DIRECTORY(Errno.ENOTDIR, NotDirectoryException.class,
                g -> Open.directory(null, g.file(), OpenOptions.READ)),
        REMOVAL_OF_A_FULL_DIRECTORY(Errno.ENOTEMPTY, DirectoryNotEmptyException.class,
                g -> new Unlink(null, g.full(), true)),
        RENAME_TO_A_FULL_DIRECTORY(Errno.ENOTEMPTY, DirectoryNotEmptyException.class,
                g -> new Rename(null, Files.createDirectory(g.at("empty")), null, g.full(), 0)),

        RENAME_TO_ANOTHER_FILE_SYSTEM(Errno.EXDEV, AtomicMoveNotSupportedException.class,
                g -> new Rename(null, g.file(), null, g.elsewhere().resolve("uring-never"), 0)),
        NAME_ON_ANOTHER_FILE_SYSTEM(Errno.EXDEV, FileSystemException.class,
                g -> new HardLink(null, g.file(), null, g.elsewhere().resolve("uring-never"), 0)),
        PATH_THAT_LEADS_OUT(Errno.EXDEV, FileSystemException.class, g -> {
            g.needsKernel("has no openat2");
            return Open.file(g.handle(), Path.of("../x"), OpenOptions.READ.beneath());
        }),

        READLINK_OF_A_FILE(Errno.EINVAL, NotLinkException.class, g -> new ReadLink(null, g.file())),
        RENAME_INTO_ITSELF(Errno.EINVAL, FileSystemException.class,
                g -> new Rename(null, g.full(), null, g.full().resolve("new"), 0)),
        TRUNCATION_TO_LESS_THAN_NOTHING(Errno.EINVAL, UringException.class, g -> new Truncate(g.opened(true), -1)),
        TRUNCATION_OF_A_FILE_TO_READ(Errno.EINVAL, UringException.class, g -> new Truncate(g.opened(false), 0)),
        RESERVATION_OF_NOTHING(Errno.EINVAL, UringException.class, g -> new Allocate(g.opened(true), 0, 0, 0)),
        HOLE_THAT_CHANGES_THE_SIZE(Errno.EOPNOTSUPP, UringException.class,
                g -> new Allocate(g.opened(true), AllocateFlag.PUNCH_HOLE, 0, 10)),
        ADVICE_THAT_IS_NONE(Errno.EINVAL, UringException.class, g -> {
            g.needsKernel("takes no advice");
            return new Advise(g.opened(true), 0, 0, FileAdvice.NO_REUSE + 70);
        }),
        RESERVATION_IN_A_FILE_TO_READ(Errno.EBADF, UringException.class, g -> new Allocate(g.opened(false), 0, 0, 10)),
        LOCK_OF_A_FILE_TO_READ(Errno.EBADF, UringException.class, g -> new TryLock(g.opened(false), 0, 1, false)),
        VECTORED_WRITE_TO_A_FILE_TO_READ(Errno.EBADF, UringException.class,
                g -> new WriteVectored(g.opened(false), List.of(IoBuffer.allocate(1)), 0)),
        VECTORED_READ_OF_A_FILE_TO_WRITE(Errno.EBADF, UringException.class, g -> new ReadVectored(
                g.opened(g.file(), new OpenOptions(OpenFlag.WRITE_ONLY | OpenFlag.CLOSE_ON_EXEC, 0, 0)),
                List.of(IoBuffer.allocate(1)), 0)),
        WHOLE_WRITE_TO_A_FILE_TO_READ(Errno.EBADF, UringException.class,
                g -> new Write(g.opened(false), IoBuffer.allocate(1), 0).whole()),
        WRITE_BEYOND_ALL_SIZES(Errno.EFBIG, UringException.class,
                g -> new Write(g.opened(true), IoBuffer.allocate(1), Long.MAX_VALUE - 10)),
        DIRECT_READ_OUT_OF_LINE(Errno.EINVAL, UringException.class, g -> {
            g.needsKernel("says nothing of alignment");
            return new Read(g.direct(), IoBuffer.allocateAligned(4096, 4096), 1);
        }),
        DIRECT_WRITE_OUT_OF_LINE(Errno.EINVAL, UringException.class, g -> {
            g.needsKernel("says nothing of alignment");
            return new Write(g.direct(), IoBuffer.allocateAligned(4096, 4096).length(100), 0);
        }),
        DIRECT_READ_INTO_MEMORY_OUT_OF_LINE(Errno.EINVAL, UringException.class, g -> {
            g.needsKernel("says nothing of alignment");
            return new ReadVectored(g.direct(), List.of(IoBuffer.allocateAligned(8192, 4096).slice(1, 4097)), 0);
        });

        private final int errno;
        private final Class<? extends IOException> type;
        private final Making making;

        /** Makes the operation, which is not submitted yet. */
        interface Making {
            Op<?> in(Given given) throws Exception;
        }

        Failing(int errno, Class<? extends IOException> type, Making making) {
            this.errno = errno;
            this.type = type;
            this.making = making;
        }
    }

    /** This driver cannot fail so, for a reason. */
    private static final class NotHere extends Exception {
        private static final long serialVersionUID = 1L;

        NotHere(String reason) {
            super(reason);
        }
    }

    /** What one operation has to work with. */
    private record Given(UringRuntime runtime, Path at, List<Descriptor> open) {
        Path at(String name) {
            return at.resolve(name);
        }

        private Path there(String name) throws IOException {
            Path file = at(name);
            return Files.exists(file) ? file : Files.writeString(file, "content");
        }

        Path file() throws IOException {
            return there("file");
        }

        Path other() throws IOException {
            return there("other");
        }

        /** A directory that is not empty. */
        Path full() throws IOException {
            Path full = Files.createDirectories(at("full"));
            there("full/file");
            return full;
        }

        Path loop() throws IOException {
            Path loop = at("loop");
            return Files.isSymbolicLink(loop) ? loop : Files.createSymbolicLink(loop, loop);
        }

        Path elsewhere() throws IOException {
            assumeTrue(Files.isDirectory(ELSEWHERE) && !Files.getFileStore(ELSEWHERE).equals(Files.getFileStore(at)),
                    "no second file system here");
            return ELSEWHERE;
        }

        void needsKernel(String reason) throws NotHere {
            if (runtime.driver().name().equals("nio")) {
                throw new NotHere("nio " + reason);
            }
        }

        private <T extends Descriptor> T kept(Op<T> op) throws Exception {
            T descriptor = runtime.handle().run(() -> op.submit()).await();
            open.add(descriptor);
            return descriptor;
        }

        AsyncDirectory handle() throws Exception {
            return kept(Open.directory(null, at, OpenOptions.READ));
        }

        AsyncFile opened(Path path, OpenOptions options) throws Exception {
            return kept(Open.file(null, path, options));
        }

        AsyncFile opened(boolean toWrite) throws Exception {
            return opened(file(), new OpenOptions((toWrite ? OpenFlag.READ_WRITE : OpenFlag.READ_ONLY)
                    | OpenFlag.CLOSE_ON_EXEC, 0, 0));
        }

        AsyncFile direct() throws Exception {
            Files.write(file(), new byte[8192]);
            AsyncFile file;
            try {
                file = opened(file(), new OpenOptions(OpenFlag.READ_WRITE | OpenFlag.CLOSE_ON_EXEC, 0, 0).direct());
            } catch (FileSystemException e) {
                assumeTrue(false, "no O_DIRECT here: " + e.getMessage());
                throw e;
            }
            assumeTrue(file.stat().await().directOffsetAlignment() > 1, "the file system takes any alignment");
            return file;
        }
    }

    private static Map<String, DriverProvider> drivers() {
        Map<String, DriverProvider> drivers = new LinkedHashMap<>();
        var ring = new IoUringProvider("");
        if (ring.probe(true) instanceof DriverProvider.Availability.Available) {
            drivers.put("io_uring", ring);
            drivers.put("io_uring without opcodes of files", Setup.ioUringWithout("OPENAT,OPENAT2,READ,WRITE,READV,WRITEV,"
                    + "STATX,UNLINKAT,RENAMEAT,MKDIRAT,SYMLINKAT,LINKAT,FALLOCATE,FADVISE,FTRUNCATE"));
        }
        drivers.put("epoll", new EpollProvider());
        drivers.put("simulated", new SimulatedProvider(SEED, LibcSys.INSTANCE, 64));
        drivers.put("nio", new NioProvider());
        return drivers;
    }

    @ParameterizedTest
    @EnumSource
    void errors_are_alike_on_all_drivers(Failing failing) throws Exception {
        assertAlike(directory, failing.errno, failing.type, failing.making);
    }

    private static void assertAlike(Path where, int errno, Class<? extends IOException> type, Failing.Making making)
            throws Exception {
        Map<String, String> said = new LinkedHashMap<>();
        for (Map.Entry<String, DriverProvider> driver : drivers().entrySet()) {
            Path place = Files.createDirectory(where.resolve("place")); // the same name each time
            try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(1).provider(driver.getValue()).build()) {
                Given given = new Given(runtime, place, new ArrayList<>());
                IOException error = errorOf(runtime, making.in(given), driver.getKey());
                assertThat(error).as(driver.getKey()).isExactlyInstanceOf(type);
                String all = words(error);
                if (type != NotLinkException.class) { // it says what the number says
                    assertThat(all).as(driver.getKey()).contains("errno=" + Errno.describe(errno));
                }
                said.put(driver.getKey(), all);
                for (Descriptor each : given.open) {
                    each.close();
                }
            } catch (NotHere e) {
                System.getLogger("dev.uring").log(System.Logger.Level.DEBUG, e.getMessage());
            } finally {
                deleteAll(place);
            }
        }
        assertThat(said.values()).as("%s", said).hasSizeGreaterThan(1).containsOnly(said.values().iterator().next());
    }

    private static IOException errorOf(UringRuntime runtime, Op<?> op, String driver) throws Exception {
        Op<?> submitted = runtime.handle().run(() -> op.submit());
        try {
            submitted.await(LIMIT);
        } catch (IOException e) {
            return e;
        }
        return fail("nothing failed on %s: %s", driver, op);
    }

    /** Type and message, and those of a cause that names the error; what the JDK said behind that is its own affair. */
    private static String words(Throwable error) {
        StringBuilder words = new StringBuilder();
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each == error || each.getMessage() != null && each.getMessage().contains("errno=")) {
                words.append(each.getClass().getName()).append(": ").append(each.getMessage()).append('\n');
            }
        }
        return words.toString().replaceAll("\\b(fd|directory)=\\d+", "$1=N");
    }

    private static void deleteAll(Path place) throws IOException {
        try (var all = Files.walk(place)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    // ---- no space ----

    @Test
    void a_full_device_is_told_alike() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString())
                .redirectErrorStream(true).start();
        String said = new String(mount.getInputStream().readAllBytes());
        assumeTrue(mount.waitFor() == 0, "no small tmpfs can be mounted: " + said);
        try {
            assertAlike(small, Errno.ENOSPC, UringException.class,
                    g -> new Write(g.opened(true), IoBuffer.allocate(1 << 20), 0).whole());
            assertAlike(small, Errno.ENOSPC, UringException.class, g -> {
                List<IoBuffer> buffers = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    buffers.add(IoBuffer.allocate(4096));
                }
                return new WriteVectored(g.opened(true), buffers, 0);
            });
            assertAlike(small, Errno.ENOSPC, UringException.class, g -> {
                g.needsKernel("reserves nothing");
                return new Allocate(g.opened(true), 0, 0, 1 << 20);
            });
        } finally {
            assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
        }
    }

    // ---- no descriptors ----

    /** Opens until there are no more numbers, and says how that failed. */
    static final class Exhausting {
        private Exhausting() {
        }

        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]);
            try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(1).build()) {
                runtime.blockOn(() -> {
                    // What the program itself needs is loaded and open by now.
                    AsyncFile.open(file).await().close();
                    try {
                        AsyncFile.open(file.resolveSibling(LONG_NAME)).await();
                    } catch (FileSystemException e) {
                        System.out.println("warm " + java.time.ZonedDateTime.now());
                    }
                    limit(new java.io.File("/proc/self/fd").list().length + OPEN_FILES);
                    List<AsyncFile> open = new ArrayList<>();
                    try {
                        while (open.size() <= 2 * OPEN_FILES) {
                            open.add(AsyncFile.open(file).await());
                        }
                        System.out.println("never");
                    } catch (IOException e) {
                        System.out.println("failed=" + e.getClass().getName() + " " + e.getMessage());
                    }
                    for (AsyncFile each : open) {
                        each.close();
                    }
                    AsyncFile.open(file).await().close();
                    System.out.println("again");
                    return null;
                });
            }
        }

        private static void limit(long count) {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
                LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit);
                ResourceLimit.soft(limit, count);
                if (LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit) < 0) {
                    throw new IllegalStateException("setrlimit failed");
                }
            }
        }
    }

    @Test
    void too_many_open_files_are_told_alike() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        Map<String, String> said = new LinkedHashMap<>();
        for (String driver : List.of("io_uring", "epoll", "nio")) {
            if (driver.equals("io_uring")
                    && !(new IoUringProvider("").probe(true) instanceof DriverProvider.Availability.Available)) {
                continue;
            }
            Forked.Outcome outcome = Forked.run(List.of("--enable-native-access=ALL-UNNAMED", "-During.driver=" + driver,
                    "--add-opens=java.base/java.lang=ALL-UNNAMED"), Exhausting.class, file.toString());
            assertThat(outcome.output()).as(driver).contains("failed=" + FileSystemException.class.getName())
                    .contains("errno=EMFILE(24)").contains("again");
            said.put(driver, outcome.output().lines().filter(line -> line.startsWith("failed=")).findFirst().orElseThrow());
        }
        assertThat(said.values()).as("%s", said).containsOnly(said.values().iterator().next());
    }
}
