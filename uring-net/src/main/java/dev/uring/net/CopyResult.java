package dev.uring.net;

import java.io.IOException;

/**
 * What came of a copy between two sockets, a and b.
 *
 * @param bytesAToB bytes of a that b's socket has taken
 * @param bytesBToA bytes of b that a's socket has taken
 * @param errorA the first error met in reading from a or writing to it, or null
 * @param errorB the first error met in reading from b or writing to it, or null
 * @param timedOut whether it was ended because no byte moved for the time set
 */
public record CopyResult(long bytesAToB, long bytesBToA, IOException errorA, IOException errorB, boolean timedOut) {
    /** Answers whether both sides came to their end, and each end was passed on. */
    public boolean isClean() {
        return errorA == null && errorB == null && !timedOut;
    }
}
