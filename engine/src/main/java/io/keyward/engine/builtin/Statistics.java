package io.keyward.engine.builtin;

import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** What a keyspace counts, read by INFO and the metrics; written on the home loop alone. */
public final class Statistics {
  private long hits;
  private long misses;
  private long expiredKeys;
  private long evictedKeys;
  private long commands;
  private long errors;
  private final long[] calls;
  private final long[] nanos;
  private final long[] failed;
  private final long[] rejected;

  Statistics(CommandTable table) {
    int commandCount = table.numbered().size();
    calls = new long[commandCount];
    nanos = new long[commandCount];
    failed = new long[commandCount];
    rejected = new long[commandCount];
  }

  void hit() {
    hits++;
  }

  void miss() {
    misses++;
  }

  void expired() {
    expiredKeys++;
  }

  void evicted() {
    evictedKeys++;
  }

  void called(Command command, long nanoseconds) {
    commands++;
    calls[command.index()]++;
    nanos[command.index()] += nanoseconds;
  }

  void failed(Command command) {
    failed[command.index()]++;
  }

  void rejected(Command command) {
    rejected[command.index()]++;
  }

  /** Counts an error reply. */
  void error() {
    errors++;
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  public long expiredKeys() {
    return expiredKeys;
  }

  public long evictedKeys() {
    return evictedKeys;
  }

  public long commands() {
    return commands;
  }

  public long errors() {
    return errors;
  }

  public long calls(Command command) {
    return calls[command.index()];
  }

  /** Nanoseconds spent in all calls of a command. */
  public long nanos(Command command) {
    return nanos[command.index()];
  }

  /** Calls that ended in an error. */
  public long failedCalls(Command command) {
    return failed[command.index()];
  }

  /** Requests refused before they were executed. */
  public long rejectedCalls(Command command) {
    return rejected[command.index()];
  }

  /** Begins to count anew. */
  public void reset() {
    hits = 0;
    misses = 0;
    expiredKeys = 0;
    evictedKeys = 0;
    commands = 0;
    errors = 0;
    java.util.Arrays.fill(calls, 0);
    java.util.Arrays.fill(nanos, 0);
    java.util.Arrays.fill(failed, 0);
    java.util.Arrays.fill(rejected, 0);
  }
}
