package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.NeedsRedis7;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.fixture.RunningGateway;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;

/** Random rules mean to the gateway what they mean to a live Redis. */
@ExtendWith({NeedsRedis7.class, GatewayExtension.class})
class AclComparisonTest {
  private static final int ROUNDS = 150;
  private static final Version KEEPS_RULES = new Version(7, 2, 0);
  private static final List<String> NAMES =
      List.of("get", "set", "mget", "sort", "xread", "eval", "publish", "client", "client|id");
  private static final List<String> PATTERNS = List.of("*", "a*", "b", "[ab]?", "c*d");
  private static final List<String> REQUESTS =
      List.of(
          "get a",
          "get b",
          "get ab",
          "set a v",
          "set ab v GET",
          "mget a ab b",
          "mset a 1 b 2",
          "sort a",
          "sort a STORE b",
          "sort a BY w* GET b",
          "xread STREAMS a b 0 0",
          "xreadgroup GROUP g c STREAMS ab >",
          "eval x 2 a b",
          "eval x 0 a",
          "eval_ro x 1 ab",
          "fcall f 1 b",
          "publish a m",
          "spublish b m",
          "subscribe a b",
          "psubscribe a*",
          "unsubscribe zz",
          "client id",
          "client kill x",
          "client list",
          "select 0",
          "select 1",
          "zunionstore a 2 b ab",
          "sintercard 1 a",
          "georadius a 0 0 1 m STORE b",
          "georadius a 0 0 1 m",
          "bitfield a GET u4 0",
          "bitfield a SET u4 0 1",
          "copy a b",
          "rename a b",
          "lmpop 2 a b LEFT",
          "blpop a b 0",
          "exists a",
          "type b",
          "touch zz",
          "ping",
          "multi",
          "auth x",
          "hello",
          "config get x",
          "bitop AND a b ab",
          "migrate-not-there x",
          "pfcount a b",
          "object encoding a",
          "memory usage b",
          "getdel a",
          "lpush b x",
          "xadd a * f v",
          "xinfo stream b",
          "debug object a",
          "acl whoami",
          "acl list",
          "cdcd x",
          "set cxd v",
          "get ccd",
          "append c v",
          "hexists a f",
          "scard b",
          "expire b 1");

  private static RedisFixture redis;
  private static RedisClient theirs;
  private static RedisClient ours;

  @BeforeAll
  static void connect(RunningGateway gateway) {
    redis = RedisFixture.start();
    theirs = client(redis.host(), redis.port());
    ours = client(gateway.open().host(), gateway.open().port());
  }

  private static RedisClient client(String host, int port) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort(host, port))
        .clientConfig(
            DefaultJedisClientConfig.builder().timeoutMillis(Patience.MILLIS).resp2().build())
        .build();
  }

  @AfterAll
  static void close() {
    theirs.close();
    ours.close();
    redis.close();
  }

  private static String ask(RedisClient server, List<String> words) {
    CommandArguments arguments = new CommandArguments(Protocol.Command.ACL);
    words.forEach(arguments::add);
    try {
      return text(server.executeCommand(arguments));
    } catch (JedisDataException refused) {
      return "!" + refused.getMessage();
    }
  }

  private static String text(Object reply) {
    return switch (reply) {
      case null -> "nil";
      case byte[] bytes -> new String(bytes, UTF_8);
      case List<?> list ->
          list.stream().map(AclComparisonTest::text).collect(Collectors.joining(", ", "[", "]"));
      default -> reply.toString();
    };
  }

  private static void same(String seed, List<String> words) {
    // Before 7.2 Redis does not tell the name of the user.
    String expected = ask(theirs, words).replaceFirst("^This user has", "User someone has");
    assertThat(ask(ours, words)).as("%s (%s)", words, seed).isEqualTo(expected);
  }

  @Test
  void randomRulesAllowAndDenyTheSame() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> categories =
        Arrays.asList(ask(theirs, List.of("CAT")).replaceAll("[\\[\\]]", "").split(", ", -1));
    for (int round = 0; round < ROUNDS; round++) {
      List<String> rules = new ArrayList<>(List.of("SETUSER", "someone"));
      if (random.nextInt(4) == 0) {
        rules.add("reset");
      }
      for (int i = random.nextInt(6); i >= 0; i--) {
        rules.add(rule(random, categories));
      }
      String when = "round " + round + ", seed " + seed;
      same(when, rules);
      compareUser(when);
      for (String request : REQUESTS) {
        List<String> words = new ArrayList<>(List.of("DRYRUN", "someone"));
        words.addAll(Arrays.asList(request.split(" ", -1)));
        same(rules + " " + when, words);
      }
    }
  }

  private static String rule(Random random, List<String> categories) {
    String pattern = PATTERNS.get(random.nextInt(PATTERNS.size()));
    String sign = random.nextBoolean() ? "+" : "-";
    return switch (random.nextInt(14)) {
      case 0 -> "~" + pattern;
      case 1 -> "%R~" + pattern;
      case 2 -> "%W~" + pattern;
      case 3 -> "&" + pattern;
      case 4 -> "resetkeys";
      case 5 -> "resetchannels";
      case 6 -> sign + "@all";
      case 7, 8 -> sign + "@" + categories.get(random.nextInt(categories.size()));
      case 9 -> "+select|" + random.nextInt(2);
      case 10 -> "(~" + pattern + " +@" + categories.get(random.nextInt(categories.size())) + ")";
      case 11 -> random.nextInt(4) == 0 ? "clearselectors" : "(%R~a* +get &" + pattern + ")";
      case 12 -> List.of("on", "off", "nopass", ">pw", "<pw", "nonsense").get(random.nextInt(6));
      default -> sign + NAMES.get(random.nextInt(NAMES.size()));
    };
  }

  /** Before 7.2 Redis tells other rules for commands than it was given. */
  private static void compareUser(String when) {
    String our = ask(ours, List.of("GETUSER", "someone"));
    String their = ask(theirs, List.of("GETUSER", "someone"));
    if (redis.version().compareTo(KEEPS_RULES) < 0) {
      our = withoutCommands(our);
      their = withoutCommands(their);
    }
    assertThat(our).as(when).isEqualTo(their);
  }

  private static String withoutCommands(String user) {
    return user.replaceAll("commands, [^,]*,", "commands,")
        .replace("sanitize-payload, ", "")
        .replace(", sanitize-payload", "");
  }

  @Test
  void categoriesHoldTheSameCommands() {
    Set<String> our = names(ours, "COMMAND");
    Set<String> common = new TreeSet<>(names(theirs, "COMMAND"));
    common.retainAll(our);
    for (String category : ask(theirs, List.of("CAT")).replaceAll("[\\[\\]]", "").split(", ", -1)) {
      Set<String> mine = list(ask(ours, List.of("CAT", category)));
      Set<String> other = list(ask(theirs, List.of("CAT", category)));
      mine.retainAll(common);
      other.retainAll(common);
      assertThat(mine).as(category).isEqualTo(other);
    }
  }

  private static Set<String> names(RedisClient server, String command) {
    CommandArguments arguments =
        new CommandArguments(Protocol.Command.valueOf(command)).add("LIST");
    return list(text(server.executeCommand(arguments)));
  }

  private static Set<String> list(String text) {
    return new TreeSet<>(Arrays.asList(text.replaceAll("[\\[\\]]", "").split(", ", -1)));
  }
}
