package io.keyward.engine.builtin.replication;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.builtin.propagation.EffectFollower;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.replication.Replica.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets replicas follow what all keyspaces do: a snapshot, and behind it the stream of effects.
 *
 * <p>The homes' streams become one: pieces in the order in which they are handed over, those of
 * other homes put off while a unit of one home goes on. Offsets count its bytes. All that the loops
 * share here is guarded by this object, held for a copy of some bytes at most; as long as there has
 * been no replica, nothing of it is ever touched by a command.
 */
public final class Replication {
  private static final Logger log = LoggerFactory.getLogger(Replication.class);
  private static final long PERIOD_MILLIS = 1000;
  private static final int NO_HOME = -1;
  private static final int ANY_DATABASE = -1;
  private static final byte[] PING = ascii("*1\r\n$4\r\nPING\r\n");
  private static final byte[] GET_ACKNOWLEDGEMENTS =
      ascii("*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");

  /** A piece of the stream that waits until another home's unit has ended. */
  private static final class Piece {
    final int home;
    final byte[] bytes;
    final boolean whole;
    final int database;

    Piece(int home, byte[] bytes, boolean whole, int database) {
      this.home = home;
      this.bytes = bytes;
      this.whole = whole;
      this.database = database;
    }

    /** One that no home has made, and that selects no database. */
    static Piece own(byte[] bytes) {
      return new Piece(NO_HOME, bytes, true, ANY_DATABASE);
    }
  }

  private final BuiltinEngine engine;
  private final LiveSettings settings;
  private final Snapshots snapshots;
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Piece> putOff = new ArrayList<>();
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final ReplicationCounts counts = new ReplicationCounts();
  private String id = newId();
  private @Nullable Backlog backlog;
  private long offset;

  /** Where the stream stood when a home had last done something. */
  private long doneUpTo;

  private int openHome = NO_HOME;
  private int selected = ANY_DATABASE;
  private boolean syncing;
  private boolean ticking;
  private boolean sweeping;
  private long aloneSince;
  private long secondsSincePing;
  private long syncNumber;

  /** Whether something has been done that the stream does not tell. */
  private volatile boolean gap;

  public Replication(BuiltinEngine engine, LiveSettings settings, Snapshots snapshots) {
    this.engine = engine;
    this.settings = settings;
    this.snapshots = snapshots;
    settings.onChange(
        EnumSet.of(Directive.MIN_REPLICAS_TO_WRITE, Directive.MIN_REPLICAS_MAX_LAG),
        this::allowOrRefuseWrites);
    settings.onChange(EnumSet.of(Directive.REPL_BACKLOG_SIZE), this::resizeBacklog);
    allowOrRefuseWrites();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String newId() {
    byte[] random = new byte[20];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Whether there is but one loop, so that calls on it come in their order. */
  boolean onOneLoop() {
    return engine.homes().size() == 1;
  }

  // Replicas come and go

  /** Has a snapshot made for a client, and lets it follow from there. */
  synchronized void beginAnew(Replica replica) {
    counts.full();
    admit(replica, State.AWAITS_SNAPSHOT);
    if (!syncing) {
      syncing = true;
      Thread.ofPlatform().daemon().name("keyward-replication").start(this::synchronize);
    }
  }

  /**
   * Lets a client go on that has followed before.
   *
   * @param itsId the stream that it has followed
   * @param from how many bytes of it the client has
   * @return false if those behind are no longer there
   */
  synchronized boolean goOn(Replica replica, String itsId, long from) {
    Backlog kept = backlog;
    if (kept == null || !itsId.equals(id) || !kept.holds(from)) {
      if (!itsId.equals("?")) {
        counts.partialRefused();
      }
      return false;
    }
    counts.partial();
    replica.write(ascii("+CONTINUE " + id + "\r\n"));
    replica.write(kept.since(from));
    admit(replica, State.ONLINE);
    replica.acknowledge(from);
    allowOrRefuseWrites();
    log.info("Replica {} goes on at offset {}", replica, from);
    return true;
  }

  private void admit(Replica replica, State state) {
    replica.state(state);
    replicas.add(replica);
    if (!ticking) {
      ticking = true;
      later(this::tick);
    }
  }

  private void later(Runnable task) {
    engine.homes().getFirst().loop().schedule(PERIOD_MILLIS, task);
  }

  private void synchronize() {
    while (true) {
      FullSync sync;
      synchronized (this) {
        if (replicas.stream().noneMatch(Replication::isWithoutSnapshot)) {
          syncing = false;
          return;
        }
        sync = new FullSync(this, snapshots, engine.homes().size());
      }
      try {
        sync.run("temp-" + ProcessHandle.current().pid() + "-replica-" + ++syncNumber + ".rdb");
      } catch (IOException | OutOfMemoryError failed) {
        giveUp(sync, String.valueOf(failed.getMessage()));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        giveUp(sync, "interrupted");
        return;
      }
    }
  }

  /** Closes those for whom no snapshot could be made; they come again. */
  private synchronized void giveUp(FullSync sync, String reason) {
    List<Replica> waiting =
        replicas.stream()
            .filter(replica -> replica.sync() == sync || isWithoutSnapshot(replica))
            .toList();
    waiting.forEach(replica -> cut(replica, "no snapshot could be written: " + reason));
  }

  private static boolean awaitsSnapshot(Replica replica) {
    return replica.state() == State.AWAITS_SNAPSHOT;
  }

  /** Whether no snapshot for it has begun yet. */
  private static boolean isWithoutSnapshot(Replica replica) {
    return awaitsSnapshot(replica) && replica.sync() == null;
  }

  /** On a home's loop, at the instant of its snapshot. */
  synchronized void begins(FullSync sync, Home home) {
    int number = engine.homes().indexOf(home);
    follow(home, number);
    if (sync.nobodyHasBegun()) {
      replicas.stream().filter(Replication::isWithoutSnapshot).forEach(sync::add);
    }
    sync.begins(number);
    selected = ANY_DATABASE;
    if (sync.allHaveBegun()) {
      sync.batch().forEach(replica -> replica.startsBefore(offset));
    }
    Backlog kept = backlog;
    if (sync.allHaveBegun() && kept != null && sync.batch().stream().anyMatch(Replica::holds)) {
      // What homes did between the first instant and the last stands in another order there.
      kept.forgetBefore(offset);
    }
  }

  private void follow(Home home, int number) {
    EffectStream stream = home.effects();
    if (stream.followed()) {
      stream.reselect();
      return;
    }
    if (backlog == null) {
      backlog = new Backlog(settings.number(Directive.REPL_BACKLOG_SIZE), offset);
    }
    stream.follow(new Following(number), onOneLoop());
  }

  /** Sees what a home does. */
  private final class Following implements EffectFollower {
    private final int home;

    Following(int home) {
      this.home = home;
    }

    @Override
    public void see(byte[] bytes, int length, boolean whole, int database, boolean noted) {
      byte[] seen = noted ? Notes.without(bytes, length) : Arrays.copyOf(bytes, length);
      take(new Piece(home, seen, whole, database));
    }

    @Override
    public void missing() {
      gap = true;
    }
  }

  /** Lets all replicas come again for a snapshot, since the stream does not tell all. */
  private synchronized void closeGaps() {
    gap = false;
    id = newId();
    Backlog kept = backlog;
    if (kept != null) {
      kept.forgetBefore(offset);
    }
    List.copyOf(replicas)
        .forEach(replica -> cut(replica, "there was no memory to tell it something that was done"));
  }

  /** A replica is about to get its snapshot. Returns what it is to be told before. */
  synchronized String beginsToReceive(Replica replica) {
    if (replica.state() == State.AWAITS_SNAPSHOT) {
      replica.state(State.RECEIVES_SNAPSHOT);
    }
    return replica.knowsOffsets() ? "+FULLRESYNC " + id + " " + replica.startsAt() + "\r\n" : "";
  }

  /** A replica has got its snapshot. */
  void received(Replica replica) {
    replica.loop().execute(() -> online(replica));
  }

  private synchronized void online(Replica replica) {
    if (replica.state() != State.RECEIVES_SNAPSHOT) {
      return;
    }
    if (replica.onlySnapshot()) {
      remove(replica);
      replica.closeAfterwards();
      return;
    }
    replica.release();
    replica.state(State.ONLINE);
    allowOrRefuseWrites();
    log.info("Replica {} follows", replica);
  }

  /** Closes a replica's connection. */
  synchronized void cut(Replica replica, String reason) {
    if (replica.state() != State.GONE) {
      log.warn("Replica {} closed: {}", replica, reason);
      remove(replica);
      replica.close();
    }
  }

  synchronized void left(Replica replica) {
    if (replica.follows() && replica.state() != State.GONE) {
      log.info("Replica {} has left", replica);
      remove(replica);
    }
  }

  private void remove(Replica replica) {
    replicas.remove(replica);
    replica.state(State.GONE);
    replica.forget();
    aloneSince = SteadyTime.millis();
    allowOrRefuseWrites();
  }

  void note(String problem) {
    log.warn("{}", problem);
  }

  // The stream

  private synchronized void take(Piece piece) {
    if (openHome != NO_HOME && openHome != piece.home) {
      putOff.add(piece);
      return;
    }
    append(piece);
    while (openHome == NO_HOME && !putOff.isEmpty()) {
      append(putOff.removeFirst());
    }
    if (openHome != NO_HOME) {
      // What was put off of the home whose unit goes on now belongs to that unit.
      for (Piece own : List.copyOf(putOff)) {
        if (own.home == openHome) {
          putOff.remove(own);
          append(own);
        }
      }
    }
  }

  private void append(Piece piece) {
    Backlog kept = backlog;
    if (kept == null) {
      return;
    }
    byte[] bytes = piece.bytes;
    if (!onOneLoop() && piece.home != NO_HOME) {
      // Each home selects its database anew; what some replicas are not sent must select nothing.
      boolean shared = replicas.stream().noneMatch(Replica::missesSome);
      bytes = shared ? Selection.withoutFirst(bytes, selected) : bytes;
      selected = shared ? piece.database : ANY_DATABASE;
    }
    kept.append(bytes);
    offset += bytes.length;
    if (piece.home != NO_HOME) {
      doneUpTo = offset;
    }
    openHome = piece.whole ? NO_HOME : piece.home;
    for (Replica replica : List.copyOf(replicas)) {
      if (receives(replica, piece.home)
          && !replica.take(bytes, settings.outputBufferLimits().replica())) {
        cut(replica, "more waits for it than client-output-buffer-limit allows");
      }
    }
  }

  private static boolean receives(Replica replica, int home) {
    FullSync sync = replica.sync();
    return replica.state() == State.ONLINE || (sync != null && sync.hasBegun(home));
  }

  /** Where the stream stood when anything was last done, whatever else has been sent since. */
  public synchronized long doneUpTo() {
    return doneUpTo;
  }

  // Acknowledgements

  /**
   * A replica has got and applied the stream up to an offset.
   *
   * @param forcedUpTo up to where its disk keeps it; 0 if it does not say
   */
  synchronized void acknowledged(Replica replica, long upTo, long forcedUpTo) {
    replica.acknowledge(upTo);
    replica.acknowledgeForced(forcedUpTo);
    acknowledgements.advanced();
  }

  /** The gateway's own disk may have more of what was done; any thread may say so. */
  public void forcedFurther() {
    if (acknowledgements.any()) {
      advanced();
    }
  }

  private synchronized void advanced() {
    acknowledgements.advanced();
  }

  /** How many replicas have acknowledged the stream up to an offset. */
  synchronized int acknowledging(long upTo) {
    return (int)
        replicas.stream()
            .filter(r -> r.state() == State.ONLINE && r.acknowledged() >= upTo)
            .count();
  }

  /** How many replicas that are online have not acknowledged the stream up to an offset. */
  public synchronized int lagging(long upTo) {
    return (int)
        replicas.stream().filter(r -> r.state() == State.ONLINE && r.acknowledged() < upTo).count();
  }

  /** How many replicas have the stream up to an offset on their disks. */
  synchronized int keeping(long upTo) {
    return (int)
        replicas.stream().filter(r -> r.state() == State.ONLINE && r.forced() >= upTo).count();
  }

  /** Lets a client go on when that is reached; replicas are asked how far they have come. */
  synchronized void await(Client client, Home home, Acknowledgements.Awaited awaited) {
    acknowledgements.await(client, home.loop(), awaited);
    if (!sweeping) {
      sweeping = true;
      later(this::sweep);
    }
    if (!replicas.isEmpty()) {
      take(Piece.own(GET_ACKNOWLEDGEMENTS));
    }
    acknowledgements.advanced();
  }

  /** Forgets those whose time is up, until nobody waits. */
  private synchronized void sweep() {
    sweeping = acknowledgements.any();
    if (sweeping) {
      acknowledgements.forgetOthers(this::guarded);
      later(this::sweep);
    }
  }

  List<Home> homes() {
    return engine.homes();
  }

  // The regular work

  private synchronized void tick() {
    if (gap) {
      closeGaps();
    }
    long now = SteadyTime.millis();
    long timeout = settings.number(Directive.REPL_TIMEOUT) * 1000;
    for (Replica replica : List.copyOf(replicas)) {
      if (awaitsSnapshot(replica)) {
        replica.keepAlive();
      } else if (isLate(replica, now - timeout)) {
        cut(replica, "it has been silent for longer than repl-timeout");
      } else if (replica.holdsTooMuch(settings.outputBufferLimits().replica())) {
        cut(replica, "more waits for it than client-output-buffer-limit allows");
      }
    }
    if (++secondsSincePing >= settings.number(Directive.REPL_PING_REPLICA_PERIOD)) {
      secondsSincePing = 0;
      if (!replicas.isEmpty()) {
        take(Piece.own(PING));
      }
    }
    allowOrRefuseWrites();
    long patience = settings.number(Directive.REPL_BACKLOG_TTL) * 1000;
    if (replicas.isEmpty() && patience > 0 && now - aloneSince >= patience) {
      forget();
    } else {
      later(this::tick);
    }
  }

  /** One that knows no offsets acknowledges nothing once it is online. */
  private static boolean isLate(Replica replica, long since) {
    return replica.heardAt() < since
        && (replica.knowsOffsets() || replica.state() == State.RECEIVES_SNAPSHOT);
  }

  private synchronized void guarded(Runnable task) {
    task.run();
  }

  /** Nobody has come back for long: what is done is no longer gathered. */
  private void forget() {
    ticking = false;
    backlog = null;
    id = newId();
    for (Home home : engine.homes()) {
      home.loop().execute(() -> unfollow(home));
    }
  }

  private synchronized void unfollow(Home home) {
    if (backlog == null) {
      home.effects().unfollow();
    }
  }

  private synchronized void resizeBacklog() {
    Backlog kept = backlog;
    if (kept != null) {
      backlog = new Backlog(settings.number(Directive.REPL_BACKLOG_SIZE), kept);
    }
  }

  private synchronized void allowOrRefuseWrites() {
    long least = settings.number(Directive.MIN_REPLICAS_TO_WRITE);
    long lag = settings.number(Directive.MIN_REPLICAS_MAX_LAG);
    boolean few = least > 0 && lag > 0 && goodReplicas() < least;
    engine.homes().forEach(home -> home.writeRefusals().tooFewReplicas(few));
  }

  /** Replicas that have acknowledged something lately. */
  synchronized int goodReplicas() {
    long since = SteadyTime.millis() - settings.number(Directive.MIN_REPLICAS_MAX_LAG) * 1000 - 999;
    return (int)
        replicas.stream().filter(r -> r.state() == State.ONLINE && r.heardAt() >= since).count();
  }

  /** How replication fares. */
  public synchronized ReplicationStatus status() {
    long now = SteadyTime.millis();
    List<ReplicationStatus.Follower> following =
        replicas.stream()
            .map(
                r ->
                    new ReplicationStatus.Follower(
                        r.address(),
                        r.port(),
                        r.state().wireName(),
                        r.acknowledged(),
                        (now - r.heardAt()) / 1000))
            .toList();
    Backlog kept = backlog;
    return new ReplicationStatus(
        following,
        goodReplicas(),
        id,
        offset,
        kept != null,
        kept == null ? settings.number(Directive.REPL_BACKLOG_SIZE) : kept.capacity(),
        kept == null ? 0 : kept.first() + 1,
        kept == null ? 0 : kept.length(),
        counts.snapshot());
  }
}
