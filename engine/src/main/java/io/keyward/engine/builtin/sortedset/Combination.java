package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Union, intersection and difference of sets and sorted sets. */
final class Combination {
  enum Operation {
    UNION,
    INTERSECTION,
    DIFFERENCE
  }

  /** An input and what its scores are multiplied with. */
  private record Weighted(Input input, double weight) {
    double score() {
      double product = weight * input.score();
      return Double.isNaN(product) ? 0 : product;
    }
  }

  private static final CommandException WEIGHT_NOT_A_FLOAT =
      CommandException.error("weight value is not a float");
  private static final CommandException NEGATIVE_LIMIT =
      CommandException.error("LIMIT can't be negative");

  private final Operation operation;
  private final Slices slices;
  private final List<Weighted> inputs = new ArrayList<>();
  private Aggregate aggregate = Aggregate.SUM;
  private boolean withScores;
  private long limit;

  /** What may stand behind the keys. */
  private enum Form {
    SENT,
    STORED,
    COUNTED
  }

  /**
   * Reads the arguments from the number of keys on.
   *
   * <p>Which errors come before which is as in Redis: the keys' types before the options.
   */
  private Combination(Request request, int numberAt, Operation operation, Form form) {
    this.operation = operation;
    long keys = request.integer(numberAt);
    if (keys < 1) {
      throw CommandException.error(
          "at least 1 input key is needed for '" + request.command().fullName() + "' command");
    }
    if (keys > request.count() - numberAt - 1) {
      throw Errors.SYNTAX;
    }
    int options = numberAt + 1 + (int) keys;
    Database database = Database.of(request);
    slices = database.keyspace().slices();
    List<Input> opened = new ArrayList<>();
    for (int i = numberAt + 1; i < options; i++) {
      slices.step();
      opened.add(open(database, request, i));
    }
    Slices.expect(request, opened.stream().mapToLong(Input::size).sum());
    double[] weights = new double[opened.size()];
    Arrays.fill(weights, 1);
    readOptions(request, options, form, weights);
    for (int i = 0; i < weights.length; i++) {
      slices.step();
      inputs.add(new Weighted(opened.get(i), weights[i]));
    }
  }

  private static Input open(Database database, Request request, int argument) {
    Entry entry = database.read(request, argument, database.newView());
    if (entry == null) {
      return new NoMembers();
    }
    return switch (entry.type()) {
      case SORTED_SET -> new MemberCursor(entry);
      case SET -> new SetInput(entry);
      default -> throw Errors.WRONG_TYPE;
    };
  }

  private void readOptions(Request request, int from, Form form, double[] weights) {
    boolean weighable = operation != Operation.DIFFERENCE && form != Form.COUNTED;
    int i = from;
    while (i < request.count()) {
      int left = request.count() - i;
      if (weighable && left >= weights.length + 1 && request.is(i, "WEIGHTS")) {
        for (int w = 0; w < weights.length; w++) {
          weights[w] = request.number(i + 1 + w, WEIGHT_NOT_A_FLOAT);
        }
        i += 1 + weights.length;
      } else if (weighable && left >= 2 && request.is(i, "AGGREGATE")) {
        aggregate = aggregate(request, i + 1);
        i += 2;
      } else if (form == Form.SENT && request.is(i, "WITHSCORES")) {
        withScores = true;
        i++;
      } else if (form == Form.COUNTED && left >= 2 && request.is(i, "LIMIT")) {
        limit = request.integer(i + 1, 0, Long.MAX_VALUE, NEGATIVE_LIMIT);
        i += 2;
      } else {
        throw Errors.SYNTAX;
      }
    }
  }

  private static Aggregate aggregate(Request request, int argument) {
    for (Aggregate aggregate : Aggregate.values()) {
      if (request.is(argument, aggregate.name())) {
        return aggregate;
      }
    }
    throw Errors.SYNTAX;
  }

  /** Replies with the members that come of it. */
  static void send(Request request, Reply reply, Operation operation) {
    Combination combination = new Combination(request, 1, operation, Form.SENT);
    Result result = combination.result(Database.of(request));
    result.send(reply, combination.withScores);
    result.discard();
  }

  /** Stores the members that come of it in the key that argument 1 names. */
  static void store(Request request, Reply reply, Operation operation, String event) {
    Combination combination = new Combination(request, 2, operation, Form.STORED);
    combination.result(Database.of(request)).store(request, reply, 1, event);
  }

  /** ZINTERCARD. */
  static void count(Request request, Reply reply) {
    Combination combination = new Combination(request, 1, Operation.INTERSECTION, Form.COUNTED);
    combination.sortBySize();
    Input smallest = combination.inputs.getFirst().input();
    long count = 0;
    while ((combination.limit == 0 || count < combination.limit) && smallest.next()) {
      combination.slices.step();
      if (!Double.isNaN(combination.commonScore())) {
        count++;
      }
    }
    reply.integer(count);
  }

  private Result result(Database database) {
    Result result = new Result(database);
    switch (operation) {
      case UNION -> unite(result);
      case INTERSECTION -> intersect(result);
      case DIFFERENCE -> subtract(result);
    }
    return result;
  }

  /** Small inputs first: the order in which Redis adds scores up. */
  private void sortBySize() {
    inputs.sort(Comparator.comparingInt(weighted -> weighted.input().size()));
  }

  private void unite(Result result) {
    sortBySize();
    for (Weighted weighted : inputs) {
      Input input = weighted.input();
      while (input.next()) {
        slices.step();
        result.combine(input.bytes(), input.offset(), input.length(), weighted.score(), aggregate);
      }
    }
  }

  private void intersect(Result result) {
    sortBySize();
    Input smallest = inputs.getFirst().input();
    while (smallest.next()) {
      slices.step();
      double score = commonScore();
      if (!Double.isNaN(score)) {
        result.add(smallest.bytes(), smallest.offset(), smallest.length(), score);
      }
    }
  }

  /** The aggregate score of the first input's present member, NaN if not all inputs hold it. */
  private double commonScore() {
    Input first = inputs.getFirst().input();
    double score = inputs.getFirst().score();
    for (int i = 1; i < inputs.size(); i++) {
      double found = inputs.get(i).input().find(first.bytes(), first.offset(), first.length());
      if (Double.isNaN(found)) {
        return Double.NaN;
      }
      // What is no number here (0 times infinity) makes a sum 0, and neither least nor greatest.
      score = aggregate.of(score, found * inputs.get(i).weight());
    }
    return score;
  }

  private void subtract(Result result) {
    Input first = inputs.getFirst().input();
    while (first.next()) {
      slices.step();
      if (!anyOtherHolds(first)) {
        result.add(first.bytes(), first.offset(), first.length(), first.score());
      }
    }
  }

  private boolean anyOtherHolds(Input first) {
    for (int i = 1; i < inputs.size(); i++) {
      double found = inputs.get(i).input().find(first.bytes(), first.offset(), first.length());
      if (!Double.isNaN(found)) {
        return true;
      }
    }
    return false;
  }

  /** A key that is not there. */
  private static final class NoMembers implements Input {
    private static final byte[] NONE = {};

    @Override
    public int size() {
      return 0;
    }

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public byte[] bytes() {
      return NONE;
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return 0;
    }

    @Override
    public double score() {
      return 0;
    }

    @Override
    public double find(byte[] name, int offset, int length) {
      return Double.NaN;
    }
  }
}
