package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Listens to the keyspace events of a bench's database 0. */
public final class KeyEvents {
  private static final Pattern EVENT = Pattern.compile(":\\*\" \"__keyspace@0__:(.*?)\" \"(.*?)\"");

  private final Bench.Session listener;

  /** Switches events of these classes on, such as {@code hg}, and listens. */
  public KeyEvents(Bench bench, String classes) throws RefusedException {
    bench.settings().set(Directive.NOTIFY_KEYSPACE_EVENTS, "K" + classes);
    listener = bench.connect();
    byte[] pattern = "__keyspace@0__:*".getBytes(StandardCharsets.ISO_8859_1);
    bench
        .keyspace()
        .channels()
        .subscribe(
            ClientState.of(listener.client()),
            Channels.Kind.PATTERN,
            Key.copyOf(pattern, 0, pattern.length));
  }

  /** What has happened since the last time, each as {@code key event}. */
  public List<String> taken() {
    List<String> events = new ArrayList<>();
    Matcher matcher = EVENT.matcher(listener.take());
    while (matcher.find()) {
      events.add(matcher.group(1) + " " + matcher.group(2));
    }
    return events;
  }
}
