package io.keyward.engine.builtin.server;

import io.keyward.engine.Reply;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command's declaration in the shape of COMMAND INFO. */
final class CommandInfo {
  /**
   * First key, last key and step as old clients read them: those of consecutive plain ranges, taken
   * together.
   */
  private record Range(int first, int last, int step) {
    static Range of(Command command) {
      int first = Integer.MAX_VALUE;
      int last = 0;
      int step = 1;
      for (KeySpec spec : command.keySpecs()) {
        if (spec.begin() instanceof Begin.Index(int position)
            && spec.find() instanceof Find.Range(int lastKey, int keyStep, int limit)) {
          boolean only = command.keySpecs().size() == 1;
          boolean gap = last != 0 && last != position - 1;
          if (!only && (keyStep != 1 || gap)) {
            continue;
          }
          first = Math.min(first, position);
          int end = lastKey >= 0 ? position + lastKey : lastKey;
          last = Integer.compareUnsigned(last, end) >= 0 ? last : end;
          step = keyStep;
        }
      }
      return first == Integer.MAX_VALUE ? new Range(0, 0, 0) : new Range(first, last, step);
    }
  }

  private CommandInfo() {}

  static void write(Reply reply, @Nullable Command command) {
    if (command == null) {
      reply.nothing();
      return;
    }
    Range range = Range.of(command);
    reply.array(10);
    reply.bulk(command.fullName());
    reply.integer(command.arity());
    List<CommandFlag> flags = command.flags().stream().filter(CommandFlag::announced).toList();
    reply.set(flags.size());
    flags.forEach(flag -> reply.simple(flag.wireName()));
    reply.integer(range.first());
    reply.integer(range.last());
    reply.integer(range.step());
    reply.set(command.categories().size());
    for (Category category : command.categories()) {
      reply.simple("@" + category.wireName());
    }
    reply.set(command.tips().size());
    command.tips().forEach(reply::bulk);
    reply.set(command.keySpecs().size());
    command.keySpecs().forEach(spec -> keySpec(reply, spec));
    if (command.subcommands().isEmpty()) {
      reply.set(0);
      return;
    }
    // Redis sends no set here although the commands below a command have no order.
    reply.array(command.subcommands().size());
    command.subcommands().values().forEach(child -> write(reply, child));
  }

  private static void keySpec(Reply reply, KeySpec spec) {
    boolean noted = !spec.notes().isEmpty();
    reply.map(noted ? 4 : 3);
    if (noted) {
      reply.bulk("notes");
      reply.bulk(spec.notes());
    }
    reply.bulk("flags");
    keyFlags(reply, spec.flags());
    reply.bulk("begin_search");
    begin(reply, spec.begin());
    reply.bulk("find_keys");
    find(reply, spec.find());
  }

  /** The flags in Redis's order. */
  static void keyFlags(Reply reply, Set<KeyFlag> flags) {
    reply.set(flags.size());
    for (KeyFlag flag : KeyFlag.values()) {
      if (flags.contains(flag)) {
        reply.simple(flag.wireName());
      }
    }
  }

  private static void kind(Reply reply, String type, int settings) {
    reply.map(2);
    reply.bulk("type");
    reply.bulk(type);
    reply.bulk("spec");
    reply.map(settings);
  }

  private static void setting(Reply reply, String name, long value) {
    reply.bulk(name);
    reply.integer(value);
  }

  private static void begin(Reply reply, Begin begin) {
    switch (begin) {
      case Begin.Index(int position) -> {
        kind(reply, "index", 1);
        setting(reply, "index", position);
      }
      case Begin.Keyword(String word, int startFrom) -> {
        kind(reply, "keyword", 2);
        reply.bulk("keyword");
        reply.bulk(word);
        setting(reply, "startfrom", startFrom);
      }
      case Begin.Unknown() -> kind(reply, "unknown", 0);
    }
  }

  private static void find(Reply reply, Find find) {
    switch (find) {
      case Find.Range(int lastKey, int step, int limit) -> {
        kind(reply, "range", 3);
        setting(reply, "lastkey", lastKey);
        setting(reply, "keystep", step);
        setting(reply, "limit", limit);
      }
      case Find.Count(int countAt, int firstKey, int step) -> {
        kind(reply, "keynum", 3);
        setting(reply, "keynumidx", countAt);
        setting(reply, "firstkey", firstKey);
        setting(reply, "keystep", step);
      }
      case Find.Unknown() -> kind(reply, "unknown", 0);
    }
  }
}
