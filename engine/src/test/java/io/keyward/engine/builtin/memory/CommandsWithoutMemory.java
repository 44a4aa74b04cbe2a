package io.keyward.engine.builtin.memory;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Executes commands while memory is missing at each of the places in turn at which they take some,
 * and looks whether each has been done or not, whether all is sound, and whether anything is left
 * behind when the keys have gone. Prints what is wrong.
 */
public final class CommandsWithoutMemory {
  private static final String REFUSED = "!OOM command needs more memory than there is";
  private static final String MANY = many();

  /** So long a command may be suspended, and others of the loop find no memory then either. */
  private static final int IN_SLICES = 100_000;

  /** What there is first, what is done then, and whether a part of that may have been done. */
  private record Case(boolean partly, String command, List<String> before) {
    Case(boolean partly, String command, String... before) {
      this(partly, command, List.of(before));
    }
  }

  private static String many() {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      words.append(' ').append(i).append(" member:").append(i);
    }
    return words.toString();
  }

  private final Bench bench = bench();
  private final List<String> wrong = new ArrayList<>();

  /** A keyspace that tells what its keys hold. */
  static Bench bench() {
    try {
      return new Bench(new LiveSettings(Map.of(Directive.ENABLE_DEBUG_COMMAND, "yes")));
    } catch (RefusedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public static void run(PrintStream said) {
    CommandsWithoutMemory all = new CommandsWithoutMemory();
    for (Case each : cases()) {
      all.examine(each, false, false);
      all.examine(each, false, true);
      if (each.command().length() < IN_SLICES) {
        all.examine(each, true, false);
      }
    }
    all.wrong.forEach(said::println);
    said.println(all.wrong.isEmpty() ? "sound" : all.wrong.size() + " wrong");
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String made :
        List.of(
            "set k value",
            "append k value",
            "setrange k 3 value",
            "setbit k 100 1",
            "incr k",
            "hset k f v",
            "hincrby k f 1",
            "hsetnx k f v",
            "sadd k a",
            "sadd k 1",
            "rpush k a",
            "zadd k 1 a",
            "zincrby k 1 a",
            "zadd k incr 1 a",
            "geoadd k 1 2 a",
            "pfadd k a",
            "xadd k 1-1 f v",
            "xgroup create k g 0 mkstream",
            "set k " + "x".repeat(300_000),
            "rpush k " + "x".repeat(20_000),
            "hset k f " + "x".repeat(200),
            "sadd k " + "x".repeat(200),
            "zadd k 1 " + "x".repeat(200),
            "bitfield k set u8 0 255")) {
      cases.add(new Case(false, made));
    }
    for (String big :
        List.of("hset k" + MANY, "sadd k" + MANY, "zadd k" + MANY, "rpush k" + MANY)) {
      cases.add(new Case(true, big));
      for (String copied :
          List.of("copy k l", "rename k l", "persist k", "expire k 1000", "del k", "dump k")) {
        cases.add(new Case(false, copied, big));
      }
      cases.add(new Case(false, "copy k m", big, "copy k l"));
      cases.add(new Case(false, "set k short", big));
      cases.add(new Case(false, "copy l k replace", big, "set l short"));
    }
    String[] copies = new String[20];
    for (String big : List.of("hset k" + MANY, "sadd k" + MANY, "zadd k" + MANY)) {
      copies[0] = big;
      for (int i = 1; i < copies.length; i++) {
        copies[i] = "copy k copy" + i;
      }
      cases.add(new Case(false, "copy k last", copies.clone()));
    }
    for (String copied : List.of("", "copy k l")) {
      cases.add(of(copied, "hset k" + MANY, "hset k 7 changed"));
      cases.add(of(copied, "hset k" + MANY, "hset k 7 " + "long".repeat(40)));
      cases.add(of(copied, "hset k" + MANY, "hset k new field"));
      cases.add(of(copied, "hset k" + MANY, "hdel k 7"));
      cases.add(of(copied, "hset k" + MANY, "hexpire k 1000 fields 1 7"));
      cases.add(of(copied, "sadd k" + MANY, "sadd k another"));
      cases.add(of(copied, "sadd k" + MANY, "srem k 7"));
      cases.add(of(copied, "sadd k" + MANY, "smove k other 7"));
      String member = "x".repeat(200);
      cases.add(of(copied, "sadd k " + member + MANY, "smove k other " + member));
      cases.add(of(copied, "zadd k" + MANY, "zadd k 7.5 another"));
      cases.add(of(copied, "zadd k" + MANY, "zadd k 250.5 member:7"));
      cases.add(of(copied, "zadd k" + MANY, "zadd k 7.1 member:7"));
      cases.add(of(copied, "zadd k" + MANY, "zincrby k 100.5 member:7"));
      cases.add(of(copied, "zadd k" + MANY, "zrem k member:7"));
      cases.add(of(copied, "zadd k" + MANY, "zpopmin k"));
      cases.add(of(copied, "rpush k" + MANY, "lset k 7 changed"));
      cases.add(of(copied, "rpush k" + MANY, "lset k 7 " + "long".repeat(40)));
      cases.add(of(copied, "rpush k" + MANY, "linsert k before member:7 another"));
      cases.add(of(copied, "rpush k" + MANY, "rpush k another"));
      cases.add(of(copied, "rpush k" + MANY, "lpush k another"));
      cases.add(of(copied, "rpush k" + MANY, "lpop k"));
      cases.add(of(copied, "rpush k" + MANY, "lmove k other left right"));
      cases.add(of(copied, "rpush k " + "x".repeat(20_000) + MANY, "lmove k other left right"));
    }
    for (String stored :
        List.of(
            "zunionstore m 2 k l",
            "zrangestore m k 0 -1",
            "sdiffstore m s t",
            "sunionstore m s t",
            "sort s by nosort alpha store m",
            "bitop not m u",
            "geosearchstore m g fromlonlat 1 2 byradius 10 km",
            "pfmerge m p p")) {
      cases.add(
          new Case(
              false,
              stored,
              "zadd k" + MANY,
              "zadd l 3 some",
              "sadd s" + MANY,
              "sadd t" + " 1 member:7",
              "set u value",
              "geoadd g 1 2 a 1 2.01 b",
              "pfadd p a b c",
              "rpush m former value"));
    }
    String stream = "xadd k 1-1 f v";
    cases.add(new Case(false, "xadd k 2-1 f w", stream));
    cases.add(
        new Case(
            false, "copy k l", stream, "xgroup create k g 0", "xreadgroup group g c streams k >"));
    cases.add(new Case(false, "xadd k 2-1 f w", stream, "copy k l"));
    cases.add(new Case(false, "xdel k 1-1", stream, "xadd k 2-1 f w", "copy k l"));
    cases.add(new Case(false, "xgroup create k g 0", stream));
    cases.add(new Case(false, "xgroup createconsumer k g c", stream, "xgroup create k g 0"));
    cases.add(new Case(true, "xreadgroup group g c streams k >", stream, "xgroup create k g 0"));
    cases.add(
        new Case(
            true,
            "xack k g 1-1",
            stream,
            "xgroup create k g 0",
            "xreadgroup group g c streams k >",
            "copy k l"));
    cases.add(new Case(false, "xadd k 2-1 f " + "long".repeat(40), stream));
    cases.add(new Case(false, "xadd k 2-1 f " + "long".repeat(40), stream, "copy k l"));
    cases.add(new Case(false, "xtrim k maxlen 1", stream, "xadd k 2-1 f w", "copy k l"));
    cases.add(
        new Case(
            true,
            "xclaim k g d 0 1-1",
            stream,
            "xgroup create k g 0",
            "xreadgroup group g c streams k >",
            "copy k l"));
    cases.add(new Case(false, "rename k l", "hset k f v", "hexpire k 1000 fields 1 f", "set l 1"));
    cases.add(new Case(false, "copy k l replace", "sadd k a", "hset l f v"));
    cases.add(new Case(false, "copy k l", "rpush k " + "x".repeat(20_000) + MANY));
    cases.add(new Case(false, "rename k l", "zadd k" + MANY, "rpush l" + MANY));
    cases.add(new Case(false, "set k other", "set k value", "expire k 1000"));
    cases.add(new Case(false, "expire k 1000", "set k value"));
    cases.add(new Case(false, "persist k", "set k value", "expire k 1000"));
    cases.add(new Case(false, "rename k l", "set k value", "set l other"));
    cases.add(new Case(false, "move k 1", "zadd k" + MANY));
    cases.add(new Case(false, "append k " + "x".repeat(300_000), "set k value"));
    cases.add(
        new Case(true, "setrange k 400000 value", "set k " + "x".repeat(300_000), "copy k l"));
    return cases;
  }

  private static Case of(String copied, String big, String command) {
    return copied.isEmpty() ? new Case(false, command, big) : new Case(false, command, big, copied);
  }

  /**
   * Examines a command.
   *
   * @param lasts whether memory stays missing
   * @param saved whether a snapshot has just begun when the command comes
   */
  private void examine(Case each, boolean lasts, boolean saved) {
    int found = wrong.size();
    prepare(each);
    String before = state();
    bench.line(each.command());
    String after = state();
    long left = emptied();
    boolean missed = true;
    for (int time = 1; missed && wrong.size() < found + 3; time++) {
      prepare(each);
      SnapshotUnderWay snapshot = saved ? new SnapshotUnderWay(bench) : null;
      int number = time;
      bench.session().beforeNext(() -> MissingRoom.in(number, lasts));
      String reply;
      try {
        reply = bench.line(each.command());
      } catch (RuntimeException | Error thrown) {
        reply = thrown instanceof OutOfMemoryError ? REFUSED : "thrown: " + thrown;
      }
      OutOfMemoryError met = MissingRoom.end();
      missed = met != null;
      String problem = problem(each, reply, before, after, missed);
      if (snapshot != null) {
        String ofSnapshot = snapshot.problem();
        problem = problem == null ? ofSnapshot : problem;
      }
      long more = emptied();
      if (problem == null && more != left) {
        problem = (more - left) + " bytes are left behind";
      }
      left = more;
      if (problem != null) {
        tell(each, time, (lasts ? " lasting" : "") + (saved ? " saved" : ""), problem, met);
      }
    }
  }

  private void tell(Case each, int time, String how, String problem, OutOfMemoryError met) {
    StringBuilder text = new StringBuilder();
    text.append(String.join("; ", each.before()).replace(MANY, " …"));
    text.append(" | ").append(each.command().replace(MANY, " …")).append(" | ").append(time);
    text.append(how).append(": ").append(problem);
    if (met != null) {
      for (int i = 1; i < Math.min(9, met.getStackTrace().length); i++) {
        text.append("\n      ").append(met.getStackTrace()[i]);
      }
    }
    wrong.add(text.toString().replaceAll("x{100,}", "…"));
  }

  private String problem(Case each, String reply, String before, String after, boolean missed) {
    try {
      bench.validate();
      String now = state();
      if (reply.startsWith("thrown")) {
        return reply;
      }
      if (now.equals(after) && (!missed || !reply.startsWith("!"))) {
        return null;
      }
      if (now.equals(before)) {
        return reply.equals(REFUSED) ? null : "not done, but " + reply;
      }
      if (now.equals(after)) {
        return null;
      }
      return each.partly() && reply.equals(REFUSED) ? null : "half done, " + reply;
    } catch (RuntimeException broken) {
      return "broken, " + reply + ": " + broken;
    }
  }

  private void prepare(Case each) {
    for (String line : each.before()) {
      bench.line(line);
    }
    bench.pass(10);
  }

  /** What every key holds, in whatever order its elements stand. */
  private String state() {
    StringBuilder text = new StringBuilder();
    for (int database = 0; database < 2; database++) {
      bench.run("select", Integer.toString(database));
      String keys = bench.line("keys *").replaceAll("[\\[\\]\"]", "");
      List<String> names = new ArrayList<>(List.of(keys.split(" ")));
      names.sort(null);
      for (String key : keys.isEmpty() ? List.<String>of() : names) {
        String type = bench.run("type", key);
        text.append(database).append(' ').append(key).append(' ').append(type).append(' ');
        text.append(bench.run("ttl", key).length()).append(' ');
        text.append(bench.run("debug", "digest-value", key));
        if (type.equals("stream")) {
          text.append(bench.run("xinfo", "groups", key)).append(bench.run("xlen", key));
        }
        text.append('\n');
      }
    }
    bench.line("select 0");
    return text.toString();
  }

  private long emptied() {
    bench.line("flushall");
    bench.pass(200);
    return bench.keyspace().account().bytes() + bench.keyspace().home().pool().slotMemory();
  }
}
