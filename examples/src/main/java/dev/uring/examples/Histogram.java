package dev.uring.examples;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long. Times are counted in buckets, 32 for each power of two, so that what is told of
 * them is exact below 64 ns and else at most one part in 32 too long. For any thread.
 */
final class Histogram {
    private static final int BUCKET_BITS = 5;
    private static final int BUCKETS = 1 << BUCKET_BITS;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - BUCKET_BITS) * BUCKETS);

    /** What was counted up to a moment, or between two. */
    record Snapshot(long[] counts) {
        /** Answers what was counted since an earlier one. */
        Snapshot since(Snapshot earlier) {
            long[] since = counts.clone();
            for (int bucket = 0; bucket < since.length; bucket++) {
                since[bucket] -= earlier.counts[bucket];
            }
            return new Snapshot(since);
        }

        long count() {
            long sum = 0;
            for (long each : counts) {
                sum += each;
            }
            return sum;
        }

        /**
         * Answers the time that so many did not exceed.
         *
         * @param share 0 to 1; 1 is the longest of all
         * @return nanoseconds; 0 when there are none
         */
        long nanos(double share) {
            long rank = Math.max((long) Math.ceil(share * count()), 1);
            for (int bucket = 0; bucket < counts.length; bucket++) {
                rank -= counts[bucket];
                if (rank <= 0) {
                    return longest(bucket);
                }
            }
            return 0;
        }
    }

    /** Counts one; what is negative, because a clock was set, counts as 0. */
    void add(long nanos) {
        counts.incrementAndGet(bucket(Math.max(nanos, 0)));
    }

    Snapshot snapshot() {
        long[] copy = new long[counts.length()];
        for (int bucket = 0; bucket < copy.length; bucket++) {
            copy[bucket] = counts.get(bucket);
        }
        return new Snapshot(copy);
    }

    /** The leading bit says which row of buckets, the five bits after it which of the row. */
    private static int bucket(long nanos) {
        int shift = Math.max(Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos | 1) - BUCKET_BITS, 0);
        return shift * BUCKETS + (int) (nanos >>> shift);
    }

    private static long longest(int bucket) {
        int shift = Math.max(bucket / BUCKETS - 1, 0);
        return ((long) (bucket - shift * BUCKETS) + 1 << shift) - 1;
    }
}
