package io.keyward.engine.builtin.geo;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GEO;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.sortedset.MemberCursor;
import io.keyward.engine.builtin.sortedset.SortedSetCommands;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.Numbers;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** GEOADD, GEOPOS, GEOHASH and GEODIST. */
final class PlaceCommands {
  /** Decimal places of a coordinate in a reply. */
  private static final int COORDINATE_DECIMALS = 17;

  private PlaceCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("geoadd", GEO)
            .since("3.2.0")
            .summary("Adds members with their places to a sorted set, or moves present ones.")
            .complexity("O(log(N)) for each member added, N being the size of the sorted set")
            .syntax("key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]")
            .arity(-5)
            .flags(WRITE, DENYOOM)
            .key(1, RW, UPDATE)
            .handler(PlaceCommands::add));
    table.add(
        reading("geopos", "Returns the longitudes and latitudes of members.")
            .complexity("O(1) for each member")
            .syntax("key [member [member ...]]")
            .arity(-2)
            .handler(PlaceCommands::positions));
    table.add(
        reading("geohash", "Returns the places of members as geohash texts.")
            .complexity("O(1) for each member")
            .syntax("key [member [member ...]]")
            .arity(-2)
            .handler(PlaceCommands::hashes));
    table.add(
        reading("geodist", "Returns the distance between two members.")
            .complexity("O(1)")
            .syntax("key member1 member2 [M | KM | FT | MI]")
            .arity(-4)
            .handler(PlaceCommands::distance));
  }

  private static CommandBuilder reading(String name, String summary) {
    return Command.named(name, GEO)
        .since("3.2.0")
        .summary(summary)
        .flags(READONLY)
        .key(1, RO, ACCESS);
  }

  /** Does what ZADD does with the same options and the scores of the places. */
  private static void add(Request request, Reply reply) {
    int first = 2;
    boolean onlyNew = false;
    boolean onlyPresent = false;
    for (; first < request.count(); first++) {
      boolean newOnes = request.is(first, "NX");
      boolean presentOnes = request.is(first, "XX");
      if (!newOnes && !presentOnes && !request.is(first, "CH")) {
        break;
      }
      onlyNew |= newOnes;
      onlyPresent |= presentOnes;
    }
    int members = (request.count() - first) / 3;
    if ((request.count() - first) % 3 != 0 || (onlyNew && onlyPresent)) {
      throw Errors.SYNTAX;
    }
    byte[] scores = new byte[members * Numbers.MAX_INTEGER_LENGTH];
    int[] lengths = new int[members];
    for (int i = 0; i < members; i++) {
      Slices.step(request);
      double score = Place.of(request, first + 3 * i).score();
      lengths[i] = Numbers.formatInteger((long) score, scores, i * Numbers.MAX_INTEGER_LENGTH);
    }
    SortedSetCommands.add(withScores(request, first, scores, lengths), reply);
  }

  /** The request as ZADD takes it: scores in place of coordinates. */
  private static Request withScores(Request request, int first, byte[] scores, int[] lengths) {
    byte[] own = request.bytes();
    byte[] buffer = new byte[own.length + scores.length];
    System.arraycopy(own, 0, buffer, 0, own.length);
    System.arraycopy(scores, 0, buffer, own.length, scores.length);
    Request scored = new Request();
    scored.begin(buffer);
    for (int i = 0; i < first; i++) {
      scored.add(request.offset(i), request.length(i));
    }
    for (int i = 0; i < lengths.length; i++) {
      scored.add(own.length + i * Numbers.MAX_INTEGER_LENGTH, lengths[i]);
      scored.add(request.offset(first + 3 * i + 2), request.length(first + 3 * i + 2));
    }
    scored.command(request.command());
    scored.client(request.client());
    scored.store(request.store());
    scored.now(request.now());
    return scored;
  }

  private static @Nullable MemberCursor members(Request request) {
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    return entry == null ? null : new MemberCursor(entry);
  }

  /** The place of the member that an argument names, or null. */
  static @Nullable Place place(@Nullable MemberCursor members, Request request, int argument) {
    double score =
        members == null
            ? Double.NaN
            : members.find(request.bytes(), request.offset(argument), request.length(argument));
    return Double.isNaN(score) ? null : Place.of(score);
  }

  private static void positions(Request request, Reply reply) {
    MemberCursor members = members(request);
    reply.array(request.count() - 2L);
    Slices slices = Database.of(request).keyspace().slices();
    for (int i = 2; i < request.count(); i++) {
      slices.longStep();
      Place place = place(members, request, i);
      if (place == null) {
        reply.nothingArray();
      } else {
        send(place, reply);
      }
    }
  }

  private static void hashes(Request request, Reply reply) {
    MemberCursor members = members(request);
    reply.array(request.count() - 2L);
    Slices slices = Database.of(request).keyspace().slices();
    for (int i = 2; i < request.count(); i++) {
      slices.longStep();
      Place place = place(members, request, i);
      if (place == null) {
        reply.nothing();
      } else {
        reply.bulk(GeoHash.text(place.longitude(), place.latitude()));
      }
    }
  }

  private static void distance(Request request, Reply reply) {
    if (request.count() > 5) {
      throw Errors.SYNTAX;
    }
    Unit unit = request.count() == 5 ? Unit.of(request, 4) : Unit.M;
    MemberCursor members = members(request);
    Place from = place(members, request, 2);
    Place to = place(members, request, 3);
    if (from == null || to == null) {
      reply.nothing();
    } else {
      sendDistance(from.distance(to) / unit.metres(), reply);
    }
  }

  static void send(Place place, Reply reply) {
    reply.array(2);
    reply.number(coordinate(place.longitude()));
    reply.number(coordinate(place.latitude()));
  }

  private static String coordinate(double value) {
    BigDecimal exact = new BigDecimal(value);
    BigDecimal rounded = exact.setScale(COORDINATE_DECIMALS, RoundingMode.HALF_EVEN);
    return rounded.stripTrailingZeros().toPlainString();
  }

  /** Writes a distance with four decimal places. */
  static void sendDistance(double distance, Reply reply) {
    long scaled = (long) Math.rint(distance * 10_000);
    reply.bulk(BigDecimal.valueOf(scaled, 4).toPlainString());
  }
}
