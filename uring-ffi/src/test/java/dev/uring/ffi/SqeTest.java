package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where each request's operands go; the expected places are those of liburing's io_uring_prep_ functions. */
class SqeTest {
    /** Methods that change an entry which a shape method has filled. */
    private static final Set<String> MODIFIERS = Set.of("flags", "ioPriority", "operationFlags", "bufferGroup",
            "bufferIndex", "fileIndex", "personality", "userData", "destination", "receiveLimit", "writeStream",
            "attributes", "commandData");
    private static final Set<String> LARGE = Set.of("nop128", "uringCmd128");
    private static final int ENTRIES = 4;
    /** The entry under test, with neighbours on both sides. */
    private static final int INDEX = 1;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment entries = arena.allocate(ENTRIES * Sqe.SIZE, Sqe.SIZE);
    private final Sqe sqe = new Sqe(entries).at(INDEX);
    private final MemorySegment a = arena.allocate(256);
    private final MemorySegment b = arena.allocate(256);
    private final MemorySegment c = arena.allocate(256);
    private final Map<Long, String> letters = Map.of(a.address(), "A", b.address(), "B", c.address(), "C");

    @Test
    void nothing_timeouts_and_cancels_are_placed_as_the_kernel_reads_them() {
        expect(sqe.nop(), "NOP fd=-1");
        expect(sqe.nop(RequestFlag.NOP_INJECT_RESULT, -5), "NOP fd=-1 len=-5 op_flags=1");
        expect(sqe.nop128(), "NOP128 fd=-1");
        expect(sqe.timeout(a, 9, RequestFlag.TIMEOUT_ABS), "TIMEOUT fd=-1 off=9 addr=A len=1 op_flags=1");
        expect(sqe.timeoutImmediate(777, 9, RequestFlag.TIMEOUT_ABS),
                "TIMEOUT fd=-1 off=9 addr=777 len=1 op_flags=129");
        expect(sqe.timeoutRemove(77, 4), "TIMEOUT_REMOVE fd=-1 addr=77 op_flags=4");
        expect(sqe.timeoutUpdate(a, 77, RequestFlag.LINK_TIMEOUT_UPDATE),
                "TIMEOUT_REMOVE fd=-1 off=A addr=77 op_flags=18");
        expect(sqe.linkTimeout(a, RequestFlag.TIMEOUT_ABS), "LINK_TIMEOUT fd=-1 addr=A len=1 op_flags=1");
        expect(sqe.linkTimeoutImmediate(777, 0), "LINK_TIMEOUT fd=-1 addr=777 len=1 op_flags=128");
        expect(sqe.cancel(77, RequestFlag.ASYNC_CANCEL_ALL), "ASYNC_CANCEL fd=-1 addr=77 op_flags=1");
        expect(sqe.cancelFd(3, RequestFlag.ASYNC_CANCEL_ALL), "ASYNC_CANCEL fd=3 op_flags=3");
        expect(sqe.cancelAny(RequestFlag.ASYNC_CANCEL_ALL), "ASYNC_CANCEL fd=-1 op_flags=5");
        expect(sqe.cancelOpcode(Opcode.RECV, RequestFlag.ASYNC_CANCEL_ALL), "ASYNC_CANCEL fd=-1 len=27 op_flags=33");
    }

    @Test
    void readiness_are_placed_as_the_kernel_reads_them() {
        expect(sqe.pollAdd(3, 0x2001), "POLL_ADD fd=3 op_flags=8193");
        expect(sqe.pollAdd(3, 0x80000001, RequestFlag.POLL_ADD_LEVEL), "POLL_ADD fd=3 len=8 op_flags=-2147483647");
        expect(sqe.pollMultishot(3, 1), "POLL_ADD fd=3 len=1 op_flags=1");
        expect(sqe.pollRemove(77), "POLL_REMOVE fd=-1 addr=77");
        expect(sqe.pollUpdate(77, 88, 4, RequestFlag.POLL_UPDATE_EVENTS),
                "POLL_REMOVE fd=-1 off=88 addr=77 len=2 op_flags=4");
        expect(sqe.epollCtl(5, 1, 3, a), "EPOLL_CTL fd=5 off=3 addr=A len=1");
        expect(sqe.epollWait(5, a, 8), "EPOLL_WAIT fd=5 addr=A len=8");
    }

    @Test
    void reading_and_writing_are_placed_as_the_kernel_reads_them() {
        expect(sqe.read(3, a, 100, 4096), "READ fd=3 off=4096 addr=A len=100");
        expect(sqe.read(3, a, 100, -1), "READ fd=3 off=-1 addr=A len=100");
        expect(sqe.write(3, a, 100, 4096), "WRITE fd=3 off=4096 addr=A len=100");
        expect(sqe.readv(3, a, 2, 4096), "READV fd=3 off=4096 addr=A len=2");
        expect(sqe.writev(3, a, 2, 4096), "WRITEV fd=3 off=4096 addr=A len=2");
        expect(sqe.readFixed(3, a, 100, 4096, 6), "READ_FIXED fd=3 off=4096 addr=A len=100 buf_index=6");
        expect(sqe.writeFixed(3, a, 100, 4096, 65535), "WRITE_FIXED fd=3 off=4096 addr=A len=100 buf_index=65535");
        expect(sqe.readvFixed(3, a, 2, 4096, 6), "READV_FIXED fd=3 off=4096 addr=A len=2 buf_index=6");
        expect(sqe.writevFixed(3, a, 2, 4096, 6), "WRITEV_FIXED fd=3 off=4096 addr=A len=2 buf_index=6");
        expect(sqe.readMultishot(3, 100, -1, 6), "READ_MULTISHOT flags=32 fd=3 off=-1 len=100 buf_index=6");
        expect(sqe.splice(3, 11, 4, 12, 100, 2), "SPLICE fd=4 off=12 addr=11 len=100 op_flags=2 file_index=3");
        expect(sqe.tee(3, 4, 100, 2), "TEE fd=4 len=100 op_flags=2 file_index=3");
        expect(sqe.provideBuffers(a, 100, 2, 6, 9), "PROVIDE_BUFFERS fd=2 off=9 addr=A len=100 buf_index=6");
        expect(sqe.removeBuffers(2, 6), "REMOVE_BUFFERS fd=2 buf_index=6");
    }

    @Test
    void files_are_placed_as_the_kernel_reads_them() {
        expect(sqe.openat(-100, a, 2, 0644), "OPENAT fd=-100 addr=A len=420 op_flags=2");
        expect(sqe.openatDirect(-100, a, 2, 0644, 0), "OPENAT fd=-100 addr=A len=420 op_flags=2 file_index=1");
        expect(sqe.openatDirect(-100, a, 2, 0644, RequestFlag.FILE_INDEX_ALLOC),
                "OPENAT fd=-100 addr=A len=420 op_flags=2 file_index=-1");
        expect(sqe.openat2(-100, a, b, 24), "OPENAT2 fd=-100 off=B addr=A len=24");
        expect(sqe.openat2Direct(-100, a, b, 24, 7), "OPENAT2 fd=-100 off=B addr=A len=24 file_index=8");
        expect(sqe.close(3), "CLOSE fd=3");
        expect(sqe.closeDirect(7), "CLOSE file_index=8");
        expect(sqe.fixedFdInstall(7, RequestFlag.FIXED_FD_NO_CLOEXEC), "FIXED_FD_INSTALL flags=1 fd=7 op_flags=1");
        expect(sqe.filesUpdate(a, 3, 5), "FILES_UPDATE fd=-1 off=5 addr=A len=3");
        expect(sqe.fsync(3, RequestFlag.FSYNC_DATASYNC), "FSYNC fd=3 op_flags=1");
        expect(sqe.fsync(3, RequestFlag.FSYNC_DATASYNC, 4096, 100), "FSYNC fd=3 off=4096 len=100 op_flags=1");
        expect(sqe.syncFileRange(3, 4096, 100, 2), "SYNC_FILE_RANGE fd=3 off=4096 len=100 op_flags=2");
        expect(sqe.fallocate(3, 1, 4096, 100), "FALLOCATE fd=3 off=4096 addr=100 len=1");
        expect(sqe.ftruncate(3, 4096), "FTRUNCATE fd=3 off=4096");
        expect(sqe.fadvise(3, 4096, 0xffffffffL, 4), "FADVISE fd=3 off=4096 len=-1 op_flags=4");
        expect(sqe.fadvise(3, 4096, 0x100000000L, 4), "FADVISE fd=3 off=4096 addr=4294967296 op_flags=4");
        expect(sqe.madvise(a, 100, 4), "MADVISE fd=-1 addr=A len=100 op_flags=4");
        expect(sqe.madvise(MemorySegment.ofAddress(8192), 0x100000000L, 4),
                "MADVISE fd=-1 off=4294967296 addr=8192 op_flags=4");
        expect(sqe.statx(-100, a, 0x100, 0x7ff, b), "STATX fd=-100 off=B addr=A len=2047 op_flags=256");
        expect(sqe.renameat(3, a, 4, b, 1), "RENAMEAT fd=3 off=B addr=A len=4 op_flags=1");
        expect(sqe.unlinkat(3, a, 0x200), "UNLINKAT fd=3 addr=A op_flags=512");
        expect(sqe.mkdirat(3, a, 0755), "MKDIRAT fd=3 addr=A len=493");
        expect(sqe.symlinkat(a, 3, b), "SYMLINKAT fd=3 off=B addr=A");
        expect(sqe.linkat(3, a, 4, b, 0x400), "LINKAT fd=3 off=B addr=A len=4 op_flags=1024");
        expect(sqe.getxattr(a, b, c, 100), "GETXATTR off=C addr=B len=100 addr3=A");
        expect(sqe.setxattr(a, b, c, 100, 1), "SETXATTR off=C addr=B len=100 op_flags=1 addr3=A");
        expect(sqe.fgetxattr(3, a, b, 100), "FGETXATTR fd=3 off=B addr=A len=100");
        expect(sqe.fsetxattr(3, a, b, 100, 1), "FSETXATTR fd=3 off=B addr=A len=100 op_flags=1");
        expect(sqe.pipe(a, 2048), "PIPE addr=A op_flags=2048");
        expect(sqe.pipeDirect(a, 2048, 7), "PIPE addr=A op_flags=2048 file_index=8");
    }

    @Test
    void sockets_are_placed_as_the_kernel_reads_them() {
        expect(sqe.socket(2, 1, 6), "SOCKET fd=2 off=1 len=6");
        expect(sqe.socketDirect(2, 1, 6, 7), "SOCKET fd=2 off=1 len=6 file_index=8");
        expect(sqe.bind(3, a, 16), "BIND fd=3 off=16 addr=A");
        expect(sqe.listen(3, 128), "LISTEN fd=3 len=128");
        expect(sqe.connect(3, a, 16), "CONNECT fd=3 off=16 addr=A");
        expect(sqe.accept(3, a, b, 2048), "ACCEPT fd=3 off=B addr=A op_flags=2048");
        expect(sqe.accept(3, MemorySegment.NULL, MemorySegment.NULL, 2048), "ACCEPT fd=3 op_flags=2048");
        expect(sqe.acceptDirect(3, a, b, 2048, 7), "ACCEPT fd=3 off=B addr=A op_flags=2048 file_index=8");
        expect(sqe.acceptMultishot(3, 2048), "ACCEPT ioprio=1 fd=3 op_flags=2048");
        expect(sqe.acceptMultishotDirect(3, 2048), "ACCEPT ioprio=1 fd=3 op_flags=2048 file_index=-1");
        expect(sqe.shutdown(3, 1), "SHUTDOWN fd=3 len=1");
        expect(sqe.send(3, a, 100, 0x4000), "SEND fd=3 addr=A len=100 op_flags=16384");
        expect(sqe.sendto(3, a, 100, 0x4000, b, 16), "SEND fd=3 off=B addr=A len=100 op_flags=16384 file_index=16");
        expect(sqe.sendBundle(3, 100, 0x4000, 6), "SEND flags=32 ioprio=16 fd=3 len=100 op_flags=16384 buf_index=6");
        expect(sqe.sendmsg(3, a, 0x4000), "SENDMSG fd=3 addr=A len=1 op_flags=16384");
        expect(sqe.sendZeroCopy(3, a, 100, 0x4000, RequestFlag.SEND_ZC_REPORT_USAGE),
                "SEND_ZC ioprio=8 fd=3 addr=A len=100 op_flags=16384");
        expect(sqe.sendZeroCopyFixed(3, a, 100, 0x4000, RequestFlag.SEND_ZC_REPORT_USAGE, 6),
                "SEND_ZC ioprio=12 fd=3 addr=A len=100 op_flags=16384 buf_index=6");
        expect(sqe.sendmsgZeroCopy(3, a, 0x4000), "SENDMSG_ZC fd=3 addr=A len=1 op_flags=16384");
        expect(sqe.sendmsgZeroCopyFixed(3, a, 0x4000, 6),
                "SENDMSG_ZC ioprio=4 fd=3 addr=A len=1 op_flags=16384 buf_index=6");
        expect(sqe.recv(3, a, 100, 0x100), "RECV fd=3 addr=A len=100 op_flags=256");
        expect(sqe.recvMultishot(3, 100, 0x20, 6), "RECV flags=32 ioprio=2 fd=3 len=100 op_flags=32 buf_index=6");
        expect(sqe.recvmsg(3, a, 0x100), "RECVMSG fd=3 addr=A len=1 op_flags=256");
        expect(sqe.recvmsgMultishot(3, a, 0x20, 6),
                "RECVMSG flags=32 ioprio=2 fd=3 addr=A len=1 op_flags=32 buf_index=6");
        expect(sqe.recvZeroCopy(3, 5, 100), "RECV_ZC ioprio=2 fd=3 len=100 file_index=5");
    }

    @Test
    void commands_are_placed_as_the_kernel_reads_them() {
        expect(sqe.uringCmd(3, 9), "URING_CMD fd=3 off=9");
        expect(sqe.uringCmd(3, 0x80000009, 777, 100), "URING_CMD fd=3 off=2147483657 addr=777 len=100");
        expect(sqe.uringCmd128(3, 9), "URING_CMD128 fd=3 off=9");
        expect(sqe.uringCmdDiscard(3, 4096, 512), "URING_CMD fd=3 off=4608 addr=4096 addr3=512");
        expect(sqe.uringCmdSiocinq(3), "URING_CMD fd=3");
        expect(sqe.uringCmdSiocoutq(3), "URING_CMD fd=3 off=1");
        expect(sqe.uringCmdGetsockopt(3, 1, 2, a, 4), "URING_CMD fd=3 off=2 addr=8589934593 file_index=4 addr3=A");
        expect(sqe.uringCmdSetsockopt(3, 1, 2, a, 4), "URING_CMD fd=3 off=3 addr=8589934593 file_index=4 addr3=A");
        expect(sqe.uringCmdTransmitTimestamp(3), "URING_CMD fd=3 off=4");
        expect(sqe.uringCmdGetsockname(3, a, b, true), "URING_CMD fd=3 off=5 addr=A file_index=1 addr3=B");
        expect(sqe.uringCmdGetsockname(3, a, b, false), "URING_CMD fd=3 off=5 addr=A addr3=B");
    }

    @Test
    void rings_processes_and_threads_are_placed_as_the_kernel_reads_them() {
        expect(sqe.msgRing(5, -7, 77, RequestFlag.MSG_RING_CQE_SKIP), "MSG_RING fd=5 off=77 len=-7 op_flags=1");
        expect(sqe.msgRing(5, -7, 77, 0, 1), "MSG_RING fd=5 off=77 len=-7 op_flags=2 file_index=1");
        expect(sqe.msgRingFd(5, 2, 7, 77, 1), "MSG_RING fd=5 off=77 addr=1 op_flags=1 file_index=8 addr3=2");
        expect(sqe.msgRingFd(5, 2, RequestFlag.FILE_INDEX_ALLOC, 77, 0),
                "MSG_RING fd=5 off=77 addr=1 file_index=-1 addr3=2");
        expect(sqe.waitid(1, 4321, a, 4), "WAITID fd=4321 off=A len=1 file_index=4");
        expect(sqe.futexWait(a, 9, 0xffffffffL, 2), "FUTEX_WAIT fd=2 off=9 addr=A addr3=4294967295");
        expect(sqe.futexWake(a, 9, 0xffffffffL, 2), "FUTEX_WAKE fd=2 off=9 addr=A addr3=4294967295");
        expect(sqe.futexWaitv(a, 3), "FUTEX_WAITV addr=A len=3");
    }

    @Test
    void modifiers_change_their_field() {
        sqe.send(3, a, 100, 0x4000)
                .flags(SqeFlag.IO_LINK).flags(SqeFlag.ASYNC)
                .ioPriority(RequestFlag.RECVSEND_POLL_FIRST).ioPriority(RequestFlag.RECVSEND_BUNDLE)
                .operationFlags(0x40).bufferIndex(6).personality(65535).userData(-2);
        expect(sqe, "SEND flags=20 ioprio=17 fd=3 addr=A len=100 op_flags=16448 user_data=-2 buf_index=6 "
                + "personality=65535");
        expect(sqe.recv(3, MemorySegment.NULL, 0, 0).flags(SqeFlag.BUFFER_SELECT).bufferGroup(9),
                "RECV flags=32 fd=3 buf_index=9");
        expect(sqe.openat(3, a, 0, 0).fileIndex(7), "OPENAT fd=3 addr=A file_index=8");
        expect(sqe.openat(3, a, 0, 0).fileIndex(RequestFlag.FILE_INDEX_ALLOC), "OPENAT fd=3 addr=A file_index=-1");
        expect(sqe.sendZeroCopy(3, a, 100, 0, 0).destination(b, 28),
                "SEND_ZC fd=3 off=B addr=A len=100 file_index=28");
        expect(sqe.recvMultishot(3, 0, 0, 6).receiveLimit(1 << 20),
                "RECV flags=32 ioprio=2 fd=3 buf_index=6 file_index=1048576");
        expect(sqe.write(3, a, 100, 0).writeStream(200), "WRITE fd=3 addr=A len=100 file_index=200");
        expect(sqe.write(3, a, 100, 0).attributes(b, RequestFlag.RW_ATTR_FLAG_PI),
                "WRITE fd=3 addr=A len=100 addr3=B attr_type_mask=1");
    }

    @Test
    void command_data_fills_the_end_of_the_entry() {
        byte[] data = new byte[80];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i + 1);
        }
        sqe.uringCmd(3, 9).commandData(MemorySegment.ofArray(data).asSlice(0, 16));
        assertThat(bytes(INDEX, 1)).endsWith(Arrays.copyOf(data, 16));
        assertThat(bytes(INDEX + 1, 1)).containsOnly(0);
        sqe.uringCmd128(3, 9).commandData(MemorySegment.ofArray(data));
        assertThat(bytes(INDEX, 2)).endsWith(data);
    }

    @Test
    void accessors_read_what_was_filled() {
        sqe.splice(3, 11, 4, 12, -100, 2).flags(1).ioPriority(40000).bufferIndex(50000).personality(60000)
                .userData(77);
        assertThat(sqe.opcode()).isEqualTo(Opcode.SPLICE);
        assertThat(sqe.flags()).isEqualTo(1);
        assertThat(sqe.ioPriority()).isEqualTo(40000);
        assertThat(sqe.fd()).isEqualTo(4);
        assertThat(sqe.offset()).isEqualTo(12);
        assertThat(sqe.address()).isEqualTo(11);
        assertThat(sqe.length()).isEqualTo(-100);
        assertThat(sqe.operationFlags()).isEqualTo(2);
        assertThat(sqe.userData()).isEqualTo(77);
        assertThat(sqe.bufferIndex()).isEqualTo(50000);
        assertThat(sqe.personality()).isEqualTo(60000);
        assertThat(sqe.fileIndexField()).isEqualTo(3);
        sqe.getxattr(a, b, c, 1).attributes(MemorySegment.ofAddress(5), 6);
        assertThat(sqe.address3()).isEqualTo(5);
        assertThat(sqe.attributeTypeMask()).isEqualTo(6);
    }

    @Test
    void dump_names_the_operation_and_every_field() {
        assertThat(sqe.read(3, MemorySegment.ofAddress(0x1000), 100, 4096).flags(SqeFlag.FIXED_FILE).userData(255))
                .hasToString("READ flags=FIXED_FILE ioPriority=0 fd=3 offset=4096 address=0x1000 length=100 "
                        + "operationFlags=0x0 userData=0xff bufferIndex=0 personality=0 fileIndexField=0 "
                        + "address3=0x0 attributeTypeMask=0x0");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void dirty_entry_is_overwritten_and_neighbours_are_not(Method shape) {
        int length = LARGE.contains(shape.getName()) ? 2 : 1;
        Object[] arguments = Arrays.stream(shape.getParameterTypes()).map(this::dummy).toArray();
        entries.fill((byte) 0);
        assertThat(Reflection.call(shape, sqe, arguments)).isSameAs(sqe);
        byte[] onClean = bytes(INDEX, length);
        entries.fill((byte) 0xa5);
        Reflection.call(shape, sqe, arguments);
        assertThat(bytes(INDEX, length)).isEqualTo(onClean);
        assertThat(bytes(0, INDEX)).containsOnly(0xa5);
        assertThat(bytes(INDEX + length, ENTRIES - INDEX - length)).containsOnly(0xa5);
    }

    @Test
    void every_opcode_has_a_shape() {
        Set<Integer> filled = new TreeSet<>();
        for (Method shape : shapes().toList()) {
            Reflection.call(shape, sqe, Arrays.stream(shape.getParameterTypes()).map(this::dummy).toArray());
            filled.add(sqe.opcode());
        }
        List<Integer> all = IntStream.range(0, Opcode.COUNT).boxed().toList();
        assertThat(filled).containsExactlyElementsOf(all);
    }

    @Test
    void heap_memory_and_wrong_lengths_are_refused() {
        assertThatThrownBy(() -> sqe.read(3, MemorySegment.ofArray(new byte[8]), 8, 0))
                .isInstanceOf(AssertionError.class).hasMessageContaining("heap memory");
        assertThatThrownBy(() -> sqe.read(3, a, 257, 0))
                .isInstanceOf(AssertionError.class).hasMessageContaining("lengthBytes=257");
        assertThatThrownBy(() -> sqe.read(3, a, -1, 0))
                .isInstanceOf(AssertionError.class).hasMessageContaining("lengthBytes=-1");
        assertThatThrownBy(() -> sqe.readFixed(3, a, 8, 0, 65536))
                .isInstanceOf(AssertionError.class).hasMessageContaining("value=65536");
        assertThatThrownBy(() -> sqe.at(ENTRIES).nop()).isInstanceOf(IndexOutOfBoundsException.class);
    }

    static Stream<Method> shapes() {
        return Arrays.stream(Sqe.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getReturnType() == Sqe.class && !MODIFIERS.contains(method.getName()));
    }

    private Object dummy(Class<?> type) {
        if (type == int.class) {
            return 3;
        }
        if (type == long.class) {
            return 5L;
        }
        return type == boolean.class ? true : (Object) a;
    }

    /** Compares the entry's bytes, told as the opcode and every field that is not 0. */
    private void expect(Sqe filled, String fields) {
        assertThat(filled).isSameAs(sqe);
        MemorySegment entry = entries.asSlice((long) INDEX * Sqe.SIZE, Sqe.SIZE);
        StringBuilder told = new StringBuilder(Opcode.name(entry.get(ValueLayout.JAVA_BYTE, 0)));
        tell(told, "flags", entry.get(ValueLayout.JAVA_BYTE, 1));
        tell(told, "ioprio", Short.toUnsignedInt(entry.get(ValueLayout.JAVA_SHORT, 2)));
        tell(told, "fd", entry.get(ValueLayout.JAVA_INT, 4));
        tell(told, "off", entry.get(ValueLayout.JAVA_LONG, 8));
        tell(told, "addr", entry.get(ValueLayout.JAVA_LONG, 16));
        tell(told, "len", entry.get(ValueLayout.JAVA_INT, 24));
        tell(told, "op_flags", entry.get(ValueLayout.JAVA_INT, 28));
        tell(told, "user_data", entry.get(ValueLayout.JAVA_LONG, 32));
        tell(told, "buf_index", Short.toUnsignedInt(entry.get(ValueLayout.JAVA_SHORT, 40)));
        tell(told, "personality", Short.toUnsignedInt(entry.get(ValueLayout.JAVA_SHORT, 42)));
        tell(told, "file_index", entry.get(ValueLayout.JAVA_INT, 44));
        tell(told, "addr3", entry.get(ValueLayout.JAVA_LONG, 48));
        tell(told, "attr_type_mask", entry.get(ValueLayout.JAVA_LONG, 56));
        assertThat(told).hasToString(fields);
    }

    private void tell(StringBuilder told, String name, long value) {
        if (value != 0) {
            told.append(' ').append(name).append('=').append(letters.getOrDefault(value, Long.toString(value)));
        }
    }

    private byte[] bytes(int index, int count) {
        return entries.asSlice((long) index * Sqe.SIZE, (long) count * Sqe.SIZE).toArray(ValueLayout.JAVA_BYTE);
    }
}
