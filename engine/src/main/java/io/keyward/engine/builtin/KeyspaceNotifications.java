package io.keyward.engine.builtin;

import io.keyward.config.directive.KeyspaceEvents;
import io.keyward.engine.builtin.Channels.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what happens to keys on the keyspace's own {@code __keyspace@} and {@code __keyevent@}
 * channels, for the classes that {@code notify-keyspace-events} names. The operator hears of them
 * as one server would tell that holds all keys.
 */
public final class KeyspaceNotifications {
  public static final int GENERIC = KeyspaceEvents.GENERIC;
  public static final int STRING = KeyspaceEvents.STRING;
  public static final int LIST = KeyspaceEvents.LIST;
  public static final int SET = KeyspaceEvents.SET;
  public static final int HASH = KeyspaceEvents.HASH;
  public static final int SORTED_SET = KeyspaceEvents.SORTED_SET;
  public static final int EXPIRED = KeyspaceEvents.EXPIRED;
  public static final int EVICTED = KeyspaceEvents.EVICTED;
  public static final int STREAM = KeyspaceEvents.STREAM;
  public static final int MISS = KeyspaceEvents.MISS;
  public static final int NEW = KeyspaceEvents.NEW;

  private static final int AS_CONFIGURED = -1;
  private static final byte[] NOTHING = {};

  private final BuiltinKeyspace keyspace;
  private int own = AS_CONFIGURED;

  KeyspaceNotifications(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Whether events of this class are published. */
  boolean wants(int eventClass) {
    return (classes() & eventClass) != 0;
  }

  /** The bits of {@link KeyspaceEvents} that are published. */
  public int classes() {
    return own == AS_CONFIGURED ? keyspace.home().eventClasses() : own;
  }

  /** Chooses what this keyspace publishes, whatever the server's own choice is. */
  public void choose(int classes) {
    own = classes;
  }

  void publish(int database, int eventClass, String event, byte[] key, int offset, int length) {
    int wanted = classes();
    byte[] name = event.getBytes(StandardCharsets.ISO_8859_1);
    OverviewChannels overview = heardBy(key, offset, length);
    byte[] before = keyspace.effects().prefix();
    if ((wanted & KeyspaceEvents.KEYSPACE) != 0) {
      byte[] channel = channel("__keyspace@", database, NOTHING, key, offset, length);
      keyspace
          .channels()
          .publishUnheard(Kind.CHANNEL, channel, 0, channel.length, name, 0, name.length);
      if (overview != null) {
        byte[] seen = channel("__keyspace@", database, before, key, offset, length);
        overview.tell(Kind.CHANNEL, seen, name);
      }
    }
    if ((wanted & KeyspaceEvents.KEYEVENT) != 0) {
      byte[] channel = channel("__keyevent@", database, NOTHING, name, 0, name.length);
      keyspace
          .channels()
          .publishUnheard(Kind.CHANNEL, channel, 0, channel.length, key, offset, length);
      if (overview != null) {
        byte[] seen = Arrays.copyOf(before, before.length + length);
        System.arraycopy(key, offset, seen, before.length, length);
        overview.tell(Kind.CHANNEL, channel, seen);
      }
    }
  }

  /** Shared keys are heard of once, from the keyspace that holds them. */
  private @Nullable OverviewChannels heardBy(byte[] key, int offset, int length) {
    OverviewChannels overview = keyspace.home().overheardBy();
    KeyRoutes routes = keyspace.routes();
    boolean elsewhere =
        routes instanceof Overview
            || (routes instanceof SharedRoutes shared && shared.cover(key, offset, length));
    return elsewhere ? null : overview;
  }

  private static byte[] channel(
      String head, int database, byte[] before, byte[] tail, int offset, int length) {
    byte[] start = (head + database + "__:").getBytes(StandardCharsets.ISO_8859_1);
    byte[] channel = Arrays.copyOf(start, start.length + before.length + length);
    System.arraycopy(before, 0, channel, start.length, before.length);
    System.arraycopy(tail, offset, channel, start.length + before.length, length);
    return channel;
  }
}
