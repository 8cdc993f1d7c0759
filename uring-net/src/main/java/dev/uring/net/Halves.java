package dev.uring.net;

/**
 * The two halves of a stream, for two owners: one reads, the other writes.
 *
 * @param reading what receives
 * @param writing what sends
 */
public record Halves(ReadHalf reading, WriteHalf writing) {
    static Halves of(StreamSocket stream) {
        var split = new Split(stream);
        return new Halves(new ReadHalf(split), new WriteHalf(split));
    }
}
