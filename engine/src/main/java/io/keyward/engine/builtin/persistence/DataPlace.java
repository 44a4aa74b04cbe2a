package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the data files stand: the folder that {@code dir} names. Any thread may call. */
public final class DataPlace {
  private final LiveSettings settings;
  private @Nullable DataDirectory taken;
  private boolean closed;

  DataPlace(LiveSettings settings) {
    this.settings = settings;
  }

  /**
   * The folder as {@code dir} names it now, taken for this process.
   *
   * @throws IOException if it cannot be; the message says what to do
   */
  public synchronized DataDirectory directory() throws IOException {
    if (closed) {
      throw new IOException("the folder of the data files has been given back");
    }
    Path wanted = folder();
    DataDirectory former = taken;
    if (former != null && former.path().equals(wanted)) {
      return former;
    }
    DataDirectory next = DataDirectory.take(wanted);
    taken = next;
    if (former != null) {
      former.close();
    }
    return next;
  }

  /** Where the snapshot stands. */
  public Path snapshot() {
    return folder().resolve(settings.text(Directive.DBFILENAME));
  }

  private Path folder() {
    return Path.of(settings.text(Directive.DIR)).toAbsolutePath().normalize();
  }

  /** Whether {@code dir} has been changed since the folder was taken. */
  public synchronized boolean elsewhere() {
    DataDirectory present = taken;
    return present != null && !present.path().equals(folder());
  }

  /**
   * Changes over to the folder that {@code dir} names now, which has to be there.
   *
   * @throws RefusedException if it cannot be used; the former one is kept then
   */
  public synchronized void move() throws RefusedException {
    Path wanted = folder();
    if (!Files.isDirectory(wanted)) {
      throw new RefusedException(
          Files.exists(wanted) ? "Not a directory" : "No such file or directory");
    }
    try {
      if (elsewhere()) {
        DataDirectory _ = directory();
      }
    } catch (IOException unusable) {
      throw new RefusedException(String.valueOf(unusable.getMessage()));
    }
  }

  /** Gives the folder back for good: a rewrite that is under way does not take it again. */
  public synchronized void close() throws IOException {
    closed = true;
    DataDirectory present = taken;
    taken = null;
    if (present != null) {
      present.close();
    }
  }
}
