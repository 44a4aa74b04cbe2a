package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.SmallHeap;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Big sorted sets: the order of their members, their ranks and their copies. */
class OrderedMembersTest {
  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();
  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final OrderedMembers list = new OrderedMembers(pool, account, new Path());

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
    System.out.println("OrderedMembersTest seed " + seed);
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
    list.removeRanks(size / 4, size / 2, () -> {});
    assertThat(list.size()).isEqualTo(size - size / 2);
    list.validate();
    pool.validate();
  }

  @Test
  void growsAndShrinksThroughSeveralLevelsAndBack() {
    System.out.println("OrderedMembersTest levels seed " + seed);
    for (int round = 0; round < 3; round++) {
      int most = 200 + random.nextInt(20_000);
      int scores = round == 0 ? 1 : 1 + random.nextInt(2 * most);
      for (int i = 0; i < most; i++) {
        insert(i, random.nextInt(scores));
      }
      list.validate();
      while (list.size() > 40) {
        list.removeRanks(random.nextInt(list.size()), 1, () -> {});
        int first = random.nextInt(list.size());
        list.removeRanks(first, Math.min(random.nextInt(150), list.size() - first - 1), () -> {});
        list.score(list.at(random.nextInt(list.size())), random.nextInt(scores));
        if (random.nextInt(50) == 0) {
          list.validate();
        }
      }
      list.validate();
      list.removeRanks(0, list.size(), () -> {});
      list.validate();
      assertThat(list.order().nodeBytes()).isLessThan(50);
      assertThat(list.memoryBytes()).isEqualTo(account.bytes());
      pool.validate();
    }
  }

  @Test
  void membersThatComeInTheirOrderFillTheNodes() {
    for (int i = 0; i < 10_000; i++) {
      insert(i, i);
    }
    long ascending = list.order().nodeBytes();
    for (int i = -1; i >= -10_000; i--) {
      insert(i, i);
    }
    long descending = list.order().nodeBytes() - ascending;
    list.validate();
    assertThat(ascending).isLessThan(14 * 10_000);
    assertThat(descending).isLessThan(14 * 10_000);
  }

  @Test
  void walksOfTwoSetsDoNotDisturbEachOther() {
    OrderedMembers other = new OrderedMembers(pool, account, list.order().path());
    for (int i = 0; i < 300; i++) {
      insert(i, i);
      byte[] name = name(i);
      other.insert(-i, name, 0, name.length);
    }
    int up = list.first();
    int down = other.last();
    for (int i = 0; i < 300; i++) {
      assertThat(list.score(up)).isEqualTo(i);
      assertThat(other.score(down)).isEqualTo(-i);
      up = list.next(up);
      down = other.previous(down);
    }
    assertThat(up).isEqualTo(OrderedMembers.NONE);
    assertThat(down).isEqualTo(OrderedMembers.NONE);
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
    OrderedMembers copy = list.copy(account);
    copy.validate();
    list.removeRanks(0, 500, () -> {});
    assertThat(list.first()).isEqualTo(OrderedMembers.NONE);
    assertThat(list.last()).isEqualTo(OrderedMembers.NONE);
    list.validate();
    assertThat(copy.size()).isEqualTo(500);
    assertThat(copy.score(copy.first())).isEqualTo(-499);
    copy.validate();
  }

  /** A copy, its account within that of all, and what must be in it. */
  private record Copy(OrderedMembers set, MemoryAccount account, TreeMap<Integer, Double> model) {}

  @Test
  void copiesOfOneAnotherChangeEachByItself() {
    System.out.println("OrderedMembersTest copies seed " + seed);
    List<Copy> copies = new ArrayList<>();
    MemoryAccount first = new MemoryAccount(account);
    copies.add(new Copy(new OrderedMembers(pool, first, new Path()), first, new TreeMap<>()));
    int names = 2_000 + random.nextInt(8_000);
    for (int i = 0; i < names; i++) {
      change(copies.getFirst(), i, names);
    }
    for (int step = 0; step < 400; step++) {
      Copy copy = copies.get(random.nextInt(copies.size()));
      switch (random.nextInt(12)) {
        case 0 -> {
          if (copies.size() < 6) {
            MemoryAccount counted = new MemoryAccount(account);
            copies.add(new Copy(copy.set.copy(counted), counted, new TreeMap<>(copy.model)));
          }
        }
        case 1 -> {
          if (copies.size() > 2) {
            copies.remove(copy);
            free(copy);
          }
        }
        case 2 -> {
          int size = copy.set.size();
          if (size > names / 2) {
            removeRanks(copy, random.nextInt(size / 2), random.nextInt(size / 3));
          }
        }
        default -> {
          for (int i = 0; i < 30; i++) {
            change(copy, random.nextInt(names), names);
          }
        }
      }
      if (step % 40 == 0) {
        copies.forEach(this::check);
      }
    }
    copies.forEach(this::check);
    copies.forEach(this::free);
    assertThat(pool.slotMemory()).as("seed %d", seed).isEqualTo(list.slotBytes());
    assertThat(account.bytes()).isEqualTo(list.memoryBytes());
  }

  private void change(Copy copy, int number, int scores) {
    byte[] name = name(number);
    int present = copy.set.find(name, 0, name.length);
    if (present == OrderedMembers.NONE) {
      double score = random.nextInt(scores);
      copy.set.insert(score, name, 0, name.length);
      copy.model.put(number, score);
    } else if (random.nextInt(4) == 0) {
      copy.set.remove(present);
      copy.model.remove(number);
    } else {
      double score =
          random.nextInt(3) == 0 ? copy.set.score(present) + 0.25 : random.nextInt(scores);
      int changed = copy.set.score(present, score);
      assertThat(copy.set.find(name, 0, name.length)).isEqualTo(changed);
      copy.model.put(number, score);
    }
  }

  private static void removeRanks(Copy copy, int from, int number) {
    for (int rank = from; rank < from + number; rank++) {
      int member = copy.set.at(rank);
      String name =
          new String(
              copy.set.bytes(member),
              copy.set.nameOffset(member),
              copy.set.nameLength(member),
              StandardCharsets.US_ASCII);
      copy.model.remove(Integer.parseInt(name.substring("member:".length())));
    }
    copy.set.removeRanks(from, number, () -> {});
  }

  private void check(Copy copy) {
    copy.set.validate();
    assertThat(copy.set.size()).as("seed %d", seed).isEqualTo(copy.model.size());
    copy.model.forEach(
        (number, score) -> {
          byte[] name = name(number);
          assertThat(copy.set.score(copy.set.find(name, 0, name.length)))
              .as("seed %d", seed)
              .isEqualTo(score);
        });
    assertThat(copy.set.memoryBytes()).as("seed %d", seed).isEqualTo(copy.account.bytes());
    pool.validate();
  }

  private void free(Copy copy) {
    while (!copy.set.free(64)) {
      assertThat(copy.set.memoryBytes()).isPositive();
    }
    assertThat(copy.account.bytes()).as("seed %d", seed).isZero();
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

  @Test
  void aMemberThatThereIsNoMemoryForIsNowhere() throws Exception {
    assertThat(SmallHeap.run(MembersInFullHeap.class)).isEqualTo("sound");
  }
}
