package dev.uring.bench;

import java.nio.file.Path;

/**
 * What does it cost to append a record of 128 B durably, with a number of writers to one file.
 *
 * <pre>
 *   Append WAY WRITERS FILE SECONDS
 * </pre>
 *
 * <p>WAY is {@code channel} ({@link AppendChannel}), {@code durable} or {@code sync} ({@link AppendDurably}), or
 * {@code group} ({@link AppendGroup}).
 *
 * <p>Estimate: the disk's flush and the journal's commit behind it are the time, half a millisecond and more, and ext4 lets
 * one commit serve all that wait for it, so the rate of separate writers grows with them. A ring hands buffered writes of
 * one file to one thread of the kernel's, one by one, and with them the sync of a durable write: no gain from more writers.
 * A group commit needs one write and one sync for all records that came meanwhile.
 */
public final class Append {
    static final int RECORD_BYTES = 128;

    private Append() {
    }

    /**
     * Appends and prints what it cost.
     *
     * @param arguments see above
     * @throws Exception if the file cannot be written
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: Append channel|durable|sync|group WRITERS FILE SECONDS");
            System.exit(2);
        }
        LoadMeter.exitOnFailure();
        Load load = start(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[2]));
        System.out.println(LoadMeter.measure(load, "append", Double.parseDouble(arguments[3])));
    }

    private static Load start(String way, int writers, Path file) throws Exception {
        return switch (way) {
            case "channel" -> new AppendChannel(file, writers);
            case "durable" -> new AppendDurably(file, writers, false);
            case "sync" -> new AppendDurably(file, writers, true);
            case "group" -> new AppendGroup(file, writers);
            default -> throw new IllegalArgumentException("no such way: name=" + way);
        };
    }
}
