package dev.uring.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Objects;

/** Copies one file, directory or link, by the rules of {@link Files#copy(Path, Path, CopyOption...)}. */
final class PathCopy {
    private static final LinkOption[] LINK_ITSELF = {LinkOption.NOFOLLOW_LINKS};
    private static final LinkOption[] WHAT_IT_LEADS_TO = {};
    private static final int PERMISSIONS = 07777;

    private final Path source;
    private final Path target;
    private final boolean withAttributes;

    private PathCopy(Path source, Path target, boolean withAttributes) {
        this.source = source;
        this.target = target;
        this.withAttributes = withAttributes;
    }

    static void copy(Path source, Path target, CopyOption... options) throws IOException {
        boolean replaces = false;
        boolean withAttributes = false;
        boolean follows = true;
        for (CopyOption option : options) {
            switch (Objects.requireNonNull(option)) {
                case StandardCopyOption.REPLACE_EXISTING -> replaces = true;
                case StandardCopyOption.COPY_ATTRIBUTES -> withAttributes = true;
                case LinkOption.NOFOLLOW_LINKS -> follows = false;
                default -> throw new UnsupportedOperationException("copy option is not supported: option=" + option);
            }
        }
        FileStat from = Attributes.of(source, follows ? WHAT_IT_LEADS_TO : LINK_ITSELF);
        FileStat there = Attributes.orNull(target, LINK_ITSELF);
        if (there != null) {
            if (there.fileKey().equals(from.fileKey())) {
                return;
            }
            makeRoom(target, there, replaces);
        }
        new PathCopy(source, target, withAttributes).copy(from);
    }

    /** Removes what is at the target, or says that it is there. */
    static void makeRoom(Path target, FileStat there, boolean replaces) throws IOException {
        if (!replaces) {
            throw new FileAlreadyExistsException(target.toString());
        }
        new Unlink(null, target, there.isDirectory()).submit().await();
    }

    /** Copies with all attributes to a place where nothing is, as moving to another file system needs it. */
    static void copyForMove(Path source, Path target, FileStat from) throws IOException {
        new PathCopy(source, target, true).copy(from);
    }

    private void copy(FileStat from) throws IOException {
        if (from.isDirectory()) {
            new MakeDirectory(null, target, from.mode() & PERMISSIONS).submit().await();
            undoOnFailure(true, () -> copyAttributes(from));
        } else if (from.isSymbolicLink()) {
            Path leadsTo = new ReadLink(null, source).submit().await();
            new SymbolicLink(null, target, leadsTo).submit().await();
            if (withAttributes) {
                Blocking.call(() -> copyOwner(from));
            }
        } else if (from.isRegularFile()) {
            copyFile(from);
        } else {
            copySpecial();
        }
    }

    private void copyFile(FileStat from) throws IOException {
        try (AsyncFile in = AsyncFile.open(source).await();
                AsyncFile out = AsyncFile.open(target, OpenOptions.of(StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE).withMode(from.mode() & PERMISSIONS)).await()) {
            undoOnFailure(false, () -> {
                in.copyTo(out);
                copyAttributes(from);
            });
        }
    }

    /** A pipe or a device: there is no operation that makes one. */
    private void copySpecial() throws IOException {
        CopyOption[] options = withAttributes ? new CopyOption[] {StandardCopyOption.COPY_ATTRIBUTES} : new CopyOption[0];
        Blocking.call(() -> Files.copy(source, target, options));
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Leaves no half of a copy behind. */
    private void undoOnFailure(boolean isDirectory, Step step) throws IOException {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            try {
                new Unlink(null, target, isDirectory).submit().await();
            } catch (IOException | RuntimeException other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }

    /** The owner comes first, since a change of it takes the bits that run a file as its owner away. */
    private void copyAttributes(FileStat from) throws IOException {
        if (!withAttributes) {
            return;
        }
        Blocking.call(() -> {
            copyOwner(from);
            copyExtendedAttributes();
            return null;
        });
        var mode = new ChangeMode(null, target, from.mode() & PERMISSIONS);
        mode.submit();
        new SetTimes(null, target, true, from.lastAccessTime(), from.lastModifiedTime()).submit().await();
        mode.await();
    }

    /** Gives it the same owner, if this process may do that; who may not has a copy of its own. */
    private Void copyOwner(FileStat from) throws IOException {
        try {
            Files.setAttribute(target, "unix:uid", from.user(), LINK_ITSELF);
            Files.setAttribute(target, "unix:gid", from.group(), LINK_ITSELF);
        } catch (UnsupportedOperationException | IllegalArgumentException | FileSystemException e) {
            return null; // as Files.copy: not every user, and not every host
        }
        return null;
    }

    private void copyExtendedAttributes() {
        try {
            var from = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
            var to = Files.getFileAttributeView(target, UserDefinedFileAttributeView.class);
            if (from == null || to == null) {
                return;
            }
            for (String name : from.list()) {
                ByteBuffer value = ByteBuffer.allocate(from.size(name));
                from.read(name, value);
                to.write(name, value.flip());
            }
        } catch (IOException e) {
            return; // as Files.copy: not every file system has them
        }
    }
}
