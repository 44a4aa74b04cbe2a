package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.list.ListValue;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SORT and SORT_RO. */
final class SortCommands {
  private static final String SYNTAX =
      "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]";
  private static final byte[] NOTHING = {};

  private SortCommands() {}

  static void declare(CommandTable table) {
    table.add(
        sorting("sort")
            .summary("Sorts a list, a set or a sorted set, and returns or stores the result.")
            .syntax(SYNTAX + " [STORE destination]")
            .flags(WRITE, DENYOOM)
            .keys(
                new KeySpec(
                    Set.of(OW, UPDATE),
                    new Begin.Unknown(),
                    new Find.Unknown(),
                    "STORE may stand anywhere among the options."))
            .keysBy(SortOptions::findKeys)
            .handler((request, reply) -> sort(request, reply, true)));
    table.add(
        sorting("sort_ro")
            .since("7.0.0")
            .summary("Returns a list, a set or a sorted set in sorted order.")
            .syntax(SYNTAX)
            .flags(READONLY)
            .handler((request, reply) -> sort(request, reply, false)));
  }

  private static CommandBuilder sorting(String name) {
    return Command.named(name, GENERIC)
        .complexity("O(N+M*log(M)) with N elements, of which M are returned")
        .arity(-2)
        .categoriesOnly(Category.SET, Category.SORTEDSET, Category.LIST, Category.DANGEROUS)
        .key(1, RO, ACCESS)
        .keys(
            new KeySpec(
                Set.of(RO, ACCESS),
                new Begin.Unknown(),
                new Find.Unknown(),
                "The keys that BY and GET read have the elements in their names."));
  }

  private static void sort(Request request, Reply reply, boolean mayStore) {
    Database database = Database.of(request);
    SortOptions options = SortOptions.of(request, mayStore, patterns(request));
    Entry source = database.read(request, 1);
    if (source != null
        && source.type() != Type.LIST
        && source.type() != Type.SET
        && source.type() != Type.SORTED_SET) {
      throw Errors.WRONG_TYPE;
    }
    Slices.expect(request, source == null ? 0 : Sorting.size(source));
    boolean lasting = options.store() != SortOptions.NOWHERE || request.client().internal();
    if (options.unsorted() && source != null && source.type() == Type.SET && lasting) {
      // A set has no order of its own that would be the same for a replica or a later replay.
      options = options.byText();
    }
    SortElements elements = new SortElements(database);
    try {
      Sorting.Sorted sorted = new Sorting(database, request.now(), options).of(source, elements);
      if (options.store() != SortOptions.NOWHERE) {
        store(request, reply, options, results(request, options, sorted));
      } else {
        reply.array((long) sorted.size() * Math.max(1, options.gets().size()));
        send(request, reply, options, sorted);
      }
    } finally {
      elements.free();
    }
  }

  private static SortOptions.Patterns patterns(Request request) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (keyspace.slotRules() != null) {
      return SortOptions.Patterns.IN_ANOTHER_SLOT;
    }
    boolean permitted =
        keyspace
            .access()
            .mayReadEveryKey(ClientState.of(request.client()).user(), request, request.command());
    return permitted ? SortOptions.Patterns.ALLOWED : SortOptions.Patterns.NOT_PERMITTED;
  }

  private static void send(
      Request request, Reply reply, SortOptions options, Sorting.Sorted sorted) {
    Database database = Database.of(request);
    Slices slices = database.keyspace().slices();
    for (int i = 0; i < sorted.size(); i++) {
      slices.step();
      if (options.gets().isEmpty()) {
        sorted.send(i, reply);
        continue;
      }
      byte[] element = sorted.copyOf(i);
      for (SortPattern pattern : options.gets()) {
        byte @Nullable [] value = pattern.value(database, request.now(), element);
        if (value == null) {
          reply.nothing();
        } else {
          reply.bulk(value);
        }
      }
    }
  }

  /** What is stored; a value that is not there becomes an empty one. */
  private static List<byte[]> results(Request request, SortOptions options, Sorting.Sorted sorted) {
    Database database = Database.of(request);
    List<byte[]> results = new ArrayList<>(sorted.size() * Math.max(1, options.gets().size()));
    for (int i = 0; i < sorted.size(); i++) {
      database.keyspace().slices().step();
      byte[] element = sorted.copyOf(i);
      if (options.gets().isEmpty()) {
        results.add(element);
      }
      for (SortPattern pattern : options.gets()) {
        byte @Nullable [] value = pattern.value(database, request.now(), element);
        results.add(value == null ? NOTHING : value);
      }
    }
    return results;
  }

  /** The result is written, for it may rest on keys that only their patterns name. */
  private static void writeEffects(
      Request request, int target, boolean present, List<byte[]> results) {
    Effects effects = Database.of(request).keyspace().effects();
    if (present) {
      effects.deleted(request, target);
    }
    if (effects.wanted() && !results.isEmpty()) {
      effects.begin(request, "RPUSH", 2 + results.size()).key(request, target);
      results.forEach(effects::argument);
      effects.end();
    }
  }

  private static void store(
      Request request, Reply reply, SortOptions options, List<byte[]> results) {
    Database database = Database.of(request);
    Entry present = database.write(request, options.store());
    writeEffects(request, options.store(), present != null, results);
    if (!results.isEmpty()) {
      ListValue.overwrite(present, request, options.store(), results);
      database.changed(request, options.store(), KeyspaceNotifications.LIST, "sortstore");
    } else if (present != null) {
      database.remove(present);
      database.changed(request, options.store(), KeyspaceNotifications.GENERIC, "del");
    }
    reply.integer(results.size());
  }
}
