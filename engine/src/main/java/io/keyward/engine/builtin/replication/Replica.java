package io.keyward.engine.builtin.replication;

import io.keyward.config.directive.OutputBufferLimit;
import io.keyward.engine.Client;
import io.keyward.engine.Line;
import io.keyward.engine.Loop;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.ClientMemory;
import io.keyward.engine.builtin.Follower;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows, or is going to.
 *
 * <p>Its socket is touched on its client's loop; everything else is guarded by the {@link
 * Replication} that it belongs to.
 */
final class Replica implements Follower {
  /** How far it has come. */
  enum State {
    /** It has only introduced itself. */
    STRANGER(""),
    /** A snapshot for it is still to begin, or has begun. */
    AWAITS_SNAPSHOT("wait_bgsave"),
    RECEIVES_SNAPSHOT("send_bulk"),
    ONLINE("online"),
    GONE("");

    private final String wireName;

    State(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  /** Unsent bytes of a snapshot, beyond which no more of it is read. */
  private static final long ENOUGH_UNSENT = 1 << 20;

  private static final long LOOK_AGAIN_MILLIS = 2;
  private static final byte[] NEWLINE = {'\n'};

  private final Client client;
  private final Loop loop;
  private final Replication replication;
  private final Line<byte[]> held = new Line<>();
  private volatile State state = State.STRANGER;
  private long heldBytes;
  private long startsAt;
  private long heldTooManySince;
  private long acknowledged;
  private long forced;
  private volatile long heardAt;
  private int port;
  private String address = "";
  private boolean onlySnapshot;
  private boolean withoutData;
  private boolean partial;
  private boolean receivesBytes;
  private @Nullable FullSync sync;

  Replica(Client client, Loop loop, Replication replication) {
    this.client = client;
    this.loop = loop;
    this.replication = replication;
  }

  Loop loop() {
    return loop;
  }

  State state() {
    return state;
  }

  void state(State now) {
    state = now;
    heardAt = SteadyTime.millis();
  }

  @Override
  public boolean follows() {
    return state != State.STRANGER;
  }

  @Override
  public void left() {
    replication.left(this);
  }

  // What it says of itself

  /** The port at which it serves its own clients. */
  int port() {
    return port;
  }

  void port(int own) {
    port = own;
  }

  /** The address that it has given, or that from which it has come. */
  String address() {
    String remote = client.connection().remoteAddress();
    int colon = remote.lastIndexOf(':');
    return address.isEmpty() ? colon < 0 ? remote : remote.substring(0, colon) : address;
  }

  void address(String own) {
    address = own;
  }

  /** Whether it wants the snapshot and nothing behind it. */
  boolean onlySnapshot() {
    return onlySnapshot;
  }

  void onlySnapshot(boolean only) {
    onlySnapshot = only;
  }

  /** Whether its snapshot is to be empty, since it is after what comes behind alone. */
  boolean withoutData() {
    return withoutData;
  }

  void withoutData(boolean empty) {
    withoutData = empty;
  }

  /** Whether it knows offsets: it has asked by PSYNC, not by SYNC. */
  boolean knowsOffsets() {
    return partial;
  }

  void knowsOffsets(boolean does) {
    partial = does;
  }

  /** Says that it has received and applied the stream up to an offset. */
  void acknowledge(long offset) {
    acknowledged = Math.max(acknowledged, offset);
    heardAt = SteadyTime.millis();
  }

  /** Says that its disk keeps the stream up to an offset. */
  void acknowledgeForced(long offset) {
    forced = Math.max(forced, offset);
  }

  long forced() {
    return forced;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** When it was last heard of, in milliseconds since 1970. */
  long heardAt() {
    return heardAt;
  }

  // The stream

  /** The snapshot that is made for it. */
  @Nullable FullSync sync() {
    return sync;
  }

  void sync(FullSync begun) {
    sync = begun;
  }

  /**
   * Takes bytes of the stream: to be sent at once, or behind the snapshot.
   *
   * @return false if more waits behind the snapshot than the limit allows
   */
  boolean take(byte[] bytes, OutputBufferLimit limit) {
    if (state == State.ONLINE) {
      onLoop(() -> write(bytes));
      return true;
    }
    held.add(bytes);
    heldBytes += bytes.length;
    return !holdsTooMuch(limit);
  }

  /** Whether what waits behind the snapshot is beyond the limit. */
  boolean holdsTooMuch(OutputBufferLimit limit) {
    if (limit.hardBytes() > 0 && heldBytes >= limit.hardBytes()) {
      return true;
    }
    if (limit.softBytes() == 0 || heldBytes < limit.softBytes()) {
      heldTooManySince = 0;
      return false;
    }
    long now = SteadyTime.millis();
    heldTooManySince = heldTooManySince == 0 ? now : heldTooManySince;
    return (now - heldTooManySince) / 1000 > limit.softSeconds();
  }

  /** Whether it is sent what some homes do and not yet what others do. */
  boolean missesSome() {
    FullSync begun = sync;
    return state != State.ONLINE && begun != null && !begun.allHaveBegun();
  }

  /** Bytes that wait behind the snapshot. */
  long heldBytes() {
    return heldBytes;
  }

  /** Bytes of memory that it takes as a client. */
  long clientBytes() {
    return ClientMemory.counted(client);
  }

  /** Whether anything waits behind the snapshot. */
  boolean holds() {
    return heldBytes > 0;
  }

  /** The offset of the stream at which its snapshot counts as taken. */
  long startsAt() {
    return startsAt;
  }

  /** Says where the stream stands when the snapshot of the last home begins. */
  void startsBefore(long offset) {
    startsAt = offset - heldBytes;
  }

  /** Sends what has waited; on the loop. */
  void release() {
    for (byte[] bytes = held.poll(); bytes != null; bytes = held.poll()) {
      write(bytes);
    }
    heldBytes = 0;
  }

  /** Forgets what waits. */
  void forget() {
    held.clear();
    heldBytes = 0;
  }

  // The socket

  /** In one loop at once, since then that is the order; among several in the order of the calls. */
  private void onLoop(Runnable task) {
    if (replication.onOneLoop() && loop.isCurrent()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  void write(byte[] bytes) {
    if (client.keyspace() != null) {
      client.reply().raw(bytes, 0, bytes.length);
      client.connection().flushSoon();
    }
  }

  /** Shows that the connection is alive, as long as nothing of the snapshot has been sent. */
  void keepAlive() {
    loop.execute(
        () -> {
          if (!receivesBytes) {
            write(NEWLINE);
          }
        });
  }

  /**
   * Sends a piece of the snapshot and waits until there is room for the next one; not on a loop.
   *
   * @return false if the client has gone
   */
  boolean send(byte[] piece) {
    CompletableFuture<Boolean> room = new CompletableFuture<>();
    loop.execute(
        () -> {
          receivesBytes = true;
          write(piece);
          awaitRoom(room);
        });
    return room.join();
  }

  private void awaitRoom(CompletableFuture<Boolean> room) {
    if (client.keyspace() == null || client.closing()) {
      room.complete(false);
    } else if (client.connection().pendingOutput() <= ENOUGH_UNSENT) {
      heardAt = SteadyTime.millis();
      room.complete(true);
    } else {
      loop.schedule(LOOK_AGAIN_MILLIS, () -> awaitRoom(room));
    }
  }

  /** Closes the connection. */
  void close() {
    loop.execute(client.connection()::abort);
  }

  /** Closes the connection when everything has been sent; on the loop. */
  void closeAfterwards() {
    client.connection().closeAfterReply();
  }

  @Override
  public String toString() {
    return address() + ":" + port;
  }
}
