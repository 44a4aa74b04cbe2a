package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;
import static io.keyward.engine.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import java.util.Set;

/** DIGEST, DELEX and DELIFEQ, which look at a string before they remove it, and MSETEX. */
final class ConditionalCommands {
  private static final CommandException INVALID_CONDITION =
      CommandException.error("Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
  private static final CommandException NOT_A_STRING =
      CommandException.error("Key should be of string type if conditions are specified");
  private static final CommandException INVALID_COUNT =
      CommandException.error("invalid numkeys value");
  private static final CommandException PAIRS_MISSING =
      CommandException.error("wrong number of key-value pairs");

  private ConditionalCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("digest", STRING)
            .since("8.4.0")
            .summary("Returns the XXH3 hash of a string value in hexadecimal digits.")
            .complexity("O(N) with a value of N bytes")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(ConditionalCommands::digest));
    table.add(
        Command.named("delex", STRING)
            .since("8.4.0")
            .summary("Deletes a key, on condition of its value or the value's digest.")
            .complexity("O(N) with a value of N bytes")
            .syntax("key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE, VARIABLE_FLAGS)
            .handler(ConditionalCommands::deleteOnCondition));
    table.add(
        Command.named("delifeq", STRING)
            .since("9.0.0")
            .summary("Deletes a key if it has this string value; a command of Valkey's.")
            .complexity("O(N) with a value of N bytes")
            .syntax("key value")
            .arity(3)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(ConditionalCommands::deleteIfEqual));
    table.add(
        Command.named("msetex", STRING)
            .since("8.4.0")
            .summary("Sets the string values of several keys at once, and when they expire.")
            .complexity("O(N) with N keys")
            .syntax(
                "numkeys key value [key value ...] [NX | XX] [EX seconds | PX milliseconds | EXAT"
                    + " unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]")
            .arity(-4)
            .flags(WRITE, DENYOOM)
            .keys(
                new KeySpec(
                    Set.of(OW, UPDATE),
                    new KeySpec.Begin.Index(1),
                    new KeySpec.Find.Count(0, 1, 2),
                    ""))
            .tips("request_policy:multi_shard", "response_policy:all_succeeded")
            .handler(ConditionalCommands::setSeveral));
  }

  private static void digest(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    if (entry == null) {
      reply.nothing();
    } else {
      reply.bulk(Comparison.digestOf(entry));
    }
  }

  private static void deleteOnCondition(Request request, Reply reply) {
    Entry present = Database.of(request).write(request, 1);
    if (present == null) {
      reply.integer(0);
      return;
    }
    if (request.count() > 2) {
      if (request.count() != 4) {
        throw Errors.wrongArity(request.command().fullName());
      }
      Comparison comparison = Comparison.of(request, 2);
      if (comparison == null) {
        throw INVALID_CONDITION;
      }
      if (present.type() != Type.STRING) {
        throw NOT_A_STRING;
      }
      if (!comparison.holds(present, request)) {
        reply.integer(0);
        return;
      }
    }
    delete(present, request, reply);
  }

  private static void deleteIfEqual(Request request, Reply reply) {
    Entry present = Database.of(request).write(request, 1, Type.STRING);
    if (present == null || !new Comparison(false, true, 2).holds(present, request)) {
      reply.integer(0);
    } else {
      delete(present, request, reply);
    }
  }

  private static void delete(Entry present, Request request, Reply reply) {
    Database database = Database.of(request);
    database.remove(present);
    database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
    database.keyspace().effects().deleted(request, 1);
    reply.integer(1);
  }

  private static void setSeveral(Request request, Reply reply) {
    long count = request.integer(1, 1, Integer.MAX_VALUE, INVALID_COUNT);
    if (count * 2 + 2 > request.count()) {
      throw PAIRS_MISSING;
    }
    int end = (int) count * 2 + 2;
    SetOptions options = SetOptions.ofMsetEx(request, end);
    long expiry = options.expiry(request);
    Database database = Database.of(request);
    for (int key = 2; key < end; key += 2) {
      boolean present = database.write(request, key) != null;
      if (present ? options.onlyIfAbsent() : options.onlyIfPresent()) {
        reply.integer(0);
        return;
      }
    }
    Effects effects = database.keyspace().effects();
    effects.beginUnit();
    for (int key = 2; key < end; key += 2) {
      StringWrites.put(request, key, options, expiry);
    }
    effects.endUnit();
    reply.integer(1);
  }
}
