package io.keyward.engine.builtin.propagation;

import org.jspecify.annotations.Nullable;

/**
 * Who has to wait for a stream of effects: replies until what they acknowledge is safe, which is to
 * say written or, with {@code appendfsync always}, on the disk; and requests while more waits to be
 * written than memory should bear.
 *
 * <p>Belongs to the loop of the stream.
 */
public final class StreamGate {
  private long safe;
  private boolean gated;
  private boolean abandoned;
  private boolean crowded;
  private @Nullable Waiting waiting;

  /** Who waits for the stream to become safe, or for room in it. */
  public interface Waiting {
    /** Some of the stream has become safe, or there is room again. */
    void advanced();

    /** The disk refuses: what is waited for may come late or never. */
    void abandoned();
  }

  /** Tells somebody when the stream gets on. */
  public void tell(Waiting whoWaits) {
    waiting = whoWaits;
  }

  /** Whether replies are to wait until what they acknowledge is safe. */
  public void gated(boolean wait) {
    gated = wait;
    abandoned = false;
    advanced();
  }

  /** Lets nobody wait, since nobody takes the stream any more. */
  void open() {
    crowded = false;
    gated(false);
  }

  /** Says that the stream is safe up to a position. */
  public void safe(long position) {
    safe = Math.max(safe, position);
    abandoned = false;
    advanced();
  }

  /**
   * Says that the disk refuses: nobody waits any more until it takes the stream again.
   *
   * @param position where the stream ends
   */
  public void abandonWaiting(long position) {
    if (gated && position > safe) {
      abandoned = true;
      Waiting whoWaits = waiting;
      if (whoWaits != null) {
        whoWaits.abandoned();
      }
    }
  }

  /** Lets nobody wait for what cannot be written now, until it is. */
  public void release() {
    abandoned = true;
    advanced();
  }

  /** Lets replies wait again for what they acknowledge, since the disk takes what is written. */
  public void waitAgain() {
    abandoned = false;
  }

  /** Whether so much waits to be written that no more should be done. */
  public boolean crowded() {
    return crowded;
  }

  public void crowded(boolean full) {
    crowded = full;
    if (!full) {
      advanced();
    }
  }

  private void advanced() {
    Waiting whoWaits = waiting;
    if (whoWaits != null) {
      whoWaits.advanced();
    }
  }

  /**
   * Whether a position is not safe yet, even if nobody waits any more: who has waited for it may
   * not be told that it is.
   */
  public boolean unsafe(long position) {
    return gated && position > safe;
  }

  /** Whether a reply that tells of what was done up to a position has to wait. */
  public boolean awaitsSafety(long position) {
    return !abandoned && unsafe(position);
  }
}
