package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.GENERIC;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.Glob;

/** KEYS, SCAN and RANDOMKEY: keys that nobody has named. */
final class WalkCommands {
  private WalkCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("keys", GENERIC)
            .summary("Returns every key that matches a pattern.")
            .complexity("O(N) with N keys in the database")
            .syntax("pattern")
            .arity(2)
            .flags(READONLY)
            .categories(Category.DANGEROUS)
            .tips("request_policy:all_shards", "nondeterministic_output_order")
            .handler(WalkCommands::keys));
    table.add(
        Command.named("scan", GENERIC)
            .since("2.8.0")
            .summary("Walks over the keys of the database, some at each call.")
            .complexity("O(1) for a call, O(N) for the walk with N keys in the database")
            .syntax("cursor [MATCH pattern] [COUNT count] [TYPE type]")
            .arity(-2)
            .flags(READONLY)
            .tips("nondeterministic_output", "request_policy:special", "response_policy:special")
            .handler(WalkCommands::scan));
    table.add(
        Command.named("randomkey", GENERIC)
            .summary("Returns a key, each with the same chance.")
            .complexity("O(1)")
            .arity(1)
            .flags(READONLY)
            .tips("request_policy:all_shards", "response_policy:special", "nondeterministic_output")
            .handler(WalkCommands::randomKey));
  }

  private static void keys(Request request, Reply reply) {
    Database database = Database.of(request);
    byte[] pattern = request.bytes();
    int offset = request.offset(1);
    int length = request.length(1);
    boolean all = request.is(1, "*");
    Slices slices = database.keyspace().slices();
    Slices.expect(request, database.size());
    Entry view = database.newView();
    int mark = reply.beginArray();
    long[] found = {0};
    database.forEach(
        reference -> {
          slices.step();
          if (database.expired(reference, request.now())) {
            return;
          }
          Entry entry = database.at(reference, view);
          byte[] bytes = entry.bytes();
          int key = entry.keyOffset();
          int keyLength = entry.keyLength();
          if (all || Glob.matches(pattern, offset, length, bytes, key, keyLength, false)) {
            reply.bulk(bytes, key, keyLength);
            found[0]++;
          }
        });
    reply.endArray(mark, found[0]);
  }

  private static void scan(Request request, Reply reply) {
    long cursor = ScanOptions.cursor(request, 1);
    ScanOptions options = ScanOptions.of(request, 2, true);
    Database database = Database.of(request);
    Entry view = database.newView();
    Reply elements = new Reply();
    Slices slices = database.keyspace().slices();
    Slices.expect(request, Math.min(options.count(), database.size()));
    long[] found = {0};
    long[] looked = {0};

    long bucketsLeft = options.mostBuckets();
    do {
      slices.step();
      cursor =
          database.scan(
              cursor,
              reference -> {
                looked[0]++;
                Entry entry = database.at(reference, view);
                int key = entry.keyOffset();
                int length = entry.keyLength();
                if (!options.matches(entry.bytes(), key, length)) {
                  return;
                }
                if (database.expired(reference, request.now())) {
                  database.departures().expire(entry);
                  return;
                }
                if (options.matches(entry.type())) {
                  elements.bulk(entry.bytes(), key, length);
                  found[0]++;
                }
              });
    } while (cursor != 0 && looked[0] < options.count() && --bucketsLeft > 0);
    reply.array(2);
    reply.bulkInteger(cursor);
    reply.array(found[0]);
    reply.raw(elements.bytes(), 0, elements.length());
  }

  private static void randomKey(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.random(request.now(), database.newView());
    if (entry == null) {
      reply.nothing();
    } else {
      reply.bulk(entry.bytes(), entry.keyOffset(), entry.keyLength());
    }
  }
}
