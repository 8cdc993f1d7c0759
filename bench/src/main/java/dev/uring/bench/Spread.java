package dev.uring.bench;

import java.util.Arrays;

/**
 * The middle and the ends of some samples of one figure.
 *
 * @param median of an even number of samples, the mean of the two in the middle
 * @param min    the smallest sample
 * @param max    the largest sample
 */
public record Spread(double median, double min, double max) {
    /**
     * Sums up samples.
     *
     * @param samples at least one, in any order; not changed
     * @return their spread; all NaN when one of them is NaN
     */
    public static Spread of(double... samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("no samples");
        }
        if (Arrays.stream(samples).anyMatch(Double::isNaN)) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
