package dev.uring.bench;

import java.util.List;
import java.util.Locale;

/**
 * The columns of a table for docs/PERFORMANCE.md, and how a {@link Comparison} fills its rows.
 *
 * @param head    titles of the columns that say which program it is, the last of which is its name
 * @param columns what is told of each
 */
record Table(List<String> head, List<Column> columns) {
    private static final String NONE = "-";

    /** What is told of a figure beside itself, round by round. */
    enum Beside {
        /** Nothing. */
        NOTHING,
        /** How many times the baseline's it is. */
        RATIO,
        /** How much more than the baseline's it is. */
        DIFFERENCE
    }

    /**
     * A figure.
     *
     * @param title    with its unit
     * @param key      as the programs print it
     * @param decimals how many digits after the point
     * @param beside   what stands in the next column
     */
    record Column(String title, String key, int decimals, Beside beside) {
    }

    /** Answers the two lines that a table begins with. */
    String head(String baseline) {
        StringBuilder titles = new StringBuilder("|");
        StringBuilder rule = new StringBuilder("|");
        head.forEach(title -> add(titles, rule, title));
        for (Column column : columns) {
            add(titles, rule, column.title);
            switch (column.beside) {
                case NOTHING -> { }
                case RATIO -> add(titles, rule, "of " + baseline);
                case DIFFERENCE -> add(titles, rule, "more than " + baseline);
            }
        }
        return titles.append('\n').append(rule).append('\n').toString();
    }

    private static void add(StringBuilder titles, StringBuilder rule, String title) {
        titles.append(' ').append(title).append(" |");
        rule.append(" --- |");
    }

    /**
     * Answers one line for each program.
     *
     * @param first what stands in front of the names
     */
    String rows(List<String> first, Comparison comparison) {
        StringBuilder rows = new StringBuilder();
        for (Comparison.Samples program : comparison.programs()) {
            rows.append('|');
            first.forEach(cell -> rows.append(' ').append(cell).append(" |"));
            rows.append(' ').append(program.name()).append(" |");
            columns.forEach(column -> rows.append(cells(column, comparison, program)));
            rows.append('\n');
        }
        return rows.toString();
    }

    private static String cells(Column column, Comparison comparison, Comparison.Samples program) {
        boolean known = program.values().containsKey(column.key);
        boolean comparable = known && comparison.programs().getFirst().values().containsKey(column.key);
        String figure = known ? format(program.spread(column.key), column.decimals) : NONE;
        return ' ' + figure + " |" + switch (column.beside) {
            case NOTHING -> "";
            case RATIO -> besides(comparable ? format(comparison.ratioPerRound(program, column.key), 2) : NONE);
            case DIFFERENCE -> besides(comparable
                    ? format(comparison.differencePerRound(program, column.key), column.decimals) : NONE);
        };
    }

    private static String besides(String text) {
        return ' ' + text + " |";
    }

    private static String format(Spread spread, int decimals) {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + ".." + number + ")", spread.median(), spread.min(),
                spread.max());
    }
}
