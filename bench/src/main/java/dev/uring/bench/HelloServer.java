package dev.uring.bench;

/**
 * An HTTP/1.1 server that says hello to every request, with one thread for it.
 *
 * <pre>
 *   HelloServer uring|netty-epoll|netty-io_uring PORT
 * </pre>
 *
 * <p>Keeps connections, unless it is asked not to, and answers requests in their order that come before the answer to
 * an earlier one has left.
 */
public final class HelloServer {
    static final String BODY = "Hello, World!";
    static final String ANSWER = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + BODY.length()
            + "\r\n\r\n" + BODY;

    private HelloServer() {
    }

    /**
     * Starts the server, which ends with the process.
     *
     * @param arguments see above
     * @throws Exception if it cannot start
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: HelloServer uring|netty-epoll|netty-io_uring PORT");
            System.exit(2);
        }
        int port = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "uring" -> HelloUring.start(port);
            case "netty-epoll" -> HelloNetty.start(NettyTransport.EPOLL, port);
            case "netty-io_uring" -> HelloNetty.start(NettyTransport.IO_URING, port);
            default -> throw new IllegalArgumentException("no such server: name=" + arguments[0]);
        }
        Thread.currentThread().join(); // for ever: whoever has started it ends the process
    }
}
