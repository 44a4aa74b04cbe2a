package io.keyward.engine.builtin.script.lua;

/**
 * Counts what a script allocates.
 *
 * <p>The count only grows; each time it passes a mark the owner is told, who measures what is still
 * reachable and sets the next mark.
 */
public final class Memory {
  /** Is told of the bytes that are about to be allocated. */
  interface Owner {
    void atMark(long bytes);
  }

  private final Owner owner;
  private long charged;
  private long mark = Long.MAX_VALUE;

  Memory(Owner owner) {
    this.owner = owner;
  }

  /** Counts bytes about to be allocated. */
  public void charge(long bytes) {
    charged += bytes;
    if (charged > mark) {
      owner.atMark(bytes);
    }
  }

  long charged() {
    return charged;
  }

  /** Begins to count anew and tells the owner after so many bytes. */
  void restart(long untilMark) {
    charged = 0;
    mark = untilMark;
  }
}
