package io.keyward.engine.builtin.bitmap;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.BITMAP;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;
import static io.keyward.engine.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.bitmap.IntegerField.Overflow;
import io.keyward.engine.builtin.string.LongString;
import io.keyward.engine.builtin.string.StringValue;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** BITFIELD and BITFIELD_RO: integers of any width at any bit of a string value. */
final class BitFieldCommands {
  private enum Action {
    GET,
    SET,
    INCRBY
  }

  /** One operation of a call; {@code number} is what is stored or added. */
  private record Operation(
      Action action, IntegerField field, long bit, long number, Overflow overflow) {}

  private static final CommandException BAD_OVERFLOW =
      CommandException.error("Invalid OVERFLOW type specified");
  private static final CommandException ONLY_GET =
      CommandException.error("BITFIELD_RO only supports the GET subcommand");

  private static final Set<KeyFlag> READ = Set.of(RO, ACCESS);
  private static final Set<KeyFlag> CHANGED = Set.of(RW, ACCESS, UPDATE);

  private BitFieldCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("bitfield", BITMAP)
            .differs("OVERFLOW SAT near -2^63 saturates to the least value.")
            .since("3.2.0")
            .summary("Reads, sets and adds to integers of any width in a string value.")
            .complexity("O(1) for each operation")
            .syntax(
                "key [OPERATION [OPERATION ...]]"
                    .replace(
                        "OPERATION",
                        "<GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset"
                            + " value:integer | INCRBY encoding offset increment>>"))
            .arity(-2)
            .flags(WRITE, DENYOOM)
            .keys(
                new KeySpec(
                    Set.of(RW, UPDATE, ACCESS, VARIABLE_FLAGS),
                    new Begin.Index(1),
                    new Find.Range(0, 1, 0),
                    "The key is only read if every operation is GET."))
            .keyFlagsBy(BitFieldCommands::flags)
            .handler((request, reply) -> execute(request, reply, false)));
    table.add(
        Command.named("bitfield_ro", BITMAP)
            .since("6.0.0")
            .summary("Reads integers of any width in a string value.")
            .complexity("O(1) for each operation")
            .syntax("key [GET encoding offset [GET encoding offset ...]]")
            .arity(-2)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> execute(request, reply, true)));
  }

  private static List<Operation> parse(Request request) {
    List<Operation> operations = new ArrayList<>();
    Overflow overflow = Overflow.WRAP;
    for (int at = 2; at < request.count(); ) {
      int further = request.count() - at - 1;
      if (request.is(at, "OVERFLOW") && further >= 1) {
        overflow = overflow(request, at + 1);
        at += 2;
        continue;
      }
      Action action = action(request, at, further);
      IntegerField field = IntegerField.of(request, at + 1);
      long bit = BitCommands.offset(request, at + 2, field.width());
      long number = action == Action.GET ? 0 : request.integer(at + 3);
      operations.add(new Operation(action, field, bit, number, overflow));
      at += action == Action.GET ? 3 : 4;
    }
    return operations;
  }

  private static Action action(Request request, int argument, int further) {
    if (request.is(argument, "GET") && further >= 2) {
      return Action.GET;
    }
    if (request.is(argument, "SET") && further >= 3) {
      return Action.SET;
    }
    if (request.is(argument, "INCRBY") && further >= 3) {
      return Action.INCRBY;
    }
    throw Errors.SYNTAX;
  }

  private static Overflow overflow(Request request, int argument) {
    for (Overflow overflow : Overflow.values()) {
      if (request.is(argument, overflow.name())) {
        return overflow;
      }
    }
    throw BAD_OVERFLOW;
  }

  /** Operations other than GET change the key; so might what is no operation. */
  private static Set<KeyFlag> flags(Request request) {
    int at = 2;
    while (at < request.count()) {
      int further = request.count() - at - 1;
      if (request.is(at, "GET") && further >= 2) {
        at += 3;
      } else if (request.is(at, "OVERFLOW") && further >= 1) {
        at += 2;
      } else {
        return CHANGED;
      }
    }
    return READ;
  }

  private static void execute(Request request, Reply reply, boolean readOnly) {
    List<Operation> operations = parse(request);
    long end = 0;
    for (Operation operation : operations) {
      if (operation.action() != Action.GET) {
        end = Math.max(end, operation.bit() + operation.field().width());
      }
    }
    if (end == 0) {
      Entry entry = Database.of(request).read(request, 1, Type.STRING);
      reply.array(operations.size());
      for (Operation operation : operations) {
        reply.integer(get(entry, operation));
      }
    } else if (readOnly) {
      throw ONLY_GET;
    } else {
      BitCommands.checkLength(Database.of(request), (end + 7) >>> 3);
      change(request, reply, operations, (int) ((end + 7) >>> 3));
    }
  }

  private static long get(@Nullable Entry entry, Operation operation) {
    if (entry == null) {
      return 0;
    }
    if (entry.encoding() == Encoding.PIECES) {
      return LongBits.get(LongString.of(entry).bytes(), operation.field(), operation.bit());
    }
    byte[] bytes = StringValue.bytes(entry);
    int offset = StringValue.offset(entry);
    return operation.field().get(bytes, offset, StringValue.length(entry), operation.bit());
  }

  /** Executes operations that change a string of at least so many bytes. */
  private static void change(Request request, Reply reply, List<Operation> operations, int length) {
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.STRING);
    boolean grown = entry == null || StringValue.length(entry) < length;
    // Before the string is made, since there may be no memory for it.
    reply.array(operations.size());
    LongString big = LongString.ofLength(database, entry, request, 1, length);
    if (big != null) {
      big.extend(length);
    } else if (entry != null) {
      int _ = StringValue.extend(entry, length);
    } else {
      int _ = StringValue.createZeros(database, request, 1, length);
    }
    if (entry == null) {
      entry = database.view();
    }
    boolean changed = false;
    for (Operation operation : operations) {
      if (operation.action() == Action.GET) {
        reply.integer(get(entry, operation));
      } else {
        int changes = change(entry, operation, reply);
        changed |= changes > 0 || (grown && changes == 0);
      }
    }
    if (changed) {
      database.changed(request, 1, KeyspaceNotifications.STRING, "setbit");
    }
  }

  /** Sets or adds, and says whether the number is another now: 1 or 0, or -1 if that has failed. */
  private static int change(Entry entry, Operation operation, Reply reply) {
    IntegerField field = operation.field();
    long before = get(entry, operation);
    boolean set = operation.action() == Action.SET;
    long after = set ? operation.number() : before + operation.number();
    int excess = set ? field.excess(after) : field.excess(before, operation.number());
    if (excess != 0) {
      if (operation.overflow() == Overflow.FAIL) {
        reply.nothing();
        return -1;
      }
      after = field.instead(after, excess, operation.overflow());
    }
    if (entry.encoding() == Encoding.PIECES) {
      LongBits.put(LongString.of(entry).bytes(), operation.bit(), field.width(), after);
    } else {
      int offset = entry.stringOffset();
      Bits.put(entry.bytes(), offset, operation.bit(), field.width(), after);
    }
    reply.integer(set ? before : after);
    return before == after ? 0 : 1;
  }
}
