package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.Errors;
import io.keyward.engine.Keyspace;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.observation.Observation;
import io.keyward.engine.command.CommandTable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A keyspace whose data is in this process. */
public final class BuiltinKeyspace implements Keyspace {
  /**
   * The time at which effects are replayed: before every expiry, so that nothing expires of itself.
   * The deletion of what has expired stands in the stream.
   */
  public static final long REPLAY_TIME = 1;

  private final String prefix;
  private final Home home;
  private final CommandTable table;
  private final MemoryAccount account;
  private final int databaseCount;
  private @Nullable Database[] databases = {};
  private final Statistics statistics = new Statistics();
  private final KeyspaceQuota quota = new KeyspaceQuota(this);
  private Namespaces namespaces = Namespaces.NONE;
  private boolean pinned;
  private final KeyspaceNotifications notifications = new KeyspaceNotifications(this);
  private final Channels channels = new Channels(this);
  private final Executor executor;
  private final ActiveExpiry activeExpiry = new ActiveExpiry(this);
  private final Pause pause = new Pause(this);
  private final Slices slices = new Slices(this);
  private final Observation observation;
  private final AccessControl access;
  private final Map<Long, Client> clients = new LinkedHashMap<>();
  private final Map<Class<?>, Object> attachments = new HashMap<>();
  private Reply deferredPushes = new Reply();
  private @Nullable Client current;
  private @Nullable KeyTracker tracker;
  private final @Nullable SlotRules slotRules;
  private boolean keysReady;
  private boolean atomic;
  private int blockedClients;
  private long lastClientId;
  private boolean ended;
  private long changes;
  private @Nullable ChangeGuard guard;
  private long departures;
  private final Effects effects;

  public BuiltinKeyspace(String prefix, Home home, CommandTable table) {
    this.prefix = prefix;
    this.home = home;
    this.table = table;
    account = new MemoryAccount(home.account());
    databaseCount = (int) home.settings().number(Directive.DATABASES);
    observation = new Observation(home.observed(), this::pushTo);
    effects = new Effects(this, home.effects());
    access = new AccessControl(table, home.settings());
    slotRules = home.settings().flag(Directive.CLUSTER_ENABLED) ? new SlotRules() : null;
    executor = new Executor(this, table);
    home.settles();
  }

  @Override
  public String prefix() {
    return prefix;
  }

  @Override
  public Loop loop() {
    return home.loop();
  }

  public Home home() {
    return home;
  }

  public CommandTable table() {
    return table;
  }

  public MemoryAccount account() {
    return account;
  }

  public Statistics statistics() {
    return statistics;
  }

  public KeyspaceNotifications notifications() {
    return notifications;
  }

  public Channels channels() {
    return channels;
  }

  /** Holds clients back for CLIENT PAUSE. */
  public Pause pause() {
    return pause;
  }

  /** Writes what is done to the stream of effects. */
  public Effects effects() {
    return effects;
  }

  /** Runs long commands in slices. */
  public Slices slices() {
    return slices;
  }

  public Observation observation() {
    return observation;
  }

  /** The users and what they may do. */
  public AccessControl access() {
    return access;
  }

  public Executor executor() {
    return executor;
  }

  /** Takes on what sets this keyspace apart. */
  void traits(KeyspaceTraits given) {
    pin(given.pinned());
    quota.limit(given.mostBytes(), given.shared());
  }

  /** The bytes that this keyspace may take. */
  KeyspaceQuota quota() {
    return quota;
  }

  /** The bytes that the data may take by a limit of this keyspace's own; 0 = no such limit. */
  public long mostBytes() {
    return quota.most();
  }

  /** Keeps the keys of these namespaces from being evicted for others. */
  public void pin(Namespaces pinnedNamespaces) {
    namespaces = pinnedNamespaces;
    pinned = !pinnedNamespaces.pinned().isEmpty();
  }

  /** Whether any namespace is pinned. */
  boolean hasPinned() {
    return pinned;
  }

  /** Who is to learn of changes before they are made, or null. */
  public @Nullable ChangeGuard guard() {
    return guard;
  }

  /** Has changes told before they are made, or no longer. */
  public void guard(@Nullable ChangeGuard told) {
    guard = told;
  }

  /** Whether a key may not be evicted for others, and stays in memory alone. */
  public boolean isPinned(Entry entry) {
    return isPinned(entry.bytes(), entry.keyOffset(), entry.keyLength());
  }

  /** Whether a key may not be evicted for others, and stays in memory alone. */
  public boolean isPinned(byte[] key, int offset, int length) {
    return pinned && namespaces.isPinned(Arrays.copyOfRange(key, offset, offset + length));
  }

  /** How many numbered databases there are. */
  public int databaseCount() {
    return databaseCount;
  }

  /** A numbered database, made when it is first asked for. */
  public Database database(int number) {
    Database database = number < databases.length ? databases[number] : null;
    return database == null ? begin(number) : database;
  }

  private Database begin(int number) {
    if (databases.length == 0) {
      home.wakes(this);
    }
    if (number >= databases.length) {
      databases = Arrays.copyOf(databases, number + 1);
    }
    Database database = new Database(this, number);
    databases[number] = database;
    return database;
  }

  /** A numbered database if it is in use. */
  public @Nullable Database databaseIfUsed(int number) {
    return number < databases.length ? databases[number] : null;
  }

  /** Whether there is any key in any database. */
  boolean holdsKeys() {
    for (Database database : databases) {
      if (database != null && database.size() > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * The number of a database.
   *
   * @throws io.keyward.engine.CommandException if there is none of that number
   */
  public int databaseNumber(long number) {
    if (number < 0 || number >= databaseCount) {
      throw Errors.DATABASE_OUT_OF_RANGE;
    }
    return (int) number;
  }

  @Override
  public boolean enter(Client client) {
    if (ended) {
      return false;
    }
    client.keyspace(this);
    client.id(++lastClientId);
    client.state(new ClientState(client, access.defaultUser()));
    client.authenticated(client.authenticated() || access.open());
    clients.put(client.id(), client);
    return true;
  }

  /** From now on the client is this user and bound by its rules. */
  public void logIn(Client client, User user) {
    ClientState.of(client).user(user);
    client.user(user.name());
    client.authenticated(true);
  }

  /** The client is again what it was when it came: the default user, if that needs no password. */
  public void logOut(Client client) {
    logIn(client, access.defaultUser());
    client.authenticated(access.open());
  }

  @Override
  public void leave(Client client) {
    if (slices.leavesLater(client)) {
      return;
    }
    BlockedClients.forget(client);
    pause.forget(client);
    observation.monitors().remove(client);
    KeyTracker told = tracker;
    if (told != null) {
      told.forget(client);
    }
    ClientState state = ClientState.of(client);
    channels.unsubscribeAll(state);
    state.watcher().clear();
    clients.remove(client.id());
    client.keyspace(null);
    client.state(null);
  }

  /** A client that stands for a script: it has no socket and is not listed. */
  public Client internalClient(Reply reply) {
    Client client = new Client(0, new NoConnection(reply), reply, System.currentTimeMillis());
    client.internal(true);
    client.authenticated(true);
    client.keyspace(this);
    client.state(new ClientState(client, access.unbound()));
    return client;
  }

  /** The client whose request is being executed, also while a script stands in for it. */
  public Client acting(Client instead) {
    Client sender = current;
    return sender == null ? instead : sender;
  }

  /** What a family of commands keeps for this keyspace, made when it is first asked for. */
  public <T> T attachment(Class<T> kind, Function<BuiltinKeyspace, T> made) {
    Object present = attachments.get(kind);
    if (present == null) {
      present = made.apply(this);
      attachments.put(kind, present);
    }
    return kind.cast(present);
  }

  /** What a family of commands keeps for this keyspace, or null if it has never been asked for. */
  public <T> @Nullable T attachmentIfAny(Class<T> kind) {
    Object present = attachments.get(kind);
    return present == null ? null : kind.cast(present);
  }

  @Override
  public Collection<Client> clients() {
    return Collections.unmodifiableCollection(clients.values());
  }

  /** How many clients have entered since the start. */
  public long entered() {
    return lastClientId;
  }

  /** The client of this id, or null. */
  public @Nullable Client client(long id) {
    return clients.get(id);
  }

  @Override
  public long usedBytes() {
    return account.bytes();
  }

  @Override
  public void beginBurst() {
    executor.beginBurst();
  }

  @Override
  public boolean turnIsOver() {
    return executor.turnIsOver();
  }

  @Override
  public void endBurst() {
    executor.endBurst();
    tellTrackers();
  }

  /** Tells what has changed to who wants to know it; not in the middle of a command. */
  private void tellTrackers() {
    KeyTracker told = tracker;
    if (told != null && !slices.busy()) {
      told.settle();
    }
  }

  @Override
  public void execute(Request request, Reply reply) {
    Client client = request.client();
    current = client;
    executor.execute(request, reply);
    if (client.turn() == Client.Turn.SUSPENDED) {
      current = null;
    } else {
      ended(client, reply);
      if (!slices.busy()) {
        settle(request.now());
      }
    }
  }

  /** Serves who has waited for keys that a command has changed. */
  private void settle(long now) {
    if (keysReady) {
      serveBlocked(now);
    }
  }

  /** Executes the command of a client that has been waiting once more. */
  void executeAgain(Request request) {
    Client client = request.client();
    current = client;
    executor.again(request, client.reply());
    ended(client, client.reply());
  }

  private void ended(Client client, Reply reply) {
    current = null;
    sendPushes(reply);
    KeyTracker told = tracker;
    if (told != null) {
      told.ended(client);
    }
  }

  /** Writes the push messages that the client being served has got so far. */
  void sendPushes(Reply reply) {
    if (deferredPushes.length() > 0) {
      reply.raw(deferredPushes.bytes(), 0, deferredPushes.length());
      deferredPushes.clear();
    }
  }

  /** The client whose request is being executed, or null if none is. */
  public @Nullable Client current() {
    return current;
  }

  /** The rules of a node of a cluster, or null if the keyspace does not behave as one. */
  public @Nullable SlotRules slotRules() {
    return slotRules;
  }

  /** What is told of reads and changes, or null if no client keeps copies of keys. */
  public @Nullable KeyTracker tracker() {
    return tracker;
  }

  public void tracker(@Nullable KeyTracker told) {
    tracker = told;
  }

  /** The client whose command goes on, or null. */
  void current(@Nullable Client client) {
    current = client;
  }

  /** Ends a command that has been suspended. */
  void endSuspended(Client client, Reply reply) {
    ended(client, reply);
    settle(System.currentTimeMillis());
    tellTrackers();
  }

  /**
   * Gathers the pushes of the command that is executed now in another reply; returns the former.
   */
  Reply exchangePushes(Reply other) {
    Reply former = deferredPushes;
    deferredPushes = other;
    return former;
  }

  /** Where a push message for a client is to be written; it is sent soon after. */
  public Reply pushTo(Client client) {
    if (client == current) {
      deferredPushes.resp3(client.reply().resp3());
      return deferredPushes;
    }
    Reply later = slices.pushesTo(client);
    if (later != null) {
      later.resp3(client.reply().resp3());
      return later;
    }
    client.connection().flushSoon();
    return client.reply();
  }

  /** Runs what must not be interrupted by waiting: a transaction or a script. */
  public void atomically(Runnable commands) {
    boolean before = atomic;
    atomic = true;
    try {
      commands.run();
    } finally {
      atomic = before;
    }
  }

  /** Whether a command may stop in the middle: it is not part of a transaction or script. */
  boolean mayDivide() {
    return !atomic;
  }

  /** Whether a command of this client may wait, now. */
  public boolean mayBlock(Client client) {
    return !atomic && !client.internal();
  }

  void keysReady() {
    keysReady = true;
  }

  private void serveBlocked(long now) {
    while (keysReady) {
      keysReady = false;
      for (Database database : databases) {
        if (database != null) {
          database.blocked().serve(now);
        }
      }
    }
  }

  void blockedClients(int change) {
    blockedClients += change;
  }

  /** How many clients wait for keys. */
  public int blockedClients() {
    return blockedClients;
  }

  /** How many clients wait for keys, but not for ever. */
  public int blockedWithTimeout() {
    int found = 0;
    for (Client client : clients.values()) {
      BlockedCall call = ClientState.of(client).blockedCall();
      if (call != null && call.ends()) {
        found++;
      }
    }
    return found;
  }

  /** How many keys are waited for, over all databases. */
  public int awaitedKeys() {
    int found = 0;
    for (Database database : databases) {
      if (database != null) {
        found += database.blocked().keys();
      }
    }
    return found;
  }

  /** How many of them somebody awaits who also wants to know that they have gone. */
  public int awaitedKeysEvenIfGone() {
    int found = 0;
    for (Database database : databases) {
      if (database != null) {
        found += database.blocked().keysEvenIfGone();
      }
    }
    return found;
  }

  /** Counts a change of data that {@link Database#changed} is not told of. */
  public void countChange() {
    changes++;
  }

  /** Counts a key that has gone of itself, apart from what a command does. */
  void countDeparture() {
    departures++;
  }

  /** As {@link #changes()}, without the keys that have gone of themselves. */
  long changesByCommands() {
    return changes - departures;
  }

  /** Counts every change of data; its difference tells whether a command changed anything. */
  public long changes() {
    return changes;
  }

  /**
   * The regular work, until {@code deadline} on the clock of {@link System#nanoTime()}.
   *
   * @return false if the keyspace turned out to hold nothing and is no longer looked after
   */
  boolean tick(long now, long deadline) {
    quota.tell();
    if (slices.busy()) {
      return true;
    }
    if (clients.isEmpty() && !holdsKeys()) {
      rest();
      return false;
    }
    statistics.commandRate().sample(now, statistics.commands());
    pause.check(now);
    if (pause.scope() == Pause.Scope.NOTHING) {
      expire(now, deadline);
    }
    if (keysReady) {
      serveBlocked(now);
    }
    tellTrackers();
    for (Database database : databases) {
      if (database != null) {
        database.tendFrequencies();
      }
    }
    return true;
  }

  /** Gives back what an empty keyspace without clients does not need until it is used again. */
  private void rest() {
    for (Database database : databases) {
      if (database != null) {
        database.discard();
      }
    }
    databases = new Database[0];
    home.sleeps(this);
  }

  /** Closes every client and frees all memory; nothing may follow. */
  void end() {
    ended = true;
    for (Client client : List.copyOf(clients.values())) {
      client.connection().abort();
    }
    effects.beginUnit();
    effects.flushedAll();
    effects.endUnit();
    flushAll();
    attachments.clear();
    quota.leave();
    home.leaves(this);
  }

  private void expire(long now, long deadline) {
    if (!observation.watchesLatency()) {
      activeExpiry.run(now, deadline);
      return;
    }
    long start = System.nanoTime();
    activeExpiry.run(now, deadline);
    observation.event(Observation.EXPIRE_CYCLE, System.nanoTime() - start);
  }

  /** Removes all keys of all databases. */
  public void flushAll() {
    emptied();
    for (Database database : databases) {
      if (database != null) {
        database.empty();
      }
    }
  }

  /** Says that what clients know of keys no longer holds. */
  void emptied() {
    KeyTracker told = tracker;
    if (told != null) {
      told.emptied();
    }
  }

  /** Exchanges the keys of two databases; clients that have selected one stay with its number. */
  public void swap(int first, int second) {
    if (first != second) {
      database(first).swap(database(second));
      emptied();
    }
    countChange();
  }

  /** Expires keys whose time is up without waiting for anybody to ask for them. */
  public ActiveExpiry activeExpiry() {
    return activeExpiry;
  }
}
