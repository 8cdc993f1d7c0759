package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a {@link StreamReader} has of its source and nobody has read: bytes that were kept, and behind them the rest of the
 * last piece. For one thread at a time.
 */
final class Unread {
    /** What an array can have. */
    static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;
    /** A larger array is given up once it is empty. */
    private static final int KEPT_BYTES_MAX = 64 << 10;
    private static final byte[] NONE = {};

    private final ByteSource source;
    /** Unread bytes that came before the piece: {@code [keptFrom, keptTo)}. */
    private byte[] kept = NONE;
    private int keptFrom;
    private int keptTo;
    /** What the source gave last, if some of it is unread: {@code [pieceFrom, pieceTo)}; else null. */
    private IoBuffer piece;
    private int pieceFrom;
    private int pieceTo;

    Unread(ByteSource source) {
        this.source = source;
    }

    /** Answers how many bytes there are. */
    int bytes() {
        return (int) Math.min(Integer.MAX_VALUE, (long) keptTo - keptFrom + pieceBytes());
    }

    /** Waits until so many bytes are buffered; answers false if the end comes first. */
    boolean fill(int count) throws IOException {
        while (bytes() < count) {
            if (!readMore()) {
                return false;
            }
        }
        return true;
    }

    /** Gives the piece back and waits for the next; answers false at the end. */
    boolean readMore() throws IOException {
        keepPiece();
        IoBuffer next = source.read();
        if (next == null) {
            return false;
        }
        piece = next;
        pieceFrom = 0;
        pieceTo = next.length();
        dropPieceIfRead();
        return true;
    }

    /** Copies what is unread of the piece behind what was kept before, and gives the piece back. */
    private void keepPiece() throws IOException {
        if (piece == null) {
            return;
        }
        int bytes = pieceBytes();
        int keptBytes = keptTo - keptFrom;
        long needed = (long) keptBytes + bytes;
        if (needed > ARRAY_BYTES_MAX) {
            throw StreamReader.tooLong("no array holds what is to be kept: bytes=" + needed, ARRAY_BYTES_MAX);
        }
        if (needed > kept.length - keptFrom) {
            byte[] room = needed <= kept.length ? kept
                    : new byte[(int) Math.min(ARRAY_BYTES_MAX, Math.max(needed, 2L * keptBytes))];
            System.arraycopy(kept, keptFrom, room, 0, keptBytes);
            kept = room;
            keptFrom = 0;
            keptTo = keptBytes;
        }
        piece.get(pieceFrom, kept, keptTo, bytes);
        keptTo += bytes;
        pieceFrom = pieceTo;
        dropPieceIfRead();
    }

    /** Puts bytes in front of all that is buffered. */
    void putBack(byte[] bytes, int from, int length) {
        if (length == 0) {
            return;
        }
        int keptBytes = keptTo - keptFrom;
        byte[] joined = new byte[Math.addExact(length, keptBytes)];
        System.arraycopy(bytes, from, joined, 0, length);
        System.arraycopy(kept, keptFrom, joined, length, keptBytes);
        kept = joined;
        keptFrom = 0;
        keptTo = joined.length;
    }

    byte[] take(int length) {
        byte[] bytes = new byte[length];
        look(bytes, 0, length);
        consume(length);
        return bytes;
    }

    int takeSome(byte[] target, int from, int length) {
        int bytes = Math.min(length, bytes());
        look(target, from, bytes);
        consume(bytes);
        return bytes;
    }

    /** Copies the first bytes of what is buffered, and leaves them there. */
    void look(byte[] target, int from, int length) {
        int ofKept = Math.min(length, keptTo - keptFrom);
        System.arraycopy(kept, keptFrom, target, from, ofKept);
        if (length > ofKept) {
            piece.get(pieceFrom, target, from + ofKept, length - ofKept);
        }
    }

    /** Drops the first bytes of what is buffered. */
    void consume(int length) {
        int ofKept = Math.min(length, keptTo - keptFrom);
        keptFrom += ofKept;
        if (keptFrom == keptTo) {
            keptFrom = 0;
            keptTo = 0;
            kept = kept.length > KEPT_BYTES_MAX ? NONE : kept;
        }
        pieceFrom += length - ofKept;
        dropPieceIfRead();
    }

    private int pieceBytes() {
        return piece == null ? 0 : pieceTo - pieceFrom;
    }

    private void dropPieceIfRead() {
        if (piece != null && pieceFrom == pieceTo) {
            piece.close();
            piece = null;
        }
    }

    /** Searches {@code [from, to)} of what is buffered. */
    int indexOf(byte value, int from, int to) {
        int keptBytes = keptTo - keptFrom;
        for (int i = from; i < Math.min(to, keptBytes); i++) {
            if (kept[keptFrom + i] == value) {
                return i;
            }
        }
        int start = Math.max(from, keptBytes);
        if (start >= to) {
            return -1;
        }
        int shift = keptBytes - pieceFrom;
        int found = piece.indexOf(value, start - shift, to - shift);
        return found < 0 ? -1 : found + shift;
    }

    /** Answers the bytes before the piece, or else the piece; there is something. */
    IoBuffer handOn() {
        if (keptTo > keptFrom) {
            IoBuffer copy = IoBuffer.copyOf(Arrays.copyOfRange(kept, keptFrom, keptTo));
            consume(keptTo - keptFrom);
            return copy;
        }
        IoBuffer whole = piece;
        piece = null;
        return pieceFrom == 0 ? whole : whole.slice(pieceFrom, pieceTo);
    }

    /** Answers the same, but no more than so many bytes, which are copied where there are more. */
    IoBuffer handOn(int max) {
        int next = keptTo > keptFrom ? keptTo - keptFrom : pieceBytes();
        return next <= max ? handOn() : IoBuffer.copyOf(take(max));
    }

    /** Answers all, without a copy if it is a piece; null for nothing. */
    IoBuffer handOnAll() throws IOException {
        if (keptTo > keptFrom) {
            keepPiece();
        }
        return bytes() == 0 ? null : handOn();
    }

    /** Answers whether all there is are so many bytes of one piece. */
    boolean isPieceOf(int length) {
        return keptTo == keptFrom && pieceBytes() == length;
    }

    /** Answers the first byte; there is one. */
    byte first() {
        return keptTo > keptFrom ? kept[keptFrom] : piece.get(pieceFrom);
    }
}
