package io.keyward.gateway.admin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.command.Command;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.stream.StreamEndpoint;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Deployment;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets readers of streams in who show the login of a Redis client (HTTP's Basic): it has to lead to
 * the stream's deployment, and its user has to be allowed to XRANGE the key.
 */
final class StreamLogin implements StreamEndpoint.Access {
  private static final Logger log = LoggerFactory.getLogger(StreamLogin.class);
  private static final String BASIC = "Basic ";

  private final Server server;
  private final Vertx vertx;
  private final HttpServerRequest http;
  private final Runnable welcome;

  /** The deployment that the login has led to; null for the operator, and before the login. */
  private volatile @Nullable Deployment deployment;

  /**
   * Access by what a request shows.
   *
   * @param welcome is told when the login is admitted
   */
  StreamLogin(Server server, Vertx vertx, HttpServerRequest http, Runnable welcome) {
    this.server = server;
    this.vertx = vertx;
    this.http = http;
    this.welcome = welcome;
  }

  @Override
  public void ask(String prefix, String key, Consumer<Boolean> answer) {
    decide(prefix, key, admitted -> settle(admitted, answer));
  }

  @Override
  public void askAgain(String prefix, String key, Consumer<Boolean> answer) {
    decide(prefix, key, answer);
  }

  @Override
  public @Nullable Runnable place() {
    Deployment present = deployment;
    if (present == null) {
      return () -> {};
    }
    return server.doorway().takePlaceIn(present)
        ? () -> server.doorway().givePlaceBack(present)
        : null;
  }

  private void decide(String prefix, String key, Consumer<Boolean> answer) {
    Context context = vertx.getOrCreateContext();
    Consumer<Boolean> settled = admitted -> context.runOnContext(now -> answer.accept(admitted));
    String shown = http.getHeader("Authorization");
    byte[] pair = shown == null || !shown.startsWith(BASIC) ? null : decoded(shown);
    int colon = pair == null ? -1 : colon(pair);
    if (pair == null || colon < 0) {
      answer.accept(false);
      return;
    }
    String name = new String(pair, 0, colon, StandardCharsets.ISO_8859_1);
    byte[] password = Arrays.copyOfRange(pair, colon + 1, pair.length);
    // Comparing with a slow secret takes milliseconds.
    Thread.ofVirtual()
        .name("keyward-stream-login")
        .start(() -> decide(prefix, key, name, password, settled));
  }

  private static byte @Nullable [] decoded(String shown) {
    try {
      return Base64.getDecoder().decode(shown.substring(BASIC.length()).strip());
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static int colon(byte[] pair) {
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] == ':') {
        return i;
      }
    }
    return -1;
  }

  /** Failures are counted, noted and slowed as those of Redis clients. */
  private void settle(boolean admitted, Consumer<Boolean> answer) {
    if (admitted) {
      welcome.run();
      answer.accept(true);
      return;
    }
    long delay = 0;
    if (http.getHeader("Authorization") != null) {
      log.warn("Login failed, client addr={}", http.remoteAddress());
      delay = server.tenancy().failedLogins().failed(http.remoteAddress().hostAddress());
    }
    if (delay == 0) {
      answer.accept(false);
    } else {
      vertx.setTimer(delay, timer -> answer.accept(false));
    }
  }

  private void decide(
      String prefix, String key, String name, byte[] password, Consumer<Boolean> settled) {
    Decision decision = server.tenancy().logIn(name, password);
    if (decision instanceof Decision.Undecided(var comparison)) {
      decision = comparison.get();
    }
    if (decision instanceof Decision.Admitted admitted) {
      Deployment led = admitted.deployment();
      if (led == null) {
        settled.accept(true);
        return;
      }
      if (led.prefix().equals(prefix)) {
        deployment = led;
        String user = admitted.user();
        asUser(
            prefix,
            key,
            keyspace ->
                user.isEmpty() ? keyspace.access().defaultUser() : keyspace.access().user(user),
            settled);
        return;
      }
    }
    boolean ofDefault =
        decision == null
            && server.tenancy().hasDefault()
            && server.tenancy().defaultDeployment().prefix().equals(prefix);
    if (ofDefault) {
      asUser(prefix, key, keyspace -> keyspace.access().authenticate(name, password), settled);
    } else {
      settled.accept(false);
    }
  }

  private interface Finder {
    @Nullable User find(BuiltinKeyspace keyspace);
  }

  private void asUser(String prefix, String key, Finder finder, Consumer<Boolean> settled) {
    BuiltinKeyspace keyspace = server.engine().find(prefix);
    if (keyspace == null) {
      settled.accept(false);
      return;
    }
    keyspace
        .loop()
        .execute(
            () -> {
              User user = finder.find(keyspace);
              settled.accept(user != null && user.enabled() && mayRead(keyspace, user, key));
            });
  }

  private static boolean mayRead(BuiltinKeyspace keyspace, User user, String key) {
    Request request = new Request();
    List<byte[]> words =
        List.of(
            "XRANGE".getBytes(StandardCharsets.US_ASCII),
            key.getBytes(StandardCharsets.UTF_8),
            "-".getBytes(StandardCharsets.US_ASCII),
            "+".getBytes(StandardCharsets.US_ASCII));
    byte[] all = new byte[words.stream().mapToInt(word -> word.length).sum()];
    request.begin(all);
    int at = 0;
    for (byte[] word : words) {
      System.arraycopy(word, 0, all, at, word.length);
      request.add(at, word.length);
      at += word.length;
    }
    Command command = keyspace.table().findWhole(request);
    return command != null && keyspace.access().check(user, request, command) == null;
  }
}
