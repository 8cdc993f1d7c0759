package dev.uring.examples;

import java.lang.reflect.InvocationTargetException;

/**
 * The jar's entry: refuses a Java that is too old in words, and hands over to {@code Main} otherwise.
 *
 * <p>Compiled for Java 8, so that every Java one may meet can load it. {@code Main} is found by name: a reference to it
 * here would make the compiler read, and an old Java load, a class of a version it does not know.
 */
public final class Launcher {
    private static final int JAVA_VERSION_MIN = 25;

    private Launcher() {
    }

    /**
     * Starts the command line.
     *
     * @param arguments the sub-command and its arguments
     * @throws Throwable what {@code Main} throws
     */
    public static void main(String[] arguments) throws Throwable {
        int version = javaVersion(System.getProperty("java.specification.version"));
        if (version < JAVA_VERSION_MIN) {
            System.err.println("uring: this is Java " + version + " (" + System.getProperty("java.home") + "), but "
                    + "Java " + JAVA_VERSION_MIN + " or later is needed: install one (https://adoptium.net, or "
                    + "apt install temurin-25-jdk) and start the jar with its java");
            System.exit(1);
        }
        try {
            Class.forName("dev.uring.examples.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Java 8 calls itself 1.8; from 9 on it is the plain number. */
    private static int javaVersion(String specification) {
        return Integer.parseInt(specification.startsWith("1.") ? specification.substring(2) : specification);
    }
}
