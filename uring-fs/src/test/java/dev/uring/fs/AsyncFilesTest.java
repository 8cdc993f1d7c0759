package dev.uring.fs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.InMemory;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** Paths: made, described, copied, walked and deleted as java.nio.file.Files does it, from tasks and from other threads. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncFilesTest {
    @TempDir(factory = InMemory.class)
    Path directory;
    @Parameter
    Carriers carriers;
    private UringRuntime runtime;

    /** What is done in a directory that is empty at first. */
    private interface Body {
        void in(Path root) throws Exception;
    }

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    /** Once in a task, and once on this thread, each in a directory of its own. */
    private void everywhere(Body body) throws Exception {
        Path first = Files.createDirectory(directory.resolve("in-task"));
        runtime.blockOn(() -> {
            body.in(first);
            return null;
        });
        Path second = Files.createDirectory(directory.resolve("on-thread"));
        runtime.handle().run(() -> {
            body.in(second);
            return null;
        });
    }

    private boolean isNio() {
        return runtime.driver().name().equals("nio");
    }

    /** Directories to that depth, each with so many directories and files. */
    private static int tree(Path root, int depth, int directories, int files) throws IOException {
        int count = files;
        for (int i = 0; i < files; i++) {
            Files.write(root.resolve("file-" + i), new byte[i % 7]);
        }
        for (int i = 0; depth > 0 && i < directories; i++) {
            count += 1 + tree(Files.createDirectory(root.resolve("directory-" + i)), depth - 1, directories, files);
        }
        return count;
    }

    @Test
    void without_a_runtime_nothing_is_done() {
        assertThatIllegalStateException().isThrownBy(() -> AsyncFiles.exists(directory))
                .withMessageContaining("no reactor running");
        assertThatIllegalStateException().isThrownBy(() -> AsyncFiles.createDirectory(directory.resolve("x")));
        assertThatIllegalStateException().isThrownBy(() -> AsyncFiles.toRealPath(directory));
    }

    // ---- content ----

    @Test
    void content_is_written_and_read_as_bytes_text_and_lines() throws Exception {
        everywhere(root -> {
            Path file = root.resolve("file");
            assertThat(AsyncFiles.writeString(file, "grün\r\nzwei\n\ndrei")).isEqualTo(file);
            assertThat(AsyncFiles.readString(file)).isEqualTo("grün\r\nzwei\n\ndrei");
            assertThat(AsyncFiles.readAllLines(file)).isEqualTo(Files.readAllLines(file)).hasSize(4);
            assertThat(AsyncFiles.lines(file)).containsExactly("grün", "zwei", "", "drei");
            AsyncFiles.write(file, List.of("a", "b"), APPEND);
            assertThat(Files.readString(file)).endsWith("dreia\nb\n");
            AsyncFiles.writeString(file, "grün", StandardCharsets.ISO_8859_1);
            assertThat(AsyncFiles.readAllBytes(file)).hasSize(4).isEqualTo(Files.readAllBytes(file));
            assertThat(AsyncFiles.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo("grün");
            AsyncFiles.write(file, new byte[0]);
            assertThat(AsyncFiles.readAllBytes(file)).isEmpty();
            assertThat(AsyncFiles.readAllLines(file)).isEmpty();
        });
    }

    @Test
    void files_of_every_size_around_the_blocks_are_read_whole() throws Exception {
        everywhere(root -> {
            Path file = root.resolve("file");
            for (int size : new int[] {1, (16 << 10) - 1, 16 << 10, (16 << 10) + 1, 80 << 10, 1 << 20, (3 << 20) + 7}) {
                byte[] bytes = new byte[size];
                for (int i = 0; i < size; i++) {
                    bytes[i] = (byte) (i * 31 >> 3);
                }
                AsyncFiles.write(file, bytes);
                assertThat(AsyncFiles.readAllBytes(file)).isEqualTo(bytes).isEqualTo(Files.readAllBytes(file));
            }
        });
    }

    @Test
    void files_that_say_that_they_are_empty_and_are_not_are_read() throws Exception {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "there is no /proc");
        everywhere(_ -> assertThat(AsyncFiles.readString(status)).contains("Threads:"));
    }

    @Test
    void text_that_a_charset_cannot_express_is_an_error() throws Exception {
        everywhere(root -> {
            Path file = root.resolve("file");
            assertThatThrownBy(() -> AsyncFiles.writeString(file, "grün", StandardCharsets.US_ASCII))
                    .isInstanceOf(CharacterCodingException.class);
            assertThat(file).doesNotExist();
            AsyncFiles.write(file, new byte[] {'a', (byte) 0xff});
            assertThatThrownBy(() -> AsyncFiles.readString(file)).isInstanceOf(MalformedInputException.class);
        });
    }

    @Test
    void reading_and_writing_fail_as_files_do() throws Exception {
        everywhere(root -> {
            assertThatThrownBy(() -> AsyncFiles.readString(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> AsyncFiles.readString(root)).isInstanceOf(IOException.class)
                    .hasMessageContaining("EISDIR");
            assertThatThrownBy(() -> AsyncFiles.writeString(root.resolve("none"), "x", APPEND))
                    .isInstanceOf(NoSuchFileException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> AsyncFiles.writeString(root.resolve("none"), "x", READ));
        });
    }

    // ---- making ----

    @Test
    void directories_and_files_are_made_with_the_permissions_asked_for() throws Exception {
        everywhere(root -> {
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            AsyncFiles.createDirectory(root.resolve("plain")).await();
            AsyncFiles.createDirectory(root.resolve("private"), mode).await();
            Files.createDirectory(root.resolve("reference"));
            assertThat(Files.getPosixFilePermissions(root.resolve("plain")))
                    .isEqualTo(Files.getPosixFilePermissions(root.resolve("reference")));
            assertThat(Files.getPosixFilePermissions(root.resolve("private"))).isEqualTo(mode.value());
            assertThat(Files.getPosixFilePermissions(AsyncFiles.createFile(root.resolve("file"), mode)))
                    .isEqualTo(mode.value());
            assertThatThrownBy(() -> AsyncFiles.createFile(root.resolve("file")))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> AsyncFiles.createDirectory(root.resolve("plain")).await())
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> AsyncFiles.createDirectory(root.resolve("none/x")).await())
                    .isInstanceOf(NoSuchFileException.class);
        });
    }

    @Test
    void missing_directories_above_are_made() throws Exception {
        everywhere(root -> {
            Path deep = root.resolve("a/b/c/d");
            assertThat(AsyncFiles.createDirectories(deep)).isEqualTo(deep).isDirectory();
            assertThat(AsyncFiles.createDirectories(deep)).isDirectory();
            Files.createSymbolicLink(root.resolve("link"), deep);
            assertThat(AsyncFiles.createDirectories(root.resolve("link/e"))).isDirectory();
            Path file = Files.createFile(root.resolve("file"));
            assertThatThrownBy(() -> AsyncFiles.createDirectories(file)).isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> AsyncFiles.createDirectories(file.resolve("x")))
                    .isInstanceOf(NotDirectoryException.class);
        });
    }

    @Test
    void temporary_names_differ_and_are_private() throws Exception {
        everywhere(root -> {
            Set<Path> all = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                all.add(AsyncFiles.createTempFile(root, "pre", ".suf"));
                all.add(AsyncFiles.createTempDirectory(root, null));
            }
            assertThat(all).hasSize(100);
            Path file = AsyncFiles.createTempFile(root, null, null);
            assertThat(file.getFileName().toString()).endsWith(".tmp");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            Path made = AsyncFiles.createTempDirectory("pre");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
            Files.delete(made);
            Files.delete(AsyncFiles.createTempFile("pre", ""));
            assertThatIllegalArgumentException().isThrownBy(() -> AsyncFiles.createTempFile(root, "../x", ""));
            assertThatThrownBy(() -> AsyncFiles.createTempFile(root.resolve("none"), "x", ""))
                    .isInstanceOf(NoSuchFileException.class);
        });
    }

    @Test
    void links_are_made_and_read() throws Exception {
        everywhere(root -> {
            Path file = Files.writeString(root.resolve("file"), "x");
            AsyncFiles.createLink(root.resolve("hard"), file).await();
            AsyncFiles.createSymbolicLink(root.resolve("soft"), Path.of("file")).await();
            assertThat(AsyncFiles.readSymbolicLink(root.resolve("soft")).await()).isEqualTo(Path.of("file"));
            assertThat(AsyncFiles.isSameFile(root.resolve("hard"), root.resolve("soft"))).isTrue();
            assertThat(AsyncFiles.isSymbolicLink(root.resolve("soft"))).isTrue();
            assertThat(AsyncFiles.isSymbolicLink(file)).isFalse();
            assertThatThrownBy(() -> AsyncFiles.readSymbolicLink(file).await()).isInstanceOf(NotLinkException.class);
            assertThatThrownBy(() -> AsyncFiles.createLink(root.resolve("hard"), file).await())
                    .isInstanceOf(FileAlreadyExistsException.class);
        });
    }

    // ---- attributes ----

    @Test
    void attributes_are_those_of_the_file_or_of_the_link() throws Exception {
        everywhere(root -> {
            Path file = Files.writeString(root.resolve("file"), "four");
            Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("file"));
            assertThat(AsyncFiles.readAttributes(link).await().isRegularFile()).isTrue();
            assertThat(AsyncFiles.readAttributes(link, NOFOLLOW_LINKS).await().isSymbolicLink()).isTrue();
            assertThat(AsyncFiles.size(link)).isEqualTo(4);
            FileTime time = FileTime.fromMillis(1_234_567_890_123L);
            AsyncFiles.setLastModifiedTime(link, time).await();
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
            AsyncFiles.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x--x")).await();
            assertThat(AsyncFiles.readAttributes(file).await().permissions())
                    .isEqualTo(Files.getPosixFilePermissions(file));
            assertThat(AsyncFiles.getOwner(file)).isEqualTo(Files.getOwner(file));
            assertThat(AsyncFiles.setOwner(file, Files.getOwner(file))).isEqualTo(file);
            assertThat(AsyncFiles.getAttribute(file, "unix:nlink")).isEqualTo(1);
            AsyncFiles.setAttribute(file, "lastModifiedTime", FileTime.fromMillis(5000));
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(5000));
            assertThat(AsyncFiles.toRealPath(link)).isEqualTo(file.toRealPath());
            assertThat(AsyncFiles.probeContentType(root.resolve("x.txt"))).isEqualTo("text/plain");
            assertThatThrownBy(() -> AsyncFiles.toRealPath(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> AsyncFiles.getAttribute(file, "nonsense:x"))
                    .isInstanceOf(UnsupportedOperationException.class);
        });
    }

    @Test
    void what_cannot_be_told_is_neither_there_nor_missing() throws Exception {
        everywhere(root -> {
            Path loop = root.resolve("loop");
            Files.createSymbolicLink(loop, loop);
            assertThat(AsyncFiles.exists(loop)).isFalse();
            assertThat(AsyncFiles.notExists(loop)).isFalse();
            assertThat(AsyncFiles.exists(loop, NOFOLLOW_LINKS)).isTrue();
            assertThat(AsyncFiles.notExists(root.resolve("none"))).isTrue();
            assertThat(AsyncFiles.isDirectory(root)).isTrue();
            assertThat(AsyncFiles.isRegularFile(root)).isFalse();
            assertThat(AsyncFiles.isSameFile(loop, loop)).isTrue();
            assertThatThrownBy(() -> AsyncFiles.isSameFile(root.resolve("none"), root))
                    .isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> AsyncFiles.isSameFile(root, root.resolve("none")))
                    .isInstanceOf(NoSuchFileException.class);
        });
    }

    // ---- copying and moving ----

    @Test
    void a_copy_has_the_content_and_permissions_and_if_asked_the_times() throws Exception {
        everywhere(root -> {
            Path file = Files.write(root.resolve("file"), new byte[300_000]);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx--x---"));
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            Path plain = AsyncFiles.copy(file, root.resolve("plain"));
            assertThat(plain).hasSameBinaryContentAs(file);
            assertThat(Files.getPosixFilePermissions(plain)).isEqualTo(Files.getPosixFilePermissions(file));
            assertThat(Files.getLastModifiedTime(plain)).isNotEqualTo(FileTime.fromMillis(1_000_000));
            Path same = AsyncFiles.copy(file, root.resolve("same"), COPY_ATTRIBUTES);
            assertThat(Files.getLastModifiedTime(same)).isEqualTo(FileTime.fromMillis(1_000_000));
            assertThatThrownBy(() -> AsyncFiles.copy(file, plain)).isInstanceOf(FileAlreadyExistsException.class);
            Files.writeString(file, "new");
            assertThat(AsyncFiles.copy(file, plain, REPLACE_EXISTING)).hasContent("new");
            assertThat(AsyncFiles.copy(file, file)).hasContent("new");
            assertThatThrownBy(() -> AsyncFiles.copy(file, plain, ATOMIC_MOVE))
                    .isInstanceOf(UnsupportedOperationException.class);
        });
    }

    @Test
    void directories_and_links_are_copied_as_such() throws Exception {
        everywhere(root -> {
            Path full = Files.createDirectories(root.resolve("full/inner")).getParent();
            Path copy = AsyncFiles.copy(full, root.resolve("copy"), COPY_ATTRIBUTES);
            assertThat(copy).isEmptyDirectory();
            assertThatThrownBy(() -> AsyncFiles.copy(copy, full, REPLACE_EXISTING))
                    .isInstanceOf(DirectoryNotEmptyException.class);
            Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("full"));
            assertThat(AsyncFiles.copy(link, root.resolve("followed"))).isDirectory();
            AsyncFiles.copy(link, root.resolve("link2"), NOFOLLOW_LINKS);
            assertThat(Files.readSymbolicLink(root.resolve("link2"))).isEqualTo(Path.of("full"));
        });
    }

    @Test
    void a_move_keeps_or_replaces_the_target() throws Exception {
        everywhere(root -> {
            Path a = Files.writeString(root.resolve("a"), "a");
            Path b = Files.writeString(root.resolve("b"), "b");
            assertThatThrownBy(() -> AsyncFiles.move(a, b)).isInstanceOf(FileAlreadyExistsException.class);
            assertThat(AsyncFiles.move(a, b, REPLACE_EXISTING)).hasContent("a");
            assertThat(a).doesNotExist();
            Path empty = Files.createDirectory(root.resolve("empty"));
            assertThat(AsyncFiles.move(b, empty, REPLACE_EXISTING)).hasContent("a");
            Path full = Files.createDirectories(root.resolve("full/inner")).getParent();
            assertThatThrownBy(() -> AsyncFiles.move(empty, full, REPLACE_EXISTING))
                    .isInstanceOf(DirectoryNotEmptyException.class);
            AsyncFiles.move(full, root.resolve("other"), ATOMIC_MOVE);
            assertThat(root.resolve("other/inner")).isDirectory();
            AsyncFiles.rename(root.resolve("other"), full).await();
            assertThatThrownBy(() -> AsyncFiles.move(a, b)).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> AsyncFiles.move(empty, b, COPY_ATTRIBUTES))
                    .isInstanceOf(UnsupportedOperationException.class);
            Files.createLink(b, empty);
            AsyncFiles.move(empty, b, REPLACE_EXISTING);
            assertThat(b).exists();
        });
    }

    /** Answers a folder of another file system. */
    private Path elsewhere() throws IOException {
        for (String some : List.of("/dev/shm", System.getProperty("java.io.tmpdir"), "target")) {
            Path each = Path.of(some);
            if (Files.isWritable(each) && !Files.getFileStore(each).equals(Files.getFileStore(directory))) {
                return each;
            }
        }
        return abort("there is no second file system");
    }

    @Test
    void a_move_to_another_file_system_copies_and_deletes() throws Exception {
        Path other = Files.createTempDirectory(elsewhere(), "uring");
        try {
            everywhere(root -> {
                Path file = Files.writeString(root.resolve("file"), "content");
                Files.setLastModifiedTime(file, FileTime.fromMillis(7000));
                assertThatThrownBy(() -> AsyncFiles.move(file, other.resolve("file"), ATOMIC_MOVE))
                        .isInstanceOf(AtomicMoveNotSupportedException.class);
                AsyncFiles.move(file, other.resolve("file"));
                assertThat(file).doesNotExist();
                assertThat(other.resolve("file")).hasContent("content");
                assertThat(Files.getLastModifiedTime(other.resolve("file"))).isEqualTo(FileTime.fromMillis(7000));
                AsyncFiles.move(other.resolve("file"), file);
                Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("nowhere"));
                AsyncFiles.move(link, other.resolve("link"));
                assertThat(Files.readSymbolicLink(other.resolve("link"))).isEqualTo(Path.of("nowhere"));
                Files.delete(other.resolve("link"));
                Path full = Files.createDirectories(root.resolve("full/inner")).getParent();
                assertThatThrownBy(() -> AsyncFiles.move(full, other.resolve("full")))
                        .isInstanceOf(DirectoryNotEmptyException.class);
                Files.delete(full.resolve("inner"));
                assertThat(AsyncFiles.move(full, other.resolve("full"))).isEmptyDirectory();
                Files.delete(other.resolve("full"));
            });
        } finally {
            Files.delete(other);
        }
    }

    // ---- deleting ----

    @Test
    void files_links_and_empty_directories_are_deleted() throws Exception {
        everywhere(root -> {
            Path file = Files.createFile(root.resolve("file"));
            Path link = Files.createSymbolicLink(root.resolve("link"), root);
            Path full = Files.createDirectories(root.resolve("full/inner")).getParent();
            AsyncFiles.delete(file);
            AsyncFiles.delete(link);
            assertThatThrownBy(() -> AsyncFiles.delete(full)).isInstanceOf(DirectoryNotEmptyException.class);
            AsyncFiles.delete(full.resolve("inner"));
            assertThat(AsyncFiles.deleteIfExists(full)).isTrue();
            assertThat(AsyncFiles.deleteIfExists(full)).isFalse();
            assertThatThrownBy(() -> AsyncFiles.delete(full)).isInstanceOf(NoSuchFileException.class);
            assertThat(root).isEmptyDirectory();
        });
    }

    @Test
    void a_tree_is_deleted_and_what_its_links_lead_to_is_not() throws Exception {
        everywhere(root -> {
            Path outside = Files.createDirectory(root.resolve("outside"));
            Files.createFile(outside.resolve("precious"));
            Path tree = Files.createDirectory(root.resolve("tree"));
            int count = 1 + tree(tree, 3, 4, 15); // more than one operation takes
            Files.createSymbolicLink(tree.resolve("directory-1/link"), outside);
            Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere"));
            assertThat(AsyncFiles.deleteRecursively(tree)).isEqualTo(count + 2);
            assertThat(tree).doesNotExist();
            assertThat(outside.resolve("precious")).exists();
            Path link = Files.createSymbolicLink(root.resolve("link"), outside);
            assertThat(AsyncFiles.deleteRecursively(link)).isEqualTo(1);
            assertThat(outside.resolve("precious")).exists();
            assertThatThrownBy(() -> AsyncFiles.deleteRecursively(tree)).isInstanceOf(NoSuchFileException.class);
        });
    }

    @Test
    void large_and_deep_trees_are_deleted() throws Exception {
        everywhere(root -> {
            Path flat = Files.createDirectory(root.resolve("flat"));
            tree(flat, 0, 0, 1500);
            Path deep = root.resolve("deep");
            Path at = deep;
            for (int i = 0; i < 200; i++) {
                at = at.resolve("level-" + i);
            }
            Files.createDirectories(at);
            AsyncFiles.deleteRecursively(flat);
            assertThat(AsyncFiles.deleteRecursively(deep)).isEqualTo(201);
            assertThat(root).isEmptyDirectory();
        });
    }

    @Test
    void a_deletion_that_is_refused_says_where() throws Exception {
        assumeFalse(FileTest.isRoot(directory), "root may delete everything");
        everywhere(root -> {
            Path tree = Files.createDirectory(root.resolve("tree"));
            tree(tree, 2, 3, 3);
            Path closed = tree.resolve("directory-1/directory-1");
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
            assertThatThrownBy(() -> AsyncFiles.deleteRecursively(tree)).isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(closed.toString());
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            AsyncFiles.deleteRecursively(tree);
        });
    }

    @Test
    void a_directory_that_becomes_a_link_while_its_tree_is_deleted_leads_nowhere() throws Exception {
        assumeFalse(isNio(), "java.nio finds what is in a directory by its path");
        everywhere(root -> {
            Path outside = Files.createDirectory(root.resolve("outside"));
            for (int i = 0; i < 20; i++) {
                Files.createFile(outside.resolve("precious-" + i));
            }
            for (int round = 0; round < 5; round++) {
                Path tree = Files.createDirectory(root.resolve("tree"));
                tree(tree, 2, 6, 10);
                var isDone = new AtomicBoolean();
                Thread swapper = Thread.ofPlatform().start(() -> swap(tree, outside, root, isDone));
                try {
                    AsyncFiles.deleteRecursively(tree);
                } catch (NoSuchFileException | DirectoryNotEmptyException e) {
                    assertThat(e).hasMessageContaining(tree.toString());
                } finally {
                    isDone.set(true);
                    swapper.join();
                }
                assertThat(outside).isDirectoryContaining(each -> each.endsWith("precious-19"));
                try (Stream<Path> kept = Files.list(outside)) {
                    assertThat(kept).hasSize(20);
                }
                for (Path rest : AsyncFiles.list(root)) {
                    if (!rest.equals(outside)) {
                        AsyncFiles.deleteRecursively(rest);
                    }
                }
            }
        });
    }

    private static void swap(Path tree, Path outside, Path root, AtomicBoolean isDone) {
        for (int i = 0; !isDone.get(); i++) {
            Path victim = tree.resolve("directory-" + i % 6);
            try {
                Files.move(victim, root.resolve("moved-" + i));
                Files.createSymbolicLink(victim, outside);
            } catch (IOException e) {
                Thread.onSpinWait(); // it is deleted already
            }
        }
    }

    // ---- listing and walking ----

    @Test
    void names_in_a_directory_are_listed() throws Exception {
        everywhere(root -> {
            tree(root, 1, 2, 3);
            Path link = Files.createSymbolicLink(root.resolve("link"), root.resolve("directory-0"));
            assertThat(AsyncFiles.list(root)).hasSize(6).contains(root.resolve("file-2"), root.resolve("directory-1"), link);
            assertThat(AsyncFiles.list(link)).hasSize(3).contains(link.resolve("file-0"));
            assertThatThrownBy(() -> AsyncFiles.list(root.resolve("file-0"))).isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(() -> AsyncFiles.list(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        });
    }

    @Test
    void a_walk_is_that_of_files_in_the_same_order() throws Exception {
        everywhere(root -> {
            tree(root, 4, 3, 12); // several scans at a time
            Files.createSymbolicLink(root.resolve("link"), Path.of("directory-2"));
            for (int depth : new int[] {0, 1, 2, 3, 9}) {
                List<Path> expected;
                try (Stream<Path> all = Files.walk(root, depth)) {
                    expected = all.toList();
                }
                for (WalkOptions options : List.of(WalkOptions.DEFAULT, WalkOptions.DEFAULT.namesOnly())) {
                    try (Stream<WalkEntry> all = AsyncFiles.walk(root, options.withDepthMax(depth))) {
                        assertThat(all.map(WalkEntry::path).toList()).as("depth %d", depth).isEqualTo(expected);
                    }
                }
            }
            try (Stream<Path> expected = Files.walk(root, FileVisitOption.FOLLOW_LINKS);
                    Stream<Path> all = AsyncFiles.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                assertThat(all.toList()).isEqualTo(expected.toList());
            }
        });
    }

    @Test
    void an_entry_says_what_the_file_is() throws Exception {
        everywhere(root -> {
            Files.writeString(Files.createDirectory(root.resolve("directory")).resolve("file"), "12345");
            Files.createSymbolicLink(root.resolve("directory/link"), Path.of("file"));
            List<String> words = new ArrayList<>();
            AsyncFiles.walk(root, WalkOptions.DEFAULT, each -> {
                assertThat(each.isOther()).isFalse();
                assertThat(each.stat().isDirectory()).isEqualTo(each.isDirectory());
                words.add(each.depth() + (each.isDirectory() ? " directory" : each.isSymbolicLink() ? " link" : " "
                        + each.stat().size()));
                assertThat(each.path().equals(root) || each.path().endsWith(each.name())).isTrue();
            });
            assertThat(words).containsExactlyInAnyOrder("0 directory", "1 directory", "2 5", "2 link");
            AsyncFiles.walk(root, WalkOptions.DEFAULT.namesOnly(), each -> {
                assertThat(each.stat()).isNull();
                assertThat(each.isRegularFile()).isEqualTo(Files.isRegularFile(each.path(), NOFOLLOW_LINKS));
            });
            List<WalkEntry> single = new ArrayList<>();
            AsyncFiles.walk(root.resolve("directory/file"), WalkOptions.DEFAULT, single::add);
            assertThat(single).singleElement().satisfies(each -> assertThat(each.isRegularFile()).isTrue());
            assertThatThrownBy(() -> AsyncFiles.walk(root.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        });
    }

    @Test
    void directories_that_are_left_out_are_not_gone_into() throws Exception {
        everywhere(root -> {
            tree(root, 3, 4, 5);
            List<Path> seen = new ArrayList<>();
            AsyncFiles.walk(root, WalkOptions.DEFAULT.descendingInto(each -> !each.path().endsWith("directory-1")),
                    each -> seen.add(each.path()));
            assertThat(seen).contains(root.resolve("directory-1"), root.resolve("directory-0/directory-1"))
                    .noneMatch(each -> each.getParent().endsWith("directory-1"));
            assertThat(seen).hasSize(1 + 5 + 4 + 3 * (5 + 4) + 9 * (5 + 4) + 27 * 5);
        });
    }

    @Test
    void a_directory_larger_than_one_scan_is_walked_whole() throws Exception {
        everywhere(root -> {
            int files = 2 * TreeScan.ENTRIES_ENOUGH + 100;
            tree(root, 0, 0, files);
            tree(Files.createDirectory(root.resolve("directory")), 1, 1, 10);
            Set<Path> all = new HashSet<>();
            AsyncFiles.walk(root, WalkOptions.DEFAULT, each -> assertThat(all.add(each.path())).isTrue());
            assertThat(all).hasSize(1 + files + 1 + 10 + 1 + 10);
            try (Stream<Path> some = AsyncFiles.walk(root)) {
                assertThat(some.limit(files / 3)).hasSize(files / 3); // and what is open for the rest is closed
            }
        });
    }

    @Test
    void a_link_that_leads_back_is_an_error_or_is_told() throws Exception {
        everywhere(root -> {
            Path inner = Files.createDirectories(root.resolve("a/b"));
            Files.createSymbolicLink(inner.resolve("back"), root.resolve("a"));
            Files.createSymbolicLink(inner.resolve("dangling"), Path.of("nowhere"));
            Files.createFile(root.resolve("a/file"));
            assertThatThrownBy(() -> AsyncFiles.walk(root, WalkOptions.DEFAULT.followingLinks(), _ -> {
            })).isInstanceOf(FileSystemLoopException.class);
            try (Stream<Path> all = AsyncFiles.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                assertThatThrownBy(all::toList).isInstanceOf(UncheckedIOException.class)
                        .hasCauseInstanceOf(FileSystemLoopException.class);
            }
            List<Path> told = new ArrayList<>();
            List<Path> seen = new ArrayList<>();
            AsyncFiles.walk(root, WalkOptions.DEFAULT.followingLinks().onError((path, error) -> {
                assertThat(error).isInstanceOf(FileSystemLoopException.class);
                told.add(path);
            }), each -> seen.add(each.path()));
            assertThat(told).containsExactly(inner.resolve("back"));
            assertThat(seen).containsExactlyInAnyOrder(root, root.resolve("a"), inner, root.resolve("a/file"),
                    inner.resolve("dangling"));
        });
    }

    @Test
    void a_directory_that_may_not_be_read_is_an_error_or_is_told() throws Exception {
        assumeFalse(FileTest.isRoot(directory), "root may read everything");
        everywhere(root -> {
            tree(root, 1, 3, 2);
            Path closed = root.resolve("directory-1");
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
            assertThatThrownBy(() -> AsyncFiles.walk(root, WalkOptions.DEFAULT, _ -> {
            })).isInstanceOf(AccessDeniedException.class);
            List<Path> told = new ArrayList<>();
            List<Path> seen = new ArrayList<>();
            AsyncFiles.walk(root, WalkOptions.DEFAULT.onError((path, _) -> told.add(path)), each -> seen.add(each.path()));
            assertThat(told).containsExactly(closed);
            assertThat(seen).hasSize(1 + 2 + 3 + 2 * 2).contains(closed);
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        });
    }

    @Test
    void a_walk_that_its_reader_ends_leaves_nothing_open() throws Exception {
        everywhere(root -> {
            tree(root, 3, 4, 10);
            assertThatThrownBy(() -> AsyncFiles.walk(root, WalkOptions.DEFAULT, each -> {
                if (each.depth() == 2) {
                    throw new IllegalArgumentException("enough");
                }
            })).isInstanceOf(IllegalArgumentException.class);
            try (Stream<Path> all = AsyncFiles.walk(root)) {
                assertThat(all.findFirst()).contains(root);
            }
            try (Stream<Path> all = AsyncFiles.walk(root)) {
                assertThat(all).isNotNull(); // never read
            }
        });
    }

    @Test
    void an_interrupted_walk_ends() throws Exception {
        everywhere(root -> {
            tree(root, 2, 3, 3);
            Thread.currentThread().interrupt();
            try {
                AsyncFiles.walk(root, WalkOptions.DEFAULT, _ -> {
                });
            } catch (InterruptedIOException e) {
                assertThat(e).hasMessageContaining("interrupted");
            }
            assertThat(Thread.interrupted()).isTrue();
        });
    }
}
