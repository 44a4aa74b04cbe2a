package io.keyward.engine.builtin.replication;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one stream that replicas are sent, made of those of the homes: pieces in the order in which
 * they are handed over, those of other homes put off while a unit of one home goes on.
 *
 * <p>Offsets count its bytes. Guarded by the {@link Replication} that it belongs to.
 */
final class ReplicatedStream {
  private static final int NO_HOME = -1;
  private static final int ANY_DATABASE = -1;

  /** Those that are sent the stream. */
  interface Receivers {
    /** Whether one of them is sent what some homes do and not what others do. */
    boolean anyMissesSome();

    /**
     * Sends bytes; the home is negative if they tell of nothing that a home has done.
     *
     * @param number tells pieces apart in the order in which they have been handed over
     * @return whether some of them have been sent filling in their place, since their snapshots
     *     hold it
     */
    boolean send(byte[] bytes, int home, long number);
  }

  /** What a home has done since its last piece, with the database that is selected behind it. */
  private static final class Piece {
    final int home;
    final byte[] bytes;
    final boolean whole;
    final int database;
    final long number;
    @Nullable Piece next;

    Piece(long number, int home, byte[] bytes, boolean whole, int database) {
      this.number = number;
      this.home = home;
      this.bytes = bytes;
      this.whole = whole;
      this.database = database;
    }
  }

  /** What is put off of one home, at least a piece; linked, so that adding one takes no memory. */
  private static final class PutOff {
    private static final Comparator<PutOff> BY_AGE =
        Comparator.comparingLong(pieces -> pieces.first.number);

    Piece first;
    private Piece last;

    PutOff(Piece only) {
      first = only;
      last = only;
    }

    void add(Piece piece) {
      last.next = piece;
      last = piece;
    }
  }

  private final Receivers receivers;
  private final Map<Integer, PutOff> putOff = new HashMap<>();
  private String id = newId();
  private @Nullable Backlog backlog;
  private long offset;
  private long pieces;

  /** Where the stream stood when a home had last done something. */
  private long doneUpTo;

  private int openHome = NO_HOME;
  private int selected = ANY_DATABASE;

  ReplicatedStream(Receivers receivers) {
    this.receivers = receivers;
  }

  private static String newId() {
    byte[] random = new byte[20];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Its name, 40 hexadecimal digits. */
  String id() {
    return id;
  }

  /** How many bytes there have been so far. */
  long offset() {
    return offset;
  }

  /** Where it stood when a home had last done something, whatever else has been sent since. */
  long doneUpTo() {
    return doneUpTo;
  }

  /** The number of the piece that will be handed over next. */
  long nextPiece() {
    return pieces;
  }

  /** Its last bytes, or null as long as nothing is gathered. */
  @Nullable Backlog backlog() {
    return backlog;
  }

  /** Gathers what is done from here on, if that is not so already, and keeps so many bytes. */
  void gather(long bytesKept) {
    if (backlog == null) {
      backlog = new Backlog(bytesKept, offset);
    }
  }

  /** Keeps another number of bytes. */
  void resize(long bytesKept) {
    Backlog kept = backlog;
    if (kept != null) {
      backlog = new Backlog(bytesKept, kept);
    }
  }

  /** Gathers nothing any more; whoever has followed cannot go on. */
  void end() {
    backlog = null;
    id = newId();
    // The end of a unit that goes on now is not gathered either.
    forgetUnits();
    selected = ANY_DATABASE;
  }

  private void forgetUnits() {
    openHome = NO_HOME;
    putOff.clear();
  }

  /** Has nobody go on from before this place, under no former name, since something is missing. */
  void breakOff() {
    id = newId();
    // What is missing may be the end of a unit.
    forgetUnits();
    forgetFormer();
  }

  /** Has nobody go on from before this place. */
  void forgetFormer() {
    Backlog kept = backlog;
    if (kept != null) {
      kept.forgetBefore(offset);
    }
  }

  /** Says that what comes next has to name its database. */
  void reselect() {
    selected = ANY_DATABASE;
  }

  /** Takes what belongs into the stream without any home having done it, and selects nothing. */
  void take(byte[] bytes) {
    take(new Piece(pieces++, NO_HOME, bytes, true, ANY_DATABASE));
  }

  /**
   * Takes what a home has done.
   *
   * @param whole whether no unit goes on behind it
   * @param database which is selected behind it
   */
  void take(int home, byte[] bytes, boolean whole, int database) {
    take(new Piece(pieces++, home, bytes, whole, database));
  }

  private void take(Piece piece) {
    if (openHome != NO_HOME && openHome != piece.home) {
      putOff(piece);
      return;
    }
    append(piece);
    PutOff next = nextPutOff();
    while (next != null) {
      Piece first = next.first;
      if (first.next == null) {
        putOff.remove(first.home);
      } else {
        next.first = first.next;
      }
      append(first);
      next = nextPutOff();
    }
  }

  private void putOff(Piece piece) {
    PutOff others = putOff.get(piece.home);
    if (others == null) {
      putOff.put(piece.home, new PutOff(piece));
    } else {
      others.add(piece);
    }
  }

  /** What comes now: of the home whose unit goes on, else what has been put off longest. */
  private @Nullable PutOff nextPutOff() {
    if (putOff.isEmpty()) {
      return null;
    }
    return openHome == NO_HOME
        ? Collections.min(putOff.values(), PutOff.BY_AGE)
        : putOff.get(openHome);
  }

  private void append(Piece piece) {
    Backlog kept = backlog;
    if (kept == null) {
      return;
    }
    byte[] bytes = piece.bytes;
    if (piece.home != NO_HOME) {
      // Each home selects its database anew, and so does what others have overtaken; what some
      // replicas are not sent must select nothing.
      boolean shared = !receivers.anyMissesSome();
      bytes = shared ? Selection.withoutFirst(bytes, selected) : bytes;
      selected = shared ? piece.database : ANY_DATABASE;
    }
    kept.append(bytes);
    offset += bytes.length;
    if (piece.home != NO_HOME) {
      doneUpTo = offset;
    }
    openHome = piece.whole ? NO_HOME : piece.home;
    if (receivers.send(bytes, piece.home, piece.number)) {
      // Whoever goes on from before it would be sent it.
      forgetFormer();
    }
  }
}
