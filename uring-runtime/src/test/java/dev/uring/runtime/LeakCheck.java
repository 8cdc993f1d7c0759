package dev.uring.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind: a file descriptor of the process, or a platform thread named uring-*, that
 * was not there before. What is left is named. Rings, eventfds and files are descriptors, and a worker ends only when
 * nothing is in flight, so this is also the proof that nothing is.
 *
 * <p>The JDK opens jars, random devices, and the epoll and eventfd of its pollers whenever it first needs them; the first
 * two are not counted, the last are opened beforehand.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    /** Threads end, and the kernel gives up its references, a little after close has returned. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakCheck.class);

    /** What the process held at one moment. */
    public record Holdings(Set<String> descriptors, Set<String> threads) {
        /** Looks now. */
        public static Holdings now() {
            return new Holdings(openDescriptors(), uringThreads());
        }

        /** Answers what is held now and was not held then. */
        public Set<String> addedSince() {
            Set<String> added = openDescriptors();
            added.removeAll(descriptors);
            Set<String> threadsNow = uringThreads();
            threadsNow.removeAll(threads);
            added.addAll(threadsNow);
            return added;
        }

        /** Waits, within limits, until nothing is held that was not held then. */
        public void assertNothingAdded() throws InterruptedException {
            long deadline = System.nanoTime() + WAIT_NANOS;
            Set<String> added = addedSince();
            while (!added.isEmpty()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("left behind: " + added);
                }
                Thread.sleep(5);
                added = addedSince();
            }
        }
    }

    /** Done once per process; not in a static initialiser, for which the lambdas inside would wait. */
    private static boolean warm;

    /** For JUnit. */
    public LeakCheck() {
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        warmUpOnce();
        context.getStore(NAMESPACE).put(Holdings.class, Holdings.now());
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        context.getStore(NAMESPACE).get(Holdings.class, Holdings.class).assertNothingAdded();
    }

    private static Set<String> openDescriptors() {
        Set<String> open = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                String target = target(each);
                if (!isOfTheJdk(target)) {
                    open.add("fd=" + each.getFileName() + " " + target);
                }
            }
        } catch (IOException e) {
            throw new AssertionError("descriptors cannot be listed", e);
        }
        return open;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "/proc/gone"; // closed since it was listed
        }
    }

    private static boolean isOfTheJdk(String target) {
        return target.contains(".jar") || target.endsWith(".class") || target.endsWith("random")
                || target.startsWith("/proc/") || target.startsWith(System.getProperty("java.home"));
    }

    private static Set<String> uringThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("uring-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static synchronized void warmUpOnce() {
        if (!warm) {
            warmUpPollers();
            warm = true;
        }
    }

    /** One connection of virtual threads, so that the JDK's own pollers have their descriptors. */
    private static void warmUpPollers() {
        try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Thread accepting = Thread.startVirtualThread(() -> {
                try (var accepted = server.accept()) {
                    accepted.getInputStream().read();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Thread connecting = Thread.startVirtualThread(() -> {
                try (var socket = new java.net.Socket(server.getInetAddress(), server.getLocalPort())) {
                    Thread.sleep(20);
                    socket.getOutputStream().write(1);
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            accepting.join();
            connecting.join();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
