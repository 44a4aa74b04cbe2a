package io.keyward.config;

import io.keyward.config.directive.AbsentDirective;
import io.keyward.config.directive.Directive;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads keyward.yaml.
 *
 * <p>It walks the syntax tree and takes scalars as they are written, so that {@code no} stays "no",
 * {@code 0700} stays "0700", and each value knows its line; {@code null} and {@code ~} are nothing.
 */
final class YamlFile {
  private static final String DIRECTIVES = "directives";
  private static final String OPERATOR = "operator";
  private static final String TENANTS = "tenants";

  /** A value such as {@code ${PORT}}, which is refused: hardly anybody means those letters. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Za-z_][A-Za-z0-9_]*}");

  private static final String NOT_LOOKED_UP =
      "variables are looked up for the secrets under operator: and tenants: alone";

  private final Path file;
  private final Gathered gathered;

  private YamlFile(Path file, Gathered gathered) {
    this.file = file;
    this.gathered = gathered;
  }

  static void read(Path file, Gathered gathered) {
    new YamlFile(file, gathered).read();
  }

  private void read() {
    Node root;
    String text = "";
    try {
      text = Files.readString(file);
      root = compose(text);
    } catch (NoSuchFileException missing) {
      gathered.wrong(
          new Problem(
              "configuration file",
              file.toString(),
              "command line",
              "there is no such file",
              "give the path of a keyward.yaml, or begin options with --"));
      return;
    } catch (IOException unreadable) {
      gathered.wrong(
          new Problem(
              "configuration file",
              file.toString(),
              "command line",
              "it cannot be read as UTF-8 text",
              "make it a UTF-8 text file that this user may read"));
      return;
    } catch (MarkedYAMLException malformed) {
      int line = malformed.getProblemMark() == null ? 1 : malformed.getProblemMark().getLine() + 1;
      gathered.wrong(
          new Problem(
              "configuration file",
              file.toString(),
              new Origin.FileLine(name(), line).place(),
              "it is not valid YAML: " + malformed.getProblem(),
              remedy(String.valueOf(malformed.getProblem()))));
      return;
    } catch (ReaderException unprintable) {
      gathered.wrong(
          new Problem(
              "configuration file",
              file.toString(),
              new Origin.FileLine(name(), lineAt(text, unprintable.getPosition())).place(),
              "the character U+%04X cannot stand there".formatted(unprintable.getCodePoint()),
              "take it out of that line; in double quotes it may be written as an escape"));
      return;
    } catch (YAMLException beyondLimits) {
      gathered.wrong(
          new Problem(
              "configuration file",
              file.toString(),
              name(),
              "it cannot be read as YAML: " + beyondLimits.getMessage(),
              "write a shorter and flatter file"));
      return;
    }
    if (root instanceof MappingNode top) {
      readTop(top, "");
    } else if (root != null) {
      wrong("configuration file", root, "it holds no settings", "write lines of name: value");
    }
  }

  /** The line of a character, which is counted as the parser does. */
  private static int lineAt(String text, int position) {
    return 1 + (int) text.codePoints().limit(position).filter(each -> each == '\n').count();
  }

  /** What to do about a mistake of writing, as far as it can be told from the parser's words. */
  private static String remedy(String problem) {
    if (problem.contains("TAB")) {
      return "begin that line with blanks, as many as its neighbours of the same group";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "write name: value, with a blank behind the colon, in that line and the one above it,"
          + " and begin both with as many blanks as their group";
    }
    if (problem.contains("unexpected end of stream")) {
      return "close the quotation mark or bracket that is open";
    }
    return "mend that line, or the one above it";
  }

  /** The syntax tree of a YAML text; null for an empty one. */
  static @Nullable Node compose(String text) {
    return new Yaml(new LoaderOptions()).compose(new StringReader(text));
  }

  private void readTop(MappingNode mapping, String above) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String path = above + keyText(tuple.getKeyNode());
      Node value = tuple.getValueNode();
      if (!seen.add(path)) {
        wrong(path, tuple.getKeyNode(), "it is there twice", "delete one of the two");
      } else if (path.equals(DIRECTIVES)) {
        readDirectives(value);
      } else if (path.equals(OPERATOR)) {
        gathered.operator(YamlGroup.of(path, value, name(), gathered));
      } else if (path.equals(TENANTS)) {
        gathered.tenants(YamlGroup.of(path, value, name(), gathered));
      } else if (Setting.atPath(path).isPresent()) {
        Setting setting = Setting.atPath(path).orElseThrow();
        Optional<String> text = text(value);
        if (text.isEmpty()) {
          wrong(path, value, "it takes a value, not a group of settings", "write name: value");
        } else if (isVariable(text.get())) {
          wrong(path, value, NOT_LOOKED_UP, instead(setting.variable()));
        } else {
          gathered.give(setting, new Given(text.get(), line(value)));
        }
      } else if (isGroup(path)) {
        if (value instanceof MappingNode group) {
          readTop(group, path + ".");
        } else {
          wrong(path, value, "it is a group of settings, not a value", groupRemedy(path));
        }
      } else {
        wrong(path, tuple.getKeyNode(), "there is no such setting", unknownRemedy(path));
      }
    }
  }

  private void readDirectives(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      if (!text(node).orElse("?").isEmpty()) {
        wrong(DIRECTIVES, node, "it is a group of settings, not a value", "write name: value");
      }
      return;
    }
    Set<Directive> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = keyText(tuple.getKeyNode());
      String path = DIRECTIVES + "." + name;
      Optional<Directive> directive = Directive.named(name);
      Optional<String> text = text(tuple.getValueNode());
      if (directive.isEmpty()) {
        unknownDirective(name, path, tuple.getKeyNode());
      } else if (!seen.add(directive.get())) {
        wrong(path, tuple.getKeyNode(), "it is there twice", "delete one of the two");
      } else if (text.isEmpty()
          || (tuple.getValueNode() instanceof SequenceNode
              && !directive.get().takesSeveralWords())) {
        wrong(
            path,
            tuple.getKeyNode(),
            "it takes a single value",
            "give " + directive.get().expects());
      } else if (isVariable(text.get())) {
        boolean password = directive.get() == Directive.REQUIREPASS;
        wrong(
            path,
            tuple.getValueNode(),
            NOT_LOOKED_UP,
            instead(password ? EnvironmentVariables.PASSWORD : ""));
      } else {
        gathered.give(directive.get(), new Given(text.get(), line(tuple.getValueNode())));
      }
    }
  }

  private void unknownDirective(String name, String path, Node key) {
    AbsentDirective absent = AbsentDirective.named(name).orElse(null);
    if (absent == null) {
      wrong(path, key, "there is no such directive", directiveRemedy(name));
    } else {
      wrong(path, key, absent.reason(), absent.remedy());
    }
  }

  static String directiveRemedy(String name) {
    return Suggestion.remedy(
        name, Arrays.stream(Directive.values()).map(Directive::directiveName).sorted().toList());
  }

  private static String unknownRemedy(String path) {
    if (Directive.named(path).isPresent() || AbsentDirective.named(path).isPresent()) {
      return "Redis directives stand under directives:, move it there";
    }
    Stream<String> paths = Arrays.stream(Setting.values()).map(Setting::path);
    return Suggestion.remedy(
        path, Stream.concat(paths, Stream.of(DIRECTIVES, OPERATOR, TENANTS)).toList());
  }

  private static boolean isGroup(String path) {
    return Arrays.stream(Setting.values())
        .anyMatch(setting -> setting.path().startsWith(path + "."));
  }

  private static String groupRemedy(String path) {
    return Arrays.stream(Setting.values())
        .map(Setting::path)
        .filter(known -> known.startsWith(path + "."))
        .map(known -> known.substring(path.length() + 1) + ": value")
        .collect(Collectors.joining(" and ", "write below it ", ""));
  }

  /** A scalar as it is written, a list's scalars joined with blanks, nothing for all else. */
  private static Optional<String> text(Node node) {
    if (node instanceof ScalarNode scalar) {
      return Optional.of(textOf(scalar));
    }
    if (node instanceof SequenceNode sequence) {
      List<Node> items = sequence.getValue();
      if (items.stream().allMatch(ScalarNode.class::isInstance)) {
        return Optional.of(
            items.stream().map(item -> textOf((ScalarNode) item)).collect(Collectors.joining(" ")));
      }
    }
    return Optional.empty();
  }

  /** What is written, but nothing for YAML's words for it, {@code null} and {@code ~}. */
  static String textOf(ScalarNode scalar) {
    return scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
  }

  private static boolean isVariable(String text) {
    return VARIABLE.matcher(text).matches();
  }

  private static String instead(String variable) {
    return variable.isEmpty()
        ? "write the value itself, or give it on the command line"
        : "set " + variable + " in the environment instead";
  }

  private static String keyText(Node key) {
    return key instanceof ScalarNode scalar ? scalar.getValue() : "?";
  }

  private void wrong(String path, Node node, String reason, String remedy) {
    // A key that is wrong may stand beside a secret, so no value is shown.
    gathered.wrong(new Problem(path, "…", line(node).place(), reason, remedy));
  }

  private Origin line(Node node) {
    return new Origin.FileLine(name(), node.getStartMark().getLine() + 1);
  }

  private String name() {
    return String.valueOf(file.getFileName());
  }
}
