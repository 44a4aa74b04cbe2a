package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;

/**
 * The keys that one database holds since a {@link KeyspaceClone} began and has not got yet: they
 * stand in a database of the other keyspace, where each bears the bit of a {@link SteadyWalk} as
 * long as it has not been copied.
 *
 * <p>A key comes over when the heir asks for it, just before it changes in the other keyspace, or
 * when the walk comes to it. So the heir need not remember what it has got or removed: what it does
 * not find, and does not await there, is not there.
 */
final class Inheritance {
  private final KeyspaceClone clone;
  private final Database source;
  private final Dictionary keys;
  private final PagePool pool;
  private final SteadyWalk walk;
  private final Entry taken;
  private Database heir;
  private Entry made;
  private int size;
  private int expiring;

  /** Begins: what the source holds now belongs to the heir, which is empty. */
  Inheritance(KeyspaceClone clone, Database source, Database heir) {
    this.clone = clone;
    this.source = source;
    this.heir = heir;
    pool = source.pool();
    keys = source.keys();
    size = keys.size();
    expiring = keys.marked();
    taken = source.newView();
    made = heir.newView();
    walk = keys.beginWalk(this::copy);
    heir.inheritance(this);
  }

  /** How many keys are still to come. */
  int size() {
    return size;
  }

  /** How many of them expire. */
  int expiring() {
    return expiring;
  }

  /** The keys have a new place, by SWAPDB. */
  void heir(Database database) {
    heir = database;
    made = database.newView();
  }

  /**
   * Takes a key over now, if it is still to come.
   *
   * @return whether it is there now
   */
  boolean take(long hash, byte[] key, int offset, int length) {
    int reference = keys.find(hash, key, offset, length);
    if (reference == Dictionary.ABSENT || !walk.awaits(reference)) {
      return false;
    }
    walk.beforeChange(reference);
    clone.countAsked();
    return true;
  }

  private void copy(int reference) {
    size--;
    if (EntryLayout.expires(pool.page(reference), PagePool.offset(reference))) {
      expiring--;
    }
    Entry entry = source.at(reference, taken);
    if (heir.keys().find(entry.hash(), entry.bytes(), entry.keyOffset(), entry.keyLength())
        == Dictionary.ABSENT) {
      heir.placement().inherit(entry, made);
      heir.keyspace().effects().inherited(made);
    }
  }

  /**
   * Takes everything over that is still to come; pauses between if the command may.
   *
   * @param slices those of the command
   */
  void takeAll(Slices slices) {
    while (!step()) {
      heir.keyspace().effects().endUnitSoFar();
      slices.longStep();
    }
  }

  /**
   * Takes the next few keys over.
   *
   * @return whether none is left
   */
  boolean step() {
    boolean over = walk.step();
    if (over && heir.inheritance() == this) {
      heir.inheritance(null);
    }
    return over;
  }

  /** The heir does without what is still to come. */
  void renounce() {
    walk.silence();
    heir.inheritance(null);
  }
}
