package io.keyward.engine.builtin.observation;

import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;

/** Puts a word in the place of arguments that nobody is to see. */
final class Secrets {
  private static final byte[] REDACTED = "(redacted)".getBytes(StandardCharsets.US_ASCII);

  private Secrets() {}

  /** Hides the secrets among the first arguments of a request. */
  static void hide(Request request, Command command, byte[][] arguments) {
    command.secrets(
        request,
        position -> {
          if (position < arguments.length) {
            arguments[position] = REDACTED;
          }
        });
  }
}
