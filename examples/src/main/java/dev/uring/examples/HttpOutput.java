package dev.uring.examples;

import dev.uring.fs.AsyncFile;
import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/** What a connection has to send: heads and small files are gathered, and leave together. */
final class HttpOutput implements AutoCloseable {
    private static final int GATHERED_BYTES = 16 << 10;
    /** What a client must take within a limit of time. */
    private static final int PIECE_BYTES = 1 << 20;

    private final TcpStream stream;
    private final IoBuffer gathered = IoBuffer.allocate(GATHERED_BYTES);
    private int bytes;

    HttpOutput(TcpStream stream) {
        this.stream = stream;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Takes bytes that are at most {@link #GATHERED_BYTES}; sends first what leaves no room for them. */
    void add(byte[] more) throws IOException {
        requireRoom(more.length);
        gathered.put(bytes, more);
        bytes += more.length;
    }

    /**
     * Takes a head, and a file's bytes behind it. Bytes of the file never come to the heap.
     *
     * @param progress called before each wait for the client
     */
    void add(byte[] head, AsyncFile file, HttpRange part, Runnable progress) throws IOException {
        if (head.length + part.bytes() <= GATHERED_BYTES) {
            requireRoom(head.length + (int) part.bytes());
            int begin = bytes + head.length;
            int end = begin + (int) part.bytes();
            gathered.put(bytes, head);
            if (begin < end) {
                file.readExactlyAt(gathered.slice(begin, end), part.from()).await();
            }
            bytes = end;
        } else {
            add(head);
            flush();
            send(file, part, progress);
        }
    }

    private void send(AsyncFile file, HttpRange part, Runnable progress) throws IOException {
        for (long at = part.from(); at < part.to(); at += PIECE_BYTES) {
            progress.run();
            stream.sendFile(file, at, Math.min(part.to() - at, PIECE_BYTES));
        }
    }

    private void requireRoom(int more) throws IOException {
        if (bytes + more > GATHERED_BYTES) {
            flush();
        }
    }

    /** Sends what is gathered. */
    void flush() throws IOException {
        if (bytes > 0) {
            gathered.length(bytes);
            bytes = 0; // what a failed send has left is not sent again
            stream.sendAll(gathered).await();
        }
    }

    @Override
    public void close() {
        gathered.close();
    }
}
