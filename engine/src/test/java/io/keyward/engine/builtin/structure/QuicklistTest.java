package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A long list as a row of packed nodes. */
class QuicklistTest {

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final QuicklistValidator validator = new QuicklistValidator();
  private final QuicklistCursor cursor = new QuicklistCursor();

  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();

  private Quicklist list(int fill, int compressDepth, int largeElement) {
    return new Quicklist(new QuicklistLimits(fill, compressDepth, largeElement), pool, account);
  }

  private static void push(Quicklist list, String text) {
    list.pushLast(Texts.of(text), 0, text.length());
  }

  private static List<Integer> counts(Quicklist list) {
    List<Integer> counts = new ArrayList<>();
    QuicklistNodes nodes = list.chain().nodes;
    for (int node = list.chain().head; node != QuicklistNodes.NONE; node = nodes.next(node)) {
      counts.add(nodes.count(node));
    }
    return counts;
  }

  /** A list, its account within that of all, and what must be in it. */
  private record Copy(Quicklist list, MemoryAccount account, List<byte[]> model) {}

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 40, -1})
  void copiesOfOneAnotherChangeEachByItself(int fill) {
    for (int depth = 0; depth < 3; depth++) {
      List<Copy> copies = new ArrayList<>();
      MemoryAccount first = new MemoryAccount(account);
      QuicklistLimits limits = new QuicklistLimits(fill, depth, 100);
      copies.add(new Copy(new Quicklist(limits, pool, first), first, new ArrayList<>()));
      for (int step = 0; step < 1500; step++) {
        Copy copy = copies.get(random.nextInt(copies.size()));
        if (step > 150 && step % 50 == 0 && copies.size() < 5) {
          MemoryAccount counted = new MemoryAccount(account);
          copies.add(new Copy(copy.list.copy(counted), counted, new ArrayList<>(copy.model)));
        } else if (step % 90 == 0 && copies.size() > 1) {
          copies.remove(copy);
          free(copy);
        } else {
          change(copy.list, copy.model, step % 170 < 120);
        }
        if (step % 20 == 0) {
          copies.forEach(each -> validator.check(each.list, each.model));
          copies.forEach(
              each ->
                  assertThat(each.account.bytes())
                      .as("seed %d", seed)
                      .isEqualTo(each.list.memoryBytes()));
          pool.validate();
        }
      }
      copies.forEach(this::free);
      assertThat(pool.slotMemory()).as("seed %d", seed).isZero();
      assertThat(account.bytes()).as("seed %d", seed).isZero();
    }
  }

  private void free(Copy copy) {
    while (!copy.list.free(10)) {
      assertThat(copy.list.memoryBytes()).as("seed %d", seed).isPositive();
    }
    assertThat(copy.account.bytes()).as("seed %d", seed).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40, -1, -2, -5})
  void behavesAsAListOfTexts(int fill) {
    for (int depth = 0; depth < 4; depth++) {
      for (int large : new int[] {1 << 30, 100}) {
        Quicklist list = list(fill, depth, large);
        List<byte[]> model = new ArrayList<>();
        try {
          for (int step = 0; step < 500; step++) {
            change(list, model, step % 170 < 120);
            validator.check(list, model);
            seek(list, model);
          }
          MemoryAccount ofCopy = new MemoryAccount(account);
          Quicklist copy = list.copy(ofCopy);
          validator.check(copy, model);
          assertThat(ofCopy.bytes()).isEqualTo(copy.memoryBytes());
          assertThat(copy.free(3)).isEqualTo(copy.nodeCount() == 0);
          assertThat(copy.free(Integer.MAX_VALUE)).isTrue();
          validator.check(list, model);
          assertThat(account.bytes()).isEqualTo(list.memoryBytes());
          assertThat(list.free(Integer.MAX_VALUE)).isTrue();
          assertThat(account.bytes()).isZero();
          assertThat(pool.slotMemory()).isZero();
          pool.validate();
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("seed %d, %s".formatted(seed, list.limits()), e);
        }
      }
    }
  }

  private byte[] draw() {
    return random.nextInt(3) == 0
        ? Texts.of("abc".repeat(10 + random.nextInt(40)))
        : Texts.draw(random);
  }

  private void change(Quicklist list, List<byte[]> model, boolean growing) {
    byte[] text = draw();
    byte[] padded = new byte[text.length + 7];
    System.arraycopy(text, 0, padded, 4, text.length);
    int index = model.isEmpty() ? 0 : random.nextInt(model.size());
    int action =
        model.isEmpty() ? random.nextInt(2) : growing ? random.nextInt(10) : 4 + random.nextInt(10);
    switch (action) {
      case 0, 1 -> {
        for (int i = 0; i < 5; i++) {
          if (action == 0) {
            list.pushFirst(padded, 4, text.length);
            model.addFirst(text);
          } else {
            list.pushLast(padded, 4, text.length);
            model.add(text);
          }
        }
      }
      case 2, 3, 4 -> {
        assertThat(list.seek(cursor, index)).isTrue();
        list.insertBefore(cursor, padded, 4, text.length);
        model.add(index, text);
      }
      case 5, 6 -> {
        assertThat(list.seek(cursor, index - model.size())).isTrue();
        list.insertAfter(cursor, padded, 4, text.length);
        model.add(index + 1, text);
      }
      case 7, 8, 9 -> {
        assertThat(list.seek(cursor, index)).isTrue();
        list.set(cursor, padded, 4, text.length);
        model.set(index, text);
      }
      case 10 -> {
        list.removeFirst();
        model.removeFirst();
      }
      case 11 -> {
        list.removeLast();
        model.removeLast();
      }
      case 12 -> {
        int count = random.nextInt(random.nextInt(4) == 0 ? model.size() + 5 : 8);
        list.removeRange(index, count);
        model.subList(index, Math.min(model.size(), index + count)).clear();
      }
      default -> removeByValue(list, model, model.get(index));
    }
  }

  private void removeByValue(Quicklist list, List<byte[]> model, byte[] text) {
    long limit = random.nextInt(7) - 3L;
    long most = limit == 0 ? Long.MAX_VALUE : Math.abs(limit);
    long removed = list.remove(limit, text, 0, text.length, () -> {});
    long expected = 0;
    int at = limit < 0 ? model.size() - 1 : 0;
    while (at >= 0 && at < model.size() && expected < most) {
      if (Arrays.equals(model.get(at), text)) {
        model.remove(at);
        expected++;
        at -= limit < 0 ? 1 : 0;
      } else {
        at += limit < 0 ? -1 : 1;
      }
    }
    assertThat(removed).isEqualTo(expected);
  }

  private void seek(Quicklist list, List<byte[]> model) {
    int index = random.nextInt(-model.size() - 2, model.size() + 2);
    boolean inside = index >= -model.size() && index < model.size();
    assertThat(list.seek(cursor, index)).isEqualTo(inside);
    if (inside) {
      assertThat(cursor.text()).isEqualTo(model.get(Math.floorMod(index, model.size())));
    }
  }

  @Test
  void nodesFillAsInRedis() {
    Quicklist counted = list(3, 0, 1 << 30);
    for (int i = 0; i < 10; i++) {
      push(counted, "v" + i);
    }
    assertThat(counts(counted)).containsExactly(3, 3, 3, 1);
    // A full node splits behind the element, one with room takes the new one itself.
    counted.seek(cursor, 4);
    counted.insertAfter(cursor, Texts.of("x"), 0, 1);
    assertThat(counts(counted)).containsExactly(3, 2, 2, 3, 1);
    counted.seek(cursor, 3);
    counted.insertBefore(cursor, Texts.of("y"), 0, 1);
    assertThat(counts(counted)).containsExactly(3, 3, 2, 3, 1);
    // At the edge of a full node the neighbour takes it, or a new node between both.
    counted.seek(cursor, 3);
    counted.insertBefore(cursor, Texts.of("z"), 0, 1);
    assertThat(counts(counted)).containsExactly(3, 1, 3, 2, 3, 1);
    counted.seek(cursor, 2);
    counted.insertAfter(cursor, Texts.of("w"), 0, 1);
    assertThat(counts(counted)).containsExactly(3, 2, 3, 2, 3, 1);
    // What fits together after a removal is merged.
    counted.removeRange(6, 2);
    assertThat(counts(counted)).containsExactly(3, 3, 2, 3, 1);
  }

  @ParameterizedTest
  @CsvSource({"-1,4096", "-2,8192", "-3,16384", "-4,32768", "-5,65536", "-6,65536", "1000,8192"})
  void nodesAreFullAtTheirLimitAndHaveLittleSlack(int fill, int bytes) {
    Quicklist list = list(fill, 0, 1 << 30);
    byte[] text = Texts.run(random, 100);
    for (int i = 0; i < 3000; i++) {
      list.pushLast(text, 0, 100);
    }
    QuicklistNodes nodes = list.chain().nodes;
    int node = list.chain().head;
    for (int i = 0; i < list.nodeCount() - 1; i++) {
      assertThat(nodes.size(node)).isBetween(bytes - 2 * 103 - 8, bytes);
      assertThat(nodes.slotBytes(node)).isLessThanOrEqualTo(nodes.size(node) * 9 / 8);
      node = nodes.next(node);
    }
    long payload = 3000L * 103;
    assertThat(list.memoryBytes()).isBetween(payload, payload * 9 / 8 + bytes + 200);
    assertThat(list.memoryBytes()).isEqualTo(account.bytes());
  }

  @Test
  void largeElementsLiveAlone() {
    Quicklist list = list(-2, 0, 50);
    push(list, "a");
    push(list, "b".repeat(50));
    push(list, "c");
    assertThat(counts(list)).containsExactly(1, 1, 1);
    list.forEachNode(
        (plain, bytes, offset, length) ->
            assertThat(plain).isEqualTo(length == 50 && bytes[offset] == 'b'));
    list.seek(cursor, 1);
    list.set(cursor, Texts.of("d"), 0, 1);
    assertThat(counts(list)).containsExactly(1, 2);
    assertThat(list.isOneListpack()).isFalse();
  }

  @Test
  void innerNodesAreCompressed() {
    Quicklist plain = list(-2, 0, 1 << 30);
    Quicklist packed = list(-2, 1, 1 << 30);
    List<byte[]> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      String text = "element number " + i;
      push(plain, text);
      push(packed, text);
      model.add(Texts.of(text));
    }
    validator.check(packed, model);
    assertThat(packed.memoryBytes()).isLessThan(plain.memoryBytes() / 2);
  }

  @Test
  void takesListpacksAndTextsWhole() {
    ByteBlock block = new ByteBlock(0);
    ListpackEditor.initialize(block);
    ListpackEditor.append(block, Texts.of("a"), 0, 1);
    ListpackEditor.appendInteger(block, 7);
    Quicklist list = list(-2, 0, 2);
    list.appendListpack(block.bytes(), 0, Listpack.totalBytes(block.bytes(), 0));
    assertThat(list.isOneListpack()).isTrue();
    list.appendPlain(Texts.of("long"), 0, 4);
    assertThat(list.isOneListpack()).isFalse();
    validator.check(list, List.of(Texts.of("a"), Texts.of("7"), Texts.of("long")));
  }

  @Test
  void anEmptyListHasNothingToRemove() {
    Quicklist list = list(-2, 0, 1 << 30);
    assertThatThrownBy(list::removeFirst).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(list::removeLast).isInstanceOf(IllegalStateException.class);
    list.removeRange(0, 5);
    assertThat(list.remove(0, Texts.of("a"), 0, 1, () -> {})).isZero();
    assertThat(list.seek(cursor, 0)).isFalse();
  }
}
