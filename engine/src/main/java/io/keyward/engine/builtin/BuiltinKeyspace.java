package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.SharedLimits;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.observation.Observation;
import io.keyward.engine.command.CommandTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
  private final MemoryAccount settingsAccount;
  private final Databases databases;
  private final Statistics statistics = new Statistics();
  private final KeyspaceQuota quota = new KeyspaceQuota(this);
  private final ClientMemory clientMemory;
  private @Nullable Limits limits;
  private final Pins pins;
  private final KeyspaceNotifications notifications = new KeyspaceNotifications(this);
  private final Channels channels = new Channels(this);
  private final Executor executor;
  private final Upkeep upkeep = new Upkeep(this);
  private final Waiting waiting = new Waiting(this);
  private final Members members = new Members(this);
  private final Pushes pushes = new Pushes(this);
  private final Pause pause = new Pause(this);
  private final Slices slices = new Slices(this);
  private final Observation observation;
  private final AccessControl access;
  private final Attachments attachments = new Attachments(this);
  private @Nullable Client current;
  private @Nullable KeyTracker tracker;
  private final @Nullable SlotRules slotRules;
  private @Nullable KeyRoutes routes;
  private final List<BuiltinKeyspace> sharers = new ArrayList<>(0);
  private @Nullable Namespaces lends;
  private boolean settles;
  private volatile long number;
  private boolean atomic;
  private long changes;
  private @Nullable ChangeGuard guard;
  private final UnfinishedValues unfinished = new UnfinishedValues();
  private long departures;
  private final Effects effects;

  public BuiltinKeyspace(String prefix, Home home, CommandTable table) {
    this.prefix = prefix;
    this.home = home;
    this.table = table;
    account = new MemoryAccount(home.memory().account());
    settingsAccount = new MemoryAccount(account);
    pins = new Pins(this);
    databases = new Databases(this);
    observation = new Observation(home.observed(), pushes::to);
    effects = new Effects(this, home.effects());
    access = new AccessControl(table, home.settings(), settingsAccount);
    slotRules = home.settings().flag(Directive.CLUSTER_ENABLED) ? new SlotRules() : null;
    clientMemory = new ClientMemory(this);
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

  /** Of these, the bytes of users, functions and scripts, which are no keys. */
  public MemoryAccount settingsAccount() {
    return settingsAccount;
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

  /** Tells keyspaces apart over their whole lives, in the order of their making. */
  long number() {
    return number;
  }

  void number(long given) {
    number = given;
  }

  /** Where keys live that are not this keyspace's own, or null if all are. */
  @Nullable KeyRoutes routes() {
    return routes;
  }

  /** Lets clients see keys of other keyspaces; before there is any database. */
  void routes(KeyRoutes leads) {
    routes = leads;
  }

  /** Lets clients see another keyspace's keys of some namespaces as this keyspace's own. */
  void share(Namespaces shared, BuiltinKeyspace holder) {
    routes = new SharedRoutes(shared, holder);
    effects.ofShared(holder.effects);
    home.onLoop(() -> holder.letIn(this));
  }

  /** Lets other keyspaces see the keys of some namespaces; before there is any database. */
  void lend(Namespaces namespaces) {
    lends = namespaces;
  }

  /** The namespaces whose keys others see as their own; null if none can be seen. */
  @Nullable Namespaces lends() {
    return lends;
  }

  private void letIn(BuiltinKeyspace sharer) {
    sharers.add(sharer);
    slices.bind(sharer.slices);
  }

  /** The keyspaces in which keys of this one are seen as their own. */
  List<BuiltinKeyspace> sharers() {
    return sharers;
  }

  /** Whether keys of this keyspace are seen as their own by others. */
  public boolean isShared() {
    return !sharers.isEmpty();
  }

  /** Takes on what sets this keyspace apart. */
  void traits(KeyspaceTraits given) {
    pins.set(given.pinned(), given.limits());
    effects.kept(given.kept());
    SharedLimits together = given.limits().together();
    quota.limit(
        given.limits().of(Limit.MEMORY), together == null ? null : together.quota(Limit.MEMORY));
    Limits present = limits;
    if (present == null && (together != null || !given.limits().own().isEmpty())) {
      present = new Limits(this);
      limits = present;
    }
    if (present != null) {
      present.set(given.limits());
    }
  }

  /** What the clients take of memory. */
  public ClientMemory clientMemory() {
    return clientMemory;
  }

  /** What limits this keyspace beside its memory, or null if nothing does. */
  public @Nullable Limits limits() {
    return limits;
  }

  /** The bytes that this keyspace may take. */
  KeyspaceQuota quota() {
    return quota;
  }

  /** The bytes that the data may take by a limit of this keyspace's own; 0 = no such limit. */
  public long mostBytes() {
    return quota.most();
  }

  /** Bytes of the longest string that a command may make. */
  public long longestString() {
    long most = home.settings().number(Directive.PROTO_MAX_BULK_LEN);
    Limits present = limits;
    return present == null ? most : Math.min(most, present.most(Limit.MAX_VALUE));
  }

  /** The keys that stay in memory alone, and their budget. */
  public Pins pins() {
    return pins;
  }

  /** Who is to learn of changes before they are made, or null. */
  public @Nullable ChangeGuard guard() {
    return guard;
  }

  /** Has changes told before they are made, or no longer. */
  public void guard(@Nullable ChangeGuard told) {
    guard = told;
  }

  /** The big values that no key has yet. */
  UnfinishedValues unfinished() {
    return unfinished;
  }

  /** A command has broken off: frees what it was making. */
  void freeUnfinished() {
    unfinished.breakOff(home.freeing());
    if (routes instanceof SharedRoutes shared) {
      shared.holder().unfinished.breakOff(home.freeing());
    }
  }

  /** The numbered databases. */
  public Databases databases() {
    return databases;
  }

  /** The clients that wait for keys. */
  public Waiting waiting() {
    return waiting;
  }

  /** The clients that have entered. */
  public Members members() {
    return members;
  }

  /** Where messages go that clients have not asked for. */
  public Pushes pushes() {
    return pushes;
  }

  @Override
  public boolean enter(Client client) {
    return members.enter(client);
  }

  @Override
  public void leave(Client client) {
    if (slices.leavesLater(client)) {
      return;
    }
    members.leave(client);
  }

  /** The client whose request is being executed, also while a script stands in for it. */
  public Client acting(Client instead) {
    Client sender = current;
    return sender == null ? instead : sender;
  }

  /** What families of commands keep for this keyspace. */
  public Attachments attachments() {
    return attachments;
  }

  @Override
  public Collection<Client> clients() {
    return members.all();
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
  public void foresee(Client client, Request[] requests, int count) {
    home.fetchAhead().fetch(databases.at(client.database()), requests, count);
  }

  @Override
  public boolean turnIsOver() {
    return executor.turnIsOver();
  }

  @Override
  public void endBurst() {
    executor.endBurst();
    tellTrackers();
    if (limits != null) {
      tellWhatIsTaken();
    }
  }

  /** Tells those with whom limits are shared what this keyspace has and what it shares. */
  private void tellWhatIsTaken() {
    quota.tellAtOnce();
    pins.tellAtOnce();
    Limits present = limits;
    if (present != null) {
      present.tellKeysAtOnce();
    }
    if (routes instanceof SharedRoutes shared) {
      shared.holder().tellWhatIsTaken();
    }
  }

  /** Tells what has changed to who wants to know it; not in the middle of a command. */
  void tellTrackers() {
    KeyTracker told = tracker;
    if (told != null && !slices.busy()) {
      told.settle();
    }
  }

  @Override
  public void execute(Request request, Reply reply) {
    Client client = request.client();
    current = client;
    boolean broken = true;
    try {
      executor.execute(request, reply);
      broken = false;
    } finally {
      if (broken) {
        current = null;
      }
    }
    if (client.turn() == Client.Turn.SUSPENDED) {
      current = null;
    } else {
      ended(client, reply);
      if (!slices.busy()) {
        waiting.serve(request.now());
      }
    }
  }

  /** Executes the command of a client that has been waiting once more. */
  void executeAgain(Request request, Reply reply) {
    Client client = request.client();
    current = client;
    executor.again(request, reply);
    ended(client, client.reply());
  }

  private void ended(Client client, Reply reply) {
    current = null;
    pushes.send(reply);
    KeyTracker told = tracker;
    if (told != null) {
      told.ended(client);
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
    waiting.serve(System.currentTimeMillis());
    tellTrackers();
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
   * What the data is made of, as of some seconds ago, or null if it has not been counted yet;
   * asking has it counted anew soon.
   */
  public @Nullable CensusFigures census() {
    return upkeep.census();
  }

  /** Does the regular work, until {@code deadline} on the clock of {@link System#nanoTime()}. */
  boolean tick(long now, long deadline) {
    return upkeep.tick(now, deadline);
  }

  /** Closes every client and frees all memory; nothing may follow. */
  void end() {
    members.close();
    effects.beginUnit();
    effects.whole().flushedAll();
    effects.endUnit();
    databases.flush();
    databases.forEach(WholeDatabase::discard);
    attachments.end();
    home.functionNames().forget(this);
    home.functionTelling().soon();
    settingsAccount.add(-settingsAccount.bytes());
    quota.leave();
    pins.leave();
    if (routes instanceof SharedRoutes shared) {
      shared.holder().sharers.remove(this);
    }
    Limits present = limits;
    if (present != null) {
      present.leave();
    }
    home.leaves(this);
  }

  /** Says that what clients know of keys no longer holds. */
  void emptied() {
    KeyTracker told = tracker;
    if (told != null) {
      told.emptied();
    }
    sharers.forEach(BuiltinKeyspace::emptied);
  }

  /** Has what another keyspace's clients have changed told when these are served. */
  void settleSoon() {
    if (!settles) {
      home.loop()
          .execute(
              () -> {
                settles = false;
                tellTrackers();
              });
      settles = true;
    }
  }

  /** Expires keys whose time is up without waiting for anybody to ask for them. */
  public ActiveExpiry activeExpiry() {
    return upkeep.activeExpiry();
  }
}
