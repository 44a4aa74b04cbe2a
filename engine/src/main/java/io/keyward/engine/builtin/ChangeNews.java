package io.keyward.engine.builtin;

import io.keyward.engine.Request;

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
    if (!database.watches().isEmpty()) {
      database.watches().touched(key, offset, length);
    }
    KeyTracker tracker = keyspace.tracker();
    if (tracker != null) {
      boolean ofItself =
          eventClass == KeyspaceNotifications.EXPIRED
              || eventClass == KeyspaceNotifications.EVICTED;
      tracker.changed(key, offset, length, ofItself);
    }
    if (!database.blocked().isEmpty()) {
      database.blocked().ready(key, offset, length);
    }
    if (keyspace.notifications().wants(eventClass)) {
      keyspace.notifications().publish(database.number(), eventClass, event, key, offset, length);
    }
  }

  /** Counts a change that only the subscribers of its event are told of. */
  void changedQuietly(Request request, int argument, int eventClass, String event) {
    keyspace.countChange();
    if (keyspace.notifications().wants(eventClass)) {
      keyspace
          .notifications()
          .publish(
              database.number(),
              eventClass,
              event,
              request.bytes(),
              request.offset(argument),
              request.length(argument));
    }
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
