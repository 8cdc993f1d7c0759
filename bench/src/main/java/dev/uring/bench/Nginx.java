package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx of Debian, as a peer: one worker, no logs, its configuration and all that it writes below the target directory. */
final class Nginx {
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    private static final String FRAME = """
            %s
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log stderr;
            events { worker_connections 4096; }
            %s
            """;
    private static final String PATHS = """
            client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp;
            scgi_temp_path temp; access_log off; server_tokens off; keepalive_requests 1000000000;
            """;

    private Nginx() {
    }

    /** Answers why it cannot be run here, or null if it can. */
    static String missing() {
        return Files.isExecutable(PROGRAM) ? null : "no " + PROGRAM + " (apt-get install nginx-light)";
    }

    /** Answers why it cannot be a proxy for TCP here, or null if it can. */
    static String missingStream() {
        return missing() != null ? missing()
                : Files.exists(STREAM) ? null : "no " + STREAM + " (apt-get install libnginx-mod-stream)";
    }

    /** Answers the command of a server that says the same to every request. */
    static List<String> hello(int port) throws IOException {
        return command("nginx", "", "http { " + PATHS + "default_type text/plain; server { listen 127.0.0.1:" + port
                + "; location / { return 200 \"" + HelloServer.BODY + "\"; } } }");
    }

    /** Answers the command of a server of files, whose index is the file "hello". */
    static List<String> files(int port, Path root) throws IOException {
        return command("nginx-file", "", "http { " + PATHS + "sendfile on; tcp_nopush on; default_type text/plain; "
                + "open_file_cache max=100; server { listen 127.0.0.1:" + port + "; root " + root + "; } }");
    }

    /** Answers the command of a proxy for TCP. */
    static List<String> proxy(int port, int targetPort) throws IOException {
        return command("nginx-stream", "load_module " + STREAM + ";", "stream { server { listen 127.0.0.1:" + port
                + "; proxy_pass 127.0.0.1:" + targetPort + "; } }");
    }

    private static List<String> command(String name, String first, String body) throws IOException {
        Path prefix = ServerProcess.directory(name);
        Path configuration = Files.writeString(prefix.resolve("nginx.conf"), FRAME.formatted(first, body));
        return List.of(PROGRAM.toString(), "-p", prefix + "/", "-e", "stderr", "-c", configuration.toString());
    }
}
