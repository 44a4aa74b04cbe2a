package io.keyward.engine.builtin.replication;

import io.keyward.engine.builtin.persistence.Snapshots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A snapshot for the replicas that wait for one, and its way to them: through a file, so that a
 * slow replica does not hold the snapshot open.
 *
 * <p>Homes begin one after the other. What a home does from its beginning on is kept for these
 * replicas and sent behind the snapshot.
 */
final class FullSync {
  private static final int PIECE = 64 * 1024;
  private static final long NOT_BEGUN = Long.MAX_VALUE;

  /** A snapshot that ends where it begins, of the first version of Redis that asks for such. */
  private static final byte[] EMPTY =
      "REDIS0010\u00ff\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private final Replication replication;
  private final Snapshots snapshots;

  /**
   * The first piece of the stream that is not in the snapshot, for each home; or that it is not
   * known yet.
   */
  private final long[] firstPieces;

  private final List<Replica> batch = new ArrayList<>();
  private int begunHomes;

  FullSync(Replication replication, Snapshots snapshots, int homes) {
    this.replication = replication;
    this.snapshots = snapshots;
    firstPieces = new long[homes];
    Arrays.fill(firstPieces, NOT_BEGUN);
  }

  /** Makes the snapshot and begins to send it; on a thread that may wait. */
  void run(String name) throws IOException, InterruptedException {
    Path file = snapshots.place().directory().path().resolve(name);
    snapshots.writeApart(file, false, home -> replication.begins(this, home));
    AtomicInteger unsent = new AtomicInteger(batch.size());
    if (batch.isEmpty()) {
      Files.deleteIfExists(file);
    }
    for (Replica replica : batch) {
      Thread.ofVirtual().name("keyward-replica").start(() -> send(replica, file, unsent));
    }
  }

  /** Takes those who wait when the first home begins. */
  void add(Replica replica) {
    batch.add(replica);
    replica.sync(this);
  }

  List<Replica> batch() {
    return batch;
  }

  /** The snapshot of a home is taken; pieces of the stream from this number on come behind it. */
  void begins(int home, long nextPiece) {
    firstPieces[home] = nextPiece;
    begunHomes++;
  }

  /** Whether what a home does is no longer part of the snapshot; -1 for what no home does. */
  boolean hasBegun(int home) {
    return home < 0 ? begunHomes > 0 : firstPieces[home] != NOT_BEGUN;
  }

  /** Whether a piece of the stream, which may have been put off, is in the snapshot already. */
  boolean contains(int home, long piece) {
    return home >= 0 && piece < firstPieces[home];
  }

  boolean nobodyHasBegun() {
    return begunHomes == 0;
  }

  boolean allHaveBegun() {
    return begunHomes == firstPieces.length;
  }

  private void send(Replica replica, Path file, AtomicInteger unsent) {
    try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
      if (sent(replica, source)) {
        replication.received(replica);
      }
    } catch (IOException broken) {
      replication.cut(replica, "its snapshot cannot be read: " + broken.getMessage());
    } finally {
      if (unsent.decrementAndGet() == 0) {
        delete(file);
      }
    }
  }

  private boolean sent(Replica replica, FileChannel source) throws IOException {
    if (replica.withoutData()) {
      return announced(replica, EMPTY.length) && replica.send(EMPTY);
    }
    boolean there = announced(replica, source.size());
    while (there) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      if (source.read(piece) < 0) {
        return true;
      }
      byte[] bytes = new byte[piece.position()];
      piece.get(0, bytes);
      there = replica.send(bytes);
    }
    return false;
  }

  private boolean announced(Replica replica, long length) {
    String head = replication.beginsToReceive(replica) + "$" + length + "\r\n";
    return replica.send(head.getBytes(StandardCharsets.US_ASCII));
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException left) {
      replication.note("The file " + file + " could not be removed: " + left.getMessage());
    }
  }
}
