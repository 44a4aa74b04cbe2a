package io.keyward.engine.builtin.propagation;

import io.keyward.engine.bytes.Pieces;
import java.util.ArrayList;

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

  private final ArrayList<Place> places = new ArrayList<>(2);
  private long bytes;

  /** Adds a row, which belongs to the stream from now on, behind all others. */
  void add(int at, Pieces row) {
    places.add(new Place(at, row));
    bytes += row.length();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return places.isEmpty();
  }

  /** How many bytes all of them have. */
  public long bytes() {
    return bytes;
  }

  /** The bytes from a place on have moved; takes no memory. */
  void move(int from, int by) {
    for (int i = firstFrom(from); i < places.size(); i++) {
      places.get(i).at += by;
    }
  }

  private int firstFrom(int from) {
    int first = places.size();
    while (first > 0 && places.get(first - 1).at >= from) {
      first--;
    }
    return first;
  }

  /**
   * Takes those out that belong behind a place.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  LongArguments cut(int from) {
    LongArguments behind = new LongArguments();
    int first = firstFrom(from);
    behind.places.addAll(places.subList(first, places.size()));
    while (places.size() > first) {
      behind.bytes += takeLast().row.length();
    }
    return behind;
  }

  private Place takeLast() {
    Place last = places.removeLast();
    bytes -= last.row.length();
    return last;
  }

  /** Gives back those that belong behind a place; on the loop of the stream. Takes no memory. */
  void releaseFrom(int from) {
    int first = firstFrom(from);
    while (places.size() > first) {
      takeLast().row.release();
    }
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
    byte[] all = new byte[Math.toIntExact(length + this.bytes)];
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
    releaseFrom(0);
  }
}
