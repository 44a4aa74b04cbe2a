package io.keyward.engine.builtin.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The slots of pages: cut with little loss, reused, and apart from one another. */
class PagePoolTest {
  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();

  @Test
  void slotsLoseLittleAndPagesAreUsedUp() {
    int previous = 0;
    for (int sizeClass = 0; sizeClass < SizeClasses.count(); sizeClass++) {
      int size = SizeClasses.size(sizeClass);
      assertThat(size % 8).isZero();
      assertThat(size).isGreaterThan(previous);
      assertThat(size - previous).isLessThanOrEqualTo(Math.max(16, size / 7));
      assertThat(PagePool.PAGE_BYTES % size).isLessThan(PagePool.PAGE_BYTES / 100);
      assertThat(SizeClasses.of(size)).isEqualTo(sizeClass);
      assertThat(SizeClasses.of(previous + 1)).isEqualTo(sizeClass);
      previous = size;
    }
    assertThat(previous).isEqualTo(SizeClasses.LARGEST);
  }

  @Test
  void whatThereIsNoMemoryForLeavesNothingBehind() {
    assertThatThrownBy(() -> pool.allocate(Integer.MAX_VALUE, account))
        .isInstanceOf(OutOfMemoryError.class);
    pool.validate();
    assertThat(account.bytes()).isZero();
    assertThat(pool.pageMemory()).isZero();
  }

  @Test
  void slotsKeepTheirBytesWhileOthersComeAndGo() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Integer> slots = new ArrayList<>();
    List<Byte> contents = new ArrayList<>();
    for (int step = 0; step < 30_000; step++) {
      boolean growing = step / 5000 % 2 == 0;
      if (slots.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
        int bytes = random.nextInt(100) == 0 ? random.nextInt(40_000) : random.nextInt(1 << 9);
        int slot = pool.allocate(bytes, account);
        assertThat(pool.slotBytes(slot)).isGreaterThanOrEqualTo(bytes);
        slots.add(slot);
        contents.add((byte) random.nextInt());
        fill(slot, contents.getLast());
      } else {
        int at = random.nextInt(slots.size());
        int slot = slots.get(at);
        assertThat(holds(slot, contents.get(at))).as("seed %d step %d", seed, step).isTrue();
        pool.free(slot, account);
        slots.set(at, slots.getLast());
        contents.set(at, contents.getLast());
        slots.removeLast();
        contents.removeLast();
      }
    }
    pool.validate();
    assertThat(account.bytes()).isEqualTo(pool.slotMemory());
    slots.forEach(slot -> pool.free(slot, account));
    assertThat(account.bytes()).isZero();
    pool.validate();
  }

  private void fill(int slot, byte value) {
    int offset = PagePool.offset(slot);
    byte[] page = pool.page(slot);
    Arrays.fill(page, offset, offset + pool.slotBytes(slot), value);
  }

  private boolean holds(int slot, byte value) {
    byte[] page = pool.page(slot);
    int offset = PagePool.offset(slot);
    for (int i = offset; i < offset + pool.slotBytes(slot); i++) {
      if (page[i] != value) {
        return false;
      }
    }
    return true;
  }
}
