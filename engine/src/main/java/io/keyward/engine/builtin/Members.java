package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.acl.User;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients that have entered a keyspace, numbered as they came, and who they are there. */
public final class Members {
  private final BuiltinKeyspace keyspace;
  private final Map<Long, Client> clients = new LinkedHashMap<>();
  private long lastId;
  private boolean closed;

  Members(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Lets a client in, unless the keyspace has ended. */
  boolean enter(Client client) {
    if (closed) {
      return false;
    }
    client.keyspace(keyspace);
    lastId++;
    client.id(Overview.of(keyspace) == null ? lastId : client.serial());
    client.state(new ClientState(client, keyspace.access().defaultUser()));
    client.authenticated(client.authenticated() || keyspace.access().open());
    clients.put(client.id(), client);
    keyspace.clientMemory().kept(client, 0);
    return true;
  }

  /** Forgets a client and all that it waits for and listens to. */
  void leave(Client client) {
    BlockedClients.forget(client);
    keyspace.pause().forget(client);
    keyspace.observation().monitors().remove(client);
    KeyTracker told = keyspace.tracker();
    if (told != null) {
      told.forget(client);
    }
    ClientState state = ClientState.of(client);
    Follower follower = state.follower();
    if (follower != null) {
      follower.left();
    }
    keyspace.channels().unsubscribeAll(state);
    state.watcher().clear();
    Transaction begun = state.transaction();
    if (begun != null) {
      begun.end();
    }
    keyspace.clientMemory().forget(state);
    clients.remove(client.id(), client);
    Elsewhere other = keyspace.executor().elsewhere();
    if (other != null) {
      other.forget(client);
    }
    Overview overview = Overview.of(keyspace);
    if (overview != null) {
      overview.endMonitoring(client);
    }
    client.keyspace(null);
    client.state(null);
  }

  /** From now on the client is this user and bound by its rules. */
  public void logIn(Client client, User user) {
    ClientState.of(client).user(user);
    client.user(user.name());
    client.authenticated(true);
  }

  /** The client is again what it was when it came: the default user, if that needs no password. */
  public void logOut(Client client) {
    logIn(client, keyspace.access().defaultUser());
    client.authenticated(keyspace.access().open());
  }

  /** A client that stands for a script or the gateway: it has no socket and is not listed. */
  public Client internal(Reply reply) {
    Client client = new Client(0, new NoConnection(reply), reply, SteadyTime.millis());
    client.internal(true);
    client.authenticated(true);
    client.keyspace(keyspace);
    client.state(new ClientState(client, keyspace.access().unbound()));
    return client;
  }

  /** A client that stands for one of another home: it has no socket and is not listed. */
  public Client standIn(Client other, Client.Connection connection, Reply reply) {
    Client client = new Client(other.serial(), connection, reply, other.createdAt());
    client.authenticated(true);
    client.operator(other.operator());
    client.keyspace(keyspace);
    client.state(new ClientState(client, keyspace.access().unbound()));
    return client;
  }

  /** In the order of their coming. */
  public Collection<Client> all() {
    return Collections.unmodifiableCollection(clients.values());
  }

  /** How many have entered since the start. */
  public long entered() {
    return lastId;
  }

  /** The client of this id, or null. */
  public @Nullable Client of(long id) {
    return clients.get(id);
  }

  /** Closes every client, and lets nobody in any more. */
  void close() {
    closed = true;
    for (Client client : List.copyOf(clients.values())) {
      client.connection().abort();
    }
  }
}
