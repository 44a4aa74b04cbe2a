package io.keyward.gateway.deployment;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Statistics;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Server;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a keyspace holds and has done, copied on its home loop for other threads.
 *
 * @param bytes of data
 * @param nanos spent in its commands
 */
record Contents(
    long keys,
    long bytes,
    long commands,
    double commandsPerSecond,
    long hits,
    long misses,
    long expired,
    long evicted,
    long errors,
    long clients,
    long blocked,
    long nanos) {
  static final Contents NONE = new Contents(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static final long SLICE_NANOS = 500_000;
  private static final long PATIENCE_SECONDS = 30;

  private static Contents of(BuiltinKeyspace keyspace) {
    long keys = 0;
    for (int number = 0; number < keyspace.databases().count(); number++) {
      Database database = keyspace.databases().ifUsed(number);
      keys += database == null ? 0 : database.size();
    }
    Statistics statistics = keyspace.statistics();
    return new Contents(
        keys,
        keyspace.usedBytes(),
        statistics.commands(),
        statistics.commandRate().perSecond(),
        statistics.hits(),
        statistics.misses(),
        statistics.expiredKeys(),
        statistics.evictedKeys(),
        statistics.errors(),
        keyspace.clients().size(),
        keyspace.waiting().clients(),
        statistics.allNanos());
  }

  /**
   * Copies those of some keyspaces, in slices between the loops' other work.
   *
   * @return them by prefix
   * @throws DeploymentException if a loop does not come to it
   */
  static Map<String, Contents> copy(Server server, Collection<BuiltinKeyspace> keyspaces)
      throws DeploymentException {
    Map<String, Contents> copied = new ConcurrentHashMap<>();
    List<GatewayLoop> loops = server.loops();
    CountDownLatch done = new CountDownLatch(loops.size());
    for (GatewayLoop loop : loops) {
      Iterator<BuiltinKeyspace> own =
          keyspaces.stream().filter(keyspace -> keyspace.loop() == loop).toList().iterator();
      loop.execute(() -> slice(loop, own, copied, done));
    }
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new DeploymentException(
            DeploymentException.Kind.FAILED, "an event loop does not come to tell what it holds");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(DeploymentException.Kind.FAILED, "interrupted");
    }
    return copied;
  }

  private static void slice(
      GatewayLoop loop,
      Iterator<BuiltinKeyspace> own,
      Map<String, Contents> copied,
      CountDownLatch done) {
    long until = System.nanoTime() + SLICE_NANOS;
    while (own.hasNext()) {
      BuiltinKeyspace keyspace = own.next();
      copied.put(keyspace.prefix(), of(keyspace));
      if (System.nanoTime() >= until) {
        loop.execute(() -> slice(loop, own, copied, done));
        return;
      }
    }
    done.countDown();
  }
}
