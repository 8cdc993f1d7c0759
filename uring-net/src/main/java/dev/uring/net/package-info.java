/**
 * Sockets and their operations. Start with {@link dev.uring.net.TcpListener} and {@link dev.uring.net.TcpStream}; names
 * follow {@code java.net} and {@code java.nio.channels}, and so do the exceptions.
 */
package dev.uring.net;
