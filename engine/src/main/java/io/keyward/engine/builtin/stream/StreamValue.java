package io.keyward.engine.builtin.stream;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Type;
import org.jspecify.annotations.Nullable;

/** Finds and makes the stream of a key. */
final class StreamValue {
  private StreamValue() {}

  /** The stream for reading, or null; WRONGTYPE if the key holds something else. */
  static @Nullable Stream read(Request request, int argument) {
    Entry entry = Database.of(request).read(request, argument, Type.STREAM);
    return entry == null ? null : (Stream) entry.held();
  }

  /** The stream for changing it, or null; WRONGTYPE if the key holds something else. */
  static @Nullable Stream write(Request request, int argument) {
    Entry entry = Database.of(request).write(request, argument, Type.STREAM);
    if (entry == null) {
      return null;
    }
    Stream stream = (Stream) entry.held();
    entry.database().changes(stream);
    return stream;
  }

  /** A new, empty stream at a key that is not there. */
  static Stream create(Request request, int argument) {
    Database database = Database.of(request);
    Database holder = database.holderOf(request, argument);
    Stream stream = holder.begin(new Stream(holder));
    Entry _ =
        database
            .placement()
            .overwrite(null, request, argument, Type.STREAM, Encoding.STREAM, stream, -1);
    holder.changes(stream);
    return stream;
  }

  /** Takes away a stream that has just been made, and that nobody has been told of. */
  static void takeBack(Request request, int argument) {
    Database database = Database.of(request);
    Entry entry = database.peek(request, argument, database.view());
    if (entry != null) {
      database.remove(entry);
    }
  }

  /** Accounts for a change and says that it was made. */
  static void changed(Request request, int argument, Stream stream, String event) {
    stream.settle();
    Database.of(request).changed(request, argument, KeyspaceNotifications.STREAM, event);
  }

  /** Accounts for a change of groups and says it to those who listen to events, as Redis does. */
  static void changedGroup(Request request, int argument, Stream stream, String event) {
    stream.settle();
    Database.of(request).changedQuietly(request, argument, KeyspaceNotifications.STREAM, event);
  }

  /** Room for the text of an id. */
  static byte[] scratch(Request request) {
    return Database.of(request).keyspace().home().numberText();
  }
}
