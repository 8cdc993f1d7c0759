/** The examples, as sub-commands of one executable jar: {@link dev.uring.examples.Main} lists them. */
package dev.uring.examples;
