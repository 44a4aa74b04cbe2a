package io.keyward.engine.builtin.debug;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import java.nio.charset.StandardCharsets;

/** DEBUG OBJECT and HTSTATS: how a value and a database are kept. */
final class Inspection {
  private static final CommandException NO_SUCH_DATABASE =
      CommandException.error("Out of range database");

  private Inspection() {}

  /** The place of a value is that of its slot in the pages, which changes when it moves. */
  static void value(Request request, Reply reply) {
    Database database = Database.of(request);
    // Also of a key whose time is up, as long as nobody else has asked for it.
    Entry entry =
        database.locate(request.bytes(), request.offset(2), request.length(2), database.newView());
    if (entry == null) {
      throw Errors.NO_SUCH_KEY;
    }
    long size = entry.encoding().held() ? entry.held().memoryBytes() : entry.capacity();
    reply.simple(
        "Value at:0x"
            + Integer.toHexString(entry.reference())
            + " refcount:1 encoding:"
            + entry.encoding().wireName()
            + " serializedlength:"
            + size
            + " lru:"
            + entry.clock()
            + " lru_seconds_idle:"
            + (entry.pinned() ? 0 : database.keyspace().home().clock().idleSeconds(entry.clock())));
  }

  static void dictionary(Request request, Reply reply) {
    Database any = Database.of(request);
    long number = request.integer(2);
    if (number < 0 || number >= any.keyspace().databases().count()) {
      throw NO_SUCH_DATABASE;
    }
    Database database = any.keyspace().databases().at((int) number);
    String text =
        "[Dictionary HT]\nHash table 0 stats (main hash table):\n table size: "
            + database.buckets()
            + "\n number of elements: "
            + database.size()
            + "\n[Expires HT]\nMarked in the main hash table:\n number of elements: "
            + database.expiring()
            + "\n";
    reply.verbatim("txt", text.getBytes(StandardCharsets.US_ASCII));
  }
}
