package dev.uring.net;

/**
 * Who made the other end of a Unix socket: as of its connect, listen or socketpair, whoever holds it now.
 *
 * @param pid the process; 0 where it is of no namespace that this process sees
 * @param uid the effective user
 * @param gid the effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {
}
