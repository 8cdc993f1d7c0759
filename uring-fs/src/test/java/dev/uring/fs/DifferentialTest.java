package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random calls, made by AsyncFiles on one tree and by java.nio.file.Files on another, have the same results and errors, and
 * leave the same tree behind. The seed is printed with a failure, and taken from {@code -During.test.seed=N}.
 */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DifferentialTest {
    private static final int ROUNDS = Boolean.getBoolean("uring.test.full") ? 40 : 4;
    private static final int STEPS = 250;
    private static final String[] NAMES = {"a", "b", "c", "d"};
    /** Times that are set lie before this, and all others after it. */
    private static final Instant OLD = Instant.parse("2010-01-01T00:00:00Z");

    private static final Set<Class<?>> MORE_TELLING = Set.of(NotDirectoryException.class, FileSystemLoopException.class,
            DirectoryNotEmptyException.class, AccessDeniedException.class);

    @TempDir
    Path directory;
    @Parameter
    Carriers carriers;
    private UringRuntime runtime;
    private Random random;

    /** One call, made on a tree. */
    private interface Call {
        Object on(Path root) throws Exception;
    }

    /** The same call on either side. */
    private record Step(String words, Call ours, Call theirs) {
    }

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void random_calls_do_what_java_nio_does() throws Exception {
        // The same in every build, so that what is found is what was changed; -Pfull looks further each time.
        long first = Long.getLong("uring.test.seed", Boolean.getBoolean("uring.test.full") ? System.nanoTime() : 1);
        for (long seed = first; seed < first + ROUNDS; seed++) {
            random = new Random(seed);
            round(seed);
        }
    }

    private void round(long seed) throws Exception {
        Path ours = Files.createDirectory(directory.resolve("ours-" + seed));
        Path theirs = Files.createDirectory(directory.resolve("theirs-" + seed));
        List<String> history = new ArrayList<>();
        boolean inTask = random.nextBoolean();
        for (int i = 0; i < STEPS; i++) {
            Step step = step();
            history.add(step.words);
            Object expected = outcome(theirs, () -> step.theirs.on(theirs));
            Object actual = inTask ? runtime.blockOn(() -> outcome(ours, () -> step.ours.on(ours)))
                    : runtime.handle().run(() -> outcome(ours, () -> step.ours.on(ours)));
            String words = "-During.test.seed=" + seed + " carriers=" + carriers + " driver=" + runtime.driver().name()
                    + " step " + i + " of\n" + String.join("\n", history);
            if (!isAsTelling(expected, actual)) {
                assertThat(actual).as(words).isEqualTo(expected);
            }
            assertThat(tree(ours)).as(words).isEqualTo(tree(theirs));
        }
    }

    // ---- outcomes ----

    /** What was thrown instead of an answer. */
    private record Thrown(Class<?> type, String words) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Thrown thrown && thrown.type == type;
        }

        @Override
        public int hashCode() {
            return type.hashCode();
        }
    }

    private static Object outcome(Path root, Callable<?> call) {
        try {
            return plain(root, call.call());
        } catch (UncheckedIOException e) {
            return new Thrown(e.getCause().getClass(), String.valueOf(e.getCause()));
        } catch (Exception e) {
            return new Thrown(e.getClass(), String.valueOf(e));
        }
    }

    /** Paths relative to the root, and arrays that compare. */
    private static Object plain(Path root, Object answer) {
        return switch (answer) {
            case Path path -> path.startsWith(root) ? root.relativize(path) : path;
            case byte[] bytes -> Arrays.hashCode(bytes) + " of " + bytes.length;
            case List<?> list -> list.stream().map(each -> String.valueOf(plain(root, each))).sorted().toList();
            case null -> "nothing";
            default -> answer;
        };
    }

    /**
     * Where java.nio.file has its general exception, ours may be one that says more; and where it looks at attributes, it
     * does not tell what is missing from what lies below a file or a link in a circle.
     */
    private static boolean isAsTelling(Object expected, Object actual) {
        if (!(expected instanceof Thrown theirs) || !(actual instanceof Thrown ours)) {
            return false;
        }
        return theirs.type == FileSystemException.class && MORE_TELLING.contains(ours.type)
                || theirs.type == NoSuchFileException.class
                && (ours.type == NotDirectoryException.class || ours.type == FileSystemLoopException.class)
                || theirs.type == IOException.class
                && (ours.type == UringException.class || ours.type == FileSystemLoopException.class);
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path each : (Iterable<Path>) paths::iterator) {
                var attributes = Files.readAttributes(each, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                String words = attributes.isDirectory() ? "directory"
                        : attributes.isSymbolicLink() ? "link to " + Files.readSymbolicLink(each)
                        : "file of " + attributes.size() + " bytes " + Arrays.hashCode(Files.readAllBytes(each)) + " with "
                                + Files.getAttribute(each, "unix:nlink") + " names";
                Instant modified = attributes.lastModifiedTime().toInstant();
                all.put(root.relativize(each).toString(), words + " " + PosixFilePermissions.toString(
                        attributes.permissions()) + (modified.isBefore(OLD) ? " of " + modified : ""));
            }
        }
        return all;
    }

    // ---- calls ----

    private Path path() {
        Path path = Path.of(name());
        for (int more = random.nextInt(4); more > 1; more--) {
            path = path.resolve(name());
        }
        return path;
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 100_000 + random.nextInt(50_000) : random.nextInt(50)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) "lines\r\nof text\n".charAt(random.nextInt(15));
        }
        return bytes;
    }

    /** The owner may do everything, so that a user other than root comes everywhere, too. */
    private Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.OWNER_EXECUTE);
        for (PosixFilePermission each : PosixFilePermission.values()) {
            if (random.nextBoolean()) {
                permissions.add(each);
            }
        }
        return permissions;
    }

    private <T> T[] some(T[] all) {
        List<T> chosen = new ArrayList<>(Arrays.asList(all));
        chosen.removeIf(_ -> random.nextInt(3) > 0);
        return chosen.toArray(Arrays.copyOf(all, 0));
    }

    private Step step() {
        Path p = path();
        Path q = path();
        return switch (random.nextInt(20)) {
            case 0, 1 -> write(p);
            case 2 -> make(p);
            case 3, 4 -> new Step("createDirectories " + p, r -> AsyncFiles.createDirectories(r.resolve(p)),
                    r -> Files.createDirectories(r.resolve(p)));
            case 5 -> link(p, q);
            case 6, 7 -> copy(p, q);
            case 8, 9 -> move(p, q);
            case 10 -> delete(p);
            case 11 -> read(p);
            case 12 -> walk(p);
            case 13 -> attributes(p);
            case 14 -> questions(p, q);
            case 15 -> new Step("setLastModifiedTime " + p, timed(p, true), timed(p, false));
            case 16 -> permissions(p);
            case 17 -> truncate(p);
            case 18 -> new Step("list " + p, r -> AsyncFiles.list(r.resolve(p)), r -> {
                try (Stream<Path> all = Files.list(r.resolve(p))) {
                    return all.toList();
                }
            });
            default -> new Step("toRealPath and owner of " + p,
                    r -> List.of(r.toRealPath().relativize(AsyncFiles.toRealPath(r.resolve(p))),
                            AsyncFiles.getOwner(r.resolve(p)), AsyncFiles.getAttribute(r.resolve(p), "unix:nlink")),
                    r -> List.of(r.toRealPath().relativize(r.resolve(p).toRealPath()), Files.getOwner(r.resolve(p)),
                            Files.getAttribute(r.resolve(p), "unix:nlink")));
        };
    }

    private Step write(Path p) {
        byte[] bytes = bytes();
        OpenOption[] options = some(new OpenOption[] {StandardOpenOption.CREATE, StandardOpenOption.APPEND,
            StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.DSYNC, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS});
        String words = p + " bytes=" + bytes.length + " " + Arrays.toString(options);
        return switch (random.nextInt(3)) {
            case 0 -> new Step("writeString " + words,
                    r -> AsyncFiles.writeString(r.resolve(p), new String(bytes), options),
                    r -> Files.writeString(r.resolve(p), new String(bytes), options));
            case 1 -> new Step("write lines " + words, r -> AsyncFiles.write(r.resolve(p), List.of("x", "", "yz"), options),
                    r -> Files.write(r.resolve(p), List.of("x", "", "yz"), options));
            default -> new Step("write " + words, r -> AsyncFiles.write(r.resolve(p), bytes, options),
                    r -> Files.write(r.resolve(p), bytes, options));
        };
    }

    private Step make(Path p) {
        var mode = PosixFilePermissions.asFileAttribute(permissions());
        return switch (random.nextInt(4)) {
            case 0 -> new Step("createFile " + p, r -> AsyncFiles.createFile(r.resolve(p)),
                    r -> Files.createFile(r.resolve(p)));
            case 1 -> new Step("createFile " + p + " " + mode.value(), r -> AsyncFiles.createFile(r.resolve(p), mode),
                    r -> Files.createFile(r.resolve(p), mode));
            case 2 -> new Step("createDirectory " + p + " " + mode.value(),
                    r -> AsyncFiles.createDirectory(r.resolve(p), mode).await(), r -> {
                        Files.createDirectory(r.resolve(p), mode);
                        return null;
                    });
            default -> new Step("createDirectory " + p, r -> AsyncFiles.createDirectory(r.resolve(p)).await(), r -> {
                Files.createDirectory(r.resolve(p));
                return null;
            });
        };
    }

    /** Links lead downwards, or round in a circle, so that nothing leads out of a tree. */
    private Step link(Path p, Path q) {
        Path target = random.nextInt(8) == 0 ? Path.of(".") : q;
        return switch (random.nextInt(3)) {
            case 0 -> new Step("createLink " + p + " " + q,
                    r -> AsyncFiles.createLink(r.resolve(p), r.resolve(q)).await(), r -> {
                        Files.createLink(r.resolve(p), r.resolve(q));
                        return null;
                    });
            case 1 -> new Step("readSymbolicLink " + p, r -> AsyncFiles.readSymbolicLink(r.resolve(p)).await(),
                    r -> Files.readSymbolicLink(r.resolve(p)));
            default -> new Step("createSymbolicLink " + p + " " + target,
                    r -> AsyncFiles.createSymbolicLink(r.resolve(p), target).await(), r -> {
                        Files.createSymbolicLink(r.resolve(p), target);
                        return null;
                    });
        };
    }

    private Step copy(Path p, Path q) {
        CopyOption[] options = some(new CopyOption[] {StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS,
            StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING});
        return new Step("copy " + p + " " + q + " " + Arrays.toString(options),
                r -> AsyncFiles.copy(r.resolve(p), r.resolve(q), options),
                r -> Files.copy(r.resolve(p), r.resolve(q), options));
    }

    private Step move(Path p, Path q) {
        // Files.move deletes what is to be replaced even when the move is then refused because it leads into itself.
        boolean isInto = q.startsWith(p) && !q.equals(p);
        CopyOption[] options = some(isInto ? new CopyOption[] {StandardCopyOption.ATOMIC_MOVE, LinkOption.NOFOLLOW_LINKS}
                : new CopyOption[] {StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS});
        return new Step("move " + p + " " + q + " " + Arrays.toString(options),
                r -> AsyncFiles.move(r.resolve(p), r.resolve(q), options),
                r -> Files.move(r.resolve(p), r.resolve(q), options));
    }

    private Step delete(Path p) {
        return switch (random.nextInt(4)) {
            case 0 -> new Step("deleteIfExists " + p, r -> AsyncFiles.deleteIfExists(r.resolve(p)),
                    r -> Files.deleteIfExists(r.resolve(p)));
            case 1 -> new Step("deleteRecursively " + p, r -> AsyncFiles.deleteRecursively(r.resolve(p)),
                    r -> deleteTree(r.resolve(p)));
            default -> new Step("delete " + p, r -> {
                AsyncFiles.delete(r.resolve(p));
                return null;
            }, r -> {
                Files.delete(r.resolve(p));
                return null;
            });
        };
    }

    private static long deleteTree(Path root) throws IOException {
        long[] count = new long[1];
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                count[0]++;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException error) throws IOException {
                return visitFile(visited, null);
            }
        });
        return count[0];
    }

    private Step read(Path p) {
        return switch (random.nextInt(4)) {
            case 0 -> new Step("readString " + p, r -> AsyncFiles.readString(r.resolve(p)),
                    r -> Files.readString(r.resolve(p)));
            case 1 -> new Step("readAllLines " + p, r -> AsyncFiles.readAllLines(r.resolve(p)),
                    r -> Files.readAllLines(r.resolve(p)));
            case 2 -> new Step("size " + p, r -> Files.isDirectory(r.resolve(p)) ? 0 : AsyncFiles.size(r.resolve(p)),
                    r -> Files.isDirectory(r.resolve(p)) ? 0 : Files.size(r.resolve(p)));
            default -> new Step("readAllBytes " + p, r -> AsyncFiles.readAllBytes(r.resolve(p)),
                    r -> Files.readAllBytes(r.resolve(p)));
        };
    }

    private Step walk(Path p) {
        Path from = random.nextBoolean() ? Path.of("") : p;
        int depth = random.nextInt(4);
        return switch (random.nextInt(3)) {
            case 0 -> new Step("walk " + from, r -> {
                try (Stream<Path> all = AsyncFiles.walk(r.resolve(from))) {
                    return all.toList();
                }
            }, r -> {
                try (Stream<Path> all = Files.walk(r.resolve(from))) {
                    return all.toList();
                }
            });
            case 1 -> new Step("walk with links " + from, r -> {
                try (Stream<Path> all = AsyncFiles.walk(r.resolve(from), FileVisitOption.FOLLOW_LINKS)) {
                    return all.toList();
                }
            }, r -> {
                try (Stream<Path> all = Files.walk(r.resolve(from), FileVisitOption.FOLLOW_LINKS)) {
                    return all.toList();
                }
            });
            default -> new Step("walk with attributes " + from + " depth=" + depth, r -> {
                List<String> all = new ArrayList<>();
                AsyncFiles.walk(r.resolve(from), WalkOptions.DEFAULT.withDepthMax(depth), each ->
                        all.add(r.relativize(each.path()) + " " + words(each.stat(), each.stat().permissions())));
                return all;
            }, r -> {
                List<String> all = new ArrayList<>();
                try (Stream<Path> paths = Files.walk(r.resolve(from), depth)) {
                    for (Path each : (Iterable<Path>) paths::iterator) {
                        var stat = Files.readAttributes(each, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                        all.add(r.relativize(each) + " " + words(stat, stat.permissions()));
                    }
                }
                return all;
            });
        };
    }

    private static String words(BasicFileAttributes stat, Set<PosixFilePermission> permissions) {
        return "file=" + stat.isRegularFile() + " directory=" + stat.isDirectory() + " link=" + stat.isSymbolicLink()
                + " " + (stat.isRegularFile() ? stat.size() : "") + " " + PosixFilePermissions.toString(permissions)
                + (stat.lastModifiedTime().toInstant().isBefore(OLD) ? " " + stat.lastModifiedTime() : "");
    }

    private Step attributes(Path p) {
        LinkOption[] options = some(new LinkOption[] {LinkOption.NOFOLLOW_LINKS});
        return new Step("readAttributes " + p + " " + Arrays.toString(options), r -> {
            FileStat stat = AsyncFiles.readAttributes(r.resolve(p), options).await();
            return words(stat, stat.permissions());
        }, r -> {
            var stat = Files.readAttributes(r.resolve(p), PosixFileAttributes.class, options);
            return words(stat, stat.permissions());
        });
    }

    private Step questions(Path p, Path q) {
        LinkOption[] options = some(new LinkOption[] {LinkOption.NOFOLLOW_LINKS});
        return random.nextBoolean() ? new Step("isSameFile " + p + " " + q,
                r -> AsyncFiles.isSameFile(r.resolve(p), r.resolve(q)), r -> Files.isSameFile(r.resolve(p), r.resolve(q)))
                : new Step("exists and the like " + p + " " + Arrays.toString(options),
                        r -> List.of("exists " + AsyncFiles.exists(r.resolve(p), options),
                                "not " + AsyncFiles.notExists(r.resolve(p), options),
                                "directory " + AsyncFiles.isDirectory(r.resolve(p), options),
                                "file " + AsyncFiles.isRegularFile(r.resolve(p), options),
                                "link " + AsyncFiles.isSymbolicLink(r.resolve(p))),
                        r -> List.of("exists " + Files.exists(r.resolve(p), options),
                                "not " + Files.notExists(r.resolve(p), options),
                                "directory " + Files.isDirectory(r.resolve(p), options),
                                "file " + Files.isRegularFile(r.resolve(p), options),
                                "link " + Files.isSymbolicLink(r.resolve(p))));
    }

    private Call timed(Path p, boolean isOurs) {
        FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000L + p.hashCode() % 1_000_000, 123_456_000));
        return isOurs ? r -> AsyncFiles.setLastModifiedTime(r.resolve(p), time).await() : r -> {
            Files.setLastModifiedTime(r.resolve(p), time);
            return null;
        };
    }

    private Step permissions(Path p) {
        Set<PosixFilePermission> permissions = permissions();
        return new Step("setPosixFilePermissions " + p + " " + permissions,
                r -> AsyncFiles.setPosixFilePermissions(r.resolve(p), permissions).await(), r -> {
                    Files.setPosixFilePermissions(r.resolve(p), permissions);
                    return null;
                });
    }

    private Step truncate(Path p) {
        long size = random.nextInt(60);
        return new Step("truncate " + p + " size=" + size, r -> {
            try (AsyncFile file = AsyncFile.open(r.resolve(p), StandardOpenOption.WRITE).await()) {
                if (file.stat().await().size() > size) {
                    file.truncate(size).await();
                }
            }
            return null;
        }, r -> {
            try (FileChannel file = FileChannel.open(r.resolve(p), StandardOpenOption.WRITE)) {
                file.truncate(size);
            }
            return null;
        });
    }
}
