package io.keyward.engine.builtin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What families of commands keep for a keyspace, each made when it is first asked for. */
public final class Attachments {
  private final BuiltinKeyspace keyspace;
  private final Map<Class<?>, Object> present = new HashMap<>();

  Attachments(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** What a family keeps, made now if it has never been asked for. */
  public <T> T get(Class<T> kind, Function<BuiltinKeyspace, T> made) {
    Object found = present.get(kind);
    if (found == null) {
      found = made.apply(keyspace);
      present.put(kind, found);
    }
    return kind.cast(found);
  }

  /** What a family keeps, or null if it has never been asked for. */
  public <T> @Nullable T ifAny(Class<T> kind) {
    Object found = present.get(kind);
    return found == null ? null : kind.cast(found);
  }

  /** What families count of the keys. */
  List<CommonFigure> commonFigures() {
    return present.values().stream()
        .filter(CommonFigure.class::isInstance)
        .map(CommonFigure.class::cast)
        .toList();
  }

  /** Gives everything up, since the keyspace ends. */
  void end() {
    for (Object each : present.values()) {
      if (each instanceof RememberedScripts.OfKeyspace scripts) {
        scripts.shrinkTo(0);
      }
    }
    present.clear();
  }
}
