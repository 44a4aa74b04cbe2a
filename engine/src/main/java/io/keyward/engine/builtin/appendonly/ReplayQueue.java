package io.keyward.engine.builtin.appendonly;

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
  private static final int FETCHED_AT_ONCE = 32;

  private final Home home;
  private final long before;
  private final Replayed.Spare spare;
  private final Replay replay = new Replay();
  private final Semaphore room = new Semaphore(MOST_PORTIONS);
  private List<Replayed> portion = new ArrayList<>(MOST_COMMANDS);
  private long bytes;

  /** Keeps what has been fetched from being fetched for nothing. */
  int unusedSum;

  /** Errors that commands have answered; written on the loop. */
  private volatile long errors;

  /**
   * @param before bytes of the files before the one that is read
   */
  ReplayQueue(Home home, long before, Replayed.Spare spare) {
    this.home = home;
    this.before = before;
    this.spare = spare;
  }

  /**
   * Adds a command.
   *
   * @return whether a portion has been sent with it
   */
  boolean add(Replayed command) throws InterruptedException {
    portion.add(command);
    bytes += command.request().totalLength();
    if (portion.size() >= MOST_COMMANDS || bytes >= MOST_BYTES) {
      send();
      return true;
    }
    return false;
  }

  private void send() throws InterruptedException {
    room.acquire();
    List<Replayed> sent = portion;
    portion = new ArrayList<>(MOST_COMMANDS);
    bytes = 0;
    home.loop()
        .execute(
            () -> {
              try {
                apply(sent);
              } finally {
                spare.giveBack(sent);
                room.release();
              }
            });
  }

  private void apply(List<Replayed> sent) {
    for (int begin = 0; begin < sent.size(); begin += FETCHED_AT_ONCE) {
      int end = Math.min(sent.size(), begin + FETCHED_AT_ONCE);
      int sum = 0;
      for (int i = begin; i < end; i++) {
        sum += sent.get(i).fetch();
      }
      unusedSum = sum;
      for (int i = begin; i < end; i++) {
        apply(sent.get(i));
      }
    }
  }

  private void apply(Replayed item) {
    long place = before + item.offset();
    String error = replay.apply(item.keyspace(), item.database(), item.request(), place);
    if (error != null) {
      long former = errors;
      errors = former + 1;
      if (former == 0) {
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
