package io.keyward.engine.builtin.memory;

/**
 * How many holders slots have that have more than one: for structures that are made of one another
 * and have the slots of what none of them has changed in common.
 *
 * <p>A hash table of two ints a place, with linear probing and without marks for what has been
 * removed (D. Knuth, The Art of Computer Programming, 6.4, algorithm R). Its bytes count where each
 * byte counts once, as they belong to no holder more than to the others.
 */
public final class CommonSlots {
  private static final int[] NOTHING = {};
  private static final int FIRST_PLACES = 16;

  private final MemoryAccount account;

  /** References and holders, alternating; 0 where no slot stands. */
  private int[] places = NOTHING;

  private int slots;

  /**
   * @param counted an account of any holder
   */
  public CommonSlots(MemoryAccount counted) {
    account = counted.outermost();
  }

  /** Whether a slot has more than one holder. */
  public boolean holds(int reference) {
    return slots > 0 && places[place(reference)] == reference;
  }

  /** Makes room for so many slots at once. */
  public void reserve(int many) {
    int ints = Math.max(FIRST_PLACES, places.length);
    while (many * 4L > ints) {
      ints *= 2;
    }
    if (ints > places.length) {
      resize(ints);
    }
  }

  /** Lets a slot have one holder more than it has. */
  public void add(int reference) {
    if (slots * 4 >= places.length) {
      resize(Math.max(FIRST_PLACES, places.length * 2));
    }
    int place = place(reference);
    if (places[place] == reference) {
      places[place + 1]++;
    } else {
      places[place] = reference;
      places[place + 1] = 2;
      slots++;
    }
  }

  /**
   * Takes a holder from a slot.
   *
   * @return whether others hold it, so that it is not to be given back
   */
  public boolean release(int reference) {
    if (!holds(reference)) {
      return false;
    }
    int place = place(reference);
    if (--places[place + 1] == 1) {
      remove(place);
    }
    return true;
  }

  /** Where a slot stands, or would. */
  private int place(int reference) {
    int mask = places.length - 1;
    int place = home(reference);
    while (places[place] != 0 && places[place] != reference) {
      place = (place + 2) & mask;
    }
    return place;
  }

  private int home(int reference) {
    return (((reference * 0x9E3779B9) >>> 7) << 1) & (places.length - 1);
  }

  private void remove(int place) {
    slots--;
    if (slots == 0) {
      account.add(-(long) places.length * Integer.BYTES);
      places = NOTHING;
      return;
    }
    int mask = places.length - 1;
    int gap = place;
    for (int at = (place + 2) & mask; places[at] != 0; at = (at + 2) & mask) {
      // What may stand as early as the gap is moved there, so that no look-up ends before it.
      if (((at - home(places[at])) & mask) >= ((at - gap) & mask)) {
        places[gap] = places[at];
        places[gap + 1] = places[at + 1];
        gap = at;
      }
    }
    places[gap] = 0;
  }

  private void resize(int ints) {
    int[] former = places;
    places = new int[ints];
    account.add((long) (places.length - former.length) * Integer.BYTES);
    for (int at = 0; at < former.length; at += 2) {
      if (former[at] != 0) {
        int place = place(former[at]);
        places[place] = former[at];
        places[place + 1] = former[at + 1];
      }
    }
  }
}
