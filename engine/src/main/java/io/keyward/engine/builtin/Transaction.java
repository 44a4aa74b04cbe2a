package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import java.util.ArrayList;
import java.util.List;

/** The commands queued since MULTI. */
public final class Transaction {
  /** What a queued request takes beside its arguments, and each of those beside its bytes. */
  private static final long REQUEST = 160;

  private static final long ARGUMENT = 2 * Integer.BYTES;

  private final List<Request> queue = new ArrayList<>();
  private long bytes;
  private long arguments;
  private boolean spoiled;
  private boolean needsMemory;
  private boolean changes;

  /** Keeps a copy of the request. */
  void add(Request request) {
    Request copy = request.keep();
    queue.add(copy);
    bytes += request.totalLength();
    arguments += request.count();
    needsMemory |= request.command().denyOutOfMemory();
    changes |= request.command().write();
  }

  /** Gives back what the queue has kept of very long arguments. */
  public void end() {
    queue.forEach(Request::dropPieces);
  }

  public List<Request> queue() {
    return queue;
  }

  /** Bytes of memory that the queue takes. */
  long memory() {
    return bytes + arguments * ARGUMENT + queue.size() * REQUEST;
  }

  /** Bytes of the queued arguments. */
  public long bytes() {
    return bytes;
  }

  /** Whether one of the queued commands is refused when memory is short. */
  public boolean needsMemory() {
    return needsMemory;
  }

  /** Whether one of the queued commands changes data. */
  boolean changes() {
    return changes;
  }

  /** Whether a queued command was refused, so that EXEC will abort. */
  public boolean spoiled() {
    return spoiled;
  }

  public void spoil() {
    spoiled = true;
  }
}
