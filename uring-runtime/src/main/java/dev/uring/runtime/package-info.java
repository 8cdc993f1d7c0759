/**
 * The runtime: operations and their life, buffers and their owner, workers, tasks, time and the choice of driver.
 *
 * <p>Start with {@link dev.uring.runtime.Uring#run(dev.uring.runtime.Uring.Body)}; what can be done inside is in the
 * modules for files and sockets. Those who write operations of their own extend {@link dev.uring.runtime.Op}, those who
 * write drivers {@link dev.uring.runtime.Driver}.
 */
package dev.uring.runtime;
