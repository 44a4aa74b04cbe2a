package io.keyward.engine.builtin.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.builtin.SmallHeap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** The table of keys as a map, under growth, walks and sharing. */
class DictionaryTest {
  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();
  private final Dictionary dictionary = new Dictionary(pool, account);

  private static byte[] key(int number) {
    return ("key:" + number).getBytes(StandardCharsets.ISO_8859_1);
  }

  private int add(byte[] key, boolean mark) {
    return add(dictionary, key, mark);
  }

  private int add(Dictionary target, byte[] key, boolean mark) {
    int flags = EntryLayout.flagsFor(0, key.length);
    int reference = pool.allocate(EntryLayout.headerSize(flags) + key.length, account);
    EntryLayout.writeKey(
        pool.page(reference), PagePool.offset(reference), flags, key, 0, key.length);
    target.insert(KeyHash.hash(key, 0, key.length), reference, mark);
    return reference;
  }

  private int find(byte[] key) {
    return dictionary.find(KeyHash.hash(key, 0, key.length), key, 0, key.length);
  }

  private void remove(byte[] key, int reference) {
    dictionary.remove(KeyHash.hash(key, 0, key.length), reference);
    pool.free(reference, account);
  }

  private String text(int reference) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    return new String(
        page,
        EntryLayout.keyOffset(page, at),
        EntryLayout.keyLength(page, at),
        StandardCharsets.ISO_8859_1);
  }

  @Test
  void makesRoomForEntriesThatAreToComeAndGivesItBack() {
    long empty = dictionary.memory();
    dictionary.reserve(5000);
    long reserved = dictionary.memory();
    assertThat(reserved).isBetween(5000L * 8, 5000L * 8 * 3);
    int[] references = new int[5000];
    for (int number = 0; number < 5000; number++) {
      references[number] = add(key(number), number % 3 == 0);
    }
    dictionary.validate();
    assertThat(dictionary.buckets()).isEqualTo(625);
    for (int number = 0; number < 5000; number++) {
      assertThat(find(key(number))).isEqualTo(references[number]);
    }
    dictionary.reserve(1_000_000);
    assertThat(dictionary.buckets()).as("what is there is not laid out anew").isEqualTo(625);
    for (int number = 0; number < 5000; number++) {
      remove(key(number), references[number]);
    }
    dictionary.reserve(1_000_000);
    dictionary.trim();
    dictionary.validate();
    assertThat(dictionary.memory()).isLessThan(reserved).isGreaterThanOrEqualTo(empty);
  }

  @Test
  void takesEntriesInTheOrderOfAnotherDictionarysScan() {
    for (int number = 0; number < 20_000; number++) {
      add(key(number), false);
    }
    Dictionary copy = new Dictionary(pool, account);
    long cursor = 0;
    do {
      cursor =
          EntryVisits.scan(
              dictionary,
              cursor,
              reference -> {
                byte[] page = pool.page(reference);
                long hash = EntryLayout.keyHash(page, PagePool.offset(reference));
                copy.insert(hash, reference, false);
              });
    } while (cursor != 0);
    copy.validate();
    assertThat(copy.size()).isEqualTo(20_000);
  }

  private void drain(Dictionary full) {
    boolean empty = false;
    while (!empty) {
      empty = full.drain(100, reference -> pool.free(reference, account));
    }
  }

  @Test
  void whatADictionaryTookThatIsGoneServesTheNext() {
    for (int number = 0; number < 300_000; number++) {
      add(key(number), false);
    }
    long most = dictionary.memory();
    drain(dictionary);
    long kept = pool.spareSegments().memory();
    assertThat(kept).isBetween(most * 9 / 10, most);
    Dictionary next = new Dictionary(pool, account);
    for (int number = 0; number < 300_000; number++) {
      add(next, key(number), false);
    }
    next.validate();
    assertThat(next.size()).isEqualTo(300_000);
    assertThat(pool.spareSegments().memory()).isLessThan(kept / 10);
    pool.dropSpare();
    assertThat(pool.spareSegments().memory()).isZero();
  }

  @Test
  void whatAnotherDictionaryStillHasServesNoThird() {
    for (int number = 0; number < 50_000; number++) {
      add(key(number), false);
    }
    Dictionary copy = dictionary.share(account);
    boolean empty = false;
    while (!empty) {
      empty = dictionary.drain(100, reference -> {});
    }
    Dictionary third = new Dictionary(pool, account);
    for (int number = 50_000; number < 100_000; number++) {
      add(third, key(number), false);
    }
    copy.validate();
    assertThat(copy.size()).isEqualTo(50_000);
    byte[] name = key(49_999);
    int found = copy.find(KeyHash.hash(name, 0, name.length), name, 0, name.length);
    assertThat(text(found)).isEqualTo("key:49999");
  }

  @Test
  void aWalkThatFailsDoesNotKeepTheDictionaryFromGrowing() {
    IntConsumer failing =
        reference -> {
          throw new IllegalStateException("enough");
        };
    add(key(0), true);
    assertThatThrownBy(() -> EntryVisits.all(dictionary, failing)).hasMessage("enough");
    assertThatThrownBy(() -> EntryVisits.scan(dictionary, 0, failing)).hasMessage("enough");
    assertThatThrownBy(() -> EntryVisits.marked(dictionary, 0, 1, 1, failing)).hasMessage("enough");
    for (int number = 1; number < 1000; number++) {
      add(key(number), false);
    }
    assertThat(dictionary.buckets()).isGreaterThan(50);
  }

  @Test
  void aVisitEndsWhenTheVisitorHasHadEnough() {
    for (int number = 0; number < 1000; number++) {
      add(key(number), false);
    }
    Set<Integer> seen = new HashSet<>();
    EntryVisits.whileWanted(dictionary, reference -> seen.add(reference) && seen.size() < 10);
    assertThat(seen).hasSize(10);
    seen.clear();
    EntryVisits.whileWanted(dictionary, seen::add);
    assertThat(seen).hasSize(1000);
  }

  @Test
  void behavesAsAMapUnderRandomOperations() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Integer, Integer> expected = new HashMap<>();
    Map<Integer, Boolean> marks = new HashMap<>();
    for (int step = 0; step < 300_000; step++) {
      // Phases of growth and of shrinking alternate.
      boolean growing = (step / 30_000) % 2 == 0;
      int number = random.nextInt(20_000);
      byte[] key = key(number);
      Integer present = expected.get(number);
      assertThat(find(key)).as("seed %d", seed).isEqualTo(present == null ? 0 : present);
      if (present == null) {
        if (growing || random.nextInt(4) == 0) {
          boolean mark = random.nextBoolean();
          expected.put(number, add(key, mark));
          marks.put(number, mark);
        }
      } else if (!growing || random.nextInt(4) == 0) {
        remove(key, present);
        expected.remove(number);
        marks.remove(number);
      } else if (random.nextBoolean()) {
        boolean mark = random.nextBoolean();
        dictionary.mark(KeyHash.hash(key, 0, key.length), present, mark);
        marks.put(number, mark);
      }
      if (step % 10_000 == 0) {
        dictionary.validate();
        pool.validate();
      }
    }
    assertThat(dictionary.size()).isEqualTo(expected.size());
    assertThat(dictionary.marked())
        .isEqualTo((int) marks.values().stream().filter(mark -> mark).count());
    Set<String> walked = new HashSet<>();
    EntryVisits.marked(
        dictionary, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, r -> walked.add(text(r)));
    assertThat(walked).hasSize(dictionary.marked());
    for (Map.Entry<Integer, Integer> left : expected.entrySet()) {
      remove(key(left.getKey()), left.getValue());
    }
    dictionary.validate();
    assertThat(dictionary.size()).isZero();
    assertThat(pool.slotMemory()).isZero();
    assertThat(account.bytes()).isEqualTo(dictionary.memory());
  }

  @Test
  void aScanSeesWhatWasThereThroughoutWhileTheTableGrowsAndShrinks() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      Map<Integer, Integer> others = new HashMap<>();
      int kept = 1 + random.nextInt(3000);
      Map<Integer, Integer> stay = new HashMap<>();
      for (int i = 0; i < kept; i++) {
        stay.put(i, add(key(i), false));
      }
      for (int i = 0; i < random.nextInt(20_000); i++) {
        others.put(100_000 + i, add(key(100_000 + i), false));
      }
      Set<String> seen = new HashSet<>();
      long cursor = 0;
      int next = 200_000;
      do {
        cursor = EntryVisits.scan(dictionary, cursor, reference -> seen.add(text(reference)));
        assertThat(cursor).isBetween(0L, 1L << 31);
        int change = random.nextInt(5);
        if (change == 0) {
          for (int i = 0; i < 200; i++) {
            others.put(next, add(key(next), false));
            next++;
          }
        } else if (change == 1) {
          var each = others.entrySet().iterator();
          for (int i = 0; i < 200 && each.hasNext(); i++) {
            Map.Entry<Integer, Integer> gone = each.next();
            remove(key(gone.getKey()), gone.getValue());
            each.remove();
          }
        }
      } while (cursor != 0);
      for (int i = 0; i < kept; i++) {
        assertThat(seen).as("seed %d round %d", seed, round).contains("key:" + i);
      }
      others.forEach((number, reference) -> remove(key(number), reference));
      stay.forEach((number, reference) -> remove(key(number), reference));
    }
  }

  @Test
  void everyEntryIsDrawnAboutEquallyOften() {
    int entries = 1000;
    for (int i = 0; i < entries; i++) {
      add(key(i), false);
    }
    SplittableRandom random = new SplittableRandom(7);
    Map<Integer, Integer> drawn = new HashMap<>();
    int draws = 200_000;
    for (int i = 0; i < draws; i++) {
      drawn.merge(EntryVisits.random(dictionary, random), 1, Integer::sum);
    }
    assertThat(drawn).hasSize(entries);
    double mean = (double) draws / entries;
    double chiSquare =
        drawn.values().stream().mapToDouble(n -> (n - mean) * (n - mean) / mean).sum();
    // 999 degrees of freedom: mean 999, standard deviation 44.7; six of them allowed.
    assertThat(chiSquare).isBetween(730.0, 1268.0);
  }

  @Test
  void whatHasShrunkGivesItsOverflowBack() {
    int[] references = new int[200_000];
    for (int i = 0; i < references.length; i++) {
      references[i] = add(key(i), false);
    }
    for (int i = 2_000; i < references.length; i++) {
      remove(key(i), references[i]);
    }
    dictionary.validate();
    // The merged table fits into one segment, and what chance leaves of overflow into another.
    assertThat(dictionary.memory()).isLessThanOrEqualTo(2 * 128 * 1024);
  }

  @Test
  void drainingGivesEveryByteBack() {
    for (int i = 0; i < 50_000; i++) {
      add(key(i), i % 3 == 0);
    }
    int[] freed = {0};
    boolean empty;
    do {
      empty =
          dictionary.drain(
              100,
              reference -> {
                pool.free(reference, account);
                freed[0]++;
              });
    } while (!empty);
    assertThat(freed[0]).isEqualTo(50_000);
    assertThat(account.bytes()).isZero();
    assertThat(pool.slotMemory()).isZero();
  }

  @Test
  void whereMemoryRunsOutNoEntryIsLostAndNoneIsHalfThere() throws Exception {
    assertThat(SmallHeap.run(TablesInFullHeap.class)).isEqualTo("sound");
  }
}
