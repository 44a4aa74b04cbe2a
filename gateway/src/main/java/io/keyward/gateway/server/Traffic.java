package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Rate;
import java.util.concurrent.atomic.LongAdder;

/** Counts connections and bytes of the whole server; any thread may count and read. */
public final class Traffic {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder hops = new LongAdder();
  private final LongAdder handshakes = new LongAdder();
  private final LongAdder failedHandshakes = new LongAdder();
  private final Rate receivedRate = new Rate();
  private final Rate sentRate = new Rate();
  private final LongAdder protocolErrors = new LongAdder();
  private final LongAdder outputLimitCloses = new LongAdder();
  private final LongAdder inputLimitCloses = new LongAdder();
  private final LongAdder memoryCloses = new LongAdder();

  void accepted() {
    accepted.increment();
  }

  void rejected() {
    rejected.increment();
  }

  void received(long bytes) {
    received.add(bytes);
    reads.increment();
  }

  /** Counts bytes that leave for a client, for its keyspace and that one's limits as well. */
  void sent(Client client, long bytes) {
    sent.add(bytes);
    writes.increment();
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      keyspace.statistics().sent(bytes);
      Limits limits = keyspace.limits();
      if (limits != null) {
        limits.sent(bytes);
      }
    }
  }

  /** How often something has been read from a socket. */
  public long reads() {
    return reads.sum();
  }

  /** How often something has been written to a socket. */
  public long writes() {
    return writes.sum();
  }

  void hopped() {
    hops.increment();
  }

  void shookHands(boolean success) {
    (success ? handshakes : failedHandshakes).increment();
  }

  void protocolError() {
    protocolErrors.increment();
  }

  void closedForOutput() {
    outputLimitCloses.increment();
  }

  void closedForInput() {
    inputLimitCloses.increment();
  }

  void cutOff() {
    memoryCloses.increment();
  }

  /** Clients closed because clients took more memory than they may. */
  public long cutOffForMemory() {
    return memoryCloses.sum();
  }

  /** Connections accepted since the start or the last reset. */
  public long connectionsAccepted() {
    return accepted.sum();
  }

  /** Connections refused because of {@code maxclients}. */
  public long connectionsRejected() {
    return rejected.sum();
  }

  public long bytesReceived() {
    return received.sum();
  }

  public long bytesSent() {
    return sent.sum();
  }

  /** Reads that went from the loop of their socket to the home loop of a keyspace. */
  public long loopHops() {
    return hops.sum();
  }

  /** TLS handshakes that succeeded. */
  public long handshakes() {
    return handshakes.sum();
  }

  /** TLS handshakes that failed. */
  public long failedHandshakes() {
    return failedHandshakes.sum();
  }

  public long protocolErrors() {
    return protocolErrors.sum();
  }

  /** Clients closed because they did not take their output. */
  public long outputLimitDisconnections() {
    return outputLimitCloses.sum();
  }

  /** Clients closed because their unread input outgrew its limit. */
  public long inputLimitDisconnections() {
    return inputLimitCloses.sum();
  }

  /** Takes the counts for the rates; once a second or more often, by one thread. */
  void sample(long now) {
    receivedRate.sample(now, bytesReceived());
    sentRate.sample(now, bytesSent());
  }

  /** Bytes received a second. */
  public double receivedPerSecond() {
    return receivedRate.perSecond();
  }

  /** Bytes sent a second. */
  public double sentPerSecond() {
    return sentRate.perSecond();
  }

  /** Begins to count anew, for CONFIG RESETSTAT. */
  public void reset() {
    accepted.reset();
    rejected.reset();
    received.reset();
    sent.reset();
    hops.reset();
    handshakes.reset();
    failedHandshakes.reset();
    protocolErrors.reset();
    outputLimitCloses.reset();
    inputLimitCloses.reset();
    memoryCloses.reset();
  }
}
