package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Loop;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.observation.ObservationSettings;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.text.Numbers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the keyspaces of one event loop share: the pages, the clock of accesses, what is to be freed
 * and the regular work done in slices.
 */
public final class Home {
  /** How much the last tick counts in the load, against all before it. */
  private static final double LOAD_WEIGHT = 0.05;

  private final Loop loop;
  private final LiveSettings settings;
  private final PagePool pool = new PagePool();
  private final RandomGenerator random = new SplittableRandom();
  private final AccessClock accessClock = new AccessClock();
  private final List<BuiltinKeyspace> keyspaces = new ArrayList<>();
  private final AtomicInteger residents = new AtomicInteger();
  private final UsedMemory memory;
  private final MemoryLimit memoryLimit;
  private final ClientCuts clientCuts = new ClientCuts(this);
  private final RememberedScripts rememberedScripts = new RememberedScripts(this);
  private final RegularWork regularWork = new RegularWork(this);
  private final WriteRefusals writeRefusals = new WriteRefusals();
  private final FetchAhead fetchAhead = new FetchAhead();
  private final Freeing freeing;
  private final EffectStream effects;
  private @Nullable Slices runs;
  private volatile Consumer<BuiltinKeyspace> arrival = any -> {};
  private @Nullable Serializer serializer;
  private boolean loading;
  private final ObservationSettings observed;
  private int plainListElement = 1 << 30;
  private final byte[] numberText = new byte[Numbers.MAX_DOUBLE_LENGTH + 16];
  private boolean scriptsMayCallAll;
  private @Nullable Reloading reloading;
  private MemoryGuard guard;
  private FunctionNames functionNames = new FunctionNames();
  private final FunctionTelling functionTelling = new FunctionTelling(this);
  private volatile @Nullable OverviewChannels overheardBy;
  private volatile int loadPercent;
  private double load;
  private long busyNanos;
  private long busyNanosBefore;
  private long tickedAt = System.nanoTime();

  public Home(Loop loop, LiveSettings settings) {
    this.loop = loop;
    this.settings = settings;
    memory = new UsedMemory(loop::execute, this::relieve);
    memoryLimit = new MemoryLimit(this);
    effects = new EffectStream(loop);
    freeing = new Freeing(loop);
    guard = new MemoryGuard(settings);
    observed = new ObservationSettings(settings, loop);
    accessClock.refresh(settings, System.currentTimeMillis());
    settings.onChange(
        EnumSet.of(Directive.MAXMEMORY, Directive.MAXMEMORY_POLICY, Directive.PINNED_MEMORY),
        () -> loop.execute(this::relieve));
    settings.onChange(EnumSet.of(Directive.MAXMEMORY_CLIENTS), () -> loop.execute(clientCuts::cut));
    settings.onChange(
        EnumSet.of(Directive.MAXMEMORY_POLICY, Directive.LFU_DECAY_TIME, Directive.LFU_LOG_FACTOR),
        () -> onLoop(() -> accessClock.refresh(settings, System.currentTimeMillis())));
  }

  private void relieve() {
    memoryLimit.makeRoomSoon();
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

  FetchAhead fetchAhead() {
    return fetchAhead;
  }

  /** Why writes are refused. */
  public WriteRefusals writeRefusals() {
    return writeRefusals;
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
  ObservationSettings observed() {
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

  /** The nanoseconds that commands have taken since the start; on the loop. */
  public long busyNanos() {
    return busyNanos;
  }

  /** Counts the time that a command has taken. */
  void busy(long nanos) {
    busyNanos += nanos;
  }

  /** Bytes of all data on this loop; another thread may see a figure that is a moment old. */
  public long usedBytes() {
    return memory.account().bytes();
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
  public UsedMemory memory() {
    return memory;
  }

  /** Where everything published is heard as well, or null. */
  @Nullable OverviewChannels overheardBy() {
    return overheardBy;
  }

  /** Has everything published heard there, or no longer; any thread may say so. */
  void overheardBy(@Nullable OverviewChannels channels) {
    overheardBy = channels;
  }

  /** Keeps data and clients within the heap; all homes of an engine have the same. */
  public MemoryGuard guard() {
    return guard;
  }

  /** Shares a guard with other homes; before any keyspace is made. */
  void guard(MemoryGuard shared) {
    guard = shared;
  }

  /** The libraries of functions of all keyspaces of the engine. */
  public FunctionNames functionNames() {
    return functionNames;
  }

  /** Lets others tell of functions when this home has. */
  public FunctionTelling functionTelling() {
    return functionTelling;
  }

  /** Shares these with other homes; before any keyspace is made. */
  void functionNames(FunctionNames shared) {
    functionNames = shared;
  }

  /** Cuts off clients that take more memory than they may. */
  ClientCuts clientCuts() {
    return clientCuts;
  }

  /** The scripts that the keyspaces of this loop remember. */
  public RememberedScripts rememberedScripts() {
    return rememberedScripts;
  }

  /** Gives up what is more than the heap can hold. */
  public void keepWithinHeap() {
    clientCuts.cut();
    rememberedScripts.keepWithinBudget();
    memoryLimit.makeRoomSoon();
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
    regularWork.start();
  }

  /** Lets the regular work of the keyspaces rest or go on, for DEBUG PAUSE-CRON. */
  public void regularWork(boolean on) {
    regularWork.goesOn(on);
  }

  /** Ends the regular work. */
  public void stop() {
    regularWork.stop();
  }

  /** What the home does itself at each tick of the regular work. */
  void ticks(long now) {
    accessClock.refresh(settings, now);
    memoryLimit.tick();
    pool.tick();
    if (guard().tight()) {
      pool.dropSpare();
    }
    measureLoad();
    clientCuts.cut();
  }

  private void measureLoad() {
    long at = System.nanoTime();
    double share = (double) (busyNanos - busyNanosBefore) / Math.max(1, at - tickedAt);
    busyNanosBefore = busyNanos;
    tickedAt = at;
    load += (share - load) * LOAD_WEIGHT;
    loadPercent = (int) Math.min(100, load * 100);
  }

  /** Begins to count anew what is counted for all keyspaces together; any thread may say so. */
  public void countAnew() {
    onLoop(
        () -> {
          freeing.countAnew();
          memoryLimit.countAnew();
        });
  }

  /** What has been deleted and is still to be freed. */
  public Freeing freeing() {
    return freeing;
  }
}
