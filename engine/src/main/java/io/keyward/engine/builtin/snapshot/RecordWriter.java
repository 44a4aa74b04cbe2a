package io.keyward.engine.builtin.snapshot;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Engine;
import io.keyward.engine.builtin.AccessClock;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Writes what stands before the value of a key: its database, its end, its use and its name. */
final class RecordWriter {
  private enum Use {
    NONE,
    IDLE,
    FREQUENCY
  }

  private final byte[] prefix;
  private final AccessClock clock;
  private final Use use;
  private byte[] name;

  RecordWriter(BuiltinKeyspace keyspace, HomeSnapshot.Names names) {
    prefix =
        names == HomeSnapshot.Names.OWN || keyspace.prefix().isEmpty()
            ? new byte[0]
            : (keyspace.prefix() + Engine.SEPARATOR).getBytes(StandardCharsets.UTF_8);
    name = Arrays.copyOf(prefix, prefix.length + 64);
    clock = keyspace.home().clock();
    String policy =
        keyspace.home().settings().text(Directive.MAXMEMORY_POLICY).toLowerCase(Locale.ROOT);
    use = policy.endsWith("lfu") ? Use.FREQUENCY : policy.endsWith("lru") ? Use.IDLE : Use.NONE;
  }

  /** Says that keys of another database follow. */
  static void select(int number, RdbOutput out) {
    out.writeByte(RdbType.SELECT);
    out.writeLength(number);
  }

  /** Says how many keys the selected database holds at most, and how many of them expire. */
  static void announce(int keys, int expiring, RdbOutput out) {
    out.writeByte(RdbType.RESIZE);
    out.writeWideLength(keys);
    out.writeWideLength(expiring);
  }

  /** Writes everything but type and value; the name will stand between them. */
  void begin(Entry entry, RdbOutput out) {
    long expiry = entry.expiry();
    if (expiry >= 0) {
      out.writeByte(RdbType.EXPIRY_MILLISECONDS);
      out.writeLong(expiry);
    }
    if (use == Use.IDLE) {
      out.writeByte(RdbType.IDLE);
      out.writeLength(clock.idleSeconds(entry.clock()));
    } else if (use == Use.FREQUENCY) {
      out.writeByte(RdbType.FREQUENCY);
      out.writeByte(clock.count(entry.clock()));
    }
    int length = entry.keyLength();
    if (prefix.length == 0) {
      out.nameNext(entry.bytes(), entry.keyOffset(), length);
      return;
    }
    if (name.length - prefix.length < length) {
      name = Arrays.copyOf(prefix, prefix.length + 2 * length);
    }
    System.arraycopy(entry.bytes(), entry.keyOffset(), name, prefix.length, length);
    out.nameNext(name, 0, prefix.length + length);
  }
}
