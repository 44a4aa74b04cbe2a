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
  /** The name may be anything, and the end missing, so that a mistake is seen as one. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)(\\}?)");

  private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Secret UNKNOWN = Secret.of("?");
  private static final int MOST_FILE_BYTES = 64 * 1024;

  private final Map<String, String> environment;

  SecretFields(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * The secrets of a group under this name. One that is wrong is told as such, and stands for some
   * secret, so that nothing else is found wrong for its sake.
   */
  List<Secret> read(YamlGroup group, String name) {
    List<Secret> secrets = new ArrayList<>();
    for (Given given : group.list(name)) {
      expanded(group, name, given)
          .ifPresentOrElse(
              text -> add(group, name, given, text, secrets), () -> secrets.add(UNKNOWN));
    }
    String fileField = name + "-file";
    for (Given given : group.list(fileField)) {
      content(group, fileField, given)
          .ifPresentOrElse(
              text -> add(group, fileField, given, text, secrets), () -> secrets.add(UNKNOWN));
    }
    return secrets;
  }

  private static void add(
      YamlGroup group, String name, Given given, String text, List<Secret> secrets) {
    if (text.isEmpty()) {
      group.wrongSecret(name, given, "it is empty", "give a password of some length");
      secrets.add(UNKNOWN);
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
      secrets.add(UNKNOWN);
    }
  }

  private Optional<String> expanded(YamlGroup group, String name, Given given) {
    Matcher variables = VARIABLE.matcher(given.text());
    StringBuilder text = new StringBuilder();
    while (variables.find()) {
      String variable = variables.group(1);
      if (variables.group(2).isEmpty() || !VARIABLE_NAME.matcher(variable).matches()) {
        group.wrongSecret(
            name,
            given,
            "it holds ${, but not ${NAME} with the name of an environment variable",
            "write \"${NAME}\", or give a secret that holds ${ itself by " + name + "-file");
        return Optional.empty();
      }
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
      if (Files.size(file) > MOST_FILE_BYTES) {
        group.wrong(name, given, "the file is too big for a secret", "give a file of one line");
        return Optional.empty();
      }
      String secret = Files.readString(file).strip();
      if (secret.lines().count() <= 1) {
        return Optional.of(secret);
      }
      group.wrong(
          name,
          given,
          "the file has more than one line, and a secret is one",
          "give a file for each secret: " + name + ": [one, other]");
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
