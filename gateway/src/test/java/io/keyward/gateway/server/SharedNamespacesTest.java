package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.deployment.Actor;
import io.keyward.gateway.deployment.Lifecycle;
import io.keyward.gateway.fixture.Patience;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users stay logged in when an application goes from one deployment of a tenant to another. */
class SharedNamespacesTest {
  private static final Actor TEST = new Actor("test", "");
  private static final String SESSION = "OPENID_SESSION:user-1";

  @TempDir Path folder;

  private Path configure(String shared) throws IOException {
    return Files.writeString(
        folder.resolve("keyward.yaml"),
        """
        event-loops: 3
        namespaces: [stream, "stream:draft"]
        tenants:
          chat:
            secret: of-chat
            %s
            deployments:
              blue: {prefix: chat-blue, password: of-blue}
              green: {prefix: chat-green, password: of-green}
              staging: {password: of-staging, shared: []}
          other:
            shared: [OPENID_SESSION]
            deployments:
              red: {password: of-red}
        """
            .formatted(shared));
  }

  private Gateway start(String shared) throws IOException {
    return Gateways.startWith(
        Map.of(), configure(shared).toString(), "--dir", folder.resolve("data").toString());
  }

  private Gateway start() throws IOException {
    return start("shared: [OPENID_SESSION, BANS]");
  }

  /** A client of one deployment. */
  private static final class Application implements AutoCloseable {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> redis;

    Application(Gateway gateway, String user, String password) {
      RedisURI uri =
          RedisURI.Builder.redis("127.0.0.1", gateway.ports().redis())
              .withAuthentication(user, password)
              .withTimeout(Patience.DURATION)
              .build();
      client = RedisClient.create(uri);
      connection = client.connect();
      redis = connection.sync();
    }

    @Override
    public void close() {
      connection.close();
      client.shutdown(0, 0, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void theNextRevisionKnowsTheSessionsAndNoCaches() throws IOException {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue");
        Application green = new Application(gateway, "green", "of-green");
        Application later = new Application(gateway, "chat.rev7", "of-chat");
        Application staging = new Application(gateway, "staging", "of-staging");
        Application red = new Application(gateway, "red", "of-red")) {
      blue.redis.set(SESSION, "logged in", SetArgs.Builder.ex(3600));
      blue.redis.set("CONFIG_STORE:app", "of blue");

      for (Application revision : List.of(green, later)) {
        assertThat(revision.redis.get(SESSION)).isEqualTo("logged in");
        assertThat(revision.redis.ttl(SESSION)).isBetween(1L, 3600L);
        assertThat(revision.redis.exists("CONFIG_STORE:app")).isZero();
        assertThat(ScanIterator.scan(revision.redis).stream()).containsExactly(SESSION);
      }
      assertThat(staging.redis.exists(SESSION)).isZero();
      assertThat(red.redis.exists(SESSION)).isZero();

      red.redis.set(SESSION, "of another tenant");
      later.redis.flushall();
      green.redis.del(SESSION);
      assertThat(blue.redis.exists(SESSION)).isZero();
      assertThat(red.redis.get(SESSION)).isEqualTo("of another tenant");
    }
  }

  @Test
  void theMeanTimeToLiveIsThatOfTheKeysThatAreSeen() throws Exception {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue");
        Application green = new Application(gateway, "green", "of-green")) {
      blue.redis.set(SESSION, "logged in", SetArgs.Builder.ex(3600));
      assertThat(lifetime(green)).isBetween(3_000_000L, 3_600_000L);
      green.redis.set("TOOLS:a", "own", SetArgs.Builder.ex(36_000));
      while (lifetime(green) < 3_600_001) {
        Thread.sleep(1);
      }
      assertThat(lifetime(green)).isLessThan(20_000_000);
      assertThat(lifetime(blue)).isBetween(3_000_000L, 3_600_000L);
    }
  }

  /** What INFO tells of it, as soon as it tells any. */
  private static long lifetime(Application application) throws InterruptedException {
    Pattern told = Pattern.compile("avg_ttl=([1-9][0-9]*)");
    Matcher found = told.matcher(application.redis.info("keyspace"));
    while (!found.find()) {
      Thread.sleep(1);
      found = told.matcher(application.redis.info("keyspace"));
    }
    return Long.parseLong(found.group(1));
  }

  @Test
  void whoSharesSomeOfItSeesNothingOfTheRest() throws IOException {
    configure("shared: [OPENID_SESSION, BANS, stream]");
    Path file = folder.resolve("keyward.yaml");
    Files.writeString(file, Files.readString(file).replace("shared: []", "shared: [BANS]"));
    try (Gateway gateway =
            Gateways.startWith(
                Map.of(), file.toString(), "--dir", folder.resolve("data").toString());
        Application blue = new Application(gateway, "blue", "of-blue");
        Application green = new Application(gateway, "green", "of-green");
        Application staging = new Application(gateway, "staging", "of-staging")) {
      blue.redis.set(SESSION, "of blue and green");
      blue.redis.set("stream:1", "of blue and green");
      blue.redis.set("stream:draft:1", "of blue");
      blue.redis.set("BANS:ip", "of all", SetArgs.Builder.ex(3600));

      assertThat(staging.redis.keys("*")).containsExactly("BANS:ip");
      assertThat(ScanIterator.scan(staging.redis).stream()).containsExactly("BANS:ip");
      assertThat(staging.redis.dbsize()).isOne();
      assertThat(staging.redis.randomkey()).isEqualTo("BANS:ip");
      assertThat(staging.redis.info("keyspace")).contains("db0:keys=1,expires=1,");
      assertThat(green.redis.keys("*")).containsExactlyInAnyOrder(SESSION, "stream:1", "BANS:ip");
      assertThat(green.redis.info("keyspace")).contains("db0:keys=3,expires=1,");
    }
  }

  @Test
  void aChannelOfASharedNamespaceIsHeardInEveryDeploymentThatSharesIt() throws Exception {
    try (Gateway gateway = start();
        Wire blue = loggedIn(gateway, "blue", "of-blue");
        Wire green = loggedIn(gateway, "green", "of-green");
        Wire later = loggedIn(gateway, "chat.rev7", "of-chat");
        Wire staging = loggedIn(gateway, "staging", "of-staging");
        Wire red = loggedIn(gateway, "red", "of-red")) {
      for (Wire listener : List.of(green, staging, red)) {
        expect(
            listener.send("SUBSCRIBE OPENID_SESSION:events TOOLS:events\r\n"),
            "*3 $9 subscribe $21 OPENID_SESSION:events :1 *3 $9 subscribe $12 TOOLS:events :2");
      }
      expect(
          later.send("PSUBSCRIBE OPENID_SESSION:*\r\n"),
          "*3 $10 psubscribe $16 OPENID_SESSION:* :1");

      expect(
          blue.send("PUBSUB CHANNELS\r\nPUBSUB NUMSUB OPENID_SESSION:events TOOLS:events\r\n"),
          "*1 $21 OPENID_SESSION:events *4 $21 OPENID_SESSION:events :1 $12 TOOLS:events :0");
      assertThat(blue.ask("PUBLISH OPENID_SESSION:events hello")).isEqualTo(":2");
      assertThat(blue.ask("PUBLISH TOOLS:events own")).isEqualTo(":0");
      expect(green, "*3 $7 message $21 OPENID_SESSION:events $5 hello");
      expect(later, "*4 $8 pmessage $16 OPENID_SESSION:* $21 OPENID_SESSION:events $5 hello");
      for (Wire other : List.of(green, later, staging, red)) {
        other.send("PING\r\n");
        assertThat(other.line()).isEqualTo("*2");
      }
    }
  }

  /** Reads lines, told with a blank between two. */
  private static void expect(Wire wire, String lines) {
    String wanted = lines.replace(" ", "\r\n") + "\r\n";
    assertThat(wire.read(wanted.length())).isEqualTo(wanted);
  }

  private static Wire loggedIn(Gateway gateway, String user, String password) {
    Wire wire = Wire.to(gateway.ports().redis());
    assertThat(wire.ask("AUTH " + user + " " + password)).isEqualTo("+OK");
    return wire;
  }

  @Test
  void transactionsScriptsAndClientSideCachesSpanSharedAndOwnKeys() throws Exception {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue");
        Application green = new Application(gateway, "green", "of-green")) {
      green.redis.watch(SESSION);
      green.redis.multi();
      green.redis.set("TOOLS:a", "1");
      blue.redis.set(SESSION, "changed meanwhile");
      assertThat(green.redis.exec().wasDiscarded()).isTrue();

      green.redis.multi();
      green.redis.set("TOOLS:a", "1");
      green.redis.get(SESSION);
      TransactionResult both = green.redis.exec();
      assertThat(both.<String>get(1)).isEqualTo("changed meanwhile");

      CompletableFuture<Object> told = new CompletableFuture<>();
      green.connection.addListener(
          message -> {
            if (message.getType().equals("invalidate")) {
              told.complete(message.getContent().get(1));
            }
          });
      green.redis.clientTracking(TrackingArgs.Builder.enabled());
      green.redis.get(SESSION);
      blue.redis.append(SESSION, "!");
      assertThat(told.get(Patience.MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
    }
  }

  @Test
  void sharedKeysOutliveARestartOnce() throws IOException {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue")) {
      blue.redis.set(SESSION, "logged in");
      blue.redis.sadd("BANS:ip", "192.0.2.1");
      blue.redis.mset(Map.of("CONFIG_STORE:app", "of blue", "BANS:user", "x"));
    }
    try (Gateway gateway = start();
        Application green = new Application(gateway, "green", "of-green")) {
      assertThat(green.redis.get(SESSION)).isEqualTo("logged in");
      assertThat(green.redis.dbsize()).isEqualTo(3);
    }
    assertThat(contentOfFiles())
        .contains("chat~shared::" + SESSION)
        .contains("chat-blue::CONFIG_STORE:app")
        .doesNotContain("chat-blue::OPENID_SESSION");
  }

  private String contentOfFiles() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Test
  void whoHasFilledItsMemoryStillWritesWhatCountsElsewhere() throws IOException {
    Path file = configure("shared: [OPENID_SESSION]\n    pinned: [ROLES]");
    String blue = "password: of-blue";
    Files.writeString(file, Files.readString(file).replace(blue, blue + ", limits: {memory: 1mb}"));
    try (Gateway gateway = Gateways.startWith(Map.of(), file.toString());
        Application full = new Application(gateway, "blue", "of-blue")) {
      full.redis.set("CACHE:big", "x".repeat(2 << 20));
      assertThatThrownBy(() -> full.redis.set("CACHE:more", "x")).hasMessageStartingWith("OOM");

      assertThat(full.redis.set(SESSION, "logged in")).isEqualTo("OK");
      assertThat(full.redis.set("ROLES:user", "reader")).isEqualTo("OK");
      assertThat(full.redis.sunionstore("ROLES:all", "CACHE:a", "CACHE:b")).isZero();
      full.redis.multi();
      full.redis.append(SESSION, ", again");
      full.redis.get(SESSION);
      assertThat(full.redis.exec()).containsExactly(16L, "logged in, again");
      String set = "return redis.call('SET', KEYS[1], ARGV[1])";
      for (String script : List.of(set, "#!lua\n" + set)) {
        assertThat(eval(full, script, SESSION)).isEqualTo("OK");
        assertThatThrownBy(() -> eval(full, script, "CACHE:more")).hasMessageContaining("OOM");
      }

      assertThatThrownBy(() -> full.redis.copy(SESSION, "CACHE:more"))
          .hasMessageStartingWith("OOM");
      full.redis.multi();
      full.redis.set("CACHE:more", "x");
      assertThatThrownBy(full.redis::exec).hasMessageStartingWith("EXECABORT");
      assertThat(full.redis.exists("CACHE:more")).isZero();
    }
  }

  private static Object eval(Application application, String script, String key) {
    return application.redis.eval(script, ScriptOutputType.STATUS, new String[] {key}, "value");
  }

  @Test
  void whatDeploymentsShareIsNoDeploymentOfTheTenants() throws Exception {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue")) {
      blue.redis.set(SESSION, "logged in");
      blue.redis.set("CONFIG_STORE:app", "of blue");
      try (Wire wire = Wire.to(gateway.ports().redis())) {
        assertThat(wire.ask("AUTH chat.~shared of-chat")).startsWith("-ERR invalid name");
      }
      Lifecycle operator = gateway.lifecycle();
      assertThatThrownBy(() -> operator.copy(TEST, "blue", "chat.~shared", true))
          .hasMessageContaining("invalid name");
      assertThatThrownBy(() -> operator.promote(TEST, "app", "chat.~shared"))
          .hasMessageContaining("no such deployment");
      assertThatThrownBy(() -> operator.retire(TEST, "chat~shared", 1.0, true))
          .hasMessageContaining("lives as long as they");
      assertThat(blue.redis.get(SESSION)).isEqualTo("logged in");
    }
  }

  @Test
  void aDroppedDeploymentLeavesTheSessionsToTheOthers() throws Exception {
    try (Gateway gateway = start()) {
      try (Application blue = new Application(gateway, "blue", "of-blue");
          Application rev = new Application(gateway, "chat.rev1", "of-chat")) {
        blue.redis.set(SESSION, "by blue");
        blue.redis.set("TOOLS:a", "of blue");
        rev.redis.set("BANS:ip", "by rev1");
      }
      Map<?, ?> dropped = (Map<?, ?>) gateway.lifecycle().drop(TEST, "blue", false);
      assertThat(dropped.get("freed-keys")).isEqualTo(1L);
      assertThat(gateway.lifecycle().drop(TEST, "chat.rev1", false)).isNotNull();
      assertThatThrownBy(() -> gateway.lifecycle().drop(TEST, "chat~shared", false))
          .hasMessageContaining("lives as long as they");
      try (Application green = new Application(gateway, "green", "of-green")) {
        assertThat(green.redis.get(SESSION)).isEqualTo("by blue");
        assertThat(green.redis.get("BANS:ip")).isEqualTo("by rev1");
      }
    }
    try (Gateway gateway = start();
        Application green = new Application(gateway, "green", "of-green")) {
      assertThat(green.redis.get(SESSION)).isEqualTo("by blue");
      gateway.lifecycle().create(TEST, "blue");
      try (Application blue = new Application(gateway, "blue", "of-blue")) {
        assertThat(blue.redis.get(SESSION)).isEqualTo("by blue");
        assertThat(blue.redis.get("TOOLS:a")).isNull();
        blue.redis.set(SESSION, "by blue again");
      }
      assertThat(green.redis.get(SESSION)).isEqualTo("by blue again");
    }
  }

  @Test
  void whatADeploymentKeepsForItselfIsNotClonedToWhereItIsShared() throws Exception {
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue");
        Application staging = new Application(gateway, "staging", "of-staging")) {
      staging.redis.set(SESSION, "of staging");
      blue.redis.set(SESSION, "of blue and green");
      blue.redis.set("TOOLS:a", "of blue");

      assertThatThrownBy(() -> gateway.lifecycle().copy(TEST, "staging", "green", true))
          .hasMessageContaining("the target shares namespaces that the source keeps for itself");
      gateway.lifecycle().copy(TEST, "blue", "staging", true);
    }
    try (Gateway gateway = start();
        Application staging = new Application(gateway, "staging", "of-staging");
        Application green = new Application(gateway, "green", "of-green")) {
      assertThat(staging.redis.keys("*")).containsExactly("TOOLS:a");
      assertThat(green.redis.keys("*")).containsExactly(SESSION);
    }
  }

  @Test
  void whoBeginsToShareKeepsWhatDeploymentsHadAlone() throws IOException {
    try (Gateway gateway = start("shared: [BANS]");
        Application blue = new Application(gateway, "blue", "of-blue")) {
      blue.redis.set(SESSION, "logged in before");
    }
    try (Gateway gateway = start();
        Application blue = new Application(gateway, "blue", "of-blue");
        Application green = new Application(gateway, "green", "of-green")) {
      assertThat(green.redis.get(SESSION)).isEqualTo("logged in before");
      blue.redis.flushall();
      assertThat(green.redis.get(SESSION)).isEqualTo("logged in before");
      assertThat(blue.redis.dbsize()).isOne();
    }
  }

  @Test
  void whatIsSharedDoesNotChangeWithoutARestart() throws IOException {
    try (Gateway gateway = start()) {
      configure("shared: [OPENID_SESSION]");
      assertThat(gateway.reload())
          .contains("what the deployments of the tenant chat share")
          .contains("Remedy: restart the gateway");
    }
  }

  @Test
  void norDoesWhatADeploymentSharesThatALoginHasCreated() throws IOException {
    String shared = "shared: [OPENID_SESSION, BANS]";
    try (Gateway gateway = start(shared);
        Application rev = new Application(gateway, "chat.rev7", "of-chat")) {
      rev.redis.set(SESSION, "of all");
      Path file = configure(shared);
      String named = "rev7: {prefix: chat.rev7, shared: %s}\n      staging:";
      String before = Files.readString(file);

      Files.writeString(file, before.replace("staging:", named.formatted("[BANS]")));
      assertThat(gateway.reload())
          .contains("what the deployments of the tenant chat share")
          .contains("Remedy: restart the gateway");

      Files.writeString(
          file, before.replace("staging:", named.formatted("[OPENID_SESSION, BANS]")));
      assertThat(gateway.reload()).isEmpty();
      assertThat(rev.redis.get(SESSION)).isEqualTo("of all");
    }
  }
}
