package io.keyward.engine.builtin.geo;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.sortedset.MemberCursor;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a search, read once for the command and for those who ask for its keys.
 *
 * <p>An option that is given again replaces the former.
 */
final class SearchOptions {
  /** Which arguments a command takes. */
  enum Kind {
    RADIUS(6, true),
    RADIUS_READ_ONLY(6, false),
    RADIUS_BY_MEMBER(5, true),
    RADIUS_BY_MEMBER_READ_ONLY(5, false),
    SEARCH(2, false),
    SEARCH_STORE(3, false);

    private final int firstOption;
    private final boolean mayStore;

    Kind(int firstOption, boolean mayStore) {
      this.firstOption = firstOption;
      this.mayStore = mayStore;
    }

    /** Whether the centre and the shape are options. */
    private boolean search() {
      return this == SEARCH || this == SEARCH_STORE;
    }
  }

  /** How results are sorted. */
  enum Order {
    NONE,
    NEAREST,
    FARTHEST
  }

  /** Stands for an argument that has not been given. */
  static final int NONE = 0;

  private static final CommandException COUNT_NOT_POSITIVE =
      CommandException.error("COUNT must be > 0");
  private static final CommandException ANY_WITHOUT_COUNT =
      CommandException.error("the ANY argument requires COUNT argument");
  private static final CommandException NOT_A_RADIUS =
      CommandException.error("need numeric radius");
  private static final CommandException NEGATIVE_RADIUS =
      CommandException.error("radius cannot be negative");
  private static final CommandException NOT_A_WIDTH = CommandException.error("need numeric width");
  private static final CommandException NOT_A_HEIGHT =
      CommandException.error("need numeric height");
  private static final CommandException NO_SUCH_MEMBER =
      CommandException.error("could not decode requested zset member");
  private static final CommandException NEGATIVE_BOX =
      CommandException.error("height or width cannot be negative");

  private final Request request;
  private final Kind kind;
  private boolean withDistance;
  private boolean withHash;
  private boolean withPlace;
  private boolean any;
  private long count;
  private Order order = Order.NONE;
  private final @Nullable Entry members;
  private boolean aroundMember;
  private @Nullable Place place;
  private @Nullable Shape shape;
  private Unit unit = Unit.M;
  private int store = NONE;
  private boolean storeDistances;

  /**
   * Reads the options of a search; a member at the centre is looked up as soon as it is named, as
   * in Redis.
   *
   * @param members the sorted set that is searched, or null
   */
  SearchOptions(Request request, Kind kind, @Nullable Entry members) {
    this.request = request;
    this.members = members;
    this.kind = kind;
    switch (kind) {
      case RADIUS, RADIUS_READ_ONLY -> {
        place = Place.of(request, 2);
        circle(4);
      }
      case RADIUS_BY_MEMBER, RADIUS_BY_MEMBER_READ_ONLY -> {
        around(2);
        if (members != null) {
          circle(3);
        }
      }
      case SEARCH -> {}
      case SEARCH_STORE -> store = 1;
    }
    int at = kind.firstOption;
    while (at < request.count()) {
      int next = kind.search() ? searchOption(at) : at;
      at = next > at ? next : option(at);
    }
    check();
  }

  private void around(int member) {
    aroundMember = true;
    if (members != null) {
      place = PlaceCommands.place(new MemberCursor(members), request, member);
      if (place == null) {
        throw NO_SUCH_MEMBER;
      }
    }
  }

  private void circle(int argument) {
    double radius = request.number(argument, NOT_A_RADIUS);
    if (radius < 0) {
      throw NEGATIVE_RADIUS;
    }
    unit = Unit.of(request, argument + 1);
    shape = new Shape.Circle(radius * unit.metres());
  }

  private void box(int argument) {
    double width = request.number(argument, NOT_A_WIDTH);
    double height = request.number(argument + 1, NOT_A_HEIGHT);
    if (width < 0 || height < 0) {
      throw NEGATIVE_BOX;
    }
    unit = Unit.of(request, argument + 2);
    shape = new Shape.Box(width * unit.metres(), height * unit.metres());
  }

  /** Takes an option that every search has; returns where the next one stands. */
  private int option(int at) {
    int further = request.count() - at - 1;
    if (request.is(at, "WITHDIST")) {
      withDistance = true;
    } else if (request.is(at, "WITHHASH")) {
      withHash = true;
    } else if (request.is(at, "WITHCOORD")) {
      withPlace = true;
    } else if (request.is(at, "ANY")) {
      any = true;
    } else if (request.is(at, "ASC")) {
      order = Order.NEAREST;
    } else if (request.is(at, "DESC")) {
      order = Order.FARTHEST;
    } else if (request.is(at, "COUNT") && further >= 1) {
      count = request.integer(at + 1);
      if (count <= 0) {
        throw COUNT_NOT_POSITIVE;
      }
      return at + 2;
    } else if (kind.mayStore && further >= 1 && storeOption(at)) {
      store = at + 1;
      return at + 2;
    } else if (kind == Kind.SEARCH_STORE && request.is(at, "STOREDIST")) {
      storeDistances = true;
    } else {
      throw Errors.SYNTAX;
    }
    return at + 1;
  }

  private boolean storeOption(int at) {
    boolean distances = request.is(at, "STOREDIST");
    if (!distances && !request.is(at, "STORE")) {
      return false;
    }
    storeDistances = distances;
    return true;
  }

  /** Takes an option that only GEOSEARCH has; returns where the next one stands, or the same. */
  private int searchOption(int at) {
    int further = request.count() - at - 1;
    if (request.is(at, "FROMMEMBER") && further >= 1 && !aroundPlace()) {
      around(at + 1);
      return at + 2;
    }
    if (request.is(at, "FROMLONLAT") && further >= 2 && !aroundMember) {
      place = Place.of(request, at + 1);
      return at + 3;
    }
    if (request.is(at, "BYRADIUS") && further >= 2 && !(shape instanceof Shape.Box)) {
      circle(at + 1);
      return at + 3;
    }
    if (request.is(at, "BYBOX") && further >= 3 && !(shape instanceof Shape.Circle)) {
      box(at + 1);
      return at + 4;
    }
    return at;
  }

  private boolean aroundPlace() {
    return place != null && !aroundMember;
  }

  /** Refuses options that do not go together or do not say enough. */
  private void check() {
    if (store != NONE && (withDistance || withHash || withPlace)) {
      String what = kind == Kind.SEARCH_STORE ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
      throw CommandException.error(
          what + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    }
    if (!aroundMember && place == null) {
      throw CommandException.error(
          "exactly one of FROMMEMBER or FROMLONLAT can be specified for " + request.text(0));
    }
    if (shape == null && kind.search()) {
      throw CommandException.error(
          "exactly one of BYRADIUS and BYBOX can be specified for " + request.text(0));
    }
    if (any && count == 0) {
      throw ANY_WITHOUT_COUNT;
    }
    if (count > 0 && order == Order.NONE && !any) {
      // The first so many are only of use if they are the nearest.
      order = Order.NEAREST;
    }
  }

  boolean withDistance() {
    return withDistance;
  }

  boolean withHash() {
    return withHash;
  }

  boolean withPlace() {
    return withPlace;
  }

  /** Whether any {@link #count()} results will do, not the nearest. */
  boolean any() {
    return any;
  }

  /** The most results, 0 for all. */
  long count() {
    return count;
  }

  Order order() {
    return order;
  }

  /** The centre; null if it is a member of a sorted set that is not there. */
  @Nullable Place place() {
    return place;
  }

  Shape shape() {
    Shape given = shape;
    if (given == null) {
      throw new IllegalStateException("checked before");
    }
    return given;
  }

  /** The unit of the distances in the result. */
  Unit unit() {
    return unit;
  }

  /** The argument with the key for the result, or {@link #NONE}. */
  int store() {
    return store;
  }

  /** Whether the stored scores are distances. */
  boolean storeDistances() {
    return storeDistances;
  }

  /** The event that storing the result is. */
  String event() {
    return kind == Kind.SEARCH_STORE ? "geosearchstore" : "georadiusstore";
  }
}
