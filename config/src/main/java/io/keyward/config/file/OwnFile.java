package io.keyward.config.file;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A file that the gateway keeps in the folder of the data beside the data itself. */
public enum OwnFile {
  /** Says that the folder is taken. */
  LOCK("keyward.lock"),
  /** What of the deployments outlives a restart beside their keys. */
  DEPLOYMENTS("deployments.json"),
  /** What was done with deployments. */
  AUDIT("audit.log"),
  OPERATOR_FUNCTIONS("operator.functions");

  private final String fileName;

  OwnFile(String fileName) {
    this.fileName = fileName;
  }

  public String fileName() {
    return fileName;
  }

  /**
   * Whether no file of the data may have a name: it is one of these, or of one that is being
   * replaced or was, whose names go on with a dot. Some file systems do not tell cases apart.
   */
  public static boolean takes(String name) {
    return Arrays.stream(values())
        .map(OwnFile::fileName)
        .anyMatch(
            own ->
                name.regionMatches(true, 0, own, 0, own.length())
                    && (name.length() == own.length() || name.charAt(own.length()) == '.'));
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(OwnFile::fileName).collect(Collectors.joining(", "));
  }
}
