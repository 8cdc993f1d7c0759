package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server on every driver, by a client that writes what no client would. */
@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class HttpServerTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final int FUZZ_ROUNDS = 150;
    private static final int LIMIT_MILLIS = 20_000;
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String HOST = " HTTP/1.1\r\nHost: h\r\n";

    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();
    private Path root;
    private UringRuntime runtime;
    private HttpFiles files;
    private HttpServer server;
    private boolean isClosed;

    @BeforeEach
    void setUp() throws Exception {
        Given.driver(driver);
        root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(root.resolve("index.html"), "<p>index");
        Path dated = Files.writeString(root.resolve("a.txt"), "0123456789");
        Files.setLastModifiedTime(dated, FileTime.from(Instant.ofEpochSecond(784_111_777)));
        Files.write(root.resolve("empty"), new byte[0]);
        Files.write(root.resolve("large"), Given.content(3_000_001));
        Files.createDirectories(root.resolve("sub/deep"));
        Files.writeString(root.resolve("sub/index.html"), "<p>sub");
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("out"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("outside"), directory);
        Files.createSymbolicLink(root.resolve("in"), Path.of("sub/../a.txt"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        runtime = UringRuntime.builder().multiThread(2).driver(driver).enableAll().build();
        runtime.blockOn(() -> {
            files = HttpFiles.open(root);
            server = HttpServer.start(new InetSocketAddress("127.0.0.1", 0), files, new PrintWriter(err, true));
            return null;
        });
    }

    @AfterEach
    void tearDown() throws Exception {
        if (runtime == null) {
            return;
        }
        try {
            closeServer();
        } finally {
            runtime.close();
        }
        assertThat(err.toString()).isEmpty();
    }

    private void closeServer() throws Exception {
        if (!isClosed) {
            isClosed = true;
            runtime.blockOn(() -> {
                server.close();
                files.close();
                return null;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"/,200,<p>index", "/index.html,200,<p>index", "/a.txt?x=/../..,200,0123456789", "/%61.txt,200,0123456789",
        "//sub//,200,<p>sub", "/sub/../a.txt,200,0123456789", "/in,200,0123456789", "http://h/a.txt,200,0123456789",
        "/empty,200,''"})
    void file_is_answered_whole(String target, int status, String body) throws IOException {
        Answer answer = get(target, "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({"/nowhere,404", "/a.txt/,404", "/a.txt/b,404", "/sub/deep/,404", "/loop,404", "/out,403", "/outside/secret,403",
        "/..,400", "/../secret,400", "/%2e%2e/secret,400", "/sub/..%2f..%2fsecret,400", "/a%00,400"})
    void what_is_not_there_or_not_below_the_root_is_not_served(String target, int status) throws IOException {
        Answer answer = get(target, "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).doesNotContain("secret").startsWith(status + " ");
    }

    @Test
    void path_that_leads_out_and_in_again_is_not_served() throws IOException {
        assumeTrue(files.weakness() == null, "who looks first sees where a path leads, not which way");
        assertThat(get("/outside/root/a.txt", "").status()).isEqualTo(403);
    }

    @Test
    void name_that_is_too_long_is_not_there() throws IOException {
        assertThat(get("/" + "a".repeat(300), "").status()).isEqualTo(404);
        assertThat(get("/" + "a/".repeat(3000), "").status()).isEqualTo(404);
    }

    @Test
    void pipe_is_not_waited_for() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor()).isZero();
        assertThat(get("/pipe", "").status()).isEqualTo(403);
    }

    @Test
    void head_says_what_there_is() throws IOException {
        Answer answer = get("/a.txt", "");
        assertThat(answer.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nContent-Length: 10\r\n",
                "\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nLast-Modified: " + DATE + "\r\n",
                "\r\nAccept-Ranges: bytes\r\n").containsPattern("\r\nDate: \\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} GMT\r\n")
                .doesNotContain("Connection:");
        try (Client client = new Client()) {
            client.send("HEAD /large" + HOST + "\r\nHEAD /nowhere" + HOST + "\r\nGET /a.txt" + HOST + "\r\n");
            assertThat(client.head()).contains("200 OK", "\r\nContent-Length: 3000001\r\n");
            assertThat(client.head()).contains("404 Not Found");
            assertThat(client.answer().text()).isEqualTo("0123456789");
        }
    }

    @Test
    void directory_without_a_slash_leads_to_the_one_with_it_on_this_host() throws IOException {
        assertThat(get("/sub?q", "").head()).contains(" 301 ", "\r\nLocation: /sub/?q\r\n");
        assertThat(get("//sub", "").head()).contains(" 301 ", "\r\nLocation: /sub/\r\n");
    }

    @ParameterizedTest
    @CsvSource({"Range: bytes=2-4,206,234,2-4/10", "Range: bytes=-1,206,9,9-9/10", "Range: bytes=8-99,206,89,8-9/10",
        "Range: bytes=10-,416,'',*/10", "'Range: bytes=0-1,3-4',200,0123456789,", "Range: lines=1-2,200,0123456789,"})
    void range_is_answered_in_part(String field, int status, String body, String range) throws IOException {
        Answer answer = get("/a.txt", field + "\r\n");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(body);
        assertThat(answer.head().contains("Content-Range: ")).isEqualTo(range != null);
        if (range != null) {
            assertThat(answer.head()).contains("\r\nContent-Range: bytes " + range + "\r\n");
        }
    }

    @Test
    void range_of_another_file_is_ignored() throws IOException {
        String range = "Range: bytes=1-1\r\n";
        assertThat(get("/a.txt", range + "If-Range: " + DATE + "\r\n").text()).isEqualTo("1");
        assertThat(get("/a.txt", range + "If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n").status()).isEqualTo(200);
        assertThat(get("/a.txt", range + "If-Range: \"tag\"\r\n").status()).isEqualTo(200);
    }

    @Test
    void range_of_a_large_file_is_the_very_bytes() throws IOException {
        byte[] content = Given.content(3_000_001);
        assertThat(get("/large", "").body()).isEqualTo(content);
        assertThat(get("/large", "Range: bytes=1000001-2900002\r\n").body())
                .isEqualTo(Arrays.copyOfRange(content, 1_000_001, 2_900_003));
    }

    @ParameterizedTest
    @CsvSource({"'Sun, 06 Nov 1994 08:49:37 GMT',304", "'Sunday, 06-Nov-94 08:49:38 GMT',304",
        "'Sun, 06 Nov 1994 08:49:36 GMT',200", "yesterday,200"})
    void unchanged_file_is_not_sent_again(String since, int status) throws IOException {
        try (Client client = new Client()) {
            client.send("GET /a.txt" + HOST + "If-Modified-Since: " + since + "\r\n\r\n");
            String head = client.head();
            assertThat(head).startsWith("HTTP/1.1 " + status);
            if (status == 304) {
                assertThat(head).doesNotContain("Content-Length");
            } else {
                client.body(10);
            }
            client.requireAlive();
        }
    }

    @ParameterizedTest
    @CsvSource({"POST,405", "DELETE,405", "OPTIONS,405", "BREW,501", "get,501"})
    void other_methods_are_refused_and_the_connection_goes_on(String method, int status) throws IOException {
        try (Client client = new Client()) {
            client.send(method + " /a.txt" + HOST + "Content-Length: 5\r\n\r\nhello");
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.head().contains("\r\nAllow: GET, HEAD\r\n")).isEqualTo(status == 405);
            client.requireAlive();
        }
    }

    @ParameterizedTest
    @CsvSource({"400,'GET / HTTP/1.1\r\n\r\n'", "505,'GET / HTTP/3.0\r\n\r\n'", "400,'\u0016\u0003\u0001'",
        "413,'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n'",
        "417,'GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\nContent-Length: 1\r\n\r\n'",
        "400,'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx'"})
    void what_cannot_be_understood_is_answered_and_the_connection_ends(int status, String request) throws IOException {
        try (Client client = new Client()) {
            client.send(request);
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.head()).contains("\r\nConnection: close\r\n");
            client.requireEnd();
        }
    }

    @Test
    void head_without_an_end_is_refused() throws IOException {
        try (Client client = new Client()) {
            client.send("GET /" + "a".repeat(9000));
            assertThat(client.answer().status()).isEqualTo(414);
        }
        try (Client client = new Client()) {
            client.send("GET /" + HOST + "A: b\r\n".repeat(101));
            assertThat(client.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void old_version_ends_the_connection_unless_it_asks_to_go_on() throws IOException {
        try (Client client = new Client()) {
            client.send("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.answer().head()).contains("\r\nConnection: keep-alive\r\n");
            client.send("GET /a.txt HTTP/1.0\r\n\r\n");
            assertThat(client.answer().head()).contains("\r\nConnection: close\r\n");
            client.requireEnd();
        }
    }

    @Test
    void requests_in_a_row_are_answered_in_order() throws IOException {
        try (Client client = new Client()) {
            String[] targets = {"/a.txt", "/sub/", "/large", "/nowhere", "/", "/empty"};
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 120; i++) {
                all.append(i % 7 == 3 ? "POST " : "GET ").append(targets[i % targets.length]).append(HOST)
                        .append(i % 7 == 3 ? "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" : "\r\n");
            }
            Thread sender = Thread.ofPlatform().start(() -> client.sendQuietly(all.toString()));
            for (int i = 0; i < 120; i++) {
                Answer answer = client.answer();
                assertThat(answer.status()).isEqualTo(i % 7 == 3 ? 405 : i % targets.length == 3 ? 404 : 200);
                if (i % 7 != 3 && i % targets.length < 3) {
                    assertThat(answer.body()).hasSize(List.of(10, 6, 3_000_001).get(i % targets.length));
                }
            }
            join(sender);
            client.requireAlive();
        }
    }

    @Test
    void who_waits_for_leave_to_send_a_body_gets_it() throws IOException {
        try (Client client = new Client()) {
            client.send("GET /a.txt" + HOST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("hello");
            assertThat(client.answer().text()).isEqualTo("0123456789");
            client.send("POST /a.txt" + HOST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(405);
            client.requireEnd();
        }
    }

    @Test
    void request_that_comes_byte_by_byte_is_one() throws IOException {
        try (Client client = new Client()) {
            for (byte b : ("GET /a.txt" + HOST + "\r\n").getBytes(StandardCharsets.ISO_8859_1)) {
                client.socket.getOutputStream().write(b);
            }
            assertThat(client.answer().text()).isEqualTo("0123456789");
        }
    }

    @Test
    void client_that_goes_in_the_middle_does_no_harm() throws IOException {
        String request = "POST /large" + HOST + "Content-Length: 5\r\n\r\nhello";
        for (int to = 0; to <= request.length(); to += 3) {
            try (Client client = new Client()) {
                client.send(request.substring(0, to));
            }
        }
        try (Client client = new Client()) {
            client.send("GET /large" + HOST + "\r\n");
            client.socket.setSoLinger(true, 0);
            client.head();
        }
        assertThat(get("/a.txt", "").status()).isEqualTo(200);
    }

    @Test
    void client_that_has_finished_sending_still_gets_its_answers() throws IOException {
        try (Client client = new Client()) {
            client.send("GET /large" + HOST + "\r\nGET /a.txt" + HOST + "\r\n");
            client.socket.shutdownOutput();
            assertThat(client.answer().body()).hasSize(3_000_001);
            assertThat(client.answer().text()).isEqualTo("0123456789");
            client.requireEnd();
        }
    }

    @Test
    void whatever_comes_the_server_goes_on() throws IOException {
        Random random = new Random(SEED);
        for (int i = 0; i < FUZZ_ROUNDS; i++) {
            StringBuilder text = new StringBuilder("GET /a.txt" + HOST + "\r\nPOST /" + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHEAD /large" + HOST + "\r\n");
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
            }
            text.setLength(random.nextInt(text.length() + 1));
            try (Client client = new Client()) {
                client.send(text.toString());
                client.socket.shutdownOutput();
                byte[] all = client.socket.getInputStream().readAllBytes();
                assertThat(all.length == 0 || new String(all, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 "))
                        .as(() -> "uring.test.seed=" + SEED + " text=" + text).isTrue();
            }
        }
        assertThat(get("/a.txt", "").status()).as("uring.test.seed=" + SEED).isEqualTo(200);
    }

    @Test
    void stop_ends_idle_connections_and_finishes_what_is_in_flight() throws Exception {
        try (Client idle = new Client(); Client busy = new Client()) {
            idle.requireAlive();
            busy.send("GET /large" + HOST + "\r\n");
            assertThat(busy.head()).contains(" 200 ");
            Thread closer = Thread.ofPlatform().start(() -> {
                try {
                    closeServer();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            idle.requireEnd();
            assertThat(busy.body(3_000_001)).isEqualTo(Given.content(3_000_001));
            busy.requireEnd();
            join(closer);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Answer get(String target, String fields) throws IOException {
        try (Client client = new Client()) {
            client.send("GET " + target + HOST + fields + "\r\n");
            Answer answer = client.answer();
            client.requireAlive();
            return answer;
        }
    }

    /** What came. */
    private record Answer(String head, byte[] body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** One connection. */
    private final class Client implements AutoCloseable {
        private final Socket socket = new Socket();

        Client() throws IOException {
            socket.connect(server.localAddress(), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void sendQuietly(String text) {
            try {
                send(text);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        String head() throws IOException {
            InputStream in = socket.getInputStream();
            var head = new ByteArrayOutputStream();
            String text = "";
            while (!text.endsWith("\r\n\r\n")) {
                int b = in.read();
                assertThat(b).as("more of: " + text).isNotNegative();
                head.write(b);
                text = head.toString(StandardCharsets.ISO_8859_1);
            }
            return text;
        }

        byte[] body(int bytes) throws IOException {
            return socket.getInputStream().readNBytes(bytes);
        }

        Answer answer() throws IOException {
            String head = head();
            int length = Integer.parseInt(head.replaceAll("(?s).*\r\nContent-Length: (\\d+)\r\n.*", "$1"));
            return new Answer(head, body(length));
        }

        void requireAlive() throws IOException {
            send("GET /sub/" + HOST + "\r\n");
            assertThat(answer().text()).isEqualTo("<p>sub");
        }

        void requireEnd() throws IOException {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
