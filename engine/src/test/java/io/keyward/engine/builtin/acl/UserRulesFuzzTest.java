package io.keyward.engine.builtin.acl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any rules are taken or refused as a whole, and what a user is told to be makes the same user
 * again.
 *
 * <p>With JAZZER_FUZZ=1 in the environment the fuzz test searches on.
 */
class UserRulesFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "on",
          "off",
          "nopass",
          "resetpass",
          ">pw",
          "<pw",
          "#",
          "!",
          "~*",
          "~a*",
          "~[a-",
          "%R~b*",
          "%W~c*",
          "%RW~d",
          "%",
          "resetkeys",
          "allkeys",
          "&*",
          "&ch*",
          "resetchannels",
          "+@all",
          "-@all",
          "+get",
          "-get",
          "+client|id",
          "-client",
          "+client",
          "+select|0",
          "-select",
          "+@read",
          "-@dangerous",
          "+@",
          "+",
          "(",
          ")",
          "(+set ~x*)",
          "(%R~y -@all +@read &z)",
          "clearselectors",
          "reset",
          "sanitize-payload",
          "skip-sanitize-payload",
          "",
          " ",
          "\0");

  private static final List<String> REQUESTS =
      List.of(
          "get a",
          "set b1 v",
          "set c1 v get",
          "mget a x1",
          "mset a v x1 v",
          "client id",
          "client getname",
          "select 0",
          "select 1",
          "sort a store b1",
          "publish chat m",
          "subscribe x",
          "unsubscribe x",
          "eval return(1) 1 a",
          "copy b1 c1",
          "exists y",
          "georadius a 0 0 1 m store x1",
          "xread streams a b1 0 0",
          "ping",
          "flushall");

  private final Bench bench = new Bench();
  private final AccessControl access = bench.keyspace().access();

  @FuzzTest(maxDuration = "60s")
  void rulesLeadToAUserThatCanBeToldAgain(FuzzedDataProvider data) throws RuleException {
    byte[] bytes = data.consumeRemainingAsBytes();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    check(Arrays.asList(text.split("\n", -1)));
  }

  @Test
  void randomRulesLeadToAUserThatCanBeToldAgain() throws RuleException {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      List<String> rules = new ArrayList<>();
      for (int j = random.nextInt(12); j > 0; j--) {
        rules.add(PIECES.get(random.nextInt(PIECES.size())));
      }
      try {
        check(rules);
      } catch (RuntimeException | RuleException | AssertionError wrong) {
        throw new AssertionError(rules + " (seed " + seed + ")", wrong);
      }
    }
  }

  /** What ACL DRYRUN foretells is what happens. */
  @Test
  void dryRunForetellsExecution() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      List<String> rules = new ArrayList<>(List.of("acl", "setuser", "user", "on"));
      for (int j = random.nextInt(8); j > 0; j--) {
        rules.add(PIECES.get(random.nextInt(PIECES.size())));
      }
      bench.run(rules.toArray(String[]::new));
      User user = access.user("user");
      if (user == null) {
        continue;
      }
      Bench.Session session = bench.connect();
      bench.keyspace().members().logIn(session.client(), user);
      for (String request : REQUESTS) {
        String foretold = bench.line("acl dryrun user " + request);
        String happens = session.run(request.split(" ", -1));
        assertThat(happens.startsWith("!NOPERM"))
            .as("%s by %s: %s, %s (seed %d)", request, rules, foretold, happens, seed)
            .isEqualTo(!foretold.equals("OK"));
      }
      bench.keyspace().leave(session.client());
    }
  }

  private void check(List<String> rules) throws RuleException {
    String before = AccessFile.text(access.users());
    AccessControl.Change change;
    try {
      change = access.attempt("user", rules, () -> {});
    } catch (RuleException refused) {
      assertThat(AccessFile.text(access.users())).isEqualTo(before);
      return;
    }
    access.accept(change);
    User user = access.user("user");
    assertThat(user).isNotNull();
    List<String> told = Arrays.asList(user.line().split(" ", -1));
    access.set("again", told.subList(2, told.size()));
    User again = access.user("again");
    assertThat(again).isNotNull();
    assertThat(again.line()).isEqualTo(user.line().replaceFirst("user user", "user again"));
    for (Command command : bench.keyspace().table().numbered()) {
      Request request = request(command);
      Denial one = access.check(user, request, command);
      Denial other = access.check(again, request, command);
      assertThat(one == null ? "" : one.text(command).replace("User user", "User again"))
          .isEqualTo(other == null ? "" : other.text(command));
    }
    access.remove("user");
    access.remove("again");
  }

  /** The command with the arguments {@code a b c}, as far as it takes them. */
  private static Request request(Command command) {
    Request request = new Request();
    byte[] bytes = (command.name() + "abc").getBytes(StandardCharsets.ISO_8859_1);
    request.begin(bytes);
    request.add(0, command.name().length());
    for (int i = 0; i < 3; i++) {
      request.add(command.name().length() + i, 1);
    }
    return request;
  }
}
