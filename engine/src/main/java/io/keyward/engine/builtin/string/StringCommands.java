package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;
import static io.keyward.engine.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ExpiryTime;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** GET, SET and their relatives. */
public final class StringCommands {
  private static final Set<KeyFlag> OVERWRITTEN = Set.of(OW, UPDATE);
  private static final Set<KeyFlag> READ_AND_OVERWRITTEN = Set.of(RW, ACCESS, UPDATE);

  private StringCommands() {}

  public static void declare(CommandTable table) {
    declareReading(table);
    declareWriting(table);
    CounterCommands.declare(table);
    RangeCommands.declare(table);
    SubsequenceCommand.declare(table);
    ConditionalCommands.declare(table);
  }

  private static void declareReading(CommandTable table) {
    table.add(
        Command.named("get", STRING)
            .summary("Returns the string value of a key.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(StringCommands::get));
    table.add(
        Command.named("mget", STRING)
            .summary("Returns the string values of several keys.")
            .complexity("O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY, FAST)
            .keys(1, -1, 1, RO, ACCESS)
            .tips("request_policy:multi_shard")
            .handler(StringCommands::multiGet));
    table.add(
        Command.named("strlen", STRING)
            .since("2.2.0")
            .summary("Returns the length of a string value.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(StringCommands::length));
    table.add(
        Command.named("getex", STRING)
            .since("6.2.0")
            .summary("Returns the string value of a key and sets when it expires.")
            .complexity("O(1)")
            .syntax(
                "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                    + " unix-time-milliseconds | PERSIST]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(StringCommands::getAndExpire));
    table.add(
        Command.named("getdel", STRING)
            .since("6.2.0")
            .summary("Returns the string value of a key and deletes the key.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .handler(StringCommands::getAndDelete));
  }

  private static void declareWriting(CommandTable table) {
    table.add(
        Command.named("set", STRING)
            .summary("Sets the string value of a key, whatever type it had.")
            .complexity("O(1)")
            .syntax(
                "key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE digest] [GET]"
                    + " [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                    + " unix-time-milliseconds | KEEPTTL]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .key(1, RW, ACCESS, UPDATE, VARIABLE_FLAGS)
            .piecesAt(2)
            .keyFlagsBy(StringCommands::flagsOfSet)
            .handler(StringCommands::set));
    table.add(
        Command.named("setnx", STRING)
            .summary("Sets the string value of a key that does not exist.")
            .complexity("O(1)")
            .syntax("key value")
            .arity(3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, OW, INSERT)
            .piecesAt(2)
            .handler(StringCommands::setIfAbsent));
    table.add(
        Command.named("setex", STRING)
            .since("2.0.0")
            .summary("Sets the string value of a key and its life in seconds.")
            .complexity("O(1)")
            .syntax("key seconds value")
            .arity(4)
            .flags(WRITE, DENYOOM)
            .key(1, OW, UPDATE)
            .piecesAt(3)
            .handler((request, reply) -> setFor(request, reply, ExpiryTime.Unit.SECONDS)));
    table.add(
        Command.named("psetex", STRING)
            .since("2.6.0")
            .summary("Sets the string value of a key and its life in milliseconds.")
            .complexity("O(1)")
            .syntax("key milliseconds value")
            .arity(4)
            .flags(WRITE, DENYOOM)
            .key(1, OW, UPDATE)
            .piecesAt(3)
            .handler((request, reply) -> setFor(request, reply, ExpiryTime.Unit.MILLISECONDS)));
    table.add(
        Command.named("getset", STRING)
            .summary("Sets the string value of a key and returns the former one.")
            .complexity("O(1)")
            .syntax("key value")
            .arity(3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .piecesAt(2)
            .handler(StringCommands::getAndSet));
    table.add(
        Command.named("mset", STRING)
            .since("1.0.1")
            .summary("Sets the string values of several keys at once.")
            .complexity("O(N) with N keys")
            .syntax("key value [key value ...]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .keys(1, -1, 2, OW, UPDATE)
            .tips("request_policy:multi_shard", "response_policy:all_succeeded")
            .piecesFrom(2, 2)
            .handler(StringCommands::multiSet));
    table.add(
        Command.named("msetnx", STRING)
            .since("1.0.1")
            .summary("Sets the string values of several keys if none of them exists.")
            .complexity("O(N) with N keys")
            .syntax("key value [key value ...]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .keys(1, -1, 2, OW, INSERT)
            .piecesFrom(2, 2)
            .handler(StringCommands::multiSetIfNoneExists));
  }

  private static void get(Request request, Reply reply) {
    send(Database.of(request).read(request, 1, Type.STRING), reply);
  }

  private static void send(@Nullable Entry entry, Reply reply) {
    if (entry == null) {
      reply.nothing();
    } else {
      StringValue.send(entry, reply);
    }
  }

  private static void multiGet(Request request, Reply reply) {
    Slices.expect(request, request.count());
    Database database = Database.of(request);
    reply.array(request.count() - 1L);
    for (int key = 1; key < request.count(); key++) {
      Slices.step(request);
      Entry entry = database.read(request, key);
      send(entry == null || entry.type() != Type.STRING ? null : entry, reply);
    }
  }

  private static void length(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    reply.integer(entry == null ? 0 : StringValue.length(entry));
  }

  private static void getAndExpire(Request request, Reply reply) {
    SetOptions options = SetOptions.ofGetEx(request);
    Database database = Database.of(request);
    Entry entry = database.read(request, 1, Type.STRING);
    if (entry == null) {
      reply.nothing();
      return;
    }
    long expiry = options.expiry(request);
    StringValue.send(entry, reply);
    Effects effects = database.keyspace().effects();
    if (options.persist()) {
      if (entry.expiry() >= 0) {
        database.placement().expireAt(entry, -1);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "persist");
        effects.under(request, "PERSIST", 2, 1);
      }
    } else if (expiry >= 0) {
      if (expiry <= request.now()) {
        database.remove(entry);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
        effects.deleted(request, 1);
      } else {
        database.placement().expireAt(entry, expiry);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "expire");
        effects.expires(request, 1, expiry);
      }
    }
  }

  private static void getAndDelete(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.read(request, 1, Type.STRING);
    send(entry, reply);
    if (entry != null) {
      database.remove(entry);
      database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
      database.keyspace().effects().deleted(request, 1);
    }
  }

  /** SET reads its key only if it is told to GET. */
  private static Set<KeyFlag> flagsOfSet(Request request) {
    for (int i = 3; i < request.count(); i++) {
      if (request.is(i, "GET")) {
        return READ_AND_OVERWRITTEN;
      }
    }
    return OVERWRITTEN;
  }

  private static void set(Request request, Reply reply) {
    expectValue(request, 2);
    if (request.count() == 3) {
      Database database = Database.of(request);
      StringValue.set(database, database.write(request, 1), request, 1, 2, -1);
      database.changed(request, 1, KeyspaceNotifications.STRING, "set");
      reply.ok();
    } else {
      setWithOptions(request, reply, SetOptions.ofSet(request));
    }
  }

  /** A value in pieces is taken over as it is, another long one is copied. */
  private static void expectValue(Request request, int argument) {
    if (!request.hasPieces()) {
      StringValue.expectLength(request, request.length(argument));
    }
  }

  private static void setWithOptions(Request request, Reply reply, SetOptions options) {
    long expiry = options.expiry(request);
    Database database = Database.of(request);
    Entry present;
    if (options.get()) {
      present = database.read(request, 1, Type.STRING);
      send(present, reply);
    } else if (options.comparison() != null) {
      present = database.write(request, 1, Type.STRING);
    } else {
      present = database.write(request, 1);
    }
    if (!options.allow(present, request)) {
      if (!options.get()) {
        reply.nothing();
      }
      return;
    }
    put(present, request, 1, options, expiry);
    if (!options.get()) {
      reply.ok();
    }
  }

  /** Gives the key at an argument the value behind it, as the options say. */
  static void put(Request request, int key, SetOptions options, long expiry) {
    put(Database.of(request).write(request, key), request, key, options, expiry);
  }

  private static void put(
      @Nullable Entry present, Request request, int key, SetOptions options, long given) {
    Database database = Database.of(request);
    Effects effects = database.keyspace().effects();
    long expiry = options.keepExpiry() && present != null ? present.expiry() : given;
    if (expiry >= 0 && expiry <= request.now()) {
      // A time in the past: the key is gone at once, as it would be when somebody looked.
      if (present != null) {
        database.remove(present);
      }
      database.changed(request, key, KeyspaceNotifications.GENERIC, "del");
      effects.deleted(request, key);
      return;
    }
    StringValue.set(database, present, request, key, key + 1, expiry);
    database.changed(request, key, KeyspaceNotifications.STRING, "set");
    if (given >= 0) {
      database.alsoChanged(request, key, KeyspaceNotifications.GENERIC, "expire");
      if (options.newerThanFiles() || !options.tellsTheTime()) {
        effects.set(request, key, key + 1, expiry);
      }
    } else if (options.newerThanFiles()) {
      effects.set(request, key, key + 1, options.keepExpiry());
    }
  }

  private static void setIfAbsent(Request request, Reply reply) {
    expectValue(request, 2);
    Database database = Database.of(request);
    boolean absent = database.write(request, 1) == null;
    if (absent) {
      StringValue.set(database, null, request, 1, 2, -1);
      database.changed(request, 1, KeyspaceNotifications.STRING, "set");
    }
    reply.integer(absent);
  }

  private static void setFor(Request request, Reply reply, ExpiryTime.Unit unit) {
    expectValue(request, 3);
    long expiry = ExpiryTime.positive(request, 2, unit);
    Database database = Database.of(request);
    StringValue.set(database, database.write(request, 1), request, 1, 3, expiry);
    database.changed(request, 1, KeyspaceNotifications.STRING, "set");
    database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "expire");
    database.keyspace().effects().set(request, 1, 3, expiry);
    reply.ok();
  }

  private static void getAndSet(Request request, Reply reply) {
    expectValue(request, 2);
    Database database = Database.of(request);
    Entry present = database.read(request, 1, Type.STRING);
    send(present, reply);
    StringValue.set(database, present, request, 1, 2, -1);
    database.changed(request, 1, KeyspaceNotifications.STRING, "set");
  }

  private static void multiSet(Request request, Reply reply) {
    Slices.expect(request, request.count());
    requirePairs(request);
    setAll(request);
    reply.ok();
  }

  private static void multiSetIfNoneExists(Request request, Reply reply) {
    Slices.expect(request, request.count());
    requirePairs(request);
    Database database = Database.of(request);
    for (int key = 1; key < request.count(); key += 2) {
      Slices.step(request);
      if (database.write(request, key) != null) {
        reply.integer(0);
        return;
      }
    }
    setAll(request);
    reply.integer(1);
  }

  private static void requirePairs(Request request) {
    if (request.count() % 2 == 0) {
      throw Errors.wrongArity(request.command().fullName());
    }
  }

  private static void setAll(Request request) {
    Database database = Database.of(request);
    for (int key = 1; key < request.count(); key += 2) {
      Slices.step(request);
      StringValue.set(database, database.write(request, key), request, key, key + 1, -1);
      database.changed(request, key, KeyspaceNotifications.STRING, "set");
    }
  }

  /** Refuses a string of so many bytes if it is longer than a value may be. */
  static void checkLength(Database database, long length) {
    BuiltinKeyspace keyspace = database.keyspace();
    if (length <= keyspace.longestString() && length <= Integer.MAX_VALUE - 64) {
      return;
    }
    Limits limits = keyspace.limits();
    throw limits != null && length > limits.most(Limit.MAX_VALUE)
        ? limits.refusal(Limit.MAX_VALUE)
        : Errors.STRING_TOO_LONG;
  }

  static CommandException offsetOutOfRange() {
    return CommandException.error("offset is out of range");
  }
}
