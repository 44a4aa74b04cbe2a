package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Server;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the figures of all keyspaces, each on its home loop, in slices between which the loop does
 * its other work. Who asks while a copy is being made waits for that one.
 */
final class Copying {
  private static final Logger log = LoggerFactory.getLogger(Copying.class);
  private static final long SLICE_NANOS = 500_000;

  private final Server server;
  private final Deployments deployments;
  private final List<Runnable> waiting = new ArrayList<>();
  private Map<String, DeploymentFigures> copied = new ConcurrentHashMap<>();

  Copying(Server server, Deployments deployments) {
    this.server = server;
    this.deployments = deployments;
  }

  /** Copies the figures, then runs the task on an event loop. */
  void refresh(Runnable then) {
    synchronized (this) {
      waiting.add(then);
      if (waiting.size() > 1) {
        return;
      }
      copied = new ConcurrentHashMap<>();
    }
    List<BuiltinKeyspace> keyspaces = List.copyOf(server.engine().keyspaces());
    AtomicInteger loops = new AtomicInteger(server.loops().size());
    for (GatewayLoop loop : server.loops()) {
      Iterator<BuiltinKeyspace> own =
          keyspaces.stream().filter(keyspace -> keyspace.loop() == loop).iterator();
      loop.execute(() -> slice(loop, own, loops));
    }
  }

  private void slice(GatewayLoop loop, Iterator<BuiltinKeyspace> own, AtomicInteger loops) {
    long until = System.nanoTime() + SLICE_NANOS;
    while (own.hasNext()) {
      if (System.nanoTime() >= until) {
        loop.execute(() -> slice(loop, own, loops));
        return;
      }
      BuiltinKeyspace keyspace = own.next();
      try {
        copied.put(keyspace.prefix(), DeploymentFigures.of(keyspace));
      } catch (RuntimeException defect) {
        log.error("The figures of {} could not be read", keyspace.prefix(), defect);
      }
    }
    if (loops.decrementAndGet() == 0) {
      finish();
    }
  }

  private void finish() {
    List<Runnable> served;
    synchronized (this) {
      deployments.take(Map.copyOf(copied), System.nanoTime());
      served = List.copyOf(waiting);
      waiting.clear();
    }
    served.forEach(Runnable::run);
  }
}
