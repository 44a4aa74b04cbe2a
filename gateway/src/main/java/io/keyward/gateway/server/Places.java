package io.keyward.gateway.server;

import io.keyward.engine.Engine;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.Residents;
import io.keyward.engine.builtin.snapshot.GlobalView;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where the keys of a base belong: as {@link GlobalView} says, or in a keyspace made for them. */
final class Places implements KeyPlaces {
  private final GlobalView view;
  private final Residents residents;

  Places(BuiltinEngine engine, Residents residents) {
    view = new GlobalView(engine);
    this.residents = residents;
  }

  @Override
  public @Nullable Place of(byte[] key) {
    Place present = view.of(key);
    int own = Engine.ownPart(key, 0, key.length);
    if (present != null || own < 0) {
      return present;
    }
    int length = own - Engine.SEPARATOR.length();
    BuiltinKeyspace made = residents.of(new String(key, 0, length, StandardCharsets.UTF_8));
    return made == null ? null : new Place(made, own);
  }

  @Override
  public boolean leadTo(Home home) {
    return view.leadTo(home);
  }

  @Override
  public @Nullable BuiltinKeyspace ofFunctions(String prefix) {
    BuiltinKeyspace present = view.ofFunctions(prefix);
    return present == null ? residents.of(prefix) : present;
  }
}
