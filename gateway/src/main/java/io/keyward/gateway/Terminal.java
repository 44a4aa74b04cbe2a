package io.keyward.gateway;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The terminal in which the program runs, if it runs in one. */
final class Terminal {
  private static final int USUAL_LINES = 24;

  private Terminal() {}

  /** How many lines it has at the moment; 0 if what is printed goes elsewhere. */
  static int lines() {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isEmpty()) {
      return 0;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
      String size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return Integer.parseInt(size.split(" ", 2)[0]);
    } catch (IOException | NumberFormatException unknown) {
      return USUAL_LINES;
    }
  }
}
