package dev.uring.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How far a {@link Copy} between two sockets has come, while it runs and afterwards: the table of a proxy reads it. One for
 * each copy. For any thread; the counts are those of a moment ago.
 */
public final class CopyProgress {
    private static final VarHandle A_TO_B;
    private static final VarHandle B_TO_A;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            A_TO_B = lookup.findVarHandle(CopyProgress.class, "bytesAToB", long.class);
            B_TO_A = lookup.findVarHandle(CopyProgress.class, "bytesBToA", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Each is written by the one task that copies this way, and read by any thread. */
    private long bytesAToB;
    private long bytesBToA;

    /** Begins with nothing. */
    public CopyProgress() {
    }

    /** Answers how many bytes of the first socket the second one has taken. */
    public long bytesAToB() {
        return (long) A_TO_B.getOpaque(this);
    }

    /** Answers how many bytes of the second socket the first one has taken. */
    public long bytesBToA() {
        return (long) B_TO_A.getOpaque(this);
    }

    void movedAToB(int bytes) {
        A_TO_B.setOpaque(this, bytesAToB + bytes);
    }

    void movedBToA(int bytes) {
        B_TO_A.setOpaque(this, bytesBToA + bytes);
    }

    @Override
    public String toString() {
        return "CopyProgress[bytesAToB=" + bytesAToB() + " bytesBToA=" + bytesBToA() + "]";
    }
}
