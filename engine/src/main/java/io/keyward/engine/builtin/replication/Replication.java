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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets replicas follow what all keyspaces do: a snapshot, and behind it the stream of effects.
 *
 * <p>All that the loops share here is guarded by this object, held for a copy of some bytes at
 * most; as long as there has been no replica, nothing of it is ever touched by a command.
 */
public final class Replication {
  private static final Logger log = LoggerFactory.getLogger(Replication.class);
  private static final long PERIOD_MILLIS = 1000;
  private static final byte[] PING = ascii("*1\r\n$4\r\nPING\r\n");
  private static final byte[] GET_ACKNOWLEDGEMENTS =
      ascii("*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");

  private final BuiltinEngine engine;
  private final LiveSettings settings;
  private final Replicas replicas = new Replicas();
  private final FullSyncs syncs;
  private final ReplicatedStream stream;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final ReplicationCounts counts = new ReplicationCounts();
  private boolean ticking;
  private boolean sweeping;
  private long aloneSince;
  private long secondsSincePing;

  /** Whether something has been done that the stream does not tell. */
  private volatile boolean gap;

  public Replication(BuiltinEngine engine, LiveSettings settings, Snapshots snapshots) {
    this.engine = engine;
    this.settings = settings;
    syncs = new FullSyncs(this, replicas, snapshots);
    stream = new ReplicatedStream(new ReplicaFeed(this, replicas, settings));
    settings.onChange(
        EnumSet.of(Directive.MIN_REPLICAS_TO_WRITE, Directive.MIN_REPLICAS_MAX_LAG),
        this::allowOrRefuseWrites);
    settings.onChange(EnumSet.of(Directive.REPL_BACKLOG_SIZE), this::resizeBacklog);
    allowOrRefuseWrites();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether there is but one loop, so that calls on it come in their order. */
  boolean onOneLoop() {
    return engine.homes().size() == 1;
  }

  // Replicas come and go

  /** Has a snapshot made for a client, and lets it follow from there. */
  synchronized void beginAnew(Replica replica) {
    syncs.begin();
    counts.full();
    admit(replica, State.AWAITS_SNAPSHOT);
  }

  /**
   * Lets a client go on that has followed before.
   *
   * @param itsId the stream that it has followed
   * @param from how many bytes of it the client has
   * @return false if those behind are no longer there
   */
  synchronized boolean goOn(Replica replica, String itsId, long from) {
    Backlog kept = stream.backlog();
    if (kept == null || !itsId.equals(stream.id()) || !kept.holds(from)) {
      if (!itsId.equals("?")) {
        counts.partialRefused();
      }
      return false;
    }
    counts.partial();
    replica.write(ascii("+CONTINUE " + stream.id() + "\r\n"));
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
      later(this::tick);
      ticking = true;
    }
  }

  private void later(Runnable task) {
    engine.homes().getFirst().loop().schedule(PERIOD_MILLIS, task);
  }

  /** On a home's loop, at the instant of its snapshot. */
  synchronized void begins(FullSync sync, Home home) {
    int number = engine.homes().indexOf(home);
    follow(home, number);
    if (sync.nobodyHasBegun()) {
      replicas.those(FullSyncs::isWithoutSnapshot).forEach(sync::add);
    }
    sync.begins(number, stream.nextPiece());
    stream.reselect();
    if (sync.allHaveBegun()) {
      sync.batch().forEach(replica -> replica.startsBefore(stream.offset()));
      if (sync.batch().stream().anyMatch(Replica::holds)) {
        // What homes did between the first instant and the last stands in another order there.
        stream.forgetFormer();
      }
    }
  }

  private void follow(Home home, int number) {
    EffectStream effects = home.effects();
    if (effects.followed()) {
      effects.reselect();
      return;
    }
    stream.gather(settings.number(Directive.REPL_BACKLOG_SIZE));
    effects.follow(new Following(number), onOneLoop());
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
      take(home, seen, whole, database);
    }

    @Override
    public void missing() {
      gap = true;
    }
  }

  /** Lets all replicas come again for a snapshot, since the stream does not tell all. */
  private synchronized void closeGaps() {
    gap = false;
    stream.breakOff();
    replicas
        .all()
        .forEach(replica -> cut(replica, "there was no memory to tell it something that was done"));
  }

  /** A replica is about to get its snapshot. Returns what it is to be told before. */
  synchronized String beginsToReceive(Replica replica) {
    if (replica.state() == State.AWAITS_SNAPSHOT) {
      replica.state(State.RECEIVES_SNAPSHOT);
    }
    return replica.knowsOffsets()
        ? "+FULLRESYNC " + stream.id() + " " + replica.startsAt() + "\r\n"
        : "";
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

  private synchronized void take(int home, byte[] bytes, boolean whole, int database) {
    stream.take(home, bytes, whole, database);
  }

  /** Where the stream stood when anything was last done, whatever else has been sent since. */
  public synchronized long doneUpTo() {
    return stream.doneUpTo();
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
    return replicas.acknowledging(upTo);
  }

  /** How many replicas that are online have not acknowledged the stream up to an offset. */
  public synchronized int lagging(long upTo) {
    return replicas.lagging(upTo);
  }

  /** How many replicas have the stream up to an offset on their disks. */
  synchronized int keeping(long upTo) {
    return replicas.keeping(upTo);
  }

  /** Lets a client go on when that is reached; replicas are asked how far they have come. */
  synchronized void await(Client client, Home home, Acknowledgements.Awaited awaited) {
    acknowledgements.await(client, home.loop(), awaited);
    if (!sweeping) {
      later(this::sweep);
      sweeping = true;
    }
    if (!replicas.isEmpty()) {
      say(GET_ACKNOWLEDGEMENTS);
    }
    acknowledgements.advanced();
  }

  /** Forgets those whose time is up, until nobody waits. */
  private synchronized void sweep() {
    sweeping = false;
    if (acknowledgements.any()) {
      try {
        acknowledgements.forgetOthers(this::guarded);
      } finally {
        later(this::sweep);
        sweeping = true;
      }
    }
  }

  List<Home> homes() {
    return engine.homes();
  }

  // The regular work

  private synchronized void tick() {
    ticking = false;
    boolean over = false;
    try {
      over = lookAfterReplicas();
    } finally {
      if (!over) {
        later(this::tick);
        ticking = true;
      }
    }
  }

  /** Returns whether nobody has come back for so long that nothing is gathered any more. */
  private boolean lookAfterReplicas() {
    if (gap) {
      closeGaps();
    }
    long now = SteadyTime.millis();
    long timeout = settings.number(Directive.REPL_TIMEOUT) * 1000;
    for (Replica replica : replicas.all()) {
      if (FullSyncs.awaitsSnapshot(replica)) {
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
        say(PING);
      }
    }
    allowOrRefuseWrites();
    long patience = settings.number(Directive.REPL_BACKLOG_TTL) * 1000;
    if (replicas.isEmpty() && patience > 0 && now - aloneSince >= patience) {
      forget();
      return true;
    }
    return false;
  }

  /** Puts into the stream what no home has done. */
  private void say(byte[] command) {
    try {
      stream.take(command);
    } catch (OutOfMemoryError full) {
      // Some replicas may have got it.
      gap = true;
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

  private void forget() {
    stream.end();
    for (Home home : engine.homes()) {
      home.loop().execute(() -> unfollow(home));
    }
  }

  private synchronized void unfollow(Home home) {
    if (stream.backlog() == null) {
      home.effects().unfollow();
    }
  }

  private synchronized void resizeBacklog() {
    stream.resize(settings.number(Directive.REPL_BACKLOG_SIZE));
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
    return replicas.heardSince(since);
  }

  /** Counts anew what replicas ask for. */
  public synchronized void countAnew() {
    counts.reset();
  }

  /** How replication fares. */
  public synchronized ReplicationStatus status() {
    Backlog kept = stream.backlog();
    return new ReplicationStatus(
        replicas.followers(),
        goodReplicas(),
        stream.id(),
        stream.offset(),
        kept != null,
        kept == null ? settings.number(Directive.REPL_BACKLOG_SIZE) : kept.capacity(),
        kept == null ? 0 : kept.first() + 1,
        kept == null ? 0 : kept.length(),
        replicas.all().stream().mapToLong(Replica::clientBytes).sum(),
        replicas.all().stream().mapToLong(Replica::heldBytes).sum(),
        counts.snapshot());
  }
}
