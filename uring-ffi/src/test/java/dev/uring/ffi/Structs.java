package dev.uring.ffi;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which class describes which C struct, and which of its constants is the offset of which C field. */
record Structs(Class<?> type, String struct, Map<String, String> fields) {
    static final List<Structs> ALL = List.of(
            of(Sqe.class, "io_uring_sqe", "OPCODE opcode", "FLAGS flags", "IO_PRIORITY ioprio", "FD fd",
                    "OFFSET off", "ADDRESS addr", "LENGTH len", "OPERATION_FLAGS rw_flags", "USER_DATA user_data",
                    "BUFFER_INDEX buf_index", "PERSONALITY personality", "FILE_INDEX file_index",
                    "ADDRESS3 addr3", "ATTRIBUTE_TYPE_MASK attr_type_mask"),
            of(CompletionEntry.class, "io_uring_cqe", "USER_DATA user_data", "RESULT res", "FLAGS flags"),
            of(Params.class, "io_uring_params", "SQ_ENTRIES sq_entries", "CQ_ENTRIES cq_entries", "FLAGS flags",
                    "SQ_THREAD_CPU sq_thread_cpu", "SQ_THREAD_IDLE_MILLIS sq_thread_idle", "FEATURES features",
                    "WORK_QUEUE_FD wq_fd", "SQ_OFFSETS sq_off", "CQ_OFFSETS cq_off"),
            of(SubmissionRingOffsets.class, "io_sqring_offsets", "HEAD head", "TAIL tail", "MASK ring_mask",
                    "ENTRIES ring_entries", "FLAGS flags", "DROPPED dropped", "ARRAY array",
                    "USER_ADDRESS user_addr"),
            of(CompletionRingOffsets.class, "io_cqring_offsets", "HEAD head", "TAIL tail", "MASK ring_mask",
                    "ENTRIES ring_entries", "OVERFLOW overflow", "COMPLETIONS cqes", "FLAGS flags",
                    "USER_ADDRESS user_addr"),
            of(GetEventsArgument.class, "io_uring_getevents_arg", "SIGNAL_MASK sigmask",
                    "SIGNAL_MASK_BYTES sigmask_sz", "MIN_WAIT_MICROS min_wait_usec", "TIMESPEC ts"),
            of(RegisteredWait.class, "io_uring_reg_wait", "TIMESPEC ts", "MIN_WAIT_MICROS min_wait_usec",
                    "FLAGS flags", "SIGNAL_MASK sigmask", "SIGNAL_MASK_BYTES sigmask_sz"),
            of(KernelTimespec.class, "__kernel_timespec", "SECONDS tv_sec", "NANOS tv_nsec"),
            of(Probe.class, "io_uring_probe", "LAST_OPCODE last_op", "COUNT ops_len", "OPERATIONS ops"),
            of(ProbeOperation.class, "io_uring_probe_op", "OPCODE op", "FLAGS flags"),
            of(BufferRingEntry.class, "io_uring_buf", "ADDRESS addr", "LENGTH len", "BUFFER_ID bid", "TAIL resv"),
            of(BufferRingRegistration.class, "io_uring_buf_reg", "RING_ADDRESS ring_addr", "ENTRIES ring_entries",
                    "GROUP bgid", "FLAGS flags", "MIN_LEFT_BYTES min_left"),
            of(BufferRingStatus.class, "io_uring_buf_status", "GROUP buf_group", "HEAD head"),
            of(ResourceRegistration.class, "io_uring_rsrc_register", "COUNT nr", "FLAGS flags", "DATA data",
                    "TAGS tags"),
            of(ResourceUpdate.class, "io_uring_rsrc_update", "OFFSET offset", "DATA data"),
            of(TaggedResourceUpdate.class, "io_uring_rsrc_update2", "OFFSET offset", "DATA data", "TAGS tags",
                    "COUNT nr"),
            of(FilesUpdate.class, "io_uring_files_update", "OFFSET offset", "DESCRIPTORS fds"),
            of(SyncCancel.class, "io_uring_sync_cancel_reg", "USER_DATA addr", "FD fd", "FLAGS flags",
                    "TIMEOUT timeout", "OPCODE opcode"),
            of(FileIndexRange.class, "io_uring_file_index_range", "OFFSET off", "LENGTH len"),
            of(ReceiveMessageOut.class, "io_uring_recvmsg_out", "NAME_LENGTH namelen", "CONTROL_LENGTH controllen",
                    "PAYLOAD_LENGTH payloadlen", "FLAGS flags"),
            of(Restriction.class, "io_uring_restriction", "KIND opcode", "VALUE register_op"),
            of(CloneBuffers.class, "io_uring_clone_buffers", "SOURCE_FD src_fd", "FLAGS flags",
                    "SOURCE_OFFSET src_off", "DESTINATION_OFFSET dst_off", "COUNT nr"),
            of(ClockRegistration.class, "io_uring_clock_register", "CLOCK clockid"),
            of(NetworkBusyPoll.class, "io_uring_napi", "TIMEOUT_MICROS busy_poll_to", "PREFER prefer_busy_poll",
                    "OPCODE opcode", "OPERAND op_param"),
            of(RegionDescriptor.class, "io_uring_region_desc", "USER_ADDRESS user_addr", "SIZE_BYTES size",
                    "FLAGS flags", "ID id", "MAP_OFFSET mmap_offset"),
            of(MemoryRegionRegistration.class, "io_uring_mem_region_reg", "REGION region_uptr", "FLAGS flags"),
            of(ProtectionInformation.class, "io_uring_attr_pi", "FLAGS flags", "APPLICATION_TAG app_tag",
                    "LENGTH len", "ADDRESS addr", "SEED seed"),
            of(QueryHeader.class, "io_uring_query_hdr", "NEXT_ENTRY next_entry", "QUERY_DATA query_data",
                    "QUERY_OPCODE query_op", "SIZE_BYTES size", "RESULT result"),
            of(QueryOpcodes.class, "io_uring_query_opcode", "REQUEST_OPCODES nr_request_opcodes",
                    "REGISTER_OPCODES nr_register_opcodes", "FEATURE_FLAGS feature_flags",
                    "SETUP_FLAGS ring_setup_flags", "ENTER_FLAGS enter_flags", "SQE_FLAGS sqe_flags",
                    "QUERY_OPCODES nr_query_opcodes"));

    private static Structs of(Class<?> type, String struct, String... fields) {
        Map<String, String> byConstant = new LinkedHashMap<>();
        Arrays.stream(fields).map(field -> field.split(" ")).forEach(pair -> byConstant.put(pair[0], pair[1]));
        return new Structs(type, struct, byConstant);
    }

    /** The constants that the class has, by name: its size and its offsets. */
    Map<String, Integer> constants() {
        Map<String, Integer> constants = new LinkedHashMap<>();
        for (Field field : type.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers) && field.getType() == int.class) {
                constants.put(field.getName(), Reflection.intValue(field));
            }
        }
        return constants;
    }

    static Stream<Structs> all() {
        return ALL.stream();
    }

    @Override
    public String toString() {
        return struct;
    }
}
