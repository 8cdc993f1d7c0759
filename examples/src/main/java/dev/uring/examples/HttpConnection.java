package dev.uring.examples;

import dev.uring.examples.HttpFiles.Served;
import dev.uring.net.TcpStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One client's requests, answered in order by one task. Each wait for the client has a limit, which the server watches over:
 * in {@link Phase#IDLE} the connection ends without a word, in a request it is told 408, and a client that takes nothing of
 * what is sent is left.
 */
final class HttpConnection {
    private static final List<String> KNOWN_METHODS = List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT");
    private static final String INDEX = "index.html";
    private static final int PHASE_BITS = 3;

    private final TcpStream stream;
    private final HttpServer server;
    private final HttpInput input;
    private final HttpOutput output;
    /** The phase, and above it the millisecond of the server's time at which it is over; written by the task. */
    private volatile long limit;
    /** Nothing more is received, because a limit was reached. */
    private volatile boolean isLate;

    /** What the connection waits for, and how long at most. */
    private enum Phase {
        /** The next request. */
        IDLE(30_000),
        /** The rest of a head. */
        HEAD(10_000),
        /** The rest of a body. */
        BODY(30_000),
        /** Room for more of an answer. */
        SEND(30_000),
        /** The client's end, after the last answer. */
        LINGER(2_000),
        /** Nothing of the client's. */
        WORK(Integer.MAX_VALUE);

        private static final Phase[] ALL = values();

        private final int millisMax;

        Phase(int millisMax) {
            this.millisMax = millisMax;
        }
    }

    HttpConnection(TcpStream stream, HttpServer server) {
        this.stream = stream;
        this.server = server;
        input = new HttpInput(stream);
        output = new HttpOutput(stream);
        enter(Phase.IDLE);
    }

    private void enter(Phase phase) {
        limit = server.millis() + phase.millisMax << PHASE_BITS | phase.ordinal();
    }

    private static Phase phase(long limit) {
        return Phase.ALL[(int) limit & (1 << PHASE_BITS) - 1];
    }

    // ---- the server's side: any thread ----

    /** Ends a wait that has lasted too long. */
    void requireInTime(long millis) {
        long now = limit;
        if (millis >= now >> PHASE_BITS && !isLate) {
            isLate = true;
            if (phase(now) == Phase.SEND || phase(now) == Phase.LINGER) {
                stream.closeAsync();
            } else {
                stream.shutdownInput(); // what waits to receive finds the end, and can still answer
            }
        }
    }

    /** The server stops: waits for no further request. */
    void stop() {
        if (phase(limit) == Phase.IDLE) {
            stream.shutdownInput();
        }
    }

    // ---- the task's side ----

    /** Serves until either side has enough. */
    void serve() throws IOException, InterruptedException {
        try (stream; input; output) {
            stream.noDelay(true);
            boolean goesOn = true;
            while (goesOn) {
                goesOn = serveNext();
            }
        }
    }

    private boolean serveNext() throws IOException, InterruptedException {
        HttpRequest request = null;
        try {
            request = nextRequest();
            if (request == null || !discardBody(request)) {
                flush();
                return false;
            }
        } catch (HttpException e) {
            refuse(request, e, false);
            linger();
            return false;
        }
        enter(Phase.WORK);
        boolean keepsAlive = request.keepsAlive() && !server.isStopping();
        answer(request, keepsAlive);
        if (!keepsAlive) {
            linger();
        }
        return keepsAlive;
    }

    /** Answers null when no more come. */
    private HttpRequest nextRequest() throws IOException, HttpException {
        HttpRequest request = input.request();
        boolean isBegun = false;
        while (request == null) {
            flush();
            if (!isBegun) {
                isBegun = input.isInHead(); // from then on, more bytes do not give it more time
                enter(isBegun ? Phase.HEAD : Phase.IDLE);
            }
            if (!isBegun && server.isStopping() || !input.receive()) {
                if (isBegun && isLate) {
                    throw new HttpException(HttpStatus.REQUEST_TIMEOUT, "head did not come in time");
                }
                return null;
            }
            request = input.request();
        }
        return request;
    }

    /** Answers whether the body has come. */
    private boolean discardBody(HttpRequest request) throws IOException, HttpException {
        if (!request.hasBody()) {
            return true;
        }
        HttpBody body = new HttpBody(request.bodyBytes());
        List<String> expected = request.isHttp11() ? request.elements("expect") : List.of();
        if (!expected.isEmpty() && !expected.equals(List.of("100-continue"))) {
            throw new HttpException(HttpStatus.EXPECTATION_FAILED, "expectation is unknown");
        }
        if (!expected.isEmpty() && input.isEmpty()) {
            requireMethod(request); // who waits before he sends need not send what is for nothing
            output.add(new HttpHead(HttpStatus.CONTINUE).bytes());
        }
        input.give(body);
        flush();
        enter(Phase.BODY);
        while (!body.isEnded()) {
            if (!input.receive()) {
                if (isLate) {
                    throw new HttpException(HttpStatus.REQUEST_TIMEOUT, "body did not come in time");
                }
                return false;
            }
            input.give(body);
        }
        return true;
    }

    private static void requireMethod(HttpRequest request) throws HttpException {
        if (KNOWN_METHODS.contains(request.method())) {
            throw new HttpException(HttpStatus.METHOD_NOT_ALLOWED, "method is neither GET nor HEAD");
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw new HttpException(HttpStatus.NOT_IMPLEMENTED, "method is unknown");
        }
    }

    private void answer(HttpRequest request, boolean keepsAlive) throws IOException, InterruptedException {
        try {
            requireMethod(request);
            String path = HttpPath.of(request.target());
            boolean isDirectory = path.isEmpty() || path.endsWith("/");
            String name = isDirectory ? path + INDEX : path;
            Served served = server.files().served(name);
            if (served == null && !isDirectory) {
                redirect(request, path, keepsAlive);
            } else if (served == null) {
                throw new HttpException(HttpStatus.NOT_FOUND, INDEX + " is a directory");
            } else {
                try {
                    answer(request, served, HttpType.of(name), keepsAlive);
                } finally {
                    served.file().closeAsync(); // nobody has to wait for it
                }
            }
        } catch (HttpException e) {
            refuse(request, e, keepsAlive);
        }
    }

    private void answer(HttpRequest request, Served served, String type, boolean keepsAlive)
            throws IOException, HttpException {
        long size = served.stat().size();
        long modified = Math.floorDiv(served.stat().lastModifiedTime().toMillis(), 1000);
        if (isUnchanged(request, modified)) {
            output.add(head(HttpStatus.NOT_MODIFIED, request, keepsAlive)
                    .field("Last-Modified", HttpDate.format(modified)).bytes());
            return;
        }
        HttpRange range = range(request, size, modified);
        HttpRange part = range == null ? new HttpRange(0, size) : range;
        HttpHead head = head(range == null ? HttpStatus.OK
                : range.isEmpty() ? HttpStatus.RANGE_NOT_SATISFIABLE : HttpStatus.PARTIAL_CONTENT, request, keepsAlive);
        if (range != null) {
            head.field("Content-Range", "bytes " + (range.isEmpty() ? "*" : range.from() + "-" + (range.to() - 1))
                    + "/" + size);
        }
        head.field("Content-Length", part.bytes()).field("Content-Type", type).field("Accept-Ranges", "bytes")
                .field("Last-Modified", HttpDate.format(modified));
        enter(Phase.SEND);
        if (request.method().equals("HEAD")) {
            output.add(head.bytes());
        } else {
            output.add(head.bytes(), served.file(), part, () -> enter(Phase.SEND));
        }
    }

    /** There are no entity tags here, so a condition on them says nothing about the date (RFC 9110, 13.1.3). */
    private static boolean isUnchanged(HttpRequest request, long modified) {
        String since = request.field("if-modified-since");
        if (since == null || request.field("if-none-match") != null) {
            return false;
        }
        Long second = HttpDate.parse(since);
        return second != null && modified <= second;
    }

    private static HttpRange range(HttpRequest request, long size, long modified) {
        String range = request.field("range");
        if (range == null || !request.method().equals("GET")) {
            return null;
        }
        String condition = request.field("if-range");
        if (condition != null) {
            Long second = HttpDate.parse(condition);
            if (second == null || second != modified) {
                return null; // the client has parts of another file
            }
        }
        return HttpRange.of(range, size);
    }

    private void redirect(HttpRequest request, String path, boolean keepsAlive) throws IOException {
        String target = request.target();
        int query = target.indexOf('?');
        String encoded = query < 0 ? target : target.substring(0, query);
        // Two slashes at the beginning would make the first name a host.
        String location = "/" + encoded.replaceFirst("^/+", "") + "/" + (query < 0 ? "" : target.substring(query));
        answerText(head(HttpStatus.MOVED_PERMANENTLY, request, keepsAlive).field("Location", location), request,
                "see /" + path + "/");
    }

    private void refuse(HttpRequest request, HttpException e, boolean keepsAlive) throws IOException {
        HttpHead head = head(e.status(), request, keepsAlive);
        if (e.status() == HttpStatus.METHOD_NOT_ALLOWED) {
            head.field("Allow", "GET, HEAD");
        }
        answerText(head, request, e.status() + ": " + e.getMessage());
    }

    private void answerText(HttpHead head, HttpRequest request, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        enter(Phase.SEND);
        output.add(head.field("Content-Length", body.length).field("Content-Type", "text/plain; charset=utf-8").bytes());
        if (request == null || !request.method().equals("HEAD")) {
            output.add(body);
        }
    }

    /** Begins a head with what it says of the connection. */
    private static HttpHead head(HttpStatus status, HttpRequest request, boolean keepsAlive) {
        HttpHead head = new HttpHead(status);
        if (!keepsAlive) {
            head.field("Connection", "close");
        } else if (!request.isHttp11()) {
            head.field("Connection", "keep-alive");
        }
        return head;
    }

    private void flush() throws IOException {
        if (!output.isEmpty()) {
            enter(Phase.SEND);
            output.flush();
        }
    }

    /** Sends the end, and waits for the client's: a close before would take away what it has not read (RFC 9112, 9.6). */
    private void linger() throws IOException {
        flush();
        stream.finish();
        enter(Phase.LINGER);
        input.discard();
        while (input.receive()) {
            input.discard();
        }
    }
}
