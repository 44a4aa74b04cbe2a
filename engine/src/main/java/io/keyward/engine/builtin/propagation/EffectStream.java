package io.keyward.engine.builtin.propagation;

import io.keyward.engine.Loop;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The stream of effects of one home: commands in RESP2, in the order in which the data changed.
 *
 * <p>What a client's command has done is one unit. A unit of several commands stands between MULTI
 * and EXEC, so that whoever replays the stream sees all of it or nothing:
 *
 * <pre>
 * SELECT 0 | SET blue::a 1 | MULTI | DEL blue::b | RPUSH blue::b x | EXEC | SELECT 3 | …
 *            `-- unit ---'   `---------------- unit ----------------'
 * </pre>
 *
 * <p>MULTI is put in front when a unit's second command begins. Units gather in an array that goes
 * to the sink when the loop has done what it was doing, so that a sink sees few, large pieces. A
 * follower sees the same pieces. With neither nothing is written, and whoever would write asks
 * {@link #listened} first.
 *
 * <p>Memory may run out at any place where some is taken. Then the command in the making is left
 * out as a whole, those before it stay, the sink and the follower are told that something is
 * missing, and the error is thrown on. What has been written and cannot be handed over now stays
 * for the next time.
 */
public final class EffectStream {
  private static final byte[] MULTI = ascii("*1\r\n$5\r\nMULTI\r\n");
  private static final byte[] EXEC = ascii("*1\r\n$4\r\nEXEC\r\n");
  private static final byte[] SELECT = ascii("*2\r\n$6\r\nSELECT\r\n");
  private static final byte[] NONE = {};
  private static final int ANY = -1;
  private static final int HEAD = 2 + Numbers.MAX_INTEGER_LENGTH + 2;

  /** What stands around the arguments of a command with few of them. */
  private static final int SLACK = 1024;

  /** A unit that has grown so large goes to the sink in pieces. */
  private static final int LARGE =
      Math.clamp(Runtime.getRuntime().maxMemory() / 32, 1 << 20, 64 << 20);

  /**
   * A unit that has been set aside, between whose pieces others would write, stays whole longer.
   */
  private static final int VERY_LARGE =
      Math.clamp(Runtime.getRuntime().maxMemory() / 16, 1 << 20, 1 << 30);

  /** A unit in the making that others' units overtake. */
  public static final class OpenUnit {
    private final byte[] buffer;
    private final int length;
    private final int start;
    private final int commands;
    private final int selected;
    private final boolean noted;
    private final LongArguments among;

    private OpenUnit(
        byte[] buffer,
        int length,
        int start,
        int commands,
        int selected,
        boolean noted,
        LongArguments among) {
      this.buffer = buffer;
      this.length = length;
      this.start = start;
      this.commands = commands;
      this.selected = selected;
      this.noted = noted;
      this.among = among;
    }
  }

  private final Loop loop;
  private final Buffers buffers = new Buffers();
  private final StreamGate gate = new StreamGate();
  private final Runnable whenDue = this::handOverWhenDue;
  private @Nullable EffectSink sink;
  private @Nullable EffectFollower follower;
  private boolean listened;
  private boolean muted;
  private byte[] buffer = NONE;
  private int length;
  private LongArguments among = new LongArguments();
  private long bytesAmong;
  private long handedOver;
  private boolean sinkAlone = true;
  private boolean followerAlone = true;
  private boolean noted;
  private int selected = ANY;
  private int unitStart;
  private int unitCommands;
  private int commandStart;
  private int commandSelected;
  private int unitSelected;
  private boolean whole;
  private boolean divided;
  private boolean handOverDue;
  private int depth;

  public EffectStream(Loop loop) {
    this.loop = loop;
  }

  private static byte[] ascii(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) text.charAt(i);
    }
    return bytes;
  }

  /** Whether anybody takes the stream or follows it. */
  public boolean listened() {
    return listened;
  }

  /** Whether a sink takes the stream. */
  public boolean taken() {
    return sink != null;
  }

  /** Whether a follower gets copies of the stream. */
  public boolean followed() {
    return follower != null;
  }

  /**
   * Lets a sink take the stream from here on; between units.
   *
   * @param only whether nothing but this stream is written where the sink writes, so that the
   *     selected database outlives a piece
   */
  public void attach(EffectSink taker, boolean only) {
    handOver();
    sink = taker;
    listened = !muted;
    sinkAlone = only;
    selected = ANY;
    // What followers alone have seen is not to be waited for.
    gate.safe(handedOver);
  }

  /** Lets no sink take the stream any more; what is written is handed over before. */
  public void detach() {
    handOver();
    sink = null;
    sinkAlone = true;
    lessListened();
    gate.open();
  }

  /**
   * Lets a follower see the stream from here on, beside the sink; between units.
   *
   * @param only as in {@link #attach}
   */
  public void follow(EffectFollower copied, boolean only) {
    handOver();
    follower = copied;
    listened = !muted;
    followerAlone = only;
    selected = ANY;
  }

  /** Lets no follower see the stream any more; what is written is handed over before. */
  public void unfollow() {
    handOver();
    follower = null;
    followerAlone = true;
    lessListened();
  }

  /** Lets nothing be written, as long as what is done is done again from files; or no longer. */
  public void mute(boolean on) {
    handOver();
    muted = on;
    lessListened();
  }

  private void lessListened() {
    listened = !muted && (sink != null || follower != null);
    if (sink == null && follower == null) {
      buffer = NONE;
      length = 0;
      giveUp(among);
      bytesAmong = 0;
    }
  }

  private static void giveUp(LongArguments arguments) {
    if (!arguments.isEmpty()) {
      arguments.release();
    }
  }

  /** Names the database again with the next command, for a sink that begins a new file. */
  public void reselect() {
    handOver();
    selected = ANY;
  }

  /** Where arrays that have been written out are given back. */
  public Buffers buffers() {
    return buffers;
  }

  /** Who waits for the stream, and for what. */
  public StreamGate gate() {
    return gate;
  }

  /** Where the stream ends now, counted in bytes from its beginning. */
  public long position() {
    return handedOver + length + bytesAmong;
  }

  /* Commands. */

  /**
   * Makes room for a command of so many bytes before anything is changed that it tells of.
   *
   * @throws OutOfMemoryError if there is none; then all is as before
   */
  public void reserve(long bytes) {
    if (listened) {
      ensure(Math.toIntExact(bytes + SLACK));
    }
  }

  /** Begins a command of so many arguments in a database. */
  public void begin(int database, int arguments) {
    begin(database, arguments, NONE);
  }

  /** As the other, with a note before the command: a line that Redis skips; empty for none. */
  public void begin(int database, int arguments, byte[] note) {
    try {
      if (unitCommands > 1 && length > (whole ? VERY_LARGE : LARGE)) {
        handOver();
        divided = true;
      }
      // With this nothing else is needed before the first argument, and EXEC has its place.
      ensure(MULTI.length + SELECT.length + 3 * HEAD + note.length + 3 + EXEC.length);
    } catch (OutOfMemoryError full) {
      missing();
      throw full;
    }
    if (unitCommands == 1) {
      wrap();
    }
    commandStart = length;
    commandSelected = selected;
    if (unitCommands == 0) {
      unitStart = length;
      unitSelected = selected;
    }
    if (selected != database) {
      raw(SELECT);
      numberWithin(database);
      selected = database;
    }
    if (note.length > 0) {
      annotation(note);
    }
    head('*', arguments);
    unitCommands++;
  }

  private void wrap() {
    System.arraycopy(buffer, unitStart, buffer, unitStart + MULTI.length, length - unitStart);
    System.arraycopy(MULTI, 0, buffer, unitStart, MULTI.length);
    length += MULTI.length;
    if (bytesAmong > 0) {
      among.move(unitStart, MULTI.length);
    }
    unitCommands++;
  }

  /** Leaves the command out that has been begun last, since there is no memory for it. */
  private void leaveOut() {
    takeBack();
    missing();
  }

  /** Says that something has been done that is not written, since there was no memory for it. */
  public void missing() {
    EffectSink taker = sink;
    if (taker != null) {
      taker.missing();
    }
    EffectFollower copied = follower;
    if (copied != null) {
      copied.missing();
    }
  }

  /** Takes the command back that has been begun last. */
  public void takeBack() {
    length = commandStart;
    dropAmong(commandStart);
    selected = commandSelected;
    unitCommands--;
  }

  private void dropAmong(int from) {
    if (bytesAmong > 0) {
      among.releaseFrom(from);
      bytesAmong = among.bytes();
    }
  }

  /** Writes an argument. */
  public void argument(byte[] bytes, int offset, int count) {
    room(HEAD + count + 2);
    head('$', count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
    end();
  }

  /** Writes a very long argument, which may change as soon as this returns. */
  public void argument(Pieces row) {
    int count = row.length();
    room(HEAD + 2);
    head('$', count);
    Pieces shared = row.share();
    try {
      among.add(length, shared);
    } catch (OutOfMemoryError full) {
      shared.release();
      leaveOut();
      throw full;
    }
    bytesAmong += count;
    end();
  }

  /** Writes an argument that another text precedes. */
  public void argument(byte[] prefix, byte[] bytes, int offset, int count) {
    room(HEAD + prefix.length + count + 2);
    head('$', prefix.length + count);
    System.arraycopy(prefix, 0, buffer, length, prefix.length);
    length += prefix.length;
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
    end();
  }

  /** Writes an argument of ASCII characters. */
  public void argument(String text) {
    int count = text.length();
    room(HEAD + count + 2);
    head('$', count);
    for (int i = 0; i < count; i++) {
      buffer[length++] = (byte) text.charAt(i);
    }
    end();
  }

  /** Writes an integer as an argument. */
  public void number(long value) {
    room(HEAD + Numbers.MAX_INTEGER_LENGTH + 2);
    numberWithin(value);
  }

  private void numberWithin(long value) {
    head('$', Numbers.integerLength(value));
    length += Numbers.formatInteger(value, buffer, length);
    end();
  }

  private void annotation(byte[] text) {
    noted = true;
    buffer[length++] = '#';
    System.arraycopy(text, 0, buffer, length, text.length);
    length += text.length;
    end();
  }

  private void head(char kind, int count) {
    buffer[length++] = (byte) kind;
    length += Numbers.formatInteger(count, buffer, length);
    end();
  }

  private void end() {
    buffer[length++] = '\r';
    buffer[length++] = '\n';
  }

  private void raw(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  /** Makes room for an argument, and for EXEC behind it. */
  private void room(int bytes) {
    if (buffer.length - length >= bytes + EXEC.length) {
      return;
    }
    try {
      ensure(bytes + EXEC.length);
    } catch (OutOfMemoryError | ArithmeticException full) {
      leaveOut();
      throw full;
    }
  }

  private void ensure(int more) {
    if (buffer.length - length >= more) {
      return;
    }
    if (buffer.length == 0) {
      buffer = buffers.take();
    }
    if (buffer.length - length < more) {
      int least = Math.addExact(length, more);
      buffer = Arrays.copyOf(buffer, Math.max(least, (int) Math.min(buffer.length * 2L, 1 << 30)));
    }
  }

  /** Begins a unit, which is replayed whole or not at all; it may hold more of its kind. */
  public void beginUnit() {
    depth++;
  }

  /** Ends what {@link #beginUnit} has begun; with the outermost the unit is complete. */
  public void endUnit() {
    depth--;
    if (depth == 0) {
      complete();
    }
  }

  /** Ends an effect that is a unit of its own unless it is part of one. */
  public void endEffect() {
    if (depth == 0) {
      complete();
    }
  }

  /** How many units have begun within one another. */
  public int depth() {
    return depth;
  }

  private void complete() {
    if (unitCommands == 0) {
      return;
    }
    if (unitCommands > 1) {
      raw(EXEC);
    }
    unitCommands = 0;
    whole = false;
    divided = false;
    handOverSoon();
  }

  private void handOverSoon() {
    if (!handOverDue) {
      handOverDue = true;
      try {
        loop.execute(whenDue);
      } catch (OutOfMemoryError full) {
        // The regular work sees to it.
        handOverDue = false;
      }
    }
  }

  /** Whether others may write their units before the open one has ended. */
  public boolean mayPause() {
    return !divided;
  }

  /**
   * Takes the open unit out of the stream, so that others can write theirs before it; null if
   * nothing of it has been written, or if there is no memory for it, and it is left out. What it is
   * to hold next, it gets after {@link #takeUp}.
   */
  public @Nullable OpenUnit setAside() {
    depth = 0;
    if (unitCommands == 0) {
      return null;
    }
    try {
      return takeOut();
    } catch (OutOfMemoryError full) {
      dropAmong(unitStart);
      length = unitStart;
      unitCommands = 0;
      selected = ANY;
      whole = false;
      missing();
      return null;
    }
  }

  private OpenUnit takeOut() {
    if (whole) {
      OpenUnit again =
          new OpenUnit(
              buffer, length, unitStart, unitCommands, selected, noted, takeAmong(unitStart));
      noted = false;
      buffer = NONE;
      length = 0;
      unitStart = 0;
      unitCommands = 0;
      selected = ANY;
      return again;
    }
    OpenUnit unit = copyOfUnit();
    length = unitStart;
    unitCommands = 0;
    selected = unitSelected;
    handOverIfPossible();
    return unit;
  }

  private LongArguments takeAmong(int from) {
    LongArguments taken = among.cut(from);
    bytesAmong = among.bytes();
    return taken;
  }

  /** The unit by itself, beginning in the database that was selected before it. */
  private OpenUnit copyOfUnit() {
    byte[] former = buffer;
    int formerLength = length;
    int size = formerLength - unitStart;
    byte[] room = buffers.take(SELECT.length + 2 * HEAD + size + EXEC.length);
    buffer = room;
    length = 0;
    if (unitSelected != ANY) {
      raw(SELECT);
      numberWithin(unitSelected);
    }
    int start = length;
    buffer = former;
    length = formerLength;
    System.arraycopy(former, unitStart, room, start, size);
    LongArguments ofUnit = takeAmong(unitStart);
    ofUnit.move(0, start - unitStart);
    return new OpenUnit(room, start + size, start, unitCommands, selected, noted, ofUnit);
  }

  /** Goes on with a unit that has been set aside, so deep within others. */
  public void takeUp(@Nullable OpenUnit unit, int deep) {
    depth = deep;
    if (unit == null) {
      return;
    }
    handOverIfPossible();
    if (!listened) {
      giveUp(unit.among);
      return;
    }
    if (length > 0) {
      giveUp(unit.among);
      missing();
      return;
    }
    noted = unit.noted;
    among.addAll(unit.among);
    bytesAmong = among.bytes();
    buffer = unit.buffer;
    length = unit.length;
    unitStart = unit.start;
    unitCommands = unit.commands;
    selected = unit.selected;
    whole = true;
  }

  private void handOverWhenDue() {
    handOverDue = false;
    handOverIfPossible();
  }

  /** Hands over what there was no memory for when it was to be; from time to time. */
  public void tend() {
    if (length > 0 && !handOverDue) {
      handOverIfPossible();
    }
  }

  /**
   * Hands over what has been written, unless that is not whole or there is no memory for it now.
   */
  private void handOverIfPossible() {
    if (unitCommands > 0) {
      return;
    }
    try {
      handOver();
    } catch (OutOfMemoryError full) {
      // It stays where it is until the regular work comes to it.
    }
  }

  /**
   * Hands what has been written to the sink and the follower, now.
   *
   * @throws OutOfMemoryError if there is no memory for that; then nothing has been handed over
   */
  public void handOver() {
    if (length == 0 || !listened) {
      return;
    }
    byte[] full = buffer;
    int count = length;
    LongArguments withThese = among;
    LongArguments withNext = bytesAmong > 0 ? new LongArguments() : among;
    long position = handedOver + count + bytesAmong;
    EffectSink taker = sink;
    if (taker != null) {
      taker.take(full, count, withThese, position);
    }
    // The array is filled anew by this loop alone, so that it still holds the same.
    showFollower(full, count, withThese);
    if (taker == null) {
      buffers.giveBack(full);
      giveUp(withThese);
    }
    buffer = NONE;
    length = 0;
    unitStart = 0;
    handedOver = position;
    among = withNext;
    bytesAmong = 0;
    noted = false;
    if (!(sinkAlone && followerAlone) && unitCommands == 0) {
      selected = ANY;
    }
  }

  private void showFollower(byte[] full, int count, LongArguments withThese) {
    EffectFollower copied = follower;
    if (copied == null) {
      return;
    }
    try {
      byte[] seen = withThese.isEmpty() ? full : withThese.joined(full, count);
      int all = withThese.isEmpty() ? count : seen.length;
      copied.see(seen, all, unitCommands == 0, selected, noted);
    } catch (OutOfMemoryError noRoom) {
      copied.missing();
    }
  }
}
