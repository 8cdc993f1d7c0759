/**
 * Sockets on the uring runtime. Its operations are to come; the module stands so that the build, its descriptor and its
 * place in the house are settled.
 */
package dev.uring.net;
