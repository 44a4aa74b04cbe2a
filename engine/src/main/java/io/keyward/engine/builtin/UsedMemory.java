package io.keyward.engine.builtin;

import io.keyward.engine.Sharer;
import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bytes of all keyspaces of a home, and what is known of the other homes of the engine: figures
 * that they publish at their ticks.
 */
public final class UsedMemory implements Sharer {
  private final MemoryAccount account = new MemoryAccount();
  private final MemoryAccount pinned = new MemoryAccount();
  private final List<Pins> pinsToSettle = new ArrayList<>();
  private List<UsedMemory> peers = List.of();
  private volatile long publishedBytes;
  private volatile long publishedPinnedBytes;
  private volatile long peak;
  private volatile boolean asked;
  private volatile boolean exhausted;
  private final Consumer<Runnable> onLoop;
  private final Runnable relief;

  /**
   * Nothing yet.
   *
   * @param onLoop runs a task on the home's loop
   * @param relief evicts keys there until all is within {@code maxmemory}
   */
  UsedMemory(Consumer<Runnable> onLoop, Runnable relief) {
    this.onLoop = onLoop;
    this.relief = relief;
  }

  /** Those of all homes of the engine, this one among them, which share {@code maxmemory}. */
  void peers(List<UsedMemory> all) {
    peers = all;
  }

  /** The bytes of all keyspaces of this loop. */
  MemoryAccount account() {
    return account;
  }

  /** The bytes of the pinned keys of this loop, which count in {@link #account()} too. */
  MemoryAccount pinnedAccount() {
    return pinned;
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

  /** Bytes of all data of the engine: exact for this loop, some ticks old for the others. */
  public long ofAll() {
    long used = account.bytes();
    if (peers.size() == 1) {
      return used;
    }
    for (UsedMemory peer : peers) {
      used += peer == this ? 0 : peer.publishedBytes;
    }
    return used;
  }

  /**
   * Bytes of the pinned keys on this loop; another thread may see a figure that is a moment old.
   */
  public long pinnedBytes() {
    return pinned.bytes();
  }

  /** Bytes of all pinned keys of the engine, as exact as {@link #ofAll()}. */
  long pinnedOfAll() {
    settlePins();
    long bytes = pinned.bytes();
    if (peers.size() == 1) {
      return bytes;
    }
    for (UsedMemory peer : peers) {
      bytes += peer == this ? 0 : peer.publishedPinnedBytes;
    }
    return bytes;
  }

  /** The most that all data of the engine has taken, as seen at the ticks. */
  public long peak() {
    return peak;
  }

  /** Tells the other homes. */
  void publish() {
    publishedBytes = account.bytes();
    settlePins();
    publishedPinnedBytes = pinned.bytes();
    peak = Math.max(peak, ofAll());
  }

  /** Those of all homes of the engine. */
  List<UsedMemory> peers() {
    return peers;
  }

  /** Bytes of this home that {@code maxmemory} is for. */
  long unpinned() {
    return account.bytes() - pinned.bytes();
  }

  /** Says whether nothing of this home may be evicted. */
  void exhausted(boolean nothing) {
    exhausted = nothing;
  }

  @Override
  public boolean exhausted() {
    return exhausted;
  }

  @Override
  public long has() {
    return publishedBytes - publishedPinnedBytes;
  }

  @Override
  public void ask() {
    if (!asked) {
      asked = true;
      boolean taken = false;
      try {
        onLoop.accept(this::relieve);
        taken = true;
      } finally {
        if (!taken) {
          asked = false;
        }
      }
    }
  }

  private void relieve() {
    asked = false;
    relief.run();
  }
}
