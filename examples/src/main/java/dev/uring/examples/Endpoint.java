package dev.uring.examples;

import dev.uring.net.ConnectOptions;
import dev.uring.net.Dns;
import dev.uring.net.StreamSocket;
import dev.uring.net.TcpServer;
import dev.uring.net.TcpStream;
import dev.uring.net.UnixAddress;
import dev.uring.net.UnixListener;
import dev.uring.net.UnixStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where to connect to or to listen: a port of a host, or a Unix socket. */
sealed interface Endpoint {
    Duration CONNECT_MAX = Duration.ofSeconds(10);
    int PORT_MAX = 65_535;

    /** What is done with a connection, until it returns or throws; then it is closed. */
    @FunctionalInterface
    interface Handler {
        void handle(StreamSocket socket) throws Exception;
    }

    /** Connects; called by a task. */
    StreamSocket connect() throws IOException;

    /** Begins to listen, and to give each connection to a task of its own; called by a task. */
    Listening listen(Handler handler) throws IOException;

    /**
     * Understands {@code HOST:PORT}, {@code [IPV6]:PORT}, {@code PORT} of this host, {@code unix:PATH} and
     * {@code unix:@NAME} of the abstract ones.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Endpoint of(String text) {
        if (text.startsWith("unix:")) {
            String name = text.substring("unix:".length());
            if (name.isEmpty() || name.equals("@")) {
                throw new IllegalArgumentException("unix: needs a path, or @ and a name");
            }
            return new Unix(name.startsWith("@") ? UnixAddress.ofAbstract(name.substring(1))
                    : UnixAddress.of(Path.of(name)));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("an address of IPv6 must be in brackets, as [::1]:80");
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("there is no host before the colon");
        }
        return new Tcp(host, port(text.substring(colon + 1)));
    }

    private static int port(String text) {
        int port;
        try {
            port = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            port = -1;
        }
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port must be 0 to " + PORT_MAX);
        }
        return port;
    }

    /** For picocli. */
    final class Converter implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            try {
                return of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is no place to connect to: " + e.getMessage());
            }
        }
    }

    /**
     * A port of a host.
     *
     * @param host a name or an address
     * @param port 0 for any free one, to listen
     */
    record Tcp(String host, int port) implements Endpoint {
        @Override
        public StreamSocket connect() throws IOException {
            TcpStream stream = TcpStream.connect(host, port, ConnectOptions.DEFAULT.withTimeout(CONNECT_MAX));
            stream.noDelay(true);
            return stream;
        }

        @Override
        public Listening listen(Handler handler) throws IOException {
            InetSocketAddress address = new InetSocketAddress(Dns.lookup(host).getFirst(), port);
            TcpServer server = TcpServer.start(address, TcpServer.Options.DEFAULT, stream -> {
                stream.noDelay(true);
                handler.handle(stream);
            });
            return new Listening() {
                @Override
                public String address() {
                    return text(server.localAddress());
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }

        /** Answers how an address is written before a port: without the name, and in brackets if it has colons. */
        static String text(InetSocketAddress address) {
            String host = address.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A Unix socket.
     *
     * @param unix its address
     */
    record Unix(UnixAddress unix) implements Endpoint {
        @Override
        public StreamSocket connect() throws IOException {
            return UnixStream.connect(unix).await();
        }

        @Override
        public Listening listen(Handler handler) throws IOException {
            return new UnixService(UnixListener.bind(unix).await(), unix, handler);
        }

        @Override
        public String toString() {
            return "unix:" + (unix.isAbstract() ? "@" + new String(unix.abstractName()) : unix.path());
        }
    }
}
