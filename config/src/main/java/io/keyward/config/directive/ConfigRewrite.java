package io.keyward.config.directive;

import io.keyward.config.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * CONFIG REWRITE: writes the present values into the file that the server was started with.
 *
 * <p>It touches the map {@code directives:} alone. A directive that stands there gets its present
 * value, one that does not and has another value than its default is added, and everything else,
 * comments included, stays as it is.
 */
public final class ConfigRewrite {
  private final Optional<Path> file;
  private final Set<Directive> notToRewrite;

  /**
   * A rewrite into a file.
   *
   * @param file the file, if the server was started with one
   * @param notToRewrite directives that are added only once they differ from the server's start
   */
  public ConfigRewrite(Optional<Path> file, Set<Directive> notToRewrite) {
    this.file = file;
    this.notToRewrite = Set.copyOf(notToRewrite);
  }

  /**
   * Replaces the file as a whole. It waits for the disk: not for an event loop.
   *
   * @throws RefusedException with the text of Redis's error, without its {@code ERR}
   */
  public synchronized void write(LiveSettings live) throws RefusedException {
    Path target =
        file.orElseThrow(() -> new RefusedException("The server is running without a config file"));
    try {
      String content = Files.readString(target);
      String rewritten = DirectivesText.rewrite(content, present(live), additions(live));
      WholeFile.replace(target, rewritten.getBytes(StandardCharsets.UTF_8));
    } catch (IOException failed) {
      throw new RefusedException("Rewriting config file: " + failed.getMessage());
    }
  }

  private static Map<Directive, String> present(LiveSettings live) {
    Map<Directive, String> present = new LinkedHashMap<>();
    for (Directive directive : Directive.values()) {
      present.put(directive, live.text(directive));
    }
    return present;
  }

  private Map<Directive, String> additions(LiveSettings live) {
    Map<Directive, String> additions = new LinkedHashMap<>();
    for (Directive directive : Directive.values()) {
      String text = live.text(directive);
      boolean untouched =
          notToRewrite.contains(directive) && text.equals(live.initialText(directive));
      if (!untouched && !text.equals(directive.defaultText())) {
        additions.put(directive, text);
      }
    }
    return additions;
  }
}
