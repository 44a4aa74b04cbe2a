package io.keyward.engine;

import java.util.Collection;

/**
 * The data of one deployment: numbered databases, channels, scripts, blocked clients.
 *
 * <p>Every method is called on the keyspace's home loop.
 */
public interface Keyspace {
  /** The name that the operator, an upstream and files see before each key; may be empty. */
  String prefix();

  /** The loop that alone touches this keyspace. */
  Loop loop();

  /** Begins a run of requests that arrived together: the clock is read once for all. */
  void beginBurst();

  /** Whether the run of requests has lasted so long that others should have their turn. */
  boolean turnIsOver();

  /** Ends a run of requests. */
  void endBurst();

  /**
   * Learns which requests a client has sent, the first so many of these, before the first of them
   * is executed; whether all of them will be is not known.
   */
  void foresee(Client client, Request[] requests, int count);

  /** Executes one request of a client that has entered, and writes its reply. */
  void execute(Request request, Reply reply);

  /**
   * Lets a client in; its requests may follow.
   *
   * @return false if the keyspace has been dropped, so that nobody may enter
   */
  boolean enter(Client client);

  /** Forgets a client: what it watches, waits for and is subscribed to. */
  void leave(Client client);

  /** The clients that have entered, in the order of their coming. */
  Collection<Client> clients();

  /** Bytes that the keyspace's data takes at this moment. */
  long usedBytes();
}
