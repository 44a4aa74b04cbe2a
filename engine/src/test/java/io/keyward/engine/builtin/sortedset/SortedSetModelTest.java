package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Keys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random commands on one sorted set, compared with a model, across the threshold. */
class SortedSetModelTest {
  private final Bench bench = new Bench();
  private final SortedSetModel model = new SortedSetModel();

  @ParameterizedTest
  @CsvSource({"12, 128", "40, 20", "400, 20", "3000, 128", "60, 0"})
  void behavesAsAnOrderedMap(int names, String mostPacked) throws RefusedException {
    bench.settings().set(Directive.ZSET_MAX_LISTPACK_ENTRIES, mostPacked);
    bench.line("zcard z");
    long empty = bench.keyspace().usedBytes();
    long seed = Long.getLong("test.seed", System.nanoTime());
    String told = "seed " + seed + " names " + names + " packed " + mostPacked;
    System.out.println("SortedSetModelTest " + told);
    Random random = new Random(seed);
    for (int step = 0; step < 6000; step++) {
      act(random, names, told + " step " + step);
      if (step % 250 == 0) {
        bench.validate();
        expect(SortedSetModel.reply(model.all(), true), told, "zrange z 0 -1 withscores");
      }
    }
    bench.validate();
    for (SortedSetModel.Scored member : model.all()) {
      bench.run("zrem", "z", member.name());
    }
    bench.pass(1000);
    assertThat(Keys.encoding(bench, "z")).isEqualTo("none");
    assertThat(bench.keyspace().usedBytes()).as(told).isEqualTo(empty);
  }

  private void expect(String reply, String told, String line) {
    assertThat(bench.line(line)).as("%s: %s", told, line).isEqualTo(reply);
  }

  private static String name(Random random, int names) {
    int number = random.nextInt(names);
    return switch (number % 5) {
      case 0 -> Integer.toString(number);
      case 1 -> Integer.toString(-number);
      case 2 -> "member:" + number;
      case 3 -> "\u00e9" + number;
      default -> "00" + number;
    };
  }

  private static String score(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "inf";
      case 1 -> "-inf";
      case 2 -> "1e20";
      case 3 -> SortedSetModel.text(random.nextGaussian());
      case 4 -> "0.5";
      default -> Integer.toString(random.nextInt(9) - 4);
    };
  }

  private void act(Random random, int names, String told) {
    String name = name(random, names);
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> {
        String score = score(random);
        boolean added = model.put(name, number(score));
        expect(added ? "1" : "0", told, "zadd z " + score + " " + name);
      }
      case 5 -> addWithOption(random, name, told);
      case 6 -> increment(random, name, told);
      case 7, 8 -> expect(model.remove(name) ? "1" : "0", told, "zrem z " + name);
      case 9 -> rank(name, told);
      case 10 -> ranks(random, told);
      case 11 -> scores(random, told);
      case 12 -> limited(random, told);
      case 13 -> removeSome(random, told);
      case 14 -> pop(random, told);
      default -> expect(Integer.toString(model.size()), told, "zcard z");
    }
  }

  private static double number(String score) {
    return switch (score) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(score);
    };
  }

  private void addWithOption(Random random, String name, String told) {
    String text = score(random);
    double score = number(text);
    Double former = model.score(name);
    String option = List.of("nx", "xx", "gt", "lt").get(random.nextInt(4));
    boolean takes =
        switch (option) {
          case "nx" -> former == null;
          case "xx" -> former != null;
          case "gt" -> former == null || score > former;
          default -> former == null || score < former;
        };
    boolean changed = takes && (former == null || former != score);
    if (takes) {
      model.put(name, score);
    }
    expect(changed ? "1" : "0", told, "zadd z " + option + " ch " + text + " " + name);
  }

  private void increment(Random random, String name, String told) {
    Double former = model.score(name);
    double by = random.nextInt(20) - 10;
    double sum = (former == null ? 0 : former) + by;
    model.put(name, sum);
    expect(
        '"' + SortedSetModel.text(sum) + '"',
        told,
        "zincrby z " + SortedSetModel.text(by) + " " + name);
  }

  private void rank(String name, String told) {
    Double score = model.score(name);
    if (score == null) {
      expect("nil", told, "zrank z " + name);
      expect("nil", told, "zscore z " + name);
      return;
    }
    int rank = model.rank(name);
    String text = '"' + SortedSetModel.text(score) + '"';
    expect("[" + rank + " " + text + "]", told, "zrank z " + name + " withscore");
    expect(Integer.toString(model.size() - 1 - rank), told, "zrevrank z " + name);
    expect(text, told, "zscore z " + name);
  }

  private void ranks(Random random, String told) {
    int start = random.nextInt(30) - 15;
    int stop = random.nextInt(30) - 15;
    String range = " z " + start + " " + stop;
    expect(SortedSetModel.reply(model.ranks(start, stop, false), false), told, "zrange" + range);
    expect(
        SortedSetModel.reply(model.ranks(start, stop, true), true),
        told,
        "zrevrange" + range + " withscores");
  }

  private List<SortedSetModel.Scored> between(
      double least, boolean openLeast, double most, boolean openMost) {
    return model.where(
        member ->
            (openLeast ? member.score() > least : member.score() >= least)
                && (openMost ? member.score() < most : member.score() <= most));
  }

  private void scores(Random random, String told) {
    String least = score(random);
    String most = score(random);
    boolean openLeast = random.nextBoolean();
    boolean openMost = random.nextBoolean();
    var members = between(number(least), openLeast, number(most), openMost);
    String range = " z " + (openLeast ? "(" : "") + least + " " + (openMost ? "(" : "") + most;
    expect(Integer.toString(members.size()), told, "zcount" + range);
    expect(SortedSetModel.reply(members, true), told, "zrangebyscore" + range + " withscores");
  }

  private void limited(Random random, String told) {
    var members = new ArrayList<>(between(-2, false, 3, true));
    Collections.reverse(members);
    int offset = random.nextInt(6);
    int limit = random.nextInt(8) - 1;
    int from = Math.min(offset, members.size());
    int to = limit < 0 ? members.size() : Math.min(members.size(), from + limit);
    expect(
        SortedSetModel.reply(members.subList(from, to), false),
        told,
        "zrange z (3 -2 byscore rev limit " + offset + " " + limit);
  }

  private void removeSome(Random random, String told) {
    List<SortedSetModel.Scored> members;
    String line;
    if (random.nextBoolean()) {
      int start = random.nextInt(60) - 30;
      int stop = start + random.nextInt(6);
      members = List.copyOf(model.ranks(start, stop, false));
      line = "zremrangebyrank z " + start + " " + stop;
    } else {
      double score = random.nextGaussian();
      String from = SortedSetModel.text(score);
      String to = SortedSetModel.text(score + 0.3);
      members = between(Double.parseDouble(from), false, Double.parseDouble(to), false);
      line = "zremrangebyscore z " + from + " " + to;
    }
    members.forEach(member -> model.remove(member.name()));
    expect(Integer.toString(members.size()), told, line);
  }

  private void pop(Random random, String told) {
    int count = random.nextInt(3);
    boolean highest = random.nextBoolean();
    var members = List.copyOf(model.ranks(0, count - 1, highest));
    if (count == 0) {
      members = List.of();
    }
    members.forEach(member -> model.remove(member.name()));
    expect(
        SortedSetModel.reply(members, true), told, (highest ? "zpopmax z " : "zpopmin z ") + count);
  }
}
