package io.keyward.engine.builtin;

import io.keyward.engine.Engine;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.command.CommandTable;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The keyspaces whose data is in this process, spread over the homes that there are. */
public final class BuiltinEngine implements Engine {
  private final List<Home> homes;
  private final CommandTable table;
  private final Function<String, KeyspaceTraits> traits;
  private final ConcurrentMap<String, BuiltinKeyspace> byPrefix = new ConcurrentHashMap<>();
  private final ConcurrentNavigableMap<Long, BuiltinKeyspace> byNumber =
      new ConcurrentSkipListMap<>();
  private final AtomicLong lastNumber = new AtomicLong();

  /**
   * Without keyspaces at first.
   *
   * @param homes one for each event loop
   * @param table the sealed table of all commands
   * @param traits tells the traits of the keyspace of a prefix
   */
  public BuiltinEngine(
      List<Home> homes, CommandTable table, Function<String, KeyspaceTraits> traits) {
    this.homes = List.copyOf(homes);
    this.table = table;
    this.traits = traits;
    for (Home home : homes) {
      home.guard(homes.getFirst().guard());
      home.functionNames(homes.getFirst().functionNames());
      home.memory().peers(this.homes.stream().map(Home::memory).toList());
    }
  }

  public List<Home> homes() {
    return homes;
  }

  public CommandTable table() {
    return table;
  }

  @Override
  public @Nullable BuiltinKeyspace find(String prefix) {
    return byPrefix.get(prefix);
  }

  @Override
  public BuiltinKeyspace open(String prefix) {
    BuiltinKeyspace present = byPrefix.get(prefix);
    if (present != null) {
      return present;
    }
    KeyspaceTraits wanted = traits.apply(prefix);
    BuiltinKeyspace holder = holder(prefix, wanted);
    return byPrefix.computeIfAbsent(prefix, p -> make(p, wanted, holder));
  }

  /**
   * The keyspace of this prefix, made on that home if it is not there, unless it has to live where
   * keys are that it shares.
   */
  public BuiltinKeyspace openOn(String prefix, Home home) {
    KeyspaceTraits wanted = traits.apply(prefix);
    BuiltinKeyspace holder = holder(prefix, wanted);
    Home place = holder == null ? home : holder.home();
    return byPrefix.computeIfAbsent(prefix, p -> make(p, wanted, holder, place));
  }

  /** The keyspace where the keys live that one of this prefix has in common with others. */
  private @Nullable BuiltinKeyspace holder(String prefix, KeyspaceTraits wanted) {
    SharedKeys shared = wanted.sharedKeys();
    return shared == null || shared.prefix().equals(prefix) ? null : open(shared.prefix());
  }

  /** Where keys are shared, all who share them have one home. */
  private BuiltinKeyspace make(
      String prefix, KeyspaceTraits wanted, @Nullable BuiltinKeyspace holder) {
    return make(prefix, wanted, holder, holder == null ? leastLoaded() : holder.home());
  }

  private BuiltinKeyspace make(
      String prefix, KeyspaceTraits wanted, @Nullable BuiltinKeyspace holder, Home home) {
    BuiltinKeyspace made = new BuiltinKeyspace(prefix, home, table);
    SharedKeys shared = wanted.sharedKeys();
    if (holder != null) {
      made.share(Objects.requireNonNull(shared).namespaces(), holder);
    } else if (shared != null) {
      made.lend(shared.namespaces());
    }
    made.traits(wanted);
    made.number(lastNumber.incrementAndGet());
    byNumber.put(made.number(), made);
    home.arrives(made);
    return made;
  }

  @Override
  public void refresh(String prefix) {
    BuiltinKeyspace present = byPrefix.get(prefix);
    if (present != null) {
      KeyspaceTraits now = traits.apply(prefix);
      present.loop().execute(() -> present.traits(now));
    }
  }

  private Home leastLoaded() {
    return Collections.min(
        homes, Comparator.comparingInt(Home::loadPercent).thenComparingInt(Home::residents));
  }

  @Override
  public boolean drop(String prefix) {
    BuiltinKeyspace dropped = byPrefix.remove(prefix);
    if (dropped == null) {
      return false;
    }
    byNumber.remove(dropped.number());
    dropped.loop().execute(() -> dropped.slices().whenIdle(dropped::end));
    return true;
  }

  /** The keyspace with the least number from this one on, or null. */
  public @Nullable BuiltinKeyspace from(long number) {
    Map.Entry<Long, BuiltinKeyspace> found = byNumber.ceilingEntry(number);
    return found == null ? null : found.getValue();
  }

  @Override
  public Collection<BuiltinKeyspace> keyspaces() {
    return Collections.unmodifiableCollection(byPrefix.values());
  }
}
