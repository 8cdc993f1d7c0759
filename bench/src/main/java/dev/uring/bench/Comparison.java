package dev.uring.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What interleaved runs of some programs measured, beside the first of them, the baseline.
 *
 * @param programs the programs in the order they were run, the baseline first
 */
public record Comparison(List<Samples> programs) {
    private static final int DIGITS = 5;
    private static final String NONE = "-";
    private static final String ROW = "%-24s %12s %12s %12s %12s   %s%n";

    /**
     * The figures of one program.
     *
     * @param name   the program's name
     * @param values per key one sample per round, in the order of the rounds
     */
    public record Samples(String name, Map<String, double[]> values) {
        /**
         * Sums up one figure.
         *
         * @param key one of the keys
         * @return the spread of its samples
         */
        public Spread spread(String key) {
            return Spread.of(values.get(key));
        }
    }

    /**
     * Divides a program's median by the baseline's.
     *
     * @param program one of the programs
     * @param key     a key that both it and the baseline have
     * @return the ratio; NaN when the baseline's median is 0
     */
    public double ratioOfMedians(Samples program, String key) {
        return divide(program.spread(key).median(), baseline().spread(key).median());
    }

    /**
     * Divides a program's figure by the baseline's of the same round, for every round: what drifts slower than a round
     * (clock speed, neighbours) cancels out.
     *
     * @param program one of the programs
     * @param key     a key that both it and the baseline have
     * @return the spread of the ratios; NaN when the baseline has a sample of 0
     */
    public Spread ratioPerRound(Samples program, String key) {
        double[] ratios = program.values().get(key).clone();
        Arrays.setAll(ratios, round -> divide(ratios[round], baseline().values().get(key)[round]));
        return Spread.of(ratios);
    }

    /**
     * Subtracts the baseline's figure of the same round from a program's, for every round.
     *
     * @param program one of the programs
     * @param key     a key that both it and the baseline have
     * @return the spread of the differences
     */
    public Spread differencePerRound(Samples program, String key) {
        double[] differences = program.values().get(key).clone();
        Arrays.setAll(differences, round -> differences[round] - baseline().values().get(key)[round]);
        return Spread.of(differences);
    }

    /**
     * Writes one table per key.
     *
     * @return lines, each with a line end
     */
    public String format() {
        Set<String> keys = new LinkedHashSet<>();
        programs.forEach(program -> keys.addAll(program.values().keySet()));
        StringBuilder text = new StringBuilder();
        for (String key : keys) {
            text.append(ROW.formatted(key, "median", "min", "max", "of medians", "per round: median (min .. max)"));
            programs.stream()
                    .filter(program -> program.values().containsKey(key))
                    .forEach(program -> text.append(formatRow(program, key)));
        }
        return text.toString();
    }

    private String formatRow(Samples program, String key) {
        Spread spread = program.spread(key);
        String ofMedians = NONE;
        String perRound = NONE;
        if (baseline().values().containsKey(key)) {
            Spread ratios = ratioPerRound(program, key);
            ofMedians = number(ratioOfMedians(program, key));
            perRound = number(ratios.median()) + " (" + number(ratios.min()) + " .. " + number(ratios.max()) + ")";
        }
        return ROW.formatted("  " + program.name(), number(spread.median()), number(spread.min()), number(spread.max()),
                ofMedians, perRound);
    }

    /**
     * Answers a comparison of some of the programs, with another baseline.
     *
     * @param names of the programs, the baseline first; those that were not run are left out
     * @return theirs, or none if the baseline was not run or is alone
     */
    public Comparison only(List<String> names) {
        List<Samples> some = names.stream()
                .flatMap(name -> programs.stream().filter(program -> program.name().equals(name)))
                .toList();
        boolean comparable = some.size() > 1 && some.getFirst().name().equals(names.getFirst());
        return new Comparison(comparable ? some : List.of());
    }

    /**
     * Finds the program that a figure is smallest of, by its median.
     *
     * @param names of the programs to choose from; those that were not run are left out
     * @param key   of the figure; programs without it are left out
     * @return its name; empty when none of them was run
     */
    public Optional<String> cheapest(List<String> names, String key) {
        return programs.stream()
                .filter(program -> names.contains(program.name()) && program.values().containsKey(key))
                .min(Comparator.comparingDouble(program -> program.spread(key).median()))
                .map(Samples::name);
    }

    private Samples baseline() {
        return programs.getFirst();
    }

    private static double divide(double value, double baseline) {
        return baseline == 0 ? Double.NaN : value / baseline;
    }

    /** Without an exponent: 24137000, 0.98312. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
