package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Opens files and directories: from the flags of open(2) to the options of java.nio. */
final class NioOpening {
    /** What openat2 lets pass. */
    static final int FLAGS = OpenFlag.ACCESS_MODE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE
            | OpenFlag.NO_CONTROLLING_TERMINAL | OpenFlag.TRUNCATE | OpenFlag.APPEND | OpenFlag.NON_BLOCKING
            | OpenFlag.SYNC | OpenFlag.DIRECT | OpenFlag.LARGE_FILE | OpenFlag.DIRECTORY | OpenFlag.NO_FOLLOW
            | OpenFlag.NO_ACCESS_TIME | OpenFlag.CLOSE_ON_EXEC | OpenFlag.PATH | OpenFlag.TEMPORARY_FILE;
    /** The bit of O_TMPFILE that O_DIRECTORY is not. */
    static final int NAMELESS = OpenFlag.TEMPORARY_FILE & ~OpenFlag.DIRECTORY;
    /** From OWNER_READ, the bit 0400, to OTHERS_EXECUTE, the bit 1. */
    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private NioOpening() {
    }

    /**
     * Opens a file or directory.
     *
     * @param flags {@link OpenFlag}s
     * @param mode the permissions of a file that this creates, less those that the process masks
     */
    static NioOpened open(Path path, int flags, int mode) throws IOException {
        if ((flags & OpenFlag.PATH) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "open knows no O_PATH: path=" + path);
        }
        if ((flags & OpenFlag.DIRECT) != 0) {
            throw new NioRefusal(Errno.EINVAL, "open knows no O_DIRECT: path=" + path);
        }
        int access = flags & OpenFlag.ACCESS_MODE;
        boolean writes = access != OpenFlag.READ_ONLY;
        if (access == OpenFlag.ACCESS_MODE || !writes && (flags & OpenFlag.TRUNCATE) != 0) {
            throw new NioRefusal(Errno.EINVAL, "open to read only cannot truncate: path=" + path);
        }
        LinkOption[] links = NioStat.links((flags & OpenFlag.NO_FOLLOW) == 0);
        if ((flags & NAMELESS) != 0) {
            return openNameless(path, flags, mode, links);
        }
        boolean creates = (flags & OpenFlag.CREATE) != 0;
        boolean exclusive = creates && (flags & OpenFlag.EXCLUSIVE) != 0;
        if (exclusive && NioPaths.isDot(path)) {
            NioStat.find(path, true); // java.nio says that it is there without a look
        }
        if (!exclusive && Files.isDirectory(path, links)) {
            if (writes || creates) {
                throw new NioRefusal(Errno.EISDIR, "open to write a directory: path=" + path);
            }
            return NioDirectory.open(path);
        }
        if ((flags & OpenFlag.NON_BLOCKING) != 0 && Files.exists(path, links)
                && Files.readAttributes(path, BasicFileAttributes.class, links).isOther()) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "java.nio would wait to open a named pipe or device: path=" + path);
        }
        if ((flags & OpenFlag.DIRECTORY) != 0) {
            path.getFileSystem().provider().checkAccess(path); // nothing there is another error
            throw new NotDirectoryException(path.toString());
        }
        if (creates && !writes) {
            create(path, exclusive, mode); // java.nio creates only what it writes
        }
        return openFile(path, flags, mode);
    }

    private static void create(Path path, boolean exclusive, int mode) throws IOException {
        if (exclusive) {
            Files.createFile(path, attributes(path, mode));
        } else if (!Files.exists(path)) { // or a link that points nowhere, through which it is created
            FileChannel.open(path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE), attributes(path, mode))
                    .close();
        }
    }

    private static NioFile openFile(Path path, int flags, int mode) throws IOException {
        int access = flags & OpenFlag.ACCESS_MODE;
        boolean writes = access != OpenFlag.READ_ONLY;
        boolean appends = (flags & OpenFlag.APPEND) != 0;
        boolean appendsItself = appends && access == OpenFlag.WRITE_ONLY;
        Set<OpenOption> options = new HashSet<>();
        add(options, access != OpenFlag.WRITE_ONLY, StandardOpenOption.READ);
        add(options, writes, StandardOpenOption.WRITE);
        boolean creates = writes && (flags & OpenFlag.CREATE) != 0;
        boolean exclusive = creates && (flags & OpenFlag.EXCLUSIVE) != 0;
        add(options, creates, exclusive ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
        add(options, (flags & OpenFlag.SYNC) == OpenFlag.SYNC, StandardOpenOption.SYNC);
        add(options, (flags & OpenFlag.SYNC) == OpenFlag.DATA_SYNC, StandardOpenOption.DSYNC);
        add(options, (flags & OpenFlag.NO_FOLLOW) != 0, LinkOption.NOFOLLOW_LINKS);
        add(options, appendsItself, StandardOpenOption.APPEND);
        boolean truncates = (flags & OpenFlag.TRUNCATE) != 0;
        add(options, truncates && !appendsItself, StandardOpenOption.TRUNCATE_EXISTING);
        FileChannel channel = FileChannel.open(path, options, creates ? attributes(path, mode) : NO_ATTRIBUTES);
        try {
            if (truncates && appendsItself) { // java.nio refuses both at once
                channel.truncate(0);
            }
            Path place = path.toAbsolutePath();
            return new NioFile(channel, access, appends, place, NioFile.key(place));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** O_TMPFILE: a Unix takes the name away as soon as the file is open, other hosts when it is closed. */
    private static NioFile openNameless(Path directory, int flags, int mode, LinkOption[] links) throws IOException {
        int access = flags & OpenFlag.ACCESS_MODE;
        if (access == OpenFlag.READ_ONLY || (flags & OpenFlag.DIRECTORY) == 0 || (flags & OpenFlag.CREATE) != 0) {
            throw new NioRefusal(Errno.EINVAL, "O_TMPFILE is to be written, and creates by itself: path=" + directory);
        }
        if (!Files.isDirectory(directory, links)) {
            directory.getFileSystem().provider().checkAccess(directory);
            throw new NotDirectoryException(directory.toString());
        }
        Set<OpenOption> options = new HashSet<>();
        add(options, access != OpenFlag.WRITE_ONLY, StandardOpenOption.READ);
        Collections.addAll(options, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.DELETE_ON_CLOSE);
        Path path = directory.resolve(".uring-" + UUID.randomUUID());
        return new NioFile(FileChannel.open(path, options, attributes(path, mode)), access,
                (flags & OpenFlag.APPEND) != 0, null, null);
    }

    private static void add(Set<OpenOption> options, boolean wanted, OpenOption option) {
        if (wanted) {
            options.add(option);
        }
    }

    static FileAttribute<?>[] attributes(Path path, int mode) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return NO_ATTRIBUTES;
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission each : PERMISSIONS) {
            if ((mode & 0400 >> each.ordinal()) != 0) {
                permissions.add(each);
            }
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }
}
