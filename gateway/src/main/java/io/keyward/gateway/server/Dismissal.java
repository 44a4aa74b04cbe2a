package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.BuiltinKeyspace;
import java.util.List;
import java.util.function.Predicate;

/** Closes at once what is connected to a keyspace; its keys stay. */
public final class Dismissal {
  private Dismissal() {}

  /** Everybody who is there. */
  public static void ofAll(Server server, String prefix) {
    those(server, prefix, connection -> true);
  }

  /** Who reads streams over HTTP; the reader may come again. */
  public static void ofStreamReaders(Server server, String prefix) {
    those(server, prefix, connection -> !(connection instanceof Session));
  }

  private static void those(Server server, String prefix, Predicate<Client.Connection> leaving) {
    BuiltinKeyspace keyspace = server.engine().find(prefix);
    if (keyspace != null) {
      keyspace
          .loop()
          .execute(
              () ->
                  List.copyOf(keyspace.clients()).stream()
                      .map(Client::connection)
                      .filter(leaving)
                      .forEach(Client.Connection::abort));
    }
  }
}
