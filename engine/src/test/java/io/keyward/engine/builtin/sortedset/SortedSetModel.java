package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.text.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Predicate;

/** A sorted set as plain as can be, and its replies as a bench shows them. */
final class SortedSetModel {
  record Scored(double score, String name) implements Comparable<Scored> {
    private static final Comparator<Scored> ORDER =
        Comparator.comparingDouble(Scored::score).thenComparing(Scored::name);

    @Override
    public int compareTo(Scored other) {
      return ORDER.compare(this, other);
    }
  }

  private final TreeSet<Scored> order = new TreeSet<>();
  private final Map<String, Double> scores = new HashMap<>();

  int size() {
    return order.size();
  }

  Double score(String name) {
    return scores.get(name);
  }

  /** Sets a score, and says whether the member was new. */
  boolean put(String name, double score) {
    Double former = scores.put(name, score);
    if (former != null) {
      order.remove(new Scored(former, name));
    }
    order.add(new Scored(score, name));
    return former == null;
  }

  boolean remove(String name) {
    Double former = scores.remove(name);
    return former != null && order.remove(new Scored(former, name));
  }

  int rank(String name) {
    return order.headSet(new Scored(scores.get(name), name)).size();
  }

  List<Scored> all() {
    return new ArrayList<>(order);
  }

  List<Scored> where(Predicate<Scored> wanted) {
    return order.stream().filter(wanted).toList();
  }

  /** The members of a range of ranks in the terms of ZRANGE. */
  List<Scored> ranks(int start, int stop, boolean reverse) {
    List<Scored> all = all();
    if (reverse) {
      Collections.reverse(all);
    }
    int first = Math.max(0, start < 0 ? start + all.size() : start);
    int last = Math.min(all.size() - 1, stop < 0 ? stop + all.size() : stop);
    return first > last ? List.of() : all.subList(first, last + 1);
  }

  static String text(double score) {
    byte[] bytes = new byte[Numbers.MAX_DOUBLE_LENGTH];
    int length = Numbers.formatDouble(score, bytes, 0);
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  static String reply(List<Scored> members, boolean withScores) {
    StringJoiner joined = new StringJoiner(" ", "[", "]");
    for (Scored member : members) {
      joined.add('"' + member.name() + '"');
      if (withScores) {
        joined.add('"' + text(member.score()) + '"');
      }
    }
    return joined.toString();
  }
}
