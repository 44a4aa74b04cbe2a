package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.text.Numbers;

/** Connections as CLIENT LIST shows them, and the names that may stand there. */
public final class ClientText {
  private ClientText() {}

  /**
   * Appends a client's line.
   *
   * <p>The gateway knows no file descriptor and shares its buffers among connections: fd is -1,
   * qbuf-free, rbs and rbp are 0; qbuf of the client that asks counts its request.
   */
  public static void append(StringBuilder to, Client client, Request asking) {
    append(to, client, asking, false);
  }

  /**
   * As the other; for the operator with the number that the client has among all connections, and
   * the prefix of the deployment where it is.
   */
  public static void append(StringBuilder to, Client client, Request asking, boolean forOperator) {
    long now = SteadyTime.millis();
    ClientState state = ClientState.of(client);
    Transaction transaction = state.transaction();
    boolean asks = client == asking.client();
    long current = asks ? wireLength(asking) : 0;
    // What the connection keeps may hold the request that asks, if it came in parts or had to wait.
    long input = asks ? current : client.connection().pendingInput();
    long output = client.connection().pendingOutput();
    long queued = transaction == null ? 0 : transaction.bytes();
    to.append("id=").append(forOperator ? client.serial() : client.id());
    to.append(" addr=").append(client.connection().remoteAddress());
    to.append(" laddr=").append(client.connection().localAddress());
    to.append(" fd=-1");
    to.append(" name=").append(client.nameText());
    to.append(" age=").append(Math.max(0, now - client.createdAt()) / 1000);
    to.append(" idle=").append(Math.max(0, now - client.lastInteraction()) / 1000);
    to.append(" flags=").append(flags(client, state));
    to.append(" db=").append(client.database());
    to.append(" sub=").append(state.channels().size());
    to.append(" psub=").append(state.patterns().size());
    to.append(" ssub=").append(state.shardChannels().size());
    to.append(" multi=").append(transaction == null ? -1 : transaction.queue().size());
    to.append(" qbuf=").append(input);
    to.append(" qbuf-free=0 argv-mem=0");
    to.append(" multi-mem=").append(queued);
    to.append(" rbs=0 rbp=0");
    to.append(" obl=").append(output);
    to.append(" oll=0 omem=").append(output);
    to.append(" tot-mem=").append(ClientMemory.of(client) + current);
    to.append(" events=r");
    to.append(" cmd=").append(client.lastCommand());
    to.append(" user=").append(client.user());
    to.append(" redir=").append(redirection(client));
    to.append(" resp=").append(client.reply().resp3() ? 3 : 2);
    to.append(" lib-name=").append(client.libraryName());
    to.append(" lib-ver=").append(client.libraryVersion());
    if (forOperator && client.keyspace() != null) {
      to.append(" deployment=").append(client.keyspace().prefix());
    }
    to.append('\n');
  }

  /** The bytes that a request takes as an array of bulk strings. */
  private static long wireLength(Request request) {
    long length = 3L + Numbers.integerLength(request.count());
    for (int i = 0; i < request.count(); i++) {
      length += 5L + Numbers.integerLength(request.length(i)) + request.length(i);
    }
    return length;
  }

  private static boolean monitors(Client client) {
    return client.keyspace() instanceof BuiltinKeyspace keyspace
        && keyspace.observation().monitors().has(client);
  }

  private static long redirection(Client client) {
    KeyTracker tracker =
        client.keyspace() instanceof BuiltinKeyspace keyspace ? keyspace.tracker() : null;
    return tracker == null ? -1 : tracker.redirection(client);
  }

  private static String flags(Client client, ClientState state) {
    StringBuilder flags = new StringBuilder();
    if (monitors(client)) {
      flags.append('O');
    }
    if (state.replica()) {
      flags.append('S');
    }
    if (state.subscriptions() > 0) {
      flags.append('P');
    }
    if (state.transaction() != null) {
      flags.append('x');
    }
    if (client.blocked() || client.turn() == Client.Turn.WAITS) {
      flags.append('b');
    }
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      KeyTracker tracker = keyspace.tracker();
      flags.append(tracker == null ? "" : tracker.flags(client));
    }
    if (state.watcher().touched()) {
      flags.append('d');
    }
    if (client.closing()) {
      flags.append('c');
    }
    if (client.connection().remoteAddress().startsWith("/")) {
      flags.append('U');
    }
    if (client.noEvict()) {
      flags.append('e');
    }
    if (client.noTouch()) {
      flags.append('T');
    }
    return flags.isEmpty() ? "N" : flags.toString();
  }

  /**
   * Checks a name for a client.
   *
   * @throws CommandException if it would break the lines of CLIENT LIST
   */
  public static void checkName(byte[] name) {
    checkAttribute(name, "Client names");
  }

  public static void checkAttribute(byte[] value, String what) {
    for (byte b : value) {
      if (b < '!' || b > '~') {
        throw CommandException.error(
            what + " cannot contain spaces, newlines or special characters.");
      }
    }
  }
}
