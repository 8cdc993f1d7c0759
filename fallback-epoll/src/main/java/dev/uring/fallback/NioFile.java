package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** An open file. */
final class NioFile extends NioOpened {
    /** From OWNER_READ, the bit 0400, to OTHERS_EXECUTE, the bit 1. */
    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final FileChannel channel;
    /** Each write looks for the end first; where a file is only written, java.nio appends by itself. */
    private final boolean seeksEnd;

    private NioFile(FileChannel channel, boolean seeksEnd) {
        this.channel = channel;
        this.seeksEnd = seeksEnd;
    }

    /**
     * Opens a file or directory.
     *
     * @param flags {@link OpenFlag}s
     * @param mode the permissions of a file that this creates, less those that the process masks
     */
    static NioOpened open(Path path, int flags, int mode) throws IOException {
        if ((flags & (OpenFlag.PATH | OpenFlag.TEMPORARY_FILE & ~OpenFlag.DIRECTORY)) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "open knows no O_PATH and no O_TMPFILE: path=" + path);
        }
        if ((flags & OpenFlag.DIRECT) != 0) {
            throw new NioRefusal(Errno.EINVAL, "open knows no O_DIRECT: path=" + path);
        }
        int access = flags & OpenFlag.ACCESS_MODE;
        boolean writes = access != OpenFlag.READ_ONLY;
        if (access == OpenFlag.ACCESS_MODE || !writes && (flags & OpenFlag.TRUNCATE) != 0) {
            throw new NioRefusal(Errno.EINVAL, "open to read only cannot truncate: path=" + path);
        }
        LinkOption[] links = (flags & OpenFlag.NO_FOLLOW) != 0 ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
                : new LinkOption[0];
        boolean creates = (flags & OpenFlag.CREATE) != 0;
        boolean exclusive = creates && (flags & OpenFlag.EXCLUSIVE) != 0;
        if (!exclusive && Files.isDirectory(path, links)) {
            if (writes || creates) {
                throw new NioRefusal(Errno.EISDIR, "open to write a directory: path=" + path);
            }
            return NioDirectory.open(path);
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
        try {
            Files.createFile(path, attributes(path, mode));
        } catch (FileAlreadyExistsException e) {
            if (exclusive) {
                throw e;
            }
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
        if (truncates && appendsItself) { // java.nio refuses both at once
            try {
                channel.truncate(0);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
        return new NioFile(channel, appends && !appendsItself);
    }

    private static void add(Set<OpenOption> options, boolean wanted, OpenOption option) {
        if (wanted) {
            options.add(option);
        }
    }

    private static FileAttribute<?>[] attributes(Path path, int mode) {
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

    @Override
    int read(ByteBuffer into) throws IOException {
        return Math.max(channel.read(into), 0);
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        if (!seeksEnd) {
            return channel.write(from);
        }
        synchronized (this) {
            return channel.position(channel.size()).write(from);
        }
    }

    @Override
    int pread(ByteBuffer into, long offset) throws IOException {
        return Math.max(channel.read(into, offset), 0);
    }

    /** On a file that appends the offset is without effect, as on Linux. */
    @Override
    int pwrite(ByteBuffer from, long offset) throws IOException {
        if (!seeksEnd) {
            return channel.write(from, offset);
        }
        synchronized (this) {
            return channel.write(from, channel.size());
        }
    }

    @Override
    int sync(boolean withMetadata) throws IOException {
        channel.force(withMetadata);
        return 0;
    }

    @Override
    void close() throws IOException {
        channel.close();
    }
}
