package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RM;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** DEL, EXISTS, TYPE and the like. */
public final class KeyCommands {
  private KeyCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("del", GENERIC)
            .summary("Deletes keys.")
            .complexity("O(N) with N keys; what big values hold is freed afterwards in slices")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(WRITE)
            .keys(1, -1, 1, RM, DELETE)
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .handler(KeyCommands::delete));
    table.add(
        Command.named("unlink", GENERIC)
            .since("4.0.0")
            .summary("Deletes keys; what big values hold is freed afterwards in slices.")
            .complexity("O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(WRITE, FAST)
            .keys(1, -1, 1, RM, DELETE)
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .handler(KeyCommands::delete));
    table.add(
        Command.named("exists", GENERIC)
            .summary("Counts how many of the keys exist.")
            .complexity("O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY, FAST)
            .keys(1, -1, 1, RO)
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .handler(KeyCommands::count));
    table.add(
        Command.named("touch", GENERIC)
            .since("3.2.1")
            .summary("Renews the access time of keys and counts those that exist.")
            .complexity("O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY, FAST)
            .keys(1, -1, 1, RO)
            .tips("request_policy:multi_shard", "response_policy:agg_sum")
            .handler(KeyCommands::touch));
    table.add(
        Command.named("type", GENERIC)
            .summary("Names the type of a key's value.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(KeyCommands::type));
    NameCommands.declare(table);
    ExpiryCommands.declare(table);
    WalkCommands.declare(table);
    ObjectCommands.declare(table);
    MemoryCommands.declare(table);
    SortCommands.declare(table);
  }

  private static void delete(Request request, Reply reply) {
    Database database = Database.of(request);
    int deleted = 0;
    for (int key = 1; key < request.count(); key++) {
      Slices.step(request);
      Entry entry = database.write(request, key);
      if (entry != null) {
        database.remove(entry);
        database.changed(request, key, KeyspaceNotifications.GENERIC, "del");
        deleted++;
      }
    }
    reply.integer(deleted);
  }

  private static void count(Request request, Reply reply) {
    Database database = Database.of(request);
    int found = 0;
    for (int key = 1; key < request.count(); key++) {
      Slices.step(request);
      if (database.glance(request, key, database.scratchView()) != null) {
        found++;
      }
    }
    reply.integer(found);
  }

  private static void touch(Request request, Reply reply) {
    Database database = Database.of(request);
    int found = 0;
    for (int key = 1; key < request.count(); key++) {
      Slices.step(request);
      if (database.write(request, key) != null) {
        found++;
      }
    }
    reply.integer(found);
  }

  private static void type(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.glance(request, 1, database.scratchView());
    reply.simple(entry == null ? "none" : entry.type().wireName());
  }
}
