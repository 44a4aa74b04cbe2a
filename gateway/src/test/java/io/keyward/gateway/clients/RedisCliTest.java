package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/**
 * redis-cli in the ways in which operators use it. What its modes send is always replayed by {@link
 * RedisCliTraffic}; where the PATH has the program, it does its work itself as well.
 */
@ExtendWith(GatewayExtension.class)
class RedisCliTest {
  @TestFactory
  Stream<DynamicNode> redisCli(RunningGateway gateway) {
    RedisCliTraffic traffic = new RedisCliTraffic(gateway.open());
    DynamicNode replayed = dynamicContainer("the traffic of redis-cli", traffic.tests());
    Optional<Path> program = Executables.onPath("redis-cli");
    return Stream.concat(
        Stream.of(replayed),
        program.stream()
            .map(path -> dynamicContainer(path.toString(), new Program(path, gateway).tests())));
  }

  /** The program itself, in the ways in which operators call it. */
  private record Program(Path path, RunningGateway gateway) {
    Stream<DynamicTest> tests() {
      return Stream.of(
          dynamicTest("one command by URL", this::oneCommand),
          dynamicTest("over TLS", this::overTls),
          dynamicTest("over the unix socket", this::overTheSocket),
          dynamicTest("with user name and password", this::withLogin),
          dynamicTest("commands from standard input", this::fromStandardInput),
          dynamicTest("a value from standard input", this::valueFromStandardInput),
          dynamicTest("repeated commands in a chosen database", this::repeated),
          dynamicTest("errors and exit codes", this::errors),
          dynamicTest("--csv", this::csv),
          dynamicTest("--json in RESP3", this::json),
          dynamicTest("-3 shows RESP3 types", this::resp3),
          dynamicTest("--pipe", this::pipe),
          dynamicTest("--scan", this::scan),
          dynamicTest("--bigkeys and --memkeys", this::bigKeys),
          dynamicTest("--hotkeys", this::hotKeys),
          dynamicTest("--latency", this::latency),
          dynamicTest("--stat", this::stat),
          dynamicTest("subscribe", this::subscribe));
    }

    private void oneCommand() throws IOException {
      assertThat(call("-u", gateway.open().url(), "ping")).isEqualTo("PONG\n");
      assertThat(cli("set", "name", "Ada Löwe\n")).isEqualTo("OK\n");
      assertThat(cli("get", "name")).isEqualTo("Ada Löwe\n\n");
      assertThat(cli("--no-raw", "get", "name")).isEqualTo("\"Ada L\\xc3\\xb6we\\n\"\n");
    }

    private void overTls() throws IOException {
      String tls = String.valueOf(gateway.open().tlsPort());
      String ca = gateway.open().certificate().toString();
      assertThat(call("-h", "localhost", "-p", tls, "--tls", "--cacert", ca, "echo", "safe"))
          .isEqualTo("safe\n");
    }

    private void overTheSocket() throws IOException {
      assertThat(call("-s", gateway.open().socket().toString(), "echo", "near"))
          .isEqualTo("near\n");
    }

    private void withLogin() throws IOException {
      Endpoint guarded = gateway.guarded();
      Endpoint.Login login = guarded.login().orElseThrow();
      String port = String.valueOf(guarded.port());
      assertThat(call("-p", port, "get", "x")).isEqualTo("NOAUTH Authentication required.\n\n");
      String[] right = {
        "-p", port, "--no-auth-warning", "--user", login.user(), "--pass", login.password()
      };
      assertThat(call(with(right, "client", "info"))).contains(" user=" + login.user() + " ");
      assertThat(call(with(right, "set", "inside", "1"))).isEqualTo("OK\n");
    }

    private void fromStandardInput() throws IOException {
      String script = "MULTI\nSET stdin 1\nINCR stdin\nEXEC\nGET stdin\n";
      assertThat(cliReading(script)).isEqualTo("OK\nQUEUED\nQUEUED\nOK\n2\n2\n");
    }

    private void valueFromStandardInput() throws IOException {
      String value = "a line\r\nand another\n".repeat(10_000);
      assertThat(cliReading(value, "-x", "set", "text")).isEqualTo("OK\n");
      assertThat(cli("get", "text")).isEqualTo(value + "\n");
    }

    private void repeated() throws IOException {
      cli("-n", "9", "flushdb");
      assertThat(cli("-n", "9", "-r", "4", "incr", "repeated")).isEqualTo("1\n2\n3\n4\n");
      assertThat(cli("-n", "8", "exists", "repeated")).isEqualTo("0\n");
      assertThat(cli("swapdb", "8", "9")).isEqualTo("OK\n");
      assertThat(cli("-n", "8", "get", "repeated")).isEqualTo("4\n");
    }

    private void errors() throws IOException {
      Run run = run("", with(address(), "-e", "get"));
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.errors().strip()).isEqualTo("ERR wrong number of arguments for 'get' command");
    }

    private void csv() throws IOException {
      cli("del", "l");
      cli("rpush", "l", "a", "b,c", "say \"d\"");
      assertThat(cli("--csv", "lrange", "l", "0", "-1"))
          .isEqualTo("\"a\",\"b,c\",\"say \\\"d\\\"\"\n");
    }

    private void json() throws IOException {
      cli("del", "h", "z");
      cli("hset", "h", "f", "v");
      cli("zadd", "z", "1.5", "m");
      assertThat(cli("--json", "hgetall", "h")).isEqualTo("{\"f\":\"v\"}\n");
      assertThat(cli("--json", "zrange", "z", "0", "-1", "withscores"))
          .isEqualTo("[[\"m\",1.5]]\n");
      assertThat(cli("--json", "get", "none")).isEqualTo("null\n");
    }

    private void resp3() throws IOException {
      cli("del", "s", "z");
      cli("sadd", "s", "m");
      cli("zadd", "z", "1.5", "m");
      assertThat(cli("-3", "--no-raw", "smembers", "s")).isEqualTo("1~ \"m\"\n");
      assertThat(cli("-3", "--no-raw", "zscore", "z", "m")).isEqualTo("(double) 1.5\n");
      assertThat(cli("-3", "--no-raw", "config", "get", "maxmemory"))
          .isEqualTo("1# \"maxmemory\" => \"0\"\n");
    }

    private void pipe() throws IOException {
      cli("flushall");
      String commands =
          IntStream.range(0, 50_000)
              .mapToObj(i -> "*3\r\n$3\r\nSET\r\n$9\r\nkey:%05d\r\n$3\r\nabc\r\n".formatted(i))
              .collect(Collectors.joining());
      assertThat(cliReading(commands, "--pipe"))
          .endsWith("Last reply received from server.\nerrors: 0, replies: 50000\n");
      assertThat(cli("dbsize")).isEqualTo("50000\n");
      assertThat(cliReading("SET one 1\r\nLPUSH one x\r\nGET one\r\n", "--pipe"))
          .endsWith("errors: 1, replies: 3\n");
    }

    private void scan() throws IOException {
      cli("flushall");
      cli("mset", "a:1", "x", "a:2", "x", "b:1", "x");
      assertThat(cli("--scan", "--pattern", "a:*").lines()).containsExactlyInAnyOrder("a:1", "a:2");
    }

    private void bigKeys() throws IOException {
      cli("flushall");
      cli("set", "long", "x".repeat(1000));
      cli("set", "short", "x");
      cli(with(new String[] {"rpush", "queue"}, numbers(300)));
      cli(with(new String[] {"sadd", "members"}, numbers(20)));
      cli("zadd", "scores", "1", "a", "2", "b");
      cli("hset", "hash", "a", "1");
      assertThat(cli("--bigkeys"))
          .contains("Sampled 6 keys in the keyspace!")
          .containsPattern("Biggest +string found .*\"long\".* has 1000 bytes")
          .containsPattern("Biggest +list found .*\"queue\".* has 300 items")
          .containsPattern("Biggest +set found .*\"members\".* has 20 members")
          .containsPattern("Biggest +zset found .*\"scores\".* has 2 members")
          .containsPattern("Biggest +hash found .*\"hash\".* has 1 fields");
      assertThat(cli("--memkeys")).contains("Sampled 6 keys in the keyspace!", "\"long\"");
    }

    private void hotKeys() throws IOException {
      cli("flushall");
      cli("config", "set", "maxmemory-policy", "allkeys-lfu");
      try {
        cliReading("set quiet 1\nset hot 1\n" + "get hot\n".repeat(500));
        assertThat(cli("--hotkeys"))
            .containsPattern("hot key found with counter: \\d+\tkeyname: \"?hot\"?");
      } finally {
        cli("config", "set", "maxmemory-policy", "noeviction");
      }
    }

    private void latency() throws IOException {
      // Into a pipe it prints one line after the interval: least, most and mean milliseconds.
      assertThat(cli("--latency", "-i", "0.1").strip()).matches("\\d+ \\d+ [\\d.]+ [1-9]\\d*");
    }

    private void stat() throws IOException {
      List<String> lines = firstLines(4, () -> {}, with(address(), "--stat", "-i", "0.01"));
      assertThat(lines.get(0)).startsWith("------- data ------");
      assertThat(lines.get(1)).startsWith("keys ");
      assertThat(lines.subList(2, 4))
          .allSatisfy(
              line -> assertThat(line).matches("\\d+ +\\S+ +\\d+ +\\d+ +\\d+ \\(\\+\\d+\\).*"));
    }

    private void subscribe() throws IOException {
      Executable publish =
          () -> Waiting.until("redis-cli", () -> cli("publish", "room", "hi").equals("1\n"));
      assertThat(firstLines(6, publish, with(address(), "subscribe", "room")))
          .containsExactly("subscribe", "room", "1", "message", "room", "hi");
    }

    private String[] address() {
      return new String[] {"-p", String.valueOf(gateway.open().port())};
    }

    private static String[] numbers(int count) {
      return IntStream.range(0, count).mapToObj(String::valueOf).toArray(String[]::new);
    }

    private static String[] with(String[] first, String... rest) {
      return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
    }

    /** Standard output of redis-cli at the open endpoint. */
    private String cli(String... arguments) throws IOException {
      return call(with(address(), arguments));
    }

    private String cliReading(String input, String... arguments) throws IOException {
      return run(input, with(address(), arguments)).output();
    }

    private String call(String... arguments) throws IOException {
      return run("", arguments).output();
    }

    private record Run(int exitCode, String output, String errors) {}

    private Run run(String input, String... arguments) throws IOException {
      Path in = Files.createTempFile("redis-cli", ".in");
      Path errors = Files.createTempFile("redis-cli", ".err");
      try {
        Files.writeString(in, input, UTF_8);
        Process process =
            new ProcessBuilder(with(new String[] {path.toString()}, arguments))
                .redirectInput(in.toFile())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(exitCode(process), output, Files.readString(errors, UTF_8));
      } finally {
        Files.delete(in);
        Files.delete(errors);
      }
    }

    private static int exitCode(Process process) throws IOException {
      try {
        if (process.waitFor(Patience.MILLIS, TimeUnit.MILLISECONDS)) {
          return process.exitValue();
        }
        throw new IOException("redis-cli did not end");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } finally {
        process.destroyForcibly();
      }
    }

    /** The first lines of a mode that does not end by itself, with an action once it runs. */
    private List<String> firstLines(int count, Executable action, String... arguments)
        throws IOException {
      Process process =
          new ProcessBuilder(with(new String[] {path.toString()}, arguments))
              .redirectErrorStream(true)
              .start();
      CompletableFuture.delayedExecutor(Patience.MILLIS, TimeUnit.MILLISECONDS)
          .execute(process::destroyForcibly);
      try (BufferedReader reader = process.inputReader(UTF_8)) {
        action.execute();
        List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
          String line = reader.readLine();
          assertThat(line).as("line after %s", lines).isNotNull();
          lines.add(line);
        }
        return lines;
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
