package dev.uring.runtime;

/**
 * Where a contract gets its descriptors from, and how it plays the other side of a pipe without the driver under test.
 * Numbers belong to whoever wraps them in a {@link Descriptor}. No method waits.
 */
public interface Ground {
    /** Makes a pipe: the end to read, the end to write. */
    int[] pipe();

    /**
     * Makes a connection that can be sent on without copying, and that keeps 32 KiB for a reader who does not come: the
     * end to receive, the end to send.
     */
    int[] connection();

    /** Opens a nameless file with this content, for reading and writing. */
    int file(byte[] content);

    /** Opens a directory for reading. */
    int directory();

    /** Answers a number that nothing stands behind. */
    int missing();

    /** Reads from a pipe or file: the bytes read, or -errno, -EAGAIN when there is nothing. */
    int read(int fd, byte[] into);

    /** Writes to a pipe or file: how many bytes, or -errno, -EAGAIN when there is no room. */
    int write(int fd, byte[] bytes, int from);

    /** Answers something that differs between two openings, even of the same number; null when nothing is open. */
    Object identity(int fd);

    /** Answers how many bytes a pipe holds. */
    int pipeBytes();

    /** Gives up what the ground itself holds. */
    void close();
}
