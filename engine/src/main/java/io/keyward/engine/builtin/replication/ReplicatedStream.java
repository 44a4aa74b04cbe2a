package io.keyward.engine.builtin.replication;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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

    /** Sends bytes; the home is negative if they tell of nothing that a home has done. */
    void send(byte[] bytes, int home);
  }

  /** What a home has done since its last piece, with the database that is selected behind it. */
  private static final class Piece {
    final int home;
    final byte[] bytes;
    final boolean whole;
    final int database;

    Piece(int home, byte[] bytes, boolean whole, int database) {
      this.home = home;
      this.bytes = bytes;
      this.whole = whole;
      this.database = database;
    }
  }

  private final Receivers receivers;
  private final List<Piece> putOff = new ArrayList<>();
  private String id = newId();
  private @Nullable Backlog backlog;
  private long offset;

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
    openHome = NO_HOME;
    putOff.clear();
    selected = ANY_DATABASE;
  }

  /** Has nobody go on from before this place, under no former name, since something is missing. */
  void breakOff() {
    id = newId();
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
    take(new Piece(NO_HOME, bytes, true, ANY_DATABASE));
  }

  /**
   * Takes what a home has done.
   *
   * @param whole whether no unit goes on behind it
   * @param database which is selected behind it
   */
  void take(int home, byte[] bytes, boolean whole, int database) {
    take(new Piece(home, bytes, whole, database));
  }

  private void take(Piece piece) {
    if (openHome != NO_HOME && openHome != piece.home) {
      putOff.add(piece);
      return;
    }
    append(piece);
    while (openHome == NO_HOME && !putOff.isEmpty()) {
      append(putOff.removeFirst());
    }
    if (openHome != NO_HOME) {
      // What was put off of the home whose unit goes on now belongs to that unit.
      for (Piece own : List.copyOf(putOff)) {
        if (own.home == openHome) {
          putOff.remove(own);
          append(own);
        }
      }
    }
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
    receivers.send(bytes, piece.home);
  }
}
