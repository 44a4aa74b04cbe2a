package io.keyward.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of text in columns. Each column may belong to a group, whose name stands above it: the
 * server whose figures the columns hold.
 */
final class TextTable {
  /** How a table is written; the names are those of the option. */
  enum Format {
    table,
    markdown,
    csv
  }

  private record Column(String group, String name) {
    String fullName() {
      return group.isEmpty() ? name : group + " " + name;
    }
  }

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  TextTable column(String name) {
    return column("", name);
  }

  TextTable column(String group, String name) {
    columns.add(new Column(group, name));
    return this;
  }

  void row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells in a table of " + columns.size() + " columns");
    }
    rows.add(List.copyOf(cells));
  }

  String render(Format format) {
    return switch (format) {
      case table -> plain();
      case markdown -> markdown();
      case csv -> csv();
    };
  }

  private String plain() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::name).toList());
    lines.addAll(rows);
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
    }
    StringBuilder out = new StringBuilder(groupLine(widths));
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(gapBefore(i)).append(pad(line.get(i), widths[i], numeric(i)));
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /**
   * The names of the groups above their first columns, or nothing when there are none. A group
   * narrower than its name gets a wider first column.
   */
  private String groupLine(int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int start = 0; start < columns.size(); ) {
      String group = columns.get(start).group();
      int end = start;
      int width = 0;
      while (end < columns.size() && columns.get(end).group().equals(group)) {
        width += widths[end] + (end == start ? 0 : gapBefore(end).length());
        end++;
      }
      int missing = Math.max(0, group.length() - width);
      widths[start] += missing;
      text.append(gapBefore(start)).append(pad(group, width + missing, false));
      start = end;
    }
    boolean grouped = columns.stream().anyMatch(column -> !column.group().isEmpty());
    return grouped ? text.toString().stripTrailing() + "\n" : "";
  }

  private String gapBefore(int column) {
    if (column == 0) {
      return "";
    }
    return columns.get(column).group().equals(columns.get(column - 1).group()) ? "  " : " | ";
  }

  private String markdown() {
    StringBuilder out = new StringBuilder();
    out.append(markdownLine(columns.stream().map(Column::fullName).toList()));
    List<String> rule = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      rule.add(numeric(i) ? "--:" : ":--");
    }
    out.append(markdownLine(rule));
    rows.forEach(row -> out.append(markdownLine(row)));
    return out.toString();
  }

  private static String markdownLine(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private String csv() {
    StringBuilder out = new StringBuilder();
    out.append(csvLine(columns.stream().map(Column::fullName).toList()));
    rows.forEach(row -> out.append(csvLine(row)));
    return out.toString();
  }

  private static String csvLine(List<String> cells) {
    return cells.stream()
            .map(
                cell -> cell.matches(".*[\",\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
            .collect(Collectors.joining(","))
        + "\n";
  }

  /** A column whose cells all begin with a digit is set flush right. */
  private boolean numeric(int column) {
    return rows.stream()
        .map(row -> row.get(column))
        .allMatch(cell -> cell.isEmpty() || cell.equals("-") || cell.matches("[-+]?\\d.*"));
  }

  private static String pad(String cell, int width, boolean right) {
    String blanks = " ".repeat(Math.max(0, width - cell.length()));
    return right ? blanks + cell : cell + blanks;
  }
}
