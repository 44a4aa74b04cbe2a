package io.keyward.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A group of named fields in a YAML file, each taken once; what is left over at the end is unknown.
 *
 * <p>What is malformed is noted as a problem and counts as not given.
 */
final class YamlGroup {
  private final String path;
  private final String file;
  private final Gathered gathered;
  private final Node node;
  private final Map<String, NodeTuple> fields = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  private YamlGroup(String path, String file, Gathered gathered, Node node) {
    this.path = path;
    this.file = file;
    this.gathered = gathered;
    this.node = node;
  }

  /** The fields of a node; none if it is no group. */
  static YamlGroup of(String path, Node node, String file, Gathered gathered) {
    YamlGroup group = new YamlGroup(path, file, gathered, node);
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(group::add);
    } else if (!isNothing(node)) {
      group.wrong("", node, "it is a group of settings, not a value", "write name: value below it");
    }
    return group;
  }

  private void add(NodeTuple field) {
    String name = field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
    if (fields.putIfAbsent(name, field) != null) {
      wrong(name, field.getKeyNode(), "it is there twice", "delete one of the two");
    }
  }

  private static boolean isNothing(Node node) {
    return node instanceof ScalarNode scalar && YamlFile.textOf(scalar).isEmpty();
  }

  /** {@code tenants.librechat}. */
  String path() {
    return path;
  }

  /** {@code tenants.librechat.secret}. */
  String pathOf(String name) {
    return path + "." + name;
  }

  /** Where the group begins. */
  Origin origin() {
    return line(node);
  }

  private @Nullable Node take(String name) {
    known.add(name);
    NodeTuple field = fields.remove(name);
    return field == null || isNothing(field.getValueNode()) ? null : field.getValueNode();
  }

  /** A field with a single value, or null. */
  @Nullable Given text(String name) {
    Node value = take(name);
    if (value == null || value instanceof ScalarNode) {
      return value == null ? null : given(value);
    }
    wrong(name, value, "it takes a single value", "write " + name + ": value");
    return null;
  }

  /** A field with one value or a list of them. */
  List<Given> list(String name) {
    Node value = take(name);
    List<Given> items = new ArrayList<>();
    if (value instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        if (item instanceof ScalarNode) {
          items.add(given(item));
        } else {
          wrong(name, item, "it is a list of plain values", "write " + name + ": [one, other]");
        }
      }
    } else if (value instanceof ScalarNode) {
      items.add(given(value));
    } else if (value != null) {
      wrong(name, value, "it is a list of plain values", "write " + name + ": [one, other]");
    }
    return items;
  }

  /** A field with a group of fields, empty if it is not there. */
  YamlGroup group(String name) {
    Node value = take(name);
    return value == null
        ? new YamlGroup(pathOf(name), file, gathered, node)
        : of(pathOf(name), value, file, gathered);
  }

  /** Whether a field is there. */
  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** Every field as a group, for groups whose names are the user's own. */
  Map<String, YamlGroup> groups() {
    Map<String, YamlGroup> groups = new LinkedHashMap<>();
    for (String name : List.copyOf(fields.keySet())) {
      groups.put(name, group(name));
    }
    return groups;
  }

  /** Every field that is left as a value, for groups whose names are declared elsewhere. */
  Map<String, Given> values() {
    Map<String, Given> values = new LinkedHashMap<>();
    for (String name : List.copyOf(fields.keySet())) {
      Given value = text(name);
      if (value != null) {
        values.put(name, value);
      }
    }
    return values;
  }

  /** Notes every field that has not been asked for. */
  void endOfFields() {
    for (Map.Entry<String, NodeTuple> field : fields.entrySet()) {
      wrong(
          field.getKey(),
          field.getValue().getKeyNode(),
          "there is no such setting",
          Suggestion.remedy(field.getKey(), known));
    }
  }

  /** Notes what is wrong with a field. */
  void wrong(String name, Given given, String reason, String remedy) {
    gathered.wrong(Problem.of(pathOf(name), given, reason, remedy));
  }

  /** Notes what is wrong with a field whose value must not be shown. */
  void wrongSecret(String name, Given given, String reason, String remedy) {
    gathered.wrong(
        new Problem(pathOf(name), Problem.HIDDEN, given.origin().place(), reason, remedy));
  }

  /** Notes what is wrong with the group as a whole. */
  void wrong(String reason, String remedy) {
    wrong("", node, reason, remedy);
  }

  private void wrong(String name, Node where, String reason, String remedy) {
    String setting = name.isEmpty() ? path : pathOf(name);
    // What is wrong may stand beside a secret, so no value is shown.
    gathered.wrong(new Problem(setting, "…", line(where).place(), reason, remedy));
  }

  private Given given(Node scalar) {
    return new Given(YamlFile.textOf((ScalarNode) scalar), line(scalar));
  }

  private Origin line(Node where) {
    return new Origin.FileLine(file, where.getStartMark().getLine() + 1);
  }
}
