package io.keyward.engine.builtin.acl;

import io.keyward.config.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Users in a file: a line {@code user <name> <rule> …} for each, as ACL LIST shows them.
 *
 * <p>{@link #read} and {@link #write} wait for the disk and belong beside the event loop; what they
 * take and give is put into effect there.
 */
public final class AccessFile {
  private static final String UNCHANGED =
      "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

  private final Path path;

  public AccessFile(Path path) {
    this.path = path;
  }

  /** The text of the file. */
  public String read() throws IOException {
    return Files.readString(path, StandardCharsets.ISO_8859_1);
  }

  /** Writes the text in the place of the file, which only its owner may read then. */
  public void write(String text) throws IOException {
    WholeFile.replaceSecret(path, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Why the file could not be read, in words for the client. */
  public String failure(IOException failed) {
    String reason =
        failed instanceof NoSuchFileException ? "No such file or directory" : failed.toString();
    return "Error loading ACLs, opening file '" + path + "': " + reason;
  }

  /** The lines of all users. */
  public static String text(Collection<User> users) {
    StringBuilder text = new StringBuilder();
    users.forEach(user -> text.append(user.line()).append('\n'));
    return text.toString();
  }

  /**
   * Puts the users of a text in the place of all that there are.
   *
   * @return the users that there were
   * @throws RuleException with everything that is wrong with the text; nothing has changed then
   */
  public Collection<User> load(String text, AccessControl access) throws RuleException {
    Map<String, User> loaded = new LinkedHashMap<>();
    StringBuilder problems = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (!line.isEmpty()) {
        read(line, path + ":" + (i + 1), access, loaded, problems);
      }
    }
    if (!problems.isEmpty()) {
      throw new RuleException(problems + UNCHANGED);
    }
    return access.replace(loaded.values());
  }

  private static void read(
      String line,
      String place,
      AccessControl access,
      Map<String, User> loaded,
      StringBuilder problems) {
    List<String> words = Arrays.asList(line.split(" ", -1));
    if (!words.getFirst().equals("user") || words.size() < 2) {
      problems.append(place).append(" should start with user keyword followed by the username. ");
      return;
    }
    String name = words.get(1);
    if (UserRules.hasBlanks(name)) {
      problems.append(place).append(": username '").append(name);
      problems.append("' contains invalid characters. ");
      return;
    }
    User user = access.newUser(name);
    if (loaded.putIfAbsent(name, user) != null) {
      problems.append("WARNING: Duplicate user '").append(name);
      problems.append("' found on line ").append(place.substring(place.lastIndexOf(':') + 1));
      problems.append(". ");
      return;
    }
    List<String> rules = new ArrayList<>();
    try {
      rules.addAll(UserRules.joined(words.subList(2, words.size())));
    } catch (RuleException unmatched) {
      problems.append(place).append(": Unmatched parenthesis in selector definition. ");
    }
    apply(rules, new UserRules(user, access.allChannelsByDefault(), () -> {}), place, problems);
  }

  /** Tells every unknown command, but of what may be a secret only that something is wrong. */
  private static void apply(
      List<String> rules, UserRules reader, String place, StringBuilder problems) {
    @Nullable String other = null;
    for (String rule : rules) {
      try {
        reader.apply(rule.strip());
      } catch (RuleException wrong) {
        if (wrong.unknownCommand()) {
          problems.append(place).append(": Error in applying operation '").append(rule);
          problems.append("': ").append(wrong.reason()).append(". ");
        } else if (other == null) {
          other = wrong.reason();
          problems.append(place).append(": ").append(other).append(". ");
        }
      }
    }
  }
}
