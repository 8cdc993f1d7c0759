package dev.uring.bench;

import dev.uring.net.ReceiveMultishot;
import dev.uring.net.Send;
import dev.uring.net.TcpListener;
import dev.uring.net.TcpStream;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An echo server on the runtime, with one worker; the driver is that of the property {@code uring.driver}. */
final class EchoUring {
    private EchoUring() {
    }

    /** Starts one with a task for each connection, written as anybody would write it, and answers its port. */
    static int startTasks() throws Exception {
        UringRuntime runtime = runtime();
        return start(runtime, stream -> runtime.handle().execute(() -> serve(stream)));
    }

    /** Starts one that is told by callbacks and uses its operations again and again, and answers its port. */
    static int startCallbacks() throws Exception {
        return start(runtime(), stream -> new Connection(stream).start());
    }

    private static UringRuntime runtime() throws IOException {
        UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().carriers(Carriers.ON).build();
        System.out.println(runtime + " " + runtime.driver());
        return runtime;
    }

    private static int start(UringRuntime runtime, Consumer<TcpStream> server) throws Exception {
        TcpListener listener = runtime.blockOn(() ->
                TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).await());
        runtime.handle().execute(() -> accept(listener, server));
        return listener.localAddress().getPort();
    }

    private static void accept(TcpListener listener, Consumer<TcpStream> server) {
        try {
            while (true) {
                TcpStream stream = listener.accept().await();
                stream.noDelay(true);
                server.accept(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(TcpStream stream) {
        try (stream; ReceiveMultishot receives = stream.receiveMultishot()) {
            for (IoBuffer each = receives.next(); each != null; each = receives.next()) {
                stream.sendAndClose(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends back from the buffer that a message came in; the next one waits meanwhile. */
    private static final class Connection {
        private final TcpStream stream;
        private final ReceiveMultishot receives;
        private final IoBuffer buffer = IoBuffer.empty();
        private final Send send;
        private final BiConsumer<BufResult, IOException> sent = this::sent;
        private boolean sending;

        Connection(TcpStream stream) {
            this.stream = stream;
            receives = new ReceiveMultishot(stream);
            send = new Send(stream, buffer).whole();
        }

        void start() {
            receives.start(this::next);
        }

        private void next() {
            if (sending) {
                return;
            }
            try {
                int bytes = receives.poll(buffer);
                if (bytes > 0) {
                    sending = true;
                    send.submit(sent);
                } else if (bytes == 0) {
                    stream.closeAsync();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void sent(BufResult result, IOException error) {
            if (error != null) {
                throw new UncheckedIOException(error);
            }
            buffer.close();
            sending = false;
            next();
        }
    }
}
