package dev.uring.examples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An echo server in one container and its clients in another, both on io_uring, then both on epoll, while what is between
 * them goes away and comes back.
 */
@ParameterizedClass
@EnumSource(value = World.class, names = {"EPERM", "ALLOWED"})
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NetworkCutIT {
    private static final int PORT = 7007;
    private static final int CLIENTS = 8;
    private static final int ROUNDS_FEW = 2;
    /** More than the test takes; the clients end before, with their container. */
    private static final int ROUNDS_MANY = 100_000;
    private static final long POLL_MILLIS = 50;
    /** What a client may say of a connection that does not answer. The kernel tells of a host without a cable by itself. */
    private static final List<String> CLEAR = List.of("InterruptedByTimeoutException", "SocketTimeoutException: ",
            "NoRouteToHostException: ", "errno=EHOSTUNREACH(113)");

    @Parameter
    private World world;

    private CutNetwork between;
    private Box server;
    private Box clients;

    @BeforeEach
    void startServer() throws Exception {
        server = Box.in(world);
        between = new CutNetwork();
        server.withNetwork(between.network()).withJava("-jar", Box.JAR, "echo", Integer.toString(PORT), "--any").start();
        awaitLines(server, line -> line.endsWith("with " + world.driver()), 1);
    }

    @AfterEach
    void end() {
        for (Box each : new Box[] {clients, server}) {
            if (each != null) {
                each.close();
            }
        }
        if (between != null) {
            between.close();
        }
    }

    private Box startClients(int rounds) {
        Box box = Box.in(world).withNetwork(between.network())
                .withReadOnly(Path.of("target/test-classes"), "/classes")
                .withJava("-cp", Box.JAR + ":/classes", EchoClient.class.getName(), between.addressOf(server),
                        Integer.toString(PORT), Integer.toString(CLIENTS), Integer.toString(rounds));
        box.start();
        return box;
    }

    @Test
    void clients_are_told_clearly_and_come_back_after_a_cut() throws Exception {
        List<String> before = descriptorsWhenIdle();
        clients = startClients(ROUNDS_MANY);
        awaitOfEachClient("echoed", 1);
        between.cut(server);
        awaitOfEachClient("failed: ", 2); // the connection that it had, and another attempt
        between.heal(server);
        awaitOfEachClient("echoed", 2);
        assertThat(failures()).allMatch(line -> CLEAR.stream().anyMatch(line::contains));
        assertServerKeepsNothing(before);
    }

    @Test
    void clients_are_told_clearly_and_go_on_after_a_server_froze() throws Exception {
        List<String> before = descriptorsWhenIdle();
        clients = startClients(ROUNDS_MANY);
        awaitOfEachClient("echoed", 1);
        server.getDockerClient().pauseContainerCmd(server.getContainerId()).exec();
        awaitOfEachClient("failed: ", 1);
        server.getDockerClient().unpauseContainerCmd(server.getContainerId()).exec();
        awaitOfEachClient("echoed", 2);
        assertThat(failures()).allMatch(line -> CLEAR.stream().anyMatch(line::contains));
        assertServerKeepsNothing(before);
    }

    /** After first connections have come and gone: what a server opens once, it has opened then. */
    private List<String> descriptorsWhenIdle() throws Exception {
        try (Box few = startClients(ROUNDS_FEW)) {
            awaitLines(few, line -> line.equals("ended with nothing in flight"), 1);
        }
        return awaitDescriptors(open -> sockets(open) <= listeners());
    }

    private static long sockets(List<String> open) {
        return open.stream().filter(each -> each.startsWith("socket")).count();
    }

    /** The server listens with one socket for each of its workers. */
    private long listeners() {
        return Runtime.getRuntime().availableProcessors();
    }

    private void assertServerKeepsNothing(List<String> before) throws Exception {
        // The ends of connections that the clients gave up are sent again and again until they arrive.
        awaitDescriptors(open -> sockets(open) <= listeners() + CLIENTS);
        clients.close(); // their kernel ends what is open
        clients = null;
        List<String> after = awaitDescriptors(open -> open.size() <= before.size());
        assertThat(after).hasSameSizeAs(before);
        Box.Outcome ended = server.end();
        assertThat(ended.output().lines().toList()).as(ended.output()).last().isEqualTo("stopped");
        assertThat(ended.status()).isEqualTo(128 + 15); // SIGTERM
    }

    /** Waits until the server's descriptors are as wanted; answers what they are. The class's time limit ends a wait. */
    private List<String> awaitDescriptors(Predicate<List<String>> wanted) throws Exception {
        List<String> open = descriptors();
        while (!wanted.test(open)) {
            Thread.sleep(POLL_MILLIS);
            open = descriptors();
        }
        return open;
    }

    /** Answers what the descriptors of the container's first process are, by kind. */
    private List<String> descriptors() throws Exception {
        return server.execInContainer("ls", "-l", "/proc/1/fd").getStdout().lines().filter(line -> line.contains(" -> "))
                .map(line -> line.substring(line.indexOf(" -> ") + 4)).filter(target -> !target.contains(".jar"))
                .sorted().toList();
    }

    private List<String> failures() {
        return clients.out().lines().filter(line -> line.contains(" failed: ")).toList();
    }

    private void awaitOfEachClient(String what, int count) throws InterruptedException {
        for (int client : IntStream.range(0, CLIENTS).toArray()) {
            String begin = "client " + client + " " + what;
            awaitLines(clients, line -> line.startsWith(begin), count);
        }
    }

    private static void awaitLines(Box box, Predicate<String> wanted, int count) throws InterruptedException {
        boolean ran = true;
        while (box.out().lines().filter(wanted).count() < count) {
            assertThat(ran).as(box::getLogs).isTrue(); // what it wrote last may come after the question whether it runs
            ran = box.isRunning();
            Thread.sleep(POLL_MILLIS);
        }
    }
}
