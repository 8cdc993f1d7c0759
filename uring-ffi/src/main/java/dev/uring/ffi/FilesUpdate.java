package dev.uring.ffi;

/**
 * What FILES_UPDATE took before {@link ResourceUpdate}, with the same layout.
 *
 * <pre>
 * struct io_uring_files_update, 16 bytes
 *  offset size name              C type
 *       0    4 offset            __u32
 *       4    4 resv              __u32
 *       8    8 fds               __u64
 * </pre>
 */
final class FilesUpdate {
    static final int SIZE = 16;
    static final int OFFSET = 0;
    static final int DESCRIPTORS = 8;

    private FilesUpdate() {
    }
}
