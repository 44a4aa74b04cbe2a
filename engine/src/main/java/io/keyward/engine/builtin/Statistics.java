package io.keyward.engine.builtin;

import io.keyward.engine.command.Command;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a keyspace counts, read by INFO and the metrics; written on the home loop alone. */
public final class Statistics {
  private long hits;
  private long misses;

  /** Misses up to this count have been told before, by a command that then began again. */
  private long toldMisses;

  private long expiredKeys;
  private long expiredFields;
  private long evictedKeys;
  private long evictedPinnedKeys;
  private long commands;
  private final Rate commandRate = new Rate();
  private long errors;
  private long receivedBytes;
  private long sentBytes;
  private long publishedMessages;
  private long deliveredMessages;
  private long stoppedScripts;
  private long checkedPayloads;
  private long nanosFromScripts;
  private long nanosFromTransactions;
  private long nanosInScript;
  private long nanosInTransaction;
  private @Nullable OfCommand[] byCommand = {};

  /** What is counted for one command; made when it is first called. */
  private static final class OfCommand {
    private static final OfCommand NONE = new OfCommand();

    private long calls;
    private long nanos;
    private long failed;
    private long rejected;
  }

  private OfCommand count(Command command) {
    int index = command.index();
    OfCommand counted = index < byCommand.length ? byCommand[index] : null;
    return counted == null ? begin(index) : counted;
  }

  private OfCommand begin(int index) {
    if (index >= byCommand.length) {
      byCommand = Arrays.copyOf(byCommand, Math.max(index + 1, byCommand.length * 2));
    }
    OfCommand counted = new OfCommand();
    byCommand[index] = counted;
    return counted;
  }

  private OfCommand of(Command command) {
    int index = command.index();
    OfCommand counted = index < byCommand.length ? byCommand[index] : null;
    return counted == null ? OfCommand.NONE : counted;
  }

  void hit() {
    hits++;
  }

  /**
   * Counts a key that is not there.
   *
   * @return whether that is news: it is not for a command that has begun again and comes to a key
   *     that it has looked for already
   */
  boolean miss() {
    misses++;
    return misses > toldMisses;
  }

  /** Takes back what has been looked up by a command that begins again. */
  void takeBackLookUps(long hitsBefore, long missesBefore) {
    toldMisses = misses;
    hits = hitsBefore;
    misses = missesBefore;
  }

  void expired() {
    expiredKeys++;
  }

  void fieldsExpired(int fields) {
    expiredFields += fields;
  }

  void evicted() {
    evictedKeys++;
  }

  /** Counts that an evicted key was a pinned one. */
  void evictedPinned() {
    evictedPinnedKeys++;
  }

  void called(Command command, long nanoseconds) {
    commands++;
    OfCommand counted = count(command);
    counted.calls++;
    counted.nanos += nanoseconds;
  }

  void failed(Command command) {
    count(command).failed++;
  }

  void rejected(Command command) {
    count(command).rejected++;
  }

  /** Counts an error reply. */
  void error() {
    errors++;
  }

  /** Counts bytes that have come from the clients. */
  public void received(long bytes) {
    receivedBytes += bytes;
  }

  /** Counts bytes that go to the clients. */
  public void sent(long bytes) {
    sentBytes += bytes;
  }

  /** Counts a message. */
  void published() {
    publishedMessages++;
  }

  /** Counts those whom a message has reached. */
  void delivered(int receivers) {
    deliveredMessages += receivers;
  }

  /** Counts a payload of RESTORE that was checked byte by byte. */
  public void payloadChecked() {
    checkedPayloads++;
  }

  /** Payloads of RESTORE, all of which are checked byte by byte. */
  public long checkedPayloads() {
    return checkedPayloads;
  }

  /** Counts a script or function that was ended before its end. */
  public void scriptStopped() {
    stoppedScripts++;
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

  /** Fields of hashes that have expired. */
  public long expiredFields() {
    return expiredFields;
  }

  public long evictedKeys() {
    return evictedKeys;
  }

  /** Of the evicted keys those that were pinned, and went for others of their kind. */
  public long evictedPinnedKeys() {
    return evictedPinnedKeys;
  }

  /** Commands a second. */
  public Rate commandRate() {
    return commandRate;
  }

  public long commands() {
    return commands;
  }

  public long errors() {
    return errors;
  }

  public long receivedBytes() {
    return receivedBytes;
  }

  public long sentBytes() {
    return sentBytes;
  }

  /** Messages that were published to channels. */
  public long publishedMessages() {
    return publishedMessages;
  }

  /** Copies of them that went to subscribers. */
  public long deliveredMessages() {
    return deliveredMessages;
  }

  /** Scripts and functions that somebody has killed, or that exceeded a limit. */
  public long stoppedScripts() {
    return stoppedScripts;
  }

  public long calls(Command command) {
    return of(command).calls;
  }

  /** Nanoseconds spent in all calls of a command. */
  public long nanos(Command command) {
    return of(command).nanos;
  }

  /** Nanoseconds spent in commands, in none of them twice. */
  public long allNanos() {
    long sum = -nanosFromScripts - nanosFromTransactions;
    for (OfCommand counted : byCommand) {
      sum += counted == null ? 0 : counted.nanos;
    }
    return sum;
  }

  /** Nanoseconds in commands that scripts called, which are in those of the scripts as well. */
  public long nanosFromScripts() {
    return nanosFromScripts;
  }

  /** Nanoseconds in commands of transactions, which are in those of EXEC as well. */
  public long nanosFromTransactions() {
    return nanosFromTransactions;
  }

  void inScript(long nanoseconds) {
    nanosInScript += nanoseconds;
  }

  void inTransaction(long nanoseconds) {
    nanosInTransaction += nanoseconds;
  }

  /** A script is over, whose own time is counted next. */
  public void scriptEnded() {
    nanosFromScripts += nanosInScript;
    nanosInScript = 0;
  }

  /** A transaction is over, whose own time is counted next. */
  public void transactionEnded() {
    nanosFromTransactions += nanosInTransaction;
    nanosInTransaction = 0;
  }

  /** Calls that ended in an error. */
  public long failedCalls(Command command) {
    return of(command).failed;
  }

  /** Requests refused before they were executed. */
  public long rejectedCalls(Command command) {
    return of(command).rejected;
  }

  /** Begins to count anew. */
  public void reset() {
    hits = 0;
    misses = 0;
    toldMisses = 0;
    expiredKeys = 0;
    expiredFields = 0;
    evictedKeys = 0;
    evictedPinnedKeys = 0;
    commands = 0;
    errors = 0;
    receivedBytes = 0;
    sentBytes = 0;
    publishedMessages = 0;
    deliveredMessages = 0;
    stoppedScripts = 0;
    checkedPayloads = 0;
    nanosFromScripts = 0;
    nanosFromTransactions = 0;
    nanosInScript = 0;
    nanosInTransaction = 0;
    Arrays.fill(byCommand, null);
  }
}
