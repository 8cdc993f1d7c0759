package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests on files, directories and pipes against the real kernel: each succeeds once and fails once. */
class FileOpcodeTest {
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_NONBLOCK = 04000;
    private static final long NO_OFFSET = -1;
    /** A descriptor that nobody has. */
    private static final int NO_FD = 1_000_000;

    @TempDir(factory = TargetDirectory.class)
    private Path directory;

    private final Arena arena = Arena.ofConfined();
    private final TestRing ring = TestRing.open();
    private Path file;
    private int fd;

    @BeforeEach
    void make_a_file() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = Native.open(file, O_RDWR);
    }

    @AfterEach
    void close() {
        ring.close();
        Libc.close(fd);
        arena.close();
    }

    @Test
    @Shows(success = Opcode.READ, error = Opcode.READ)
    void read_fills_the_buffer_from_an_offset_and_refuses_a_directory() {
        MemorySegment buffer = arena.allocate(16);
        ring.run(sqe -> sqe.read(fd, buffer, 4, 3)).is(4);
        assertThat(Native.text(buffer, 5)).isEqualTo("3456\0");
        ring.run(sqe -> sqe.read(fd, buffer, 16, 8)).is(2);
        ring.run(sqe -> sqe.read(fd, buffer, 16, 10)).is(0);
        int directoryFd = Native.open(directory, O_RDONLY);
        ring.run(sqe -> sqe.read(directoryFd, buffer, 16, 0)).fails(Errno.EISDIR);
        Libc.close(directoryFd);
    }

    @Test
    @Shows(success = {Opcode.READ, Opcode.WRITE})
    void offset_minus_one_uses_and_moves_the_file_position() throws IOException {
        MemorySegment buffer = arena.allocate(16);
        ring.run(sqe -> sqe.read(fd, buffer, 4, NO_OFFSET)).is(4);
        ring.run(sqe -> sqe.write(fd, Native.text(arena, "ab"), 2, NO_OFFSET)).is(2);
        assertThat(Files.readString(file)).isEqualTo("0123ab6789");
    }

    @Test
    @Shows(success = Opcode.WRITE, error = Opcode.WRITE)
    void write_reaches_the_file_and_needs_an_open_descriptor() throws IOException {
        MemorySegment buffer = Native.text(arena, "abcd");
        ring.run(sqe -> sqe.write(fd, buffer, 4, 8)).is(4);
        assertThat(Files.readString(file)).isEqualTo("01234567abcd");
        ring.run(sqe -> sqe.write(NO_FD, buffer, 4, 0)).fails(Errno.EBADF);
    }

    @Test
    @Shows(success = Opcode.READV, error = Opcode.READV)
    void readv_fills_pieces_in_order_and_refuses_memory_that_is_not_there() {
        MemorySegment first = arena.allocate(3);
        MemorySegment second = arena.allocate(4);
        MemorySegment vectors = Native.vectors(arena, first, second);
        ring.run(sqe -> sqe.readv(fd, vectors, 2, 1)).is(7);
        assertThat(Native.text(first, 3) + "|" + Native.text(second, 4)).isEqualTo("123|4567");
        ring.run(sqe -> sqe.readv(fd, MemorySegment.ofAddress(8), 2, 1)).fails(Errno.EFAULT);
    }

    @Test
    @Shows(success = Opcode.WRITEV, error = Opcode.WRITEV)
    void writev_writes_pieces_in_order_and_refuses_too_many() throws IOException {
        MemorySegment vectors = Native.vectors(arena, Native.text(arena, "ab"), Native.text(arena, "cde"));
        ring.run(sqe -> sqe.writev(fd, vectors, 2, 4)).is(5);
        assertThat(Files.readString(file)).isEqualTo("0123abcde9");
        MemorySegment many = arena.allocate(1025 * 16L, 8); // one more than IOV_MAX
        ring.run(sqe -> sqe.writev(fd, many, 1025, 0)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = {Opcode.READ_FIXED, Opcode.WRITE_FIXED}, error = {Opcode.READ_FIXED, Opcode.WRITE_FIXED})
    void fixed_reads_and_writes_stay_inside_the_registered_buffer() throws IOException {
        MemorySegment buffers = arena.allocate(8192, 4096);
        MemorySegment registered = buffers.asSlice(0, 4096);
        assertThat(ring.registry().buffers(registered)).isZero();
        ring.run(sqe -> sqe.readFixed(fd, registered.asSlice(100), 10, 0, 0)).is(10);
        assertThat(Native.text(registered.asSlice(100), 10)).isEqualTo("0123456789");
        ring.run(sqe -> sqe.writeFixed(fd, registered.asSlice(105), 5, 0, 0)).is(5);
        assertThat(Files.readString(file)).isEqualTo("5678956789");
        ring.run(sqe -> sqe.readFixed(fd, buffers.asSlice(4095), 2, 0, 0)).fails(Errno.EFAULT);
        ring.run(sqe -> sqe.writeFixed(fd, buffers.asSlice(4096), 1, 0, 0)).fails(Errno.EFAULT);
        ring.run(sqe -> sqe.readFixed(fd, registered, 1, 0, 1)).fails(Errno.EFAULT);
    }

    @Test
    @Shows(success = {Opcode.READV_FIXED, Opcode.WRITEV_FIXED}, error = {Opcode.READV_FIXED, Opcode.WRITEV_FIXED})
    void fixed_vectors_stay_inside_the_registered_buffer() throws IOException {
        MemorySegment buffers = arena.allocate(8192, 4096);
        MemorySegment registered = buffers.asSlice(0, 4096);
        assertThat(ring.registry().buffers(registered)).isZero();
        MemorySegment vectors = Native.vectors(arena, registered.asSlice(10, 3), registered.asSlice(20, 2));
        ring.run(sqe -> sqe.readvFixed(fd, vectors, 2, 1, 0)).is(5);
        assertThat(Native.text(registered.asSlice(10), 3)).isEqualTo("123");
        assertThat(Native.text(registered.asSlice(20), 2)).isEqualTo("45");
        ring.run(sqe -> sqe.writevFixed(fd, vectors, 2, 0, 0)).is(5);
        assertThat(Files.readString(file)).isEqualTo("1234556789");
        MemorySegment outside = Native.vectors(arena, buffers.asSlice(4096, 8));
        ring.run(sqe -> sqe.readvFixed(fd, outside, 1, 0, 0)).fails(Errno.EFAULT);
        ring.run(sqe -> sqe.writevFixed(fd, outside, 1, 0, 0)).fails(Errno.EFAULT);
    }

    @Test
    @Shows(success = Opcode.READ_MULTISHOT, error = Opcode.READ_MULTISHOT)
    void read_multishot_reads_a_pipe_again_and_again_but_no_regular_file() throws SystemCallException {
        MemorySegment memory = arena.allocate(4 * 64, 64);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 7, 4, 0); Native.Pair pipe = Native.pipe(O_NONBLOCK)) {
            for (int id = 0; id < 4; id++) {
                buffers.add(memory.asSlice(id * 64L, 64), 64, id);
            }
            buffers.publish();
            ring.run(sqe -> sqe.readMultishot(fd, 0, 0, 7)).fails(Errno.EBADFD);
            long id = ring.submit(sqe -> sqe.readMultishot(pipe.first(), 0, NO_OFFSET, 7));
            for (String text : new String[] {"one", "two!", "three"}) {
                Native.write(pipe.second(), text);
                TestRing.Completion completion = ring.await(id).is(text.length());
                assertThat(completion.has(CqeFlag.MORE)).isTrue();
                assertThat(Native.text(memory.asSlice(completion.bufferId() * 64L), text.length())).isEqualTo(text);
            }
            Libc.close(pipe.second());
            TestRing.Completion end = ring.await(id).is(0);
            assertThat(end.has(CqeFlag.MORE)).as("no more after the end").isFalse();
        }
    }

    @Test
    @Shows(success = {Opcode.PROVIDE_BUFFERS, Opcode.REMOVE_BUFFERS},
            error = {Opcode.PROVIDE_BUFFERS, Opcode.REMOVE_BUFFERS})
    void provided_buffers_are_picked_by_a_read_and_can_be_taken_back() {
        MemorySegment memory = arena.allocate(3 * 32);
        ring.run(sqe -> sqe.provideBuffers(memory, 32, 3, 5, 10)).is(0);
        TestRing.Completion read = ring.run(sqe -> sqe.read(fd, MemorySegment.NULL, 32, 0)
                .flags(SqeFlag.BUFFER_SELECT).bufferGroup(5)).is(10);
        assertThat(read.bufferId()).isBetween(10, 12);
        assertThat(Native.text(memory.asSlice((read.bufferId() - 10) * 32L), 10)).isEqualTo("0123456789");
        ring.run(sqe -> sqe.removeBuffers(10, 5)).is(2);
        ring.run(sqe -> sqe.removeBuffers(1, 6)).fails(Errno.ENOENT);
        ring.run(sqe -> sqe.provideBuffers(memory, 32, 0, 5, 0)).fails(Errno.E2BIG);
    }

    @Test
    @Shows(success = Opcode.SPLICE, error = Opcode.SPLICE)
    void splice_moves_bytes_from_a_file_to_a_pipe_but_not_between_files() {
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.splice(fd, 2, pipe.second(), NO_OFFSET, 5, 0)).is(5);
            assertThat(Native.read(pipe.first())).isEqualTo("23456");
            int other = Native.open(file, O_RDWR);
            ring.run(sqe -> sqe.splice(fd, 0, other, 0, 5, 0)).fails(Errno.EINVAL);
            Libc.close(other);
        }
    }

    @Test
    @Shows(success = Opcode.TEE, error = Opcode.TEE)
    void tee_copies_bytes_between_pipes_without_taking_them() {
        try (Native.Pair from = Native.pipe(); Native.Pair to = Native.pipe()) {
            Native.write(from.second(), "both");
            ring.run(sqe -> sqe.tee(from.first(), to.second(), 4, 0)).is(4);
            assertThat(Native.read(to.first())).isEqualTo("both");
            assertThat(Native.read(from.first())).isEqualTo("both");
            ring.run(sqe -> sqe.tee(fd, to.second(), 4, 0)).fails(Errno.EINVAL);
        }
    }

    @Test
    @Shows(success = Opcode.PIPE, error = Opcode.PIPE)
    void pipe_answers_two_connected_descriptors() {
        MemorySegment descriptors = arena.allocate(8, 4);
        ring.run(sqe -> sqe.pipe(descriptors, 0)).is(0);
        try (Native.Pair pipe = new Native.Pair(descriptors.get(ValueLayout.JAVA_INT, 0),
                descriptors.get(ValueLayout.JAVA_INT, 4))) {
            Native.write(pipe.second(), "through");
            assertThat(Native.read(pipe.first())).isEqualTo("through");
        }
        ring.run(sqe -> sqe.pipe(descriptors, 1)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = Opcode.OPENAT, error = Opcode.OPENAT)
    void openat_answers_a_descriptor_and_names_what_is_missing() {
        MemorySegment path = Native.path(arena, file);
        int opened = ring.run(sqe -> sqe.openat(Native.AT_FDCWD, path, O_RDONLY, 0)).value();
        assertThat(Native.read(opened)).isEqualTo("0123456789");
        Libc.close(opened);
        MemorySegment missing = Native.path(arena, directory.resolve("missing"));
        ring.run(sqe -> sqe.openat(Native.AT_FDCWD, missing, O_RDONLY, 0)).fails(Errno.ENOENT);
    }

    @Test
    @Shows(success = Opcode.OPENAT2, error = Opcode.OPENAT2)
    void openat2_creates_with_a_mode_and_stays_beneath_when_told_to() throws IOException {
        int directoryFd = Native.open(directory, O_RDONLY);
        MemorySegment how = arena.allocate(24, 8); // struct open_how: flags 0, mode 8, resolve 16
        how.set(ValueLayout.JAVA_LONG, 0, O_RDWR | O_CREAT);
        how.set(ValueLayout.JAVA_LONG, 8, 0600);
        how.set(ValueLayout.JAVA_LONG, 16, 8); // RESOLVE_BENEATH
        MemorySegment name = CString.encode(arena, "new");
        int opened = ring.run(sqe -> sqe.openat2(directoryFd, name, how, 24)).value();
        Native.write(opened, "x");
        assertThat(directory.resolve("new")).hasContent("x");
        assertThat(Files.getPosixFilePermissions(directory.resolve("new"))).hasSize(2);
        Libc.close(opened);
        MemorySegment above = CString.encode(arena, "../above");
        ring.run(sqe -> sqe.openat2(directoryFd, above, how, 24)).fails(Errno.EXDEV);
        Libc.close(directoryFd);
    }

    @Test
    @Shows(success = Opcode.CLOSE, error = Opcode.CLOSE)
    void close_frees_the_descriptor_once() {
        int opened = Libc.dup(fd);
        ring.run(sqe -> sqe.close(opened)).is(0);
        assertThat(Native.isOpen(opened)).isFalse();
        ring.run(sqe -> sqe.close(opened)).fails(Errno.EBADF);
    }

    @Test
    @Shows(success = {Opcode.OPENAT, Opcode.OPENAT2, Opcode.PIPE, Opcode.READ, Opcode.CLOSE, Opcode.FIXED_FD_INSTALL},
            error = {Opcode.READ, Opcode.CLOSE, Opcode.FIXED_FD_INSTALL})
    void direct_descriptors_live_in_slots_until_closed_there() {
        assertThat(ring.registry().sparseFiles(8)).isZero();
        long before = Native.descriptors();
        MemorySegment path = Native.path(arena, file);
        ring.run(sqe -> sqe.openatDirect(Native.AT_FDCWD, path, O_RDONLY, 0, 5)).is(0);
        MemorySegment how = arena.allocate(24, 8);
        // The kernel goes on behind the slot it used last, and begins again at 0 after the end.
        ring.run(sqe -> sqe.openat2Direct(Native.AT_FDCWD, path, how, 24, RequestFlag.FILE_INDEX_ALLOC)).is(6);
        MemorySegment ends = arena.allocate(8, 4);
        ring.run(sqe -> sqe.pipeDirect(ends, 0, RequestFlag.FILE_INDEX_ALLOC)).is(0);
        assertThat(ends.toArray(ValueLayout.JAVA_INT)).containsExactly(7, 0);
        assertThat(Native.descriptors()).isEqualTo(before);
        MemorySegment buffer = arena.allocate(16);
        ring.run(sqe -> sqe.read(5, buffer, 16, 0).flags(SqeFlag.FIXED_FILE)).is(10);
        ring.run(sqe -> sqe.read(6, buffer, 16, 5).flags(SqeFlag.FIXED_FILE)).is(5);

        int installed = ring.run(sqe -> sqe.fixedFdInstall(5, 0)).value();
        assertThat(Native.read(installed)).isEqualTo("0123456789");
        Libc.close(installed);
        ring.run(sqe -> sqe.fixedFdInstall(1, 0)).fails(Errno.EBADF);

        ring.run(sqe -> sqe.closeDirect(5)).is(0);
        ring.run(sqe -> sqe.closeDirect(5)).fails(Errno.EBADF);
        ring.run(sqe -> sqe.read(5, buffer, 16, 0).flags(SqeFlag.FIXED_FILE)).fails(Errno.EBADF);
    }

    @Test
    @Shows(success = {Opcode.FILES_UPDATE, Opcode.READ}, error = Opcode.FILES_UPDATE)
    void files_update_fills_slots_of_the_table_and_needs_one() {
        MemorySegment descriptors = arena.allocateFrom(ValueLayout.JAVA_INT, fd);
        ring.run(sqe -> sqe.filesUpdate(descriptors, 1, 0)).fails(Errno.ENXIO);
        assertThat(ring.registry().sparseFiles(4)).isZero();
        ring.run(sqe -> sqe.filesUpdate(descriptors, 1, 2)).is(1);
        MemorySegment buffer = arena.allocate(16);
        ring.run(sqe -> sqe.read(2, buffer, 16, 0).flags(SqeFlag.FIXED_FILE)).is(10);
        ring.run(sqe -> sqe.filesUpdate(descriptors, 1, RequestFlag.FILE_INDEX_ALLOC)).is(1);
        assertThat(descriptors.get(ValueLayout.JAVA_INT, 0)).as("the slot replaces the descriptor").isEqualTo(3);
        ring.run(sqe -> sqe.filesUpdate(descriptors, 1, 4)).fails(Errno.EINVAL);
    }

    @Test
    @Shows(success = {Opcode.FSYNC, Opcode.SYNC_FILE_RANGE}, error = {Opcode.FSYNC, Opcode.SYNC_FILE_RANGE})
    void syncs_work_on_files_and_not_on_pipes() {
        ring.run(sqe -> sqe.fsync(fd, 0)).is(0);
        ring.run(sqe -> sqe.fsync(fd, RequestFlag.FSYNC_DATASYNC, 0, 10)).is(0);
        ring.run(sqe -> sqe.syncFileRange(fd, 0, 10, 7)).is(0); // SYNC_FILE_RANGE_ all three: write and wait
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.fsync(pipe.second(), 0)).fails(Errno.EINVAL);
            ring.run(sqe -> sqe.syncFileRange(pipe.second(), 0, 10, 2)).fails(Errno.ESPIPE);
        }
    }

    @Test
    @Shows(success = {Opcode.FALLOCATE, Opcode.FTRUNCATE}, error = {Opcode.FALLOCATE, Opcode.FTRUNCATE})
    void files_grow_and_shrink_as_told() throws IOException {
        ring.run(sqe -> sqe.fallocate(fd, 0, 0, 100_000)).is(0);
        assertThat(Files.size(file)).isEqualTo(100_000);
        ring.run(sqe -> sqe.ftruncate(fd, 4)).is(0);
        assertThat(file).hasContent("0123");
        ring.run(sqe -> sqe.fallocate(fd, 0, 0, 0)).fails(Errno.EINVAL);
        int readOnly = Native.open(file, O_RDONLY);
        ring.run(sqe -> sqe.ftruncate(readOnly, 0)).fails(Errno.EINVAL);
        Libc.close(readOnly);
    }

    @Test
    @Shows(success = {Opcode.FADVISE, Opcode.MADVISE}, error = {Opcode.FADVISE, Opcode.MADVISE})
    void advice_is_taken_and_nonsense_refused() {
        ring.run(sqe -> sqe.fadvise(fd, 0, 10, 4)).is(0); // POSIX_FADV_DONTNEED
        ring.run(sqe -> sqe.fadvise(fd, 0, 5L << 32, 3)).is(0); // POSIX_FADV_WILLNEED of more than 4 GiB
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.fadvise(pipe.first(), 0, 10, 4)).fails(Errno.ESPIPE);
        }
        long address = Libc.mmap(MemorySegment.NULL, 4096, 3, 0x22, -1, 0); // private, anonymous
        MemorySegment page = Linkage.memoryAt(address, 4096, arena);
        page.fill((byte) 1);
        ring.run(sqe -> sqe.madvise(page, 4096, 4)).is(0); // MADV_DONTNEED
        assertThat(page.get(ValueLayout.JAVA_BYTE, 0)).as("a fresh page").isZero();
        ring.run(sqe -> sqe.madvise(page, 4096, 9999)).fails(Errno.EINVAL);
        Libc.munmap(page, 4096);
    }

    @Test
    @Shows(success = Opcode.STATX, error = Opcode.STATX)
    void statx_tells_size_and_type_of_a_path() {
        MemorySegment result = arena.allocate(256, 8);
        MemorySegment path = Native.path(arena, file);
        ring.run(sqe -> sqe.statx(Native.AT_FDCWD, path, 0, 0x7ff, result)).is(0);
        assertThat(result.get(ValueLayout.JAVA_LONG, 40)).as("stx_size").isEqualTo(10);
        assertThat(result.get(ValueLayout.JAVA_SHORT, 28) & 0170000).as("stx_mode").isEqualTo(0100000);
        MemorySegment below = Native.path(arena, file.resolve("below"));
        ring.run(sqe -> sqe.statx(Native.AT_FDCWD, below, 0, 0x7ff, result)).fails(Errno.ENOTDIR);
    }

    @Test
    @Shows(success = {Opcode.MKDIRAT, Opcode.RENAMEAT, Opcode.UNLINKAT},
            error = {Opcode.MKDIRAT, Opcode.RENAMEAT, Opcode.UNLINKAT})
    void directories_are_made_renamed_and_removed() throws IOException {
        int at = Native.open(directory, O_RDONLY);
        MemorySegment one = CString.encode(arena, "one");
        MemorySegment two = CString.encode(arena, "two");
        ring.run(sqe -> sqe.mkdirat(at, one, 0700)).is(0);
        assertThat(directory.resolve("one")).isDirectory();
        ring.run(sqe -> sqe.mkdirat(at, one, 0700)).fails(Errno.EEXIST);
        ring.run(sqe -> sqe.renameat(at, one, at, two, 0)).is(0);
        assertThat(directory.resolve("one")).doesNotExist();
        assertThat(directory.resolve("two")).isDirectory();
        MemorySegment fileName = CString.encode(arena, "file");
        ring.run(sqe -> sqe.renameat(at, fileName, at, two, 1)).fails(Errno.EEXIST); // RENAME_NOREPLACE
        Path inside = Files.createFile(directory.resolve("two/inside"));
        ring.run(sqe -> sqe.unlinkat(at, two, 0x200)).fails(Errno.ENOTEMPTY); // AT_REMOVEDIR
        Files.delete(inside);
        ring.run(sqe -> sqe.unlinkat(at, two, 0x200)).is(0);
        assertThat(directory.resolve("two")).doesNotExist();
        Libc.close(at);
    }

    @Test
    @Shows(success = {Opcode.SYMLINKAT, Opcode.LINKAT}, error = {Opcode.SYMLINKAT, Opcode.LINKAT})
    void links_name_the_same_file() throws IOException {
        int at = Native.open(directory, O_RDONLY);
        MemorySegment name = CString.encode(arena, "file");
        MemorySegment soft = CString.encode(arena, "soft");
        MemorySegment hard = CString.encode(arena, "hard");
        ring.run(sqe -> sqe.symlinkat(name, at, soft)).is(0);
        assertThat(Files.readSymbolicLink(directory.resolve("soft"))).hasToString("file");
        ring.run(sqe -> sqe.symlinkat(name, at, soft)).fails(Errno.EEXIST);
        ring.run(sqe -> sqe.linkat(at, name, at, hard, 0)).is(0);
        assertThat(Files.isSameFile(file, directory.resolve("hard"))).isTrue();
        MemorySegment missing = CString.encode(arena, "missing");
        ring.run(sqe -> sqe.linkat(at, missing, at, hard, 0)).fails(Errno.ENOENT);
        Libc.close(at);
    }

    @Test
    @Shows(success = {Opcode.SETXATTR, Opcode.GETXATTR, Opcode.FSETXATTR, Opcode.FGETXATTR},
            error = {Opcode.SETXATTR, Opcode.GETXATTR, Opcode.FSETXATTR, Opcode.FGETXATTR})
    void attributes_are_set_and_read_by_path_and_by_descriptor() throws IOException {
        MemorySegment path = Native.path(arena, file);
        MemorySegment one = CString.encode(arena, "user.one");
        MemorySegment two = CString.encode(arena, "user.two");
        MemorySegment value = Native.text(arena, "value");
        MemorySegment got = arena.allocate(16);
        ring.run(sqe -> sqe.setxattr(path, one, value, 5, 0)).is(0);
        ring.run(sqe -> sqe.fsetxattr(fd, two, value, 3, 0)).is(0);
        assertThat(attribute("one")).isEqualTo("value");
        assertThat(attribute("two")).isEqualTo("val");
        ring.run(sqe -> sqe.getxattr(path, one, got, 16)).is(5);
        assertThat(Native.text(got, 5)).isEqualTo("value");
        ring.run(sqe -> sqe.fgetxattr(fd, two, got, 16)).is(3);
        assertThat(Native.text(got, 3)).isEqualTo("val");

        MemorySegment none = CString.encode(arena, "user.none");
        ring.run(sqe -> sqe.getxattr(path, none, got, 16)).fails(Errno.ENODATA);
        ring.run(sqe -> sqe.fgetxattr(fd, one, got, 2)).fails(Errno.ERANGE);
        ring.run(sqe -> sqe.setxattr(path, one, value, 5, 1)).fails(Errno.EEXIST); // XATTR_CREATE
        ring.run(sqe -> sqe.fsetxattr(fd, none, value, 5, 2)).fails(Errno.ENODATA); // XATTR_REPLACE
    }

    private String attribute(String name) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        ByteBuffer value = ByteBuffer.allocate(view.size(name));
        view.read(name, value);
        return new String(value.array(), StandardCharsets.UTF_8);
    }
}
