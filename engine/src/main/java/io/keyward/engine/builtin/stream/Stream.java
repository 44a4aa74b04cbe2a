package io.keyward.engine.builtin.stream;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Timeline;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Listpack;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stream: its entries in nodes, what is known of ids that have been there, and its consumer
 * groups in the order of their names.
 *
 * <p>Whoever changes a stream calls {@link #settle()} once afterwards, which accounts for the bytes
 * to the keyspace.
 */
final class Stream implements Held, Timeline {
  /** Redis does not let a node grow beyond this. */
  static final int MOST_NODE_BYTES = 1 << 30;

  /** This object with its cursor and index, without their arrays. */
  private static final int OBJECT_BYTES = 240;

  private static final int GROUP_SLOT_BYTES = 48;

  private MemoryAccount account;

  /** What the stream takes, counting what it has in common with others only where it was made. */
  private final MemoryAccount once = new MemoryAccount();

  /** What the stream takes. */
  private final MemoryAccount tally = new MemoryAccount(once);

  private final NodeIndex nodes = new NodeIndex(tally);
  private final EntryCursor cursor = new EntryCursor(nodes);
  private final TreeMap<Key, Group> groups = new TreeMap<>(Key.ORDER);
  private StreamTotals totals;
  private long accounted;
  private long accountedOnce;
  private long counted;

  private long length;
  private long lastMs;
  private long lastSeq;
  private long firstMs;
  private long firstSeq;
  private StreamId maxDeleted = StreamId.MIN;
  private long added;

  Stream(Database database) {
    this(database.account(), StreamTotals.of(database.keyspace()));
  }

  private Stream(MemoryAccount account, StreamTotals totals) {
    this.account = account;
    this.totals = totals;
    totals.add(1, 0);
    tally.add(OBJECT_BYTES);
    settle();
  }

  /** The number of entries. */
  long length() {
    return length;
  }

  @Override
  public long entries() {
    return length;
  }

  @Override
  public long oldestMillis() {
    return firstMs;
  }

  @Override
  public long newestMillis() {
    return lastMs;
  }

  @Override
  public int groupCount() {
    return groups.size();
  }

  /** The id of the first entry, {@link StreamId#MIN} if there is none. */
  StreamId first() {
    return new StreamId(firstMs, firstSeq);
  }

  /** The greatest id that has been given, or set by XSETID. */
  StreamId last() {
    return new StreamId(lastMs, lastSeq);
  }

  long lastMs() {
    return lastMs;
  }

  long lastSeq() {
    return lastSeq;
  }

  void last(StreamId id) {
    lastMs = id.ms();
    lastSeq = id.seq();
  }

  /** The greatest id that XDEL has deleted. */
  StreamId maxDeleted() {
    return maxDeleted;
  }

  void maxDeleted(StreamId id) {
    maxDeleted = id;
  }

  /** How many entries have ever been added. */
  long added() {
    return added;
  }

  void added(long entries) {
    added = entries;
  }

  NodeIndex nodes() {
    return nodes;
  }

  /* Entries. */

  /** A walk over a range from its least id on. */
  EntryCursor forward(long fromMs, long fromSeq, long toMs, long toSeq) {
    return cursor.forward(fromMs, fromSeq, toMs, toSeq);
  }

  /** A walk over a range from its greatest id on. */
  EntryCursor backward(long fromMs, long fromSeq, long toMs, long toSeq) {
    return cursor.backward(fromMs, fromSeq, toMs, toSeq);
  }

  /** The cursor at the entry of this id, or null. */
  @Nullable EntryCursor find(long ms, long seq) {
    EntryCursor at = cursor.forward(ms, seq, ms, seq);
    return at.next() ? at : null;
  }

  /** Whether there is an entry with a greater id. */
  boolean hasAfter(long ms, long seq) {
    if (length == 0 || StreamId.compare(lastMs, lastSeq, ms, seq) <= 0) {
      return false;
    }
    EntryCursor at = cursor.backward(0, 0, -1, -1);
    return at.next() && StreamId.compare(at.ms(), at.seq(), ms, seq) > 0;
  }

  /** The id of the last entry, or null. */
  @Nullable StreamId lastEntry() {
    EntryCursor at = cursor.backward(0, 0, -1, -1);
    return at.next() ? at.id() : null;
  }

  /**
   * Adds an entry, whose id is beyond the last.
   *
   * @param firstField the argument that is the first field; values and fields alternate from there
   */
  void add(
      long ms,
      long seq,
      Request request,
      int firstField,
      int fields,
      long maxBytes,
      long maxCount) {
    int node = nodes.size() - 1;
    if (node >= 0 && isFull(nodes.bytes(node), request, firstField, maxBytes, maxCount)) {
      nodes.trim(node, Listpack.totalBytes(nodes.bytes(node), 0));
      node = -1;
    }
    if (node < 0) {
      addNode(ms, seq, request, firstField, fields);
    } else {
      StreamNode.append(
          nodes.select(node),
          ms - nodes.ms(node),
          seq - nodes.seq(node),
          request,
          firstField,
          fields);
    }
    length++;
    added++;
    lastMs = ms;
    lastSeq = seq;
    if (length == 1) {
      firstMs = ms;
      firstSeq = seq;
    }
  }

  /** Adds a node with one entry, or nothing if there is no memory for that. */
  private void addNode(long ms, long seq, Request request, int firstField, int fields) {
    nodes.append(ms, seq, new byte[64]);
    int node = nodes.size() - 1;
    try {
      StreamNode.create(nodes.select(node), request, firstField, fields);
      StreamNode.append(nodes.select(node), 0, 0, request, firstField, fields);
    } catch (OutOfMemoryError full) {
      nodes.remove(node);
      throw full;
    }
  }

  private static boolean isFull(
      byte[] node, Request request, int firstField, long maxBytes, long maxCount) {
    long mostBytes = maxBytes == 0 ? MOST_NODE_BYTES : Math.min(maxBytes, MOST_NODE_BYTES);
    if (Listpack.totalBytes(node, 0) + textBytes(request, firstField) >= mostBytes) {
      return true;
    }
    return maxCount > 0 && StreamNode.entries(node) + StreamNode.deleted(node) >= maxCount;
  }

  /** The bytes of the fields and values of an entry that is to be added. */
  static long textBytes(Request request, int firstField) {
    long total = 0;
    for (int i = firstField; i < request.count(); i++) {
      total += request.length(i);
    }
    return total;
  }

  /** Adds a sound node behind all others; false if its id is not beyond theirs. */
  boolean appendNode(long ms, long seq, byte[] listpack) {
    int before = nodes.size() - 1;
    if (before >= 0 && StreamId.compare(nodes.ms(before), nodes.seq(before), ms, seq) >= 0) {
      return false;
    }
    nodes.append(ms, seq, listpack);
    length += StreamNode.entries(listpack);
    return true;
  }

  /** Deletes the entry of this id; false if there is none. */
  boolean delete(StreamId id) {
    EntryCursor at = find(id.ms(), id.seq());
    if (at == null) {
      return false;
    }
    if (StreamNode.entries(nodes.bytes(at.node())) == 1) {
      nodes.remove(at.node());
    } else {
      StreamNode.makeRoom(nodes.select(at.node()));
      StreamNode.markDeleted(nodes.bytes(at.node()), at.flagsAt());
      StreamNode.countDeleted(nodes.select(at.node()), 1);
    }
    length--;
    if (id.compareTo(maxDeleted) > 0) {
      maxDeleted = id;
    }
    if (id.ms() == firstMs && id.seq() == firstSeq) {
      refreshFirst();
    }
    return true;
  }

  /** Takes the first node away; returns how many entries it had. */
  long removeFirstNode() {
    long entries = StreamNode.entries(nodes.bytes(0));
    nodes.remove(0);
    length -= entries;
    return entries;
  }

  /** Says that so many, but not all, entries of a node have been marked as deleted. */
  void countDeleted(int node, long marked) {
    StreamNode.countDeleted(nodes.select(node), marked);
    length -= marked;
  }

  /** Finds out anew which entry is the first. */
  void refreshFirst() {
    EntryCursor at = cursor.forward(0, 0, -1, -1);
    boolean any = at.next();
    firstMs = any ? at.ms() : 0;
    firstSeq = any ? at.seq() : 0;
  }

  /* Consumer groups. */

  /** The groups in the order of their names. */
  Collection<Group> groups() {
    return groups.values();
  }

  @Nullable Group group(Request request, int argument) {
    return groups.isEmpty()
        ? null
        : groups.get(
            Key.copyOf(request.bytes(), request.offset(argument), request.length(argument)));
  }

  @Nullable Group group(Key name) {
    return groups.get(name);
  }

  /** Adds a group of a name that is not there. */
  Group addGroup(Key name, StreamId last, long entriesRead) {
    Group group = new Group(name, last, entriesRead, tally);
    try {
      groups.put(name, group);
    } catch (OutOfMemoryError full) {
      group.free();
      throw full;
    }
    tally.add(GROUP_SLOT_BYTES);
    return group;
  }

  void removeGroup(Group group) {
    groups.remove(group.name());
    group.free();
    tally.add(-GROUP_SLOT_BYTES);
  }

  /* Held. */

  /** Accounts for the bytes and entries that a change has added or taken away. */
  void settle() {
    long present = tally.bytes();
    long change = present - accounted;
    if (change != 0) {
      account.add(change);
      accounted = present;
    }
    long changeOnce = once.bytes() - accountedOnce;
    if (changeOnce != change) {
      account.addToWhole(changeOnce - change);
    }
    accountedOnce += changeOnce;
    if (length != counted) {
      totals.add(0, length - counted);
      counted = length;
    }
  }

  @Override
  public long memoryBytes() {
    return accounted;
  }

  @Override
  public Held copy(Database target) {
    Stream copy = new Stream(target);
    try {
      copyTo(copy);
    } catch (OutOfMemoryError full) {
      boolean _ = copy.free(Integer.MAX_VALUE);
      throw full;
    }
    return copy;
  }

  private void copyTo(Stream copy) {
    nodes.copyTo(copy.nodes);
    copy.length = length;
    copy.lastMs = lastMs;
    copy.lastSeq = lastSeq;
    copy.firstMs = firstMs;
    copy.firstSeq = firstSeq;
    copy.maxDeleted = maxDeleted;
    copy.added = added;
    for (Group group : groups.values()) {
      group.copyTo(copy.addGroup(group.name(), group.last(), group.entriesRead()));
    }
    copy.settle();
  }

  @Override
  public void brokenOff() {
    refreshFirst();
    settle();
  }

  @Override
  public void adopt(MemoryAccount holder, BuiltinKeyspace keyspace) {
    account = holder;
    totals = StreamTotals.of(keyspace);
  }

  @Override
  public void count(BuiltinKeyspace keyspace, int change) {
    StreamTotals.of(keyspace).add(change, change * counted);
  }

  @Override
  public long freeEffort() {
    return 1;
  }

  @Override
  public boolean free(int budget) {
    groups.values().forEach(Group::free);
    groups.clear();
    nodes.free();
    settle();
    account.add(-accounted);
    accounted = 0;
    totals.add(-1, -counted);
    counted = 0;
    return true;
  }

  @Override
  public void validate() {
    StreamCheck.check(this, tally.bytes() == accounted);
  }
}
