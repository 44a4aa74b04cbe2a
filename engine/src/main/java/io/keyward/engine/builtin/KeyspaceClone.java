package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.SteadyWalk;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Makes one keyspace hold what another one of the same home holds at this instant, at once, while
 * both go on: copy on write.
 *
 * <p>Beginning costs O(1) for each database. From then on the heir answers as if every key were
 * there; each is copied when the heir asks for it, just before the source changes it, or in a slice
 * of {@value #SLICE_NANOS} nanoseconds, between which the loop has a millisecond for others. A big
 * value is copied whole. Commands of the heir that look at all keys take the rest over first.
 *
 * <p>While it lasts no snapshot of either keyspace can be written, since both are told by the same
 * {@link ChangeGuard} and the same bit of each entry.
 */
public final class KeyspaceClone implements ChangeGuard {
  private static final long SLICE_NANOS = 100_000;

  private final BuiltinKeyspace source;
  private final BuiltinKeyspace heir;
  private final Home home;
  private final Consumer<KeyspaceClone> afterwards;
  private final ArrayDeque<Inheritance> inheritances = new ArrayDeque<>();
  private final long keys;
  private long asked;
  private long slices;
  private long nanos;
  private long longest;

  /**
   * Begins, on the loop of both; neither has a command in the middle, and the heir is empty.
   *
   * @param afterwards is told on the loop when every key has been copied
   */
  public KeyspaceClone(
      BuiltinKeyspace source, BuiltinKeyspace heir, Consumer<KeyspaceClone> afterwards) {
    this.source = source;
    this.heir = heir;
    this.afterwards = afterwards;
    home = source.home();
    if (heir.home() != home || source.guard() != null || heir.databases().holdKeys()) {
      throw new IllegalStateException(
          "a clone is made of a keyspace that is not being written, into an empty one beside it");
    }
    long begun = System.nanoTime();
    long found = 0;
    for (int number = 0; number < source.databases().count(); number++) {
      Database database = source.databases().ifUsed(number);
      if (database != null && database.size() > 0) {
        found += database.size();
        inheritances.add(new Inheritance(this, database, heir.databases().at(number)));
      }
    }
    keys = found;
    source.guard(this);
    heir.countChange();
    heir.emptied();
    heir.databases().forEach(Database::arrived);
    heir.waiting().serve(System.currentTimeMillis());
    longest = System.nanoTime() - begun;
    nanos = longest;
  }

  /** Begins to copy what nobody asks for. */
  public void start() {
    home.loop().execute(this::slice);
  }

  private void slice() {
    if (mayRun()) {
      long begun = System.nanoTime();
      while (!inheritances.isEmpty() && System.nanoTime() - begun < SLICE_NANOS) {
        if (inheritances.element().step()) {
          inheritances.remove();
        }
      }
      long took = System.nanoTime() - begun;
      slices++;
      nanos += took;
      longest = Math.max(longest, took);
    }
    if (inheritances.isEmpty()) {
      source.guard(null);
      afterwards.accept(this);
    } else {
      home.loop().schedule(1, this::slice);
    }
  }

  /** Copies the rest at once, on the loop, as long as that may take. */
  public void complete() {
    inheritances.forEach(
        inheritance -> {
          while (!inheritance.step()) {
            // The next few keys.
          }
        });
    inheritances.clear();
  }

  /** Whether no command is in the middle that the heir's data must not change under. */
  private boolean mayRun() {
    return !heir.slices().busy() && !home.effects().gate().crowded();
  }

  void countAsked() {
    asked++;
  }

  @Override
  public void beforeChange(Database database, Entry entry) {
    SteadyWalk walk = database.walk();
    if (walk != null) {
      walk.beforeChange(entry.reference());
    }
  }

  /** The heir. */
  public BuiltinKeyspace heir() {
    return heir;
  }

  /** How many keys it has got in all. */
  public long keys() {
    return keys;
  }

  /** How many keys the heir has asked for before their turn. */
  public long asked() {
    return asked;
  }

  /** In how many slices the others were copied. */
  public long slices() {
    return slices;
  }

  /** How long the loop was kept from its other work by the slices, all together. */
  public long nanos() {
    return nanos;
  }

  /** How long the longest one took. */
  public long longestNanos() {
    return longest;
  }
}
