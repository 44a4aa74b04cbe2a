package io.keyward.engine.builtin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The memory that the clients of one keyspace take: unread input, output that they have not taken,
 * queues of MULTI, names of channels, watched keys and tracked prefixes.
 *
 * <p>It is counted when a client's requests have been executed, when its output has been sent, and
 * once a second. Where there is too much of it, the clients that take most are cut off, unless they
 * are spared by CLIENT NO-EVICT.
 */
public final class ClientMemory {
  /** What a connection takes that does nothing, roughly: its objects and those of its socket. */
  static final int OF_EACH = 4096;

  private final BuiltinKeyspace keyspace;
  private final MemoryGuard guard;
  private long bytes;
  private long cutOff;

  ClientMemory(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    this.guard = keyspace.home().guard();
  }

  /** Bytes of all clients, as counted last. */
  public long bytes() {
    return bytes;
  }

  /** Clients that were cut off since all together took too much. */
  public long cutOff() {
    return cutOff;
  }

  /** Begins to count anew. */
  public void reset() {
    cutOff = 0;
  }

  /** Bytes that one client takes. */
  public static long of(Client client) {
    return ClientState.of(client).kept()
        + client.connection().occupiedInput()
        + client.connection().pendingOutput();
  }

  /** Whether a client's input may take so many bytes more. */
  public boolean hasRoom(long more) {
    return guard.hasRoomForClients(more, keyspace.home().memory().ofAll());
  }

  /** Counts what a client keeps after its requests have been executed. */
  public void kept(Client client, long input) {
    if (client.state() instanceof ClientState state) {
      long now = state.kept() + input;
      if (now != state.countedKept()) {
        long change = now - state.countedKept();
        state.countedKept(now);
        count(change);
      }
    }
  }

  /** Counts the output that a client has not taken. */
  public void output(Client client, long pending) {
    if (client.state() instanceof ClientState state && pending != state.countedOutput()) {
      long change = pending - state.countedOutput();
      state.countedOutput(pending);
      count(change);
    }
  }

  /** The client has left, or is about to. */
  void forget(ClientState state) {
    long change = -state.countedKept() - state.countedOutput();
    state.countedKept(0);
    state.countedOutput(0);
    count(change);
  }

  private void add(long change) {
    boolean any = bytes > 0;
    bytes += change;
    guard.clients(change);
    if (any != bytes > 0) {
      keyspace.home().clientCuts().takesMemory(this, !any);
    }
  }

  private void count(long change) {
    add(change);
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.clientsTake(bytes);
    }
    if (change > 0 && tooMuch()) {
      // Not now: a command may be walking through the clients.
      keyspace.home().clientCuts().soon(this);
    }
  }

  /** Whether the clients take more than they may, those of this keyspace or all together. */
  public boolean tooMuch() {
    Limits limits = keyspace.limits();
    return (limits != null && limits.clientsTakeTooMuch(bytes))
        || guard.clientsTakeTooMuch(keyspace.home());
  }

  /** Cuts off clients of this keyspace until they are within its own limit. */
  void cutToLimit() {
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.count(Limit.CLIENT_MEMORY, cutBiggest(() -> !limits.clientsTakeTooMuch(bytes)));
    }
  }

  /**
   * Cuts off clients, those that take most first. CLIENT NO-EVICT spares who administers the
   * gateway; of a deployment the others go first, but then those too, or it would hurt others.
   *
   * @param enough tells when to stop
   * @return how many
   */
  int cutBiggest(BooleanSupplier enough) {
    List<Client> biggest = new ArrayList<>();
    for (Client client : keyspace.clients()) {
      if (!(client.noEvict() && client.operator()) && counted(client) > OF_EACH) {
        biggest.add(client);
      }
    }
    biggest.sort(
        Comparator.comparing((Client client) -> client.noEvict())
            .thenComparing(Comparator.comparingLong(ClientMemory::counted).reversed()));
    int cut = 0;
    for (Client client : biggest) {
      if (enough.getAsBoolean()) {
        break;
      }
      ClientState state = ClientState.of(client);
      long taken = state.countedKept() + state.countedOutput();
      state.countedKept(0);
      state.countedOutput(0);
      add(-taken);
      cut++;
      client.connection().cutOff();
    }
    cutOff += cut;
    return cut;
  }

  /** Bytes that one client takes, as counted last; another thread may see an older figure. */
  public static long counted(Client client) {
    return client.closing() || !(client.state() instanceof ClientState state)
        ? 0
        : state.countedKept() + state.countedOutput();
  }
}
