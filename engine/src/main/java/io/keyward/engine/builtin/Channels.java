package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.text.Glob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The channels of one keyspace and who listens: plain, by pattern, and sharded.
 *
 * <p>A message is written into each listener's outgoing bytes at once, so messages leave in the
 * order of publication. Cost: one look-up and one copy for each listener, and one match for each
 * distinct pattern.
 *
 * <p>A channel in a namespace that several keyspaces share, such as that of a stream's events, is
 * one channel for all of them: its messages reach those who listen in any.
 */
public final class Channels {
  /** The kinds of subscription. */
  public enum Kind {
    CHANNEL,
    PATTERN,
    SHARD_CHANNEL
  }

  private static final byte[] MESSAGE = {'m', 'e', 's', 's', 'a', 'g', 'e'};
  private static final byte[] PATTERN_MESSAGE = {'p', 'm', 'e', 's', 's', 'a', 'g', 'e'};
  private static final byte[] SHARD_MESSAGE = {'s', 'm', 'e', 's', 's', 'a', 'g', 'e'};

  /** What a subscription takes beside the bytes of its name. */
  private static final long SUBSCRIPTION = 200;

  private final BuiltinKeyspace keyspace;
  private final Map<Key, Set<Client>> channels = new LinkedHashMap<>();
  private final Map<Key, Set<Client>> patterns = new LinkedHashMap<>();
  private final Map<Key, Set<Client>> shardChannels = new LinkedHashMap<>();
  private final List<Channels> alone = List.of(this);
  private int subscriptions;

  Channels(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** The keyspaces in which those may listen who are to get what is published to a channel. */
  private List<Channels> audience(byte[] channel, int offset, int length) {
    BuiltinKeyspace holder = keyspace;
    if (keyspace.routes() instanceof SharedRoutes own) {
      if (!own.cover(channel, offset, length)) {
        return alone;
      }
      holder = own.holder();
    } else if (!keyspace.isShared()) {
      return alone;
    }
    List<Channels> all = new ArrayList<>();
    for (BuiltinKeyspace sharer : holder.sharers()) {
      if (sharer.routes() instanceof SharedRoutes its && its.cover(channel, offset, length)) {
        all.add(sharer.channels());
      }
    }
    return all;
  }

  /**
   * Sends a message to the channel's listeners, and to those of matching patterns unless the
   * channel is sharded.
   */
  public int publish(
      Kind kind,
      byte[] channel,
      int channelOffset,
      int channelLength,
      byte[] message,
      int messageOffset,
      int messageLength) {
    int receivers =
        publishUnheard(
            kind, channel, channelOffset, channelLength, message, messageOffset, messageLength);
    OverviewChannels overview = keyspace.home().overheardBy();
    if (overview != null) {
      overview.hear(
          keyspace,
          kind,
          channel,
          channelOffset,
          channelLength,
          message,
          messageOffset,
          messageLength);
    }
    return receivers;
  }

  /** As {@link #publish}, without the operator's hearing it. */
  int publishUnheard(
      Kind kind,
      byte[] channel,
      int channelOffset,
      int channelLength,
      byte[] message,
      int messageOffset,
      int messageLength) {
    keyspace.statistics().published();
    int receivers = 0;
    for (Channels each : audience(channel, channelOffset, channelLength)) {
      receivers +=
          each.deliver(
              kind, channel, channelOffset, channelLength, message, messageOffset, messageLength);
    }
    return receivers;
  }

  /** Sends a message to those who listen in this very keyspace. */
  int deliver(
      Kind kind,
      byte[] channel,
      int channelOffset,
      int channelLength,
      byte[] message,
      int messageOffset,
      int messageLength) {
    int receivers = 0;
    Map<Key, Set<Client>> named = of(kind);
    if (!named.isEmpty()) {
      Set<Client> listeners = named.get(Key.copyOf(channel, channelOffset, channelLength));
      if (listeners != null) {
        byte[] word = kind == Kind.SHARD_CHANNEL ? SHARD_MESSAGE : MESSAGE;
        for (Client listener : listeners) {
          Reply to = keyspace.pushes().to(listener);
          to.push(3);
          to.bulk(word);
          to.bulk(channel, channelOffset, channelLength);
          to.bulk(message, messageOffset, messageLength);
          receivers++;
        }
      }
    }
    if (kind == Kind.CHANNEL) {
      receivers +=
          deliverToPatterns(
              channel, channelOffset, channelLength, message, messageOffset, messageLength);
    }
    keyspace.statistics().delivered(receivers);
    return receivers;
  }

  private int deliverToPatterns(
      byte[] channel,
      int channelOffset,
      int channelLength,
      byte[] message,
      int messageOffset,
      int messageLength) {
    int receivers = 0;
    for (Map.Entry<Key, Set<Client>> pattern : patterns.entrySet()) {
      byte[] glob = pattern.getKey().bytes();
      if (Glob.matches(glob, 0, glob.length, channel, channelOffset, channelLength, false)) {
        for (Client listener : pattern.getValue()) {
          Reply to = keyspace.pushes().to(listener);
          to.push(4);
          to.bulk(PATTERN_MESSAGE);
          to.bulk(glob);
          to.bulk(channel, channelOffset, channelLength);
          to.bulk(message, messageOffset, messageLength);
          receivers++;
        }
      }
    }
    return receivers;
  }

  private Map<Key, Set<Client>> of(Kind kind) {
    return switch (kind) {
      case CHANNEL -> channels;
      case PATTERN -> patterns;
      case SHARD_CHANNEL -> shardChannels;
    };
  }

  /** The names of a kind to which a client listens. */
  public static Set<Key> own(ClientState state, Kind kind) {
    return switch (kind) {
      case CHANNEL -> state.channels();
      case PATTERN -> state.patterns();
      case SHARD_CHANNEL -> state.shardChannels();
    };
  }

  /** Lets a client listen; nothing changes if it does already. */
  public void subscribe(ClientState state, Kind kind, Key name) {
    if (state.listen(kind, name)) {
      of(kind).computeIfAbsent(name, k -> new LinkedHashSet<>()).add(state.client());
      subscriptions++;
      state.subscribed(name.bytes().length + SUBSCRIPTION);
      tell();
    }
  }

  /** Ends a client's listening; nothing changes if it does not listen. */
  public void unsubscribe(ClientState state, Kind kind, Key name) {
    if (state.unlisten(kind, name)) {
      subscriptions--;
      state.subscribed(-name.bytes().length - SUBSCRIPTION);
      tell();
      Set<Client> listeners = of(kind).get(name);
      if (listeners != null) {
        listeners.remove(state.client());
        if (listeners.isEmpty()) {
          of(kind).remove(name);
        }
      }
    }
  }

  private void tell() {
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.subscribed(subscriptions);
    }
    Overview overview = Overview.of(keyspace);
    if (overview != null) {
      overview.channels().listening(overview, subscriptions > 0);
    }
  }

  /** Ends all of a client's listening without a word to it. */
  public void unsubscribeAll(ClientState state) {
    if (state.subscriptions() == 0) {
      return;
    }
    for (Kind kind : Kind.values()) {
      for (Key name : Set.copyOf(own(state, kind))) {
        unsubscribe(state, kind, name);
      }
    }
  }

  /** How many subscriptions there are: each client counts once for each name. */
  public int subscriptions() {
    return subscriptions;
  }

  /** The names that have listeners. */
  public Collection<Key> names(Kind kind) {
    return Collections.unmodifiableSet(of(kind).keySet());
  }

  /** How many clients listen to this very name. */
  public int listeners(Kind kind, Key name) {
    return of(kind).getOrDefault(name, Set.of()).size();
  }

  /** As {@link #names}, with the shared channels that have listeners in other keyspaces alone. */
  public Collection<Key> namesOfAll(Kind kind) {
    if (!(keyspace.routes() instanceof SharedRoutes own)) {
      return names(kind);
    }
    Set<Key> all = new LinkedHashSet<>(of(kind).keySet());
    for (BuiltinKeyspace sharer : own.holder().sharers()) {
      if (sharer.routes() instanceof SharedRoutes its) {
        for (Key name : sharer.channels().of(kind).keySet()) {
          byte[] text = name.bytes();
          if (own.cover(text, 0, text.length) && its.cover(text, 0, text.length)) {
            all.add(name);
          }
        }
      }
    }
    return all;
  }

  /** As {@link #listeners}, with those in other keyspaces if the channel is shared with them. */
  public int listenersOfAll(Kind kind, Key name) {
    int listeners = 0;
    for (Channels each : audience(name.bytes(), 0, name.bytes().length)) {
      listeners += each.listeners(kind, name);
    }
    return listeners;
  }
}
