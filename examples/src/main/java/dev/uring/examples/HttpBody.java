package dev.uring.examples;

/**
 * Finds the end of a request's body, of a given length or in chunks (RFC 9112, section 7.1), and keeps none of it. As strict
 * as {@link HttpParser}, and bounded: by {@link #BYTES_MAX} of content and as many of framing.
 */
final class HttpBody {
    static final long BYTES_MAX = 1 << 20;
    private static final int HEX = 16;

    private enum State {
        /** Content, {@link #left} bytes. */
        DATA,
        /** The digits of a chunk's size. */
        SIZE,
        /** What may follow them. */
        EXTENSION,
        /** The LF behind either. */
        SIZE_LF,
        /** The line end behind a chunk's content. */
        DATA_CR,
        DATA_LF,
        /** The beginning of a line behind the last chunk. */
        TRAILER,
        /** The rest of one. */
        TRAILER_LINE,
        TRAILER_LF,
        /** The last LF. */
        LAST_LF,
        ENDED
    }

    private final boolean isChunked;
    private State state;
    /** Bytes of content that are to come of the body, or of the chunk. */
    private long left;
    private int digits;
    private long contentBytes;
    private long framingBytes;

    /**
     * Begins a body.
     *
     * @param bytes its length, or {@link HttpRequest#CHUNKED}
     * @throws HttpException when it is too long to be read
     */
    HttpBody(long bytes) throws HttpException {
        isChunked = bytes == HttpRequest.CHUNKED;
        state = isChunked ? State.SIZE : bytes == 0 ? State.ENDED : State.DATA;
        left = Math.max(bytes, 0);
        requireContent(left);
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    /** Takes what belongs to the body of {@code [from, to)}; answers the index behind it. */
    int take(byte[] bytes, int from, int to) throws HttpException {
        int at = from;
        while (at < to && state != State.ENDED) {
            if (state == State.DATA) {
                int taken = (int) Math.min(left, to - at);
                left -= taken;
                at += taken;
                if (left == 0) {
                    state = isChunked ? State.DATA_CR : State.ENDED;
                }
            } else {
                if (++framingBytes > BYTES_MAX) {
                    throw new HttpException(HttpStatus.CONTENT_TOO_LARGE, "chunks are framed at length");
                }
                state = next((char) (bytes[at++] & 0xff));
            }
        }
        return at;
    }

    private State next(char c) throws HttpException {
        return switch (state) {
            case SIZE -> nextOfSize(c);
            case EXTENSION -> c == '\r' ? State.SIZE_LF : requireText(c, State.EXTENSION);
            case SIZE_LF -> require(c, '\n', nextOfSizeLine());
            case DATA_CR -> require(c, '\r', State.DATA_LF);
            case DATA_LF -> require(c, '\n', State.SIZE);
            case TRAILER -> c == '\r' ? State.LAST_LF : requireText(c, State.TRAILER_LINE);
            case TRAILER_LINE -> c == '\r' ? State.TRAILER_LF : requireText(c, State.TRAILER_LINE);
            case TRAILER_LF -> require(c, '\n', State.TRAILER);
            case LAST_LF -> require(c, '\n', State.ENDED);
            case DATA, ENDED -> throw new AssertionError("no byte is looked at: state=" + state);
        };
    }

    private State nextOfSize(char c) throws HttpException {
        int digit = c < 0x80 ? Character.digit(c, HEX) : -1;
        if (digit >= 0) {
            digits++;
            left = left * HEX + digit; // at most 16 times what is allowed
            requireContent(left);
            return State.SIZE;
        }
        if (digits == 0 || c != '\r' && c != ';' && c != ' ' && c != '\t') {
            throw HttpException.badRequest("size of a chunk is no number");
        }
        return c == '\r' ? State.SIZE_LF : State.EXTENSION;
    }

    private State nextOfSizeLine() {
        digits = 0;
        contentBytes += left;
        return left == 0 ? State.TRAILER : State.DATA;
    }

    private void requireContent(long more) throws HttpException {
        if (contentBytes + more > BYTES_MAX) {
            throw new HttpException(HttpStatus.CONTENT_TOO_LARGE, "body is longer than " + BYTES_MAX);
        }
    }

    private static State requireText(char c, State next) throws HttpException {
        if (c < ' ' && c != '\t' || c == 0x7f) {
            throw HttpException.badRequest("control character between chunks");
        }
        return next;
    }

    private static State require(char c, char wanted, State next) throws HttpException {
        if (c != wanted) {
            throw HttpException.badRequest("line end between chunks is not CR LF");
        }
        return next;
    }
}
