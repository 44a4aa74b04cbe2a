package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.LogFormat;
import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Secret;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.gateway.status.Status;
import io.keyward.gateway.status.StatusException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import org.slf4j.LoggerFactory;

/**
 * The program: {@code [check | import | export] [keyward.yaml] [--directive value …]}, {@code
 * status}, {@code hash} or {@code commands}.
 */
public final class Main {
  private static final PrintStream out = System.out;
  private static final PrintStream err = System.err;

  private Main() {}

  public static void main(String... arguments) throws InterruptedException {
    // Without waiting for threads of libraries, which linger for a second: a restart is to be
    // short.
    System.exit(result(Arrays.asList(arguments)));
  }

  private static int result(List<String> arguments) throws InterruptedException {
    try {
      return run(arguments);
    } catch (RuntimeException | Error defect) {
      // Threads that have been started would keep the process, which serves nobody.
      defect.printStackTrace(err);
      return 1;
    }
  }

  /** Prints the hash of the password on the first line of the input, for keyward.yaml. */
  private static int hash() {
    String password = firstLine();
    if (password.isEmpty()) {
      err.println("There is no password on the first line of the input.");
      return 1;
    }
    out.println(Secret.hash(password));
    return 0;
  }

  private static String firstLine() {
    Scanner input = new Scanner(System.in, StandardCharsets.UTF_8);
    return input.hasNextLine() ? input.nextLine() : "";
  }

  /** Says what has been started: as text, or as a line of the log where that is JSON. */
  private static void greet(Settings settings, Gateway gateway) {
    String text = Banner.text(gateway);
    if (settings.logFormat() == LogFormat.JSON) {
      LoggerFactory.getLogger(Main.class).info("Started: {}", text.strip());
    } else {
      out.print(text);
      out.println();
      out.flush();
    }
  }

  /** Prints what a running gateway does. */
  private static int status(List<String> arguments) throws InterruptedException {
    try (Status status = new Status(arguments, System.getenv(), out, Terminal::lines)) {
      status.run();
      return 0;
    } catch (StatusException wrong) {
      err.println(wrong.getMessage());
      return 1;
    }
  }

  private static void heedSignals(Gateway gateway) {
    Signals.on("TERM", () -> gateway.stop(Directive.SHUTDOWN_ON_SIGTERM));
    Signals.on("INT", () -> gateway.stop(Directive.SHUTDOWN_ON_SIGINT));
    Signals.on("HUP", gateway::reload);
  }

  private static int run(List<String> arguments) throws InterruptedException {
    if (arguments.contains("--version") || arguments.equals(List.of("-v"))) {
      out.println("Keyward " + Server.version());
      return 0;
    }
    if (arguments.contains("--help") || arguments.equals(List.of("-h"))) {
      out.print(Usage.text());
      return 0;
    }
    if (arguments.equals(List.of("hash"))) {
      return hash();
    }
    List<String> rest = new ArrayList<>(arguments);
    boolean check =
        !rest.isEmpty() && rest.getFirst().equals("check") && rest.removeFirst() != null;
    try {
      if (arguments.equals(List.of("--aot-train"))) {
        AotTraining.run();
        return 0;
      }
      if (arguments.equals(List.of("commands"))) {
        out.print(CommandReference.text());
        out.flush();
        return 0;
      }
      if (!rest.isEmpty() && rest.getFirst().equals("status")) {
        return status(rest.subList(1, rest.size()));
      }
      if (Transfer.asked(rest)) {
        out.println(Transfer.run(rest, System.getenv()));
        return 0;
      }
      Settings settings = Settings.load(rest, System.getenv());
      if (check) {
        Gateway.check(settings);
        out.println("The configuration is valid.");
        return 0;
      }
      Logging.apply(settings.logFormat(), settings.live());
      Gateway gateway = Gateway.start(settings, Main::heedSignals);
      Precedence.ask();
      if (!gateway.stops()) {
        greet(settings, gateway);
      }
      gateway.awaitStop();
      return 0;
    } catch (ConfigurationException wrong) {
      err.println(wrong.getMessage());
      return 1;
    } catch (StartException | IOException failed) {
      String what = Transfer.asked(rest) ? rest.getFirst() : "start";
      err.println("Keyward cannot " + what + ": " + failed.getMessage());
      return 1;
    }
  }
}
