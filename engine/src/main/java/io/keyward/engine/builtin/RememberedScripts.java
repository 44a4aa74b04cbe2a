package io.keyward.engine.builtin;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scripts that the keyspaces of a home remember: they count as data, and have a budget
 * together, so that many keyspaces do not fill the heap with them. Of what is too much, those
 * forget some that have most.
 */
public final class RememberedScripts {
  /** Those of one keyspace. */
  public interface OfKeyspace {
    /** Bytes that they take. */
    long bytes();

    /** Forgets those that were not used for longest, until no more than so many bytes are left. */
    void shrinkTo(long most);
  }

  private final Home home;
  private final Set<OfKeyspace> keyspaces = new LinkedHashSet<>();
  private long bytes;

  RememberedScripts(Home home) {
    this.home = home;
  }

  /** Counts what a keyspace remembers more, or less if negative, when it does. */
  public void count(OfKeyspace keyspace, long change) {
    bytes += change;
    if (keyspace.bytes() > 0) {
      keyspaces.add(keyspace);
    } else {
      keyspaces.remove(keyspace);
    }
  }

  /** Has some forgotten until all of them are within the budget. */
  public void keepWithinBudget() {
    long most = budget();
    for (OfKeyspace greatest = greatest(); greatest != null && bytes > most; ) {
      long present = greatest.bytes();
      greatest.shrinkTo(Math.max(present * 3 / 4, present - (bytes - most)));
      greatest = greatest();
    }
  }

  /** Each home has an equal part of what the heap leaves for all of them. */
  private long budget() {
    UsedMemory memory = home.memory();
    return home.guard().rememberedScriptLimit(memory.ofAll()) / Math.max(1, memory.peers().size());
  }

  private @Nullable OfKeyspace greatest() {
    OfKeyspace greatest = null;
    for (OfKeyspace each : keyspaces) {
      greatest = greatest == null || each.bytes() > greatest.bytes() ? each : greatest;
    }
    return greatest;
  }
}
