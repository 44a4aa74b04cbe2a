package io.keyward.engine.builtin.set;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import org.jspecify.annotations.Nullable;

/** The sets that set algebra reads, and the key that it writes to. */
final class SourceSets {
  private SourceSets() {}

  /** A view for each key from one argument to another; null where there is no key. */
  static @Nullable Entry[] read(Request request, int from, int to) {
    Database database = Database.of(request);
    @Nullable Entry[] sets = new Entry[to - from + 1];
    long members = 0;
    for (int i = 0; i < sets.length; i++) {
      Slices.step(request);
      Entry set = database.read(request, from + i, Type.SET, database.newView());
      sets[i] = set;
      members += set == null ? 0 : SetValue.size(set);
    }
    Slices.expect(request, members);
    return sets;
  }

  /** Makes a result the value of the key at argument 1 and answers its size; none removes it. */
  static void store(Request request, @Nullable NewSet result, String event, Reply reply) {
    Database database = Database.of(request);
    if (result == null || result.size() == 0) {
      if (result != null) {
        result.discard();
      }
      Entry present = database.write(request, 1);
      if (present != null) {
        database.remove(present);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
      }
      reply.integer(0);
      return;
    }
    int size = result.size();
    result.store(request, 1);
    database.changed(request, 1, KeyspaceNotifications.SET, event);
    reply.integer(size);
  }
}
