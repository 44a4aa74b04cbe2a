package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;

/**
 * HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT, HTTL, HPTTL, HEXPIRETIME and HPEXPIRETIME, HPERSIST.
 */
final class FieldExpiryCommands {
  private static final CommandException COUNT_NOT_POSITIVE =
      CommandException.error("Parameter `numFields` should be greater than 0");

  /* What is answered for each field. */
  private static final int NO_SUCH_FIELD = -2;
  private static final int DOES_NOT_EXPIRE = -1;
  private static final int CONDITION_NOT_MET = 0;
  private static final int DONE = 1;
  private static final int TIME_IS_PAST = 2;

  /** When a time may take the place of a field's present one, which may be NEVER. */
  private enum Condition {
    NONE,
    NX,
    XX,
    GT,
    LT;

    boolean met(long present, long time) {
      boolean expires = present != FieldExpiry.NEVER;
      return switch (this) {
        case NONE -> true;
        case NX -> !expires;
        case XX -> expires;
        case GT -> expires && time > present;
        case LT -> !expires || time < present;
      };
    }
  }

  private FieldExpiryCommands() {}

  static void declare(CommandTable table) {
    table.add(
        setting("hexpire", "seconds", "Sets how many seconds fields of a hash are to live.")
            .handler((request, reply) -> expire(request, reply, 1000, request.now())));
    table.add(
        setting("hpexpire", "milliseconds", "Sets how many milliseconds fields are to live.")
            .handler((request, reply) -> expire(request, reply, 1, request.now())));
    table.add(
        setting("hexpireat", "unix-time-seconds", "Sets the second at which fields expire.")
            .handler((request, reply) -> expire(request, reply, 1000, 0)));
    table.add(
        setting(
                "hpexpireat",
                "unix-time-milliseconds",
                "Sets the millisecond at which fields expire.")
            .handler((request, reply) -> expire(request, reply, 1, 0)));
    table.add(
        asking("httl", "Returns the seconds that fields of a hash have to live.")
            .tips("nondeterministic_output")
            .handler((request, reply) -> time(request, reply, 1000, request.now())));
    table.add(
        asking("hpttl", "Returns the milliseconds that fields of a hash have to live.")
            .tips("nondeterministic_output")
            .handler((request, reply) -> time(request, reply, 1, request.now())));
    table.add(
        asking("hexpiretime", "Returns the seconds at which fields of a hash expire.")
            .handler((request, reply) -> time(request, reply, 1000, 0)));
    table.add(
        asking("hpexpiretime", "Returns the milliseconds at which fields of a hash expire.")
            .handler((request, reply) -> time(request, reply, 1, 0)));
    table.add(
        Command.named("hpersist", HASH)
            .since("7.4.0")
            .summary("Lets fields of a hash stay that were to expire.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key FIELDS numfields field [field ...]")
            .arity(-5)
            .flags(WRITE, FAST)
            .key(1, RW, UPDATE)
            .handler(FieldExpiryCommands::persist));
  }

  private static CommandBuilder setting(String name, String time, String summary) {
    return Command.named(name, HASH)
        .since("7.4.0")
        .summary(summary)
        .complexity("O(N) where N is the number of fields given")
        .syntax("key " + time + " [NX | XX | GT | LT] FIELDS numfields field [field ...]")
        .arity(-6)
        .flags(WRITE, DENYOOM, FAST)
        .key(1, RW, UPDATE);
  }

  private static CommandBuilder asking(String name, String summary) {
    return Command.named(name, HASH)
        .since("7.4.0")
        .summary(summary)
        .complexity("O(N) where N is the number of fields given")
        .syntax("key FIELDS numfields field [field ...]")
        .arity(-5)
        .flags(READONLY, FAST)
        .key(1, RO, ACCESS);
  }

  private static void expire(Request request, Reply reply, int scale, long origin) {
    Entry hash = LiveHash.write(request, 4, 1);
    long time = FieldArguments.time(request, 2, scale, origin);
    Condition condition = condition(request);
    int fields = condition == Condition.NONE ? 3 : 4;
    int first = FieldArguments.first(request, fields, COUNT_NOT_POSITIVE);
    reply.array(request.count() - (long) first);
    if (hash == null) {
      none(request, reply, first);
      return;
    }
    FieldChanges changes = new FieldChanges(request, hash);
    for (int at = first; at < request.count(); at++) {
      Slices.step(request);
      if (!contains(hash, request, at)) {
        reply.integer(NO_SUCH_FIELD);
      } else if (!condition.met(expiry(hash, request, at), time)) {
        reply.integer(CONDITION_NOT_MET);
      } else {
        changes.expireAt(at, time);
        reply.integer(time <= request.now() ? TIME_IS_PAST : DONE);
      }
    }
    changes.tell(false);
  }

  private static Condition condition(Request request) {
    for (Condition each : Condition.values()) {
      if (each != Condition.NONE && request.is(3, each.name())) {
        return each;
      }
    }
    return Condition.NONE;
  }

  private static boolean contains(Entry hash, Request request, int field) {
    return HashValue.contains(hash, request.bytes(), request.offset(field), request.length(field));
  }

  private static long expiry(Entry hash, Request request, int field) {
    return HashValue.expiry(hash, request.bytes(), request.offset(field), request.length(field));
  }

  private static void none(Request request, Reply reply, int first) {
    for (int at = first; at < request.count(); at++) {
      Slices.step(request);
      reply.integer(NO_SUCH_FIELD);
    }
  }

  private static void time(Request request, Reply reply, int scale, long origin) {
    Entry hash = LiveHash.read(request, 4);
    int first = FieldArguments.first(request, 2, FieldArguments.COUNT_NOT_POSITIVE);
    reply.array(request.count() - (long) first);
    if (hash == null) {
      none(request, reply, first);
      return;
    }
    for (int at = first; at < request.count(); at++) {
      Slices.step(request);
      if (!contains(hash, request, at)) {
        reply.integer(NO_SUCH_FIELD);
      } else {
        long time = expiry(hash, request, at);
        reply.integer(
            time == FieldExpiry.NEVER ? DOES_NOT_EXPIRE : (time - origin + scale - 1) / scale);
      }
    }
  }

  private static void persist(Request request, Reply reply) {
    Entry hash = LiveHash.write(request, 4, 1);
    int first = FieldArguments.first(request, 2, FieldArguments.COUNT_NOT_POSITIVE);
    reply.array(request.count() - (long) first);
    if (hash == null) {
      none(request, reply, first);
      return;
    }
    FieldChanges changes = new FieldChanges(request, hash);
    for (int at = first; at < request.count(); at++) {
      Slices.step(request);
      if (!contains(hash, request, at)) {
        reply.integer(NO_SUCH_FIELD);
      } else {
        reply.integer(changes.persist(at) ? DONE : DOES_NOT_EXPIRE);
      }
    }
    changes.tell(false);
  }
}
