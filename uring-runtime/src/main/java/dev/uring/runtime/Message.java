package dev.uring.runtime;

/**
 * Something that another thread hands to a worker: an operation to start, a request to cancel, a result from the
 * blocking pool. The link makes the inbox need no node of its own.
 */
abstract class Message {
    /** Written by the thread that posts, before it publishes; read by the worker, after it takes. See {@link Inbox}. */
    Message next;

    /** Handles the message on the worker's thread. */
    abstract void receive(Worker worker);
}
