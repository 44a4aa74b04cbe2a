package io.keyward.config.directive;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The {@code directives:} map in the text of a keyward.yaml, edited in place. */
final class DirectivesText {
  private static final String NAME = "directives";
  private static final String INDENT = "  ";

  /** Words that need no quotes anywhere in YAML, but for the one that means nothing. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./_][A-Za-z0-9./_-]*");

  private DirectivesText() {}

  /** A piece of the text to replace; its places count characters from the start. */
  private record Edit(int from, int to, String replacement) {}

  /**
   * Rewrites the map.
   *
   * @param present every directive's value, for those that stand in the text
   * @param additions those to add if they do not stand there
   * @throws IOException if the text is no longer a valid file
   */
  static String rewrite(
      String text, Map<Directive, String> present, Map<Directive, String> additions)
      throws IOException {
    Node root;
    try {
      root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
    } catch (MarkedYAMLException malformed) {
      throw new IOException("it is not valid YAML: " + malformed.getProblem(), malformed);
    }
    if (root != null && !(root instanceof MappingNode)) {
      throw new IOException("it holds no settings");
    }
    Map<Directive, String> missing = new LinkedHashMap<>(additions);
    List<Edit> edits = new ArrayList<>();
    Optional<Node> map = root == null ? Optional.empty() : valueOf((MappingNode) root);
    if (map.isPresent() && map.get() instanceof MappingNode directives) {
      replaceValues(text, directives, present, missing, edits);
      addTo(text, directives, missing, edits);
    } else if (map.isPresent() && !missing.isEmpty()) {
      // "directives:" with nothing behind it: the node is an empty scalar right there.
      int at = place(text, map.get().getStartMark().getIndex());
      edits.add(new Edit(at, at, lines(missing, INDENT)));
    } else if (!missing.isEmpty()) {
      String gap = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
      edits.add(
          new Edit(text.length(), text.length(), gap + NAME + ":" + lines(missing, INDENT) + "\n"));
    }
    return apply(text, edits);
  }

  private static Optional<Node> valueOf(MappingNode root) {
    return root.getValue().stream()
        .filter(
            tuple -> tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals(NAME))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private static void replaceValues(
      String text,
      MappingNode directives,
      Map<Directive, String> present,
      Map<Directive, String> missing,
      List<Edit> edits) {
    for (NodeTuple tuple : directives.getValue()) {
      Optional<Directive> directive =
          tuple.getKeyNode() instanceof ScalarNode key
              ? Directive.named(key.getValue())
              : Optional.empty();
      if (directive.isEmpty()) {
        continue;
      }
      missing.remove(directive.get());
      String value = present.getOrDefault(directive.get(), "");
      if (!sameValue(directive.get(), tuple.getValueNode(), value)) {
        int from = place(text, tuple.getValueNode().getStartMark().getIndex());
        int to = end(text, tuple.getValueNode());
        String space = text.charAt(from - 1) == ':' ? " " : "";
        edits.add(new Edit(from, to, space + quoted(value)));
      }
    }
  }

  /** True if what stands there means the value already, in whatever notation. */
  private static boolean sameValue(Directive directive, Node node, String value) {
    String there;
    if (node instanceof ScalarNode scalar) {
      there = scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
    } else if (node instanceof SequenceNode sequence) {
      List<String> words = new ArrayList<>();
      sequence
          .getValue()
          .forEach(item -> words.add(item instanceof ScalarNode s ? s.getValue() : ""));
      there = String.join(" ", words);
    } else {
      return false;
    }
    try {
      return directive.parse(there, directive.defaultText()).text().equals(value);
    } catch (RefusedException wrongByNow) {
      return false;
    }
  }

  private static void addTo(
      String text, MappingNode directives, Map<Directive, String> missing, List<Edit> edits) {
    if (missing.isEmpty()) {
      return;
    }
    List<NodeTuple> tuples = directives.getValue();
    if (directives.getFlowStyle() == FlowStyle.FLOW) {
      int brace = place(text, directives.getEndMark().getIndex()) - 1;
      StringBuilder pairs = new StringBuilder();
      missing.forEach(
          (directive, value) -> {
            pairs.append(pairs.isEmpty() && tuples.isEmpty() ? "" : ", ");
            pairs.append(directive.directiveName()).append(": ").append(quoted(value));
          });
      edits.add(new Edit(brace, brace, pairs.toString()));
      return;
    }
    int end = end(text, tuples.getLast().getValueNode());
    int lineEnd = text.indexOf('\n', end);
    int at = lineEnd < 0 ? text.length() : lineEnd;
    String indent = " ".repeat(tuples.getFirst().getKeyNode().getStartMark().getColumn());
    edits.add(new Edit(at, at, lines(missing, indent)));
  }

  /**
   * Where the node's last visible character is over.
   *
   * <p>The parser ends a list in dashes or a block of text where the next thing begins.
   */
  private static int end(String text, Node node) {
    if (node instanceof SequenceNode sequence
        && sequence.getFlowStyle() == FlowStyle.BLOCK
        && !sequence.getValue().isEmpty()) {
      return end(text, sequence.getValue().getLast());
    }
    int start = place(text, node.getStartMark().getIndex());
    int end = place(text, node.getEndMark().getIndex());
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static String lines(Map<Directive, String> directives, String indent) {
    StringBuilder lines = new StringBuilder();
    directives.forEach(
        (directive, value) ->
            lines
                .append('\n')
                .append(indent)
                .append(directive.directiveName())
                .append(": ")
                .append(quoted(value)));
    return lines.toString();
  }

  private static String quoted(String value) {
    if (PLAIN.matcher(value).matches() && !value.equalsIgnoreCase("null")) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '"' || character == '\\') {
        quoted.append('\\').append(character);
      } else if (Character.isISOControl(character)) {
        quoted.append("\\u%04x".formatted((int) character));
      } else {
        quoted.append(character);
      }
    }
    return quoted.append('"').toString();
  }

  /** SnakeYAML counts code points, a string counts characters. */
  private static int place(String text, int codePoints) {
    return text.offsetByCodePoints(0, codePoints);
  }

  private static String apply(String text, List<Edit> edits) {
    StringBuilder result = new StringBuilder(text);
    edits.sort(Comparator.comparingInt(Edit::from).reversed());
    for (Edit edit : edits) {
      result.replace(edit.from(), edit.to(), edit.replacement());
    }
    return result.toString();
  }
}
