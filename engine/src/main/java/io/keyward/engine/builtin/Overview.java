package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Engine;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
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

  /** What a key is answered with that belongs to nobody. */
  public static final CommandException NO_DEPLOYMENT =
      CommandException.error(
          "no deployment has the prefix of this key. Remedy: write <prefix>::<key>, as SCAN and"
              + " KEYS show it");

  /** What keys are answered with that one command cannot reach together. */
  public static final CommandException ELSEWHERE =
      new CommandException(
          "CROSSSLOT the keys are of deployments that live on different event loops. Remedy: ask"
              + " for them one by one");

  public static final CommandException NOT_IN_A_UNIT =
      CommandException.error(
          "not possible in a transaction or script, since deployments live on several event"
              + " loops");
  private static final CommandException BUSY =
      new CommandException("BUSY a deployment is in the middle of a long command. Try again later");

  private final BuiltinEngine engine;
  private final BuiltinKeyspace view;
  private byte[] lastPrefix = NOTHING;
  private @Nullable BuiltinKeyspace last;
  private int skipped;

  private final List<BuiltinKeyspace> others = new ArrayList<>();
  private final Set<Client> watchers = new LinkedHashSet<>();
  private List<Overview> peers = List.of(this);
  private @Nullable OverviewChannels channels;

  private Overview(BuiltinEngine engine, BuiltinKeyspace view) {
    this.engine = engine;
    this.view = view;
  }

  /**
   * For each home a keyspace whose clients see every keyspace of the home; those of the operator
   * are in the first.
   */
  public static List<BuiltinKeyspace> open(BuiltinEngine engine) {
    List<BuiltinKeyspace> views = new ArrayList<>();
    List<Overview> all = new ArrayList<>();
    for (Home home : engine.homes()) {
      BuiltinKeyspace view = new BuiltinKeyspace("", home, engine.table());
      Overview overview = new Overview(engine, view);
      view.routes(overview);
      view.effects().onlyForOthers();
      home.onArrival(overview::arrives);
      views.add(view);
      all.add(overview);
    }
    OverviewChannels channels = new OverviewChannels(views.getFirst(), engine.homes());
    all.forEach(
        overview -> {
          overview.peers = List.copyOf(all);
          overview.channels = channels;
        });
    return views;
  }

  /** The channels of all keyspaces. */
  public OverviewChannels channels() {
    return Objects.requireNonNull(channels);
  }

  /** The keyspace whose clients have this view. */
  public BuiltinKeyspace view() {
    return view;
  }

  /** Shows the clients of a further keyspace of this home, which no deployment has. */
  public void showsClientsOf(BuiltinKeyspace further) {
    others.add(further);
  }

  /** Every keyspace of this home that clients may be in. */
  public List<BuiltinKeyspace> rooms() {
    List<BuiltinKeyspace> rooms = new ArrayList<>(others);
    rooms.add(view);
    rooms.addAll(keyspaces());
    return rooms;
  }

  /**
   * Asks on every home, and answers when all have answered.
   *
   * @param part what is asked; called on the home's loop with its view
   * @param answer writes the reply
   * @throws CommandException if there are several homes, and the client cannot wait now
   */
  public <T> void gather(
      Request request, Reply reply, Function<Overview, T> part, BiConsumer<List<T>, Reply> answer) {
    if (peers.size() == 1) {
      answer.accept(List.of(part.apply(this)), reply);
      return;
    }
    if (!view.mayBlock(request.client())) {
      throw NOT_IN_A_UNIT;
    }
    LateReply late = LateReply.of(view, request);
    List<CompletableFuture<T>> parts = new ArrayList<>();
    for (Overview peer : peers) {
      CompletableFuture<T> found = new CompletableFuture<>();
      parts.add(found);
      peer.view
          .loop()
          .execute(
              () -> {
                try {
                  found.complete(part.apply(peer));
                } catch (RuntimeException failed) {
                  found.completeExceptionally(failed);
                }
              });
    }
    var _ =
        CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
            .whenComplete(
                (all, failed) ->
                    view.loop()
                        .execute(
                            () ->
                                late.write(
                                    to ->
                                        answer.accept(
                                            parts.stream().map(Overview::of).toList(), to))));
  }

  private static <T> T of(CompletableFuture<T> part) {
    try {
      return part.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof CommandException refusal ? refusal : failed;
    }
  }

  /** The client of this number among all connections, if it is on this home. */
  public @Nullable Client client(long serial) {
    for (BuiltinKeyspace room : rooms()) {
      for (Client client : room.clients()) {
        if (client.serial() == serial) {
          return client;
        }
      }
    }
    return null;
  }

  /** How many keys this home's databases of a number hold. */
  public long keys(int number) {
    long keys = 0;
    for (BuiltinKeyspace keyspace : keyspaces()) {
      Database holder = keyspace.databases().ifUsed(number);
      keys += holder == null ? 0 : holder.size();
    }
    return keys;
  }

  /**
   * Shows a client of the operator the commands of every deployment that there is or will be, from
   * the reply on; one that sees them already gets none.
   */
  public void monitor(Request request, Reply reply) {
    Client client = request.client();
    if (watchers.contains(client)) {
      return;
    }
    gather(
        request,
        reply,
        each -> {
          Elsewhere elsewhere = view.executor().elsewhere();
          if (each != this && elsewhere != null) {
            each.beginMonitoring(elsewhere.standIn(client, each));
          }
          return each;
        },
        (all, to) -> {
          to.ok();
          beginMonitoring(client);
        });
  }

  private void beginMonitoring(Client client) {
    if (client.keyspace() == view) {
      watchers.add(client);
      rooms().forEach(room -> room.observation().monitors().add(client, room.prefix()));
    }
  }

  private void arrives(BuiltinKeyspace keyspace) {
    watchers.forEach(w -> keyspace.observation().monitors().add(w, keyspace.prefix()));
  }

  /** Ends the watching of a client over the commands of this home's keyspaces. */
  void endMonitoring(Client client) {
    if (!watchers.remove(client)) {
      return;
    }
    rooms().forEach(room -> room.observation().monitors().remove(client));
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
    view.effects().beginUnit();
    for (Database holder : emptied) {
      holder.keyspace().effects().whole().flushedByOthers(number);
      WholeDatabase.flush(holder);
      holder.keyspace().settleSoon();
      view.waiting().with(holder.keyspace().waiting());
    }
    view.effects().endUnit();
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
    if (further == null) {
      return holder;
    }
    // A deployment's name for a key that it shares is one for the shared key.
    Database shared = further.lead(holder, name, offset + skipped, length - skipped);
    if (shared != holder) {
      enter(shared.keyspace());
    }
    return shared;
  }

  @Override
  public int skipped() {
    return skipped;
  }

  @Override
  public byte[] before(Database holder) {
    return holder.keyspace().effects().prefix();
  }

  /** Keys of other homes are not seen from within a transaction or script. */
  private void refuseInUnit() {
    if (peers.size() > 1 && !view.mayDivide()) {
      throw NOT_IN_A_UNIT;
    }
  }

  @Override
  public void forEach(Database from, Consumer<Database> visitor) {
    refuseInUnit();
    visitor.accept(from);
    for (BuiltinKeyspace keyspace : keyspaces()) {
      Database holder = keyspace.databases().ifUsed(from.number());
      if (holder != null && holder.size() > 0) {
        enter(keyspace);
        visitor.accept(holder);
      }
    }
  }

  @Override
  public boolean sees(Database holder, byte[] name, int offset, int length) {
    return true;
  }

  @Override
  public long seen(Database holder) {
    return holder.size();
  }

  @Override
  public long seenExpiring(Database holder) {
    return holder.expiring();
  }

  /** The keyspace with the least number from this one on, wherever it lives, or null. */
  public @Nullable BuiltinKeyspace from(long number) {
    return engine.from(number);
  }

  @Override
  public long numberFrom(long number) {
    refuseInUnit();
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
