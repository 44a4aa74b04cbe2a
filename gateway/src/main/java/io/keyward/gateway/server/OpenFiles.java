package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files and sockets the operating system lets the process have open at a time: clients are
 * not to take those with which the data is written.
 *
 * @param most how many
 */
public record OpenFiles(long most) {
  private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+) .*");

  /** What the program, event loops, data and the admin port have open beside clients. */
  private static final int OTHERS = 192;

  /** Of this process, as Linux tells it; elsewhere without a limit. */
  public static OpenFiles ofThisProcess() {
    try {
      List<String> lines = Files.readAllLines(LIMITS);
      for (String line : lines) {
        Matcher found = LINE.matcher(line);
        if (found.matches()) {
          return new OpenFiles(Long.parseLong(found.group(1)));
        }
      }
    } catch (IOException | NumberFormatException untold) {
      log.debug("The limit of open files is not told", untold);
    }
    return new OpenFiles(Long.MAX_VALUE);
  }

  private long clients() {
    return Math.max(1, most - OTHERS);
  }

  /** Takes {@code maxclients} down to what is possible, and refuses more from now on. */
  public void bound(LiveSettings live) throws RefusedException {
    long wanted = live.number(Directive.MAXCLIENTS);
    if (wanted > clients()) {
      live.set(Directive.MAXCLIENTS, Long.toString(clients()));
      log.warn(
          "maxclients {} needs {} open files, and the system allows {}: maxclients is {} now."
              + " Remedy: raise the limit (ulimit -n, LimitNOFILE), or lower maxclients",
          wanted,
          wanted + OTHERS,
          most,
          clients());
    }
    live.onChange(EnumSet.of(Directive.MAXCLIENTS), () -> check(live));
  }

  private void check(LiveSettings live) throws RefusedException {
    if (live.number(Directive.MAXCLIENTS) > clients()) {
      throw new RefusedException(
          "The operating system is not able to handle the specified number of clients, try with "
              + clients());
    }
  }
}
