package io.keyward.gateway.server;

import static io.keyward.gateway.server.InsideClient.ask;
import static io.keyward.gateway.server.InsideClient.enter;
import static io.keyward.gateway.server.InsideClient.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets one deployment send every form of every command, with arguments made to reach another
 * deployment, and checks that nothing there is read, changed or counted.
 *
 * <p>The forms are drawn from the syntax that each command declares, so that a new command is
 * tested as soon as it is declared, until every word of the syntax has been in one.
 */
class NonInterferenceTest {
  /** In every key, value, name and script of the victim; no reply to the other may hold it. */
  private static final String CANARY = "cAnArY";

  /** They lead a connection elsewhere or end it; {@link TenantsTest} has their cases. */
  private static final Set<String> OF_THE_CONNECTION = Set.of("auth", "hello", "reset", "quit");

  @TempDir Path folder;
  private Gateway gateway;
  private BuiltinKeyspace blue;
  private BuiltinKeyspace green;
  private BuiltinKeyspace sharedByOthers;
  private Client victim;

  @BeforeEach
  void start() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            tenants:
              shop:
                secret: of-shop
                shared: [BANS]
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green, shared: []}
              mall:
                shared: [BANS]
                deployments:
                  rose: {password: of-rose}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString());
    blue = gateway.server().engine().open("blue");
    green = gateway.server().engine().open("green");
    sharedByOthers = gateway.server().engine().open("mall~shared");
    populate();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private <T> T onLoop(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    green
        .loop()
        .execute(
            () -> {
              try {
                done.complete(work.get());
              } catch (Throwable failed) {
                done.completeExceptionally(failed);
              }
            });
    return done.orTimeout(120, TimeUnit.SECONDS).join();
  }

  private void populate() {
    victim = onLoop(() -> enter(green));
    BuiltinKeyspace rose = onLoop(() -> gateway.server().engine().open("rose"));
    whole(rose, onLoop(() -> enter(rose)), "SET", "BANS:k1", CANARY);
    whole(green, victim, "SET", "BANS:k1", CANARY);
    for (BuiltinKeyspace keyspace : List.of(green, blue)) {
      String mark = keyspace == green ? CANARY : "own";
      Client client = keyspace == green ? victim : onLoop(() -> enter(blue));
      answered(keyspace, client, "CLIENT", "SETNAME", mark);
      answered(keyspace, client, "SET", "k1", mark);
      answered(keyspace, client, "RPUSH", "k2", mark, mark + "2");
      answered(keyspace, client, "HSET", "k3", "field", mark);
      answered(keyspace, client, "ZADD", "k4", "1", mark);
      answered(keyspace, client, "XADD", "k5", "1-1", "field", mark);
      answered(keyspace, client, "SET", mark + ":only", mark);
      answered(keyspace, client, "SCRIPT", "LOAD", "return '" + mark + "'");
      String library = "#!lua name=" + mark + "\nredis.register_function('" + mark + "f', print)";
      answered(keyspace, client, "FUNCTION", "LOAD", library.replace("print", "function() end"));
      answered(keyspace, client, "ACL", "SETUSER", mark + "user", "on", ">" + mark);
      answered(keyspace, client, "HELLO", "3");
      client.reply().resp3(true);
      answered(keyspace, client, "WATCH", "k1");
      answered(keyspace, client, "SUBSCRIBE", mark + "channel");
      answered(keyspace, client, "PSUBSCRIBE", "*");
    }
  }

  private void answered(BuiltinKeyspace keyspace, Client client, String... words) {
    assertThat(whole(keyspace, client, words))
        .as("%s", List.of(words))
        .isNotEmpty()
        .doesNotStartWith("-");
  }

  /** All that a deployment could notice of another: data, counts, listeners, messages. */
  private Map<String, Object> state() {
    Map<String, Object> state = new TreeMap<>();
    for (int number = 0; number < green.databases().count(); number++) {
      Database database = green.databases().ifUsed(number);
      state.put("keys of database " + number, database == null ? 0 : database.size());
    }
    state.put("bytes", green.usedBytes());
    state.put("bytes of what another tenant shares", sharedByOthers.usedBytes());
    state.put("changes of what another tenant shares", sharedByOthers.changes());
    state.put("changes", green.changes());
    state.put("commands", green.statistics().commands());
    state.put("hits", green.statistics().hits());
    state.put("misses", green.statistics().misses());
    state.put("errors", green.statistics().errors());
    state.put("error codes", green.executor().refusals().counts().byCode());
    state.put("clients", green.clients().size());
    state.put("entered", green.members().entered());
    state.put("channels", green.channels().names(Kind.CHANNEL).size());
    state.put("patterns", green.channels().names(Kind.PATTERN).size());
    state.put("slow commands", green.observation().slowLog().size());
    state.put("pause", green.pause().scope());
    state.put("blocked", green.waiting().clients());
    state.put("messages", victim.reply().length());
    state.put("closing", victim.closing());
    state.put("notifications", green.notifications().classes());
    return state;
  }

  /**
   * Sends a command from a thread that waits until it is over: a long one goes on when the loop
   * comes round, and what is sent meanwhile is not executed.
   */
  private String whole(BuiltinKeyspace keyspace, Client client, String... words) {
    StringBuilder reply = new StringBuilder(onLoop(() -> ask(keyspace, client, words)));
    while (onLoop(() -> client.turn() != Client.Turn.FREE)) {
      Thread.onSpinWait();
    }
    return reply.append(onLoop(() -> told(client))).toString();
  }

  /** Sends one form of a command; the result is its words. */
  private List<String> attack(
      Command command, SplittableRandom random, String favourite, String told) {
    Client attacker = onLoop(() -> enter(blue));
    attacker.reply().resp3(random.nextBoolean());
    String[] words = HostileRequests.against(command, random, favourite);
    String what = told + " " + String.join(" ", words);
    Map<String, Object> before = onLoop(this::state);
    boolean queued = command.arity() != 0 && random.nextInt(5) == 0;
    String reply = queued ? whole(blue, attacker, "MULTI") : "";
    String answer = whole(blue, attacker, words);
    reply += answer;
    reply += queued ? whole(blue, attacker, "EXEC") : "";

    assertThat(reply).as(what).doesNotContain(CANARY).doesNotContain("internal error");
    assertThat(onLoop(this::state)).as(what).isEqualTo(before);
    boolean waits = attacker.blocked() || attacker.replyMode() != Client.ReplyMode.ON;
    assertThat(answer.isEmpty()).as("%s is not answered", what).isEqualTo(waits && !queued);
    onLoop(
        () -> {
          if (attacker.keyspace() != null) {
            blue.leave(attacker);
          }
          blue.pause().end();
          return true;
        });
    return List.of(words);
  }

  /** Sends every form of a command, with each of the hostile words in most of its arguments. */
  private void attack(Command command, SplittableRandom random, String told) {
    Set<String> undrawn = SyntaxSample.words(command.syntax());
    for (String favourite : HostileRequests.WORDS) {
      for (int i = 0; i < 2; i++) {
        undrawn.removeAll(attack(command, random, favourite, told));
      }
    }
    for (int i = 0; !undrawn.isEmpty(); i++) {
      assertThat(i).as("forms of %s without %s", command.fullName(), undrawn).isLessThan(10_000);
      undrawn.removeAll(attack(command, random, "", told));
    }
  }

  @Test
  void noCommandReachesAnotherDeployment() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.Logger log = System.getLogger(NonInterferenceTest.class.getName());
    log.log(System.Logger.Level.INFO, "NonInterferenceTest seed {0}", Long.toString(seed));
    SplittableRandom random = new SplittableRandom(seed);
    List<Command> all =
        gateway.server().engine().table().numbered().stream()
            .filter(command -> command.subcommands().isEmpty())
            .filter(command -> !OF_THE_CONNECTION.contains(command.fullName()))
            .toList();
    assertThat(all)
        .as("every command that takes arguments declares their syntax")
        .allMatch(
            c -> !c.syntax().isEmpty() || c.arity() == 1 + c.fullName().split("\\|").length - 1);
    for (Command command : all) {
      attack(command, random, "seed " + seed);
    }
    for (int i = 0; i < 5_000; i++) {
      attack(all.get(random.nextInt(all.size())), random, "", "seed " + seed);
    }
    String kept = onLoop(() -> ask(green, enter(green), "GET", "k1"));
    assertThat(kept).contains(CANARY);
  }

  /** What the operator does to keys of one deployment is done to that deployment alone. */
  @Test
  void theOperatorsCommandsOnKeysTouchTheirDeploymentAlone() {
    BuiltinKeyspace view = gateway.server().operatorKeyspace();
    long seed = Long.getLong("test.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Client namer = onLoop(() -> enter(view));
    List<String> withoutKeys = new ArrayList<>();
    for (Command command : gateway.server().engine().table().numbered()) {
      int tried = 0;
      for (int i = 0; command.subcommands().isEmpty() && i < 60; i++) {
        String[] words = onLoop(() -> HostileRequests.ofBlue(command, random, namer));
        if (words.length > 0) {
          tried++;
          operate(view, words, "seed " + seed);
        }
      }
      // Sharded channels stand where keys do, and OperatorChannelsTest has their cases.
      boolean keyed = !command.keySpecs().isEmpty() && command.group() != CommandGroup.PUBSUB;
      if (tried == 0 && keyed) {
        withoutKeys.add(command.fullName());
      }
    }
    assertThat(withoutKeys).as("commands with keys of which no form has one").isEmpty();
    assertThat(onLoop(() -> ask(green, enter(green), "GET", "k1"))).contains(CANARY);
  }

  private void operate(BuiltinKeyspace view, String[] words, String told) {
    Client operator = onLoop(() -> enter(view));
    operator.operator(true);
    Map<String, Object> before = onLoop(this::state);
    String reply = whole(view, operator, words);
    String what = told + " " + String.join(" ", words);
    assertThat(reply).as(what).doesNotContain(CANARY).doesNotContain("internal error");
    assertThat(onLoop(this::state)).as(what).isEqualTo(before);
    assertThat(reply.isEmpty()).as("%s is not answered", what).isEqualTo(operator.blocked());
    onLoop(
        () -> {
          view.leave(operator);
          return true;
        });
  }

  /** What the operator does to all keys is done to those of every deployment. */
  @Test
  void theOperatorsCommandsOnAllKeysAreOfAll() {
    BuiltinKeyspace view = gateway.server().operatorKeyspace();
    Client operator = onLoop(() -> enter(view));
    operator.operator(true);
    long all =
        gateway.server().engine().keyspaces().stream().mapToLong(k -> k.databases().keys()).sum();
    assertThat(onLoop(() -> ask(view, operator, "DBSIZE"))).isEqualTo(":" + all + "\r\n");
    assertThat(onLoop(() -> ask(view, operator, "KEYS", "*")))
        .startsWith("*" + all + "\r\n")
        .contains("green::k1", "blue::k1", "mall~shared::BANS:k1");
    assertThat(onLoop(() -> ask(view, operator, "FLUSHALL"))).isEqualTo("+OK\r\n");
    assertThat(green.databases().keys() + blue.databases().keys()).isZero();
    assertThat(sharedByOthers.databases().keys()).isZero();
    assertThat(onLoop(() -> ask(view, operator, "DBSIZE"))).isEqualTo(":0\r\n");
  }

  @Test
  void whatConcernsTheGatewayIsRefused() {
    for (String[] words :
        List.of(
            new String[] {"SHUTDOWN"},
            new String[] {"DEBUG", "SLEEP", "0"},
            new String[] {"CONFIG", "SET", "maxmemory", "1"},
            new String[] {"CONFIG", "REWRITE"},
            new String[] {"SAVE"},
            new String[] {"LASTSAVE"},
            new String[] {"BGSAVE"},
            new String[] {"BGREWRITEAOF"},
            new String[] {"DEPLOYMENT", "LIST"},
            new String[] {"DEPLOYMENT", "INFO", "green"},
            new String[] {"DEPLOYMENT", "DROP", "green"},
            new String[] {"MEMORY", "PURGE"})) {
      String reply = onLoop(() -> ask(blue, enter(blue), words));
      assertThat(reply)
          .isEqualTo(
              "-NOPERM User default has no permissions to run the '"
                  + (words.length == 1 || words[0].equals("DEBUG")
                          ? words[0]
                          : words[0] + "|" + words[1])
                      .toLowerCase(Locale.ROOT)
                  + "' command\r\n");
    }
    assertThat(whole(blue, onLoop(() -> enter(blue)), "CONFIG", "GET", "*"))
        .contains("hash-max-listpack-entries")
        .doesNotContain("requirepass")
        .doesNotContain("tls-key-file")
        .doesNotContain("\r\ndir\r\n");
    assertThat(onLoop(() -> ask(blue, enter(blue), "INFO", "everything")))
        .contains("connected_clients:")
        .doesNotContain("process_id")
        .doesNotContain("used_memory_rss")
        .contains("loading:0")
        .doesNotContain("rdb_changes_since_last_save")
        .doesNotContain("rdb_last_save_time")
        .doesNotContain(gateway.server().runId());
  }

  @Test
  void keyspaceEventsAreEachDeploymentsOwn() {
    whole(blue, onLoop(() -> enter(blue)), "CONFIG", "SET", "notify-keyspace-events", "KEA");
    assertThat(whole(blue, onLoop(() -> enter(blue)), "CONFIG", "GET", "notify-*")).contains("AKE");
    assertThat(whole(green, onLoop(() -> enter(green)), "CONFIG", "GET", "notify-*"))
        .contains("notify-keyspace-events")
        .doesNotContain("AKE");
  }
}
