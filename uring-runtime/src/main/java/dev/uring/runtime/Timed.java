package dev.uring.runtime;

/** Something that a worker's {@link Timers} call at a time. All methods are for the worker's thread. */
interface Timed {
    /** Tells where in the heap the entry is, -1 for nowhere. */
    void timerIndex(int index);

    /** Answers what {@link #timerIndex(int)} told last. */
    int timerIndex();

    /** The time has come; the entry is out of the heap. */
    void expire(Worker worker);
}
