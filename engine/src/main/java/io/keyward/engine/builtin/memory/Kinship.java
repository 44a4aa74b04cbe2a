package io.keyward.engine.builtin.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a dictionary others may hold as well, since one has been made of another by
 * {@link Dictionary#share}.
 *
 * <p>Nothing counts who holds an entry: it belongs to every dictionary of the kin that finds it
 * under its hash, which costs a look at one bucket of each. That look is spared for entries that
 * have been laid since the dictionary shared what it has: they bear its <i>birth</i>, which no
 * older one does. There is one number for that, 1. When a dictionary shares again, every entry is
 * looked for until a walk over all has turned those that are there to 0: that of a snapshot ({@link
 * SteadyWalk}), or one for nothing but this ({@link #tend}).
 *
 * <p>An entry that others hold is never changed and its slot not given back; who wants to change it
 * takes a copy instead ({@link Dictionary#replace}).
 */
final class Kinship {
  /** As many are looked into for an entry that may be others'. */
  private static final int MOST = 16;

  private static final int SHIFT = 7;
  private static final int BIRTHS = 2;
  private static final int NO_BIRTH = 0;

  private final Dictionary own;
  private @Nullable ArrayList<Dictionary> kin;

  /** A bit for each birth that entries may bear. */
  private int borne = 1;

  /** The same, of entries laid since a walk over all began. */
  private int borneSince;

  /** What entries bear that are laid now. */
  private int birth;

  /** Where the walk for nothing but births goes on, a cursor of {@link EntryVisits#scan}. */
  private long cursor;

  Kinship(Dictionary own) {
    this.own = own;
  }

  /** Finds the memory for one more. */
  void makeRoom() {
    ArrayList<Dictionary> all = kin;
    if (all == null) {
      all = new ArrayList<>(2);
      all.add(own);
      kin = all;
    }
    all.ensureCapacity(all.size() + 1);
  }

  /**
   * Becomes kin of a dictionary that has just been made of this one's entries; room has been made.
   */
  void add(Kinship made) {
    ArrayList<Dictionary> all = Objects.requireNonNull(kin);
    all.add(made.own);
    made.kin = all;
    made.borne = borne;
    renew();
    made.renew();
  }

  /** Whether so many are kin that one more would make each change too dear. */
  boolean full() {
    List<Dictionary> all = kin;
    return all != null && all.size() >= MOST;
  }

  /** Begins a birth that no entry bears. */
  private void renew() {
    cursor = 0;
    int free = ~borne & BIRTHS;
    birth = free == 0 ? NO_BIRTH : Integer.numberOfTrailingZeros(free);
    own.birth(birth << SHIFT, birth != NO_BIRTH);
    borne |= 1 << birth;
    borneSince |= 1 << birth;
  }

  /**
   * If there is no birth left, turns those of the next entries to 0, until {@code deadline} on the
   * clock of {@link System#nanoTime()}; with the last one there is one again. No other walk is
   * under way.
   */
  void tend(long deadline) {
    if (birth != NO_BIRTH) {
      return;
    }
    do {
      cursor = EntryVisits.scan(own, cursor, own::forgetBirth);
    } while (cursor != 0 && System.nanoTime() < deadline);
    if (cursor == 0) {
      // What has been laid meanwhile, or claimed, bears 0 as well.
      borne = 1;
      renew();
    }
  }

  /** Says that a walk begins which turns the birth of every entry there is to 0. */
  void walkBegins() {
    borneSince = 1 | 1 << birth;
  }

  /** Says that the walk is over. */
  void walkIsOver() {
    borne = borneSince;
    if (birth == NO_BIRTH) {
      renew();
    }
  }

  /** Whether another dictionary holds an entry, given the hash of its key. */
  boolean othersHold(long hash, int reference) {
    List<Dictionary> all = kin;
    if (all != null) {
      for (int i = 0; i < all.size(); i++) {
        Dictionary other = all.get(i);
        if (other != own && other.holds(hash, reference)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Holds nothing any more. */
  void leave() {
    List<Dictionary> all = kin;
    if (all != null) {
      all.remove(own);
      kin = null;
      if (all.size() == 1) {
        all.getFirst().kinship().kin = null;
      }
    }
  }
}
