package io.keyward.engine.builtin.observation;

import io.keyward.engine.Client;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** The latest commands that took long, the newest first. */
public final class SlowLog {
  private static final int MOST_ARGUMENTS = 32;
  private static final int LONGEST_ARGUMENT = 128;

  /**
   * One slow command.
   *
   * @param time seconds since 1970
   * @param micros how long it took
   * @param address the client's
   * @param name the client's
   */
  public record Entry(
      long id, long time, long micros, List<byte[]> arguments, String address, String name) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long nextId;

  /** The number of entries. */
  public int size() {
    return entries.size();
  }

  /** How many commands have been slow since the start, those dropped from the log included. */
  public long added() {
    return nextId;
  }

  /** The entries, the newest first. */
  public Iterator<Entry> newestFirst() {
    return entries.iterator();
  }

  /** Drops all entries. */
  public void clear() {
    entries.clear();
  }

  /** Adds a command, and drops the oldest ones beyond {@code most}. */
  void add(Request request, Command command, long nanos, long most) {
    Client client = request.client();
    entries.addFirst(
        new Entry(
            nextId++,
            System.currentTimeMillis() / 1000,
            nanos / 1000,
            List.of(shown(request, command)),
            client.connection().remoteAddress(),
            client.nameText()));
    while (entries.size() > most) {
      entries.removeLast();
    }
  }

  private static byte[][] shown(Request request, Command command) {
    int count = request.count();
    byte[][] shown = new byte[Math.min(count, MOST_ARGUMENTS)][];
    for (int i = 0; i < shown.length; i++) {
      shown[i] = shown(request, i);
    }
    Secrets.hide(request, command, shown);
    if (count > MOST_ARGUMENTS) {
      int more = count - MOST_ARGUMENTS + 1;
      shown[MOST_ARGUMENTS - 1] = text("... (" + more + " more arguments)");
    }
    return shown;
  }

  private static byte[] shown(Request request, int index) {
    int length = request.length(index);
    if (length <= LONGEST_ARGUMENT) {
      return request.copyOf(index);
    }
    byte[] ending = text("... (" + (length - LONGEST_ARGUMENT) + " more bytes)");
    byte[] shown =
        Arrays.copyOf(request.copyOf(index, LONGEST_ARGUMENT), LONGEST_ARGUMENT + ending.length);
    System.arraycopy(ending, 0, shown, LONGEST_ARGUMENT, ending.length);
    return shown;
  }

  private static byte[] text(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
