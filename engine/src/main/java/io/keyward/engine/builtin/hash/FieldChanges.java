package io.keyward.engine.builtin.hash;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.KeyspaceNotifications;

/** Gives fields of one hash times at which they expire, and tells in the end what has happened. */
final class FieldChanges {
  private final Request request;
  private final Entry hash;
  private final Effects effects;
  private int timed;
  private int persisted;
  private int deleted;

  FieldChanges(Request request, Entry hash) {
    this.request = request;
    this.hash = hash;
    effects = Database.of(request).keyspace().effects();
  }

  /** Lets the field that an argument names expire at a time, or removes it if that is past. */
  void expireAt(int argument, long time) {
    byte[] bytes = request.bytes();
    int offset = request.offset(argument);
    int length = request.length(argument);
    if (time <= request.now()) {
      delete(argument);
    } else {
      HashValue.expireAt(hash, bytes, offset, length, time);
      timed++;
      if (effects.wanted()) {
        effects.begin(request, "HPEXPIREAT", 6).key(request, 1).number(time);
        effects.argument("FIELDS").number(1).argument(request, argument).end();
      }
    }
  }

  /** Lets the field that an argument names stay for ever, and says whether it was to expire. */
  boolean persist(int argument) {
    byte[] bytes = request.bytes();
    int offset = request.offset(argument);
    int length = request.length(argument);
    if (HashValue.expiry(hash, bytes, offset, length) == FieldExpiry.NEVER) {
      return false;
    }
    HashValue.expireAt(hash, bytes, offset, length, FieldExpiry.NEVER);
    persisted++;
    if (effects.wanted()) {
      effects.begin(request, "HPERSIST", 5).key(request, 1);
      effects.argument("FIELDS").number(1).argument(request, argument).end();
    }
    return true;
  }

  /** Removes the field that an argument names. */
  void delete(int argument) {
    HashValue.delete(hash, request.bytes(), request.offset(argument), request.length(argument));
    deleted++;
    if (effects.wanted()) {
      effects.begin(request, "HDEL", 3).key(request, 1).argument(request, argument).end();
    }
  }

  /**
   * Says what has been changed, and removes a hash that has become empty.
   *
   * @param toldAlready whether the request's change of this hash has been counted before
   */
  void tell(boolean toldAlready) {
    if (timed + persisted + deleted == 0) {
      return;
    }
    Database database = Database.of(request);
    boolean emptied = HashValue.size(hash) == 0;
    if (emptied) {
      database.remove(hash);
    }
    String event = deleted > 0 ? "hdel" : timed > 0 ? "hexpire" : "hpersist";
    if (toldAlready) {
      database.alsoChanged(request, 1, KeyspaceNotifications.HASH, event);
    } else {
      database.changed(request, 1, KeyspaceNotifications.HASH, event);
    }
    if (emptied) {
      database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "del");
    }
  }
}
