package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a keyspace's commands have done into its home's stream, in the global view: keys as
 * {@code <prefix>::key}.
 *
 * <p>A command that has changed data and would do the same again is written as it came. One that
 * would not (it reads the clock, draws at random, waits, or is told apart by what else the keyspace
 * holds) writes commands that have the same effect instead, through this class, from its handler.
 * Nothing of pinned namespaces is written; where a command has to do with pinned keys and others,
 * the others are written as they are afterwards.
 *
 * <p>Handlers may call every method at any time: while nobody listens they do nothing.
 */
public final class Effects {
  /** Bytes of arguments for which room is made in the stream before the command is executed. */
  private static final long LONG = 32 * 1024;

  /** Most bytes around an argument in the stream. */
  private static final int ARGUMENT_HEAD = 16;

  private final BuiltinKeyspace keyspace;
  private final EffectStream stream;
  private final byte[] prefix;
  private final VerbatimEffects verbatim;
  private final WholeKeyspaceEffects whole;
  private final DepartureEffects departures;

  private boolean kept = true;
  private @Nullable Effects ofShared;
  private boolean forOthers;
  private boolean replaced;

  /*
   * Of the effect that is being written: its keys, if pinned ones or those of others may be among
   * them; who holds the last one; and whether it cannot be written as one command.
   */
  private int database;
  private final List<Key> written = new ArrayList<>();
  private @Nullable Database holder;
  private boolean divided;

  Effects(BuiltinKeyspace keyspace, EffectStream stream) {
    this.keyspace = keyspace;
    this.stream = stream;
    String name = keyspace.prefix();
    prefix = name.isEmpty() ? new byte[0] : (name + "::").getBytes(StandardCharsets.UTF_8);
    byte[] note = WholeKeyspace.note(name);
    verbatim = new VerbatimEffects(keyspace, this, stream, note);
    whole = new WholeKeyspaceEffects(keyspace, this, stream, note);
    departures = new DepartureEffects(keyspace, this, stream);
  }

  /** Whether what is done is written, be it to this keyspace's keys or to those it shares. */
  public boolean wanted() {
    return reachFiles() && stream.listened();
  }

  /**
   * Whether its clients' writes are refused when files cannot be written: all but those of a
   * keyspace whose own keys are in memory alone.
   */
  public boolean refusedWithFiles() {
    return kept || forOthers;
  }

  /** Whether anything that its clients do can be written to files. */
  public boolean reachFiles() {
    return kept || forOthers || (ofShared != null && ofShared.kept);
  }

  /** Whether what is done to this keyspace's own keys is written. */
  boolean ownWanted() {
    return kept && stream.listened();
  }

  /** Says that the keyspace has no keys itself: what is written concerns those of others. */
  void onlyForOthers() {
    kept = false;
    forOthers = true;
  }

  /** Names the effects of the keyspace whose keys are shared with this one. */
  void ofShared(Effects holder) {
    ofShared = holder;
  }

  /** Says whether the keyspace is written to files; else it is in memory alone. */
  public void kept(boolean written) {
    kept = written;
  }

  /** Whether the keyspace is written to files. */
  public boolean kept() {
    return kept;
  }

  /** Writes what is done to all that the keyspace holds. */
  public WholeKeyspaceEffects whole() {
    return whole;
  }

  /** Writes what goes of itself. */
  DepartureEffects departures() {
    return departures;
  }

  /** What stands before each key in the global view: the prefix and {@code ::}, or nothing. */
  public byte[] prefix() {
    return prefix;
  }

  /* Units. */

  /** Begins what must be replayed whole; it may hold more of its kind. */
  public void beginUnit() {
    stream.beginUnit();
  }

  /** Ends it; with the outermost the unit goes into the stream. */
  public void endUnit() {
    stream.endUnit();
  }

  /**
   * Makes room for a long command before it changes anything.
   *
   * @throws OutOfMemoryError if there is none
   */
  void reserve(Request request, Command command) {
    // The length first: hardly ever is one long, be it of a command that reads or one that writes.
    long bytes = request.totalLength();
    if (bytes > LONG && command.write() && !request.hasPieces()) {
      stream.reserve(bytes + (long) request.count() * (prefix.length + ARGUMENT_HEAD));
    }
  }

  /**
   * The command has ended for want of memory.
   *
   * @param some whether it has changed something, or may have
   */
  void brokeOff(boolean some) {
    replaced = false;
    if (some) {
      stream.missing();
    }
  }

  /**
   * Writes a command that has changed data, unless its handler has written effects instead.
   *
   * @param changes how many changes it has made
   */
  void ran(Request request, Command command, long changes) {
    if (replaced) {
      replaced = false;
      return;
    }
    // Passed through once or not at all. Of an if the compiler would leave out what has never
    // happened: a first command that reads, after a million that write, would then have the whole
    // way of a write compiled anew.
    long unwritten = changes;
    while (unwritten > 0) {
      if (command.write()) {
        verbatim.write(request, command);
      }
      unwritten = 0;
    }
  }

  /** Writes the command as it came. */
  public void same(Request request) {
    if (wanted()) {
      verbatim.write(request, request.command());
      replaced = true;
    }
  }

  /** Says that the command needs no effects but those that have been or will be written. */
  public void instead() {
    if (wanted()) {
      replaced = true;
    }
  }

  /* Effects that take the command's place. */

  /** Begins an effect of so many arguments in the database that the client has selected. */
  public Effects begin(Request request, String name, int arguments) {
    return begin(request.client().database(), name, arguments);
  }

  /** Begins an effect of so many arguments, the name included. */
  public Effects begin(int databaseNumber, String name, int arguments) {
    replaced = true;
    database = databaseNumber;
    written.clear();
    divided = false;
    holder = null;
    stream.begin(databaseNumber, arguments);
    stream.argument(name);
    return this;
  }

  /** Writes a key that is an argument of the request. */
  public Effects key(Request request, int argument) {
    return key(request.bytes(), request.offset(argument), request.length(argument));
  }

  /** Writes a key. */
  public Effects key(byte[] bytes, int offset, int length) {
    if (keyspace.routes() != null) {
      return keyOfOthers(bytes, offset, length);
    }
    if (keyspace.pins().any()) {
      if (keyspace.pins().hold(bytes, offset, length)) {
        divided = true;
      } else {
        written.add(Key.copyOf(bytes, offset, length));
      }
    }
    stream.argument(prefix, bytes, offset, length);
    return this;
  }

  private Effects keyOfOthers(byte[] bytes, int offset, int length) {
    Database from = keyspace.databases().at(database);
    GlobalName name = new GlobalName(from).of(from, bytes, offset, length);
    divided |= name.unwritten() || (holder != null && holder != name.holder());
    holder = name.holder();
    written.add(Key.copyOf(bytes, offset, length));
    stream.argument(name.prefix(), name.bytes(), name.offset(), name.length());
    return this;
  }

  /** Writes an argument that is no key. */
  public Effects argument(Request request, int argument) {
    verbatim.argument(request, argument);
    return this;
  }

  public Effects argument(byte[] bytes) {
    stream.argument(bytes, 0, bytes.length);
    return this;
  }

  public Effects argument(byte[] bytes, int offset, int length) {
    stream.argument(bytes, offset, length);
    return this;
  }

  /** Writes a word of ASCII characters. */
  public Effects argument(String word) {
    stream.argument(word);
    return this;
  }

  public Effects number(long value) {
    stream.number(value);
    return this;
  }

  /** Ends an effect. */
  public void end() {
    if (divided) {
      stream.takeBack();
      for (Key key : List.copyOf(written)) {
        state(database, key.bytes(), 0, key.bytes().length);
      }
    }
  }

  /** Writes that a key expires at a time in milliseconds since 1970. */
  public void expires(Request request, int keyArgument, long milliseconds) {
    if (wanted()) {
      begin(request, "PEXPIREAT", 3).key(request, keyArgument).number(milliseconds).end();
    }
  }

  /** Writes that a string has been set that expires at a time in milliseconds since 1970. */
  public void set(Request request, int keyArgument, int valueArgument, long milliseconds) {
    if (wanted()) {
      begin(request, "SET", 5)
          .key(request, keyArgument)
          .argument(request, valueArgument)
          .argument("PXAT")
          .number(milliseconds)
          .end();
    }
  }

  /** Writes that a string has been set, which expires as it did before or not at all. */
  public void set(Request request, int keyArgument, int valueArgument, boolean keepExpiry) {
    if (wanted()) {
      begin(request, "SET", keepExpiry ? 4 : 3)
          .key(request, keyArgument)
          .argument(request, valueArgument);
      if (keepExpiry) {
        argument("KEEPTTL");
      }
      end();
    }
  }

  /** Writes that a key has been deleted. */
  public void deleted(Request request, int keyArgument) {
    if (wanted()) {
      begin(request, deletion(Directive.LAZYFREE_LAZY_SERVER_DEL), 2)
          .key(request, keyArgument)
          .end();
    }
  }

  /**
   * Writes that a key has been copied to another database than the client's, unless the command as
   * it came says so: if one of the two keys is others' or pinned, the new one is written as it is.
   */
  public void copied(Request request, int keyArgument, int databaseNumber) {
    if (wanted() && (keyspace.routes() != null || keyspace.pins().any())) {
      replaced = true;
      state(
          databaseNumber,
          request.bytes(),
          request.offset(keyArgument),
          request.length(keyArgument));
    }
  }

  /** What others are to do with a key that goes: free its value at once, or later. */
  String deletion(Directive lazy) {
    return keyspace.home().settings().flag(lazy) ? "UNLINK" : "DEL";
  }

  /** Writes a command of another name with the same first arguments, so many with the name. */
  public void under(Request request, String name, int arguments, int keyArguments) {
    if (wanted()) {
      begin(request, name, arguments);
      for (int i = 1; i < arguments; i++) {
        if (i <= keyArguments) {
          key(request, i);
        } else {
          argument(request, i);
        }
      }
      end();
    }
  }

  /**
   * Writes a key as it is now, for a change that no command tells without other keyspaces' help.
   */
  public void state(int databaseNumber, byte[] key, int offset, int length) {
    Database at = keyspace.databases().at(databaseNumber);
    GlobalName name = new GlobalName(at).of(at, key, offset, length);
    if (!wanted() || name.unwritten()) {
      return;
    }
    Entry entry = at.find(key, offset, length, BuiltinKeyspace.REPLAY_TIME, at.newView());
    if (entry == null) {
      stream.begin(databaseNumber, 2);
      stream.argument("DEL");
      stream.argument(name.prefix(), name.bytes(), name.offset(), name.length());
      return;
    }
    byte[] payload = keyspace.home().serializer().payload(entry);
    stream.begin(databaseNumber, 6);
    stream.argument("RESTORE");
    stream.argument(name.prefix(), name.bytes(), name.offset(), name.length());
    stream.number(Math.max(0, entry.expiry()));
    stream.argument(payload, 0, payload.length);
    stream.argument("REPLACE");
    stream.argument("ABSTTL");
  }

  /**
   * Ends the unit of a command that has done nothing itself so far, unless it is part of more: what
   * has only happened on the way, such as an eviction, is not to wait until the command has ended.
   */
  public void endUnitSoFar() {
    if (stream.depth() == 1) {
      stream.endUnit();
      stream.beginUnit();
    }
  }
}
