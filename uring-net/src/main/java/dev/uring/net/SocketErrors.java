package dev.uring.net;

import dev.uring.ffi.Errno;
import dev.uring.runtime.UringException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/** Turns error numbers of operations on sockets into java.net's exceptions. */
final class SocketErrors {
    private SocketErrors() {
    }

    /**
     * Answers the exception for a failed operation.
     *
     * @param operands as {@code name=value} pairs
     * @param errno the positive error number
     */
    static SocketException of(String operation, String operands, int errno) {
        String reason = UringException.message(operation, operands, errno);
        return switch (errno) {
            case Errno.ECONNREFUSED, Errno.ETIMEDOUT -> new ConnectException(reason);
            case Errno.EHOSTUNREACH -> new NoRouteToHostException(reason);
            case Errno.EADDRINUSE, Errno.EADDRNOTAVAIL, Errno.EACCES -> new BindException(reason);
            default -> new SocketException(reason);
        };
    }
}
