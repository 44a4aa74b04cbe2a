package io.keyward.engine.builtin.overview;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.LateReply;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers of several homes to parts of one command, until they are complete and become one. */
final class Answers {
  /** Writes one answer for several, of which none is an error. */
  interface Combination {
    void write(byte[][] answers, Reply to);
  }

  private final LateReply late;
  private final Combination combination;
  private final byte[][] answers;
  private int missing;
  private byte @Nullable [] error;

  Answers(LateReply late, int parts, Combination combination) {
    this.late = late;
    this.combination = combination;
    answers = new byte[parts][];
    missing = parts;
  }

  /** Takes the answer to a part; the first error is the answer to the whole. */
  void add(int part, byte[] answer) {
    answers[part] = answer;
    if (answer.length > 0 && answer[0] == '-' && error == null) {
      error = answer;
    }
    missing--;
    if (missing == 0) {
      byte[] refused = error;
      late.write(
          to -> {
            if (refused == null) {
              combination.write(answers, to);
            } else {
              to.raw(refused, 0, refused.length);
            }
          });
    }
  }

  /** Takes one of several that are the same. */
  static void first(byte[][] answers, Reply to) {
    to.raw(answers[0], 0, answers[0].length);
  }

  /** Adds integers up. */
  static void sum(byte[][] answers, Reply to) {
    long sum = 0;
    for (byte[] answer : answers) {
      sum += number(answer, 1);
    }
    to.integer(sum);
  }

  /** Makes one array of several. */
  static void join(byte[][] answers, Reply to) {
    long elements = 0;
    for (byte[] answer : answers) {
      elements += number(answer, 1);
    }
    to.array(elements);
    for (byte[] answer : answers) {
      int body = lineEnd(answer, 0);
      to.raw(answer, body, answer.length - body);
    }
  }

  /**
   * Makes one array of several whose elements are strings or nothing, in the order of what they
   * answer.
   *
   * @param parts for each answer the rising positions of its elements in the whole
   */
  static void interleave(List<List<Integer>> parts, byte[][] answers, Reply to) {
    int[] at = new int[answers.length];
    int[] next = new int[answers.length];
    int elements = parts.stream().mapToInt(List::size).sum();
    Arrays.setAll(at, part -> lineEnd(answers[part], 0));
    to.array(elements);
    for (int i = 0; i < elements; i++) {
      int first = -1;
      for (int part = 0; part < answers.length; part++) {
        boolean left = next[part] < parts.get(part).size();
        if (left && (first < 0 || position(parts, next, part) < position(parts, next, first))) {
          first = part;
        }
      }
      int end = elementEnd(answers[first], at[first]);
      to.raw(answers[first], at[first], end - at[first]);
      at[first] = end;
      next[first]++;
    }
  }

  private static int position(List<List<Integer>> parts, int[] next, int part) {
    return parts.get(part).get(next[part]);
  }

  private static int elementEnd(byte[] answer, int from) {
    int body = lineEnd(answer, from);
    long length = answer[from] == '$' ? number(answer, from + 1) : -1;
    return length < 0 ? body : body + (int) length + 2;
  }

  private static int lineEnd(byte[] answer, int from) {
    int at = from;
    while (answer[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private static long number(byte[] answer, int from) {
    long value = 0;
    boolean negative = answer[from] == '-';
    for (int at = negative ? from + 1 : from; answer[at] != '\r'; at++) {
      value = value * 10 + answer[at] - '0';
    }
    return negative ? -value : value;
  }
}
