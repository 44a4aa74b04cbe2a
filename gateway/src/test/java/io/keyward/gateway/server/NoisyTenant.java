package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A gateway with a tenant that a test limits, whose deployments are noisy and second, and with a
 * neighbour that is to see nothing of it.
 */
final class NoisyTenant implements AutoCloseable {
  private final Gateway gateway;
  private final Jedis noisy;
  private final Jedis neighbour;

  /** Starts it with limits in YAML: the tenant's, and those of the deployment noisy. */
  NoisyTenant(Path folder, String ofTenant, String ofDeployment) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("keyward.yaml"),
              """
              event-loops: 1
              operator: {password: of-operator}
              tenants:
                noisy:
                  limits: %s
                  deployments:
                    noisy: {password: a, limits: %s}
                    second: {password: c}
                quiet:
                  deployments:
                    quiet: {password: b}
              """
                  .formatted(ofTenant, ofDeployment));
      gateway = Gateways.startWith(Map.of(), file.toString());
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
    noisy = client("noisy", "a");
    neighbour = client("quiet", "b");
  }

  /** A client of the deployment noisy. */
  Jedis noisy() {
    return noisy;
  }

  Jedis client(String user, String password) {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    try {
      client.auth(user, password);
    } catch (JedisDataException | JedisConnectionException refused) {
      client.close();
      throw refused;
    }
    return client;
  }

  /** A connection that has not logged in. */
  Wire connect() {
    return Wire.to(gateway.ports().redis());
  }

  /** Reads the file again; returns what is wrong with it. */
  String reload() {
    return gateway.reload();
  }

  /** What INFO tells the deployment noisy of a limit. */
  long figure(String limit, String name) {
    String line =
        noisy
            .info("limits")
            .lines()
            .filter(l -> l.startsWith("limit_" + limit + ":"))
            .findFirst()
            .orElseThrow();
    for (String part : line.substring(line.indexOf(':') + 1).split(",", -1)) {
      if (part.startsWith(name + "=")) {
        return Long.parseLong(part.substring(name.length() + 1));
      }
    }
    throw new AssertionError(line);
  }

  /** Asserts that a command is beyond a limit of its deployment. */
  static void refuses(String limit, Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOf(JedisDataException.class)
        .hasMessageStartingWith("LIMIT " + limit + " of this deployment (");
  }

  /** Asserts that the neighbour sees nothing of it, neither an error nor a figure. */
  void checkNeighbour() {
    neighbour.set("key", "x".repeat(100));
    assertThat(neighbour.get("key")).hasSize(100);
    assertThat(neighbour.info()).doesNotContain("\nlimit_").contains("total_error_replies:0");
  }

  @Override
  public void close() {
    neighbour.close();
    noisy.close();
    gateway.close();
  }
}
