package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operator's view on one home: the keys of every keyspace there, each as {@code <prefix>::key}.
 *
 * <p>It is what the clients of a keyspace see that holds no keys itself. Their commands run on the
 * home of the keyspaces, as those of the deployments' own clients do, so that nobody else touches
 * the data; a keyspace that is in the middle of a command is not looked into.
 */
public final class Overview implements KeyRoutes {
  private static final byte[] NOTHING = {};
  private static final CommandException NO_DEPLOYMENT =
      CommandException.error(
          "no deployment has the prefix of this key. Remedy: write <prefix>::<key>, as SCAN and"
              + " KEYS show it");
  private static final CommandException ELSEWHERE =
      new CommandException(
          "CROSSSLOT the keys are of deployments that live on different event loops. Remedy: ask"
              + " for them one by one");
  private static final CommandException BUSY =
      new CommandException("BUSY a deployment is in the middle of a long command. Try again later");

  private final BuiltinEngine engine;
  private final BuiltinKeyspace view;
  private byte[] lastPrefix = NOTHING;
  private @Nullable BuiltinKeyspace last;
  private int skipped;

  private Overview(BuiltinEngine engine, BuiltinKeyspace view) {
    this.engine = engine;
    this.view = view;
  }

  /** A keyspace whose clients see every keyspace of a home. */
  public static BuiltinKeyspace open(BuiltinEngine engine, Home home) {
    BuiltinKeyspace view = new BuiltinKeyspace("", home, engine.table());
    view.routes(new Overview(engine, view));
    view.effects().onlyForOthers();
    return view;
  }

  /** The view that the clients of a keyspace have, or null if they see their own keys. */
  public static @Nullable Overview of(BuiltinKeyspace keyspace) {
    return keyspace.routes() instanceof Overview overview ? overview : null;
  }

  /** The keyspaces on this home. */
  public List<BuiltinKeyspace> keyspaces() {
    return engine.keyspaces().stream().filter(each -> each.home() == view.home()).toList();
  }

  /** The keyspace to which a key of this name belongs, wherever it lives; null if to none. */
  public @Nullable BuiltinKeyspace owner(byte[] name, int offset, int length) {
    int own = Engine.ownPart(name, offset, length);
    BuiltinKeyspace named = own < 0 ? null : named(name, offset, own - Engine.SEPARATOR.length());
    skipped = named == null ? 0 : own;
    return named == null ? engine.find("") : named;
  }

  private @Nullable BuiltinKeyspace named(byte[] name, int offset, int length) {
    BuiltinKeyspace known = last;
    boolean same =
        known != null
            && Arrays.equals(name, offset, offset + length, lastPrefix, 0, lastPrefix.length)
            && engine.find(known.prefix()) == known;
    if (!same) {
      lastPrefix = Arrays.copyOfRange(name, offset, offset + length);
      known = engine.find(new String(lastPrefix, StandardCharsets.UTF_8));
      last = known;
    }
    return known;
  }

  /**
   * Sees to it that a keyspace is one of this home and not in the middle of a command.
   *
   * @throws CommandException if it is not
   */
  public void enter(BuiltinKeyspace keyspace) {
    if (keyspace.home() != view.home()) {
      throw ELSEWHERE;
    }
    if (isBusy(keyspace)) {
      throw BUSY;
    }
    view.slices().touches(keyspace);
  }

  private boolean isBusy(BuiltinKeyspace keyspace) {
    return keyspace.slices().busy() && !view.slices().holds(keyspace);
  }

  /** Empties the database of a number in every keyspace of this home. */
  public void flush(int number) {
    List<Database> emptied = new ArrayList<>();
    for (BuiltinKeyspace keyspace : keyspaces()) {
      Database holder = keyspace.databases().ifUsed(number);
      if (holder != null && holder.size() > 0) {
        enter(keyspace);
        emptied.add(holder);
      }
    }
    for (Database holder : emptied) {
      holder.keyspace().effects().flushedByOthers(number);
      holder.flush();
      holder.keyspace().settleSoon();
      view.waiting().with(holder.keyspace().waiting());
    }
  }

  @Override
  public Database lead(Database from, byte[] name, int offset, int length) {
    BuiltinKeyspace owner = owner(name, offset, length);
    if (owner == null) {
      throw NO_DEPLOYMENT;
    }
    enter(owner);
    Database holder = owner.databases().at(from.number());
    KeyRoutes further = holder.routes();
    // A deployment's name for a key that it shares is one for the shared key.
    return further == null
        ? holder
        : further.lead(holder, name, offset + skipped, length - skipped);
  }

  @Override
  public int skipped() {
    return skipped;
  }

  @Override
  public byte[] before(Database holder) {
    return holder.keyspace().effects().prefix();
  }

  @Override
  public void forEach(Database from, Consumer<Database> visitor) {
    visitor.accept(from);
    for (BuiltinKeyspace keyspace : keyspaces()) {
      Database holder = keyspace.databases().ifUsed(from.number());
      if (holder != null && holder.size() > 0) {
        enter(keyspace);
        visitor.accept(holder);
      }
    }
  }

  /** The keyspace with the least number from this one on, wherever it lives, or null. */
  public @Nullable BuiltinKeyspace from(long number) {
    return engine.from(number);
  }

  @Override
  public long numberFrom(long number) {
    BuiltinKeyspace keyspace = engine.from(number);
    return keyspace == null ? -1 : keyspace.number();
  }

  @Override
  public @Nullable Database numbered(Database from, long number) {
    BuiltinKeyspace keyspace = engine.from(number);
    if (keyspace == null || keyspace.home() != view.home() || isBusy(keyspace)) {
      return null;
    }
    view.slices().touches(keyspace);
    return keyspace.databases().at(from.number());
  }
}
