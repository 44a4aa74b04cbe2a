package io.keyward.engine.builtin.stream;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;

/**
 * What is to be taken from the beginning of a stream.
 *
 * @param approximate whether only whole nodes are taken
 * @param length with {@link Kind#LENGTH} how many entries may stay
 * @param id with {@link Kind#ID} the least id that may stay
 * @param limit the most entries to take, 0 for no limit
 */
record Trim(Kind kind, boolean approximate, long length, StreamId id, long limit) {
  enum Kind {
    NOTHING,
    LENGTH,
    ID
  }

  static final Trim NOTHING = new Trim(Kind.NOTHING, false, 0, StreamId.MIN, 0);

  private static final CommandException BOTH =
      CommandException.error(
          "syntax error, MAXLEN and MINID options at the same time are not compatible");
  private static final CommandException NEGATIVE_LENGTH =
      CommandException.error("The MAXLEN argument must be >= 0.");
  private static final CommandException NEGATIVE_LIMIT =
      CommandException.error("The LIMIT argument must be >= 0.");
  private static final CommandException LIMIT_ALONE =
      CommandException.error(
          "syntax error, LIMIT cannot be used without specifying a trimming strategy");
  private static final CommandException LIMIT_EXACT =
      CommandException.error("syntax error, LIMIT cannot be used without the special ~ option");
  private static final CommandException NO_KIND =
      CommandException.error("syntax error, XTRIM must be called with a trimming strategy");

  private static final long NO_LIMIT_GIVEN = -1;

  /** To take a node away takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_A_NODE = 10;

  /** Reads the options of XTRIM, which begin at argument 2. */
  static Trim of(Request request) {
    Reader reader = new Reader(request, true);
    while (reader.at < request.count()) {
      if (!reader.option()) {
        throw Errors.SYNTAX;
      }
    }
    return reader.trim();
  }

  /** Reads options one by one. */
  static final class Reader {
    private final Request request;
    private final boolean kindNeeded;
    private int at = 2;
    private Kind kind = Kind.NOTHING;
    private boolean approximate;
    private long length;
    private StreamId id = StreamId.MIN;
    private long limit = NO_LIMIT_GIVEN;

    Reader(Request request, boolean kindNeeded) {
      this.request = request;
      this.kindNeeded = kindNeeded;
    }

    /** The argument that has not been read yet. */
    int at() {
      return at;
    }

    void skip() {
      at++;
    }

    /** Reads an option with its values; false if there stands something else. */
    boolean option() {
      if (at + 1 >= request.count()) {
        return false;
      }
      if (request.is(at, "MAXLEN")) {
        value(Kind.LENGTH);
        length = request.integer(at++);
        if (length < 0) {
          throw NEGATIVE_LENGTH;
        }
        return true;
      }
      if (request.is(at, "MINID")) {
        value(Kind.ID);
        id = IdArgument.exact(request, at++, 0);
        return true;
      }
      if (request.is(at, "LIMIT")) {
        limit = request.integer(at + 1);
        if (limit < 0) {
          throw NEGATIVE_LIMIT;
        }
        at += 2;
        return true;
      }
      return false;
    }

    /** Moves to the value of MAXLEN or MINID, over {@code ~} or {@code =}. */
    private void value(Kind given) {
      if (kind != Kind.NOTHING) {
        throw BOTH;
      }
      kind = given;
      at++;
      if (at + 1 < request.count() && (request.is(at, "~") || request.is(at, "="))) {
        approximate = request.is(at, "~");
        at++;
      }
    }

    Trim trim() {
      if (limit > 0 && kind == Kind.NOTHING) {
        throw LIMIT_ALONE;
      }
      if (kindNeeded && kind == Kind.NOTHING) {
        throw NO_KIND;
      }
      if (limit != NO_LIMIT_GIVEN && !approximate) {
        throw LIMIT_EXACT;
      }
      return kind == Kind.NOTHING
          ? NOTHING
          : new Trim(kind, approximate, length, id, limit == NO_LIMIT_GIVEN ? usual() : limit);
    }

    /** What Redis takes at most in one go: the entries of 100 nodes. */
    private long usual() {
      if (!approximate) {
        return 0;
      }
      long perNode =
          Database.of(request)
              .keyspace()
              .home()
              .settings()
              .number(Directive.STREAM_NODE_MAX_ENTRIES);
      return perNode <= 0 ? 10_000 : Math.min(1_000_000, Math.min(perNode, 10_000) * 100);
    }
  }

  /**
   * About how many steps it takes to trim a stream, for {@link Slices#expect}: no more than what
   * makes them many.
   */
  long steps(Stream stream) {
    NodeIndex nodes = stream.nodes();
    long most = Slices.MANY_STEPS / STEPS_OF_A_NODE + 1;
    int taken = 0;
    switch (kind) {
      case NOTHING -> {}
      case LENGTH -> {
        long left = stream.length();
        for (; taken < most && taken < nodes.size() && left > length; taken++) {
          left -= StreamNode.entries(nodes.bytes(taken));
        }
      }
      case ID -> {
        while (taken < most
            && taken < nodes.size()
            && StreamId.compare(nodes.ms(taken), nodes.seq(taken), id.ms(), id.seq()) < 0) {
          taken++;
        }
      }
    }
    return taken * STEPS_OF_A_NODE;
  }

  /** Takes entries from the stream, with check points in between; returns how many. */
  long apply(Stream stream, Slices slices) {
    long taken = 0;
    NodeIndex nodes = stream.nodes();
    while (nodes.size() > 0 && !(kind == Kind.LENGTH && stream.length() <= length)) {
      slices.longStep();
      long entries = StreamNode.entries(nodes.bytes(0));
      if (limit > 0 && taken + entries > limit) {
        break;
      }
      if (!takesWholeNode(stream, entries)) {
        if (!approximate) {
          taken += takeFromFirstNode(stream);
        }
        break;
      }
      taken += stream.removeFirstNode();
    }
    if (taken > 0) {
      stream.refreshFirst();
    }
    return taken;
  }

  private boolean takesWholeNode(Stream stream, long entries) {
    if (kind == Kind.LENGTH) {
      return stream.length() - entries >= length;
    }
    NodeIndex nodes = stream.nodes();
    StreamId end =
        nodes.size() == 1 ? StreamId.MAX : new StreamId(nodes.ms(1), nodes.seq(1)).previous();
    EntryCursor last = stream.backward(0, 0, end.ms(), end.seq());
    return last.next() && last.id().compareTo(id) < 0;
  }

  private boolean isBefore(EntryCursor at) {
    return StreamId.compare(at.ms(), at.seq(), id.ms(), id.seq()) < 0;
  }

  /** Takes entries of the first node, but not all of them. */
  private long takeFromFirstNode(Stream stream) {
    long most = kind == Kind.LENGTH ? stream.length() - length : Long.MAX_VALUE;
    long taken = 0;
    StreamNode.makeRoom(stream.nodes().select(0));
    EntryCursor at = stream.forward(0, 0, -1, -1);
    while (taken < most && at.next() && (kind == Kind.LENGTH || isBefore(at))) {
      StreamNode.markDeleted(stream.nodes().ownBytes(0), at.flagsAt());
      taken++;
    }
    stream.countDeleted(0, taken);
    return taken;
  }
}
