package dev.uring.examples;

import java.io.PrintWriter;
import java.util.List;

/** A report in columns: labelled lines, broken between words before column 100, and tables. */
final class Page {
    private static final int WIDTH = 100;
    private static final int LABEL_WIDTH = 10;
    private static final String GAP = "    ";

    private final PrintWriter out;

    Page(PrintWriter out) {
        this.out = out;
    }

    /** Prints a label, and beside it the text; further lines of the text are indented to its column. */
    void line(String label, String text) {
        StringBuilder line = new StringBuilder(pad(label, LABEL_WIDTH));
        boolean begun = false;
        for (String word : text.split(" ")) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(" ".repeat(LABEL_WIDTH));
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        out.println(line);
        out.flush();
    }

    /** Prints an empty line. */
    void blank() {
        out.println();
    }

    /** Prints rows in so many groups side by side, each filled downwards before the next, under the same header. */
    void table(List<String> header, List<List<String>> rows, int groups) {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        out.println();
        out.println(join(header, widths, groups).stripTrailing());
        int height = (rows.size() + groups - 1) / groups;
        for (int row = 0; row < height; row++) {
            StringBuilder line = new StringBuilder();
            for (int at = row; at < rows.size(); at += height) {
                line.append(at == row ? "" : GAP).append(join(rows.get(at), widths, 1));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private static String join(List<String> cells, int[] widths, int times) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            line.append(column == 0 ? "" : "  ").append(pad(cells.get(column), widths[column]));
        }
        String once = line.toString();
        return times == 1 ? once : (once + (GAP + once).repeat(times - 1)).stripTrailing();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(width - text.length(), 0));
    }
}
