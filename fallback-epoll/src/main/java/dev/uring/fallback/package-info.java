/**
 * The readiness driver: runs the same operations where io_uring is absent or forbidden. It waits with epoll and makes the
 * calls of the C library, or on other hosts waits with a selector and plays the kernel on java.nio. Nothing here is for
 * programs to call: {@link java.util.ServiceLoader} finds the providers.
 */
package dev.uring.fallback;
