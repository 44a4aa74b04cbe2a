package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.acl.User;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the built-in engine keeps for one client. */
public final class ClientState {
  private final Client client;

  /** What it listens to; most clients never do, so that nothing is made for it before. */
  private Set<Key> channels = Set.of();

  private Set<Key> patterns = Set.of();
  private Set<Key> shardChannels = Set.of();
  private @Nullable Transaction transaction;
  private final Watches.Watcher watcher = new Watches.Watcher();
  private @Nullable BlockedCall blockedCall;
  private long blockedBytes;
  private User user;
  private boolean unfinished;
  private @Nullable Follower follower;
  private long spent;
  private long subscribedBytes;
  private long trackedBytes;
  private long countedKept;
  private long countedOutput;

  ClientState(Client client, User user) {
    this.client = client;
    this.user = user;
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

  /** Whose rules bind the client. */
  public User user() {
    return user;
  }

  void user(User whose) {
    user = whose;
  }

  public Set<Key> channels() {
    return Collections.unmodifiableSet(channels);
  }

  public Set<Key> patterns() {
    return Collections.unmodifiableSet(patterns);
  }

  public Set<Key> shardChannels() {
    return Collections.unmodifiableSet(shardChannels);
  }

  private Set<Key> names(Channels.Kind kind) {
    return switch (kind) {
      case CHANNEL -> channels;
      case PATTERN -> patterns;
      case SHARD_CHANNEL -> shardChannels;
    };
  }

  /** Notes a name that the client listens to; false if it does already. */
  boolean listen(Channels.Kind kind, Key name) {
    Set<Key> names = names(kind);
    if (names.isEmpty()) {
      names = new LinkedHashSet<>();
      switch (kind) {
        case CHANNEL -> channels = names;
        case PATTERN -> patterns = names;
        case SHARD_CHANNEL -> shardChannels = names;
      }
    }
    return names.add(name);
  }

  /** Forgets such a name; false if the client does not listen to it. */
  boolean unlisten(Channels.Kind kind, Key name) {
    Set<Key> names = names(kind);
    return !names.isEmpty() && names.remove(name);
  }

  /** All subscriptions that keep a RESP2 client from other commands. */
  public int subscriptions() {
    return channels.size() + patterns.size() + shardChannels.size();
  }

  /** Bytes that are kept for the client, its unread input and its output apart. */
  long kept() {
    Transaction begun = transaction;
    return ClientMemory.OF_EACH
        + blockedBytes
        + subscribedBytes
        + trackedBytes
        + client.namesBytes()
        + watcher.bytes()
        + (begun == null ? 0 : begun.memory());
  }

  /** Counts the names to which the client listens. */
  void subscribed(long change) {
    subscribedBytes += change;
  }

  /** Says how much the prefixes take that the client tracks. */
  public void tracked(long bytes) {
    trackedBytes = bytes;
  }

  long countedKept() {
    return countedKept;
  }

  void countedKept(long bytes) {
    countedKept = bytes;
  }

  long countedOutput() {
    return countedOutput;
  }

  void countedOutput(long bytes) {
    countedOutput = bytes;
  }

  /** What MULTI has begun, or null. */
  public @Nullable Transaction transaction() {
    return transaction;
  }

  public void transaction(@Nullable Transaction begun) {
    transaction = begun;
  }

  /** Ends the transaction, if there is one, and forgets what is watched. */
  public void endTransaction() {
    transaction = null;
    watcher.clear();
  }

  /** The keys that WATCH named. */
  public Watches.Watcher watcher() {
    return watcher;
  }

  /** Whether the client is a replica. */
  public boolean replica() {
    Follower known = follower;
    return known != null && known.follows();
  }

  /** What is known of a client that is going to be a replica or is one, or null. */
  public @Nullable Follower follower() {
    return follower;
  }

  /** Says that the client is going to be a replica. */
  public void follower(Follower known) {
    follower = known;
  }

  /** What the client waits for, or null. */
  public @Nullable BlockedCall blockedCall() {
    return blockedCall;
  }

  void blockedCall(@Nullable BlockedCall call) {
    blockedCall = call;
    blockedBytes = call == null ? 0 : call.memory();
  }

  /** Whether the client's command has not ended with its handler: it is counted at its end. */
  public boolean unfinished() {
    return unfinished;
  }

  public void unfinished(boolean goesOn) {
    unfinished = goesOn;
  }

  /** Adds to the nanoseconds that the unfinished command has taken. */
  void spend(long nanos) {
    spent += nanos;
  }

  /** The nanoseconds that the command has taken before; the next one begins at 0. */
  long takeSpent() {
    long before = spent;
    spent = 0;
    return before;
  }
}
