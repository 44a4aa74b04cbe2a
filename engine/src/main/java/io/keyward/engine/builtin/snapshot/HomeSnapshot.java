package io.keyward.engine.builtin.snapshot;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Keyspaces of one loop as they were at the instant when this began, written in slices between the
 * loop's other tasks.
 *
 * <p>A slice takes at most {@value #SLICE_NANOS} nanoseconds and one piece of a value, {@value
 * #LONG_SLICE_NANOS} if no command has been executed since the last one, and the loop has a
 * millisecond for others between two slices.
 */
public final class HomeSnapshot {
  /**
   * A loop that takes less than half of a processor is let in at once when it wakes, whatever else
   * runs there; one that takes more has to wait for its turn, which is some milliseconds.
   */
  private static final long SLICE_NANOS = 200_000;

  private static final long LONG_SLICE_NANOS = 500_000;
  private static final int CHUNK_BYTES = 256 * 1024;

  /** What stands beyond a chunk is what has been added last. */
  private static final int ARRAY_BYTES = CHUNK_BYTES + CHUNK_BYTES / 4;

  /** Steps between two looks at the clock. */
  private static final int STEPS_AT_ONCE = 8;

  private final Home home;
  private final SnapshotSink sink;
  private final Consumer<HomeSnapshot> afterwards;
  private final RdbOutput out;
  private final RecordOrder order;
  private final ArrayDeque<KeyspaceSnapshot> keyspaces = new ArrayDeque<>();
  private boolean silent;
  private boolean ended;
  private long began;
  private long finished;
  private volatile long written;
  private long keys;
  private long longestSlice;
  private long busyBefore;

  /** How keys are named. */
  public enum Names {
    /** With the prefix of their keyspace before them. */
    GLOBAL,
    /** As the clients of the keyspace name them. */
    OWN
  }

  /**
   * Begins, on the loop of all these keyspaces: what they hold now will be written in the global
   * view.
   *
   * @param out empty; says in which version and whether compressed
   * @param afterwards is told at the end, on the loop
   */
  public HomeSnapshot(
      Home home,
      Collection<BuiltinKeyspace> keyspaces,
      RdbOutput out,
      SnapshotSink sink,
      Consumer<HomeSnapshot> afterwards) {
    this(home, keyspaces, Names.GLOBAL, out, sink, afterwards);
  }

  /**
   * Begins, on the loop of all these keyspaces: what they hold now will be written.
   *
   * @param out empty; says in which version and whether compressed
   * @param afterwards is told at the end, on the loop
   */
  public HomeSnapshot(
      Home home,
      Collection<BuiltinKeyspace> keyspaces,
      Names names,
      RdbOutput out,
      SnapshotSink sink,
      Consumer<HomeSnapshot> afterwards) {
    this.home = home;
    this.sink = sink;
    this.afterwards = afterwards;
    this.out = out;
    order = new RecordOrder(out);
    for (BuiltinKeyspace keyspace : keyspaces) {
      if (keyspace.guard() != null) {
        throw new IllegalStateException("another snapshot is being written");
      }
      KeyspaceSnapshot snapshot = new KeyspaceSnapshot(keyspace, names, order);
      keys += snapshot.keys();
      this.keyspaces.add(snapshot);
    }
    for (KeyspaceSnapshot snapshot : this.keyspaces) {
      if (snapshot.introduce()) {
        break;
      }
    }
  }

  /** Begins the slices. */
  public void start() {
    began = System.nanoTime();
    home.loop().execute(this::slice);
  }

  private void slice() {
    try {
      advanceForSlice();
    } catch (OutOfMemoryError full) {
      order.giveUp();
    }
    if (order.broken()) {
      sink.giveUp();
    }
    if (ended && !rests()) {
      afterwards.accept(this);
    } else {
      home.loop().schedule(1, this::slice);
    }
  }

  private void advanceForSlice() {
    long start = System.nanoTime();
    long busy = home.busyNanos();
    long most = busy == busyBefore ? LONG_SLICE_NANOS : SLICE_NANOS;
    busyBefore = busy;
    if (!silent && sink.lost()) {
      silence();
    }
    while (!ended && sink.ready() && System.nanoTime() - start < most && !rests()) {
      ended = advance();
      KeyspaceSnapshot under = keyspaces.peek();
      written = finished + (under == null ? 0 : under.written());
    }
    longestSlice = Math.max(longestSlice, System.nanoTime() - start);
  }

  /**
   * Whether {@code rdb-key-save-delay} says that more time should have passed by now; what is
   * written no more does not take its time.
   */
  private boolean rests() {
    long microsAKey = silent ? 0 : home.settings().number(Directive.RDB_KEY_SAVE_DELAY);
    return microsAKey > 0 && (System.nanoTime() - began) / 1000 / microsAKey < written;
  }

  private boolean advance() {
    for (int i = 0; i < STEPS_AT_ONCE; i++) {
      KeyspaceSnapshot current = keyspaces.peek();
      if (current == null) {
        handOver();
        return true;
      }
      if (current.step()) {
        finished += current.written();
        keyspaces.remove();
      }
      if (out.length() >= CHUNK_BYTES) {
        handOver();
        return false;
      }
    }
    return false;
  }

  private void handOver() {
    if (silent) {
      out.clear();
    } else if (out.length() > 0) {
      int length = out.length();
      sink.take(out.exchange(sink.array(ARRAY_BYTES)), length);
    }
  }

  /** Writes nothing more; the walks still have to come to their ends. */
  private void silence() {
    silent = true;
    order.silence();
    keyspaces.forEach(KeyspaceSnapshot::silence);
  }

  /** How many keys there were at the instant; on the loop. */
  public long keys() {
    return keys;
  }

  /** How many keys have been written so far; any thread may ask. */
  public long written() {
    return written;
  }

  /** The longest time that a slice has taken, in nanoseconds. */
  public long longestSliceNanos() {
    return longestSlice;
  }
}
