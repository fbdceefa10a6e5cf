package io.godwit.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A short table: columns as wide as needed, two blanks in between, numbers to the right.
final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final String alignment;

    /// @param alignment one letter for each column: `l` or `r`
    Table(String alignment, String... heads) {
        this.alignment = alignment;
        row(heads);
    }

    Table row(String... cells) {
        if (cells.length != alignment.length()) {
            throw new IllegalArgumentException("cells=%d".formatted(cells.length));
        }
        rows.add(cells);
        return this;
    }

    void print(PrintWriter out) {
        int[] widths = new int[alignment.length()];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String blanks = " ".repeat(widths[i] - row[i].length());
                boolean right = alignment.charAt(i) == 'r';
                line.append(right ? blanks + row[i] : row[i] + blanks).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
