package io.keyward.engine.builtin.set;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** SUNION, SUNIONSTORE, SDIFF, SDIFFSTORE. */
final class UnionsAndDifferences {
  private UnionsAndDifferences() {}

  static void declare(CommandTable table) {
    table.add(
        reading("sunion", "Returns the members that any of several sets has.")
            .handler((request, reply) -> send(union(request, 1), reply)));
    table.add(
        storing(
            "sunionstore",
            "Stores the members that any of several sets has as a set.",
            (request, reply) ->
                SourceSets.store(request, union(request, 2), "sunionstore", reply)));
    table.add(
        reading("sdiff", "Returns the members of a set that none of the other sets has.")
            .handler((request, reply) -> send(difference(request, 1), reply)));
    table.add(
        storing(
            "sdiffstore",
            "Stores the members of a set that none of the other sets has as a set.",
            (request, reply) ->
                SourceSets.store(request, difference(request, 2), "sdiffstore", reply)));
  }

  private static CommandBuilder reading(String name, String summary) {
    return declared(name, summary)
        .syntax("key [key ...]")
        .arity(-2)
        .flags(READONLY)
        .keys(1, -1, 1, RO, ACCESS)
        .tips("nondeterministic_output_order");
  }

  private static CommandBuilder storing(String name, String summary, Handler handler) {
    return declared(name, summary)
        .syntax("destination key [key ...]")
        .arity(-3)
        .flags(WRITE, DENYOOM)
        .key(1, OW, UPDATE)
        .keys(2, -1, 1, RO, ACCESS)
        .handler(handler);
  }

  private static CommandBuilder declared(String name, String summary) {
    return Command.named(name, SET)
        .since("1.0.0")
        .summary(summary)
        .complexity("O(N) where N is the number of members of all sets together");
  }

  private static void send(NewSet result, Reply reply) {
    result.send(reply);
    result.discard();
  }

  /** Where a set is made: with its destination if the first set is not the first argument. */
  private static Database place(Request request, int from) {
    Database database = Database.of(request);
    return from == 1 ? database : database.holderOf(request, 1);
  }

  private static NewSet union(Request request, int from) {
    NewSet result = new NewSet(place(request, from), Encoding.INTSET);
    for (Entry set : SourceSets.read(request, from, request.count() - 1)) {
      if (set != null) {
        addAll(set, result);
      }
    }
    return result;
  }

  private static void addAll(Entry set, NewSet result) {
    SetValue.visit(
        set,
        (bytes, offset, length) -> {
          result.add(bytes, offset, length);
          return true;
        });
  }

  private static NewSet difference(Request request, int from) {
    @Nullable Entry[] sets = SourceSets.read(request, from, request.count() - 1);
    NewSet result = new NewSet(place(request, from), Encoding.INTSET);
    Entry first = sets[0];
    if (first == null) {
      return result;
    }
    Entry[] others = new Entry[sets.length];
    int count = 0;
    long allSizes = SetValue.size(first);
    for (int i = 1; i < sets.length; i++) {
      Entry other = sets[i];
      if (other != null) {
        if (other.reference() == first.reference()) {
          return result;
        }
        allSizes += SetValue.size(other);
        others[count++] = other;
      }
    }
    others = Arrays.copyOf(others, count);
    long lookUps = (long) SetValue.size(first) * (count + 1);
    if (lookUps / 2 <= allSizes) {
      keepWhatNoneHas(first, others, result);
    } else {
      removeWhatAnyHas(first, others, result);
    }
    return result;
  }

  /** Looks each member of the first set up in the others, the largest first. */
  private static void keepWhatNoneHas(Entry first, Entry[] others, NewSet result) {
    Arrays.sort(others, Comparator.comparingInt(SetValue::size).reversed());
    SetValue.visit(
        first,
        (bytes, offset, length) -> {
          for (Entry other : others) {
            if (SetValue.contains(other, bytes, offset, length)) {
              return true;
            }
          }
          result.add(bytes, offset, length);
          return true;
        });
  }

  /** Takes the members of the others out of a copy of the first set. */
  private static void removeWhatAnyHas(Entry first, Entry[] others, NewSet result) {
    addAll(first, result);
    for (Entry other : others) {
      SetValue.visit(
          other,
          (bytes, offset, length) -> {
            result.remove(bytes, offset, length);
            return result.size() > 0;
          });
    }
  }
}
