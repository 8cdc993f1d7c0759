package dev.uring.net;

import dev.uring.runtime.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Options for a socket that is yet to be made, in the order in which they are set; of one that is named twice, the last. */
record OptionSettings(List<Setting> settings) {
    /** None. */
    static final OptionSettings NONE = new OptionSettings(List.of());

    /** One of them, whose value is in range. */
    record Setting(SocketOption<?> option, Object value) {
        @Override
        public String toString() {
            return option.name() + "=" + value;
        }
    }

    /** What the kernel would not set, and the negative error number. */
    record Refusal(Setting setting, int result) {
    }

    /**
     * Answers these and one more.
     *
     * @throws UnsupportedOperationException when the option is not known
     * @throws IllegalArgumentException when the value is out of range
     */
    <T> OptionSettings with(SocketOption<T> option, T value) {
        KernelOption known = KernelOption.of(option);
        try (Arena scope = Arena.ofConfined()) {
            known.codec().encode(option, Objects.requireNonNull(value), KernelOption.room(scope));
        }
        List<Setting> more = new ArrayList<>(settings);
        more.removeIf(each -> each.option.name().equals(option.name()));
        more.add(new Setting(option, value));
        return new OptionSettings(List.copyOf(more));
    }

    /** Sets all of them on a socket; answers what the first failed with, or null. */
    Refusal apply(Sys sys, int fd) {
        for (Setting each : settings) {
            KernelOption known = KernelOption.of(each.option);
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment room = KernelOption.room(scope);
                int result = known.set(sys, fd, room, known.codec().encode(each.option, each.value, room));
                if (result < 0) {
                    return new Refusal(each, result);
                }
            }
        }
        return null;
    }

    /** Answers whether a close of the socket may wait for bytes to go out. */
    boolean linger() {
        return settings.stream().anyMatch(each -> NetSocket.lingers(each.option, each.value));
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
