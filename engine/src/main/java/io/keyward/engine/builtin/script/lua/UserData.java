package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A value without content of its own: the null of cjson, or what {@code newproxy} makes. */
public final class UserData {
  /** The null pointer that stands for JSON's null. */
  public static final UserData NULL = new UserData(null);

  private final @Nullable LuaTable metatable;

  UserData(@Nullable LuaTable metatable) {
    this.metatable = metatable;
  }

  boolean isNull() {
    return this == NULL;
  }

  @Nullable LuaTable metatable() {
    return metatable;
  }
}
