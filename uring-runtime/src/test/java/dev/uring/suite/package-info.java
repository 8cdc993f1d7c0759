/** What became of every test in every world: written while tests run, anywhere, and put into one table. */
package dev.uring.suite;
