package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.structure.Listpack;

/** Reads a packed structure that stands as a string, whatever version wrote it. */
public final class PackedInput {
  /** A listpack is not grown beyond this; no version of Redis does it. */
  public static final int MOST_BYTES = 1 << 30;

  private PackedInput() {}

  /** A listpack as it stands, checked from end to end. */
  public static byte[] listpack(RdbInput in) {
    byte[] listpack = in.readString();
    if (!Listpack.validate(listpack, 0, listpack.length)) {
      throw in.malformed("a listpack is damaged");
    }
    return listpack;
  }

  /** A ziplist as a listpack, which the array may exceed. */
  public static byte[] ziplist(RdbInput in) {
    byte[] listpack = Ziplist.toListpack(in.readString());
    if (listpack == null) {
      throw in.malformed("a ziplist is damaged");
    }
    return listpack;
  }

  /** A zipmap as a listpack, which the array may exceed. */
  public static byte[] zipmap(RdbInput in) {
    byte[] listpack = Zipmap.toListpack(in.readString());
    if (listpack == null) {
      throw in.malformed("a zipmap is damaged");
    }
    return listpack;
  }
}
