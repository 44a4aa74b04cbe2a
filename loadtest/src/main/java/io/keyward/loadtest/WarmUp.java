package io.keyward.loadtest;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Load before the first measurement: a JVM runs new code slowly until its compilers have seen it
 * often. Every kind of request that will be measured gets its share of the time, in two passes,
 * because code compiled for the first kinds may be thrown away when the later ones come.
 */
final class WarmUp {
  private static final int PASSES = 2;
  private static final int VALUE_BYTES = 64;

  private WarmUp() {}

  static void run(
      List<RunningServer> servers,
      List<Workload> workloads,
      List<Integer> pipelines,
      LoadOptions load)
      throws IOException, InterruptedException {
    int shares = PASSES * workloads.size() * pipelines.size();
    Duration share = load.warmup().dividedBy(shares);
    for (int pass = 0; pass < PASSES; pass++) {
      for (Workload workload : workloads) {
        for (RunningServer server : servers) {
          Trial trial = new Trial(server, workload, VALUE_BYTES, load.clients(), load.keyspace());
          trial.prepare();
          for (int pipeline : pipelines) {
            trial.closedLoop(pipeline, share);
          }
        }
      }
    }
  }
}
