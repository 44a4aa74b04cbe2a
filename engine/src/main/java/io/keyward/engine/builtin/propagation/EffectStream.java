package io.keyward.engine.builtin.propagation;

import io.keyward.engine.Loop;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
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

  /** What stands around an argument, and behind the last one. */
  private static final int AROUND = EffectBuffer.HEAD + 2 + EXEC.length;

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
    private final EffectBuffer written;
    private final int start;
    private final int commands;
    private final int selected;
    private final boolean noted;

    private OpenUnit(EffectBuffer written, int start, int commands, int selected, boolean noted) {
      this.written = written;
      this.start = start;
      this.commands = commands;
      this.selected = selected;
      this.noted = noted;
    }
  }

  private final Loop loop;
  private final Buffers buffers = new Buffers();
  private final StreamGate gate = new StreamGate();
  private final Runnable whenDue = this::handOverWhenDue;
  private final EffectTakers takers = new EffectTakers();
  private boolean listened;
  private boolean muted;

  /** What has been written and not been handed over. */
  private EffectBuffer written = new EffectBuffer(buffers);

  private long handedOver;
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
    return takers.haveSink();
  }

  /** Whether a follower gets copies of the stream. */
  public boolean followed() {
    return takers.haveFollower();
  }

  /**
   * Lets a sink take the stream from here on; between units.
   *
   * @param only whether nothing but this stream is written where the sink writes, so that the
   *     selected database outlives a piece
   */
  public void attach(EffectSink taker, boolean only) {
    handOver();
    takers.sink(taker, only);
    listened = !muted;
    selected = ANY;
    // What followers alone have seen is not to be waited for.
    gate.safe(handedOver);
  }

  /** Lets no sink take the stream any more; what is written is handed over before. */
  public void detach() {
    handOver();
    takers.sink(null, true);
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
    takers.follower(copied, only);
    listened = !muted;
    selected = ANY;
  }

  /** Lets no follower see the stream any more; what is written is handed over before. */
  public void unfollow() {
    handOver();
    takers.follower(null, true);
    lessListened();
  }

  /** Lets nothing be written, as long as what is done is done again from files; or no longer. */
  public void mute(boolean on) {
    handOver();
    muted = on;
    lessListened();
  }

  private void lessListened() {
    listened = !muted && takers.any();
    if (!takers.any()) {
      written.clear();
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
    return handedOver + written.total();
  }

  /* Commands. */

  /**
   * Makes room for a command of so many bytes before anything is changed that it tells of.
   *
   * @throws OutOfMemoryError if there is none; then all is as before
   */
  public void reserve(long bytes) {
    if (listened) {
      written.ensure(Math.toIntExact(bytes + SLACK));
    }
  }

  /** Begins a command of so many arguments in a database. */
  public void begin(int database, int arguments) {
    begin(database, arguments, NONE);
  }

  /** As the other, with a note before the command: a line that Redis skips; empty for none. */
  public void begin(int database, int arguments, byte[] note) {
    try {
      if (unitCommands > 1 && written.length() > (whole ? VERY_LARGE : LARGE)) {
        handOver();
        divided = true;
      }
      // With this nothing else is needed before the first argument, and EXEC has its place.
      written.ensure(
          MULTI.length + SELECT.length + 3 * EffectBuffer.HEAD + note.length + 3 + EXEC.length);
    } catch (OutOfMemoryError full) {
      missing();
      throw full;
    }
    if (unitCommands == 1) {
      written.insert(unitStart, MULTI);
      unitCommands++;
    }
    commandStart = written.length();
    commandSelected = selected;
    if (unitCommands == 0) {
      unitStart = commandStart;
      unitSelected = selected;
    }
    if (selected != database) {
      select(written, database);
      selected = database;
    }
    if (note.length > 0) {
      noted = true;
      written.annotation(note);
    }
    written.command(arguments);
    unitCommands++;
  }

  private static void select(EffectBuffer to, int database) {
    to.raw(SELECT);
    to.argument(database);
  }

  /** Leaves the command out that has been begun last, since there is no memory for it. */
  private void leaveOut() {
    takeBack();
    missing();
  }

  /** Says that something has been done that is not written, since there was no memory for it. */
  public void missing() {
    takers.missing();
  }

  /** Takes the command back that has been begun last. */
  public void takeBack() {
    written.truncate(commandStart);
    selected = commandSelected;
    unitCommands--;
  }

  /** Writes an argument. */
  public void argument(byte[] bytes, int offset, int count) {
    room(count);
    written.argument(bytes, offset, count);
  }

  /** Writes a very long argument, which may change as soon as this returns. */
  public void argument(Pieces row) {
    room(0);
    try {
      written.argument(row);
    } catch (OutOfMemoryError full) {
      leaveOut();
      throw full;
    }
  }

  /** Writes an argument that another text precedes. */
  public void argument(byte[] prefix, byte[] bytes, int offset, int count) {
    room(prefix.length + count);
    written.argument(prefix, bytes, offset, count);
  }

  /** Writes an argument of ASCII characters. */
  public void argument(String text) {
    room(text.length());
    written.argument(text);
  }

  /** Writes an integer as an argument. */
  public void number(long value) {
    room(Numbers.MAX_INTEGER_LENGTH);
    written.argument(value);
  }

  /** Makes room for an argument of so many bytes, and for EXEC behind it. */
  private void room(int bytes) {
    if (written.room() - bytes < AROUND) {
      makeRoom(bytes);
    }
  }

  private void makeRoom(int bytes) {
    try {
      written.ensure(Math.addExact(bytes, AROUND));
    } catch (OutOfMemoryError | ArithmeticException full) {
      leaveOut();
      throw full;
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
      written.raw(EXEC);
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
      written.truncate(unitStart);
      unitCommands = 0;
      selected = ANY;
      whole = false;
      missing();
      return null;
    }
  }

  private OpenUnit takeOut() {
    if (whole) {
      EffectBuffer next = new EffectBuffer(buffers);
      OpenUnit again = new OpenUnit(written, unitStart, unitCommands, selected, noted);
      noted = false;
      written = next;
      unitStart = 0;
      unitCommands = 0;
      selected = ANY;
      return again;
    }
    OpenUnit unit = apart();
    unitCommands = 0;
    selected = unitSelected;
    handOverIfPossible();
    return unit;
  }

  /** The unit by itself, beginning in the database that was selected before it. */
  private OpenUnit apart() {
    EffectBuffer own = new EffectBuffer(buffers);
    own.ensure(SELECT.length + 2 * EffectBuffer.HEAD + written.length() - unitStart + EXEC.length);
    if (unitSelected != ANY) {
      select(own, unitSelected);
    }
    OpenUnit unit = new OpenUnit(own, own.length(), unitCommands, selected, noted);
    written.moveTo(own, unitStart);
    return unit;
  }

  /** Goes on with a unit that has been set aside, so deep within others. */
  public void takeUp(@Nullable OpenUnit unit, int deep) {
    depth = deep;
    if (unit == null) {
      return;
    }
    handOverIfPossible();
    if (!listened) {
      unit.written.release();
      return;
    }
    if (written.length() > 0) {
      unit.written.release();
      missing();
      return;
    }
    noted = unit.noted;
    written = unit.written;
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
    if (written.length() > 0 && !handOverDue) {
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
    if (written.length() == 0 || !listened) {
      return;
    }
    LongArguments next = written.nextAmong();
    long position = position();
    takers.take(written, buffers, position, unitCommands == 0, selected, noted);
    written.restart(next);
    unitStart = 0;
    handedOver = position;
    noted = false;
    if (!takers.alone() && unitCommands == 0) {
      selected = ANY;
    }
  }
}
