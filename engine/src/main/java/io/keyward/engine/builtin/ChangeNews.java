package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import java.util.List;

/**
 * Brings the news of changed keys of a database to WATCH, client-side caches, blocked clients and
 * the subscribers of keyspace events.
 */
final class ChangeNews {
  private final Database database;
  private final BuiltinKeyspace keyspace;

  ChangeNews(Database database) {
    this.database = database;
    keyspace = database.keyspace();
  }

  /** Tells of an effect of a change that has been counted. */
  void tell(byte[] key, int offset, int length, int eventClass, String event) {
    KeyRoutes routes = database.routes();
    if (routes != null) {
      Database holder = routes.lead(database, key, offset, length);
      if (holder != database) {
        int skipped = routes.skipped();
        holder.news().tellOwn(key, offset + skipped, length - skipped, eventClass, event);
        keyspace.waiting().with(holder.keyspace().waiting());
        return;
      }
    }
    tellOwn(key, offset, length, eventClass, event);
  }

  private void tellOwn(byte[] key, int offset, int length, int eventClass, String event) {
    if (!database.watches().isEmpty()) {
      database.watches().touched(key, offset, length);
    }
    KeyTracker tracker = keyspace.tracker();
    if (tracker != null) {
      tracker.changed(key, offset, length, ofItself(eventClass));
    }
    if (!database.blocked().isEmpty()) {
      database.blocked().ready(key, offset, length);
    }
    List<BuiltinKeyspace> sharers = keyspace.sharers();
    for (int i = 0; i < sharers.size(); i++) {
      tracker = sharers.get(i).tracker();
      if (tracker != null && sees(sharers.get(i), key, offset, length)) {
        tracker.changed(key, offset, length, ofItself(eventClass));
        sharers.get(i).settleSoon();
      }
    }
    announce(key, offset, length, eventClass, event);
  }

  /** Publishes an event of a key of this database, to all who see the key. */
  void announce(byte[] key, int offset, int length, int eventClass, String event) {
    if (keyspace.notifications().wants(eventClass)) {
      keyspace.notifications().publish(database.number(), eventClass, event, key, offset, length);
    }
    List<BuiltinKeyspace> sharers = keyspace.sharers();
    for (int i = 0; i < sharers.size(); i++) {
      KeyspaceNotifications notifications = sharers.get(i).notifications();
      if (notifications.wants(eventClass) && sees(sharers.get(i), key, offset, length)) {
        notifications.publish(database.number(), eventClass, event, key, offset, length);
      }
    }
  }

  /** Whether a keyspace sees a key of one of which it sees some. */
  private static boolean sees(BuiltinKeyspace sharer, byte[] key, int offset, int length) {
    return sharer.routes() instanceof SharedRoutes its && its.cover(key, offset, length);
  }

  private static boolean ofItself(int eventClass) {
    return eventClass == KeyspaceNotifications.EXPIRED
        || eventClass == KeyspaceNotifications.EVICTED;
  }

  /** Counts a change that only the subscribers of its event are told of. */
  void changedQuietly(Request request, int argument, int eventClass, String event) {
    keyspace.countChange();
    GlobalName name =
        new GlobalName(database)
            .of(database, request.bytes(), request.offset(argument), request.length(argument));
    name.holder().news().announce(name.bytes(), name.offset(), name.length(), eventClass, event);
  }

  /** Says that a command has asked for a key that is not there. */
  void missed(Request request, int argument) {
    if (keyspace.notifications().wants(KeyspaceNotifications.MISS)) {
      keyspace
          .notifications()
          .publish(
              database.number(),
              KeyspaceNotifications.MISS,
              "keymiss",
              request.bytes(),
              request.offset(argument),
              request.length(argument));
    }
  }
}
