package io.keyward.gateway.command;

import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.command.Command;

/** What INFO commandstats tells of one command, in one keyspace or in all of them. */
record CommandCounts(long calls, long nanos, long rejected, long failed) {
  static CommandCounts of(Statistics statistics, Command command) {
    return new CommandCounts(
        statistics.calls(command),
        statistics.nanos(command),
        statistics.rejectedCalls(command),
        statistics.failedCalls(command));
  }

  boolean any() {
    return calls + rejected + failed > 0;
  }

  CommandCounts plus(CommandCounts other) {
    return new CommandCounts(
        calls + other.calls, nanos + other.nanos, rejected + other.rejected, failed + other.failed);
  }

  void write(InfoText text, Command command) {
    double micros = nanos / 1000.0;
    text.field(
        "cmdstat_" + command.fullName(),
        "calls="
            + calls
            + ",usec="
            + Math.round(micros)
            + ",usec_per_call="
            + InfoText.decimal(calls == 0 ? 0 : micros / calls, 2)
            + ",rejected_calls="
            + rejected
            + ",failed_calls="
            + failed);
  }
}
