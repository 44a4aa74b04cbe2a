package io.keyward.engine.builtin.stream;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackReply;

/**
 * Walks over the entries of a range of ids, forwards or backwards.
 *
 * <p>A stream has one, which is used for one walk after another; every change of the stream ends
 * the walk.
 */
final class EntryCursor {
  private static final byte[] NONE = {};

  private final NodeIndex nodes;
  private long startMs;
  private long startSeq;
  private long endMs;
  private long endSeq;
  private boolean backward;

  private int node;
  private byte[] bytes = NONE;

  /** Forwards the flags of the next entry, backwards its number of pieces; -1: another node. */
  private int position;

  private int masterFieldsAt;

  private long ms;
  private long seq;
  private int flagsAt;
  private int flags;
  private int fields;
  private int contentAt;

  EntryCursor(NodeIndex nodes) {
    this.nodes = nodes;
  }

  /** Begins a walk from the least id on. */
  EntryCursor forward(long fromMs, long fromSeq, long toMs, long toSeq) {
    range(fromMs, fromSeq, toMs, toSeq);
    backward = false;
    node = Math.max(0, nodes.floor(fromMs, fromSeq)) - 1;
    return this;
  }

  /** Begins a walk from the greatest id on. */
  EntryCursor backward(long fromMs, long fromSeq, long toMs, long toSeq) {
    range(fromMs, fromSeq, toMs, toSeq);
    backward = true;
    node = nodes.floor(toMs, toSeq) + 1;
    return this;
  }

  private void range(long fromMs, long fromSeq, long toMs, long toSeq) {
    startMs = fromMs;
    startSeq = fromSeq;
    endMs = toMs;
    endSeq = toSeq;
    position = -1;
  }

  /** Moves to the next entry that is not deleted. */
  boolean next() {
    while (true) {
      while (position < 0) {
        node += backward ? -1 : 1;
        if (node < 0 || node >= nodes.size()) {
          bytes = NONE;
          return false;
        }
        enter();
      }
      if (backward && !stepBack()) {
        position = -1;
        continue;
      }
      read(backward ? flagsAt : position);
      boolean beyond =
          backward
              ? StreamId.compare(ms, seq, startMs, startSeq) < 0
              : StreamId.compare(ms, seq, endMs, endSeq) > 0;
      if (beyond) {
        bytes = NONE;
        node = nodes.size();
        backward = false;
        position = -1;
        return false;
      }
      boolean within =
          backward
              ? StreamId.compare(ms, seq, endMs, endSeq) <= 0
              : StreamId.compare(ms, seq, startMs, startSeq) >= 0;
      if (!backward) {
        // Over the content and the number of pieces.
        int pieces = (flags & StreamNode.SAME_FIELDS) != 0 ? fields : 2 * fields;
        position = StreamNode.skip(bytes, contentAt, pieces + 1);
      }
      if (within && (flags & StreamNode.DELETED) == 0) {
        return true;
      }
    }
  }

  private void enter() {
    bytes = nodes.bytes(node);
    masterFieldsAt = StreamNode.fieldsAt(bytes);
    position = backward ? Listpack.last(bytes, 0) : StreamNode.firstEntry(bytes);
  }

  /** From an entry's number of pieces to its flags; false before the first entry. */
  private boolean stepBack() {
    int pieces = (int) Listpack.integerAt(bytes, position);
    if (pieces == 0) {
      return false;
    }
    flagsAt = position;
    for (int i = 0; i < pieces; i++) {
      flagsAt = Listpack.previous(bytes, 0, flagsAt);
    }
    position = Listpack.previous(bytes, 0, flagsAt);
    return true;
  }

  private void read(int at) {
    flagsAt = at;
    flags = (int) Listpack.integerAt(bytes, at);
    int piece = Listpack.next(bytes, at);
    ms = nodes.ms(node) + Listpack.integerAt(bytes, piece);
    piece = Listpack.next(bytes, piece);
    seq = nodes.seq(node) + Listpack.integerAt(bytes, piece);
    piece = Listpack.next(bytes, piece);
    if ((flags & StreamNode.SAME_FIELDS) != 0) {
      fields = (int) Listpack.integerAt(bytes, masterFieldsAt);
    } else {
      fields = (int) Listpack.integerAt(bytes, piece);
      piece = Listpack.next(bytes, piece);
    }
    contentAt = piece;
  }

  long ms() {
    return ms;
  }

  long seq() {
    return seq;
  }

  StreamId id() {
    return new StreamId(ms, seq);
  }

  /** The node of the entry. */
  int node() {
    return node;
  }

  /** Position of the entry's flags in its node. */
  int flagsAt() {
    return flagsAt;
  }

  /**
   * Writes the entry: its id, and its fields and values in one array.
   *
   * @param scratch room for the id's text
   */
  void send(Reply reply, byte[] scratch) {
    reply.array(2);
    StreamId.send(reply, ms, seq, scratch);
    reply.array(2L * fields);
    boolean same = (flags & StreamNode.SAME_FIELDS) != 0;
    int name = masterFieldsAt;
    int at = contentAt;
    for (int i = 0; i < fields; i++) {
      if (same) {
        name = Listpack.next(bytes, name);
        ListpackReply.send(bytes, name, reply);
      } else {
        ListpackReply.send(bytes, at, reply);
        at = Listpack.next(bytes, at);
      }
      ListpackReply.send(bytes, at, reply);
      at = Listpack.next(bytes, at);
    }
  }
}
