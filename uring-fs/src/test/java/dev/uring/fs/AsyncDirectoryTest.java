package dev.uring.fs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.runtime.Op;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Directories, names in them, and the ways to open what has a name. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
class AsyncDirectoryTest extends FileTest {
    private static final Path A = Path.of("a");
    private static final Path B = Path.of("b");

    private static Set<String> names(AsyncDirectory directory) throws IOException {
        Set<String> names = new HashSet<>();
        for (List<DirectoryItem> some = directory.read().await(); some != null; some = directory.read().await()) {
            for (DirectoryItem each : some) {
                assertThat(names.add(each.name())).as("once: %s", each.name()).isTrue();
            }
        }
        return names;
    }

    private Set<String> names() throws Exception {
        try (AsyncDirectory again = openedDirectory()) {
            return names(again);
        }
    }

    // ---- names ----

    @Test
    void names_are_listed_with_their_kinds() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        Files.createFile(directory.resolve("plain"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("sub"));
        everywhere(() -> {
            try (AsyncDirectory open = openedHere()) {
                List<DirectoryItem> items = open.read().await();
                assertThat(items).extracting(DirectoryItem::name).containsExactlyInAnyOrder("sub", "plain", "link");
                for (DirectoryItem each : items) {
                    assertThat(each.isDirectory() || each.isUnknown()).as(each.name())
                            .isEqualTo(each.name().equals("sub") || each.isUnknown());
                }
                assertThat(open.read().await()).isNull();
                assertThat(open.read().await()).as("still the end").isNull();
            }
        });
    }

    private AsyncDirectory openedHere() throws IOException {
        return AsyncDirectory.open(directory).await();
    }

    @Test
    void an_empty_directory_has_no_names() throws Exception {
        try (AsyncDirectory open = openedDirectory()) {
            everywhere(() -> assertThat(names(open)).isEmpty());
        }
    }

    @Test
    void many_names_come_in_several_portions() throws Exception {
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            String name = "a-name-that-is-somewhat-longer-than-others-" + i;
            Files.createFile(directory.resolve(name));
            expected.add(name);
        }
        everywhere(() -> {
            try (AsyncDirectory open = openedHere()) {
                assertThat(open.read().await()).hasSizeLessThan(3000);
            }
            try (AsyncDirectory open = openedHere()) {
                assertThat(names(open)).isEqualTo(expected);
            }
        });
    }

    // ---- operations in a directory ----

    @Test
    void files_are_opened_made_renamed_and_removed_in_a_directory() throws Exception {
        try (AsyncDirectory open = openedDirectory()) {
            everywhere(() -> {
                try (AsyncFile file = open.openFile(A, WRITE, CREATE_NEW).await()) {
                    file.writeAllAt(text("content"), 0).await();
                    assertThat(file.path()).isEqualTo(A);
                }
                assertThat(open.stat(A, true).await().size()).isEqualTo(7);
                assertThatThrownBy(open.openFile(A, WRITE, CREATE_NEW)::await)
                        .isInstanceOf(FileAlreadyExistsException.class).hasMessageContaining("directory=" + open.fd());
                open.createDirectory(B).await();
                assertThat(open.stat(B, true).await().isDirectory()).isTrue();
                try (AsyncDirectory below = open.openDirectory(B).await()) {
                    open.rename(A, below, Path.of("c")).await();
                    assertThat(names(below)).containsExactly("c");
                    below.fsync().await();
                    assertThatThrownBy(open.deleteDirectory(B)::await).isInstanceOf(DirectoryNotEmptyException.class);
                    assertThatThrownBy(open.deleteFile(B)::await).isInstanceOf(FileSystemException.class);
                    assertThatThrownBy(below.deleteDirectory(Path.of("c"))::await).isInstanceOf(NotDirectoryException.class);
                    below.deleteFile(Path.of("c")).await();
                    assertThatThrownBy(below.deleteFile(Path.of("c"))::await).isInstanceOf(NoSuchFileException.class)
                            .hasMessageContaining("unlink failed: path=c").hasMessageContaining("ENOENT");
                }
                open.deleteDirectory(B).await();
                open.fsync().await();
                assertThat(open.stat().await().isDirectory()).isTrue();
            });
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void a_directory_that_is_moved_is_still_the_same() throws Exception {
        Path first = Files.createDirectory(directory.resolve("first"));
        try (AsyncDirectory open = runtime.blockOn(() -> AsyncDirectory.open(first).await())) {
            Files.move(first, directory.resolve("second"));
            needsLinux("goes by names");
            open.createDirectory(A).await();
            assertThat(directory.resolve("second/a")).isDirectory();
        }
    }

    @Test
    void a_closed_directory_refuses() throws Exception {
        AsyncDirectory open = openedDirectory();
        assertThat(open.toString()).contains(directory.toString()).doesNotContain("closed");
        open.close();
        assertThat(open.toString()).contains("closed");
        try (AsyncDirectory other = openedDirectory()) {
            for (Op<?> op : List.of(open.read(), open.stat(), open.stat(A, true), open.createDirectory(A), open.deleteFile(A),
                    open.deleteDirectory(A), open.openFile(A), open.openDirectory(A), open.fsync(),
                    open.rename(A, other, B), other.rename(A, open, B))) {
                assertThatThrownBy(op::await).as(op.toString()).isInstanceOf(ClosedChannelException.class);
            }
        }
    }

    @Test
    void a_file_is_no_directory() throws Exception {
        Path file = file("x");
        everywhere(() -> assertThatThrownBy(AsyncDirectory.open(file)::await).isInstanceOf(NotDirectoryException.class));
    }

    // ---- renames and links ----

    /** Skips the test where the kernel has no such call, which the text must tell; nobody has what the operation asks for. */
    private static void needs(String told, Op<?> op) throws IOException {
        try {
            op.await();
            throw new AssertionError("there is something: " + op);
        } catch (NoSuchFileException e) {
            // the call is there
        } catch (FileSystemException e) {
            assertThat(e).hasMessageContaining("errno=ENOSYS").hasMessageContaining(told);
            abort(e.getMessage());
        }
    }

    @Test
    void a_rename_replaces_or_refuses_or_exchanges() throws Exception {
        try (AsyncDirectory open = openedDirectory()) {
            inTask(() -> needs("renameat2", new Rename(open, A, open, B, RenameFlag.NO_REPLACE).submit()));
            everywhere(() -> {
                Files.writeString(directory.resolve("a"), "A");
                Files.writeString(directory.resolve("b"), "B");
                assertThatThrownBy(new Rename(open, A, open, B, RenameFlag.NO_REPLACE).submit()::await)
                        .isInstanceOf(FileAlreadyExistsException.class).hasMessageContaining("newPath=b");
                if (!isNio()) {
                    new Rename(open, A, open, B, RenameFlag.EXCHANGE).submit().await();
                    assertThat(directory.resolve("a")).hasContent("B");
                    new Rename(open, A, open, B, RenameFlag.EXCHANGE).submit().await();
                }
                open.rename(A, open, B).await();
                assertThat(directory.resolve("b")).hasContent("A");
                assertThat(directory.resolve("a")).doesNotExist();
                assertThatThrownBy(open.rename(A, open, B)::await).isInstanceOf(NoSuchFileException.class);
            });
        }
    }

    @Test
    void links_are_made_read_and_followed() throws Exception {
        try (AsyncDirectory open = openedDirectory()) {
            everywhere(() -> {
                Files.writeString(directory.resolve("a"), "A");
                new HardLink(open, A, open, B, 0).submit().await();
                assertThat(open.stat(A, true).await().fileKey()).isEqualTo(open.stat(B, true).await().fileKey());
                Path link = Path.of("link");
                new SymbolicLink(open, link, A).submit().await();
                assertThat(new ReadLink(open, link).submit().await()).isEqualTo(A);
                assertThat(new ReadLink(null, directory.resolve("link")).submit().await()).isEqualTo(A);
                assertThat(open.stat(link, true).await().isRegularFile()).isTrue();
                assertThat(open.stat(link, false).await().isSymbolicLink()).isTrue();
                assertThatThrownBy(new ReadLink(open, A).submit()::await).isInstanceOf(NotLinkException.class);
                assertThatThrownBy(new SymbolicLink(open, link, B).submit()::await)
                        .isInstanceOf(FileAlreadyExistsException.class);
                assertThatThrownBy(new HardLink(open, A, open, B, 0).submit()::await)
                        .isInstanceOf(FileAlreadyExistsException.class);
                FileTime time = FileTime.fromMillis(1_234_567_000);
                new SetTimes(open, link, false, time, time).submit().await();
                assertThat(open.stat(link, false).await().lastModifiedTime()).isEqualTo(time);
                assertThat(open.stat(A, true).await().lastModifiedTime()).isNotEqualTo(time);
                new SetTimes(open, link, true, null, time).submit().await();
                assertThat(open.stat(A, true).await().lastModifiedTime()).isEqualTo(time);
                new ChangeMode(open, link, 0600).submit().await();
                assertThat(open.stat(B, true).await().mode() & 07777).isEqualTo(0600);
                for (Path each : List.of(A, B, link)) {
                    open.deleteFile(each).await();
                }
            });
        }
    }

    @Test
    void a_long_target_of_a_link_is_read_whole() throws Exception {
        Path target = Path.of("x/".repeat(2000) + "end");
        everywhere(() -> {
            Path link = directory.resolve("long");
            new SymbolicLink(null, link, target).submit().await();
            assertThat(new ReadLink(null, link).submit().await()).isEqualTo(target);
            new Unlink(null, link, false).submit().await();
        });
    }

    @Test
    void a_directory_can_be_made_with_permissions() throws Exception {
        everywhere(() -> {
            Path made = directory.resolve("made");
            new MakeDirectory(null, made, 0700).submit().await();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
            new Unlink(null, made, true).submit().await();
        });
    }

    // ---- opening ----

    @Test
    void a_path_that_leads_out_is_refused() throws Exception {
        needsLinux("has no openat2");
        Files.createDirectory(directory.resolve("inside"));
        Files.writeString(directory.resolve("outside"), "x");
        Files.writeString(directory.resolve("inside/file"), "y");
        Files.createSymbolicLink(directory.resolve("inside/out"), directory.resolve("outside"));
        Files.createSymbolicLink(directory.resolve("inside/in"), Path.of("file"));
        OpenOptions beneath = OpenOptions.READ.beneath();
        inTask(() -> needs("nothing but openat2", AsyncFile.open(Path.of("none"), beneath)));
        everywhere(() -> {
            try (AsyncDirectory inside = AsyncDirectory.open(directory.resolve("inside")).await()) {
                for (String path : List.of("../outside", "out", "/etc/passwd", "sub/../../outside")) {
                    if (path.startsWith("sub")) {
                        Files.createDirectories(directory.resolve("inside/sub"));
                    }
                    assertThatThrownBy(inside.openFile(Path.of(path), beneath)::await).as(path)
                            .isInstanceOf(FileSystemException.class).hasMessageContaining("EXDEV");
                    try (AsyncFile free = inside.openFile(Path.of(path)).await()) {
                        assertThat(free.isOpen()).isTrue();
                    }
                }
                assertThatThrownBy(inside.openDirectoryBeneath(Path.of(".."))::await).hasMessageContaining("EXDEV");
                inside.openDirectoryBeneath(Path.of("sub")).await().close();
                try (AsyncFile allowed = inside.openFile(Path.of("sub/../in"), beneath).await()) {
                    assertThat(read(allowed, 8, 0)).isEqualTo("y");
                }
                OpenOptions noLinks = new OpenOptions(OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC, 0,
                        OpenHow.NO_SYMBOLIC_LINKS);
                assertThatThrownBy(inside.openFile(Path.of("in"), noLinks)::await)
                        .isInstanceOf(FileSystemLoopException.class);
                OpenOptions creating = OpenOptions.of(WRITE, CREATE).withMode(0640).beneath();
                inside.openFile(Path.of("new"), creating).await().close();
                assertThat(inside.stat(Path.of("new"), true).await().mode() & 0777).isEqualTo(0640);
                inside.deleteFile(Path.of("new")).await();
            }
        });
    }

    @Test
    void a_file_without_a_name_can_be_given_one() throws Exception {
        AsyncFile first;
        try {
            first = opened(directory, OpenOptions.of(READ, WRITE).temporary().withMode(0600));
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no files without a name here: " + e.getMessage());
            return;
        }
        first.close();
        assertThat(names()).isEmpty();
        everywhere(() -> {
            try (AsyncFile file = AsyncFile.open(directory, OpenOptions.READ.temporary().withMode(0640)).await()) {
                file.writeAllAt(text("nameless"), 0).await();
                assertThat(read(file, 20, 0)).isEqualTo("nameless");
                needsLinux("a file without a name is one that is removed, and no file can be linked without a name");
                FileStat stat = file.stat().await();
                assertThat(stat.links()).isZero();
                assertThat(stat.mode() & 0777).isEqualTo(0640);
                Path name = directory.resolve("named");
                new HardLink(null, Path.of("/proc/self/fd/" + file.fd()), null, name, PathFlag.FOLLOW).submit().await();
                assertThat(name).hasContent("nameless");
                Files.delete(name);
            }
        });
        assertThat(names()).isEmpty();
    }

    @Test
    void flags_of_the_kernel_can_be_given() throws Exception {
        needsLinux("knows its own options only");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file("x"));
        everywhere(() -> {
            assertThatThrownBy(AsyncFile.open(link, OpenOptions.READ.withFlags(OpenFlag.NO_FOLLOW))::await)
                    .isInstanceOf(FileSystemLoopException.class);
            try (AsyncFile path = AsyncFile.open(link, OpenOptions.READ.withFlags(OpenFlag.PATH | OpenFlag.NO_FOLLOW))
                    .await()) {
                assertThat(path.stat().await().isSymbolicLink()).isTrue();
                assertThatThrownBy(path.readAt(text("x"), 0)::await).hasMessageContaining("EBADF");
            }
        });
    }

    @Test
    void options_are_values() {
        OpenOptions options = OpenOptions.of(READ, WRITE, CREATE);
        assertThat(options.withMode(PosixFilePermissions.fromString("rw-r-----")).mode()).isEqualTo(0640);
        assertThat(options.withMode(Set.of(PosixFilePermission.OTHERS_EXECUTE)).mode()).isOne();
        assertThat(options.direct().flags()).isEqualTo(options.flags() | OpenFlag.DIRECT);
        assertThat(options).isEqualTo(OpenOptions.of(CREATE, WRITE, READ));
        assertThat(options.canRead() && options.canWrite() && options.creates()).isTrue();
        assertThat(options.temporary().creates()).isTrue();
        assertThat(options.temporary().flags() & OpenFlag.CREATE).isZero();
        assertThat(OpenOptions.READ.creates() || OpenOptions.READ.canWrite() || OpenOptions.READ.appends()).isFalse();
        assertThat(OpenOptions.READ.withFlags(OpenFlag.DIRECTORY).creates()).isFalse();
        assertThat(OpenOptions.of(LinkOption.NOFOLLOW_LINKS).flags() & OpenFlag.NO_FOLLOW).isNotZero();
    }

    /** 10,000 in -Pfull; LeakCheck counts the descriptors. */
    @Test
    void an_open_that_is_cancelled_is_cancelled_or_open_and_never_lost() throws Exception {
        Path path = file("x");
        int count = FULL ? 10_000 : 1000;
        try (AsyncDirectory open = openedDirectory()) {
            everywhere(() -> {
                int cancelled = 0;
                for (int i = 0; i < count; i++) {
                    Op<? extends AutoCloseable> op = switch (i % 4) {
                        case 0 -> AsyncFile.open(path);
                        case 1 -> open.openFile(path.getFileName(), READ, WRITE, CREATE);
                        case 2 -> AsyncDirectory.open(directory);
                        default -> open.openDirectory(Path.of("."));
                    };
                    if (i % 3 == 0) {
                        Thread.yield();
                    }
                    op.cancel();
                    try {
                        op.await().close();
                    } catch (CancellationException e) {
                        cancelled++;
                    }
                }
                assertThat(cancelled).isLessThanOrEqualTo(count);
            });
        }
    }
}
