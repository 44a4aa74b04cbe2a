package io.keyward.engine.builtin.script.lua;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One Lua world: its global variables, and the limits within which a script runs in it.
 *
 * <p>Belongs to one thread, its home. Calls that go deep and coroutines continue on threads of
 * their own while the home thread waits and does for them what must be done at home ({@link
 * #atHome}); so only one thread is ever at work.
 */
public final class LuaState {
  /** Those with whom a script shares its thread. */
  public interface Others {
    /** Whether it is their turn, at a time of {@link System#nanoTime()}. */
    boolean areDue(long nanos);

    /**
     * Lets them have their turn.
     *
     * @return the nanoseconds that they took, which do not count against the script's time
     * @throws ScriptAborted if the script is not to go on
     */
    long haveTheirTurn();

    /**
     * Whether there is room for what the script holds.
     *
     * @param more bytes that it holds more than it was told to hold before, or less if negative
     */
    boolean leaveRoom(long more);
  }

  /** Bytes that the compiled form of a text may take for each of its own, at most. */
  public static final long BYTES_FOR_TEXT = 64;

  /** Calls within calls, as in Lua's own {@code LUAI_MAXCALLS}. */
  static final int MOST_CALLS = 20_000;

  /**
   * It is looked at what a script holds when it has allocated so many bytes, or a quarter of it.
   */
  private static final long FIRST_MEASURE = 1 << 20;

  private static final int FUEL = 5_000;

  /** To copy so many bytes counts as one step. */
  public static final int BYTES_IN_A_STEP = 64;

  private static final int UNITS_AT_HOME = 1_600;
  static final int UNITS_ASIDE = 400_000;
  static final int UNITS_IN_COROUTINE = 3_000;

  private final Memory memory = new Memory(this::measure);
  private final LuaTable globals = new LuaTable(memory);
  private final LuaTable strings = new LuaTable(memory);
  private final Coroutines coroutines = new Coroutines(this);
  private final Reachable reachable = new Reachable(this);

  int fuel = FUEL;
  int depth;
  int units;
  int mostUnits = UNITS_AT_HOME;
  @Nullable Frame top;
  @Nullable SideStack side;

  private long deadline = Long.MAX_VALUE;
  private String tooLong = "";
  private long mostBytes = Long.MAX_VALUE;
  private String tooLarge = "";
  private long told;
  private @Nullable Others others;

  public Memory memory() {
    return memory;
  }

  public LuaTable globals() {
    return globals;
  }

  /** The metatable of all strings. */
  public LuaTable strings() {
    return strings;
  }

  Coroutines coroutines() {
    return coroutines;
  }

  public LuaTable table() {
    return new LuaTable(memory);
  }

  /** A table whose keys 1 to n hold these values; the array belongs to the table. */
  public LuaTable table(@Nullable Object[] values) {
    return new LuaTable(memory, values);
  }

  /**
   * Reads a Lua text.
   *
   * @param chunk the name of the text in error messages
   * @throws LuaError if it is not Lua
   */
  public Closure load(byte[] source, int offset, int length, String chunk) {
    return load(source, offset, length, chunk, globals);
  }

  /**
   * Reads a Lua text whose global names are looked up in a table of its own. Others have their turn
   * meanwhile; how long that takes is not limited.
   */
  public Closure load(byte[] source, int offset, int length, String chunk, LuaTable environment) {
    Pace pace = new Pace(this::giveWay);
    Syntax.Function function = Parser.parse(source, offset, length, chunk, pace);
    FunctionBody body = new Compiler(chunk, pace).function(function);
    return new Closure(body, new Cell[0], environment);
  }

  /** Says with whom the thread is shared. */
  public void shareWith(Others sharing) {
    others = sharing;
  }

  /**
   * Begins a run with limits.
   *
   * @param nanos time from now on
   * @param tooLong what the client is told when it is used up
   * @param bytes of memory that the script may hold
   * @param tooLarge what the client is told when it holds more
   */
  public void begin(long nanos, String tooLong, long bytes, String tooLarge) {
    this.deadline = System.nanoTime() + nanos;
    this.tooLong = tooLong;
    this.mostBytes = bytes;
    this.tooLarge = tooLarge;
    fuel = FUEL;
    memory.restart(untilNextMeasure(0));
  }

  private long untilNextMeasure(long held) {
    return Math.max(Math.min(FIRST_MEASURE, mostBytes / 4), Math.max(held / 4, 1 << 16));
  }

  /** Ends a run: whatever it left half done is dropped. */
  public void end() {
    depth = 0;
    units = 0;
    mostUnits = UNITS_AT_HOME;
    top = null;
    side = null;
    deadline = Long.MAX_VALUE;
    memory.restart(Long.MAX_VALUE);
    tell(0);
    coroutines.endAll();
  }

  /** Is called every some thousand steps. */
  void tick() {
    fuel = FUEL;
    long now = System.nanoTime();
    if (now - deadline > 0) {
      throw new ScriptAborted(tooLong);
    }
    giveWay(now);
  }

  private void giveWay() {
    giveWay(System.nanoTime());
  }

  /** Lets others have their turn if it has come. */
  private void giveWay(long now) {
    Others due = others;
    if (due != null && due.areDue(now) && atHome(due::haveTheirTurn) instanceof Long took) {
      deadline += deadline == Long.MAX_VALUE ? 0 : took;
    }
  }

  /** Counts a step of a function written in Java that may take long. */
  public void step() {
    if (--fuel < 0) {
      tick();
    }
  }

  /** Counts work that takes about as long as to copy so many bytes. */
  public void work(long bytes) {
    spend(bytes);
    if (fuel < 0) {
      tick();
    }
  }

  private void spend(long bytes) {
    fuel = (int) Math.max(-1, fuel - bytes / BYTES_IN_A_STEP);
  }

  /** Refuses to make a string that would not fit; to make one counts as work at the next step. */
  public void charge(long bytes) {
    if (bytes > mostBytes || bytes > Integer.MAX_VALUE - 64) {
      throw new ScriptAborted(tooLarge);
    }
    spend(bytes);
    memory.charge(bytes);
  }

  /**
   * Compares what the script holds, and is about to hold, with its limit.
   *
   * <p>What calls further up hold in half-evaluated expressions cannot be seen; so in deep calls
   * all that was allocated since the last look counts as held.
   */
  private void measure(long wanted) {
    long held = depth > 8 ? memory.charged() : wanted;
    held += reachable.bytes(mostBytes);
    if (held > mostBytes || !tell(held)) {
      throw new ScriptAborted(tooLarge);
    }
    if (depth <= 8) {
      memory.restart(untilNextMeasure(held));
    }
  }

  /** Tells those who share the memory what the script holds; whether there is room for it. */
  private boolean tell(long held) {
    long more = held - told;
    told = held;
    Others sharing = others;
    return sharing == null || more == 0 || sharing.leaveRoom(more);
  }

  /** Does what must be done on the home thread. */
  public @Nullable Object atHome(Supplier<@Nullable Object> work) {
    SideStack now = side;
    return now == null ? work.get() : now.ask(work);
  }

  /** Continues a call on a larger stack, or fails. */
  @Nullable Object deeper(Closure closure, @Nullable Object[] slots, @Nullable Object[] further) {
    if (mostUnits == UNITS_ASIDE || depth >= MOST_CALLS) {
      throw LuaError.message("stack overflow");
    }
    int unitsBefore = units;
    int mostBefore = mostUnits;
    units = 0;
    mostUnits = UNITS_ASIDE;
    try {
      return SideStack.call(this, () -> closure.run(this, slots, further));
    } finally {
      units = unitsBefore;
      mostUnits = mostBefore;
    }
  }

  /**
   * Calls a function so that an error ends there.
   *
   * @return the error, or null if there was none; then {@code results} has been given the result
   */
  @Nullable LuaError protectedCall(
      LuaFunction function, @Nullable Object[] arguments, Consumer<@Nullable Object> results) {
    Frame topBefore = top;
    int depthBefore = depth;
    int unitsBefore = units;
    step();
    try {
      results.accept(function.call(this, arguments));
      return null;
    } catch (LuaError error) {
      top = topBefore;
      depth = depthBefore;
      units = unitsBefore;
      return error;
    }
  }
}
