package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.NO_MULTI;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Aside;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import io.keyward.gateway.deployment.Actor;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.deployment.Lifecycle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** DEPLOYMENT: the life of deployments, for the operator. */
final class DeploymentCommands {
  private static final long USUAL_DRAIN_SECONDS = 30;
  private static final long USUAL_AUDIT = 100;
  private static final long USUAL_STREAMS = 100;

  private final Supplier<Lifecycle> lifecycle;

  DeploymentCommands(Supplier<Lifecycle> lifecycle) {
    this.lifecycle = lifecycle;
  }

  /** What a subcommand does; its answer is made of maps, lists, texts and numbers. */
  private interface Work {
    Object run() throws DeploymentException;
  }

  /** What came of it: an answer, or the error in its place. */
  private record Outcome(@Nullable Object answer, @Nullable CommandException failure) {}

  void declare(CommandTable table) {
    table.add(
        Command.named("deployment", SERVER)
            .summary("Leads the life of deployments: what there is, made, moved to, taken away.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                child(
                        "list",
                        2,
                        (request, reply) -> answer(request, reply, () -> lifecycle.get().list()))
                    .summary("Lists the deployments with what they hold.")
                    .complexity("O(N) where N is the number of deployments"))
            .subcommand(
                child("info", 3, this::info)
                    .summary("Tells about a deployment, its limits and aliases.")
                    .complexity("O(1)")
                    .syntax("deployment"))
            .subcommand(
                child("stats", 3, this::stats)
                    .summary("Tells what a deployment has done since the start.")
                    .complexity("O(1)")
                    .syntax("deployment"))
            .subcommand(
                child("streams", -3, this::streams)
                    .summary("Lists a deployment's streams with their size and age.")
                    .complexity("O(N) where N is the number of keys, in slices")
                    .syntax("deployment [BY order] [LIMIT number]"))
            .subcommand(
                action("create", 3, this::create)
                    .summary("Makes a deployment, or lets one take logins again.")
                    .complexity("O(1)")
                    .syntax("deployment"))
            .subcommand(
                action("clone", -4, this::copy)
                    .summary("Makes a deployment hold what another one holds at this instant.")
                    .complexity("O(N) where N is the number of keys over some thousands")
                    .syntax("source target [REPLACE]"))
            .subcommand(
                action("promote", 4, this::promote)
                    .summary(
                        "Lets a login lead to another deployment, and its clients connect anew.")
                    .complexity("O(N) where N is the number of connections")
                    .syntax("alias deployment"))
            .subcommand(
                action("drain", -3, this::drain)
                    .summary(
                        "Takes no more logins and sends the clients away, at last after a time.")
                    .complexity("O(N) where N is the number of connections")
                    .syntax("deployment [seconds]"))
            .subcommand(
                action("retire", -3, this::retire)
                    .summary("Frees a deployment's keys when nobody has been there for some hours.")
                    .complexity("O(N) where N is the number of keys, in slices")
                    .syntax("deployment [AFTER hours] [DRYRUN]"))
            .subcommand(
                action("drop", -3, this::drop)
                    .summary("Frees a deployment's keys and forgets it.")
                    .complexity("O(N) where N is the number of keys, in slices")
                    .syntax("deployment [FORCE]"))
            .subcommand(
                child(
                        "aliases",
                        2,
                        (request, reply) -> answer(request, reply, () -> lifecycle.get().aliases()))
                    .summary("Lists the aliases and where they lead.")
                    .complexity("O(N) where N is the number of aliases"))
            .subcommand(
                child("audit", -2, this::audit)
                    .summary("Tells what was done with deployments, the newest first.")
                    .complexity("O(N) where N is the number of lines in the log")
                    .syntax("[count]"))
            .withHelp("1.0.0"));
  }

  private static CommandBuilder child(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .arity(arity)
        .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI, SERVER_WIDE)
        .handler(handler);
  }

  /** One that changes something, and is not refused without the audit log while data is loaded. */
  private static CommandBuilder action(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .arity(arity)
        .flags(ADMIN, NOSCRIPT, LOADING, NO_MULTI, SERVER_WIDE)
        .handler(handler);
  }

  private void info(Request request, Reply reply) {
    String name = request.text(2);
    answer(request, reply, () -> lifecycle.get().info(name));
  }

  private void stats(Request request, Reply reply) {
    String name = request.text(2);
    answer(request, reply, () -> lifecycle.get().stats(name));
  }

  private void streams(Request request, Reply reply) {
    String order = "bytes";
    long most = USUAL_STREAMS;
    for (int i = 3; i < request.count(); i += 2) {
      if (i + 1 < request.count() && request.is(i, "BY")) {
        order = request.text(i + 1);
      } else if (i + 1 < request.count() && request.is(i, "LIMIT")) {
        most = request.integer(i + 1);
      } else {
        throw Errors.SYNTAX;
      }
    }
    String name = request.text(2);
    String by = order;
    long limit = most;
    answer(request, reply, () -> lifecycle.get().streams(name, by, limit));
  }

  private void create(Request request, Reply reply) {
    Actor actor = actor(request.client());
    String name = request.text(2);
    answer(request, reply, () -> lifecycle.get().create(actor, name));
  }

  private void copy(Request request, Reply reply) {
    boolean replace = request.count() == 5 && request.is(4, "REPLACE");
    if (request.count() > 4 && !replace) {
      throw Errors.SYNTAX;
    }
    Actor actor = actor(request.client());
    String source = request.text(2);
    String target = request.text(3);
    answer(request, reply, () -> lifecycle.get().copy(actor, source, target, replace));
  }

  private void promote(Request request, Reply reply) {
    Actor actor = actor(request.client());
    String alias = request.text(2);
    String name = request.text(3);
    answer(request, reply, () -> lifecycle.get().promote(actor, alias, name));
  }

  private void drain(Request request, Reply reply) {
    if (request.count() > 4) {
      throw Errors.SYNTAX;
    }
    Actor actor = actor(request.client());
    String name = request.text(2);
    long seconds = request.count() == 4 ? request.integer(3) : USUAL_DRAIN_SECONDS;
    answer(request, reply, () -> lifecycle.get().drain(actor, name, seconds));
  }

  private void retire(Request request, Reply reply) {
    Double after = null;
    boolean dryRun = false;
    for (int i = 3; i < request.count(); i++) {
      if (request.is(i, "DRYRUN")) {
        dryRun = true;
      } else if (request.is(i, "AFTER") && i + 1 < request.count()) {
        after = request.number(++i);
      } else {
        throw Errors.SYNTAX;
      }
    }
    Actor actor = actor(request.client());
    String name = request.text(2);
    Double afterHours = after;
    boolean onlyTold = dryRun;
    answer(request, reply, () -> lifecycle.get().retire(actor, name, afterHours, onlyTold));
  }

  private void drop(Request request, Reply reply) {
    boolean force = request.count() == 4 && request.is(3, "FORCE");
    if (request.count() > 3 && !force) {
      throw Errors.SYNTAX;
    }
    Actor actor = actor(request.client());
    String name = request.text(2);
    answer(request, reply, () -> lifecycle.get().drop(actor, name, force));
  }

  private void audit(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    long count = request.count() == 3 ? request.integer(2) : USUAL_AUDIT;
    answer(request, reply, () -> lifecycle.get().audit(count));
  }

  private static Actor actor(Client client) {
    String login = Logins.session(client).login();
    return new Actor(login.isEmpty() ? client.user() : login, client.connection().remoteAddress());
  }

  private static void answer(Request request, Reply reply, Work work) {
    Aside.run(request, reply, () -> outcome(work), DeploymentCommands::write);
  }

  private static Outcome outcome(Work work) {
    try {
      return new Outcome(work.run(), null);
    } catch (DeploymentException refused) {
      return new Outcome(
          null,
          refused.kind() == Kind.LOADING
              ? Errors.LOADING
              : CommandException.error(refused.reason()));
    }
  }

  private static void write(Outcome outcome, Reply reply) {
    CommandException failure = outcome.failure();
    if (failure != null) {
      throw failure;
    }
    writeValue(outcome.answer(), reply);
  }

  /**
   * By one question after the other: a switch over types takes the JVM milliseconds when it runs
   * for the first time, and this runs on the loop.
   */
  private static void writeValue(@Nullable Object value, Reply reply) {
    if (value instanceof Map<?, ?> map) {
      reply.map(map.size());
      map.forEach(
          (name, held) -> {
            writeValue(name, reply);
            writeValue(held, reply);
          });
    } else if (value instanceof List<?> list) {
      reply.array(list.size());
      list.forEach(held -> writeValue(held, reply));
    } else if (value instanceof Number number) {
      reply.integer(number.longValue());
    } else if (value == null) {
      reply.nothing();
    } else {
      reply.bulk(value.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
