package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands on their way from the thread that reads a file to the home that does them again: in
 * portions, so that the loop can do other things between them, and not too many at a time.
 */
final class ReplayQueue {
  private static final Logger log = LoggerFactory.getLogger(ReplayQueue.class);
  private static final int MOST_COMMANDS = 256;
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_PORTIONS = 4;

  private record Item(BuiltinKeyspace keyspace, int database, Request request, long offset) {}

  private final Home home;
  private final Replay replay = new Replay();
  private final Semaphore room = new Semaphore(MOST_PORTIONS);
  private List<Item> portion = new ArrayList<>();
  private long bytes;

  /** Errors that commands have answered; written on the loop. */
  private volatile long errors;

  ReplayQueue(Home home) {
    this.home = home;
  }

  /** Adds a command that stands at an offset of its file. */
  void add(BuiltinKeyspace keyspace, int database, Request request, long offset)
      throws InterruptedException {
    portion.add(new Item(keyspace, database, request, offset));
    bytes += request.totalLength();
    if (portion.size() >= MOST_COMMANDS || bytes >= MOST_BYTES) {
      send();
    }
  }

  private void send() throws InterruptedException {
    room.acquire();
    List<Item> sent = portion;
    portion = new ArrayList<>();
    bytes = 0;
    home.loop()
        .execute(
            () -> {
              try {
                sent.forEach(this::apply);
              } finally {
                room.release();
              }
            });
  }

  private void apply(Item item) {
    String error = replay.apply(item.keyspace(), item.database(), item.request());
    if (error != null) {
      long before = errors;
      errors = before + 1;
      if (before == 0) {
        log.warn(
            "{} at offset {} of the append-only file has answered: {}; the file is not of these"
                + " data, or of another version",
            item.request().command().fullName(),
            item.offset(),
            error);
      }
    }
  }

  /** Waits until everything that was added is done; returns how many commands failed. */
  long finish() throws InterruptedException {
    if (!portion.isEmpty()) {
      send();
    }
    room.acquire(MOST_PORTIONS);
    room.release(MOST_PORTIONS);
    return errors;
  }
}
