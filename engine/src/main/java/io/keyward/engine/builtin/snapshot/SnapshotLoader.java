package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.CommandException;
import io.keyward.engine.Engine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.dump.Values;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.rdb.Skipping;
import io.keyward.engine.builtin.script.FunctionTexts;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Loads what a file holds for the keyspaces of one home, record by record, on whatever thread owns
 * that home's data; what belongs to other homes is passed over.
 *
 * <p>A key that is there already is replaced unless that is refused. A keyspace that is in memory
 * alone takes nothing from a file, so that what it had before it became so does not come back.
 */
public final class SnapshotLoader {
  private static final byte[] MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION_DIGITS = 4;
  private static final int CHECKSUM_SINCE = 5;

  /** Bytes of type, name and value of the shortest key. */
  private static final int LEAST_RECORD = 4;

  private static final int MOST_KEYS = 1 << 30;

  /** A value of more bytes is installed at once. */
  private static final int MOST_WAITING = 1024;

  /** What is done with keys whose time is up. */
  public enum Expired {
    /** They are left out. */
    DROPPED,
    /** They are loaded: what follows the file says that they go. */
    KEPT
  }

  private final RdbInput in;
  private final KeyPlaces places;
  private final Home home;
  private final Expired expiredKeys;
  private final Set<Database> expecting = new HashSet<>();
  private final Arrivals arrivals = new Arrivals(this::install);
  private int version;
  private int number;

  /** Keys that the file says it has of the database whose first key comes next; 0 if unsaid. */
  private long announced;

  private String functionsOf = "";
  private boolean nextEverywhere;
  private long expiry = -1;
  private long idleSeconds = -1;
  private int frequency = -1;
  private boolean addsAlone;
  private boolean trusts;
  private long usedMemory;
  private long loaded;
  private long expired;
  private long leftOut;
  private long sharedAlready;

  public SnapshotLoader(RdbInput in, KeyPlaces places, Home home, Expired expiredKeys) {
    this.in = in;
    this.places = places;
    this.home = home;
    this.expiredKeys = expiredKeys;
  }

  /** Has nothing replaced: a key or a library that is there already is an error. */
  public void addAlone() {
    addsAlone = true;
  }

  /** Has the checksum of the file not looked at, since somebody else does; before the beginning. */
  public void trust() {
    trusts = true;
  }

  /**
   * Reads the first bytes.
   *
   * @throws MalformedRdbException if this is no such file, or one that is too new
   */
  public void begin() {
    if (!trusts) {
      in.beginChecksum();
    }
    if (in.remaining() < MAGIC.length + VERSION_DIGITS) {
      throw in.malformed("it does not begin as a snapshot does");
    }
    byte[] magic = in.readBytes(MAGIC.length);
    String digits = new String(in.readBytes(VERSION_DIGITS), StandardCharsets.US_ASCII);
    if (!Arrays.equals(magic, MAGIC) || !digits.matches("[0-9]{4}")) {
      throw in.malformed("it does not begin as a snapshot does");
    }
    version = Integer.parseInt(digits);
    if (version < 1 || version > RdbType.NEWEST_READ) {
      throw in.malformed(
          "it has the version " + version + ", and the newest known is " + RdbType.NEWEST_READ);
    }
  }

  /**
   * Loads the next record; what it holds may wait for the next ones, or {@link #settle}.
   *
   * @return whether that was the last
   * @throws MalformedRdbException if the file is damaged
   * @throws ForeignDataException if it holds what is of no deployment
   */
  public boolean step() {
    try {
      return record();
    } catch (MalformedRdbException | ForeignDataException | UncheckedIOException broken) {
      settle();
      throw broken;
    }
  }

  private boolean record() {
    int type = in.readByte();
    switch (type) {
      case RdbType.EXPIRY_MILLISECONDS -> expiry = in.readLong();
      case RdbType.EXPIRY_SECONDS -> expiry = in.readInt() * 1000L;
      case RdbType.IDLE -> idleSeconds = in.readLength();
      case RdbType.FREQUENCY -> frequency = in.readByte();
      case RdbType.SELECT -> number = (int) Math.min(in.readLength(), Integer.MAX_VALUE);
      case RdbType.RESIZE -> {
        announced = in.readLength();
        long _ = in.readLength();
      }
      case RdbType.AUXILIARY -> fact(in.readText(), in.readText());
      case RdbType.FUNCTION -> function(in.readString(), true);
      case RdbType.FUNCTION_PRE_RELEASE ->
          throw in.malformed("it holds functions in the form of a pre-release of Redis 7.0");
      case RdbType.MODULE_AUXILIARY -> {
        long _ = in.readLength();
        Skipping.module(in);
      }
      case RdbType.END -> {
        end();
        return true;
      }
      default -> {
        key(type);
        expiry = -1;
        idleSeconds = -1;
        frequency = -1;
      }
    }
    return false;
  }

  private void end() {
    arrivals.install();
    expecting.forEach(Database::expectNoMore);
    if (version < CHECKSUM_SINCE) {
      return;
    }
    long computed = trusts ? 0 : in.checksum();
    long written = in.readLong();
    // Zero says that whoever wrote the file computed none.
    if (!trusts && written != 0 && written != computed) {
      throw in.malformed("its checksum is wrong");
    }
  }

  private void fact(String name, String value) {
    if (name.equals(SnapshotHeader.FUNCTIONS)) {
      functionsOf = new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    } else if (name.equals(SnapshotHeader.LIBRARY)) {
      function(value.getBytes(StandardCharsets.ISO_8859_1), false);
    } else if (name.equals(SnapshotHeader.EVERYWHERE)) {
      nextEverywhere = true;
    } else if (name.equals(SnapshotHeader.USED_MEMORY) && value.matches("[0-9]{1,18}")) {
      usedMemory = Long.parseLong(value);
    }
  }

  private void function(byte[] text, boolean shown) {
    if (shown && nextEverywhere) {
      nextEverywhere = false;
      everywhere(text);
      return;
    }
    BuiltinKeyspace keyspace = places.ofFunctions(functionsOf);
    if (keyspace == null) {
      throw new ForeignDataException(
          functionsOf.isEmpty()
              ? "it holds functions, and does not say of which deployment"
              : "it holds functions of the deployment '" + functionsOf + "', which there is not",
          in.position());
    }
    if (keyspace.home() != home || !keyspace.effects().kept()) {
      return;
    }
    try {
      FunctionTexts.load(keyspace, text, !addsAlone, shown, 0);
    } catch (CommandException refused) {
      throw notLoaded(refused);
    }
  }

  private void everywhere(byte[] text) {
    try {
      FunctionTexts.everywhere(home.functionNames(), text, 0);
    } catch (CommandException refused) {
      throw notLoaded(refused);
    }
  }

  private MalformedRdbException notLoaded(CommandException refused) {
    return in.malformed("a library of functions cannot be loaded: " + refused.line());
  }

  private void key(int type) {
    byte[] key = in.readString();
    KeyPlaces.Place place = places.of(key);
    if (place == null && places.leavesOut()) {
      Skipping.value(type, in);
      leftOut++;
      return;
    }
    if (place == null) {
      throw new ForeignDataException(
          "it holds a key of no deployment that there is" + prefixOf(key), in.position());
    }
    BuiltinKeyspace keyspace = place.keyspace();
    if (keyspace.home() != home || !keyspace.effects().kept()) {
      Skipping.value(type, in);
      return;
    }
    if (number < 0 || number >= keyspace.databases().count()) {
      throw in.malformed(
          "it holds keys of database %d, and the directive databases says %d"
              .formatted(number, keyspace.databases().count()));
    }
    Database database = keyspace.databases().at(number);
    if (announced > 0) {
      expect(database);
    }
    Database holder = database.holderOf(key, place.from(), key.length - place.from());
    NewValue value = Values.readValue(type, in, holder);
    if (value == null) {
      // A collection without elements is no key.
      return;
    }
    if (expiredKeys == Expired.DROPPED && expiry >= 0 && expiry <= System.currentTimeMillis()) {
      value.discard(database);
      expired++;
    } else {
      arrived(value, database, key, place.from());
    }
  }

  private void arrived(NewValue value, Database database, byte[] key, int from) {
    Arrivals.Arrival arrival = arrivals.next(database, value);
    arrival.key = key;
    arrival.from = from;
    arrival.expiry = expiry;
    arrival.idleSeconds = idleSeconds;
    arrival.frequency = frequency;
    if (arrivals.full() || value.bytes() > MOST_WAITING) {
      arrivals.install();
    }
  }

  /** Installs what has been read; to be called when no step follows at once, come what may. */
  public void settle() {
    arrivals.install();
  }

  /** Makes room for the keys that are announced, of which the file holds so many at most. */
  private void expect(Database database) {
    database.expect((int) Math.min(Math.min(announced, in.remaining() / LEAST_RECORD), MOST_KEYS));
    expecting.add(database);
    announced = 0;
  }

  private static String prefixOf(byte[] key) {
    int own = Engine.ownPart(key, 0, key.length);
    return own < 0
        ? ", since it has no prefix"
        : ", but of '"
            + new String(key, 0, own - Engine.SEPARATOR.length(), StandardCharsets.UTF_8)
            + "'";
  }

  private void install(Arrivals.Arrival arrival) {
    NewValue value = arrival.value();
    Database database = arrival.database();
    byte[] key = arrival.key;
    int from = arrival.from;
    int length = key.length - from;
    Entry present = database.locate(key, from, length, database.view());
    if (present != null && present.database() != database) {
      // What several deployments see is there already: from where it lives, or from another's file.
      value.discard(database);
      sharedAlready++;
      return;
    }
    if (present != null && addsAlone) {
      value.discard(database);
      throw in.malformed("it holds a key that is there already");
    }
    if (present != null) {
      database.remove(present);
    }
    Entry entry = value.install(database, key, from, length, arrival.expiry, database.view(), null);
    database.keyspace().home().clock().set(entry, arrival.idleSeconds, arrival.frequency);
    loaded++;
  }

  /** Bytes of memory that the data took where the file was written; 0 if it does not say. */
  public long usedMemory() {
    return usedMemory;
  }

  /** Keys that have been loaded. */
  public long loaded() {
    return loaded;
  }

  /** Keys that have been left out since their time was up. */
  public long expired() {
    return expired;
  }

  /** Keys that have been left out since what several deployments see was there already. */
  public long sharedAlready() {
    return sharedAlready;
  }

  /** Keys that have been left out since they belong nowhere. */
  public long leftOut() {
    return leftOut;
  }
}
