package io.keyward.config;

import io.keyward.config.tenant.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads secrets: as values, as {@code ${VARIABLE}}, or, in the field whose name ends in {@code
 * -file}, from files. More than one let an old and a new one be valid while clients change over.
 */
final class SecretFields {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)\\}");
  private static final int MOST_FILE_BYTES = 64 * 1024;

  private final Map<String, String> environment;

  SecretFields(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The secrets of a group under this name; none if there are none or they are wrong. */
  List<Secret> read(YamlGroup group, String name) {
    List<Secret> secrets = new ArrayList<>();
    for (Given given : group.list(name)) {
      expanded(group, name, given).ifPresent(text -> add(group, name, given, text, secrets));
    }
    String fileField = name + "-file";
    for (Given given : group.list(fileField)) {
      content(group, fileField, given)
          .ifPresent(text -> add(group, fileField, given, text, secrets));
    }
    return secrets;
  }

  private static void add(
      YamlGroup group, String name, Given given, String text, List<Secret> secrets) {
    if (text.isEmpty()) {
      group.wrongSecret(name, given, "it is empty", "give a password of some length");
      return;
    }
    try {
      secrets.add(Secret.of(text));
    } catch (IllegalArgumentException noHash) {
      group.wrongSecret(
          name,
          given,
          String.valueOf(noHash.getMessage()),
          "take what gateway/run hash prints for a password");
    }
  }

  private Optional<String> expanded(YamlGroup group, String name, Given given) {
    Matcher variables = VARIABLE.matcher(given.text());
    StringBuilder text = new StringBuilder();
    while (variables.find()) {
      String variable = variables.group(1);
      String value = environment.get(variable);
      if (value == null || value.isEmpty()) {
        group.wrongSecret(
            name,
            given,
            "the environment variable " + variable + " is not set or empty",
            "set " + variable + " where the gateway is started");
        return Optional.empty();
      }
      variables.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return Optional.of(variables.appendTail(text).toString());
  }

  private static Optional<String> content(YamlGroup group, String name, Given given) {
    try {
      Path file = Path.of(given.text());
      if (Files.size(file) <= MOST_FILE_BYTES) {
        return Optional.of(Files.readString(file).strip());
      }
      group.wrong(name, given, "the file is too big for a secret", "give a file of one line");
    } catch (IOException | InvalidPathException unreadable) {
      group.wrong(
          name,
          given,
          "there is no file that can be read as UTF-8 text",
          "give the path of a file that holds the secret alone");
    }
    return Optional.empty();
  }
}
