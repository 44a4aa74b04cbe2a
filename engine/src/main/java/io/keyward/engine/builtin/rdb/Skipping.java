package io.keyward.engine.builtin.rdb;

/** Passes over a value without making anything of it. */
public final class Skipping {
  private Skipping() {}

  /** Passes over a value whose type has been read. */
  public static void value(int type, RdbInput in) {
    switch (type) {
      case RdbType.STRING,
          RdbType.HASH_ZIPMAP,
          RdbType.LIST_ZIPLIST,
          RdbType.SET_INTSET,
          RdbType.SORTED_SET_ZIPLIST,
          RdbType.HASH_ZIPLIST,
          RdbType.HASH_LISTPACK,
          RdbType.SORTED_SET_LISTPACK,
          RdbType.SET_LISTPACK ->
          in.skipString();
      case RdbType.LIST, RdbType.SET, RdbType.LIST_QUICKLIST -> strings(in, in.readCount(1), 1);
      case RdbType.HASH -> strings(in, in.readCount(2), 2);
      case RdbType.SORTED_SET, RdbType.SORTED_SET_2 -> members(in, type);
      case RdbType.LIST_QUICKLIST_2 -> nodes(in);
      case RdbType.HASH_EXPIRING -> {
        long _ = in.readLong();
        fields(in);
      }
      case RdbType.HASH_LISTPACK_EXPIRING -> {
        long _ = in.readLong();
        in.skipString();
      }
      case RdbType.STREAM, RdbType.STREAM_2, RdbType.STREAM_3 -> stream(in, type);
      case RdbType.MODULE -> {
        long _ = in.readLength();
        module(in);
      }
      default -> throw in.malformed("a value of the unknown type " + type);
    }
  }

  private static void strings(RdbInput in, int items, int each) {
    for (long i = (long) items * each; i > 0; i--) {
      in.skipString();
    }
  }

  private static void members(RdbInput in, int type) {
    for (int left = in.readCount(2); left > 0; left--) {
      in.skipString();
      if (type == RdbType.SORTED_SET_2) {
        in.skip(Double.BYTES);
      } else {
        double _ = in.readDoubleText();
      }
    }
  }

  private static void nodes(RdbInput in) {
    for (int left = in.readCount(2); left > 0; left--) {
      long _ = in.readLength();
      in.skipString();
    }
  }

  private static void fields(RdbInput in) {
    for (int left = in.readCount(3); left > 0; left--) {
      long _ = in.readLength();
      in.skipString();
      in.skipString();
    }
  }

  private static void stream(RdbInput in, int type) {
    boolean counted = type != RdbType.STREAM;
    strings(in, in.readCount(2), 2);
    numbers(in, counted ? 8 : 3);
    for (int groups = in.readCount(6); groups > 0; groups--) {
      in.skipString();
      numbers(in, counted ? 3 : 2);
      for (int pending = in.readCount(25); pending > 0; pending--) {
        in.skip(24);
        numbers(in, 1);
      }
      for (int consumers = in.readCount(10); consumers > 0; consumers--) {
        in.skipString();
        in.skip(type == RdbType.STREAM_3 ? 16 : 8);
        in.skip(16L * in.readCount(16));
      }
    }
  }

  private static void numbers(RdbInput in, int count) {
    for (int i = 0; i < count; i++) {
      long _ = in.readLength();
    }
  }

  /**
   * Passes over what a module has written: parts, each behind a number that says what it is.
   *
   * <pre>
   * 0 end | 1, 2 number | 3 float, 4 bytes | 4 double, 8 bytes | 5 string
   * </pre>
   */
  public static void module(RdbInput in) {
    while (true) {
      int part = (int) Math.min(99, in.readLength() & Long.MAX_VALUE);
      switch (part) {
        case 0 -> {
          return;
        }
        case 1, 2 -> numbers(in, 1);
        case 3 -> in.skip(Float.BYTES);
        case 4 -> in.skip(Double.BYTES);
        case 5 -> in.skipString();
        default -> throw in.malformed("the data of a module has an unknown part");
      }
    }
  }
}
