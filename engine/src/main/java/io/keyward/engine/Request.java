package io.keyward.engine;

import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.command.Command;
import io.keyward.engine.text.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one command as offsets into one buffer, with what the command may know of its
 * surroundings.
 *
 * <p>Argument 0 is the command's name. The object and its buffer are reused for the next request:
 * whoever keeps a request beyond the call takes {@link #copy()}.
 *
 * <p>A very long argument may have come in {@link Pieces} instead of the buffer. Only a command
 * that says so ({@link Command#takesPieces}) gets to see it like that; of such an argument there is
 * no {@link #offset}.
 */
public final class Request {
  /** The offset of an argument that is not in the buffer: no index of any array. */
  private static final int ELSEWHERE = Integer.MIN_VALUE / 2;

  private byte[] bytes = {};
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];
  private int count;

  /** The arguments that are not in the buffer, each in its place; null if there is none. */
  private @Nullable Pieces @Nullable [] pieces;

  private @Nullable Command command;
  private @Nullable Client client;
  private @Nullable Object store;
  private long now;

  /** Forgets the arguments and reads further ones from {@code buffer}. */
  public void begin(byte[] buffer) {
    if (pieces != null) {
      dropPieces();
    }
    bytes = buffer;
    count = 0;
  }

  /** Adds an argument at {@code offset} of the buffer. */
  public void add(int offset, int length) {
    if (count == offsets.length) {
      grow();
    }
    offsets[count] = offset;
    lengths[count] = length;
    count++;
  }

  /** Adds an argument that is not in the buffer; the request gives it back in the end. */
  public void add(Pieces argument) {
    int index = count;
    add(ELSEWHERE, argument.length());
    @Nullable Pieces[] present = pieces;
    if (present == null) {
      present = new @Nullable Pieces[index + 1];
    } else if (present.length <= index) {
      present = Arrays.copyOf(present, Math.max(index + 1, present.length * 2));
    }
    present[index] = argument;
    pieces = present;
  }

  /** Whether an argument is not in the buffer. */
  public boolean hasPieces() {
    return pieces != null;
  }

  /** An argument that is not in the buffer; null for one that is. */
  public @Nullable Pieces pieces(int index) {
    @Nullable Pieces[] present = pieces;
    return present == null || index >= present.length ? null : present[index];
  }

  /** Gives back the arguments that are not in the buffer; there is nothing left of them then. */
  public void dropPieces() {
    @Nullable Pieces[] present = pieces;
    if (present != null) {
      pieces = null;
      for (Pieces argument : present) {
        if (argument != null) {
          argument.release();
        }
      }
    }
  }

  /**
   * Puts every argument into one buffer.
   *
   * @throws OutOfMemoryError if there is no memory for it; then all is as before
   */
  public void join() {
    if (pieces != null) {
      Request joined = copy();
      dropPieces();
      bytes = joined.bytes;
      offsets = joined.offsets;
      lengths = joined.lengths;
    }
  }

  private void grow() {
    int larger = Math.max(16, offsets.length * 2);
    offsets = Arrays.copyOf(offsets, larger);
    lengths = Arrays.copyOf(lengths, larger);
  }

  /** Gives back arrays that one request with very many arguments has made large. */
  public void trim() {
    if (pieces != null) {
      dropPieces();
    }
    if (offsets.length > 4096) {
      offsets = new int[16];
      lengths = new int[16];
    }
    count = 0;
  }

  /** Moves the arguments to a buffer that holds the same bytes, {@code shift} further on. */
  public void rebase(byte[] buffer, int shift) {
    bytes = buffer;
    for (int i = 0; i < count; i++) {
      if (offsets[i] >= 0) {
        offsets[i] += shift;
      }
    }
  }

  /** A request that owns its bytes, in one buffer, for a blocked client or another thread. */
  public Request copy() {
    return copy(false);
  }

  /** A request that owns its bytes, for a queue on the same thread: very long ones are shared. */
  public Request keep() {
    return copy(true);
  }

  private Request copy(boolean sharing) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += sharing && pieces(i) != null ? 0 : lengths[i];
    }
    if (total > Integer.MAX_VALUE) {
      throw new OutOfMemoryError("no array holds " + total + " bytes");
    }
    Request copy = new Request();
    copy.bytes = new byte[(int) total];
    copy.offsets = new int[count];
    copy.lengths = new int[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      Pieces argument = pieces(i);
      if (argument != null && sharing) {
        copy.add(argument.share());
        continue;
      }
      if (argument == null) {
        System.arraycopy(bytes, offsets[i], copy.bytes, at, lengths[i]);
      } else {
        argument.copy(0, copy.bytes, at, lengths[i]);
      }
      copy.add(at, lengths[i]);
      at += lengths[i];
    }
    copy.command = command;
    copy.client = client;
    copy.store = store;
    copy.now = now;
    return copy;
  }

  /**
   * A copy that owns its bytes, with other texts in place of some arguments.
   *
   * @param texts for the number of an argument its text, or null if it stays as it is
   */
  public Request with(IntFunction<byte @Nullable []> texts) {
    Request copy = copy();
    byte[] grown = copy.bytes;
    int end = grown.length;
    for (int i = 0; i < count; i++) {
      byte[] text = texts.apply(i);
      if (text != null) {
        if (text.length > grown.length - end) {
          int half = Math.min(end / 2, Integer.MAX_VALUE - 8 - end);
          grown = Arrays.copyOf(grown, Math.addExact(end, Math.max(half, text.length)));
        }
        System.arraycopy(text, 0, grown, end, text.length);
        copy.offsets[i] = end;
        copy.lengths[i] = text.length;
        end += text.length;
      }
    }
    copy.bytes = grown;
    return copy;
  }

  /** Takes so many bytes off the beginning of an argument. */
  public void cut(int index, int bytesOff) {
    offsets[index] += bytesOff;
    lengths[index] -= bytesOff;
  }

  /** The number of arguments, the command's name included. */
  public int count() {
    return count;
  }

  /** The buffer that holds every argument. */
  public byte[] bytes() {
    return bytes;
  }

  public int offset(int index) {
    return offsets[index];
  }

  public int length(int index) {
    return lengths[index];
  }

  /** The bytes that all arguments take together. */
  public long totalLength() {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += lengths[i];
    }
    return total;
  }

  /** Whether the argument is this word, given in upper case, in any case. */
  public boolean is(int index, String upperCaseWord) {
    int length = lengths[index];
    if (length != upperCaseWord.length()) {
      return false;
    }
    int offset = offsets[index];
    for (int i = 0; i < length; i++) {
      int c = bytes[offset + i];
      if (c >= 'a' && c <= 'z') {
        c -= 32;
      }
      if (c != upperCaseWord.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether two arguments hold the same bytes. */
  public boolean same(int one, int other) {
    return Arrays.equals(
        bytes,
        offsets[one],
        offsets[one] + lengths[one],
        bytes,
        offsets[other],
        offsets[other] + lengths[other]);
  }

  /**
   * The argument as a signed 64-bit integer.
   *
   * @throws CommandException {@link Errors#NOT_AN_INTEGER} if it is none
   */
  public long integer(int index) {
    return integer(index, Errors.NOT_AN_INTEGER);
  }

  /** The argument as a signed 64-bit integer, or the given error. */
  public long integer(int index, CommandException otherwise) {
    if (!Numbers.isInteger(bytes, offsets[index], lengths[index])) {
      throw otherwise;
    }
    return Numbers.parseInteger(bytes, offsets[index], lengths[index]);
  }

  /** The argument as an integer between two bounds, both included, or the given error. */
  public long integer(int index, long least, long most, CommandException otherwise) {
    long value = integer(index, otherwise);
    if (value < least || value > most) {
      throw otherwise;
    }
    return value;
  }

  /**
   * The argument as a double; infinities are accepted, NaN is not.
   *
   * @throws CommandException {@link Errors#NOT_A_FLOAT} if it is none
   */
  public double number(int index) {
    return number(index, Errors.NOT_A_FLOAT);
  }

  /** The argument as a double, or the given error. */
  public double number(int index, CommandException otherwise) {
    if (!Numbers.isDouble(bytes, offsets[index], lengths[index])) {
      throw otherwise;
    }
    return Numbers.parseDouble(bytes, offsets[index], lengths[index]);
  }

  /** A copy of the argument's bytes. */
  public byte[] copyOf(int index) {
    Pieces argument = pieces(index);
    return argument != null
        ? argument.toArray()
        : Arrays.copyOfRange(bytes, offsets[index], offsets[index] + lengths[index]);
  }

  /** A copy of the argument's first bytes, of which it has so many. */
  public byte[] copyOf(int index, int first) {
    Pieces argument = pieces(index);
    if (argument != null) {
      byte[] copy = new byte[first];
      argument.copy(0, copy, 0, first);
      return copy;
    }
    return Arrays.copyOfRange(bytes, offsets[index], offsets[index] + first);
  }

  /** The argument as text, byte for character (ISO 8859-1), for names and messages. */
  public String text(int index) {
    return new String(bytes, offsets[index], lengths[index], StandardCharsets.ISO_8859_1);
  }

  /** The declaration of the command that is being executed. */
  public Command command() {
    Command present = command;
    if (present == null) {
      throw new IllegalStateException("the request has not been resolved to a command");
    }
    return present;
  }

  public void command(Command resolved) {
    command = resolved;
  }

  /** The connection that sent the request. */
  public Client client() {
    Client present = client;
    if (present == null) {
      throw new IllegalStateException("the request has no client");
    }
    return present;
  }

  public void client(Client sender) {
    client = sender;
  }

  /** The engine's own view of the database that the client has selected. */
  public Object store() {
    Object present = store;
    if (present == null) {
      throw new IllegalStateException("the request has not been given a database");
    }
    return present;
  }

  public void store(Object database) {
    store = database;
  }

  /** The time at which the command runs, in milliseconds since 1970; it stands still within it. */
  public long now() {
    return now;
  }

  public void now(long milliseconds) {
    now = milliseconds;
  }
}
