/** Benchmarks: JMH for parts, {@link dev.uring.bench.Interleave} for whole programs beside their peers. */
package dev.uring.bench;
