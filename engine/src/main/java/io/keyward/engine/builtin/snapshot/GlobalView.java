package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.Engine;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys as {@code <prefix>::key}: each belongs to the keyspace of that prefix. What has no known one
 * belongs to the keyspace without a prefix; where there is none, to a new keyspace, since the
 * deployment may be one that is made when somebody logs in.
 */
public final class GlobalView implements KeyPlaces {
  private final BuiltinEngine engine;
  private byte[] lastPrefix = {};
  private @Nullable BuiltinKeyspace last;
  private @Nullable Place lastPlain;

  public GlobalView(BuiltinEngine engine) {
    this.engine = engine;
  }

  @Override
  public @Nullable Place of(byte[] key) {
    int own = Engine.ownPart(key, 0, key.length);
    BuiltinKeyspace named = own < 0 ? null : named(key, own - Engine.SEPARATOR.length());
    if (named != null) {
      return new Place(named, own);
    }
    BuiltinKeyspace plain = engine.find("");
    if (plain != null) {
      return place(plain);
    }
    return own < 0 ? null : new Place(opened(key, own - Engine.SEPARATOR.length()), own);
  }

  private Place place(BuiltinKeyspace plain) {
    Place known = lastPlain;
    if (known == null || known.keyspace() != plain) {
      known = new Place(plain, 0);
      lastPlain = known;
    }
    return known;
  }

  /** Where there is a keyspace without a prefix, no key makes a new one. */
  @Override
  public boolean leadTo(Home home) {
    return engine.find("") == null
        || engine.keyspaces().stream().anyMatch(keyspace -> keyspace.home() == home);
  }

  private @Nullable BuiltinKeyspace named(byte[] key, int length) {
    if (!Arrays.equals(key, 0, length, lastPrefix, 0, lastPrefix.length)) {
      lastPrefix = Arrays.copyOf(key, length);
      last = engine.find(new String(lastPrefix, StandardCharsets.UTF_8));
    }
    return last;
  }

  private BuiltinKeyspace opened(byte[] key, int length) {
    last = engine.open(new String(key, 0, length, StandardCharsets.UTF_8));
    return last;
  }

  @Override
  public @Nullable BuiltinKeyspace ofFunctions(String prefix) {
    if (!prefix.isEmpty()) {
      return engine.open(prefix);
    }
    return engine.keyspaces().size() == 1 ? engine.keyspaces().iterator().next() : engine.find("");
  }
}
