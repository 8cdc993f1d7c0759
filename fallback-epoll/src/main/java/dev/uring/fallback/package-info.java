/**
 * The readiness driver: runs the same operations where io_uring is absent or forbidden. It is to come; the module stands
 * so that the build, its descriptor and its place in the house are settled.
 */
package dev.uring.fallback;
