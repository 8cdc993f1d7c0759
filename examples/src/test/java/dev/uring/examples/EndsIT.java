package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.examples.JarRun.Outcome;
import dev.uring.examples.Peer.Served;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections in the end, and Unix sockets. */
@ParameterizedClass
@ValueSource(strings = {"io_uring", "nio"})
final class EndsIT {
    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private Peer peer;

    @BeforeEach
    void setUp() {
        Given.driver(driver);
        peer = new Peer(directory, driver);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        if (peer != null) {
            peer.close();
        }
    }

    @Test
    void client_whose_target_cannot_be_reached_is_reset_and_told_of_once() throws Exception {
        Served proxy = peer.serve("proxy", "0", Integer.toString(Peer.freePort()));
        for (int i = 0; i < 5; i++) {
            try (var client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                InputStream in = client.getInputStream();
                Throwable thrown = catchThrowable(in::read);
                assertThat(thrown).isInstanceOf(SocketException.class).hasMessageContaining("reset");
            }
        }
        assertThat(proxy.stop()).startsWith("stopped: 5 connections, 5 of them failed");
        assertThat(proxy.told().lines()).hasSizeBetween(1, 5)
                .allMatch(line -> line.startsWith("uring proxy: connect failed: address=/127.0.0.1:"));
    }

    @Test
    void socat_talks_over_unix_sockets() throws Exception {
        Peer.require("socat");
        Path echoing = directory.resolve("echo");
        Path proxied = directory.resolve("proxied");
        Process socat = peer.start("socat", "UNIX-LISTEN:" + echoing + ",fork", "EXEC:cat");
        Peer.awaitFile(socat, echoing);
        byte[] content = Given.content(1_000_001);
        Path input = Files.write(directory.resolve("input"), content);
        Outcome direct = peer.jar(input, "nc", "-U", echoing.toString());
        assertThat(direct.bytes()).isEqualTo(content);

        Served proxy = peer.serve("proxy", "unix:" + proxied, "unix:" + echoing);
        assertThat(peer.jar(input, "nc", "-U", proxied.toString()).bytes()).isEqualTo(content);
        Outcome other = peer.run(input, "socat", "-t60", "-", "UNIX-CONNECT:" + proxied);
        assertThat(other.bytes()).isEqualTo(content);
        assertThat(proxy.stop()).startsWith("stopped: 2 connections, 0 of them failed");
        assertThat(proxied).doesNotExist();

        Path taking = directory.resolve("taking");
        Path out = directory.resolve("taken");
        Process nc = JarRun.builder(JarRun.line(driver, "nc", "-l", "-U", taking.toString()))
                .redirectInput(JarRun.NO_INPUT.toFile()).redirectOutput(out.toFile()).start();
        try (var said = nc.errorReader()) {
            assertThat(said.readLine()).isEqualTo("listening on unix:" + taking);
            peer.run("socat", "-u", "OPEN:" + input, "UNIX-CONNECT:" + taking);
            assertThat(nc.waitFor()).isZero();
        } finally {
            nc.destroyForcibly();
        }
        assertThat(Files.readAllBytes(out)).isEqualTo(content);
        assertThat(taking).doesNotExist();
    }

    @Test
    void nc_takes_a_connection_of_another_one() throws Exception {
        int port = Peer.freePort();
        Path input = Files.writeString(directory.resolve("input"), "answer");
        Process taking = JarRun.builder(JarRun.line(driver, "nc", "-l", "127.0.0.1", Integer.toString(port)))
                .redirectInput(input.toFile()).start();
        try (var told = taking.errorReader()) {
            assertThat(told.readLine()).isEqualTo("listening on 127.0.0.1:" + port);
            Path question = Files.writeString(directory.resolve("question"), "question");
            assertThat(peer.jar(question, "nc", "127.0.0.1", Integer.toString(port)).out()).isEqualTo("answer");
            assertThat(taking.waitFor()).isZero();
            assertThat(new String(taking.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("question");
        } finally {
            taking.destroyForcibly();
        }
    }

    @Test
    void stop_ends_what_is_open() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Served proxy = peer.serve("proxy", "0", Integer.toString(listener.getLocalPort()));
            try (var client = new Socket(InetAddress.getLoopbackAddress(), proxy.port()); var server = listener.accept()) {
                client.getOutputStream().write(1);
                assertThat(server.getInputStream().read()).isEqualTo(1);
                assertThat(proxy.stop()).startsWith("stopped: 1 connections, ");
                for (Socket each : List.of(client, server)) {
                    Throwable thrown = catchThrowable(
                            () -> assertThat(each.getInputStream().read()).isEqualTo(-1));
                    assertThat(thrown == null || thrown instanceof SocketException).as(() -> "ended by " + thrown).isTrue();
                }
            }
        }
    }
}
