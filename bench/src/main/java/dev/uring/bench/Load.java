package dev.uring.bench;

/** Work that goes on by itself, from its making until it is stopped, and counts the operations it has done. */
interface Load {
    /** What {@link #calls} answers when nobody counts them. */
    long UNCOUNTED = -1;

    /** Answers how many operations have ended; for any thread, may be a little old. */
    long done();

    /** Answers how many system calls the runtime has made to submit and to wait, or {@link #UNCOUNTED}. */
    default long calls() {
        return UNCOUNTED;
    }

    /** Lets what is in flight end and nothing begin, and closes all; called once. */
    void stop() throws Exception;
}
