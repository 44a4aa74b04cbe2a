package io.keyward.config.directive;

import java.util.Optional;

/**
 * The names in {@code dir} that directives give to what holds the data: the snapshot, the folder of
 * the append-only file, and the one file that Redis wrote before version 7, which is taken over if
 * it is there.
 */
public record DataFileNames(String snapshot, String logFolder, String log) {

  /** Those of the present values. */
  public static DataFileNames of(LiveSettings settings) {
    return new DataFileNames(
        settings.text(Directive.DBFILENAME),
        settings.text(Directive.APPENDDIRNAME),
        settings.text(Directive.APPENDFILENAME));
  }

  /**
   * The directive that gives the snapshot's name to something else as well, if one does. Some file
   * systems do not tell cases apart.
   */
  public Optional<Directive> sameAsSnapshot() {
    if (snapshot.equalsIgnoreCase(logFolder)) {
      return Optional.of(Directive.APPENDDIRNAME);
    }
    return snapshot.equalsIgnoreCase(log)
        ? Optional.of(Directive.APPENDFILENAME)
        : Optional.empty();
  }
}
