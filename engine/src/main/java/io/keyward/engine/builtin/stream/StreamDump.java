package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.structure.Listpack;

/**
 * Writes a stream in RDB format.
 *
 * <pre>
 * nodes     count, for each: its id (a string of 16 bytes, big endian), its listpack
 * entries   length | last id | first id | greatest deleted id | entries ever added
 * groups    count, for each: name | last id | entries read
 *   pending count, for each: id (16 bytes, big endian) | delivered at, 8 | deliveries
 *   consumers count, for each: name | seen at, 8 | active at, 8 (STREAM_3)
 *     pending count, for each: id (16 bytes, big endian)
 * </pre>
 */
public final class StreamDump {
  private static final int ACTIVE_TIME_SINCE = 11;
  private static final int ID_BYTES = 16;

  private StreamDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between nodes and between pending entries
   */
  public static void write(Entry entry, RdbOutput out, Runnable between) {
    Stream stream = (Stream) entry.held();
    out.writeType(out.version() >= ACTIVE_TIME_SINCE ? RdbType.STREAM_3 : RdbType.STREAM_2);
    NodeIndex nodes = stream.nodes();
    out.writeLength(nodes.size());
    for (int node = 0; node < nodes.size(); node++) {
      writeNode(nodes, node, out);
      between.run();
    }
    writeRest(stream, out, between);
  }

  private static void writeNode(NodeIndex nodes, int node, RdbOutput out) {
    out.writeLength(ID_BYTES);
    writeId(nodes.ms(node), nodes.seq(node), out);
    byte[] listpack = nodes.bytes(node);
    out.writeString(listpack, 0, Listpack.totalBytes(listpack, 0));
  }

  private static void writeRest(Stream stream, RdbOutput out, Runnable between) {
    out.writeLength(stream.length());
    writeNumbers(stream.last(), out);
    writeNumbers(stream.first(), out);
    writeNumbers(stream.maxDeleted(), out);
    out.writeLength(stream.added());
    out.writeLength(stream.groups().size());
    for (Group group : stream.groups()) {
      write(group, out, between);
    }
  }

  /** Begins to write type and value of a big stream, whose groups come in one piece. */
  public static PiecewiseValue inPieces(Entry entry, RdbOutput out) {
    Stream stream = (Stream) entry.held();
    out.writeType(out.version() >= ACTIVE_TIME_SINCE ? RdbType.STREAM_3 : RdbType.STREAM_2);
    out.writeLength(stream.nodes().size());
    return new PiecewiseValue() {
      private int node;

      @Override
      public boolean writePiece() {
        if (node < stream.nodes().size()) {
          writeNode(stream.nodes(), node++, out);
          return false;
        }
        writeRest(stream, out, () -> {});
        return true;
      }

      @Override
      public boolean steady() {
        return false;
      }
    };
  }

  private static void writeId(long ms, long seq, RdbOutput out) {
    out.writeBigEndian(ms);
    out.writeBigEndian(seq);
  }

  private static void writeNumbers(StreamId id, RdbOutput out) {
    out.writeLength(id.ms());
    out.writeLength(id.seq());
  }

  private static void write(Group group, RdbOutput out, Runnable between) {
    byte[] name = group.name().bytes();
    out.writeString(name, 0, name.length);
    writeNumbers(group.last(), out);
    out.writeLength(group.entriesRead());
    IdTable pending = group.pending();
    out.writeLength(pending.size());
    for (long at = pending.first(); at != IdTable.NONE; at = pending.next(at)) {
      writeId(pending.ms(at), pending.seq(at), out);
      out.writeLong(group.deliveredAt(at));
      out.writeLength(group.deliveries(at));
      between.run();
    }
    out.writeLength(group.consumers().size());
    for (Consumer consumer : group.consumers()) {
      write(consumer, out, between);
    }
  }

  private static void write(Consumer consumer, RdbOutput out, Runnable between) {
    byte[] name = consumer.name().bytes();
    out.writeString(name, 0, name.length);
    out.writeLong(consumer.seenTime());
    if (out.version() >= ACTIVE_TIME_SINCE) {
      out.writeLong(consumer.activeTime());
    }
    IdTable pending = consumer.pending();
    out.writeLength(pending.size());
    for (long at = pending.first(); at != IdTable.NONE; at = pending.next(at)) {
      writeId(pending.ms(at), pending.seq(at), out);
      between.run();
    }
  }
}
