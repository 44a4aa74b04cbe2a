package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.config.directive.Assignment;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Aside;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import io.keyward.gateway.server.Server;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CONFIG: the directives as they are, changes to them, and the way back into the file. */
final class ConfigCommands {
  private static final Logger log = LoggerFactory.getLogger(ConfigCommands.class);

  /** What takes effect only when a disk or all loops have done their part. */
  private static final Set<Directive> SLOW =
      EnumSet.of(
          Directive.APPENDONLY, Directive.DIR, Directive.PORT, Directive.TLS_PORT, Directive.BIND);

  private static final CommandException BUSY =
      CommandException.error("CONFIG SET is still busy with what another client has set");

  private final Server server;

  ConfigCommands(Server server) {
    this.server = server;
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("config", SERVER)
            .since("2.0.0")
            .summary("Reads and changes the configuration.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                child("get", -3, this::get)
                    .summary("Returns the directives that match one of the patterns.")
                    .complexity("O(N) when N is the number of configuration parameters provided")
                    .syntax("parameter [parameter ...]")
                    .runsInSlices())
            .subcommand(
                child("set", -4, this::set)
                    .differs(
                        "port, tls-port, bind, dir and appendonly no are refused inside"
                            + " transactions, and dir while the append-only file is on.")
                    .summary("Changes directives, all of them or none.")
                    .complexity("O(N) when N is the number of configuration parameters provided")
                    .syntax("parameter value [parameter value ...]")
                    .secretsBy(ConfigCommands::secretsOfSet)
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .subcommand(
                child("resetstat", 2, this::resetStatistics)
                    .summary("Begins to count the statistics anew.")
                    .complexity("O(1)")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .subcommand(
                child("rewrite", 2, this::rewrite)
                    .flags(SERVER_WIDE)
                    .since("2.8.0")
                    .summary("Writes the present values into the configuration file.")
                    .complexity("O(1)")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .withHelp("5.0.0"));
  }

  private static CommandBuilder child(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .since("2.0.0")
        .arity(arity)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .handler(handler);
  }

  private void get(Request request, Reply reply) {
    List<String> patterns = new ArrayList<>();
    for (int i = 2; i < request.count(); i++) {
      patterns.add(request.text(i));
      Slices.step(request);
    }
    Map<String, String> found = server.live().matching(patterns, () -> Slices.longStep(request));
    if (!request.client().operator()) {
      found = DeploymentDirectives.shown(Database.of(request).keyspace(), found);
    }
    reply.map(found.size());
    found.forEach(
        (name, value) -> {
          reply.bulk(name);
          reply.bulk(value);
        });
  }

  /** Values of secret directives, and of unknown ones, which may be secret ones misspelt. */
  private static void secretsOfSet(Request request, IntConsumer positions) {
    for (int i = 2; i + 1 < request.count(); i += 2) {
      if (Directive.named(request.text(i)).map(Directive::secret).orElse(true)) {
        positions.accept(i + 1);
      }
    }
  }

  private void set(Request request, Reply reply) {
    if (request.count() % 2 != 0) {
      throw Errors.SYNTAX;
    }
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 2; i < request.count(); i += 2) {
      assignments.add(new Assignment(request.text(i), request.text(i + 1)));
    }
    if (!request.client().operator()) {
      DeploymentDirectives.set(request, assignments);
      reply.ok();
      return;
    }
    boolean protectedToo =
        request.client().admittedBy(server.live().text(Directive.ENABLE_PROTECTED_CONFIGS));
    boolean waits =
        assignments.stream()
            .map(assignment -> Directive.named(assignment.name()))
            .anyMatch(named -> named.isPresent() && SLOW.contains(named.get()));
    boolean aside = Database.of(request).keyspace().mayBlock(request.client());
    if (aside && (waits || !atOnce(assignments, protectedToo))) {
      Aside.run(request, reply, () -> apply(assignments, protectedToo));
      return;
    }
    if (!aside && !atOnce(assignments, protectedToo)) {
      throw BUSY;
    }
    reply.ok();
  }

  /** Sets directives unless others are being set, on a loop, which waits for nobody. */
  private boolean atOnce(List<Assignment> assignments, boolean protectedToo) {
    try {
      return server.live().setAtOnce(assignments, protectedToo);
    } catch (RefusedException refused) {
      throw CommandException.error(refused.reason());
    }
  }

  /** Sets directives, and waits as long as that takes; returns what is wrong with them, or null. */
  private @Nullable CommandException apply(List<Assignment> assignments, boolean protectedToo) {
    try {
      server.live().set(assignments, protectedToo);
      return null;
    } catch (RefusedException refused) {
      return CommandException.error(refused.reason());
    }
  }

  private void resetStatistics(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      reset(keyspace);
    }
    if (request.client().operator()) {
      server.traffic().reset();
      server.snapshots().history().reset();
      server.durability().appendOnly().countAnew();
      server.replication().countAnew();
      for (Home home : server.homes()) {
        home.countAnew();
      }
    }
    if (overview == null) {
      reply.ok();
      return;
    }
    overview.gather(
        request,
        reply,
        each -> {
          each.rooms().forEach(ConfigCommands::reset);
          return each;
        },
        (all, to) -> to.ok());
  }

  private static void reset(BuiltinKeyspace keyspace) {
    keyspace.statistics().reset();
    keyspace.clientMemory().reset();
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.reset();
    }
    keyspace.observation().times().clear();
    keyspace.executor().refusals().counts().reset();
    keyspace.access().log().resetCounts();
  }

  private void rewrite(Request request, Reply reply) {
    Aside.run(
        request,
        reply,
        () -> {
          try {
            server.rewrite().write(server.live());
          } catch (RefusedException refused) {
            log.warn("CONFIG REWRITE failed: {}", refused.reason());
            return CommandException.error(refused.reason());
          }
          log.info("CONFIG REWRITE executed with success.");
          return null;
        });
  }
}
