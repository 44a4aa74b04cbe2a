package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SkipListTest {
  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();
  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final SkipList list = new SkipList(pool, account, random, new Path());

  private static byte[] name(int number) {
    return ("member:" + number).getBytes(StandardCharsets.US_ASCII);
  }

  private void insert(int number, double score) {
    byte[] name = name(number);
    list.insert(score, name, 0, name.length);
  }

  private int find(int number) {
    byte[] name = name(number);
    return list.find(name, 0, name.length);
  }

  @Test
  void keepsTheOrderOfThousandsThroughChanges() {
    System.out.println("SkipListTest seed " + seed);
    for (int i = 0; i < 20_000; i++) {
      insert(i, random.nextInt(1000));
    }
    list.validate();
    for (int i = 0; i < 20_000; i += 3) {
      list.score(find(i), random.nextInt(1000) - 500);
    }
    list.validate();
    for (int i = 0; i < 20_000; i += 7) {
      list.remove(find(i));
    }
    list.validate();
    int size = list.size();
    list.removeRanks(size / 4, size / 2);
    assertThat(list.size()).isEqualTo(size - size / 2);
    list.validate();
    pool.validate();
  }

  @Test
  void aScoreThatKeepsThePlaceKeepsTheNeighbours() {
    for (int i = 0; i < 100; i++) {
      insert(i, i);
    }
    int member = find(50);
    int before = list.previous(member);
    list.score(member, 50.5);
    assertThat(list.score(member)).isEqualTo(50.5);
    assertThat(list.previous(member)).isEqualTo(before);
    assertThat(list.rank(member)).isEqualTo(50);
    list.validate();
  }

  @Test
  void aCopyIsIndependent() {
    for (int i = 0; i < 500; i++) {
      insert(i, -i);
    }
    SkipList copy = list.copy();
    copy.validate();
    list.removeRanks(0, 500);
    assertThat(list.first()).isEqualTo(SkipList.NONE);
    assertThat(list.last()).isEqualTo(SkipList.NONE);
    list.validate();
    assertThat(copy.size()).isEqualTo(500);
    assertThat(copy.score(copy.first())).isEqualTo(-499);
    copy.validate();
  }

  @Test
  void givesBackAllThatItHasTaken() {
    for (int i = 0; i < 5000; i++) {
      insert(i, i % 17);
    }
    long taken = account.bytes();
    assertThat(list.memoryBytes()).isEqualTo(taken);
    int slices = 1;
    while (!list.free(64)) {
      slices++;
    }
    assertThat(slices).isGreaterThan(10);
    assertThat(account.bytes()).isZero();
    assertThat(pool.slotMemory()).isZero();
  }
}
