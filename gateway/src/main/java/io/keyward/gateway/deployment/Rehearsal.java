package io.keyward.gateway.deployment;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.Loop;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.command.CommandTable;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

/**
 * A clone that nobody sees, and what changes it: made before the first real one, on the thread of
 * whoever asks for that. What a JVM does for the first time it has to load, to link and to
 * interpret, which takes milliseconds in which a loop would serve nobody.
 *
 * <p>It has a home of its own, whose loop is the caller, and leaves nothing behind. Its small
 * values are made as big ones are: tables, and nodes of one element.
 */
final class Rehearsal {
  /** So many that the JVM has compiled what a clone, a change and each node of a value take. */
  private static final int ROUNDS = 250;

  private static final int ELEMENTS = 40;

  private static final List<String[]> CHANGES =
      List.of(
          words("SET key:1 changed"),
          words("HSET hash field:1 changed"),
          words("SADD set another"),
          words("ZADD scores 2.5 member:1"),
          words("RPUSH list another"),
          words("XADD stream * field value"));

  private static final String LIBRARY =
      """
      #!lua name=library
      local function read(keys) return redis.call('GET', keys[1]) end
      redis.register_function('read', read)
      """;

  /** A loop that runs what it is given when it is told to. */
  private static final class Stage implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Turns turns = new Turns(this);

    @Override
    public boolean isCurrent() {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Timer schedule(long milliseconds, Runnable task) {
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    @Override
    public Turns turns() {
      return turns;
    }

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }

  private final Stage stage = new Stage();
  private final BuiltinKeyspace source;
  private final BuiltinKeyspace target;

  Rehearsal(CommandTable table) {
    Home home = new Home(stage, settings());
    home.effects().attach((bytes, length, among, position) -> among.release(), true);
    BuiltinEngine engine = new BuiltinEngine(List.of(home), table, any -> KeyspaceTraits.NONE);
    source = engine.open("source");
    target = engine.open("target");
  }

  private static LiveSettings settings() {
    try {
      return new LiveSettings(
          Map.of(
              Directive.LIST_MAX_LISTPACK_SIZE, "1",
              Directive.STREAM_NODE_MAX_ENTRIES, "1",
              Directive.HASH_MAX_LISTPACK_ENTRIES, "1",
              Directive.SET_MAX_LISTPACK_ENTRIES, "1",
              Directive.ZSET_MAX_LISTPACK_ENTRIES, "1"));
    } catch (RefusedException impossible) {
      throw new AssertionError("all are valid", impossible);
    }
  }

  void run() throws DeploymentException {
    fill();
    for (int round = 0; round < ROUNDS; round++) {
      var _ = Cloning.makeNow(source, target, true);
      CHANGES.forEach(change -> execute(target, change));
      CHANGES.forEach(change -> execute(source, change));
      stage.run();
    }
  }

  private void fill() {
    execute(source, "FUNCTION", "LOAD", LIBRARY);
    for (int i = 0; i < ELEMENTS; i++) {
      execute(source, words("SET key:" + i + " value"));
      execute(source, words("HSET hash field:" + i + " value"));
      execute(source, words("SADD set member:" + i));
      execute(source, words("ZADD scores 1 member:" + i));
      execute(source, words("RPUSH list element:" + i));
      execute(source, words("XADD stream * field value"));
    }
  }

  private static void execute(BuiltinKeyspace keyspace, String... words) {
    var _ = Emptying.execute(keyspace, words);
  }

  private static String[] words(String line) {
    return line.split(" ", -1);
  }
}
