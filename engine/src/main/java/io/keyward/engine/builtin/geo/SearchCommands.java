package io.keyward.engine.builtin.geo;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GEO;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.geo.SearchOptions.Kind;
import io.keyward.engine.builtin.sortedset.MemberCursor;
import io.keyward.engine.builtin.sortedset.Result;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeyFinder;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** GEOSEARCH, GEOSEARCHSTORE and their forerunners, GEORADIUS and GEORADIUSBYMEMBER. */
final class SearchCommands {
  /** A member that has been found; the distance in metres. */
  private static final class Found {
    final byte[] member;
    final double score;
    final double distance;

    Found(byte[] member, double score, double distance) {
      this.member = member;
      this.score = score;
      this.distance = distance;
    }
  }

  /** To look at a member takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 10;

  private static final String OPTIONS =
      " [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]";
  private static final String STORE = " [STORE key | STOREDIST key]";
  private static final String RADIUS = "key longitude latitude radius <M | KM | FT | MI>";
  private static final String BY_MEMBER = "key member radius <M | KM | FT | MI>";
  private static final String CENTRE_AND_SHAPE =
      " <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> |"
          + " BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]]";

  private SearchCommands() {}

  static void declare(CommandTable table) {
    table.add(
        storing("georadius", Kind.RADIUS, 6)
            .since("3.2.0")
            .summary("Finds or stores the members around a place.")
            .syntax(RADIUS + OPTIONS + STORE));
    table.add(
        storing("georadiusbymember", Kind.RADIUS_BY_MEMBER, 5)
            .since("3.2.0")
            .summary("Finds or stores the members around another member.")
            .syntax(BY_MEMBER + OPTIONS + STORE));
    table.add(
        reading("georadius_ro", Kind.RADIUS_READ_ONLY)
            .since("3.2.10")
            .summary("Finds the members around a place.")
            .syntax(RADIUS + OPTIONS)
            .arity(-6));
    table.add(
        reading("georadiusbymember_ro", Kind.RADIUS_BY_MEMBER_READ_ONLY)
            .since("3.2.10")
            .summary("Finds the members around another member.")
            .syntax(BY_MEMBER + OPTIONS)
            .arity(-5));
    table.add(
        reading("geosearch", Kind.SEARCH)
            .since("6.2.0")
            .summary("Finds the members in a circle or a box.")
            .syntax("key" + CENTRE_AND_SHAPE + " [WITHCOORD] [WITHDIST] [WITHHASH]")
            .arity(-7));
    table.add(
        search("geosearchstore", Kind.SEARCH_STORE)
            .since("6.2.0")
            .summary("Stores the members in a circle or a box.")
            .syntax("destination source" + CENTRE_AND_SHAPE + " [STOREDIST]")
            .arity(-8)
            .flags(WRITE, DENYOOM)
            .key(1, OW, UPDATE)
            .key(2, RO, ACCESS));
  }

  private static CommandBuilder search(String name, Kind kind) {
    return Command.named(name, GEO)
        .complexity(
            "O(N+log(M)) with N members in the cells around the shape, of M in the sorted set")
        .handler((request, reply) -> search(request, reply, kind));
  }

  private static CommandBuilder reading(String name, Kind kind) {
    return search(name, kind).flags(READONLY).key(1, RO, ACCESS);
  }

  private static CommandBuilder storing(String name, Kind kind, int firstOption) {
    return search(name, kind)
        .arity(-firstOption)
        .flags(WRITE, DENYOOM)
        .key(1, RO, ACCESS)
        .keys(stored("STORE", firstOption))
        .keys(stored("STOREDIST", firstOption))
        .keysBy(finder(kind));
  }

  private static KeySpec stored(String word, int firstOption) {
    return new KeySpec(
        Set.of(OW, UPDATE), new Begin.Keyword(word, firstOption), new Find.Range(0, 1, 0), "");
  }

  private static KeyFinder finder(Kind kind) {
    return (request, positions) -> {
      int store = new SearchOptions(request, kind, null).store();
      positions.accept(1);
      if (store != SearchOptions.NONE) {
        positions.accept(store);
      }
    };
  }

  private static void search(Request request, Reply reply, Kind kind) {
    Database database = Database.of(request);
    int source = kind == Kind.SEARCH_STORE ? 2 : 1;
    Entry entry = database.read(request, source, Type.SORTED_SET);
    SearchOptions options = new SearchOptions(request, kind, entry);
    Place centre = options.place();
    Slices slices = database.keyspace().slices();
    List<Found> found = new ArrayList<>();
    if (entry != null && centre != null) {
      long[] ranges = Cells.covering(centre, options.shape());
      Slices.expect(request, STEPS_OF_ONE * within(entry, ranges));
      find(entry, ranges, centre, options, found);
    }
    if (options.order() != SearchOptions.Order.NONE) {
      Comparator<Found> order =
          (one, other) -> {
            slices.step();
            return Double.compare(one.distance, other.distance);
          };
      found.sort(options.order() == SearchOptions.Order.NEAREST ? order : order.reversed());
    }
    if (options.count() > 0 && found.size() > options.count()) {
      found = found.subList(0, (int) options.count());
    }
    if (options.store() == SearchOptions.NONE) {
      send(found, options, reply, slices);
    } else {
      Result result = new Result(database.holderOf(request, options.store()));
      for (Found each : found) {
        slices.longStep();
        double score =
            options.storeDistances() ? each.distance / options.unit().metres() : each.score;
        result.add(each.member, 0, each.member.length, score);
      }
      result.store(request, reply, options.store(), options.event());
    }
  }

  /** How many members lie in ranges of scores; 0 of a small set, without counting them. */
  private static long within(Entry entry, long[] ranges) {
    long members = 0;
    if (STEPS_OF_ONE * new MemberCursor(entry).size() > Slices.MANY_STEPS) {
      for (int i = 0; i < ranges.length; i += 2) {
        members += MemberCursor.count(entry, (double) ranges[i], (double) ranges[i + 1]);
      }
    }
    return members;
  }

  /** Finds the members in the shape, as many as are wanted. */
  private static void find(
      Entry entry, long[] ranges, Place centre, SearchOptions options, List<Found> found) {
    Shape shape = options.shape();
    long most = options.any() ? options.count() : Long.MAX_VALUE;
    Slices slices = entry.database().keyspace().slices();
    for (int i = 0; i < ranges.length && found.size() < most; i += 2) {
      MemberCursor members = MemberCursor.fromScore(entry, (double) ranges[i]);
      while (found.size() < most && members.next() && members.score() < (double) ranges[i + 1]) {
        slices.longStep();
        double distance = shape.distanceWithin(centre, Place.of(members.score()));
        if (!Double.isNaN(distance)) {
          int offset = members.offset();
          byte[] member = Arrays.copyOfRange(members.bytes(), offset, offset + members.length());
          found.add(new Found(member, members.score(), distance));
        }
      }
    }
  }

  private static void send(List<Found> found, SearchOptions options, Reply reply, Slices slices) {
    int further =
        (options.withDistance() ? 1 : 0)
            + (options.withHash() ? 1 : 0)
            + (options.withPlace() ? 1 : 0);
    reply.array(found.size());
    for (Found each : found) {
      slices.longStep();
      if (further > 0) {
        reply.array(1L + further);
      }
      reply.bulk(each.member);
      if (options.withDistance()) {
        PlaceCommands.sendDistance(each.distance / options.unit().metres(), reply);
      }
      if (options.withHash()) {
        reply.integer((long) each.score);
      }
      if (options.withPlace()) {
        PlaceCommands.send(Place.of(each.score), reply);
      }
    }
  }
}
