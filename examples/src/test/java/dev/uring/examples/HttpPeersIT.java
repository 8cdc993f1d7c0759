package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.examples.JarRun.Outcome;
import dev.uring.examples.Peer.Served;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The server, asked by clients that others wrote. */
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class HttpPeersIT {
    private static final long LARGE_BYTES = (64 << 20) + 1;

    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private Path root;
    private Peer peer;
    private Served server;
    private String url;

    @BeforeEach
    void setUp() throws IOException {
        Given.driver(driver);
        root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(root.resolve("index.html"), "<p>hello");
        peer = new Peer(directory, driver);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        if (peer != null) {
            peer.close();
        }
    }

    private void serve() throws IOException {
        server = peer.serve("http", root.toString(), "--port", "0");
        assertThat(server.line()).matches("serving .* at http://127\\.0\\.0\\.1:\\d+/ with " + driver);
        url = "http://127.0.0.1:" + server.port() + "/";
    }

    private void stop() throws Exception {
        assertThat(server.stop()).isEqualTo("stopped");
        if (driver.equals("nio")) { // which cannot keep a path below the root, and says so
            assertThat(server.told()).startsWith("uring http: each path is looked at before").hasLineCount(1);
        } else {
            assertThat(server.told()).isEmpty();
        }
    }

    @Test
    void curl_gets_files_ranges_heads_and_conditions_over_one_connection() throws Exception {
        Peer.require("curl");
        byte[] content = Given.content(300_001);
        Files.write(root.resolve("file"), content);
        Path large = root.resolve("large");
        try (var random = new RandomAccessFile(large.toFile(), "rw")) {
            random.setLength(LARGE_BYTES);
            random.seek(LARGE_BYTES / 3);
            random.write(content);
        }
        serve();
        assertThat(peer.run("curl", "-sSf", url + "file").bytes()).isEqualTo(content);
        assertThat(peer.run("curl", "-sSf", "-r", "1000-200000", url + "file").bytes())
                .isEqualTo(Arrays.copyOfRange(content, 1000, 200_001));
        Path got = directory.resolve("got");
        peer.run("curl", "-sSf", "-o", got.toString(), url + "large");
        assertThat(Files.mismatch(got, large)).isEqualTo(-1);
        assertThat(peer.run("curl", "-sSfI", url + "large").out()).contains("Content-Length: " + LARGE_BYTES + "\r\n");

        String format = "%{http_code} %{num_connects} %{size_download}\\n";
        Outcome reused = peer.run("curl", "-sS", "-o", "/dev/null", "-w", format, url, "-o", "/dev/null", url + "file", "-o",
                "/dev/null", url + "nowhere", "-o", "/dev/null", url);
        assertThat(reused.out().lines()).containsExactly("200 1 8", "200 0 300001", "404 0 28", "200 0 8");
        Outcome since = peer.run("curl", "-sS", "-o", directory.resolve("none").toString(), "-w", format, "-z",
                root.resolve("file").toString(), url + "file");
        assertThat(since.out()).isEqualTo("304 1 0\n");
        Outcome posted = peer.run("curl", "-sS", "-o", "/dev/null", "-w", format, "-H", "Expect: 100-continue",
                "--data-binary", "@" + root.resolve("file"), url);
        assertThat(posted.out()).startsWith("405 ");
        Outcome traversal = peer.run("curl", "-sS", "--path-as-is", "-o", "/dev/null", "-w", format, url + "../got");
        assertThat(traversal.out()).startsWith("400 ");
        stop();
    }

    @Test
    void wrk_and_h2load_get_all_that_they_ask_for() throws Exception {
        Peer.require("wrk", "h2load");
        serve();
        Outcome wrk = peer.run("wrk", "-t1", "-c20", "-d1s", url);
        assertThat(wrk.out()).contains("requests in ").doesNotContain("Socket errors", "Non-2xx");
        Outcome h2load = peer.run("h2load", "--h1", "-n2000", "-c20", "-m4", url);
        assertThat(h2load.out()).contains("2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored",
                "2000 2xx, 0 3xx");
        stop();
    }
}
