package io.keyward.gateway.dashboards;

import io.keyward.gateway.fixture.Patience;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;

/** What applications do: two deployments that behave, and one that walks all its keys. */
final class Load implements AutoCloseable {
  static final String NOISY = "noisy";

  private static final int KEYS_OF_NOISY = 20_000;

  private final int port;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Load(int port) {
    this.port = port;
    for (String deployment : List.of("blue", "green")) {
      Thread.ofPlatform().start(untilStopped(() -> behave(deployment)));
      Thread.ofPlatform().start(untilStopped(() -> listen(deployment)));
    }
    Thread.ofPlatform().start(untilStopped(this::misbehave));
  }

  /** Begins; the deployments' passwords are their names. */
  static Load start(int port) {
    return new Load(port);
  }

  /** The task, in which a connection that is lost is no failure once the load has been stopped. */
  private Runnable untilStopped(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (JedisConnectionException lost) {
        if (!stopped.get()) {
          throw lost;
        }
      }
    };
  }

  private Jedis connect(String deployment) {
    return new Jedis(
        "127.0.0.1",
        port,
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Patience.MILLIS)
            .user(deployment)
            .password(deployment)
            .build());
  }

  private void behave(String deployment) {
    try (Jedis client = connect(deployment)) {
      for (int i = 0; !stopped.get(); i++) {
        client.set("key:" + i % 100, "value");
        client.get("key:" + i % 100);
        client.get("none");
        client.xadd(
            "events", XAddParams.xAddParams().id(StreamEntryID.NEW_ENTRY), Map.of("a", "b"));
        client.publish("news", "message");
        client.eval("return redis.call('INCR', KEYS[1])", 1, "count");
        fail(client);
      }
    }
  }

  private static void fail(Jedis client) {
    try {
      client.incr("key:1");
    } catch (JedisDataException expected) {
      // The value is no number.
    }
  }

  private void misbehave() {
    try (Jedis client = connect(NOISY)) {
      for (int i = 0; i < KEYS_OF_NOISY && !stopped.get(); i += 10) {
        String[] pairs = new String[20];
        for (int j = 0; j < 10; j++) {
          pairs[2 * j] = "key:" + (i + j);
          pairs[2 * j + 1] = "value";
        }
        client.mset(pairs);
      }
      while (!stopped.get()) {
        client.keys("*nothing*");
      }
    }
  }

  private void listen(String deployment) {
    try (Jedis client = connect(deployment)) {
      client.subscribe(
          new JedisPubSub() {
            @Override
            public void onMessage(String channel, String message) {
              if (stopped.get()) {
                unsubscribe();
              }
            }
          },
          "news");
    }
  }

  /** No more is asked; those that listen end with the gateway. */
  @Override
  public void close() {
    stopped.set(true);
  }
}
