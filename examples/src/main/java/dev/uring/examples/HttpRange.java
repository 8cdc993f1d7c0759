package dev.uring.examples;

/**
 * The part of a file that an answer carries (RFC 9110, section 14).
 *
 * @param from the first byte
 * @param to the byte behind the last; equal to {@code from} where nothing of it is there
 */
record HttpRange(long from, long to) {
    private static final String UNIT = "bytes=";
    private static final int DIGITS_MAX = 18;

    /**
     * Understands a range.
     *
     * @return null for what is to be ignored: another unit, no range at all, or several
     */
    static HttpRange of(String field, long size) {
        if (!field.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return null;
        }
        String range = field.substring(UNIT.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0) {
            return null;
        }
        long first = number(range.substring(0, dash).strip());
        long last = number(range.substring(dash + 1).strip());
        boolean hasFirst = !range.substring(0, dash).isBlank();
        boolean hasLast = !range.substring(dash + 1).isBlank();
        if (hasFirst && first < 0 || hasLast && last < 0 || !hasFirst && !hasLast || hasFirst && hasLast && last < first) {
            return null;
        }
        if (!hasFirst) {
            return new HttpRange(Math.max(size - last, 0), size);
        }
        long end = hasLast ? Math.min(last, size - 1) + 1 : size;
        return first >= size ? new HttpRange(first, first) : new HttpRange(first, end);
    }

    /** Answers -1 for what is no number; one that is too large for any file is as good as the largest. */
    private static long number(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return digits.length() > DIGITS_MAX ? Long.MAX_VALUE - 1 : Long.parseLong(digits);
    }

    boolean isEmpty() {
        return from == to;
    }

    long bytes() {
        return to - from;
    }
}
