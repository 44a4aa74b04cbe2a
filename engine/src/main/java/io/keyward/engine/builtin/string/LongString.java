package io.keyward.engine.builtin.string;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.bytes.Pieces;
import org.jspecify.annotations.Nullable;

/**
 * A string of {@link Pieces#LEAST} bytes or more, in pieces: whatever is done to it costs what it
 * touches, and who reads it, copies it or writes it to a file shares its pieces.
 */
public final class LongString implements Held {
  private final Pieces bytes;
  private MemoryAccount account;

  /** A string of these bytes, which belong to it from now on. */
  LongString(Pieces bytes, MemoryAccount account) {
    this.bytes = bytes;
    this.account = account;
    account.add(bytes.memoryBytes());
  }

  /** The value of an entry that is in pieces. */
  public static LongString of(Entry entry) {
    return (LongString) entry.held();
  }

  /**
   * Gives a key these bytes, which belong to it from now on.
   *
   * @param present the key as {@link Database#write} has found it, or null
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   */
  public static LongString set(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      Pieces bytes,
      long expiry) {
    Database holder = database.holderOf(request, keyArgument);
    LongString made = holder.begin(new LongString(bytes, holder.account()));
    Entry _ =
        database
            .placement()
            .overwrite(present, request, keyArgument, Type.STRING, Encoding.PIECES, made, expiry);
    return made;
  }

  private static LongString hold(Entry entry, Pieces bytes) {
    Database holder = entry.database();
    LongString made = holder.begin(new LongString(bytes, holder.account()));
    entry.hold(made, Encoding.PIECES);
    return made;
  }

  /** As the other, with a copy of bytes that are in an array. */
  static void set(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      byte[] source,
      int offset,
      int length,
      long expiry) {
    Pieces bytes = new Pieces(database.pool());
    append(bytes, source, offset, length, database.keyspace().slices());
    LongString _ = set(database, present, request, keyArgument, bytes, expiry);
  }

  private static void append(Pieces bytes, byte[] source, int offset, int length, Slices slices) {
    for (int done = 0; done < length; ) {
      slices.longStep();
      int from = offset + done;
      int left = length - done;
      done +=
          bytes.append(
              left, left, (array, at, part) -> System.arraycopy(source, from, array, at, part));
    }
  }

  /**
   * The value of a key, if it is long or is going to be, with so many bytes.
   *
   * @param present the key as {@link Database#write} has found it, or null if it is to be made
   * @return null if the value is short and will be
   */
  public static @Nullable LongString ofLength(
      Database database, @Nullable Entry present, Request request, int keyArgument, int length) {
    if (present != null && present.encoding() == Encoding.PIECES) {
      return of(present);
    }
    if (length < Pieces.LEAST) {
      return null;
    }
    Pieces bytes = new Pieces(database.pool());
    if (present == null) {
      return set(database, null, request, keyArgument, bytes, -1);
    }
    bytes.append(
        StringValue.bytes(present), StringValue.offset(present), StringValue.length(present));
    return hold(present, bytes);
  }

  /** Appends zeros until there are so many bytes, or none if memory does not suffice. */
  public void extend(int length) {
    if (length > bytes.length()) {
      change(() -> bytes.appendZeros(length - bytes.length()));
    }
  }

  /** Adds to the bytes; if memory does not suffice for all of it, nothing is added. */
  private void change(Runnable work) {
    int length = bytes.length();
    long before = bytes.memoryBytes();
    try {
      work.run();
    } catch (OutOfMemoryError full) {
      bytes.truncate(length);
      throw full;
    } finally {
      account.add(bytes.memoryBytes() - before);
    }
  }

  /** The bytes. Whoever writes over some of them has the key for changing it. */
  public Pieces bytes() {
    return bytes;
  }

  /**
   * Writes an argument over what there is, from an index on, and at its end; if memory does not
   * suffice, nothing is added there.
   */
  void write(int at, Request request, int argument, Slices slices) {
    change(
        () -> {
          Pieces source = request.pieces(argument);
          if (source == null) {
            write(at, request.bytes(), request.offset(argument), request.length(argument), slices);
          } else {
            for (int i = 0; i < source.count(); i++) {
              write(at + i * Pieces.SIZE, source.array(i), 0, source.used(i), slices);
            }
          }
        });
  }

  /** Takes off what stands behind so many bytes. */
  void truncate(int length) {
    long before = bytes.memoryBytes();
    bytes.truncate(length);
    account.add(bytes.memoryBytes() - before);
  }

  private void write(int at, byte[] source, int offset, int size, Slices slices) {
    int over = Math.min(size, bytes.length() - at);
    for (int done = 0; done < over; done += Pieces.SIZE) {
      slices.longStep();
      bytes.write(at + done, source, offset + done, Math.min(Pieces.SIZE, over - done));
    }
    append(bytes, source, offset + over, size - over, slices);
  }

  @Override
  public long memoryBytes() {
    return bytes.memoryBytes();
  }

  @Override
  public Held copy(Database target) {
    return new LongString(bytes.share(), target.account());
  }

  @Override
  public void adopt(MemoryAccount counted, BuiltinKeyspace keyspace) {
    account = counted;
  }

  @Override
  public long freeEffort() {
    return bytes.count();
  }

  @Override
  public boolean free(int budget) {
    long before = bytes.memoryBytes();
    boolean nothingLeft = bytes.release(budget);
    account.add(bytes.memoryBytes() - before);
    return nothingLeft;
  }

  @Override
  public void validate() {
    bytes.validate();
  }
}
