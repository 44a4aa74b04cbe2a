package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads the keys of shared namespaces to the keyspace that holds them for several others, to the
 * database of the same number.
 */
final class SharedRoutes implements KeyRoutes {
  private static final byte[] NOTHING = {};

  private final Namespaces shared;
  private final BuiltinKeyspace holder;

  /** Which of the namespaces that the holder lends are the shared ones. */
  private final int[] lent;

  SharedRoutes(Namespaces shared, BuiltinKeyspace holder) {
    this.shared = shared;
    this.holder = holder;
    List<String> all = Objects.requireNonNull(holder.lends(), "nothing to share").names();
    lent = shared.names().stream().mapToInt(all::indexOf).toArray();
  }

  BuiltinKeyspace holder() {
    return holder;
  }

  /** Whether a name is in a namespace that is shared. */
  boolean cover(byte[] name, int offset, int length) {
    return shared.contain(name, offset, length);
  }

  @Override
  public Database lead(Database from, byte[] name, int offset, int length) {
    if (!shared.contain(name, offset, length)) {
      return from;
    }
    from.keyspace().slices().touches(holder);
    return holder.databases().at(from.number());
  }

  @Override
  public boolean sees(Database database, byte[] name, int offset, int length) {
    return database.keyspace() != holder || shared.contain(name, offset, length);
  }

  @Override
  public long seen(Database database) {
    LentKeys counted = database.index().lent();
    return counted == null ? database.size() : counted.keys(lent);
  }

  @Override
  public long seenExpiring(Database database) {
    LentKeys counted = database.index().lent();
    return counted == null ? database.expiring() : counted.expiring(lent);
  }

  @Override
  public int skipped() {
    return 0;
  }

  @Override
  public byte[] before(Database shares) {
    return NOTHING;
  }

  @Override
  public long numberFrom(long number) {
    return number > 1 ? -1 : number;
  }

  @Override
  public @Nullable Database numbered(Database from, long number) {
    from.keyspace().slices().touches(holder);
    return number == 0 ? from : holder.databases().at(from.number());
  }

  @Override
  public void forEach(Database from, Consumer<Database> visitor) {
    from.keyspace().slices().touches(holder);
    visitor.accept(from);
    visitor.accept(holder.databases().at(from.number()));
  }
}
