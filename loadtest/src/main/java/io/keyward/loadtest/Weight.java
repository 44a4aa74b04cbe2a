package io.keyward.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The weight that the kernel gives this program and the servers it starts against all others, by
 * the autogroup of their session (sched(7)). With the greatest one, a few milliseconds that another
 * program takes do not show as latency. Among themselves nothing changes: the threads of a server
 * share its processor as ever.
 */
final class Weight {
  private static final Path GROUP = Path.of("/proc/self/autogroup");
  private static final Pattern NICE = Pattern.compile("nice (-?\\d+)");
  private static final int GREATEST = -20;

  private Weight() {}

  /** Asks for the greatest weight until this program ends; says if that is not to be had. */
  static void raise() {
    try {
      Matcher present = NICE.matcher(Files.readString(GROUP));
      if (present.find()) {
        String former = present.group(1);
        Files.writeString(GROUP, Integer.toString(GREATEST));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> restore(former)));
      }
    } catch (IOException e) {
      System.err.println(
          "other programs weigh as much as the servers here, as only root may change that: "
              + e.getMessage());
    }
  }

  private static void restore(String former) {
    try {
      Files.writeString(GROUP, former);
    } catch (IOException e) {
      System.err.println("the weight of this session stays raised: " + e.getMessage());
    }
  }
}
