package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** HGETEX, HGETDEL and HSETEX: values, and what becomes of the fields, in one go. */
final class FieldExchange {
  private static final CommandException COUNT_INVALID =
      CommandException.error("invalid number of fields");
  private static final CommandException TIME_MISSING =
      CommandException.error("missing expire time");
  private static final CommandException SEVERAL_CONDITIONS =
      CommandException.error("Only one of FXX or FNX arguments can be specified");
  private static final CommandException SEVERAL_TIMES =
      CommandException.error(
          "Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");

  private FieldExchange() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("hgetex", HASH)
            .since("8.0.0")
            .summary("Returns the values of fields of a hash and sets when they expire.")
            .complexity("O(N) where N is the number of fields given")
            .syntax(
                "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                    + " unix-time-milliseconds | PERSIST] FIELDS numfields field [field ...]")
            .arity(-5)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(FieldExchange::getAndExpire));
    table.add(
        Command.named("hgetdel", HASH)
            .since("8.0.0")
            .summary("Returns the values of fields of a hash and removes the fields.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key FIELDS numfields field [field ...]")
            .arity(-5)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .handler(FieldExchange::getAndDelete));
    table.add(
        Command.named("hsetex", HASH)
            .since("8.0.0")
            .summary("Sets fields of a hash and when they expire, on condition if need be.")
            .complexity("O(N) where N is the number of fields given")
            .syntax(
                "key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                    + " unix-time-milliseconds | KEEPTTL] FIELDS numfields field value"
                    + " [field value ...]")
            .arity(-6)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .handler(FieldExchange::setAndExpire));
  }

  private static void getAndExpire(Request request, Reply reply) {
    Entry hash = LiveHash.write(request, 4, 1);
    int scale = FieldArguments.scale(request, 2);
    boolean persist = request.is(2, "PERSIST");
    long time =
        scale == 0 ? 0 : FieldArguments.time(request, 3, scale, FieldArguments.origin(request, 2));
    int fields = scale != 0 ? 4 : persist ? 3 : 2;
    int first = FieldArguments.first(request, fields, FieldArguments.COUNT_NOT_POSITIVE);
    if (hash == null) {
      sendNothing(request, first, reply);
      return;
    }
    reply.array(request.count() - (long) first);
    FieldChanges changes = new FieldChanges(request, hash);
    for (int at = first; at < request.count(); at++) {
      boolean present = send(hash, request, at, reply);
      if (present && persist) {
        changes.persist(at);
      } else if (present && scale != 0) {
        changes.expireAt(at, time);
      }
    }
    changes.tell(false);
  }

  private static void sendNothing(Request request, int first, Reply reply) {
    reply.array(request.count() - (long) first);
    for (int at = first; at < request.count(); at++) {
      reply.nothing();
    }
  }

  /** Sends the value of the field that an argument names, and says whether it is there. */
  private static boolean send(Entry hash, Request request, int field, Reply reply) {
    HashValue.send(hash, request.bytes(), request.offset(field), request.length(field), reply);
    return contains(hash, request, field);
  }

  private static boolean contains(Entry hash, Request request, int field) {
    return HashValue.contains(hash, request.bytes(), request.offset(field), request.length(field));
  }

  private static void getAndDelete(Request request, Reply reply) {
    Entry hash = LiveHash.write(request, 4, 1);
    int first = FieldArguments.first(request, 2, FieldArguments.COUNT_NOT_POSITIVE);
    if (hash == null) {
      sendNothing(request, first, reply);
      return;
    }
    reply.array(request.count() - (long) first);
    FieldChanges changes = new FieldChanges(request, hash);
    for (int at = first; at < request.count(); at++) {
      if (send(hash, request, at, reply)) {
        changes.delete(at);
      }
    }
    changes.tell(false);
  }

  /**
   * The options of HSETEX.
   *
   * @param time milliseconds since 1970 at which the fields are to expire, or -1 if none is given
   * @param first the argument with the first field
   */
  private record Options(boolean ifNone, boolean ifAll, boolean keepTime, long time, int first) {

    static Options of(Request request) {
      boolean ifNone = false;
      boolean ifAll = false;
      boolean keepTime = false;
      long time = -1;
      for (int at = 2; at < request.count(); at++) {
        int scale = FieldArguments.scale(request, at);
        if (request.is(at, "FIELDS")) {
          return new Options(ifNone, ifAll, keepTime, time, firstField(request, at));
        }
        if (scale != 0 || request.is(at, "KEEPTTL")) {
          if (keepTime || time >= 0) {
            throw SEVERAL_TIMES;
          }
          keepTime = scale == 0;
          if (scale != 0) {
            if (at + 1 == request.count()) {
              throw TIME_MISSING;
            }
            long origin = FieldArguments.origin(request, at);
            time = FieldArguments.time(request, ++at, scale, origin);
          }
        } else if (request.is(at, "FNX") || request.is(at, "FXX")) {
          if (ifNone || ifAll) {
            throw SEVERAL_CONDITIONS;
          }
          ifNone = request.is(at, "FNX");
          ifAll = !ifNone;
        } else {
          throw CommandException.error("unknown argument: " + request.text(at));
        }
      }
      throw Errors.wrongArity(request.command().fullName());
    }

    private static int firstField(Request request, int word) {
      int first = word + 2;
      if (first + 1 >= request.count()) {
        throw Errors.wrongArity(request.command().fullName());
      }
      long count = request.integer(word + 1, 1, Integer.MAX_VALUE, COUNT_INVALID);
      if (count * 2 != request.count() - first) {
        throw Errors.wrongArity(request.command().fullName());
      }
      return first;
    }

    /** Whether the fields that the hash has allow the change. */
    boolean allow(@Nullable Entry hash, Request request) {
      for (int at = first; (ifNone || ifAll) && at < request.count(); at += 2) {
        boolean present = hash != null && contains(hash, request, at);
        if (present ? ifNone : ifAll) {
          return false;
        }
      }
      return true;
    }
  }

  private static void setAndExpire(Request request, Reply reply) {
    Options options = Options.of(request);
    Entry present = LiveHash.write(request, options.first, 2);
    if (!options.allow(present, request)) {
      reply.integer(0);
      return;
    }
    Database database = Database.of(request);
    Entry hash = HashValue.open(database, present, request, options.first);
    writeEffect(request, options);
    FieldChanges changes = new FieldChanges(request, hash);
    for (int at = options.first; at < request.count(); at += 2) {
      set(hash, request, at, options.keepTime || options.time >= 0);
    }
    for (int at = options.first; options.time >= 0 && at < request.count(); at += 2) {
      changes.expireAt(at, options.time);
    }
    database.changed(request, 1, KeyspaceNotifications.HASH, "hset");
    changes.tell(true);
    reply.integer(1);
  }

  /** The fields are set; the times follow as effects of their own. */
  private static void writeEffect(Request request, Options options) {
    Effects effects = Database.of(request).keyspace().effects();
    if (!effects.wanted()) {
      return;
    }
    int words = request.count() - options.first;
    if (options.keepTime) {
      effects.begin(request, "HSETEX", 5 + words).key(request, 1).argument("KEEPTTL");
      effects.argument("FIELDS").number(words / 2);
    } else {
      effects.begin(request, "HSET", 2 + words).key(request, 1);
    }
    for (int i = options.first; i < request.count(); i++) {
      effects.argument(request, i);
    }
    effects.end();
  }

  private static void set(Entry hash, Request request, int field, boolean keepTime) {
    byte[] bytes = request.bytes();
    int value = request.offset(field + 1);
    int valueLength = request.length(field + 1);
    if (keepTime) {
      HashValue.setKeepingTime(
          hash, bytes, request.offset(field), request.length(field), bytes, value, valueLength);
    } else {
      HashValue.set(
          hash, bytes, request.offset(field), request.length(field), bytes, value, valueLength);
    }
  }
}
