package dev.uring.fallback;

import dev.uring.ffi.Errno;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.Map;

/** Finds the error number behind an exception of java.nio: by its type, else by its text, else EIO. */
final class NioErrno {
    /** What hosts say, in lower case. The first that a text contains decides, so the order is that of the arguments. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final Map.Entry<String, Integer>[] TEXTS = new Map.Entry[] {
        Map.entry("broken pipe", Errno.EPIPE),
        Map.entry("connection reset", Errno.ECONNRESET),
        Map.entry("forcibly closed", Errno.ECONNRESET), // Windows
        Map.entry("connection was aborted", Errno.ECONNRESET), // Windows
        Map.entry("connection refused", Errno.ECONNREFUSED),
        Map.entry("timed out", Errno.ETIMEDOUT),
        Map.entry("address already in use", Errno.EADDRINUSE),
        Map.entry("assign requested address", Errno.EADDRNOTAVAIL), // "cannot" or "can't"
        Map.entry("too many open files", Errno.EMFILE),
        Map.entry("no space left", Errno.ENOSPC),
        Map.entry("not enough space", Errno.ENOSPC), // Windows
        Map.entry("quota exceeded", Errno.EDQUOT),
        Map.entry("file too large", Errno.EFBIG),
        Map.entry("is a directory", Errno.EISDIR),
        Map.entry("not a directory", Errno.ENOTDIR),
        Map.entry("directory not empty", Errno.ENOTEMPTY),
        Map.entry("levels of symbolic links", Errno.ELOOP),
        Map.entry("file name too long", Errno.ENAMETOOLONG),
        Map.entry("no such file", Errno.ENOENT),
        Map.entry("file exists", Errno.EEXIST),
        Map.entry("permission denied", Errno.EACCES),
        Map.entry("operation not permitted", Errno.EPERM),
        Map.entry("read-only file system", Errno.EROFS),
        Map.entry("text file busy", Errno.ETXTBSY),
        Map.entry("resource busy", Errno.EBUSY),
        Map.entry("cross-device link", Errno.EXDEV),
        Map.entry("too many links", Errno.EMLINK),
        Map.entry("no locks available", Errno.ENOLCK),
        Map.entry("operation not supported", Errno.EOPNOTSUPP),
        Map.entry("no such device or address", Errno.ENXIO),
        Map.entry("message too long", Errno.EMSGSIZE),
        Map.entry("protocol not available", Errno.ENOPROTOOPT),
        Map.entry("network is unreachable", Errno.ENETUNREACH),
        Map.entry("no route to host", Errno.EHOSTUNREACH),
        Map.entry("not connected", Errno.ENOTCONN),
        Map.entry("invalid argument", Errno.EINVAL),
    };

    private NioErrno() {
    }

    /** Answers a positive error number. */
    static int of(Exception thrown) {
        return switch (thrown) {
            case NioRefusal e -> e.errno;
            case NoSuchFileException _ -> Errno.ENOENT;
            case FileAlreadyExistsException _ -> Errno.EEXIST;
            case AccessDeniedException _ -> Errno.EACCES;
            case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
            case NotDirectoryException _ -> Errno.ENOTDIR;
            case FileSystemLoopException _ -> Errno.ELOOP;
            case NotLinkException _ -> Errno.EINVAL;
            case AtomicMoveNotSupportedException _ -> Errno.EXDEV;
            case ReadOnlyFileSystemException _ -> Errno.EROFS;
            case ConnectException e -> ofText(e, Errno.ECONNREFUSED);
            case BindException e -> ofText(e, Errno.EADDRINUSE);
            case NoRouteToHostException _ -> Errno.EHOSTUNREACH;
            case PortUnreachableException _ -> Errno.ECONNREFUSED;
            case SocketTimeoutException _ -> Errno.ETIMEDOUT;
            case NotYetConnectedException _ -> Errno.ENOTCONN;
            case AlreadyConnectedException _ -> Errno.EISCONN;
            case ConnectionPendingException _ -> Errno.EALREADY;
            case NotYetBoundException _ -> Errno.EINVAL;
            case AlreadyBoundException _ -> Errno.EINVAL;
            case AsynchronousCloseException _ -> Errno.EIO; // an interrupt: the number is open, what it stood for is not
            case ClosedChannelException _ -> Errno.EBADF;
            case NonReadableChannelException _ -> Errno.EBADF;
            case NonWritableChannelException _ -> Errno.EBADF;
            case UnsupportedAddressTypeException _ -> Errno.EAFNOSUPPORT;
            case UnresolvedAddressException _ -> Errno.EINVAL;
            case UnsupportedOperationException _ -> Errno.EOPNOTSUPP;
            case InvalidPathException _ -> Errno.EINVAL;
            default -> ofText(thrown, Errno.EIO);
        };
    }

    private static int ofText(Exception thrown, int otherwise) {
        // A reason comes without the path, in which a user may have written anything.
        String words = thrown instanceof FileSystemException e && e.getReason() != null ? e.getReason()
                : String.valueOf(thrown.getMessage());
        String text = words.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Integer> each : TEXTS) {
            if (text.contains(each.getKey())) {
                return each.getValue();
            }
        }
        return otherwise;
    }
}
