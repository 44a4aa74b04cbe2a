package io.keyward.gateway.status;

import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Prints the deployments of a running gateway with their rates of this moment, again and again in
 * the same place, or once for a pipe.
 */
public final class Status implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K\n";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final StatusOptions options;
  private final PrintStream out;
  private final IntSupplier height;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /**
   * Prepares to print.
   *
   * @param arguments {@code [--admin URL] [--token TOKEN] [--interval SECONDS] [--once]}
   * @param height the lines of the terminal; 0 if what is printed goes to no terminal, so that page
   *     follows page
   * @throws StatusException if the arguments are wrong
   */
  public Status(
      List<String> arguments, Map<String, String> environment, PrintStream out, IntSupplier height)
      throws StatusException {
    options = StatusOptions.of(arguments, environment);
    this.out = out;
    this.height = height;
  }

  /**
   * Prints until the thread is interrupted or nobody reads any more, or once.
   *
   * @throws StatusException if the gateway does not answer at first, or refuses
   */
  public void run() throws StatusException, InterruptedException {
    Sample before = sample();
    boolean inPlace = !options.once() && height.getAsInt() > 0;
    if (inPlace) {
      out.print(HOME + CLEAR_BELOW);
    }
    do {
      Thread.sleep((long) (options.seconds() * 1000));
      try {
        Sample now = sample();
        StatusPage page = new StatusPage(options.toString(), new Change(before, now));
        print(page.lines(inPlace ? height.getAsInt() : Integer.MAX_VALUE), inPlace);
        before = now;
      } catch (StatusException gone) {
        if (options.once()) {
          throw gone;
        }
        print(List.of(String.valueOf(gone.getMessage())), inPlace);
      }
    } while (!options.once() && !out.checkError());
  }

  private void print(List<String> lines, boolean inPlace) {
    StringBuilder page = new StringBuilder(inPlace ? HOME : "");
    lines.forEach(line -> page.append(line).append(inPlace ? CLEAR_LINE : "\n"));
    out.print(page.append(inPlace ? CLEAR_BELOW : options.once() ? "" : "\n"));
    out.flush();
  }

  private Sample sample() throws StatusException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(options.admin().resolve("/metrics")).timeout(PATIENCE);
    if (!options.token().isEmpty()) {
      request.header("Authorization", "Bearer " + options.token());
    }
    HttpResponse<String> answer;
    try {
      answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException silent) {
      throw new StatusException(
          "No gateway answers at "
              + options
              + ". Start it, or name its admin port: --admin http://host:9379");
    }
    return switch (answer.statusCode()) {
      case 200 -> Sample.parse(answer.body(), System.nanoTime());
      case 401 ->
          throw new StatusException(
              "The gateway at "
                  + options
                  + " asks for its token: --token, or KEYWARD_ADMIN_TOKEN in the environment");
      default ->
          throw new StatusException(
              options + " is no admin port of a gateway: it answers " + answer.statusCode());
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
