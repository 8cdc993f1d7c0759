package dev.uring.ffi;

/** Names protection and flags of mmap, and the advice of madvise. */
public final class MemoryFlag {
    /** {@code PROT_NONE}. */
    public static final int PROTECTION_NONE = 0;
    /** {@code PROT_READ}. */
    public static final int PROTECTION_READ = 1;
    /** {@code PROT_WRITE}. */
    public static final int PROTECTION_WRITE = 2;
    /** {@code MAP_SHARED}. */
    public static final int MAP_SHARED = 1;
    /** {@code MAP_PRIVATE}. */
    public static final int MAP_PRIVATE = 2;
    /** {@code MAP_FIXED}. */
    public static final int MAP_FIXED = 0x10;
    /** {@code MAP_ANONYMOUS}. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** {@code MAP_NORESERVE}. */
    public static final int MAP_NO_RESERVE = 0x4000;
    /** {@code MAP_LOCKED}. */
    public static final int MAP_LOCKED = 0x2000;
    /** {@code MAP_POPULATE}: faults all pages in at once. */
    public static final int MAP_POPULATE = 0x8000;
    /** {@code MAP_HUGETLB}. */
    public static final int MAP_HUGE_PAGES = 0x40000;
    /** {@code MADV_NORMAL}. */
    public static final int ADVICE_NORMAL = 0;
    /** {@code MADV_RANDOM}. */
    public static final int ADVICE_RANDOM = 1;
    /** {@code MADV_SEQUENTIAL}. */
    public static final int ADVICE_SEQUENTIAL = 2;
    /** {@code MADV_WILLNEED}. */
    public static final int ADVICE_WILL_NEED = 3;
    /** {@code MADV_DONTNEED}: anonymous pages read as zero afterwards. */
    public static final int ADVICE_DONT_NEED = 4;
    /** {@code MADV_FREE}. */
    public static final int ADVICE_FREE = 8;
    /** {@code MADV_DONTFORK}. */
    public static final int ADVICE_DONT_FORK = 10;
    /** {@code MADV_HUGEPAGE}. */
    public static final int ADVICE_HUGE_PAGES = 14;
    /** {@code MADV_NOHUGEPAGE}. */
    public static final int ADVICE_NO_HUGE_PAGES = 15;
    /** {@code MADV_POPULATE_READ}. */
    public static final int ADVICE_POPULATE_READ = 22;
    /** {@code MADV_POPULATE_WRITE}. */
    public static final int ADVICE_POPULATE_WRITE = 23;

    private MemoryFlag() {
    }
}
