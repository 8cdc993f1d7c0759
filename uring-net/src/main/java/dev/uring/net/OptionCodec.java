package dev.uring.net;

import dev.uring.ffi.CString;
import dev.uring.ffi.Linger;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketOption;

/** How the value of an option looks to the kernel. */
sealed interface OptionCodec {
    /** Room for any value, with a zero behind a name. */
    int ROOM_BYTES = 16;

    /** Answers what Java has for the values. */
    Class<?> type();

    /**
     * Writes a value and answers its length in bytes.
     *
     * @param option for the message
     * @throws IllegalArgumentException when the value is out of range
     */
    int encode(SocketOption<?> option, Object value, MemorySegment room);

    /** Reads a value that the kernel has written. */
    Object decode(MemorySegment room, int lengthBytes);

    /** An int that is 0 or not. */
    record Flag() implements OptionCodec {
        @Override
        public Class<?> type() {
            return Boolean.class;
        }

        @Override
        public int encode(SocketOption<?> option, Object value, MemorySegment room) {
            room.set(ValueLayout.JAVA_INT, 0, (Boolean) value ? 1 : 0);
            return Integer.BYTES;
        }

        @Override
        public Object decode(MemorySegment room, int lengthBytes) {
            return room.get(ValueLayout.JAVA_INT, 0) != 0;
        }
    }

    /**
     * An int.
     *
     * @param factor how many times what was set the kernel answers
     */
    record Number(int min, int max, int factor) implements OptionCodec {
        @Override
        public Class<?> type() {
            return Integer.class;
        }

        @Override
        public int encode(SocketOption<?> option, Object value, MemorySegment room) {
            room.set(ValueLayout.JAVA_INT, 0, requireRange(option, "value", (Integer) value, min, max));
            return Integer.BYTES;
        }

        @Override
        public Object decode(MemorySegment room, int lengthBytes) {
            return room.get(ValueLayout.JAVA_INT, 0) / factor;
        }
    }

    /** Seconds, negative for off, and at most what the JDK takes. */
    record Seconds() implements OptionCodec {
        private static final int MAX = 65535;

        @Override
        public Class<?> type() {
            return Integer.class;
        }

        @Override
        public int encode(SocketOption<?> option, Object value, MemorySegment room) {
            int seconds = (Integer) value;
            Linger.enabled(room, seconds < 0 ? 0 : 1);
            Linger.seconds(room, Math.clamp(seconds, 0, MAX));
            return (int) Linger.SIZE;
        }

        @Override
        public Object decode(MemorySegment room, int lengthBytes) {
            return Linger.enabled(room) == 0 ? -1 : Linger.seconds(room);
        }
    }

    /** A name of at most 15 bytes. */
    record Name() implements OptionCodec {
        @Override
        public Class<?> type() {
            return String.class;
        }

        @Override
        public int encode(SocketOption<?> option, Object value, MemorySegment room) {
            byte[] bytes = CString.bytes((String) value);
            requireRange(option, "lengthBytes", bytes.length, 0, ROOM_BYTES - 1);
            MemorySegment.copy(bytes, 0, room, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return bytes.length;
        }

        @Override
        public Object decode(MemorySegment room, int lengthBytes) {
            int length = 0;
            while (length < lengthBytes && room.get(ValueLayout.JAVA_BYTE, length) != 0) {
                length++;
            }
            return CString.decode(room, 0, length);
        }
    }

    private static int requireRange(SocketOption<?> option, String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " must be " + min + " to " + max + ": " + what + "=" + value);
        }
        return value;
    }
}
