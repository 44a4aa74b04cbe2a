package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.file.FileFailure;
import io.keyward.config.file.OwnFile;
import io.keyward.config.file.WholeFile;
import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.script.FunctionTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the operator's functions over a restart, in a file of their own in the data folder: what
 * FUNCTION DUMP gives, replaced whole after each change. They belong to no deployment, so that they
 * stand in none of the files that hold keys.
 */
public final class OperatorFunctions {
  static final String NAME = OwnFile.OPERATOR_FUNCTIONS.fileName();
  private static final Logger log = LoggerFactory.getLogger(OperatorFunctions.class);
  private static final int PATIENCE_SECONDS = 10;

  private final Server server;
  private final List<BuiltinKeyspace> views;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("keyward-operator-functions").daemon().factory());

  /**
   * Keeps those of the operator's views, which are the same in all of them.
   *
   * @param views one for each event loop
   */
  OperatorFunctions(Server server, List<BuiltinKeyspace> views) {
    this.server = server;
    this.views = views;
  }

  /**
   * Takes over what the data folder holds, before the first client comes, and keeps what comes to
   * be from then on.
   *
   * @throws StartException if the file cannot be understood
   */
  public void restore() throws StartException {
    Path file = Path.of(server.live().text(Directive.DIR)).toAbsolutePath().resolve(NAME);
    try {
      if (Files.exists(file)) {
        byte[] payload = Files.readAllBytes(file);
        views.forEach(view -> FunctionTexts.loadPayload(view, payload));
      }
    } catch (IOException | CommandException damaged) {
      throw new StartException(
          file
              + ": "
              + damaged.getMessage()
              + ". Remedy: repair it, or delete it and load the operator's functions again",
          damaged);
    }
    BuiltinKeyspace first = views.getFirst();
    FunctionTexts.onChange(first, () -> keep(first));
    server
        .live()
        .onChange(EnumSet.of(Directive.DIR), () -> first.loop().execute(() -> keepAny(first)));
  }

  private void keepAny(BuiltinKeyspace first) {
    if (!FunctionTexts.of(first).isEmpty()) {
      keep(first);
    }
  }

  private void keep(BuiltinKeyspace first) {
    byte[] payload = FunctionTexts.payload(first);
    writer.execute(() -> write(payload));
  }

  private void write(byte[] payload) {
    try {
      WholeFile.replace(server.snapshots().place().directory().path().resolve(NAME), payload);
    } catch (IOException unwritten) {
      log.error("The operator's functions cannot be kept: {}", FileFailure.text(unwritten));
    }
  }

  /** Waits until what has changed is written, and keeps nothing more. */
  public void end() throws InterruptedException {
    writer.shutdown();
    if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      log.warn("The operator's functions were not written in time");
    }
  }
}
