package io.keyward.engine.builtin.propagation;

import io.keyward.engine.bytes.Pieces;
import java.util.ArrayDeque;

/**
 * Very long arguments of commands in a stream: not copied among its other bytes, but each with the
 * place there where it belongs.
 *
 * <p>Their rows stay as they are until they are given back, on the loop of the stream.
 */
public final class LongArguments {
  private static final class Place {
    int at;
    final Pieces row;

    Place(int at, Pieces row) {
      this.at = at;
      this.row = row;
    }
  }

  /** Takes bytes of the stream one part after the other. */
  public interface Writer<E extends Exception> {
    void write(byte[] bytes, int offset, int length) throws E;
  }

  private final ArrayDeque<Place> places = new ArrayDeque<>(2);

  /** Adds a row, which belongs to the stream from now on, behind all others. */
  void add(int at, Pieces row) {
    places.add(new Place(at, row));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return places.isEmpty();
  }

  /** How many bytes all of them have. */
  public long bytes() {
    long bytes = 0;
    for (Place place : places) {
      bytes += place.row.length();
    }
    return bytes;
  }

  /** The bytes from a place on have moved. */
  void move(int from, int by) {
    for (Place place : places) {
      if (place.at >= from) {
        place.at += by;
      }
    }
  }

  /** Takes those out that belong behind a place. */
  LongArguments cut(int from) {
    LongArguments behind = new LongArguments();
    while (!places.isEmpty() && places.getLast().at >= from) {
      behind.places.addFirst(places.removeLast());
    }
    return behind;
  }

  /** Gives back those that belong behind a place; on the loop of the stream. */
  void releaseFrom(int from) {
    while (!places.isEmpty() && places.getLast().at >= from) {
      places.removeLast().row.release();
    }
  }

  /** Adds those of another one behind all others; there they are no longer. */
  void addAll(LongArguments others) {
    places.addAll(others.places);
    others.places.clear();
  }

  /** Writes bytes of the stream with the arguments among them. */
  public <E extends Exception> void write(byte[] bytes, int length, Writer<E> writer) throws E {
    int done = 0;
    for (Place place : places) {
      writer.write(bytes, done, place.at - done);
      done = place.at;
      for (int i = 0; i < place.row.count(); i++) {
        writer.write(place.row.array(i), 0, place.row.used(i));
      }
    }
    writer.write(bytes, done, length - done);
  }

  /**
   * Bytes of the stream with the arguments among them, in one array.
   *
   * @throws ArithmeticException if they are more than an array can hold
   */
  byte[] joined(byte[] bytes, int length) {
    byte[] all = new byte[Math.toIntExact(length + bytes())];
    int[] at = {0};
    write(
        bytes,
        length,
        (array, offset, size) -> {
          System.arraycopy(array, offset, all, at[0], size);
          at[0] += size;
        });
    return all;
  }

  /** Gives the rows back; on the loop of the stream. */
  public void release() {
    for (Place place : places) {
      place.row.release();
    }
    places.clear();
  }
}
