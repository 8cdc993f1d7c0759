/**
 * Files and their operations. Start with {@link dev.uring.fs.AsyncFile}; names follow {@code java.nio.file}, and so do
 * the exceptions.
 */
package dev.uring.fs;
