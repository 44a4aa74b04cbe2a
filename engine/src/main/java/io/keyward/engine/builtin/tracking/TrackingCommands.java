package io.keyward.engine.builtin.tracking;

import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.CONNECTION;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.tracking.Tracked.Choice;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.Handler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO. */
public final class TrackingCommands {
  private static final CommandException REDIRECTED_TWICE =
      CommandException.error("A client can only redirect to a single other client");
  private static final CommandException NO_SUCH_CLIENT =
      CommandException.error("The client ID you want redirect to does not exist");
  private static final CommandException PREFIX_WITHOUT_BCAST =
      CommandException.error("PREFIX option requires BCAST mode to be enabled");
  private static final CommandException OTHER_MODE =
      CommandException.error(
          "You can't switch BCAST mode on/off before disabling tracking for this client, and then"
              + " re-enabling it with a different mode.");
  private static final CommandException BCAST_WITH_CHOICE =
      CommandException.error("OPTIN and OPTOUT are not compatible with BCAST");
  private static final CommandException BOTH_CHOICES =
      CommandException.error("You can't specify both OPTIN mode and OPTOUT mode");
  private static final CommandException OTHER_CHOICE =
      CommandException.error(
          "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then"
              + " re-enabling it with a different mode.");
  private static final CommandException CACHING_WITHOUT_TRACKING =
      CommandException.error(
          "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
              + " OPTOUT mode enabled");
  private static final CommandException YES_WITHOUT_OPTIN =
      CommandException.error(
          "CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  private static final CommandException NO_WITHOUT_OPTOUT =
      CommandException.error(
          "CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");

  private static final CommandException OF_DEPLOYMENTS =
      CommandException.error("CLIENT TRACKING is for the clients of deployments");

  private TrackingCommands() {}

  /** The subcommands of CLIENT. */
  public static List<CommandBuilder> declarations() {
    return List.of(
        declared("tracking", "6.0.0", -3, TrackingCommands::tracking)
            .summary("Begins or ends telling the connection which keys have changed.")
            .complexity("O(1). Some options may introduce additional complexity.")
            .syntax(
                "<ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST]"
                    + " [OPTIN] [OPTOUT] [NOLOOP]"),
        declared("caching", "6.0.0", 3, TrackingCommands::caching)
            .summary("Says whether the keys of the next command are tracked.")
            .syntax("<YES | NO>"),
        declared("getredir", "6.0.0", 2, TrackingCommands::redirection)
            .summary("Returns the number of the connection that gets the tracking messages."),
        declared("trackinginfo", "6.2.0", 2, TrackingCommands::info)
            .summary("Tells how the connection tracks keys."));
  }

  private static CommandBuilder declared(String name, String since, int arity, Handler handler) {
    return Command.named(name, CONNECTION)
        .since(since)
        .complexity("O(1)")
        .arity(arity)
        .flags(NOSCRIPT, LOADING, STALE)
        .handler(handler);
  }

  /** What CLIENT TRACKING was given after ON or OFF. */
  private record Options(
      boolean broadcast,
      boolean optIn,
      boolean optOut,
      boolean noLoop,
      long redirection,
      List<Key> prefixes) {

    static Options of(Request request, BuiltinKeyspace keyspace) {
      boolean broadcast = false;
      boolean optIn = false;
      boolean optOut = false;
      boolean noLoop = false;
      long redirection = 0;
      List<Key> prefixes = new ArrayList<>();
      for (int i = 3; i < request.count(); i++) {
        boolean more = i + 1 < request.count();
        if (request.is(i, "REDIRECT") && more) {
          if (redirection != 0) {
            throw REDIRECTED_TWICE;
          }
          redirection = request.integer(++i);
          if (keyspace.members().of(redirection) == null) {
            throw NO_SUCH_CLIENT;
          }
        } else if (request.is(i, "PREFIX") && more) {
          i++;
          prefixes.add(Key.copyOf(request.bytes(), request.offset(i), request.length(i)));
        } else if (request.is(i, "BCAST")) {
          broadcast = true;
        } else if (request.is(i, "OPTIN")) {
          optIn = true;
        } else if (request.is(i, "OPTOUT")) {
          optOut = true;
        } else if (request.is(i, "NOLOOP")) {
          noLoop = true;
        } else {
          throw Errors.SYNTAX;
        }
      }
      return new Options(broadcast, optIn, optOut, noLoop, redirection, prefixes);
    }

    Choice choice() {
      if (optIn) {
        return Choice.OPTED_IN;
      }
      return optOut ? Choice.NOT_OPTED_OUT : Choice.ALL;
    }

    /**
     * Checks that the options go together, and with what the client tracks already.
     *
     * @throws CommandException with the reason
     */
    void check(@Nullable Tracked present) {
      if (!broadcast && !prefixes.isEmpty()) {
        throw PREFIX_WITHOUT_BCAST;
      }
      if (present != null && present.broadcast() != broadcast) {
        throw OTHER_MODE;
      }
      if (broadcast && (optIn || optOut)) {
        throw BCAST_WITH_CHOICE;
      }
      if (optIn && optOut) {
        throw BOTH_CHOICES;
      }
      if (present != null
          && ((optIn && present.choice() == Choice.NOT_OPTED_OUT)
              || (optOut && present.choice() == Choice.OPTED_IN))) {
        throw OTHER_CHOICE;
      }
      checkPrefixes(present == null ? Set.of() : present.prefixes());
    }

    /** Each new prefix is compared with its neighbours among those before it, in their order. */
    private void checkPrefixes(Set<Key> present) {
      TreeSet<Key> before = new TreeSet<>(Key.ORDER);
      before.addAll(present);
      for (Key prefix : prefixes) {
        Key first = before.isEmpty() || before.first().bytes().length > 0 ? null : before.first();
        for (Key other : Arrays.asList(first, before.floor(prefix), before.ceiling(prefix))) {
          if (other != null && overlap(prefix, other)) {
            throw present.contains(other)
                ? overlapping(prefix, "an existing prefix", other)
                : overlapping(other, "another provided prefix", prefix);
          }
        }
        before.add(prefix);
      }
    }

    private static boolean overlap(Key one, Key other) {
      int length = Math.min(one.bytes().length, other.bytes().length);
      return Arrays.equals(one.bytes(), 0, length, other.bytes(), 0, length);
    }

    private static CommandException overlapping(Key prefix, String what, Key other) {
      return CommandException.error(
          "Prefix '"
              + new String(prefix.bytes(), StandardCharsets.ISO_8859_1)
              + "' overlaps with "
              + what
              + " '"
              + new String(other.bytes(), StandardCharsets.ISO_8859_1)
              + "'. Prefixes for a single client must not overlap.");
    }
  }

  private static void tracking(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Tracking tracking = Tracking.of(keyspace);
    Client client = request.client();
    Options options = Options.of(request, keyspace);
    if (request.is(2, "ON")) {
      if (Overview.of(keyspace) != null) {
        throw OF_DEPLOYMENTS;
      }
      options.check(tracking.tracked(client));
      begin(tracking, client, options);
    } else if (request.is(2, "OFF")) {
      tracking.off(client);
    } else {
      throw Errors.SYNTAX;
    }
    reply.ok();
  }

  private static void begin(Tracking tracking, Client client, Options options) {
    Tracked tracked = tracking.on(client, options.broadcast());
    tracked.set(options.choice(), options.noLoop(), options.redirection());
    if (options.broadcast()) {
      List<Key> prefixes = options.prefixes();
      if (prefixes.isEmpty()) {
        prefixes = List.of(Key.copyOf(new byte[0], 0, 0));
      }
      prefixes.forEach(prefix -> tracking.listen(tracked, prefix));
    }
  }

  private static Tracking of(Request request) {
    return Tracking.of(Database.of(request).keyspace());
  }

  private static void caching(Request request, Reply reply) {
    Tracked tracked = of(request).tracked(request.client());
    if (tracked == null) {
      throw CACHING_WITHOUT_TRACKING;
    }
    if (request.is(2, "YES")) {
      if (tracked.choice() != Choice.OPTED_IN) {
        throw YES_WITHOUT_OPTIN;
      }
    } else if (request.is(2, "NO")) {
      if (tracked.choice() != Choice.NOT_OPTED_OUT) {
        throw NO_WITHOUT_OPTOUT;
      }
    } else {
      throw Errors.SYNTAX;
    }
    tracked.caching(true);
    reply.ok();
  }

  private static void redirection(Request request, Reply reply) {
    reply.integer(of(request).redirection(request.client()));
  }

  private static void info(Request request, Reply reply) {
    Tracking tracking = of(request);
    Tracked tracked = tracking.tracked(request.client());
    List<String> flags = tracking.describe(request.client());
    Set<Key> prefixes = tracked == null ? Set.of() : tracked.prefixes();
    reply.map(3);
    reply.bulk("flags");
    reply.set(flags.size());
    flags.forEach(reply::bulk);
    reply.bulk("redirect");
    reply.integer(tracking.redirection(request.client()));
    reply.bulk("prefixes");
    reply.array(prefixes.size());
    prefixes.forEach(prefix -> reply.bulk(prefix.bytes()));
  }
}
