package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbType;

/** Reads a stream in RDB format, of which nothing is trusted; {@link StreamDump} draws it. */
public final class StreamReader {
  private static final int ID_BYTES = 16;

  private final RdbInput in;
  private final boolean counted;
  private final boolean activeTimes;
  private final Stream stream;

  private StreamReader(int type, RdbInput in, Stream stream) {
    this.in = in;
    this.stream = stream;
    counted = type != RdbType.STREAM;
    activeTimes = type == RdbType.STREAM_3;
  }

  /** Reads a value whose type has been read. */
  public static NewValue read(int type, RdbInput in, Database database) {
    Stream stream = new Stream(database);
    NewValue made = NewValue.held(Type.STREAM, Encoding.STREAM, stream);
    try {
      new StreamReader(type, in, stream).read();
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      stream.settle();
      made.discard(database);
      throw broken;
    }
  }

  private void read() {
    int nodes = in.readCount(1 + ID_BYTES + 1);
    for (int i = 0; i < nodes; i++) {
      readNode();
    }
    long length = in.readLength();
    StreamId last = readNumbers();
    long added = length;
    StreamId maxDeleted = StreamId.MIN;
    if (counted) {
      // The first id follows from the entries.
      readNumbers();
      maxDeleted = readNumbers();
      added = in.readLength();
    }
    stream.last(last);
    stream.maxDeleted(maxDeleted);
    stream.added(added);
    stream.refreshFirst();
    if (length != stream.length() || added < length) {
      throw in.malformed("a stream has another number of entries than it says");
    }
    int groups = in.readCount(6);
    for (int i = 0; i < groups; i++) {
      readGroup();
    }
    stream.settle();
    try {
      stream.validate();
    } catch (IllegalStateException unsound) {
      throw in.malformed("a stream is damaged: " + unsound.getMessage());
    }
  }

  private void readNode() {
    byte[] id = in.readString();
    if (id.length != ID_BYTES) {
      throw in.malformed("a stream has a node without an id");
    }
    RdbInput numbers = RdbInput.of(id, 0, ID_BYTES);
    long ms = numbers.readBigEndian();
    long seq = numbers.readBigEndian();
    byte[] listpack = PackedInput.listpack(in);
    if (!StreamNode.validate(listpack)) {
      throw in.malformed("a stream has a damaged node");
    }
    // Redis takes a node away with its last entry; one that is empty all the same says nothing.
    if (StreamNode.entries(listpack) > 0 && !stream.appendNode(ms, seq, listpack)) {
      throw in.malformed("the nodes of a stream are not in order");
    }
  }

  private StreamId readNumbers() {
    long ms = in.readLength();
    return new StreamId(ms, in.readLength());
  }

  private void readGroup() {
    byte[] text = in.readString();
    Key name = Key.copyOf(text, 0, text.length);
    StreamId last = readNumbers();
    long entriesRead = counted ? in.readLength() : Lag.entriesUpTo(stream, last);
    if (entriesRead < Group.UNKNOWN) {
      throw in.malformed("a consumer group has read more than there can be");
    }
    if (stream.group(name) != null) {
      throw in.malformed("a stream has a consumer group twice");
    }
    Group group = stream.addGroup(name, last, entriesRead);
    IdTable unowned = readPending();
    int consumers = in.readCount(10);
    for (int i = 0; i < consumers; i++) {
      readConsumer(group, unowned);
    }
    if (unowned.size() > 0) {
      throw in.malformed("a pending entry belongs to no consumer");
    }
  }

  /** The group's pending entries with their times and counts of delivery. */
  private IdTable readPending() {
    IdTable pending = new IdTable(2, new MemoryAccount());
    int count = in.readCount(ID_BYTES + Long.BYTES + 1);
    for (int i = 0; i < count; i++) {
      long ms = in.readBigEndian();
      long seq = in.readBigEndian();
      if (pending.find(ms, seq) != IdTable.NONE) {
        throw in.malformed("a consumer group has a pending entry twice");
      }
      long place = pending.add(ms, seq);
      pending.number(place, 0, in.readLong());
      pending.number(place, 1, in.readLength());
    }
    return pending;
  }

  private void readConsumer(Group group, IdTable unowned) {
    byte[] text = in.readString();
    Key name = Key.copyOf(text, 0, text.length);
    if (group.consumer(name) != null) {
      throw in.malformed("a consumer group has a consumer twice");
    }
    long seen = in.readLong();
    Consumer consumer = group.addConsumer(name, seen);
    consumer.activeTime(activeTimes ? in.readLong() : seen);
    int count = in.readCount(ID_BYTES);
    for (int i = 0; i < count; i++) {
      long ms = in.readBigEndian();
      long seq = in.readBigEndian();
      long known = unowned.find(ms, seq);
      if (known == IdTable.NONE) {
        throw in.malformed("a consumer has a pending entry that its group does not know");
      }
      long place = group.addPending(ms, seq, consumer, unowned.number(known, 0));
      group.deliveries(place, unowned.number(known, 1));
      unowned.remove(known);
    }
  }
}
