package dev.uring.fs;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * How a tree is walked. Immutable; each method answers changed options.
 *
 * @param depthMax how many levels below the start are visited; 0 is the start alone
 * @param followsLinks whether a symbolic link to a directory is walked into, and a link to a file is described as the file
 * @param stats whether attributes are asked for; without them an entry has its name and its type only
 * @param descends which directories are walked into, asked once for each, before it is delivered; null for all of them
 * @param onError is told of what could not be read, which the walk then leaves out; null to end the walk with it
 */
public record WalkOptions(int depthMax, boolean followsLinks, boolean stats, Predicate<? super WalkEntry> descends,
        BiConsumer<? super Path, ? super IOException> onError) {
    /** The whole tree with all attributes, no link followed; the first error ends it. */
    public static final WalkOptions DEFAULT = new WalkOptions(Integer.MAX_VALUE, false, true, null, null);

    /** Checks the depth. */
    public WalkOptions {
        if (depthMax < 0) {
            throw new IllegalArgumentException("depthMax must not be negative: depthMax=" + depthMax);
        }
    }

    static WalkOptions of(FileVisitOption... options) {
        WalkOptions walk = DEFAULT;
        for (FileVisitOption option : options) {
            walk = switch (Objects.requireNonNull(option)) {
                case FOLLOW_LINKS -> walk.followingLinks();
            };
        }
        return walk;
    }

    /** Answers options that visit so many levels below the start. */
    public WalkOptions withDepthMax(int levels) {
        return new WalkOptions(levels, followsLinks, stats, descends, onError);
    }

    /**
     * Answers options that follow symbolic links. A link that leads back to a directory which it lies in is an error, a
     * FileSystemLoopException; one that leads nowhere is delivered as the link.
     */
    public WalkOptions followingLinks() {
        return new WalkOptions(depthMax, true, stats, descends, onError);
    }

    /** Answers options that ask for no attributes: one look at a directory tells names and types of all that is in it. */
    public WalkOptions namesOnly() {
        return new WalkOptions(depthMax, followsLinks, false, descends, onError);
    }

    /** Answers options that walk into some directories only; the others are delivered all the same. */
    public WalkOptions descendingInto(Predicate<? super WalkEntry> directories) {
        return new WalkOptions(depthMax, followsLinks, stats, directories, onError);
    }

    /** Answers options by which the walk goes on after an error, of which {@code handler} is told, in the walking thread. */
    public WalkOptions onError(BiConsumer<? super Path, ? super IOException> handler) {
        return new WalkOptions(depthMax, followsLinks, stats, descends, handler);
    }
}
