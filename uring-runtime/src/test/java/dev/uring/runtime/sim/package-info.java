/** A driver that a seed plays, and a host in memory for it. In another package than the runtime's, as every other driver. */
package dev.uring.runtime.sim;
