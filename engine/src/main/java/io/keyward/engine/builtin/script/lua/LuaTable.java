package io.keyward.engine.builtin.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Lua table: an array for the keys 1 to n and a hash for the others.
 *
 * <p>The array holds {@code count} values of which the last is not nil; key {@code count + 1} is
 * never in the hash. The hash keeps its entries in the order of their coming in two dense arrays;
 * {@code slots} leads from a hash to a position there plus one (0 = free). A removed entry keeps
 * its place with a nil value until the arrays are next rebuilt, so a traversal may remove what it
 * visits.
 */
public final class LuaTable {
  /** Bytes of a number that stands in a table as an object of its own. */
  static final long BOXED_NUMBER = 16;

  private static final @Nullable Object[] NONE = {};
  private static final int[] NO_SLOTS = {0};

  private final Memory memory;
  private @Nullable Object[] array = NONE;
  private int count;
  private @Nullable Object[] keys = NONE;
  private @Nullable Object[] values = NONE;
  private int[] slots = NO_SLOTS;
  private int used;
  private int numberKeys;
  private @Nullable LuaTable metatable;
  private boolean readOnly;

  public LuaTable(Memory memory) {
    this.memory = memory;
    memory.charge(64);
  }

  /** A table whose keys 1 to n hold these values; the array belongs to the table. */
  public LuaTable(Memory memory, @Nullable Object[] values) {
    this.memory = memory;
    array = values;
    count = values.length;
    trim();
    memory.charge(64 + 8L * values.length);
  }

  public @Nullable LuaTable metatable() {
    return metatable;
  }

  public void metatable(@Nullable LuaTable meta) {
    writable();
    metatable = meta;
  }

  /** Whether every change is refused. */
  public boolean readOnly() {
    return readOnly;
  }

  public void readOnly(boolean frozen) {
    readOnly = frozen;
  }

  private void writable() {
    if (readOnly) {
      throw LuaError.runtime("Attempt to modify a readonly table");
    }
  }

  /** The number of the last key of the array part: a border, as {@code #} gives it. */
  public int length() {
    return count;
  }

  /** The value at a key, metatables left aside. */
  public @Nullable Object get(@Nullable Object key) {
    if (key instanceof LuaString string) {
      return get(string);
    }
    if (key instanceof Double number) {
      double value = number;
      int index = (int) value;
      if (index == value) {
        return get(index);
      }
    }
    if (key == null) {
      return null;
    }
    int position = position(key);
    return position < 0 ? null : values[position];
  }

  /** The value at an integer key. */
  public @Nullable Object get(int index) {
    if (index - 1 >= 0 && index <= count) {
      return array[index - 1];
    }
    if (numberKeys == 0) {
      return null;
    }
    int position = position(LuaNumbers.box(index));
    return position < 0 ? null : values[position];
  }

  /** The value at a string key. */
  public @Nullable Object get(LuaString key) {
    int[] table = slots;
    int mask = table.length - 1;
    int at = key.hashCode() & mask;
    while (true) {
      int position = table[at];
      if (position == 0) {
        return null;
      }
      Object present = keys[position - 1];
      if (key.equals(present)) {
        return values[position - 1];
      }
      at = (at + 1) & mask;
    }
  }

  private static int hash(Object key) {
    if (key instanceof LuaString string) {
      return string.hashCode();
    }
    if (key instanceof Double number) {
      long bits = Double.doubleToLongBits(number);
      int mixed = (int) (bits ^ (bits >>> 32)) * 0x9E3779B9;
      return mixed ^ (mixed >>> 15);
    }
    int identity = System.identityHashCode(key);
    return identity ^ (identity >>> 15);
  }

  private static boolean same(@Nullable Object one, Object other) {
    // Tables, functions and the like have no equality beyond identity.
    return other.equals(one);
  }

  private int position(Object key) {
    int mask = slots.length - 1;
    int at = hash(key) & mask;
    while (true) {
      int position = slots[at];
      if (position == 0) {
        return -1;
      }
      if (same(keys[position - 1], key)) {
        return position - 1;
      }
      at = (at + 1) & mask;
    }
  }

  /** Sets the value at a key, metatables left aside. */
  public void set(@Nullable Object key, @Nullable Object value) {
    if (key instanceof Double number) {
      double exact = number;
      int index = (int) exact;
      if (index == exact) {
        set(index, value);
        return;
      }
      if (Double.isNaN(exact)) {
        throw LuaError.runtime("table index is NaN");
      }
    }
    if (key == null) {
      throw LuaError.runtime("table index is nil");
    }
    writable();
    setInHash(key, value);
  }

  /** Sets the value at an integer key. */
  public void set(int index, @Nullable Object value) {
    writable();
    if (index - 1 >= 0 && index <= count) {
      array[index - 1] = value;
      if (value == null && index == count) {
        trim();
      }
    } else if (index == count + 1) {
      if (value != null) {
        append(value);
      } else if (numberKeys > 0) {
        setInHash(LuaNumbers.box(index), null);
      }
    } else {
      setInHash(LuaNumbers.box(index), value);
    }
  }

  private void trim() {
    while (count > 0 && array[count - 1] == null) {
      count--;
    }
  }

  private void append(Object value) {
    if (count == array.length) {
      int larger = Math.max(4, count + (count >> 1) + 1);
      memory.charge((8L + BOXED_NUMBER) * (larger - count));
      array = Arrays.copyOf(array, larger);
    }
    array[count++] = value;
    while (numberKeys > 0) {
      int position = position(LuaNumbers.box(count + 1));
      Object next = position < 0 ? null : values[position];
      if (next == null) {
        return;
      }
      values[position] = null;
      numberKeys--;
      if (count == array.length) {
        memory.charge((8L + BOXED_NUMBER) * count);
        array = Arrays.copyOf(array, count * 2);
      }
      array[count++] = next;
    }
  }

  private void setInHash(Object key, @Nullable Object value) {
    int position = position(key);
    if (position >= 0) {
      if (key instanceof Double && (values[position] == null) != (value == null)) {
        numberKeys += value == null ? -1 : 1;
      }
      values[position] = value;
      return;
    }
    if (value == null) {
      return;
    }
    if (used == keys.length) {
      rebuild();
    }
    keys[used] = key;
    values[used] = value;
    used++;
    link(key, used);
    if (key instanceof Double) {
      numberKeys++;
    }
  }

  private void link(Object key, int place) {
    int mask = slots.length - 1;
    int at = hash(key) & mask;
    while (slots[at] != 0) {
      at = (at + 1) & mask;
    }
    slots[at] = place;
  }

  /** Drops removed entries and makes room for as many again. */
  private void rebuild() {
    int live = 0;
    for (int i = 0; i < used; i++) {
      if (values[i] != null) {
        live++;
      }
    }
    int room = Math.max(4, live * 2);
    int slotCount = Integer.highestOneBit(room * 2 - 1) * 2;
    if (room > keys.length) {
      memory.charge((16L + BOXED_NUMBER) * (room - keys.length) + 4L * (slotCount - slots.length));
    }
    @Nullable Object[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    int oldUsed = used;
    keys = new @Nullable Object[room];
    values = new @Nullable Object[room];
    slots = new int[slotCount];
    used = 0;
    for (int i = 0; i < oldUsed; i++) {
      Object key = oldKeys[i];
      if (oldValues[i] != null && key != null) {
        keys[used] = key;
        values[used] = oldValues[i];
        used++;
        link(key, used);
      }
    }
  }

  // Traversal. A cursor of 0 or more is the next index of the array, one below 0 the complement of
  // the next position in the hash.

  /** The cursor of the first entry at or after a cursor, or {@link Integer#MIN_VALUE}. */
  public int entryFrom(int cursor) {
    int at = cursor;
    if (at >= 0) {
      while (at < count) {
        if (array[at] != null) {
          return at;
        }
        at++;
      }
      at = ~0;
    }
    int position = ~at;
    while (position < used) {
      if (values[position] != null) {
        return ~position;
      }
      position++;
    }
    return Integer.MIN_VALUE;
  }

  /** How many places without an entry {@link #entryFrom} has passed over. */
  int passed(int from, int found) {
    int inArray = from < 0 ? 0 : (found >= 0 ? found : Math.max(from, count)) - from;
    int end = found == Integer.MIN_VALUE ? used : ~found;
    return inArray + (found >= 0 ? 0 : end - (from < 0 ? ~from : 0));
  }

  /** The key at the cursor of an entry. */
  public Object keyAt(int cursor) {
    if (cursor >= 0) {
      return LuaNumbers.box(cursor + 1);
    }
    Object key = keys[~cursor];
    if (key == null) {
      throw new IllegalStateException("no entry at this cursor");
    }
    return key;
  }

  /** The value at the cursor of an entry. */
  public @Nullable Object valueAt(int cursor) {
    return cursor >= 0 ? array[cursor] : values[~cursor];
  }

  /** The cursor behind an entry. */
  public static int after(int cursor) {
    return cursor >= 0 ? cursor + 1 : cursor - 1;
  }

  /** The cursor behind the entry of a key; nil is before all. */
  int cursorAfter(@Nullable Object key) {
    if (key == null) {
      return 0;
    }
    if (key instanceof Double number) {
      double value = number;
      int index = (int) value;
      if (index == value && index >= 1 && index <= array.length) {
        return index;
      }
    }
    int position = position(key);
    if (position < 0) {
      throw LuaError.runtime("invalid key to 'next'");
    }
    return ~(position + 1);
  }

  /** About how many bytes the table itself takes. */
  long footprint() {
    return 64 + 8L * array.length + 16L * keys.length + 4L * slots.length;
  }
}
