package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;
import static io.keyward.engine.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ExpiryTime;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SET and its relatives: what gives keys new strings. */
final class StringWrites {
  private static final Set<KeyFlag> OVERWRITTEN = Set.of(OW, UPDATE);
  private static final Set<KeyFlag> READ_AND_OVERWRITTEN = Set.of(RW, ACCESS, UPDATE);

  private StringWrites() {}

  static void declare(CommandTable table) {
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
            .keyFlagsBy(StringWrites::flagsOfSet)
            .handler(StringWrites::set));
    table.add(
        Command.named("setnx", STRING)
            .summary("Sets the string value of a key that does not exist.")
            .complexity("O(1)")
            .syntax("key value")
            .arity(3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, OW, INSERT)
            .piecesAt(2)
            .handler(StringWrites::setIfAbsent));
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
            .handler(StringWrites::getAndSet));
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
            .handler(StringWrites::multiSet));
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
            .handler(StringWrites::multiSetIfNoneExists));
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
      StringReads.send(present, reply);
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
    StringReads.send(present, reply);
    StringValue.set(database, present, request, 1, 2, -1);
    database.changed(request, 1, KeyspaceNotifications.STRING, "set");
  }

  private static void multiSet(Request request, Reply reply) {
    requirePairs(request);
    setAll(request);
    reply.ok();
  }

  private static void multiSetIfNoneExists(Request request, Reply reply) {
    requirePairs(request);
    Database database = Database.of(request);
    for (int key = 1; key < request.count(); key += 2) {
      Slices.step(request);
      database.fetchAhead(request, key, 1, 2);
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
      database.fetchAhead(request, key, 1, 2);
      StringValue.set(database, database.write(request, key), request, key, key + 1, -1);
      database.changed(request, key, KeyspaceNotifications.STRING, "set");
    }
  }
}
