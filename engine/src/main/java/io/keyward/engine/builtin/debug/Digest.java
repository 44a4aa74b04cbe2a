package io.keyward.engine.builtin.debug;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Redis's digest of data sets: SHA-1 sums, chained where order counts and xor-ed where it does not,
 * so that data has the same digest here and there whatever its encoding.
 *
 * <p>The elements are read by the read commands of each type, so that nothing here knows how a
 * value is kept.
 */
final class Digest {
  private static final int SIZE = 20;
  private static final String LAST_ID = "18446744073709551615-18446744073709551615";
  private static final byte[] EXPIRES = "!!expire!!".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FIELD_EXPIRES = "!!hexpire!!".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DOES_NOT_EXPIRE = "*1\r\n:-1\r\n".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest sha1;
  private final Database database;
  private final long now;
  private final Client reader;

  Digest(Database database, long now) {
    this.database = database;
    this.now = now;
    reader = database.keyspace().members().internal(new Reply());
    reader.noTouch(true);
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-1", impossible);
    }
  }

  /** The digest of every database of the keyspace that holds keys, as hexadecimal digits. */
  static String ofAll(Database any, long now) {
    byte[] whole = new byte[SIZE];
    for (int number = 0; number < any.keyspace().databases().count(); number++) {
      Database database = any.keyspace().databases().ifUsed(number);
      if (database != null && database.size() > 0) {
        new Digest(database, now).addDatabase(whole);
      }
    }
    return HexFormat.of().formatHex(whole);
  }

  /** The digest of one value, as hexadecimal digits; zeros if the key is not there. */
  static String ofValue(Database database, byte[] key, long now) {
    byte[] digest = new byte[SIZE];
    Digest of = new Digest(database, now);
    Entry entry = database.find(key, 0, key.length, now, database.newView());
    if (entry != null) {
      of.addValue(digest, key, entry.type(), entry.expiry() >= 0);
    }
    return HexFormat.of().formatHex(digest);
  }

  private void addDatabase(byte[] whole) {
    mix(whole, integer(database.number()));
    List<byte[]> keys = new ArrayList<>();
    Entry view = database.newView();
    database
        .walks()
        .forEach(
            reference -> {
              Entry entry = database.at(reference, view);
              keys.add(
                  Arrays.copyOfRange(
                      entry.bytes(), entry.keyOffset(), entry.keyOffset() + entry.keyLength()));
            });
    for (byte[] key : keys) {
      Entry entry = database.find(key, 0, key.length, now, view);
      if (entry != null) {
        byte[] digest = new byte[SIZE];
        mix(digest, key);
        addValue(digest, key, entry.type(), entry.expiry() >= 0);
        xorHash(whole, digest);
      }
    }
  }

  private void addValue(byte[] digest, byte[] key, Type type, boolean expires) {
    mix(digest, integer(typeNumber(type)));
    switch (type) {
      case STRING -> mixAll(digest, read("get", key));
      case LIST -> mixAll(digest, read("lrange", key, "0", "-1"));
      case SET -> read("smembers", key).forEach(member -> xorHash(digest, member));
      case SORTED_SET -> xorPairs(digest, read("zrange", key, "0", "-1", "withscores"));
      case HASH -> xorFields(digest, key);
      case STREAM -> mixEntries(digest, key);
    }
    if (expires) {
      xorHash(digest, EXPIRES);
    }
  }

  /** The numbers by which Redis knows its types. */
  private static int typeNumber(Type type) {
    return switch (type) {
      case STRING -> 0;
      case LIST -> 1;
      case SET -> 2;
      case SORTED_SET -> 3;
      case HASH -> 4;
      case STREAM -> 6;
    };
  }

  private static byte[] integer(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }

  private void mixAll(byte[] digest, List<byte[]> elements) {
    elements.forEach(element -> mix(digest, element));
  }

  /** Reads a stream entry by entry, so that ids can be told from fields. */
  private void mixEntries(byte[] digest, byte[] key) {
    List<byte[]> entry = read("xrange", key, "-", "+", "COUNT", "1");
    while (!entry.isEmpty()) {
      String id = new String(entry.getFirst(), StandardCharsets.US_ASCII);
      mix(digest, id.replace('-', '.').getBytes(StandardCharsets.US_ASCII));
      mixAll(digest, entry.subList(1, entry.size()));
      entry = id.equals(LAST_ID) ? List.of() : read("xrange", key, "(" + id, "+", "COUNT", "1");
    }
  }

  private void xorFields(byte[] digest, byte[] key) {
    List<byte[]> fields = read("hgetall", key);
    xorPairs(digest, fields);
    Entry hash = database.find(key, 0, key.length, now, database.newView());
    if (hash == null || !FieldExpiry.any(hash)) {
      return;
    }
    for (int i = 0; i < fields.size(); i += 2) {
      String field = new String(fields.get(i), StandardCharsets.ISO_8859_1);
      Reply time = ask("hpexpiretime", key, "FIELDS", "1", field);
      if (!Arrays.equals(
          time.bytes(), 0, time.length(), DOES_NOT_EXPIRE, 0, DOES_NOT_EXPIRE.length)) {
        xorHash(digest, FIELD_EXPIRES);
      }
    }
  }

  private void xorPairs(byte[] digest, List<byte[]> elements) {
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      byte[] pair = new byte[SIZE];
      mix(pair, elements.get(i));
      mix(pair, elements.get(i + 1));
      xorHash(digest, pair);
    }
  }

  /** {@code digest ^= SHA1(bytes)}. */
  private void xorHash(byte[] digest, byte[] bytes) {
    byte[] hash = sha1.digest(bytes);
    for (int i = 0; i < SIZE; i++) {
      digest[i] ^= hash[i];
    }
  }

  /** {@code digest = SHA1(digest ^ SHA1(bytes))}. */
  private void mix(byte[] digest, byte[] bytes) {
    xorHash(digest, bytes);
    System.arraycopy(sha1.digest(digest), 0, digest, 0, SIZE);
  }

  /** The strings in the reply of a read command on the key. */
  private List<byte[]> read(String name, byte[] key, String... further) {
    return Offline.strings(ask(name, key, further));
  }

  private Reply ask(String name, byte[] key, String... further) {
    Command command = database.keyspace().table().find(name);
    if (command == null) {
      throw new IllegalStateException(name + " is not declared");
    }
    Request request = Offline.request(reader, database, command, now, key, further);
    Reply reply = new Reply();
    command.handler().execute(request, reply);
    return reply;
  }
}
