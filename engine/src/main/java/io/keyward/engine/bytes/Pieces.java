package io.keyward.engine.bytes;

import java.util.Arrays;

/**
 * A long row of bytes in arrays of {@value #SIZE} bytes each, which several rows may have in
 * common.
 *
 * <p>Every array but the last is full, so a byte's place follows from its index. {@link #share()}
 * gives at once a row that stays as it is: both have the same list of arrays until one of them is
 * changed, which then gets a list of its own, and of each array that it writes to, too. All rows
 * that have arrays in common belong to one thread; another one may read them as long as that one
 * keeps them from being released.
 */
public final class Pieces {
  /** Bytes of each array but the last, which may be shorter. */
  public static final int SIZE = 1 << Pieces.SHIFT;

  /** A row of fewer bytes is better kept in one array. */
  public static final int LEAST = 2 * SIZE;

  /** What a piece takes beside its bytes. */
  private static final int OVERHEAD = 48;

  /** What a piece takes that is there anyway. */
  private static final int REFERENCE = 4;

  private static final int SHIFT = 17;
  private static final int MASK = SIZE - 1;

  /** An array, with the number of lists that have it. */
  private static final class Piece {
    final byte[] bytes;
    int lists = 1;

    Piece(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  /** The arrays of a row, with the number of rows that have just these. */
  private static final class Pile {
    Piece[] pieces;
    int count;
    int length;
    long memory;
    int rows = 1;

    Pile(Piece[] pieces) {
      this.pieces = pieces;
    }

    /** A pile of the same arrays for one of its rows. */
    Pile separate() {
      Pile other = new Pile(Arrays.copyOf(pieces, count));
      rows--;
      for (int i = 0; i < count; i++) {
        if (pieces[i] != ZEROS) {
          pieces[i].lists++;
        }
      }
      other.count = count;
      other.length = length;
      other.memory = memory;
      return other;
    }
  }

  /** Nothing but zeros, in any number of lists of any thread, and so never written to. */
  private static final Piece ZEROS = new Piece(new byte[SIZE]);

  private static final Piece[] NONE = {};

  /** What rows have that have given everything back; never changed, and in no row's count. */
  private static final Pile NOTHING = new Pile(NONE);

  /** Fills a part of an array. */
  @FunctionalInterface
  public interface Filler {
    void fill(byte[] bytes, int offset, int length);
  }

  /** Does something with a part of an array. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] bytes, int offset, int length);
  }

  private final PieceArrays arrays;
  private Pile pile;

  /**
   * An empty row.
   *
   * @param arrays where its arrays come from and go back to
   */
  public Pieces(PieceArrays arrays) {
    this(arrays, new Pile(NONE));
  }

  private Pieces(PieceArrays arrays, Pile pile) {
    this.arrays = arrays;
    this.pile = pile;
  }

  /** The number of bytes. */
  public int length() {
    return pile.length;
  }

  /** The number of arrays. */
  public int count() {
    return pile.count;
  }

  /** The array of this number; not to be written to. */
  public byte[] array(int number) {
    return pile.pieces[number].bytes;
  }

  /** How many bytes of the array of this number belong to the row. */
  public int used(int number) {
    return Math.min(SIZE, pile.length - (number << SHIFT));
  }

  /**
   * Bytes of memory that the arrays take, those in common with other rows included, but not the one
   * of zeros that is all rows'.
   */
  public long memoryBytes() {
    return pile.memory;
  }

  /** This row's part of that memory, if each of the rows that have just these arrays bears one. */
  public long memoryShare() {
    return pile.memory / pile.rows;
  }

  /** A row of the same bytes, which has every array in common with this one. */
  public Pieces share() {
    Pieces shared = new Pieces(arrays, pile);
    if (pile != NOTHING) {
      pile.rows++;
    }
    return shared;
  }

  private void letGo(Piece piece) {
    if (piece != ZEROS && --piece.lists == 0 && piece.bytes.length == SIZE) {
      arrays.giveBack(piece.bytes);
    }
  }

  /** The pile, for changing it. */
  private Pile ownPile() {
    if (pile == NOTHING) {
      pile = new Pile(NONE);
    } else if (pile.rows > 1) {
      pile = pile.separate();
    }
    return pile;
  }

  /** Gives everything back, which takes no memory; the row is empty then. */
  public void release() {
    boolean _ = release(Integer.MAX_VALUE);
  }

  /**
   * Gives at most so many arrays back, the last ones first; the bytes before them stay.
   *
   * @return whether nothing is left
   */
  public boolean release(int most) {
    if (pile.rows > 1) {
      pile.rows--;
      pile = NOTHING;
    }
    if (pile == NOTHING) {
      return true;
    }
    Pile from = pile;
    for (int i = 0; i < most && from.count > 0; i++) {
      removeLast(from);
    }
    from.length = (int) Math.min(from.length, (long) from.count << SHIFT);
    return from.count == 0;
  }

  /** Takes off what stands behind so many bytes. */
  public void truncate(int length) {
    if (length < pile.length) {
      Pile from = ownPile();
      while (from.count > 0 && (from.count - 1) << SHIFT >= length) {
        removeLast(from);
      }
      from.length = length;
    }
  }

  private void removeLast(Pile from) {
    Piece piece = from.pieces[--from.count];
    from.pieces[from.count] = ZEROS;
    from.memory -= memoryOf(piece);
    letGo(piece);
  }

  private static long memoryOf(Piece piece) {
    return piece == ZEROS ? REFERENCE : (long) piece.bytes.length + OVERHEAD;
  }

  private static void add(Pile to, Piece piece) {
    if (to.count == to.pieces.length) {
      to.pieces = Arrays.copyOf(to.pieces, Math.max(4, to.count * 2));
    }
    to.pieces[to.count++] = piece;
    to.memory += memoryOf(piece);
  }

  private void replace(Pile in, int number, byte[] bytes) {
    Piece former = in.pieces[number];
    Piece present = new Piece(bytes);
    in.memory += memoryOf(present) - memoryOf(former);
    in.pieces[number] = present;
    letGo(former);
  }

  /** The array of this number, for writing to what the row has of it. */
  private byte[] own(int number) {
    Pile in = ownPile();
    Piece piece = in.pieces[number];
    if (piece.lists > 1 || piece == ZEROS) {
      byte[] copy = piece.bytes.length == SIZE ? arrays.take() : new byte[piece.bytes.length];
      System.arraycopy(piece.bytes, 0, copy, 0, used(number));
      replace(in, number, copy);
    }
    return in.pieces[number].bytes;
  }

  /** How many bytes can be appended without a further array. */
  public int room() {
    int last = pile.count - 1;
    return last < 0 ? 0 : pile.pieces[last].bytes.length - used(last);
  }

  /**
   * Appends up to so many bytes, as many as have room in one array.
   *
   * @param more bytes that are to be appended, now and in further calls: a last array is no longer
   *     than they need
   * @return how many have been appended
   */
  public int append(int more, int available, Filler filler) {
    if (more <= 0 || available <= 0) {
      return 0;
    }
    Pile to = ownPile();
    int number = to.length >>> SHIFT;
    if (number == to.count) {
      add(to, new Piece(more >= SIZE ? arrays.take() : new byte[more]));
    } else if (to.pieces[number].bytes.length < SIZE && room() == 0) {
      byte[] longer = arrays.take();
      System.arraycopy(to.pieces[number].bytes, 0, longer, 0, used(number));
      replace(to, number, longer);
    }
    byte[] bytes = own(number);
    int from = to.length & MASK;
    int taken = Math.min(available, bytes.length - from);
    filler.fill(bytes, from, taken);
    to.length += taken;
    return taken;
  }

  /** Appends bytes. */
  public void append(byte[] source, int offset, int size) {
    for (int done = 0; done < size; ) {
      int from = offset + done;
      done +=
          append(
              size - done,
              size - done,
              (bytes, at, taken) -> System.arraycopy(source, from, bytes, at, taken));
    }
  }

  /** Appends zeros; arrays of nothing else are not even filled. */
  public void appendZeros(int size) {
    int left = size;
    // The last array may have to become longer first.
    while (left > 0 && (pile.length & MASK) != 0) {
      left -= append(left, Math.min(left, SIZE - (pile.length & MASK)), Pieces::zero);
    }
    Pile to = ownPile();
    while (left >= SIZE) {
      add(to, ZEROS);
      to.length += SIZE;
      left -= SIZE;
    }
    while (left > 0) {
      left -= append(left, left, Pieces::zero);
    }
  }

  private static void zero(byte[] bytes, int offset, int size) {
    Arrays.fill(bytes, offset, offset + size, (byte) 0);
  }

  /** Writes over bytes that are there. */
  public void write(int at, byte[] source, int offset, int size) {
    for (int done = 0; done < size; ) {
      int number = (at + done) >>> SHIFT;
      int from = (at + done) & MASK;
      int part = Math.min(size - done, used(number) - from);
      System.arraycopy(source, offset + done, own(number), from, part);
      done += part;
    }
  }

  /** The byte at an index. */
  public byte get(int at) {
    return pile.pieces[at >>> SHIFT].bytes[at & MASK];
  }

  /** Copies a part. */
  public void copy(int from, byte[] target, int offset, int size) {
    int[] done = {0};
    read(
        from,
        size,
        (bytes, at, part) -> {
          System.arraycopy(bytes, at, target, offset + done[0], part);
          done[0] += part;
        });
  }

  /** Shows a part array by array, in order; not to be written to. */
  public void read(int from, int size, Reader reader) {
    for (int done = 0; done < size; ) {
      int number = (from + done) >>> SHIFT;
      int at = (from + done) & MASK;
      int part = Math.min(size - done, used(number) - at);
      reader.read(pile.pieces[number].bytes, at, part);
      done += part;
    }
  }

  /** All bytes in one array. */
  public byte[] toArray() {
    byte[] all = new byte[length()];
    copy(0, all, 0, all.length);
    return all;
  }

  /** Checks the counts of the row; throws if one is wrong. For tests. */
  public void validate() {
    long bytes = 0;
    for (int i = 0; i < pile.count; i++) {
      Piece piece = pile.pieces[i];
      bytes += memoryOf(piece);
      if (piece.lists < 1 || used(i) < 1 || piece.bytes.length < used(i)) {
        throw new IllegalStateException("piece " + i + " of " + pile.count + " is damaged");
      }
    }
    if (pile.rows < 1 || bytes != pile.memory || pile.count != (pile.length + MASK) >>> SHIFT) {
      throw new IllegalStateException(
          pile.count + " pieces of " + bytes + " bytes, counted " + pile.memory);
    }
  }
}
