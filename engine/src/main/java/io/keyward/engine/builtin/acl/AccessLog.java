package io.keyward.engine.builtin.acl;

import io.keyward.engine.builtin.acl.Denial.Reason;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What has been refused lately, the newest first; what is alike is counted in one entry. */
public final class AccessLog {
  private static final long ALIKE_MILLIS = 60_000;
  private static final int COMPARED = 10;

  /** What is kept of a text: whoever is refused chooses names and keys of any length. */
  private static final int MOST_CHARACTERS = 1024;

  /** Where the refused command came from. */
  public enum Context {
    TOPLEVEL,
    MULTI,
    LUA;

    /** The name in ACL LOG. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A refusal and those like it.
   *
   * @param object the command, key or channel
   * @param client the line of CLIENT LIST of the client that came last
   * @param created milliseconds since 1970
   * @param updated milliseconds since 1970
   */
  public record Entry(
      long id,
      long count,
      Reason reason,
      Context context,
      String object,
      String user,
      String client,
      long created,
      long updated) {

    private boolean alike(Entry other) {
      return reason == other.reason
          && context == other.context
          && Math.abs(updated - other.updated) <= ALIKE_MILLIS
          && object.equals(other.object)
          && user.equals(other.user);
    }

    private Entry again(Entry latest) {
      return new Entry(
          id, count + 1, reason, context, object, user, latest.client, created, latest.updated);
    }
  }

  private final ArrayDeque<Entry> entries = new ArrayDeque<>(1);
  private final long[] counts = new long[Reason.values().length];
  private long nextId;

  /** The entries, the newest first. */
  public Iterable<Entry> newestFirst() {
    return entries;
  }

  public int size() {
    return entries.size();
  }

  /** Drops all entries. */
  public void clear() {
    entries.clear();
  }

  /** How often something was refused for this reason. */
  public long count(Reason reason) {
    return counts[reason.ordinal()];
  }

  /** Begins to count anew. */
  public void resetCounts() {
    Arrays.fill(counts, 0);
  }

  /** Adds a refusal, and drops the oldest beyond {@code most} entries. */
  void add(
      Reason reason,
      Context context,
      String object,
      String user,
      String client,
      long now,
      long most) {
    counts[reason.ordinal()]++;
    Entry entry =
        new Entry(nextId, 1, reason, context, cut(object), cut(user), cut(client), now, now);
    Entry former = takeAlike(entry);
    if (former != null) {
      entries.addFirst(former.again(entry));
      return;
    }
    nextId++;
    entries.addFirst(entry);
    while (entries.size() > most) {
      entries.removeLast();
    }
  }

  private static String cut(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
  }

  private @Nullable Entry takeAlike(Entry entry) {
    Iterator<Entry> latest = entries.iterator();
    for (int i = 0; i < COMPARED && latest.hasNext(); i++) {
      Entry former = latest.next();
      if (former.alike(entry)) {
        latest.remove();
        return former;
      }
    }
    return null;
  }
}
