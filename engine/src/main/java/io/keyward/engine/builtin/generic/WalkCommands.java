package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.GENERIC;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.SeenKeys;
import io.keyward.engine.builtin.SeenName;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** KEYS, SCAN and RANDOMKEY: keys that nobody has named. */
final class WalkCommands {
  /** How often RANDOMKEY draws among keys that are not all seen, before it looks at all of them. */
  private static final int MOST_DRAWS = 100;

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
            .reach(Reach.EVERYWHERE)
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
            .reach(Reach.OF_ITS_CURSOR)
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
    byte[] pattern = request.copyOf(1);
    boolean all = request.is(1, "*");
    Slices slices = database.keyspace().slices();
    List<Database> holders = SeenKeys.holders(database);
    Slices.expect(request, holders.stream().mapToLong(Database::size).sum());
    Entry view = database.newView();
    SeenName name = new SeenName();
    int mark = reply.beginArray();
    long[] found = {0};
    for (Database holder : holders) {
      name.before(SeenKeys.before(database, holder));
      holder
          .walks()
          .forEach(
              reference -> {
                slices.step();
                if (holder.walks().expired(reference, request.now())) {
                  return;
                }
                name.of(holder.at(reference, view));
                if ((all || name.matches(pattern)) && SeenKeys.sees(database, view)) {
                  name.send(reply);
                  found[0]++;
                }
              });
    }
    reply.endArray(mark, found[0]);
  }

  private static void scan(Request request, Reply reply) {
    long cursor = ScanOptions.cursor(request, 1);
    ScanOptions options = ScanOptions.of(request, 2, true);
    Database database = Database.of(request);
    Slices slices = database.keyspace().slices();
    Slices.expect(
        request,
        database.seesOthers() ? options.count() : Math.min(options.count(), database.size()));
    Found found = new Found(request, options, database.newView());
    long asked = database.seesOthers() ? cursor >>> ScanOptions.CURSOR_BITS : 0;
    long at = SeenKeys.holderFrom(database, asked);
    long within = at == asked ? cursor & (1L << ScanOptions.CURSOR_BITS) - 1 : 0;

    long bucketsLeft = options.mostBuckets();
    Database holder = at < 0 ? null : SeenKeys.holder(database, at);
    while (holder != null && found.looked < options.count() && --bucketsLeft >= 0) {
      slices.step();
      Database walked = holder;
      if (walked != found.walked) {
        found.walk(walked, SeenKeys.before(database, walked));
      }
      within = walked.walks().scan(within, found);
      if (within == 0) {
        at = SeenKeys.holderFrom(database, at + 1);
        holder = at < 0 ? null : SeenKeys.holder(database, at);
      }
    }
    reply.array(2);
    reply.bulkInteger(at < 0 ? 0 : (at << ScanOptions.CURSOR_BITS) + within);
    reply.array(found.count);
    reply.raw(found.names.bytes(), 0, found.names.length());
  }

  /** What a call of SCAN has met. */
  private static final class Found implements IntConsumer {
    private final Request request;
    private final ScanOptions options;
    private final Entry view;
    private final SeenName name = new SeenName();
    private final Reply names = new Reply();
    private @Nullable Database walked;
    private long looked;
    private long count;

    Found(Request request, ScanOptions options, Entry view) {
      this.request = request;
      this.options = options;
      this.view = view;
    }

    /** What follows is met in this database. */
    void walk(Database holder, byte[] before) {
      walked = holder;
      name.before(before);
    }

    @Override
    public void accept(int reference) {
      Database holder = Objects.requireNonNull(walked);
      looked++;
      Entry entry = holder.at(reference, view);
      name.of(entry);
      if (!options.matches(name.bytes(), name.offset(), name.length())) {
        return;
      }
      if (holder.walks().expired(reference, request.now())) {
        holder.departures().expire(entry);
        return;
      }
      if (options.matches(entry.type()) && SeenKeys.sees(Database.of(request), entry)) {
        name.send(names);
        count++;
      }
    }
  }

  private static void randomKey(Request request, Reply reply) {
    Database database = Database.of(request);
    Overview overview = Overview.of(database.keyspace());
    if (overview == null) {
      draw(database, request.now()).send(reply);
      return;
    }
    int number = database.number();
    long now = request.now();
    RandomGenerator random = database.keyspace().home().random();
    overview.gather(
        request,
        reply,
        each -> draw(each.view().databases().at(number), now),
        (draws, to) -> choose(draws, random).send(to));
  }

  /**
   * A key that has been drawn.
   *
   * @param keys from how many
   * @param name null if there is none
   */
  private record Draw(long keys, @Nullable Key name) {
    void send(Reply reply) {
      if (name == null) {
        reply.nothing();
      } else {
        reply.bulk(name.bytes());
      }
    }
  }

  private static Draw draw(Database database, long now) {
    List<Draw> candidates = new ArrayList<>();
    for (Database holder : SeenKeys.holders(database)) {
      long seen = SeenKeys.count(database, holder);
      Entry entry = seen == 0 ? null : draw(database, holder, now);
      if (entry != null) {
        SeenName name = new SeenName();
        name.before(SeenKeys.before(database, holder));
        name.of(entry);
        candidates.add(new Draw(seen, name.copy()));
      }
    }
    return choose(candidates, database.keyspace().home().random());
  }

  /** A key of a holder that is seen in a database; where such keys are rare, the first one met. */
  private static @Nullable Entry draw(Database database, Database holder, long now) {
    Entry view = database.newView();
    for (int attempt = 0; attempt < MOST_DRAWS; attempt++) {
      Entry drawn = holder.walks().random(now, view);
      if (drawn == null || SeenKeys.sees(database, drawn)) {
        return drawn;
      }
    }
    List<Entry> met = new ArrayList<>(1);
    long cursor = 0;
    do {
      cursor =
          holder
              .walks()
              .scan(
                  cursor,
                  reference -> {
                    Entry entry = holder.at(reference, database.newView());
                    if (met.isEmpty() && SeenKeys.sees(database, entry)) {
                      met.add(entry);
                    }
                  });
    } while (met.isEmpty() && cursor != 0);
    return met.isEmpty() ? null : met.getFirst();
  }

  /** One of several keys, the likelier the more it has been drawn from. */
  private static Draw choose(List<Draw> draws, RandomGenerator random) {
    long keys = draws.stream().mapToLong(Draw::keys).sum();
    if (keys == 0) {
      return new Draw(0, null);
    }
    long at = random.nextLong(keys);
    for (Draw draw : draws) {
      at -= draw.keys();
      if (at < 0) {
        return new Draw(keys, draw.name());
      }
    }
    throw new IllegalStateException("the sum of the numbers is greater than each");
  }
}
