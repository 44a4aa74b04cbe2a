package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Loop;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.observation.ObservationSettings;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.text.Numbers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the keyspaces of one event loop share: the pages, the clock of accesses, what is to be freed
 * and the regular work done in slices.
 *
 * <p>A tick runs {@code hz} times a second and takes a millisecond at most, in slices between which
 * other tasks of the loop have their turn.
 */
public final class Home {
  /** How long the regular work of one tick may take, in slices. */
  private static final long TICK_NANOS = 1_000_000;

  private static final int FREE_AT_ONCE = 64;
  private static final int FREED_BETWEEN_LOOKS = 64;

  /** How much the last tick counts in the load, against all before it. */
  private static final double LOAD_WEIGHT = 0.05;

  private final Loop loop;
  private final LiveSettings settings;
  private final PagePool pool = new PagePool();
  private final RandomGenerator random = new SplittableRandom();
  private final AccessClock accessClock = new AccessClock();
  private final List<BuiltinKeyspace> keyspaces = new ArrayList<>();
  private final AtomicInteger residents = new AtomicInteger();
  private final MemoryAccount account = new MemoryAccount();
  private final MemoryAccount pinnedAccount = new MemoryAccount();
  private final List<Pins> pinsToSettle = new ArrayList<>();
  private final ArrayDeque<Held> toFree = new ArrayDeque<>();
  private final MemoryLimit memoryLimit = new MemoryLimit(this);
  private final EffectStream effects;
  private @Nullable Slices runs;
  private volatile Consumer<BuiltinKeyspace> arrival = any -> {};
  private @Nullable Serializer serializer;
  private boolean loading;
  private boolean working;
  private @Nullable CommandException logRefusal;
  private final ObservationSettings observed;
  private int plainListElement = 1 << 30;
  private final byte[] numberText = new byte[Numbers.MAX_DOUBLE_LENGTH + 16];
  private long freedLater;
  private boolean scriptsMayCallAll;
  private @Nullable CommandException snapshotRefusal;
  private @Nullable CommandException replicaRefusal;
  private volatile @Nullable CommandException writesStopped;
  private @Nullable Reloading reloading;
  private List<Home> peers = List.of();
  private MemoryGuard guard;
  private final Set<ClientMemory> clientsToCut = new LinkedHashSet<>();
  private volatile long publishedBytes;
  private volatile long publishedPinnedBytes;
  private volatile @Nullable OverviewChannels overheardBy;
  private volatile long peakBytes;
  private volatile int loadPercent;
  private double load;
  private long busyNanos;
  private long busyNanosBefore;
  private long tickedAt = System.nanoTime();
  private int nextKeyspace;
  private boolean freeing;
  private boolean stopped;
  private boolean resting;

  public Home(Loop loop, LiveSettings settings) {
    this.loop = loop;
    this.settings = settings;
    effects = new EffectStream(loop);
    guard = new MemoryGuard(settings);
    observed = new ObservationSettings(settings, loop);
    accessClock.refresh(settings, System.currentTimeMillis());
    settings.onChange(EnumSet.of(Directive.MAXMEMORY), () -> loop.execute(memoryLimit::makeRoom));
    settings.onChange(
        EnumSet.of(Directive.MAXMEMORY_CLIENTS), () -> loop.execute(this::cutClients));
    settings.onChange(
        EnumSet.of(Directive.MAXMEMORY_POLICY, Directive.LFU_DECAY_TIME, Directive.LFU_LOG_FACTOR),
        () -> onLoop(() -> accessClock.refresh(settings, System.currentTimeMillis())));
  }

  /** Runs the task on the loop, at once if this is the loop. */
  void onLoop(Runnable task) {
    if (loop.isCurrent()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  public Loop loop() {
    return loop;
  }

  public LiveSettings settings() {
    return settings;
  }

  /** Says that data is being loaded, so that clients have to wait. */
  public void loading(boolean on) {
    loading = on;
  }

  /** Whether data is being loaded. */
  public boolean loading() {
    return loading;
  }

  /** Answers who has waited for the end of the loading. */
  public void loaded() {
    List.copyOf(keyspaces).forEach(keyspace -> keyspace.pause().loaded());
  }

  /** Has writes refused as long as the log cannot be written; null to take them again. */
  public void logRefusal(@Nullable CommandException refusal) {
    logRefusal = refusal;
  }

  /** Why writes are refused, or null. */
  public @Nullable CommandException writeRefusal() {
    CommandException refusal = logRefusal;
    return refusal == null ? writesStopped : refusal;
  }

  /** Writes a value as DUMP does. */
  Serializer serializer() {
    Serializer present = serializer;
    if (present == null) {
      throw new IllegalStateException("the home has been given no serializer");
    }
    return present;
  }

  /** Has values written as DUMP does. */
  public void serializer(Serializer given) {
    serializer = given;
  }

  /** What the keyspaces of this loop have done, for files and replicas. */
  public EffectStream effects() {
    return effects;
  }

  /** What is noted about the commands of the keyspaces on this loop. */
  public ObservationSettings observed() {
    return observed;
  }

  /** The keyspace whose command runs a slice now, or null. */
  @Nullable Slices runs() {
    return runs;
  }

  void runs(@Nullable Slices running) {
    runs = running;
  }

  public PagePool pool() {
    return pool;
  }

  public RandomGenerator random() {
    return random;
  }

  /**
   * Room for the text of one number on its way into a value, or of a stream's id; whoever calls may
   * overwrite it.
   */
  public byte[] numberText() {
    return numberText;
  }

  /**
   * The keyspaces of this loop that have ever been used, and so may hold keys or clients; those
   * that are merely configured cost no regular work.
   */
  List<BuiltinKeyspace> keyspaces() {
    return keyspaces;
  }

  /** Has somebody told of the keyspaces that come to live here. */
  void onArrival(Consumer<BuiltinKeyspace> told) {
    arrival = told;
  }

  /** A keyspace of the engine is made here; any thread may say so. */
  void arrives(BuiltinKeyspace keyspace) {
    onLoop(() -> arrival.accept(keyspace));
  }

  /** A keyspace lives here from now on; any thread may say so. */
  void settles() {
    residents.incrementAndGet();
  }

  /** A keyspace of this loop begins to be used. */
  void wakes(BuiltinKeyspace keyspace) {
    keyspaces.add(keyspace);
  }

  /** A keyspace of this loop holds nothing any more. */
  void sleeps(BuiltinKeyspace keyspace) {
    keyspaces.remove(keyspace);
  }

  /** A keyspace has ended. */
  void leaves(BuiltinKeyspace keyspace) {
    keyspaces.remove(keyspace);
    residents.decrementAndGet();
  }

  /** How many keyspaces live here, used or not; any thread may ask. */
  int residents() {
    return residents.get();
  }

  /** The share of time that commands took lately, 0 to 100; any thread may ask. */
  int loadPercent() {
    return loadPercent;
  }

  /** Counts the time that a command has taken. */
  void busy(long nanos) {
    busyNanos += nanos;
  }

  /** Bytes of all data on this loop; another thread may see a figure that is a moment old. */
  public long usedBytes() {
    return account.bytes();
  }

  /**
   * Runs a task as soon as no command of these keyspaces is in the middle, now or later, so that
   * what it sees of their data is whole; on the loop.
   */
  public void whenIdle(Runnable task) {
    for (BuiltinKeyspace keyspace : keyspaces) {
      if (keyspace.slices().inTheMiddle()) {
        keyspace.slices().whenIdle(() -> whenIdle(task));
        return;
      }
    }
    task.run();
  }

  /** The bytes of all keyspaces of this loop. */
  MemoryAccount account() {
    return account;
  }

  /** Where everything published is heard as well, or null. */
  @Nullable OverviewChannels overheardBy() {
    return overheardBy;
  }

  /** Has everything published heard there, or no longer; any thread may say so. */
  void overheardBy(@Nullable OverviewChannels channels) {
    overheardBy = channels;
  }

  /** The bytes of the pinned keys of this loop, which count in {@link #account()} too. */
  MemoryAccount pinnedAccount() {
    return pinnedAccount;
  }

  /** Has pinned keys measured that are being changed, before anybody asks what all take. */
  void toSettle(Pins pins) {
    pinsToSettle.add(pins);
  }

  private void settlePins() {
    if (!pinsToSettle.isEmpty()) {
      pinsToSettle.removeIf(Pins::settleForHome);
    }
  }

  /** Keeps data and clients within the heap; all homes of an engine have the same. */
  public MemoryGuard guard() {
    return guard;
  }

  /** Shares a guard with other homes; before any keyspace is made. */
  void guard(MemoryGuard shared) {
    guard = shared;
  }

  /**
   * Cuts off clients of this home as long as all together take more memory than they may: those of
   * the keyspace whose clients take most, so that it hurts itself alone.
   */
  public void cutClients() {
    while (guard.clientsTakeTooMuch(this)) {
      BuiltinKeyspace most = null;
      for (BuiltinKeyspace keyspace : keyspaces) {
        if (most == null || keyspace.clientMemory().bytes() > most.clientMemory().bytes()) {
          most = keyspace;
        }
      }
      long enough = most == null ? 0 : most.clientMemory().bytes() * 3 / 4;
      BuiltinKeyspace greedy = most;
      if (greedy == null
          || greedy
                  .clientMemory()
                  .cutBiggest(
                      () ->
                          !guard.clientsTakeTooMuch(this)
                              || greedy.clientMemory().bytes() <= enough)
              == 0) {
        return;
      }
    }
  }

  /** Cuts off clients of a keyspace, and then of all, when the running burst is over. */
  void cutClientsSoon(ClientMemory tooMuch) {
    clientsToCut.add(tooMuch);
    if (clientsToCut.size() == 1) {
      loop.execute(
          () -> {
            List<ClientMemory> all = List.copyOf(clientsToCut);
            clientsToCut.clear();
            all.forEach(ClientMemory::cutToLimit);
            cutClients();
          });
    }
  }

  /** Gives up what is more than the heap can hold. */
  public void keepWithinHeap() {
    cutClients();
    memoryLimit.makeRoom();
  }

  /** All homes of the engine, this one among them, which share {@code maxmemory}. */
  void peers(List<Home> all) {
    peers = all;
  }

  /** Bytes of all data of the engine: exact for this loop, some ticks old for the others. */
  long usedBytesOfAll() {
    long used = account.bytes();
    if (peers.size() == 1) {
      return used;
    }
    for (Home peer : peers) {
      used += peer == this ? 0 : peer.publishedBytes;
    }
    return used;
  }

  /**
   * Bytes of the pinned keys on this loop; another thread may see a figure that is a moment old.
   */
  public long pinnedBytes() {
    return pinnedAccount.bytes();
  }

  /** Bytes of all pinned keys of the engine, as exact as {@link #usedBytesOfAll()}. */
  long pinnedBytesOfAll() {
    settlePins();
    long pinned = pinnedAccount.bytes();
    if (peers.size() == 1) {
      return pinned;
    }
    for (Home peer : peers) {
      pinned += peer == this ? 0 : peer.publishedPinnedBytes;
    }
    return pinned;
  }

  /** The most that all data of the engine has taken, as seen at the ticks. */
  public long peakBytes() {
    return peakBytes;
  }

  /** The length from which an element of a list has a node of its own. */
  public int plainListElement() {
    return plainListElement;
  }

  /** Changes that length, for DEBUG QUICKLIST-PACKED-THRESHOLD. */
  public void plainListElement(int length) {
    plainListElement = length;
  }

  /** Keeps the data within {@code maxmemory}. */
  public MemoryLimit memoryLimit() {
    return memoryLimit;
  }

  /** Whether scripts may even call commands that are not meant for them. */
  public boolean scriptsMayCallAll() {
    return scriptsMayCallAll;
  }

  /** Changes that, for DEBUG SET-DISABLE-DENY-SCRIPTS. */
  public void scriptsMayCallAll(boolean all) {
    scriptsMayCallAll = all;
  }

  int eventClasses() {
    return (int) settings.number(Directive.NOTIFY_KEYSPACE_EVENTS);
  }

  /** The clock of a key that has just been used, given its former one. */
  int accessClock(int former) {
    return accessClock.used(former, random);
  }

  /** The clock of a new key. */
  int newClock() {
    return accessClock.fresh();
  }

  /** Reads LRU and LFU clocks of keys. */
  public AccessClock clock() {
    return accessClock;
  }

  /**
   * Answers every write with an error as long as snapshots fail, or no longer; any thread may say
   * so.
   */
  public synchronized void stopWrites(@Nullable CommandException error) {
    snapshotRefusal = error;
    writesStopped = error == null ? replicaRefusal : error;
  }

  /** Refuses writes as long as too few replicas follow, or no longer; any thread may say so. */
  public synchronized void tooFewReplicas(boolean few) {
    replicaRefusal = few ? Errors.TOO_FEW_REPLICAS : null;
    writesStopped = snapshotRefusal == null ? replicaRefusal : snapshotRefusal;
  }

  /** Does DEBUG RELOAD, or null if that is not possible here. */
  public @Nullable Reloading reloading() {
    return reloading;
  }

  /** Has DEBUG RELOAD done. */
  public void reloading(Reloading does) {
    reloading = does;
  }

  /** Begins the regular work. */
  public void start() {
    loop.schedule(tickMillis(), this::tick);
  }

  /** Lets the regular work rest or go on, for DEBUG PAUSE-CRON. */
  public void regularWork(boolean on) {
    resting = !on;
  }

  /** Ends the regular work. */
  public void stop() {
    stopped = true;
  }

  private long tickMillis() {
    return Math.max(2, 1000 / Math.max(1, settings.number(Directive.HZ)));
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long now = System.currentTimeMillis();
    accessClock.refresh(settings, now);
    publish();
    cutClients();
    if (!resting && !loading && !working) {
      working = true;
      work(now, keyspaces.size(), TICK_NANOS);
    }
    loop.schedule(tickMillis(), this::tick);
  }

  /**
   * Gives each keyspace its turn, in slices until so many nanoseconds are used up; the next tick
   * goes on with the rest. A keyspace that has more to do than a slice holds has the next one too.
   */
  private void work(long now, int turns, long nanosLeft) {
    long start = System.nanoTime();
    int left = workSlice(now, turns, start + Turns.SLICE_NANOS);
    long rest = nanosLeft - (System.nanoTime() - start);
    if (left > 0 && rest > 0 && !stopped) {
      loop.turns().add(this, () -> work(now, left, rest));
    } else {
      working = false;
      nextKeyspace += left > 0 ? 1 : 0;
    }
  }

  /** Returns how many keyspaces have not had their turn to its end when the slice is over. */
  private int workSlice(long now, int turns, long deadline) {
    for (int left = turns; left > 0 && !keyspaces.isEmpty(); left--) {
      if (nextKeyspace >= keyspaces.size()) {
        nextKeyspace = 0;
      }
      BuiltinKeyspace keyspace = keyspaces.get(nextKeyspace);
      boolean stays = keyspace.tick(now, deadline);
      if (System.nanoTime() - deadline >= 0) {
        return left;
      }
      if (stays) {
        nextKeyspace++;
      }
    }
    return 0;
  }

  private void publish() {
    publishedBytes = account.bytes();
    settlePins();
    publishedPinnedBytes = pinnedAccount.bytes();
    peakBytes = Math.max(peakBytes, usedBytesOfAll());
    long at = System.nanoTime();
    double share = (double) (busyNanos - busyNanosBefore) / Math.max(1, at - tickedAt);
    busyNanosBefore = busyNanos;
    tickedAt = at;
    load += (share - load) * LOAD_WEIGHT;
    loadPercent = (int) Math.min(100, load * 100);
  }

  /** Frees a held value: at once if that is little work, else in slices between other tasks. */
  public void freeLater(Held value) {
    if (value.outlives(() -> freeLater(value))) {
      return;
    }
    if (freesAtOnce(value)) {
      value.free(Integer.MAX_VALUE);
      return;
    }
    toFree.add(value);
    if (!freeing) {
      freeing = true;
      loop.turns().add(toFree, this::freeSlice);
    }
  }

  /** Whether a value is freed without further ado, unless it is still being written. */
  static boolean freesAtOnce(Held value) {
    return value.freeEffort() <= FREE_AT_ONCE;
  }

  private void freeSlice() {
    long until = System.nanoTime() + Turns.SLICE_NANOS;
    while (freeSome(FREED_BETWEEN_LOOKS)) {
      if (System.nanoTime() - until >= 0) {
        loop.turns().add(toFree, this::freeSlice);
        return;
      }
    }
    freeing = false;
  }

  /**
   * Frees a piece of what waits to be freed.
   *
   * @return whether there was anything
   */
  boolean freeSome() {
    return freeSome(512);
  }

  private boolean freeSome(int pieces) {
    Held value = toFree.peek();
    if (value == null) {
      return false;
    }
    if (value.free(pieces)) {
      toFree.remove();
      freedLater++;
    }
    return true;
  }

  /** Values that wait to be freed. */
  public int pendingFrees() {
    return toFree.size();
  }

  /** Counts anew what is freed in slices. */
  public void resetFreed() {
    freedLater = 0;
  }

  /** Values that have been freed in slices since the start. */
  public long freedLater() {
    return freedLater;
  }
}
