package io.keyward.engine.builtin.propagation;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Arrays on their way between a loop that fills them and a thread that writes them out. */
public final class Buffers {
  private static final int FIRST = 64 * 1024;

  /** With a small heap none but the smallest. */
  private static final int LARGEST_KEPT =
      Math.clamp(Runtime.getRuntime().maxMemory() / 1024, FIRST, 1024 * 1024);

  private static final int MOST_KEPT = 16;

  private final ArrayBlockingQueue<byte[]> free = new ArrayBlockingQueue<>(MOST_KEPT);

  byte[] take() {
    byte @Nullable [] kept = free.poll();
    return kept == null ? new byte[FIRST] : kept;
  }

  /** An array of at least so many bytes. */
  byte[] take(int least) {
    return least <= FIRST ? take() : new byte[least];
  }

  /** Takes an array back that has been written out; any thread may call. */
  public void giveBack(byte[] array) {
    if (array.length >= FIRST && array.length <= LARGEST_KEPT) {
      boolean _ = free.offer(array);
    }
  }
}
