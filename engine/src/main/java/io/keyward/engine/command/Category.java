package io.keyward.engine.command;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ACL categories of Redis. */
public enum Category {
  KEYSPACE,
  READ,
  WRITE,
  SET,
  SORTEDSET,
  LIST,
  HASH,
  STRING,
  BITMAP,
  HYPERLOGLOG,
  GEO,
  STREAM,
  PUBSUB,
  ADMIN,
  FAST,
  SLOW,
  BLOCKING,
  DANGEROUS,
  CONNECTION,
  TRANSACTION,
  SCRIPTING;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  public String wireName() {
    return wireName;
  }

  /** The category of this name in any case, without the {@code @}, or null. */
  public static @Nullable Category named(String name) {
    for (Category category : values()) {
      if (category.wireName.equalsIgnoreCase(name)) {
        return category;
      }
    }
    return null;
  }
}
