package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the built-in engine keeps for one client. */
public final class ClientState {
  private final Client client;
  private final Set<Key> channels = new LinkedHashSet<>();
  private final Set<Key> patterns = new LinkedHashSet<>();
  private final Set<Key> shardChannels = new LinkedHashSet<>();
  private @Nullable Transaction transaction;
  private final Watches.Watcher watcher = new Watches.Watcher();
  private @Nullable BlockedCall blockedCall;

  ClientState(Client client) {
    this.client = client;
  }

  /** The state of a client that has entered a keyspace. */
  public static ClientState of(Client client) {
    Object state = client.state();
    if (state == null) {
      throw new IllegalStateException("the client has entered no keyspace");
    }
    return (ClientState) state;
  }

  public Client client() {
    return client;
  }

  public Set<Key> channels() {
    return channels;
  }

  public Set<Key> patterns() {
    return patterns;
  }

  public Set<Key> shardChannels() {
    return shardChannels;
  }

  /** All subscriptions that keep a RESP2 client from other commands. */
  public int subscriptions() {
    return channels.size() + patterns.size() + shardChannels.size();
  }

  /** What MULTI has begun, or null. */
  public @Nullable Transaction transaction() {
    return transaction;
  }

  public void transaction(@Nullable Transaction begun) {
    transaction = begun;
  }

  /** The keys that WATCH named. */
  public Watches.Watcher watcher() {
    return watcher;
  }

  /** What the client waits for, or null. */
  public @Nullable BlockedCall blockedCall() {
    return blockedCall;
  }

  void blockedCall(@Nullable BlockedCall call) {
    blockedCall = call;
  }
}
