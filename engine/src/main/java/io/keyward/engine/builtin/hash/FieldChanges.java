package io.keyward.engine.builtin.hash;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.KeyspaceNotifications;

/** Gives fields of one hash times at which they expire, and tells in the end what has happened. */
final class FieldChanges {
  private final Request request;
  private final Entry hash;
  private int timed;
  private int persisted;
  private int deleted;

  FieldChanges(Request request, Entry hash) {
    this.request = request;
    this.hash = hash;
  }

  /** Lets the field that an argument names expire at a time, or removes it if that is past. */
  void expireAt(int argument, long time) {
    byte[] bytes = request.bytes();
    int offset = request.offset(argument);
    int length = request.length(argument);
    if (time <= request.now()) {
      HashValue.delete(hash, bytes, offset, length);
      deleted++;
    } else {
      HashValue.expireAt(hash, bytes, offset, length, time);
      timed++;
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
    return true;
  }

  /** Removes the field that an argument names. */
  void delete(int argument) {
    HashValue.delete(hash, request.bytes(), request.offset(argument), request.length(argument));
    deleted++;
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
    Database database = hash.database();
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
