package io.keyward.engine.builtin.tracking;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.KeyTracker;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the clients of one keyspace which of the keys that they may keep copies of have changed.
 *
 * <p>A message goes to others at once, to the client that makes the change after its reply, and
 * about prefixes when the requests that arrived together are over: so a client never meets a
 * message within a reply, nor after a later reply that shows the change.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/client-side-caching/">Redis on
 *     client-side caching</a>
 */
public final class Tracking implements KeyTracker {
  private static final byte[] CHANNEL = "__redis__:invalidate".getBytes(StandardCharsets.US_ASCII);

  /** Keys given up in one go after the limit has been lowered. */
  private static final int MOST_AT_ONCE = 1000;

  private final BuiltinKeyspace keyspace;
  private final Map<Client, Tracked> clients = new HashMap<>();
  private final ReadKeys readKeys;
  private final Broadcasts broadcasts = new Broadcasts();

  private Tracking(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    readKeys = new ReadKeys(keyspace.account());
  }

  /** The tracking of a keyspace. */
  public static Tracking of(BuiltinKeyspace keyspace) {
    return keyspace.attachments().get(Tracking.class, Tracking::new);
  }

  /** How many clients track keys. */
  public int clients() {
    return clients.size();
  }

  /** How many keys are remembered as read. */
  public int totalKeys() {
    return readKeys.size();
  }

  /** How many pairs of such a key and a client. */
  public long totalItems() {
    return readKeys.items();
  }

  /** How many prefixes are listened to. */
  public int totalPrefixes() {
    return broadcasts.size();
  }

  /** What a client tracks, or null. */
  @Nullable Tracked tracked(Client client) {
    return clients.get(client);
  }

  @Override
  public long redirection(Client client) {
    Tracked tracked = clients.get(client);
    return tracked == null ? -1 : tracked.redirection();
  }

  @Override
  public String flags(Client client) {
    Tracked tracked = clients.get(client);
    if (tracked == null) {
      return "";
    }
    return "t" + (tracked.redirectionBroken() ? "R" : "") + (tracked.broadcast() ? "B" : "");
  }

  /** Begins to track for a client, or goes on. */
  Tracked on(Client client, boolean broadcast) {
    keyspace.tracker(this);
    return clients.computeIfAbsent(client, k -> new Tracked(client, broadcast));
  }

  /** Lets a client be told of the keys with a prefix. */
  void listen(Tracked tracked, Key prefix) {
    broadcasts.add(prefix, tracked);
  }

  /** Ends a client's tracking, if it does. */
  public void off(Client client) {
    Tracked tracked = clients.remove(client);
    if (tracked == null) {
      return;
    }
    broadcasts.remove(tracked);
    tracked.end();
    if (clients.isEmpty()) {
      readKeys.clear();
      keyspace.tracker(null);
    }
  }

  @Override
  public void forget(Client client) {
    off(client);
  }

  @Override
  public void read(Request request, Command command) {
    Client current = keyspace.current();
    Client reader = current == null ? request.client() : current;
    Tracked tracked = clients.get(reader);
    if (tracked == null
        || !tracked.remembers()
        || command.group() == CommandGroup.SCRIPTING
        || command.has(CommandFlag.PUBSUB)) {
      return;
    }
    int before = readKeys.size();
    try {
      command.keys(request, argument -> remember(request, argument, tracked));
    } catch (CommandException malformed) {
      // The command has refused its arguments: it has read nothing beyond what is noted.
    }
    giveUp(readKeys.size() - before);
  }

  private void remember(Request request, int argument, Tracked reader) {
    readKeys.add(
        Key.copyOf(request.bytes(), request.offset(argument), request.length(argument)), reader);
  }

  /**
   * Gives up as many keys as are beyond the limit, but at most so many; and more as long as there
   * is no memory for them, since it is reads that fill it.
   */
  private void giveUp(int most) {
    long limit = keyspace.home().settings().number(Directive.TRACKING_TABLE_MAX_KEYS);
    for (int i = 0; i < most && limit > 0 && readKeys.size() > limit; i++) {
      invalidate(readKeys.eldest());
    }
    if (most > 0) {
      while (readKeys.size() > 0 && keyspace.home().memoryLimit().heapIsFull()) {
        invalidate(readKeys.eldest());
      }
    }
  }

  @Override
  public void ended(Client client) {
    Tracked tracked = clients.get(client);
    if (tracked != null
        && tracked.caching()
        && ClientState.of(client).transaction() == null
        && !client.lastCommand().startsWith("client|")) {
      tracked.caching(false);
    }
  }

  @Override
  public void changed(byte[] key, int offset, int length, boolean ofItself) {
    Key changed = Key.copyOf(key, offset, length);
    if (broadcasts.size() > 0) {
      broadcasts.changed(changed, ofItself ? null : keyspace.current());
    }
    invalidate(changed);
  }

  private void invalidate(Key key) {
    Client current = keyspace.current();
    for (Tracked reader : readKeys.take(key)) {
      Client client = reader.client();
      if (client != null && !(reader.notOwnChanges() && client == current)) {
        send(
            reader,
            message -> {
              message.array(1);
              message.bulk(key.bytes());
            });
      }
    }
  }

  @Override
  public void emptied() {
    readKeys.clear();
    for (Tracked tracked : List.copyOf(clients.values())) {
      send(tracked, Reply::nothing);
    }
  }

  @Override
  public void settle() {
    broadcasts.tell((to, keys) -> send(to, message -> message.raw(keys.bytes(), 0, keys.length())));
    giveUp(MOST_AT_ONCE);
  }

  /**
   * Sends a message in the protocol of the client that gets it: a push in RESP3; in RESP2 a message
   * on a channel, if the client is another one and listens to anything.
   */
  private void send(Tracked tracked, Consumer<Reply> keys) {
    Client client = tracked.client();
    if (client == null) {
      return;
    }
    Client target = client;
    if (tracked.redirection() != 0) {
      target = keyspace.members().of(tracked.redirection());
      if (target == null || target.closing()) {
        tellBroken(tracked, client);
        return;
      }
    }
    if (target.reply().resp3()) {
      Reply to = keyspace.pushes().to(target);
      to.push(2);
      to.bulk("invalidate");
      keys.accept(to);
    } else if (target != client && ClientState.of(target).subscriptions() > 0) {
      Reply to = keyspace.pushes().to(target);
      to.push(3);
      to.bulk("message");
      to.bulk(CHANNEL);
      keys.accept(to);
    }
  }

  private void tellBroken(Tracked tracked, Client client) {
    tracked.breakRedirection();
    if (client.reply().resp3()) {
      Reply to = keyspace.pushes().to(client);
      to.push(2);
      to.bulk("tracking-redir-broken");
      to.integer(tracked.redirection());
    }
  }

  /** The flags of CLIENT TRACKINGINFO. */
  List<String> describe(Client client) {
    Tracked tracked = clients.get(client);
    List<String> flags = new ArrayList<>();
    flags.add(tracked == null ? "off" : "on");
    if (tracked == null) {
      return flags;
    }
    if (tracked.broadcast()) {
      flags.add("bcast");
    }
    switch (tracked.choice()) {
      case ALL -> {}
      case OPTED_IN -> {
        flags.add("optin");
        if (tracked.caching()) {
          flags.add("caching-yes");
        }
      }
      case NOT_OPTED_OUT -> {
        flags.add("optout");
        if (tracked.caching()) {
          flags.add("caching-no");
        }
      }
    }
    if (tracked.notOwnChanges()) {
      flags.add("noloop");
    }
    if (tracked.redirectionBroken()) {
      flags.add("broken_redirect");
    }
    return flags;
  }
}
