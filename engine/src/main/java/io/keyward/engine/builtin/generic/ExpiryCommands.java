package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ExpiryTime;
import io.keyward.engine.builtin.ExpiryTime.Unit;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import java.util.function.LongUnaryOperator;

/** EXPIRE, TTL and the like: when a key ends. */
final class ExpiryCommands {
  private static final long NO_KEY = -2;
  private static final long NO_EXPIRY = -1;

  private ExpiryCommands() {}

  static void declare(CommandTable table) {
    table.add(
        setting("expire", "1.0.0", "Sets how many seconds a key lives on.")
            .syntax("key seconds [NX | XX | GT | LT]")
            .handler((request, reply) -> expire(request, reply, Unit.SECONDS)));
    table.add(
        setting("pexpire", "2.6.0", "Sets how many milliseconds a key lives on.")
            .syntax("key milliseconds [NX | XX | GT | LT]")
            .handler((request, reply) -> expire(request, reply, Unit.MILLISECONDS)));
    table.add(
        setting("expireat", "1.2.0", "Sets the Unix time in seconds at which a key ends.")
            .syntax("key unix-time-seconds [NX | XX | GT | LT]")
            .handler((request, reply) -> expire(request, reply, Unit.UNIX_SECONDS)));
    table.add(
        setting("pexpireat", "2.6.0", "Sets the Unix time in milliseconds at which a key ends.")
            .syntax("key unix-time-milliseconds [NX | XX | GT | LT]")
            .handler((request, reply) -> expire(request, reply, Unit.UNIX_MILLISECONDS)));
    table.add(
        asking("ttl", "1.0.0", "Returns how many seconds a key lives on.")
            .tips("nondeterministic_output")
            .handler((request, reply) -> ask(request, reply, left -> (left + 500) / 1000, true)));
    table.add(
        asking("pttl", "2.6.0", "Returns how many milliseconds a key lives on.")
            .tips("nondeterministic_output")
            .handler((request, reply) -> ask(request, reply, left -> left, true)));
    table.add(
        asking("expiretime", "7.0.0", "Returns the Unix time in seconds at which a key ends.")
            .handler((request, reply) -> ask(request, reply, at -> (at + 500) / 1000, false)));
    table.add(
        asking("pexpiretime", "7.0.0", "Returns the Unix time in milliseconds at which a key ends.")
            .handler((request, reply) -> ask(request, reply, at -> at, false)));
    table.add(
        Command.named("persist", GENERIC)
            .since("2.2.0")
            .summary("Takes the end of a key's life away.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(WRITE, FAST)
            .key(1, RW, UPDATE)
            .handler(ExpiryCommands::persist));
  }

  private static CommandBuilder setting(String name, String since, String summary) {
    return Command.named(name, GENERIC)
        .since(since)
        .summary(summary)
        .complexity("O(1)")
        .arity(-3)
        .flags(WRITE, FAST)
        .key(1, RW, UPDATE);
  }

  private static CommandBuilder asking(String name, String since, String summary) {
    return Command.named(name, GENERIC)
        .since(since)
        .summary(summary)
        .complexity("O(1)")
        .syntax("key")
        .arity(2)
        .flags(READONLY, FAST)
        .key(1, RO, ACCESS);
  }

  /** Under which condition a new time is set. */
  private record Condition(
      boolean onlyIfNone, boolean onlyIfSome, boolean onlyIfLater, boolean onlyIfEarlier) {

    static Condition of(Request request) {
      boolean onlyIfNone = false;
      boolean onlyIfSome = false;
      boolean onlyIfLater = false;
      boolean onlyIfEarlier = false;
      for (int at = 3; at < request.count(); at++) {
        if (request.is(at, "NX")) {
          onlyIfNone = true;
        } else if (request.is(at, "XX")) {
          onlyIfSome = true;
        } else if (request.is(at, "GT")) {
          onlyIfLater = true;
        } else if (request.is(at, "LT")) {
          onlyIfEarlier = true;
        } else {
          throw CommandException.error("Unsupported option " + request.text(at));
        }
      }
      if (onlyIfNone && (onlyIfSome || onlyIfLater || onlyIfEarlier)) {
        throw CommandException.error(
            "NX and XX, GT or LT options at the same time are not compatible");
      }
      if (onlyIfLater && onlyIfEarlier) {
        throw CommandException.error("GT and LT options at the same time are not compatible");
      }
      return new Condition(onlyIfNone, onlyIfSome, onlyIfLater, onlyIfEarlier);
    }

    /** A key that does not end counts as one that ends later than every other. */
    boolean allows(long present, long wanted) {
      if (present < 0) {
        return !onlyIfSome && !onlyIfLater;
      }
      return !onlyIfNone
          && (!onlyIfLater || wanted > present)
          && (!onlyIfEarlier || wanted < present);
    }
  }

  private static void expire(Request request, Reply reply, Unit unit) {
    Condition condition = Condition.of(request);
    long end = ExpiryTime.any(request, 2, unit);
    Database database = Database.of(request);
    Entry entry = database.write(request, 1);
    if (entry == null || !condition.allows(entry.expiry(), end)) {
      reply.integer(0);
      return;
    }
    if (end <= request.now()) {
      database.remove(entry);
      database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
      database.keyspace().effects().deleted(request, 1);
    } else {
      database.placement().expireAt(entry, end);
      database.changed(request, 1, KeyspaceNotifications.GENERIC, "expire");
      database.keyspace().effects().expires(request, 1, end);
    }
    reply.integer(1);
  }

  private static void ask(
      Request request, Reply reply, LongUnaryOperator rounding, boolean relative) {
    Database database = Database.of(request);
    Entry entry = database.glance(request, 1, database.scratchView());
    if (entry == null) {
      reply.integer(NO_KEY);
    } else if (entry.expiry() < 0) {
      reply.integer(NO_EXPIRY);
    } else {
      long time = relative ? Math.max(0, entry.expiry() - request.now()) : entry.expiry();
      reply.integer(rounding.applyAsLong(time));
    }
  }

  private static void persist(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.write(request, 1);
    boolean ended = entry != null && entry.expiry() >= 0;
    if (entry != null && ended) {
      database.placement().expireAt(entry, -1);
      database.changed(request, 1, KeyspaceNotifications.GENERIC, "persist");
    }
    reply.integer(ended);
  }
}
