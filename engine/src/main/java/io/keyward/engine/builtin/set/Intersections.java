package io.keyward.engine.builtin.set;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementVisitor;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** SINTER, SINTERSTORE, SINTERCARD. */
final class Intersections {
  private static final CommandException NUMKEYS_NOT_POSITIVE =
      CommandException.error("numkeys should be greater than 0");
  private static final CommandException NUMKEYS_TOO_LARGE =
      CommandException.error("Number of keys can't be greater than number of args");
  private static final CommandException LIMIT_NEGATIVE =
      CommandException.error("LIMIT can't be negative");

  private Intersections() {}

  static void declare(CommandTable table) {
    String complexity =
        "O(N*M) at worst, where N is the size of the smallest set and M the number of sets";
    table.add(
        Command.named("sinter", SET)
            .since("1.0.0")
            .summary("Returns the members that all of several sets have.")
            .complexity(complexity)
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY)
            .keys(1, -1, 1, RO, ACCESS)
            .tips("nondeterministic_output_order")
            .handler(Intersections::sinter));
    table.add(
        Command.named("sinterstore", SET)
            .since("1.0.0")
            .summary("Stores the members that all of several sets have as a set.")
            .complexity(complexity)
            .syntax("destination key [key ...]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .key(1, RW, UPDATE)
            .keys(2, -1, 1, RO, ACCESS)
            .handler(Intersections::sinterstore));
    table.add(
        Command.named("sintercard", SET)
            .since("7.0.0")
            .summary("Returns how many members all of several sets have.")
            .complexity(complexity)
            .syntax("numkeys key [key ...] [LIMIT limit]")
            .arity(-3)
            .flags(READONLY)
            .keys(KeySpec.counted(1, RO, ACCESS))
            .handler(Intersections::sintercard));
  }

  /** The sets from the smallest to the largest, or null if one is empty and so the result is. */
  private static Entry @Nullable [] bySize(@Nullable Entry[] sets) {
    Entry[] sorted = new Entry[sets.length];
    for (int i = 0; i < sets.length; i++) {
      Entry set = sets[i];
      if (set == null) {
        return null;
      }
      sorted[i] = set;
    }
    Arrays.sort(sorted, Comparator.comparingInt(SetValue::size));
    return sorted;
  }

  /** Visits the members that all sets have, until the visitor has had enough. */
  private static void visit(Entry[] sets, ElementVisitor visitor) {
    SetValue.visit(
        sets[0],
        (bytes, offset, length) -> {
          for (int i = 1; i < sets.length; i++) {
            if (!SetValue.contains(sets[i], bytes, offset, length)) {
              return true;
            }
          }
          return visitor.visit(bytes, offset, length);
        });
  }

  private static void sinter(Request request, Reply reply) {
    Entry[] sets = bySize(SourceSets.read(request, 1, request.count() - 1));
    if (sets == null) {
      reply.set(0);
      return;
    }
    int header = reply.beginArray();
    int[] sent = new int[1];
    visit(
        sets,
        (bytes, offset, length) -> {
          reply.bulk(bytes, offset, length);
          sent[0]++;
          return true;
        });
    reply.endSet(header, sent[0]);
  }

  private static void sinterstore(Request request, Reply reply) {
    Entry[] sets = bySize(SourceSets.read(request, 2, request.count() - 1));
    NewSet result = sets == null ? null : gather(Database.of(request).holderOf(request, 1), sets);
    SourceSets.store(request, result, "sinterstore", reply);
  }

  private static NewSet gather(Database database, Entry[] sets) {
    boolean integers = sets[0].encoding() == Encoding.INTSET;
    NewSet result = new NewSet(database, integers ? Encoding.INTSET : Encoding.LISTPACK);
    boolean[] texts = new boolean[1];
    visit(
        sets,
        (bytes, offset, length) -> {
          texts[0] = texts[0] || !Numbers.isInteger(bytes, offset, length);
          result.add(bytes, offset, length);
          return true;
        });
    if (!texts[0]) {
      result.toIntegers();
    }
    return result;
  }

  private static void sintercard(Request request, Reply reply) {
    long keys = request.integer(1, 1, Long.MAX_VALUE, NUMKEYS_NOT_POSITIVE);
    if (keys > request.count() - 2) {
      throw NUMKEYS_TOO_LARGE;
    }
    int last = (int) keys + 1;
    long limit = 0;
    for (int i = last + 1; i < request.count(); i += 2) {
      if (i + 1 == request.count() || !request.is(i, "LIMIT")) {
        throw Errors.SYNTAX;
      }
      limit = request.integer(i + 1, 0, Long.MAX_VALUE, LIMIT_NEGATIVE);
    }
    Entry[] sets = bySize(SourceSets.read(request, 2, last));
    if (sets == null) {
      reply.integer(0);
      return;
    }
    long most = limit == 0 ? Long.MAX_VALUE : limit;
    long[] count = new long[1];
    visit(sets, (bytes, offset, length) -> ++count[0] < most);
    reply.integer(count[0]);
  }
}
