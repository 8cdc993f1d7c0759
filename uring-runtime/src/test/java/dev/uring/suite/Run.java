package dev.uring.suite;

/**
 * One test, once.
 *
 * @param world what it ran on, in words: a driver, a kernel, a container
 * @param testClass the test class, with its package
 * @param name the method, or "(class)" for what befell all of the class
 * @param setup which of the set-ups that the class runs on by itself, or empty
 * @param outcome what became of it
 * @param reason why it was skipped or how it failed, in one line
 */
record Run(String world, String testClass, String name, String setup, Outcome outcome, String reason) {
    private static final int FIELDS = 6;

    /** What may become of a test. */
    enum Outcome {
        PASSED,
        /** Passed, and something ran without what io_uring has for it. */
        DEGRADED,
        SKIPPED,
        FAILED
    }

    /** Answers a line without its end. */
    String line() {
        return String.join("\t", plain(world), testClass, plain(name), plain(setup), outcome.name(), plain(reason));
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** Reads what {@link #line} wrote. */
    static Run of(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("not a line of a suite: fields=" + fields.length + " line=" + line);
        }
        return new Run(fields[0], fields[1], fields[2], fields[3], Outcome.valueOf(fields[4]), fields[5]);
    }

    /** Answers the test class without its package. */
    String simpleClass() {
        return testClass.substring(testClass.lastIndexOf('.') + 1);
    }
}
