package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Placement;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set in the making, which is then sent or stored.
 *
 * <p>It takes slots of the keyspace, so whoever makes one ends it by {@link #store} or {@link
 * #discard}.
 */
public final class Result {
  private final Database database;
  private final OrderedMembers list;
  private final byte[] scratch;
  private int longest;
  private long packedBytes = Listpack.EMPTY_BYTES;

  public Result(Database database) {
    this.database = database;
    list = SortedSetValue.newMembers(database);
    scratch = database.keyspace().home().numberText();
  }

  int size() {
    return list.size();
  }

  /** Adds a member that is not in the result. */
  public void add(byte[] name, int offset, int length, double score) {
    list.insert(score, name, offset, length);
    longest = Math.max(longest, length);
  }

  /** Adds a member, or gives the one that is there the aggregate of both scores. */
  void combine(byte[] name, int offset, int length, double score, Aggregate aggregate) {
    int present = list.find(name, offset, length);
    if (present == OrderedMembers.NONE) {
      add(name, offset, length, score);
      return;
    }
    list.score(present, aggregate.of(list.score(present), score));
  }

  /** Writes all members in their order. */
  void send(Reply reply, boolean withScores) {
    reply.array(withScores && !reply.resp3() ? 2L * size() : size());
    for (int at = list.first(); at != OrderedMembers.NONE; at = list.next(at)) {
      if (withScores && reply.resp3()) {
        reply.array(2);
      }
      reply.bulk(list.bytes(at), list.nameOffset(at), list.nameLength(at));
      if (withScores) {
        reply.number(list.score(at));
      }
    }
  }

  /** Frees the members. */
  void discard() {
    database.placement().freeLater(list);
  }

  /** Makes this the value of a key, or removes the key if there is no member; replies the size. */
  public void store(Request request, Reply reply, int argument, String event) {
    Database acting = Database.of(request);
    Entry present = acting.write(request, argument);
    int size = size();
    if (size == 0) {
      discard();
      if (present != null) {
        acting.remove(present);
        acting.changed(request, argument, KeyspaceNotifications.GENERIC, "del");
      }
    } else {
      put(present, request, argument);
      acting.changed(request, argument, KeyspaceNotifications.SORTED_SET, event);
    }
    reply.integer(size);
  }

  private void put(@Nullable Entry present, Request request, int argument) {
    Placement placement = Database.of(request).placement();
    if (!SortedSetValue.mayPack(database, size(), longest) || !measure()) {
      Entry _ =
          placement.overwrite(
              present, request, argument, Type.SORTED_SET, Encoding.SKIPLIST, list, -1);
      return;
    }
    int room = (int) packedBytes;
    Entry entry =
        placement.overwrite(
            present, request, argument, Type.SORTED_SET, Encoding.LISTPACK, room, -1);
    ListpackEditor.initialize(entry);
    for (int at = list.first(); at != OrderedMembers.NONE; at = list.next(at)) {
      PackedMembers.append(
          entry, list.score(at), list.bytes(at), list.nameOffset(at), list.nameLength(at), scratch);
    }
    discard();
  }

  /** Finds what a listpack of the members would take, and says whether it may be that large. */
  private boolean measure() {
    for (int at = list.first(); at != OrderedMembers.NONE; at = list.next(at)) {
      packedBytes +=
          PackedMembers.pairBytes(
              list.score(at), list.bytes(at), list.nameOffset(at), list.nameLength(at), scratch);
    }
    return packedBytes <= SortedSetValue.MOST_PACKED_BYTES;
  }
}
