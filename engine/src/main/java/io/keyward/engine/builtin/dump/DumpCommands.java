package io.keyward.engine.builtin.dump;

import static io.keyward.engine.command.CommandFlag.ASKING;
import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.CommandGroup.SERVER;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** DUMP and RESTORE: a value on its way to another server. */
public final class DumpCommands {
  private static final CommandException BUSY_KEY =
      new CommandException("BUSYKEY Target key name already exists.");
  private static final CommandException BAD_FORMAT = CommandException.error("Bad data format");
  private static final CommandException BAD_TTL =
      CommandException.error("Invalid TTL value, must be >= 0");
  private static final CommandException BAD_IDLE_TIME =
      CommandException.error("Invalid IDLETIME value, must be >= 0");
  private static final CommandException BAD_FREQUENCY =
      CommandException.error("Invalid FREQ value, must be >= 0 and <= 255");
  private static final CommandException TOO_BIG =
      CommandException.error("the value is too big for one payload");

  /** To write or read so many bytes is one of the steps that {@link Slices#expect} counts. */
  private static final int BYTES_OF_A_STEP = 64;

  private DumpCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("dump", GENERIC)
            .differs("RDB version 11, or 10 with rdb-version 10.")
            .since("2.6.0")
            .summary("Returns the value of a key in the form that RESTORE takes.")
            .complexity("O(N) with N bytes of value")
            .syntax("key")
            .arity(2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(DumpCommands::dump));
    table.add(
        restoring("restore", GENERIC)
            .since("2.6.0")
            .summary("Makes a key of a value that DUMP has given."));
    table.add(
        restoring("restore-asking", SERVER)
            .since("3.0.0")
            .summary("RESTORE as a node of a cluster sends it that moves keys.")
            .flags(ASKING)
            .categories(Category.KEYSPACE));
    table.add(MigrateCommand.declaration());
  }

  private static CommandBuilder restoring(String name, CommandGroup group) {
    return Command.named(name, group)
        .differs(
            "Takes payloads up to RDB version 12 without modules, and checks every byte of them.")
        .complexity("O(N) with N bytes of value, O(N*log(N)) for big sorted sets")
        .syntax("key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]")
        .arity(-4)
        .flags(WRITE, DENYOOM)
        .categories(Category.DANGEROUS)
        .key(1, OW, UPDATE)
        .handler(DumpCommands::restore);
  }

  private static void dump(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.read(request, 1);
    if (entry == null) {
      reply.nothing();
      return;
    }
    Slices.expect(request, Values.length(entry) / BYTES_OF_A_STEP);
    RdbOutput out;
    try {
      out = Payload.write(entry, database.keyspace().slices()::longStep);
    } catch (ArithmeticException tooBig) {
      throw TOO_BIG;
    }
    reply.bulk(out.bytes(), 0, out.length());
  }

  /** What RESTORE is asked besides key, time and payload; -1 for what is not given. */
  private record Options(boolean replace, boolean absolute, long idleSeconds, int frequency) {

    static Options of(Request request) {
      boolean replace = false;
      boolean absolute = false;
      long idleSeconds = -1;
      long frequency = -1;
      for (int at = 4; at < request.count(); at++) {
        boolean more = at + 1 < request.count();
        if (request.is(at, "REPLACE")) {
          replace = true;
        } else if (request.is(at, "ABSTTL")) {
          absolute = true;
        } else if (request.is(at, "IDLETIME") && more && frequency == -1) {
          idleSeconds = request.integer(++at);
          if (idleSeconds < 0) {
            throw BAD_IDLE_TIME;
          }
        } else if (request.is(at, "FREQ") && more && idleSeconds == -1) {
          frequency = request.integer(++at);
          if (frequency < 0 || frequency > 255) {
            throw BAD_FREQUENCY;
          }
        } else {
          throw Errors.SYNTAX;
        }
      }
      return new Options(replace, absolute, idleSeconds, (int) frequency);
    }
  }

  private static void restore(Request request, Reply reply) {
    Options options = Options.of(request);
    Slices.expect(request, request.length(3) / BYTES_OF_A_STEP);
    Database database = Database.of(request);
    Entry present = database.write(request, 1);
    if (present != null && !options.replace) {
      throw BUSY_KEY;
    }
    long end = end(request, options.absolute);
    NewValue value = value(request, database.holderOf(request, 1));
    database.keyspace().statistics().payloadChecked();
    if (end >= 0 && end <= request.now()) {
      value.discard(database);
      if (present != null) {
        database.remove(present);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
        database.keyspace().effects().deleted(request, 1);
      }
      reply.ok();
      return;
    }
    Entry entry = install(value, request, database, end, present);
    database.keyspace().home().clock().set(entry, options.idleSeconds, options.frequency);
    database.changed(request, 1, KeyspaceNotifications.GENERIC, "restore");
    if (!options.absolute) {
      tell(request, database.keyspace().effects(), end, options.replace);
    }
    reply.ok();
  }

  private static Entry install(
      NewValue value, Request request, Database database, long end, @Nullable Entry present) {
    try {
      return value.install(
          database,
          request.bytes(),
          request.offset(1),
          request.length(1),
          end,
          present == null ? database.view() : database.newView(),
          present);
    } catch (OutOfMemoryError full) {
      value.discard(database);
      throw full;
    }
  }

  /** Tells of a key that ends as of one that ends at a time of the clock. */
  private static void tell(Request request, Effects effects, long end, boolean replaces) {
    if (end >= 0 && effects.wanted()) {
      effects
          .begin(request, "RESTORE", replaces ? 6 : 5)
          .key(request, 1)
          .number(end)
          .argument(request, 3);
      if (replaces) {
        effects.argument("REPLACE");
      }
      effects.argument("ABSTTL").end();
    }
  }

  /** When the key ends, in milliseconds since 1970; -1 for never. */
  private static long end(Request request, boolean absolute) {
    long time = request.integer(2);
    if (time < 0) {
      throw BAD_TTL;
    }
    if (time == 0) {
      return -1;
    }
    return absolute || time > Long.MAX_VALUE - request.now() ? time : time + request.now();
  }

  private static NewValue value(Request request, Database database) {
    RdbInput in = Payload.open(request, 3);
    try {
      @Nullable NewValue value = Values.readValue(in.readByte(), in, database);
      if (value == null) {
        throw BAD_FORMAT;
      }
      return value;
    } catch (MalformedRdbException malformed) {
      throw BAD_FORMAT;
    }
  }
}
