package io.keyward.engine.command;

import org.jspecify.annotations.Nullable;

/** The groups under which COMMAND DOCS files commands, with the ACL category of each. */
public enum CommandGroup {
  BITMAP("bitmap", Category.BITMAP),
  CLUSTER("cluster", null),
  CONNECTION("connection", Category.CONNECTION),
  GENERIC("generic", Category.KEYSPACE),
  GEO("geo", Category.GEO),
  HASH("hash", Category.HASH),
  HYPERLOGLOG("hyperloglog", Category.HYPERLOGLOG),
  LIST("list", Category.LIST),
  PUBSUB("pubsub", null),
  SCRIPTING("scripting", Category.SCRIPTING),
  SERVER("server", null),
  SET("set", Category.SET),
  SORTED_SET("sorted-set", Category.SORTEDSET),
  STREAM("stream", Category.STREAM),
  STRING("string", Category.STRING),
  TRANSACTIONS("transactions", Category.TRANSACTION);

  private final String wireName;
  private final @Nullable Category category;

  CommandGroup(String wireName, @Nullable Category category) {
    this.wireName = wireName;
    this.category = category;
  }

  public String wireName() {
    return wireName;
  }

  /** The category that every command of the group is in, if there is one. */
  public @Nullable Category category() {
    return category;
  }
}
