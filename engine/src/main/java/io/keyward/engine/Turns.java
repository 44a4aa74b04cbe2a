package io.keyward.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The slices of long work on one loop, taken in turn.
 *
 * <p>Each time round the loop one slice runs, or several short ones, so that sockets and other
 * tasks come in between; and the owners, which are keyspaces, follow one another, however many
 * slices one of them has waiting. So a request of a keyspace that has no long work waits for one
 * slice at most.
 */
@SuppressWarnings("ReferenceEquality") // An owner is that object and no equal one.
public final class Turns {
  /**
   * How long a slice should last at most, in nanoseconds: what a request of somebody else waits for
   * it is no more than what the request takes anyway, and going round the loop in between costs a
   * few hundredths of it.
   */
  public static final long SLICE_NANOS = 50_000;

  /** How long the requests may take that one client has sent together, before others come. */
  public static final long BURST_NANOS = 100_000;

  /** Bursts of one owner in a row from which on it counts as alone on the loop. */
  private static final int ALONE = 1000;

  private final Loop loop;
  private final LinkedHashMap<Object, Line<Runnable>> waiting = new LinkedHashMap<>();
  private boolean scheduled;
  private @Nullable Object latest;
  private int inARow;

  public Turns(Loop loop) {
    this.loop = loop;
  }

  /** Runs a slice when it is its owner's turn. */
  public void add(Object owner, Runnable slice) {
    for (int attempt = 1; ; attempt++) {
      try {
        waiting.computeIfAbsent(owner, o -> new Line<>()).add(slice);
        break;
      } catch (OutOfMemoryError full) {
        MissingMemory.await(full, attempt);
      }
    }
    schedule();
  }

  /** Says that an owner is about to do what takes no slice of its own. */
  public void begins(Object owner) {
    if (owner != latest) {
      latest = owner;
      inARow = 0;
    } else if (inARow < ALONE) {
      inARow++;
    }
  }

  /**
   * Whether slices of this owner wait, so that what it has further to do comes after them. Who is
   * alone takes no turn from others: where requests never cease all of them would have to be put by
   * from then on.
   */
  public boolean waits(Object owner) {
    return !waiting.isEmpty() && waiting.containsKey(owner) && !isAlone(owner);
  }

  private boolean isAlone(Object owner) {
    return inARow == ALONE && owner == latest && waiting.size() == 1;
  }

  /**
   * Runs a slice of an owner that is alone, as often as it has done something else: sockets that
   * always have something to read keep the loop from going round for a tenth of a second.
   */
  public void alternate(Object owner) {
    if (!waiting.isEmpty() && isAlone(owner) && waiting.containsKey(owner)) {
      take().run();
    }
  }

  /** Goes on with what waits, should there have been no memory to do so; from time to time. */
  public void tend() {
    schedule();
  }

  private void schedule() {
    if (!scheduled && !waiting.isEmpty()) {
      // A task that is due at once, not one to execute: those run on until none is left, and the
      // sockets would have to wait.
      loop.schedule(0, this::next);
      scheduled = true;
    }
  }

  private void next() {
    long until = System.nanoTime() + SLICE_NANOS / 2;
    try {
      while (!waiting.isEmpty()) {
        take().run();
        if (System.nanoTime() - until >= 0) {
          break;
        }
      }
    } finally {
      scheduled = false;
      schedule();
    }
  }

  private Runnable take() {
    Iterator<Map.Entry<Object, Line<Runnable>>> owners = waiting.entrySet().iterator();
    Map.Entry<Object, Line<Runnable>> first = owners.next();
    Line<Runnable> slices = first.getValue();
    Runnable slice = Objects.requireNonNull(slices.poll());
    if (slices.isEmpty()) {
      owners.remove();
    } else {
      waiting.putLast(first.getKey(), slices);
    }
    return slice;
  }
}
