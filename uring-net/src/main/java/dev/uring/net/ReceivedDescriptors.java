package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.List;

/**
 * What came over a Unix stream: bytes, and descriptors that are the receiver's to close.
 *
 * @param bytes received, also the buffer's length; 0 is the end
 * @param buffer the one that was handed in
 * @param descriptors in the order in which they were sent; empty when none came
 * @param truncated whether some had no room, or the process no number for them: the kernel has closed those
 */
public record ReceivedDescriptors(int bytes, IoBuffer buffer, List<PassedDescriptor> descriptors, boolean truncated)
        implements AutoCloseable {
    /** SCM_MAX_FD: as many as one message carries. */
    static final int MAX = 253;

    /** Closes all descriptors that nobody has made something of, and waits for it. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (PassedDescriptor each : descriptors) {
            try {
                each.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
