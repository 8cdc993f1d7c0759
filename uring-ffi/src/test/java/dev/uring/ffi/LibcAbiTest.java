package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares what the Java classes say of libc with what the C compiler says: tables made by
 * {@code src/test/c/libc_abi.c}.
 *
 * <p>Fields are found by poking: a view is asked while exactly one byte of the struct is 1, for each byte in turn,
 * which tells offset and width of what it reads.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LibcAbiTest {
    private static final String HOST_TABLE =
            Architecture.HOST == Architecture.AARCH64 ? "libc-aarch64.txt" : "libc-x86_64.txt";

    private final Map<String, String> said = new LinkedHashMap<>();

    @Test
    void constants_are_those_of_the_compiler() throws IOException {
        constants();
        assertThat(said).containsExactlyInAnyOrderEntriesOf(rows(HOST_TABLE, "const"));
    }

    @Test
    void every_public_constant_is_compared() throws Exception {
        constants();
        int compared = said.size();
        int declared = 0;
        for (Class<?> type : new Class<?>[] {
            OpenFlag.class, PathFlag.class, RenameFlag.class, SeekOrigin.class, DescriptorCommand.class,
            AllocateFlag.class, FileAdvice.class, SyncRangeFlag.class, ReadWriteFlag.class,
            SpliceFlag.class, MemoryFlag.class, EventFlag.class, PollFlag.class, EpollFlag.class,
            FileMode.class, SocketConstant.class, SocketOption.class, MessageFlag.class,
            ProcessFlag.class, StatxMask.class, StatxAttribute.class, OpenHow.class, LockRange.class,
            DirectoryEntry.class, ControlMessage.class, ResourceLimit.class}) {
            declared += (int) Arrays.stream(type.getDeclaredFields())
                    .filter(field -> Modifier.isPublic(field.getModifiers()) && field.getType() == int.class)
                    .count();
        }
        // O_LARGEFILE is 0 in the headers of libc: the kernel's value is checked against F_GETFL in LibcTest.
        assertThat(declared).isEqualTo(compared + 1);
    }

    @Test
    void error_numbers_are_those_of_the_compiler() throws Exception {
        for (var field : Errno.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                say("errno " + field.getName(), field.getInt(null));
            }
        }
        assertThat(said).containsExactlyInAnyOrderEntriesOf(rows(HOST_TABLE, "errno"));
    }

    @Test
    void system_call_numbers_are_those_of_both_architectures() throws IOException {
        for (Architecture architecture : Architecture.values()) {
            said.clear();
            say("syscall gettid", architecture.gettid);
            say("syscall futex", architecture.futex);
            say("syscall getdents64", architecture.getdents64);
            say("syscall prlimit64", architecture.prlimit64);
            say("syscall renameat2", architecture.renameat2);
            say("syscall copy_file_range", architecture.copyFileRange);
            say("syscall preadv2", architecture.preadv2);
            say("syscall pwritev2", architecture.pwritev2);
            say("syscall statx", architecture.statx);
            say("syscall newfstatat", architecture.newfstatat);
            say("syscall pidfd_open", Syscalls.PIDFD_OPEN);
            say("syscall close_range", Syscalls.CLOSE_RANGE);
            say("syscall openat2", Syscalls.OPENAT2);
            say("syscall epoll_pwait2", Syscalls.EPOLL_PWAIT2);
            say("syscall io_uring_setup", Syscalls.IO_URING_SETUP);
            say("syscall io_uring_enter", Syscalls.IO_URING_ENTER);
            say("syscall io_uring_register", Syscalls.IO_URING_REGISTER);
            assertThat(said).as(architecture.name())
                    .containsExactlyInAnyOrderEntriesOf(rows(table(architecture), "syscall"));
        }
    }

    @Test
    void open_flags_and_epoll_events_are_those_of_both_architectures() throws IOException {
        for (Architecture architecture : Architecture.values()) {
            said.clear();
            say("const O_DIRECT", architecture.openDirect);
            say("const O_DIRECTORY", architecture.openDirectory);
            say("const O_NOFOLLOW", architecture.openNoFollow);
            say("const O_TMPFILE", architecture.openTemporaryFile);
            say("size epoll_event", architecture.epollEventBytes);
            said.put("field epoll_event.data", architecture.epollEventDataOffset + " 8");
            assertThat(rows(table(architecture), "")).as(architecture.name()).containsAllEntriesOf(said);
        }
    }

    @Test
    void only_what_architecture_knows_differs_between_the_tables() throws IOException {
        Map<String, String> x86 = rows("libc-x86_64.txt", "");
        Map<String, String> aarch64 = rows("libc-aarch64.txt", "");
        assertThat(aarch64.keySet()).isEqualTo(x86.keySet());
        x86.entrySet().removeAll(aarch64.entrySet());
        assertThat(x86.keySet()).containsExactlyInAnyOrder(
                "const O_DIRECT", "const O_DIRECTORY", "const O_NOFOLLOW", "const O_TMPFILE",
                "syscall gettid", "syscall futex", "syscall getdents64", "syscall prlimit64", "syscall renameat2",
                "syscall copy_file_range", "syscall preadv2", "syscall pwritev2", "syscall statx", "syscall newfstatat",
                "size stat", "field stat.st_nlink", "field stat.st_mode", "field stat.st_uid", "field stat.st_gid",
                "field stat.st_rdev", "field stat.st_blksize",
                "size epoll_event", "field epoll_event.data");
    }

    @Test
    void struct_views_read_what_the_compiler_lays_out() throws IOException {
        size("iovec", IoVector.SIZE);
        field("iovec.iov_base", IoVector.SIZE, s -> IoVector.base(s, 0));
        field("iovec.iov_len", IoVector.SIZE, s -> IoVector.length(s, 0));
        size("msghdr", MessageHeader.SIZE);
        field("msghdr.msg_name", MessageHeader.SIZE, MessageHeader::name);
        field("msghdr.msg_namelen", MessageHeader.SIZE, MessageHeader::nameBytes);
        field("msghdr.msg_iov", MessageHeader.SIZE, MessageHeader::vectors);
        field("msghdr.msg_iovlen", MessageHeader.SIZE, MessageHeader::vectorCount);
        field("msghdr.msg_control", MessageHeader.SIZE, MessageHeader::control);
        field("msghdr.msg_controllen", MessageHeader.SIZE, MessageHeader::controlBytes);
        field("msghdr.msg_flags", MessageHeader.SIZE, MessageHeader::flags);
        size("linger", Linger.SIZE);
        field("linger.l_onoff", Linger.SIZE, Linger::enabled);
        field("linger.l_linger", Linger.SIZE, Linger::seconds);
        size("ucred", Credentials.SIZE);
        field("ucred.pid", Credentials.SIZE, Credentials::process);
        field("ucred.uid", Credentials.SIZE, Credentials::user);
        field("ucred.gid", Credentials.SIZE, Credentials::group);
        size("timespec", Timespec.SIZE);
        field("timespec.tv_sec", Timespec.SIZE, Timespec::seconds);
        field("timespec.tv_nsec", Timespec.SIZE, Timespec::nanos);
        size("stat", FileStatus.SIZE);
        field("stat.st_dev", FileStatus.SIZE, FileStatus::device);
        field("stat.st_ino", FileStatus.SIZE, FileStatus::inode);
        field("stat.st_nlink", FileStatus.SIZE, FileStatus::links);
        field("stat.st_mode", FileStatus.SIZE, FileStatus::mode);
        field("stat.st_uid", FileStatus.SIZE, FileStatus::user);
        field("stat.st_gid", FileStatus.SIZE, FileStatus::group);
        field("stat.st_rdev", FileStatus.SIZE, FileStatus::specialDevice);
        field("stat.st_size", FileStatus.SIZE, FileStatus::size);
        field("stat.st_blksize", FileStatus.SIZE, FileStatus::blockBytes);
        field("stat.st_blocks", FileStatus.SIZE, FileStatus::blocks);
        field("stat.st_atim.tv_sec", FileStatus.SIZE, FileStatus::accessSeconds);
        field("stat.st_atim.tv_nsec", FileStatus.SIZE, FileStatus::accessNanos);
        field("stat.st_mtim.tv_sec", FileStatus.SIZE, FileStatus::modificationSeconds);
        field("stat.st_mtim.tv_nsec", FileStatus.SIZE, FileStatus::modificationNanos);
        field("stat.st_ctim.tv_sec", FileStatus.SIZE, FileStatus::changeSeconds);
        field("stat.st_ctim.tv_nsec", FileStatus.SIZE, FileStatus::changeNanos);
        size("statx", Statx.SIZE);
        field("statx.stx_mask", Statx.SIZE, Statx::mask);
        field("statx.stx_blksize", Statx.SIZE, Statx::blockBytes);
        field("statx.stx_attributes", Statx.SIZE, Statx::attributes);
        field("statx.stx_nlink", Statx.SIZE, Statx::links);
        field("statx.stx_uid", Statx.SIZE, Statx::user);
        field("statx.stx_gid", Statx.SIZE, Statx::group);
        field("statx.stx_mode", Statx.SIZE, Statx::mode);
        field("statx.stx_ino", Statx.SIZE, Statx::inode);
        field("statx.stx_size", Statx.SIZE, Statx::size);
        field("statx.stx_blocks", Statx.SIZE, Statx::blocks);
        field("statx.stx_attributes_mask", Statx.SIZE, Statx::attributesMask);
        field("statx.stx_atime.tv_sec", Statx.SIZE, Statx::accessSeconds);
        field("statx.stx_atime.tv_nsec", Statx.SIZE, Statx::accessNanos);
        field("statx.stx_btime.tv_sec", Statx.SIZE, Statx::birthSeconds);
        field("statx.stx_btime.tv_nsec", Statx.SIZE, Statx::birthNanos);
        field("statx.stx_ctime.tv_sec", Statx.SIZE, Statx::changeSeconds);
        field("statx.stx_ctime.tv_nsec", Statx.SIZE, Statx::changeNanos);
        field("statx.stx_mtime.tv_sec", Statx.SIZE, Statx::modificationSeconds);
        field("statx.stx_mtime.tv_nsec", Statx.SIZE, Statx::modificationNanos);
        field("statx.stx_rdev_major", Statx.SIZE, Statx::specialDeviceMajor);
        field("statx.stx_rdev_minor", Statx.SIZE, Statx::specialDeviceMinor);
        field("statx.stx_dev_major", Statx.SIZE, Statx::deviceMajor);
        field("statx.stx_dev_minor", Statx.SIZE, Statx::deviceMinor);
        field("statx.stx_mnt_id", Statx.SIZE, Statx::mountId);
        field("statx.stx_dio_mem_align", Statx.SIZE, Statx::directMemoryAlignment);
        field("statx.stx_dio_offset_align", Statx.SIZE, Statx::directOffsetAlignment);
        field("statx.stx_subvol", Statx.SIZE, Statx::subvolume);
        field("statx.stx_atomic_write_unit_min", Statx.SIZE, Statx::atomicWriteBytesMin);
        field("statx.stx_atomic_write_unit_max", Statx.SIZE, Statx::atomicWriteBytesMax);
        field("statx.stx_atomic_write_segments_max", Statx.SIZE, Statx::atomicWriteVectorsMax);
        field("statx.stx_dio_read_offset_align", Statx.SIZE, Statx::directReadOffsetAlignment);
        field("statx.stx_atomic_write_unit_max_opt", Statx.SIZE, Statx::atomicWriteBytesOptimal);
        size("open_how", OpenHow.SIZE);
        field("open_how.flags", OpenHow.SIZE, OpenHow::flags);
        field("open_how.mode", OpenHow.SIZE, OpenHow::mode);
        field("open_how.resolve", OpenHow.SIZE, OpenHow::resolve);
        size("pollfd", PollDescriptor.SIZE);
        field("pollfd.fd", PollDescriptor.SIZE, s -> PollDescriptor.fd(s, 0));
        field("pollfd.events", PollDescriptor.SIZE, s -> PollDescriptor.events(s, 0));
        field("pollfd.revents", PollDescriptor.SIZE, s -> PollDescriptor.result(s, 0));
        size("flock", LockRange.SIZE);
        field("flock.l_type", LockRange.SIZE, LockRange::type);
        field("flock.l_whence", LockRange.SIZE, LockRange::origin);
        field("flock.l_start", LockRange.SIZE, LockRange::start);
        field("flock.l_len", LockRange.SIZE, LockRange::length);
        field("flock.l_pid", LockRange.SIZE, LockRange::process);
        size("rlimit", ResourceLimit.SIZE);
        field("rlimit.rlim_cur", ResourceLimit.SIZE, ResourceLimit::soft);
        field("rlimit.rlim_max", ResourceLimit.SIZE, ResourceLimit::hard);
        size("siginfo_t", SignalInformation.SIZE);
        field("siginfo_t.si_signo", SignalInformation.SIZE, SignalInformation::signal);
        field("siginfo_t.si_errno", SignalInformation.SIZE, SignalInformation::errno);
        field("siginfo_t.si_code", SignalInformation.SIZE, SignalInformation::code);
        field("siginfo_t.si_pid", SignalInformation.SIZE, SignalInformation::process);
        field("siginfo_t.si_uid", SignalInformation.SIZE, SignalInformation::user);
        field("siginfo_t.si_status", SignalInformation.SIZE, SignalInformation::status);
        size("epoll_event", EpollEvent.SIZE);
        field("epoll_event.events", EpollEvent.SIZE, s -> EpollEvent.events(s, 0));
        field("epoll_event.data", EpollEvent.SIZE, s -> EpollEvent.data(s, 0));
        field("linux_dirent64.d_ino", 24, s -> DirectoryEntry.inode(s, 0));
        field("linux_dirent64.d_off", 24, s -> DirectoryEntry.position(s, 0));
        field("linux_dirent64.d_reclen", 24, s -> DirectoryEntry.length(s, 0));
        field("linux_dirent64.d_type", 24, s -> DirectoryEntry.type(s, 0));
        said.put("field linux_dirent64.d_name", firstByteOfName() + " 0");
        size("cmsghdr", ControlMessage.SIZE);
        field("cmsghdr.cmsg_len", ControlMessage.SIZE, s -> ControlMessage.length(s, 0));
        field("cmsghdr.cmsg_level", ControlMessage.SIZE, s -> ControlMessage.level(s, 0));
        field("cmsghdr.cmsg_type", ControlMessage.SIZE, s -> ControlMessage.type(s, 0));
        size("sockaddr_in", SocketAddressCodec.INET_BYTES);
        size("sockaddr_in6", SocketAddressCodec.INET6_BYTES);
        size("sockaddr_un", SocketAddressCodec.UNIX_BYTES);
        size("sockaddr_storage", SocketAddressCodec.SIZE);
        Map<String, String> expected = rows(HOST_TABLE, "size");
        expected.putAll(rows(HOST_TABLE, "field"));
        expected.keySet().removeIf(name -> name.startsWith("field sockaddr_")); // written, not read: the next test
        assertThat(said).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void socket_addresses_are_written_where_the_compiler_lays_them_out() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment storage = arena.allocate(SocketAddressCodec.SIZE, 8);
            SocketAddressCodec.encode(storage, new InetSocketAddress("1.2.3.4", 0x1234));
            assertThat(bytes(storage, "sockaddr_in.sin_family")).containsExactly(2, 0);
            assertThat(bytes(storage, "sockaddr_in.sin_port")).containsExactly(0x12, 0x34);
            assertThat(bytes(storage, "sockaddr_in.sin_addr")).containsExactly(1, 2, 3, 4);

            SocketAddressCodec.encode(storage, new InetSocketAddress("fe80::1%5", 0x1234));
            assertThat(bytes(storage, "sockaddr_in6.sin6_family")).containsExactly(10, 0);
            assertThat(bytes(storage, "sockaddr_in6.sin6_port")).containsExactly(0x12, 0x34);
            assertThat(bytes(storage, "sockaddr_in6.sin6_flowinfo")).containsExactly(0, 0, 0, 0);
            assertThat(bytes(storage, "sockaddr_in6.sin6_addr"))
                    .containsExactly(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
            assertThat(bytes(storage, "sockaddr_in6.sin6_scope_id")).containsExactly(5, 0, 0, 0);

            SocketAddressCodec.encodeUnix(storage, "/tmp/x".getBytes(UTF_8));
            assertThat(bytes(storage, "sockaddr_un.sun_family")).containsExactly(1, 0);
            assertThat(bytes(storage, "sockaddr_un.sun_path")).startsWith('/', 't', 'm', 'p', '/', 'x', 0);
        }
    }

    @Test
    void the_compiler_of_this_host_says_the_same(@TempDir Path directory) throws Exception {
        Path program = directory.resolve("libc_abi");
        String refused = run("gcc", "-o", program.toString(), "src/test/c/libc_abi.c");
        Assumptions.assumeTrue(refused.isEmpty(), () -> "gcc cannot compile libc_abi.c here: " + refused);
        Map<String, String> here = new TreeMap<>();
        run(program.toString()).lines().forEach(line -> put(here, line));
        assertThat(here).hasSizeGreaterThan(500);
        assertThat(rows(HOST_TABLE, "")).containsAllEntriesOf(here);
    }

    private static String table(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "libc-x86_64.txt";
            case AARCH64 -> "libc-aarch64.txt";
        };
    }

    /** The rows of a table whose kind is {@code kind}, or all: name to values. */
    private static Map<String, String> rows(String table, String kind) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        try (InputStream in = LibcAbiTest.class.getResourceAsStream("/abi/" + table)) {
            new String(in.readAllBytes(), UTF_8).lines()
                    .filter(line -> line.startsWith(kind))
                    .forEach(line -> put(rows, line));
        }
        return rows;
    }

    private static void put(Map<String, String> rows, String line) {
        String[] words = line.split(" ", 3);
        // Flags such as EPOLLET are unsigned in C; in Java the same 32 bits are an int.
        String value = words[0].equals("const") ? Integer.toString((int) Long.parseLong(words[2])) : words[2];
        rows.put(words[0] + ' ' + words[1], value);
    }

    private static int[] bytes(MemorySegment segment, String field) throws IOException {
        String[] place = rows(HOST_TABLE, "field").get("field " + field).split(" ");
        int[] bytes = new int[Integer.parseInt(place[1])];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Byte.toUnsignedInt(segment.get(JAVA_BYTE, Integer.parseInt(place[0]) + i));
        }
        return bytes;
    }

    private static int firstByteOfName() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(32, 8);
            for (int i = 0; i < 31; i++) {
                entry.set(JAVA_BYTE, i, (byte) ('a' + i));
            }
            return DirectoryEntry.name(entry, 0).charAt(0) - 'a';
        }
    }

    private static String run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private void field(String name, long structBytes, ToLongFunction<MemorySegment> read) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(structBytes, 8);
            int first = -1;
            int width = 0;
            for (int i = 0; i < structBytes; i++) {
                struct.fill((byte) 0);
                struct.set(JAVA_BYTE, i, (byte) 1);
                long value = read.applyAsLong(struct);
                if (value != 0) {
                    first = first < 0 ? i : first;
                    assertThat(value).as(name).isEqualTo(1L << 8 * (i - first));
                    width++;
                }
            }
            said.put("field " + name, first + " " + width);
        }
    }

    private void size(String name, long bytes) {
        said.put("size " + name, Long.toString(bytes));
    }

    private void constant(String name, int value) {
        say("const " + name, value);
    }

    private void say(String name, int value) {
        assertThat(said.put(name, Integer.toString(value))).as(name + " is said twice").isNull();
    }

    private void constants() {
        constantsOfOpenFlag();
        constantsOfPathFlag();
        constantsOfRenameFlag();
        constantsOfSeekOrigin();
        constantsOfDescriptorCommand();
        constantsOfAllocateFlag();
        constantsOfFileAdvice();
        constantsOfSyncRangeFlag();
        constantsOfReadWriteFlag();
        constantsOfSpliceFlag();
        constantsOfMemoryFlag();
        constantsOfEventFlag();
        constantsOfPollFlag();
        constantsOfEpollFlag();
        constantsOfFileMode();
        constantsOfSocketConstant();
        constantsOfSocketOption();
        constantsOfMessageFlag();
        constantsOfProcessFlag();
        constantsOfStatxMask();
        constantsOfStatxAttribute();
        constantsOfOpenHow();
        constantsOfLockRange();
        constantsOfDirectoryEntry();
        constantsOfControlMessage();
        constantsOfResourceLimit();
    }

    private void constantsOfOpenFlag() {
        constant("O_RDONLY", OpenFlag.READ_ONLY);
        constant("O_WRONLY", OpenFlag.WRITE_ONLY);
        constant("O_RDWR", OpenFlag.READ_WRITE);
        constant("O_ACCMODE", OpenFlag.ACCESS_MODE);
        constant("O_CREAT", OpenFlag.CREATE);
        constant("O_EXCL", OpenFlag.EXCLUSIVE);
        constant("O_NOCTTY", OpenFlag.NO_CONTROLLING_TERMINAL);
        constant("O_TRUNC", OpenFlag.TRUNCATE);
        constant("O_APPEND", OpenFlag.APPEND);
        constant("O_NONBLOCK", OpenFlag.NON_BLOCKING);
        constant("O_DSYNC", OpenFlag.DATA_SYNC);
        constant("O_SYNC", OpenFlag.SYNC);
        constant("O_DIRECT", OpenFlag.DIRECT);
        constant("O_DIRECTORY", OpenFlag.DIRECTORY);
        constant("O_NOFOLLOW", OpenFlag.NO_FOLLOW);
        constant("O_NOATIME", OpenFlag.NO_ACCESS_TIME);
        constant("O_CLOEXEC", OpenFlag.CLOSE_ON_EXEC);
        constant("O_PATH", OpenFlag.PATH);
        constant("O_TMPFILE", OpenFlag.TEMPORARY_FILE);
    }

    private void constantsOfPathFlag() {
        constant("AT_FDCWD", PathFlag.CURRENT_DIRECTORY);
        constant("AT_SYMLINK_NOFOLLOW", PathFlag.NO_FOLLOW);
        constant("AT_SYMLINK_FOLLOW", PathFlag.FOLLOW);
        constant("AT_REMOVEDIR", PathFlag.REMOVE_DIRECTORY);
        constant("AT_EACCESS", PathFlag.EFFECTIVE_ACCESS);
        constant("AT_NO_AUTOMOUNT", PathFlag.NO_AUTOMOUNT);
        constant("AT_EMPTY_PATH", PathFlag.EMPTY_PATH);
        constant("AT_STATX_SYNC_AS_STAT", PathFlag.STATX_SYNC_AS_STAT);
        constant("AT_STATX_FORCE_SYNC", PathFlag.STATX_FORCE_SYNC);
        constant("AT_STATX_DONT_SYNC", PathFlag.STATX_DONT_SYNC);
    }

    private void constantsOfRenameFlag() {
        constant("RENAME_NOREPLACE", RenameFlag.NO_REPLACE);
        constant("RENAME_EXCHANGE", RenameFlag.EXCHANGE);
        constant("RENAME_WHITEOUT", RenameFlag.WHITEOUT);
    }

    private void constantsOfSeekOrigin() {
        constant("SEEK_SET", SeekOrigin.START);
        constant("SEEK_CUR", SeekOrigin.CURRENT);
        constant("SEEK_END", SeekOrigin.END);
        constant("SEEK_DATA", SeekOrigin.DATA);
        constant("SEEK_HOLE", SeekOrigin.HOLE);
    }

    private void constantsOfDescriptorCommand() {
        constant("F_DUPFD", DescriptorCommand.DUPLICATE);
        constant("F_DUPFD_CLOEXEC", DescriptorCommand.DUPLICATE_CLOSE_ON_EXEC);
        constant("F_GETFD", DescriptorCommand.GET_DESCRIPTOR_FLAGS);
        constant("F_SETFD", DescriptorCommand.SET_DESCRIPTOR_FLAGS);
        constant("FD_CLOEXEC", DescriptorCommand.CLOSE_ON_EXEC);
        constant("F_GETFL", DescriptorCommand.GET_STATUS_FLAGS);
        constant("F_SETFL", DescriptorCommand.SET_STATUS_FLAGS);
        constant("F_SETPIPE_SZ", DescriptorCommand.SET_PIPE_BYTES);
        constant("F_GETPIPE_SZ", DescriptorCommand.GET_PIPE_BYTES);
        constant("FIONREAD", DescriptorCommand.BYTES_READABLE);
        constant("CLOSE_RANGE_UNSHARE", DescriptorCommand.CLOSE_RANGE_UNSHARE);
        constant("CLOSE_RANGE_CLOEXEC", DescriptorCommand.CLOSE_RANGE_CLOSE_ON_EXEC);
    }

    private void constantsOfAllocateFlag() {
        constant("FALLOC_FL_KEEP_SIZE", AllocateFlag.KEEP_SIZE);
        constant("FALLOC_FL_PUNCH_HOLE", AllocateFlag.PUNCH_HOLE);
        constant("FALLOC_FL_COLLAPSE_RANGE", AllocateFlag.COLLAPSE_RANGE);
        constant("FALLOC_FL_ZERO_RANGE", AllocateFlag.ZERO_RANGE);
        constant("FALLOC_FL_INSERT_RANGE", AllocateFlag.INSERT_RANGE);
        constant("FALLOC_FL_UNSHARE_RANGE", AllocateFlag.UNSHARE_RANGE);
    }

    private void constantsOfFileAdvice() {
        constant("POSIX_FADV_NORMAL", FileAdvice.NORMAL);
        constant("POSIX_FADV_RANDOM", FileAdvice.RANDOM);
        constant("POSIX_FADV_SEQUENTIAL", FileAdvice.SEQUENTIAL);
        constant("POSIX_FADV_WILLNEED", FileAdvice.WILL_NEED);
        constant("POSIX_FADV_DONTNEED", FileAdvice.DONT_NEED);
        constant("POSIX_FADV_NOREUSE", FileAdvice.NO_REUSE);
    }

    private void constantsOfSyncRangeFlag() {
        constant("SYNC_FILE_RANGE_WAIT_BEFORE", SyncRangeFlag.WAIT_BEFORE);
        constant("SYNC_FILE_RANGE_WRITE", SyncRangeFlag.WRITE);
        constant("SYNC_FILE_RANGE_WAIT_AFTER", SyncRangeFlag.WAIT_AFTER);
    }

    private void constantsOfReadWriteFlag() {
        constant("RWF_HIPRI", ReadWriteFlag.HIGH_PRIORITY);
        constant("RWF_DSYNC", ReadWriteFlag.DATA_SYNC);
        constant("RWF_SYNC", ReadWriteFlag.SYNC);
        constant("RWF_NOWAIT", ReadWriteFlag.NO_WAIT);
        constant("RWF_APPEND", ReadWriteFlag.APPEND);
        constant("RWF_NOAPPEND", ReadWriteFlag.NO_APPEND);
        constant("RWF_ATOMIC", ReadWriteFlag.ATOMIC);
        constant("RWF_DONTCACHE", ReadWriteFlag.DONT_CACHE);
    }

    private void constantsOfSpliceFlag() {
        constant("SPLICE_F_MOVE", SpliceFlag.MOVE);
        constant("SPLICE_F_NONBLOCK", SpliceFlag.NON_BLOCKING);
        constant("SPLICE_F_MORE", SpliceFlag.MORE);
    }

    private void constantsOfMemoryFlag() {
        constant("PROT_NONE", MemoryFlag.PROTECTION_NONE);
        constant("PROT_READ", MemoryFlag.PROTECTION_READ);
        constant("PROT_WRITE", MemoryFlag.PROTECTION_WRITE);
        constant("MAP_SHARED", MemoryFlag.MAP_SHARED);
        constant("MAP_PRIVATE", MemoryFlag.MAP_PRIVATE);
        constant("MAP_FIXED", MemoryFlag.MAP_FIXED);
        constant("MAP_ANONYMOUS", MemoryFlag.MAP_ANONYMOUS);
        constant("MAP_NORESERVE", MemoryFlag.MAP_NO_RESERVE);
        constant("MAP_LOCKED", MemoryFlag.MAP_LOCKED);
        constant("MAP_POPULATE", MemoryFlag.MAP_POPULATE);
        constant("MAP_HUGETLB", MemoryFlag.MAP_HUGE_PAGES);
        constant("MADV_NORMAL", MemoryFlag.ADVICE_NORMAL);
        constant("MADV_RANDOM", MemoryFlag.ADVICE_RANDOM);
        constant("MADV_SEQUENTIAL", MemoryFlag.ADVICE_SEQUENTIAL);
        constant("MADV_WILLNEED", MemoryFlag.ADVICE_WILL_NEED);
        constant("MADV_DONTNEED", MemoryFlag.ADVICE_DONT_NEED);
        constant("MADV_FREE", MemoryFlag.ADVICE_FREE);
        constant("MADV_DONTFORK", MemoryFlag.ADVICE_DONT_FORK);
        constant("MADV_HUGEPAGE", MemoryFlag.ADVICE_HUGE_PAGES);
        constant("MADV_NOHUGEPAGE", MemoryFlag.ADVICE_NO_HUGE_PAGES);
        constant("MADV_POPULATE_READ", MemoryFlag.ADVICE_POPULATE_READ);
        constant("MADV_POPULATE_WRITE", MemoryFlag.ADVICE_POPULATE_WRITE);
    }

    private void constantsOfEventFlag() {
        constant("EFD_CLOEXEC", EventFlag.CLOSE_ON_EXEC);
        constant("EFD_NONBLOCK", EventFlag.NON_BLOCKING);
        constant("EFD_SEMAPHORE", EventFlag.SEMAPHORE);
    }

    private void constantsOfPollFlag() {
        constant("POLLIN", PollFlag.READABLE);
        constant("POLLPRI", PollFlag.PRIORITY);
        constant("POLLOUT", PollFlag.WRITABLE);
        constant("POLLERR", PollFlag.ERROR);
        constant("POLLHUP", PollFlag.HANG_UP);
        constant("POLLNVAL", PollFlag.INVALID);
        constant("POLLRDHUP", PollFlag.PEER_FINISHED);
    }

    private void constantsOfEpollFlag() {
        constant("EPOLL_CLOEXEC", EpollFlag.CLOSE_ON_EXEC);
        constant("EPOLL_CTL_ADD", EpollFlag.ADD);
        constant("EPOLL_CTL_MOD", EpollFlag.MODIFY);
        constant("EPOLL_CTL_DEL", EpollFlag.DELETE);
        constant("EPOLLIN", EpollFlag.READABLE);
        constant("EPOLLPRI", EpollFlag.PRIORITY);
        constant("EPOLLOUT", EpollFlag.WRITABLE);
        constant("EPOLLERR", EpollFlag.ERROR);
        constant("EPOLLHUP", EpollFlag.HANG_UP);
        constant("EPOLLRDHUP", EpollFlag.PEER_FINISHED);
        constant("EPOLLEXCLUSIVE", EpollFlag.EXCLUSIVE);
        constant("EPOLLWAKEUP", EpollFlag.WAKE_UP);
        constant("EPOLLONESHOT", EpollFlag.ONE_SHOT);
        constant("EPOLLET", EpollFlag.EDGE_TRIGGERED);
    }

    private void constantsOfFileMode() {
        constant("S_IFMT", FileMode.TYPE_MASK);
        constant("S_IFSOCK", FileMode.SOCKET);
        constant("S_IFLNK", FileMode.SYMBOLIC_LINK);
        constant("S_IFREG", FileMode.REGULAR);
        constant("S_IFBLK", FileMode.BLOCK_DEVICE);
        constant("S_IFDIR", FileMode.DIRECTORY);
        constant("S_IFCHR", FileMode.CHARACTER_DEVICE);
        constant("S_IFIFO", FileMode.PIPE);
        constant("S_ISUID", FileMode.SET_USER);
        constant("S_ISGID", FileMode.SET_GROUP);
        constant("S_ISVTX", FileMode.STICKY);
    }

    private void constantsOfSocketConstant() {
        constant("AF_UNSPEC", SocketConstant.FAMILY_UNSPECIFIED);
        constant("AF_UNIX", SocketConstant.FAMILY_UNIX);
        constant("AF_INET", SocketConstant.FAMILY_INET);
        constant("AF_INET6", SocketConstant.FAMILY_INET6);
        constant("SOCK_STREAM", SocketConstant.STREAM);
        constant("SOCK_DGRAM", SocketConstant.DATAGRAM);
        constant("SOCK_RAW", SocketConstant.RAW);
        constant("SOCK_SEQPACKET", SocketConstant.SEQUENCED_PACKET);
        constant("SOCK_CLOEXEC", SocketConstant.CLOSE_ON_EXEC);
        constant("SOCK_NONBLOCK", SocketConstant.NON_BLOCKING);
        constant("IPPROTO_IP", SocketConstant.PROTOCOL_IP);
        constant("IPPROTO_ICMP", SocketConstant.PROTOCOL_ICMP);
        constant("IPPROTO_TCP", SocketConstant.PROTOCOL_TCP);
        constant("IPPROTO_UDP", SocketConstant.PROTOCOL_UDP);
        constant("IPPROTO_IPV6", SocketConstant.PROTOCOL_IPV6);
        constant("IPPROTO_MPTCP", SocketConstant.PROTOCOL_MPTCP);
        constant("SHUT_RD", SocketConstant.SHUTDOWN_READ);
        constant("SHUT_WR", SocketConstant.SHUTDOWN_WRITE);
        constant("SHUT_RDWR", SocketConstant.SHUTDOWN_BOTH);
    }

    private void constantsOfSocketOption() {
        constant("SOL_SOCKET", SocketOption.LEVEL_SOCKET);
        constant("SOL_TCP", SocketOption.LEVEL_TCP);
        constant("SOL_UDP", SocketOption.LEVEL_UDP);
        constant("SOL_IP", SocketOption.LEVEL_IP);
        constant("SOL_IPV6", SocketOption.LEVEL_IPV6);
        constant("SO_REUSEADDR", SocketOption.REUSE_ADDRESS);
        constant("SO_TYPE", SocketOption.TYPE);
        constant("SO_ERROR", SocketOption.ERROR);
        constant("SO_DONTROUTE", SocketOption.DONT_ROUTE);
        constant("SO_BROADCAST", SocketOption.BROADCAST);
        constant("SO_SNDBUF", SocketOption.SEND_BUFFER_BYTES);
        constant("SO_RCVBUF", SocketOption.RECEIVE_BUFFER_BYTES);
        constant("SO_KEEPALIVE", SocketOption.KEEP_ALIVE);
        constant("SO_OOBINLINE", SocketOption.OUT_OF_BAND_INLINE);
        constant("SO_PRIORITY", SocketOption.PRIORITY);
        constant("SO_LINGER", SocketOption.LINGER);
        constant("SO_REUSEPORT", SocketOption.REUSE_PORT);
        constant("SO_PASSCRED", SocketOption.PASS_CREDENTIALS);
        constant("SO_PEERCRED", SocketOption.PEER_CREDENTIALS);
        constant("SO_RCVLOWAT", SocketOption.RECEIVE_LOW_WATER);
        constant("SO_SNDLOWAT", SocketOption.SEND_LOW_WATER);
        constant("SO_RCVTIMEO", SocketOption.RECEIVE_TIMEOUT);
        constant("SO_SNDTIMEO", SocketOption.SEND_TIMEOUT);
        constant("SO_BINDTODEVICE", SocketOption.BIND_TO_DEVICE);
        constant("SO_TIMESTAMP", SocketOption.TIMESTAMP);
        constant("SO_ACCEPTCONN", SocketOption.ACCEPTS_CONNECTIONS);
        constant("SO_PEERSEC", SocketOption.PEER_SECURITY);
        constant("SO_MARK", SocketOption.MARK);
        constant("SO_PROTOCOL", SocketOption.PROTOCOL);
        constant("SO_DOMAIN", SocketOption.DOMAIN);
        constant("SO_RXQ_OVFL", SocketOption.RECEIVE_QUEUE_OVERFLOW);
        constant("SO_BUSY_POLL", SocketOption.BUSY_POLL);
        constant("SO_INCOMING_CPU", SocketOption.INCOMING_CPU);
        constant("SO_ZEROCOPY", SocketOption.ZERO_COPY);
        constant("TCP_NODELAY", SocketOption.TCP_NO_DELAY);
        constant("TCP_MAXSEG", SocketOption.TCP_MAXIMUM_SEGMENT);
        constant("TCP_CORK", SocketOption.TCP_CORK);
        constant("TCP_KEEPIDLE", SocketOption.TCP_KEEP_IDLE);
        constant("TCP_KEEPINTVL", SocketOption.TCP_KEEP_INTERVAL);
        constant("TCP_KEEPCNT", SocketOption.TCP_KEEP_COUNT);
        constant("TCP_SYNCNT", SocketOption.TCP_SYN_COUNT);
        constant("TCP_LINGER2", SocketOption.TCP_LINGER2);
        constant("TCP_DEFER_ACCEPT", SocketOption.TCP_DEFER_ACCEPT);
        constant("TCP_INFO", SocketOption.TCP_INFORMATION);
        constant("TCP_QUICKACK", SocketOption.TCP_QUICK_ACK);
        constant("TCP_CONGESTION", SocketOption.TCP_CONGESTION);
        constant("TCP_USER_TIMEOUT", SocketOption.TCP_USER_TIMEOUT);
        constant("TCP_FASTOPEN", SocketOption.TCP_FAST_OPEN);
        constant("TCP_FASTOPEN_CONNECT", SocketOption.TCP_FAST_OPEN_CONNECT);
        constant("TCP_NOTSENT_LOWAT", SocketOption.TCP_NOT_SENT_LOW_WATER);
        constant("UDP_SEGMENT", SocketOption.UDP_SEGMENT);
        constant("UDP_GRO", SocketOption.UDP_RECEIVE_OFFLOAD);
        constant("IP_TOS", SocketOption.IP_TYPE_OF_SERVICE);
        constant("IP_TTL", SocketOption.IP_TIME_TO_LIVE);
        constant("IP_PKTINFO", SocketOption.IP_PACKET_INFORMATION);
        constant("IP_MTU_DISCOVER", SocketOption.IP_MTU_DISCOVER);
        constant("IP_RECVERR", SocketOption.IP_RECEIVE_ERROR);
        constant("IP_RECVTOS", SocketOption.IP_RECEIVE_TYPE_OF_SERVICE);
        constant("IP_TRANSPARENT", SocketOption.IP_TRANSPARENT);
        constant("IP_FREEBIND", SocketOption.IP_FREE_BIND);
        constant("IP_BIND_ADDRESS_NO_PORT", SocketOption.IP_BIND_NO_PORT);
        constant("IP_MULTICAST_IF", SocketOption.IP_MULTICAST_INTERFACE);
        constant("IP_MULTICAST_TTL", SocketOption.IP_MULTICAST_TIME_TO_LIVE);
        constant("IP_MULTICAST_LOOP", SocketOption.IP_MULTICAST_LOOP);
        constant("IP_ADD_MEMBERSHIP", SocketOption.IP_ADD_MEMBERSHIP);
        constant("IP_DROP_MEMBERSHIP", SocketOption.IP_DROP_MEMBERSHIP);
        constant("IPV6_UNICAST_HOPS", SocketOption.IPV6_UNICAST_HOPS);
        constant("IPV6_MULTICAST_IF", SocketOption.IPV6_MULTICAST_INTERFACE);
        constant("IPV6_MULTICAST_HOPS", SocketOption.IPV6_MULTICAST_HOPS);
        constant("IPV6_MULTICAST_LOOP", SocketOption.IPV6_MULTICAST_LOOP);
        constant("IPV6_JOIN_GROUP", SocketOption.IPV6_JOIN_GROUP);
        constant("IPV6_LEAVE_GROUP", SocketOption.IPV6_LEAVE_GROUP);
        constant("IPV6_V6ONLY", SocketOption.IPV6_ONLY);
        constant("IPV6_RECVPKTINFO", SocketOption.IPV6_RECEIVE_PACKET_INFORMATION);
        constant("IPV6_PKTINFO", SocketOption.IPV6_PACKET_INFORMATION);
        constant("IPV6_RECVTCLASS", SocketOption.IPV6_RECEIVE_TRAFFIC_CLASS);
        constant("IPV6_TCLASS", SocketOption.IPV6_TRAFFIC_CLASS);
    }

    private void constantsOfMessageFlag() {
        constant("MSG_OOB", MessageFlag.OUT_OF_BAND);
        constant("MSG_PEEK", MessageFlag.PEEK);
        constant("MSG_DONTROUTE", MessageFlag.DONT_ROUTE);
        constant("MSG_CTRUNC", MessageFlag.CONTROL_TRUNCATED);
        constant("MSG_TRUNC", MessageFlag.TRUNCATED);
        constant("MSG_DONTWAIT", MessageFlag.DONT_WAIT);
        constant("MSG_EOR", MessageFlag.END_OF_RECORD);
        constant("MSG_WAITALL", MessageFlag.WAIT_ALL);
        constant("MSG_CONFIRM", MessageFlag.CONFIRM);
        constant("MSG_ERRQUEUE", MessageFlag.ERROR_QUEUE);
        constant("MSG_NOSIGNAL", MessageFlag.NO_SIGNAL);
        constant("MSG_MORE", MessageFlag.MORE);
        constant("MSG_WAITFORONE", MessageFlag.WAIT_FOR_ONE);
        constant("MSG_ZEROCOPY", MessageFlag.ZERO_COPY);
        constant("MSG_FASTOPEN", MessageFlag.FAST_OPEN);
        constant("MSG_CMSG_CLOEXEC", MessageFlag.CLOSE_ON_EXEC);
    }

    private void constantsOfProcessFlag() {
        constant("P_ALL", ProcessFlag.WAIT_ALL);
        constant("P_PID", ProcessFlag.WAIT_PROCESS);
        constant("P_PGID", ProcessFlag.WAIT_PROCESS_GROUP);
        constant("P_PIDFD", ProcessFlag.WAIT_DESCRIPTOR);
        constant("WEXITED", ProcessFlag.WAIT_EXITED);
        constant("WSTOPPED", ProcessFlag.WAIT_STOPPED);
        constant("WCONTINUED", ProcessFlag.WAIT_CONTINUED);
        constant("WNOHANG", ProcessFlag.WAIT_NO_HANG);
        constant("WNOWAIT", ProcessFlag.WAIT_LEAVE);
        constant("CLD_EXITED", ProcessFlag.CHILD_EXITED);
        constant("CLD_KILLED", ProcessFlag.CHILD_KILLED);
        constant("CLD_DUMPED", ProcessFlag.CHILD_DUMPED);
        constant("PIDFD_NONBLOCK", ProcessFlag.DESCRIPTOR_NON_BLOCKING);
        constant("FUTEX_WAIT", ProcessFlag.FUTEX_WAIT);
        constant("FUTEX_WAKE", ProcessFlag.FUTEX_WAKE);
        constant("FUTEX_PRIVATE_FLAG", ProcessFlag.FUTEX_PRIVATE);
        constant("PR_SET_PDEATHSIG", ProcessFlag.SET_PARENT_DEATH_SIGNAL);
        constant("PR_SET_DUMPABLE", ProcessFlag.SET_DUMPABLE);
        constant("PR_SET_NAME", ProcessFlag.SET_NAME);
        constant("PR_GET_NAME", ProcessFlag.GET_NAME);
        constant("PR_SET_TIMERSLACK", ProcessFlag.SET_TIMER_SLACK);
        constant("PR_SET_NO_NEW_PRIVS", ProcessFlag.SET_NO_NEW_PRIVILEGES);
        constant("PR_SET_CHILD_SUBREAPER", ProcessFlag.SET_CHILD_SUBREAPER);
        constant("SIGHUP", ProcessFlag.SIGNAL_HANG_UP);
        constant("SIGINT", ProcessFlag.SIGNAL_INTERRUPT);
        constant("SIGQUIT", ProcessFlag.SIGNAL_QUIT);
        constant("SIGKILL", ProcessFlag.SIGNAL_KILL);
        constant("SIGUSR1", ProcessFlag.SIGNAL_USER1);
        constant("SIGUSR2", ProcessFlag.SIGNAL_USER2);
        constant("SIGPIPE", ProcessFlag.SIGNAL_PIPE);
        constant("SIGALRM", ProcessFlag.SIGNAL_ALARM);
        constant("SIGTERM", ProcessFlag.SIGNAL_TERMINATE);
        constant("SIGCHLD", ProcessFlag.SIGNAL_CHILD);
        constant("SIGCONT", ProcessFlag.SIGNAL_CONTINUE);
        constant("SIGSTOP", ProcessFlag.SIGNAL_STOP);
    }

    private void constantsOfStatxMask() {
        constant("STATX_TYPE", StatxMask.TYPE);
        constant("STATX_MODE", StatxMask.MODE);
        constant("STATX_NLINK", StatxMask.LINKS);
        constant("STATX_UID", StatxMask.USER);
        constant("STATX_GID", StatxMask.GROUP);
        constant("STATX_ATIME", StatxMask.ACCESS_TIME);
        constant("STATX_MTIME", StatxMask.MODIFICATION_TIME);
        constant("STATX_CTIME", StatxMask.CHANGE_TIME);
        constant("STATX_INO", StatxMask.INODE);
        constant("STATX_SIZE", StatxMask.SIZE);
        constant("STATX_BLOCKS", StatxMask.BLOCKS);
        constant("STATX_BASIC_STATS", StatxMask.BASIC);
        constant("STATX_BTIME", StatxMask.BIRTH_TIME);
        constant("STATX_MNT_ID", StatxMask.MOUNT_ID);
        constant("STATX_DIOALIGN", StatxMask.DIRECT_ALIGNMENT);
        constant("STATX_MNT_ID_UNIQUE", StatxMask.MOUNT_ID_UNIQUE);
        constant("STATX_SUBVOL", StatxMask.SUBVOLUME);
        constant("STATX_WRITE_ATOMIC", StatxMask.ATOMIC_WRITE);
        constant("STATX_DIO_READ_ALIGN", StatxMask.DIRECT_READ_ALIGNMENT);
    }

    private void constantsOfStatxAttribute() {
        constant("STATX_ATTR_COMPRESSED", StatxAttribute.COMPRESSED);
        constant("STATX_ATTR_IMMUTABLE", StatxAttribute.IMMUTABLE);
        constant("STATX_ATTR_APPEND", StatxAttribute.APPEND_ONLY);
        constant("STATX_ATTR_NODUMP", StatxAttribute.NO_DUMP);
        constant("STATX_ATTR_ENCRYPTED", StatxAttribute.ENCRYPTED);
        constant("STATX_ATTR_AUTOMOUNT", StatxAttribute.AUTOMOUNT);
        constant("STATX_ATTR_MOUNT_ROOT", StatxAttribute.MOUNT_ROOT);
        constant("STATX_ATTR_VERITY", StatxAttribute.VERITY);
        constant("STATX_ATTR_DAX", StatxAttribute.DIRECT_ACCESS);
        constant("STATX_ATTR_WRITE_ATOMIC", StatxAttribute.ATOMIC_WRITE);
    }

    private void constantsOfOpenHow() {
        constant("RESOLVE_NO_XDEV", OpenHow.NO_MOUNT_CROSSING);
        constant("RESOLVE_NO_MAGICLINKS", OpenHow.NO_MAGIC_LINKS);
        constant("RESOLVE_NO_SYMLINKS", OpenHow.NO_SYMBOLIC_LINKS);
        constant("RESOLVE_BENEATH", OpenHow.BENEATH);
        constant("RESOLVE_IN_ROOT", OpenHow.IN_ROOT);
        constant("RESOLVE_CACHED", OpenHow.CACHED);
    }

    private void constantsOfLockRange() {
        constant("F_RDLCK", LockRange.SHARED);
        constant("F_WRLCK", LockRange.EXCLUSIVE);
        constant("F_UNLCK", LockRange.UNLOCKED);
        constant("F_OFD_GETLK", LockRange.GET_FOR_DESCRIPTION);
        constant("F_OFD_SETLK", LockRange.SET_FOR_DESCRIPTION);
        constant("F_OFD_SETLKW", LockRange.AWAIT_FOR_DESCRIPTION);
        constant("F_GETLK", LockRange.GET_FOR_PROCESS);
        constant("F_SETLK", LockRange.SET_FOR_PROCESS);
        constant("F_SETLKW", LockRange.AWAIT_FOR_PROCESS);
        constant("LOCK_SH", LockRange.WHOLE_FILE_SHARED);
        constant("LOCK_EX", LockRange.WHOLE_FILE_EXCLUSIVE);
        constant("LOCK_UN", LockRange.WHOLE_FILE_UNLOCK);
        constant("LOCK_NB", LockRange.WHOLE_FILE_NO_WAIT);
    }

    private void constantsOfDirectoryEntry() {
        constant("DT_UNKNOWN", DirectoryEntry.UNKNOWN);
        constant("DT_FIFO", DirectoryEntry.PIPE);
        constant("DT_CHR", DirectoryEntry.CHARACTER_DEVICE);
        constant("DT_DIR", DirectoryEntry.DIRECTORY);
        constant("DT_BLK", DirectoryEntry.BLOCK_DEVICE);
        constant("DT_REG", DirectoryEntry.REGULAR);
        constant("DT_LNK", DirectoryEntry.SYMBOLIC_LINK);
        constant("DT_SOCK", DirectoryEntry.SOCKET);
    }

    private void constantsOfControlMessage() {
        constant("SCM_RIGHTS", ControlMessage.RIGHTS);
        constant("SCM_CREDENTIALS", ControlMessage.CREDENTIALS);
    }

    private void constantsOfResourceLimit() {
        constant("RLIMIT_CPU", ResourceLimit.PROCESSOR_SECONDS);
        constant("RLIMIT_FSIZE", ResourceLimit.FILE_BYTES);
        constant("RLIMIT_DATA", ResourceLimit.DATA_BYTES);
        constant("RLIMIT_STACK", ResourceLimit.STACK_BYTES);
        constant("RLIMIT_CORE", ResourceLimit.CORE_BYTES);
        constant("RLIMIT_NPROC", ResourceLimit.PROCESSES);
        constant("RLIMIT_NOFILE", ResourceLimit.OPEN_FILES);
        constant("RLIMIT_MEMLOCK", ResourceLimit.LOCKED_MEMORY);
        constant("RLIMIT_AS", ResourceLimit.ADDRESS_SPACE);
    }
}
