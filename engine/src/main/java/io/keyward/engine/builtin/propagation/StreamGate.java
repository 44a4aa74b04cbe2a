package io.keyward.engine.builtin.propagation;

import org.jspecify.annotations.Nullable;

/**
 * Who has to wait for a stream of effects: replies until what they acknowledge is on the disk, and
 * requests while more waits to be written than memory should bear.
 *
 * <p>Belongs to the loop of the stream.
 */
public final class StreamGate {
  private long durable;
  private boolean gated;
  private boolean abandoned;
  private boolean crowded;
  private @Nullable Waiting waiting;

  /** Who waits for the stream to become durable, or for room in it. */
  public interface Waiting {
    /** Some of the stream has become durable, or there is room again. */
    void advanced();

    /** The disk refuses: what is waited for may come late or never. */
    void abandoned();
  }

  /** Tells somebody when the stream gets on. */
  public void tell(Waiting whoWaits) {
    waiting = whoWaits;
  }

  /** Whether replies are to wait until what they acknowledge is durable. */
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

  /** Says that the stream is durable up to a position. */
  public void durable(long position) {
    durable = Math.max(durable, position);
    abandoned = false;
    advanced();
  }

  /**
   * Says that the disk refuses: nobody waits any more until it takes the stream again.
   *
   * @param position where the stream ends
   */
  public void abandonWaiting(long position) {
    if (gated && position > durable) {
      abandoned = true;
      Waiting whoWaits = waiting;
      if (whoWaits != null) {
        whoWaits.abandoned();
      }
    }
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

  /** Whether a reply that tells of what was done up to a position has to wait. */
  public boolean awaitsDurability(long position) {
    return gated && !abandoned && position > durable;
  }
}
