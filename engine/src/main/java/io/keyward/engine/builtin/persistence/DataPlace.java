package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.DataFileNames;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the data files stand: the folder that {@code dir} names. Any thread may call. */
public final class DataPlace {
  private static final Logger log = LoggerFactory.getLogger(DataPlace.class);

  private final LiveSettings settings;
  private @Nullable DataDirectory taken;
  private Runnable takenAnew = () -> {};
  private boolean closed;

  DataPlace(LiveSettings settings) {
    this.settings = settings;
    settings.onChange(EnumSet.of(Directive.DBFILENAME), this::checkNames);
  }

  private void checkNames() throws RefusedException {
    Optional<Directive> same = DataFileNames.of(settings).sameAsSnapshot();
    if (same.isPresent()) {
      throw new RefusedException(
          same.get().directiveName() + " is the same, and both name something in dir");
    }
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
    boolean same = former != null && former.path().equals(wanted);
    if (former != null && same && former.isThere()) {
      return former;
    }
    DataDirectory next = DataDirectory.take(wanted);
    taken = next;
    if (former != null) {
      former.close();
    }
    if (same) {
      log.warn("The folder {} had vanished, or its lock: it has been taken anew", wanted);
      Thread.ofVirtual().start(takenAnew);
    }
    return next;
  }

  /**
   * Says what is to be done, on a thread of its own, when the folder, with all files in it, may
   * have vanished.
   */
  public synchronized void whenTakenAnew(Runnable task) {
    takenAnew = task;
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
