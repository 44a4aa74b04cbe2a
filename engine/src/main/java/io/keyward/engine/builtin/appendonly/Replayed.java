package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A command of a file on its way to the home that does it again; reused for a later one. */
final class Replayed {
  private final Request request = new Request();
  private @Nullable BuiltinKeyspace keyspace;
  private int database;
  private long offset;
  private long hash;

  private Replayed() {}

  Request request() {
    return request;
  }

  /** Says for whom the command is, and where it stands in the file. */
  Replayed of(BuiltinKeyspace concerned, int number, long position) {
    keyspace = concerned;
    database = number;
    offset = position;
    return this;
  }

  /** Says that the command is for nobody here, but for a Redis that reads the file. */
  Replayed everywhere(long position) {
    keyspace = null;
    offset = position;
    return this;
  }

  /** Whether it is for no keyspace. */
  boolean isEverywhere() {
    return keyspace == null;
  }

  /** Says which hash the command's first key has, if it has one. */
  void keyHash(long first) {
    hash = first;
  }

  /**
   * Fetches from memory where the command will look for its key; see {@link Database#fetch}.
   *
   * @return what must not be thrown away; it means nothing
   */
  int fetch() {
    Database selected = keyspace().databases().ifUsed(database);
    return selected == null ? 0 : selected.fetch(hash);
  }

  BuiltinKeyspace keyspace() {
    BuiltinKeyspace concerned = keyspace;
    if (concerned == null) {
      throw new IllegalStateException("nobody has said whose command this is");
    }
    return concerned;
  }

  int database() {
    return database;
  }

  long offset() {
    return offset;
  }

  /**
   * Commands to be used again: taken by the thread that reads, given back by the loops, so that the
   * collector has nothing to do while the processors are busy with the data.
   */
  static final class Spare {
    private static final int MOST_KEPT = 4096;

    private final Queue<List<Replayed>> done = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Replayed> spare = new ArrayDeque<>();

    Replayed take() {
      Replayed taken = spare.poll();
      if (taken != null) {
        return taken;
      }
      List<Replayed> portion = done.poll();
      if (portion == null || portion.isEmpty()) {
        return new Replayed();
      }
      portion.forEach(this::giveBack);
      return spare.remove();
    }

    /** Gives one back that no loop has seen. */
    void giveBack(Replayed unused) {
      if (spare.size() < MOST_KEPT) {
        unused.request.trim();
        spare.add(unused);
      }
    }

    /** Gives back what a loop has done. */
    void giveBack(List<Replayed> portion) {
      done.add(portion);
    }
  }
}
