package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are seen in a database: its own, and where {@link KeyRoutes} lead to others those of
 * their databases, which hold them.
 */
public final class SeenKeys {
  private static final byte[] NOTHING = {};

  private SeenKeys() {}

  /** Whether two arguments are names of one key. */
  public static boolean same(Database database, Request request, int one, int other) {
    if (database.routes() == null || request.same(one, other)) {
      return request.same(one, other);
    }
    GlobalName name = new GlobalName(database);
    byte[] bytes = request.bytes();
    name.of(database, bytes, request.offset(one), request.length(one));
    Database holder = name.holder();
    Key key = name.key();
    name.of(database, bytes, request.offset(other), request.length(other));
    return holder == name.holder() && key.equals(name.key());
  }

  /** How many there are. */
  public static long count(Database database) {
    KeyRoutes leads = database.routes();
    if (leads == null) {
      return database.size();
    }
    long[] sum = {0};
    leads.forEach(database, holder -> sum[0] += leads.seen(holder));
    return sum[0];
  }

  /** How many of those of a holder, as they are seen in a database. */
  public static long count(Database database, Database holder) {
    KeyRoutes leads = database.routes();
    return leads == null ? holder.size() : leads.seen(holder);
  }

  /** How many of them expire. */
  static long expiring(Database database) {
    KeyRoutes leads = database.routes();
    if (leads == null) {
      return database.expiring();
    }
    long[] sum = {0};
    leads.forEach(database, holder -> sum[0] += leads.seenExpiring(holder));
    return sum[0];
  }

  /**
   * The mean time to live of those, in milliseconds; of each holder as its last walks have seen.
   */
  static double lifetime(Database database) {
    double[] sum = {0, 0};
    for (Database holder : holders(database)) {
      KeyRoutes leads = database.routes();
      long expiring = leads == null ? holder.expiring() : leads.seenExpiring(holder);
      sum[0] += expiring;
      sum[1] += expiring * holder.keyspace().activeExpiry().averageLifetime();
    }
    return sum[0] == 0 ? 0 : sum[1] / sum[0];
  }

  /** Whether a key of a holder is one of them. */
  public static boolean sees(Database database, Entry key) {
    KeyRoutes leads = database.routes();
    return leads == null
        || leads.sees(key.database(), key.bytes(), key.keyOffset(), key.keyLength());
  }

  /** The databases that hold them, the one where they are seen first. */
  public static List<Database> holders(Database database) {
    KeyRoutes leads = database.routes();
    if (leads == null) {
      return List.of(database);
    }
    List<Database> holders = new ArrayList<>();
    leads.forEach(database, holders::add);
    return holders;
  }

  /** What stands before the own names of a holder's keys where they are seen. */
  public static byte[] before(Database database, Database holder) {
    KeyRoutes leads = database.routes();
    return leads == null || holder == database ? NOTHING : leads.before(holder);
  }

  /**
   * The least number of a holder from {@code number} on; -1 if there is none. Where no others' keys
   * are seen, there is but number 0.
   */
  public static long holderFrom(Database database, long number) {
    KeyRoutes leads = database.routes();
    return leads != null ? leads.numberFrom(number) : number == 0 ? 0 : -1;
  }

  /** The holder of such a number; null if it cannot be looked into here and now. */
  public static @Nullable Database holder(Database database, long number) {
    KeyRoutes leads = database.routes();
    return leads == null ? database : leads.numbered(database, number);
  }
}
