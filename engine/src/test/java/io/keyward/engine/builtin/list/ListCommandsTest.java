package io.keyward.engine.builtin.list;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands for lists, and the clients that wait for elements. */
class ListCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private static String shown(List<String> elements) {
    return elements.stream().map(e -> '"' + e + '"').collect(Collectors.joining(" ", "[", "]"));
  }

  private static String element(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Integer.toString(random.nextInt(5));
      case 1 -> Long.toString(random.nextLong());
      case 2 -> "e" + random.nextInt(5);
      default -> "x".repeat(random.nextInt(300));
    };
  }

  @Test
  void behavesAsAListUnderRandomCommandsWhateverTheNodeSize() throws Exception {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (String fill : new String[] {"-2", "-1", "1", "4", "128"}) {
      for (String depth : new String[] {"0", "1"}) {
        bench.settings().set(Directive.LIST_MAX_LISTPACK_SIZE, fill);
        bench.settings().set(Directive.LIST_COMPRESS_DEPTH, depth);
        List<String> model = new ArrayList<>();
        bench.line("del l");
        for (int step = 0; step < 1500; step++) {
          step(random, model, step / 500 % 2 == 0 ? 6 : 2);
          assertThat(bench.line("llen l")).isEqualTo(Integer.toString(model.size()));
          if (step % 50 == 0) {
            assertThat(bench.line("lrange l 0 -1"))
                .as("seed %d fill %s depth %s step %d", seed, fill, depth, step)
                .isEqualTo(shown(model));
          }
        }
      }
    }
    bench.line("del l");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isLessThan(300);
  }

  private void step(Random random, List<String> model, int pushes) {
    String text = element(random);
    int choice = random.nextInt(10);
    int size = model.size();
    if (choice < pushes) {
      boolean first = random.nextBoolean();
      String second = element(random);
      bench.run(first ? "lpush" : "rpush", "l", text, second);
      if (first) {
        model.addFirst(text);
        model.addFirst(second);
      } else {
        model.add(text);
        model.add(second);
      }
    } else if (size == 0) {
      assertThat(bench.line("lpop l")).isEqualTo("nil");
    } else if (choice == 6) {
      int index = random.nextInt(size);
      bench.run("lset", "l", Integer.toString(index), text);
      model.set(index, text);
    } else if (choice == 7) {
      int limit = random.nextInt(5) - 2;
      bench.run("lrem", "l", Integer.toString(limit), text);
      remove(model, limit, text);
    } else if (choice == 8) {
      String pivot = model.get(random.nextInt(size));
      boolean before = random.nextBoolean();
      bench.run("linsert", "l", before ? "before" : "after", pivot, text);
      model.add(model.indexOf(pivot) + (before ? 0 : 1), text);
    } else if (choice == 9 && random.nextInt(4) == 0) {
      int from = random.nextInt(size);
      int to = from + random.nextInt(size - from);
      bench.run("ltrim", "l", Integer.toString(from), Integer.toString(to));
      List<String> kept = new ArrayList<>(model.subList(from, to + 1));
      model.clear();
      model.addAll(kept);
    } else if (random.nextBoolean()) {
      assertThat(bench.line("rpop l")).isEqualTo('"' + model.removeLast() + '"');
    } else {
      int count = 1 + random.nextInt(3);
      List<String> taken = new ArrayList<>(model.subList(0, Math.min(count, size)));
      model.subList(0, taken.size()).clear();
      assertThat(bench.line("lpop l " + count)).isEqualTo(shown(taken));
    }
  }

  private static void remove(List<String> model, int limit, String text) {
    int left = limit == 0 ? Integer.MAX_VALUE : Math.abs(limit);
    if (limit < 0) {
      Collections.reverse(model);
    }
    for (int i = 0; i < model.size() && left > 0; ) {
      if (model.get(i).equals(text)) {
        model.remove(i);
        left--;
      } else {
        i++;
      }
    }
    if (limit < 0) {
      Collections.reverse(model);
    }
  }

  @Test
  void aListBecomesAQuicklistAndAListpackAgain() {
    for (int i = 0; i < 200; i++) {
      bench.run("rpush", "l", "x".repeat(100));
    }
    assertThat(bench.line("object encoding l")).isEqualTo("\"quicklist\"");
    bench.line("ltrim l 0 3");
    assertThat(bench.line("object encoding l")).isEqualTo("\"listpack\"");
    assertThat(bench.line("llen l")).isEqualTo("4");
    bench.line("copy l m");
    bench.line("del l");
    assertThat(bench.line("llen m")).isEqualTo("4");
  }

  @Test
  void aListBecomesAListpackByTheLimitThatIsSetWhenItShrinks() throws Exception {
    bench.settings().set(Directive.LIST_MAX_LISTPACK_SIZE, "3");
    bench.line("rpush l a b c d");
    bench.line("rpop l 2");
    assertThat(bench.line("object encoding l")).isEqualTo("\"quicklist\"");
    bench.settings().set(Directive.LIST_MAX_LISTPACK_SIZE, "2");
    assertThat(bench.line("lpop l")).isEqualTo("\"a\"");
    assertThat(bench.line("object encoding l")).isEqualTo("\"listpack\"");
    assertThat(bench.line("rpush l c d")).isEqualTo("3");
    assertThat(bench.line("object encoding l")).isEqualTo("\"quicklist\"");
    bench.settings().set(Directive.LIST_MAX_LISTPACK_SIZE, "128");
    assertThat(bench.line("rpop l")).isEqualTo("\"d\"");
    assertThat(bench.line("object encoding l")).isEqualTo("\"listpack\"");
    assertThat(bench.line("lrange l 0 -1")).isEqualTo("[\"b\" \"c\"]");
    bench.validate();
  }

  @Test
  void aBigListIsFreedInSlices() {
    long empty = bench.keyspace().usedBytes();
    String element = "x".repeat(4000);
    for (int i = 0; i < 3000; i++) {
      bench.run("rpush", "l", element);
    }
    bench.run("copy", "l", "m");
    bench.validate();
    long held = bench.keyspace().usedBytes() - empty;
    assertThat(held).isBetween(2 * 3000 * 4000L, 2 * 3000 * 4000L * 9 / 8);
    long told = Long.parseLong(bench.line("memory usage l"));
    assertThat(told).isBetween(held / 2 - 200, held / 2);
    bench.line("del l m");
    assertThat(bench.keyspace().usedBytes() - empty).isGreaterThan(1_000_000);
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isLessThan(empty + 300);
  }

  @Test
  void positionsAreFound() {
    bench.line("rpush l a b c 1 2 3 c c");
    assertThat(bench.line("lpos l c")).isEqualTo("2");
    assertThat(bench.line("lpos l c RANK 2")).isEqualTo("6");
    assertThat(bench.line("lpos l c RANK -1")).isEqualTo("7");
    assertThat(bench.line("lpos l c COUNT 0")).isEqualTo("[2 6 7]");
    assertThat(bench.line("lpos l c COUNT 2 RANK -1")).isEqualTo("[7 6]");
    assertThat(bench.line("lpos l c COUNT 0 MAXLEN 3")).isEqualTo("[2]");
    assertThat(bench.line("lpos l nosuch")).isEqualTo("nil");
    assertThat(bench.line("lpos l nosuch COUNT 1")).isEqualTo("[]");
    assertThat(bench.line("lpos none c")).isEqualTo("nil");
  }

  @Test
  void elementsMoveBetweenLists() {
    bench.line("rpush a 1 2 3");
    assertThat(bench.line("lmove a b RIGHT LEFT")).isEqualTo("\"3\"");
    assertThat(bench.line("rpoplpush a b")).isEqualTo("\"2\"");
    assertThat(bench.line("lmove b b LEFT RIGHT")).isEqualTo("\"2\"");
    assertThat(bench.line("lrange b 0 -1")).isEqualTo("[\"3\" \"2\"]");
    assertThat(bench.line("lmove a b LEFT LEFT")).isEqualTo("\"1\"");
    assertThat(bench.line("exists a")).isEqualTo("0");
    bench.line("set s v");
    assertThat(bench.line("lmove b s LEFT LEFT")).startsWith("!WRONGTYPE");
    assertThat(bench.line("llen b")).isEqualTo("3");
    assertThat(bench.line("lmpop 2 a b LEFT COUNT 2")).isEqualTo("[\"b\" [\"1\" \"3\"]]");
    assertThat(bench.line("lmpop 0 a LEFT")).isEqualTo("!ERR numkeys should be greater than 0");
  }

  @Test
  void whoWaitedLongestIsServedFirst() {
    Bench.Session one = bench.connect();
    Bench.Session two = bench.connect();
    Bench.Session three = bench.connect();
    assertThat(one.run("blpop", "q", "r", "0")).isEmpty();
    assertThat(two.run("brpop", "q", "0")).isEmpty();
    assertThat(three.run("blmove", "q", "r", "LEFT", "LEFT", "0")).isEmpty();
    one.send("ping-not-a-command");
    bench.line("set q notalist");
    bench.line("del q");
    assertThat(bench.line("rpush q a b c d")).isEqualTo("4");
    assertThat(one.take()).startsWith("[\"q\" \"a\"]|!ERR unknown command");
    assertThat(two.take()).isEqualTo("[\"q\" \"d\"]");
    assertThat(three.take()).isEqualTo("\"b\"");
    assertThat(bench.line("lrange q 0 -1")).isEqualTo("[\"c\"]");
    assertThat(bench.line("lrange r 0 -1")).isEqualTo("[\"b\"]");
    assertThat(bench.keyspace().waiting().clients()).isZero();
  }

  @Test
  void waitingEndsWithTheTime() {
    Bench.Session one = bench.connect();
    assertThat(one.run("blpop", "q", "0.5")).isEmpty();
    bench.pass(499);
    assertThat(one.take()).isEmpty();
    bench.pass(2);
    assertThat(one.take()).isEqualTo("nil");
    assertThat(one.run("blmpop", "1", "1", "q", "LEFT")).isEmpty();
    bench.pass(1001);
    assertThat(one.take()).isEqualTo("nil");
    assertThat(one.run("blpop", "q", "-1")).isEqualTo("!ERR timeout is negative");
    assertThat(one.run("blpop", "q", "x")).isEqualTo("!ERR timeout is not a float or out of range");
    bench.line("rpush q a");
    assertThat(one.run("blpop", "q", "-0.0009")).isEqualTo("[\"q\" \"a\"]");
    assertThat(one.run("blpop", "q", "-0.0009")).isEmpty();
    bench.pass(100_000);
    bench.line("rpush q b");
    assertThat(one.take()).isEqualTo("[\"q\" \"b\"]");
    one.run("brpoplpush", "q", "r", "1");
    bench.keyspace().leave(one.client());
    bench.line("rpush q a");
    assertThat(bench.line("llen q")).isEqualTo("1");
  }

  @Test
  void popsOfSeveralListsCheckTheirTimeoutLast() {
    assertThat(bench.line("blmpop -1 0 q left")).isEqualTo("!ERR numkeys should be greater than 0");
    assertThat(bench.line("blmpop x 2 q left")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("blmpop x 1 q left count 0"))
        .isEqualTo("!ERR count should be greater than 0");
    assertThat(bench.line("blmpop -1 1 q left")).isEqualTo("!ERR timeout is negative");
    assertThat(bench.line("lmpop 9223372036854775807 q left")).isEqualTo("!ERR syntax error");
  }
}
