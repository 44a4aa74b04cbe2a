package io.keyward.engine.builtin.replication;

import static io.keyward.engine.command.Category.CONNECTION;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandGroup.GENERIC;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BlockingTimeout;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.appendonly.ForcedPositions;
import io.keyward.engine.builtin.appendonly.LogMark;
import io.keyward.engine.builtin.replication.Acknowledgements.Awaited;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * WAIT and WAITAOF: until replicas, and disks, have what was done.
 *
 * <p>Whoever administers the gateway has replicas, a deployment that is one of several has none.
 */
public final class WaitCommands {
  private static final CommandException LOCAL_OUT_OF_RANGE =
      CommandException.error("value is out of range, value must between 0 and 1");
  private static final CommandException NO_LOG =
      CommandException.error(
          "WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
  private static final int[] NO_KEYS = {};

  private final Supplier<Replication> replication;
  private final Supplier<ForcedPositions> forced;

  /** Commands that ask for the replication and the log only when one of them is executed. */
  public WaitCommands(Supplier<Replication> replication, Supplier<ForcedPositions> forced) {
    this.replication = replication;
    this.forced = forced;
  }

  public void declare(CommandTable table) {
    table.add(
        Command.named("wait", GENERIC)
            .differs(
                "Waits for all that was done before, whoever did it. A deployment that is one of"
                    + " several has no replicas.")
            .since("3.0.0")
            .summary("Waits until replicas have acknowledged what was done, or the time is up.")
            .complexity("O(1)")
            .syntax("numreplicas timeout:integer")
            .arity(3)
            .categoriesOnly(CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .handler(this::replicas));
    table.add(
        Command.named("waitaof", GENERIC)
            .differs(
                "Waits for all that was done before, whoever did it. A deployment that is one of"
                    + " several has no replicas. Keys of pinned namespaces are in no file.")
            .since("7.2.0")
            .summary(
                "Waits until disks keep what was done, the own or replicas', or the time is up.")
            .complexity("O(1)")
            .syntax("numlocal numreplicas timeout:integer")
            .arity(4)
            .flags(NOSCRIPT)
            .categoriesOnly(CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .handler(this::disks));
  }

  private void replicas(Request request, Reply reply) {
    long wanted = request.integer(1);
    long timeout = BlockingTimeout.wholeMilliseconds(request, 2);
    Replicas behind = new Replicas(request);
    Awaited enough = () -> behind.acknowledging() >= wanted;
    await(request, reply, timeout, enough, behind, later -> later.integer(behind.acknowledging()));
  }

  private void disks(Request request, Reply reply) {
    long local = oneOrNone(request, 1);
    long wanted = request.integer(2, 0, Long.MAX_VALUE, Errors.NOT_POSITIVE);
    long timeout = BlockingTimeout.wholeMilliseconds(request, 3);
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    ForcedPositions disk = forced.get();
    boolean written = request.client().operator() || keyspace.effects().kept();
    if (local > 0 && !(disk.on() && written)) {
      throw NO_LOG;
    }
    Replicas behind = new Replicas(request);
    LogMark mark = mark(request.client(), keyspace);
    Awaited enough =
        new Awaited() {
          @Override
          public boolean reached() {
            return (local == 0 || mark.kept()) && behind.keeping() >= wanted;
          }

          @Override
          public @Nullable CommandException refusal() {
            return local > 0 && !disk.on() ? NO_LOG : null;
          }
        };
    await(
        request,
        reply,
        timeout,
        enough,
        behind,
        later -> {
          later.array(2);
          later.integer(written && mark.kept() ? 1 : 0);
          later.integer(behind.keeping());
        });
  }

  private static long oneOrNone(Request request, int argument) {
    long number = request.integer(argument);
    if (number < 0 || number > 1) {
      throw LOCAL_OUT_OF_RANGE;
    }
    return number;
  }

  /** The operator's commands act on all homes; within a transaction on one of them. */
  private LogMark mark(Client client, BuiltinKeyspace keyspace) {
    Home own = keyspace.home();
    List<Home> homes = replication.get().homes();
    if (client.operator() && homes.size() > 1 && keyspace.mayBlock(client)) {
      return LogMark.ofAll(forced.get(), homes, replication.get()::forcedFurther);
    }
    return LogMark.of(forced.get(), homes, own);
  }

  /** The replicas of a client, and the offset of which they are to be asked. */
  private final class Replicas {
    private final Replication present = replication.get();
    private final boolean any;
    private final long offset;

    Replicas(Request request) {
      BuiltinKeyspace keyspace = Database.of(request).keyspace();
      any = request.client().operator();
      if (keyspace.mayBlock(request.client())) {
        keyspace.home().effects().handOver();
      }
      offset = present.doneUpTo();
    }

    int acknowledging() {
      return any ? present.acknowledging(offset) : 0;
    }

    int keeping() {
      return any ? present.keeping(offset) : 0;
    }
  }

  private void await(
      Request request,
      Reply reply,
      long timeout,
      Awaited enough,
      Replicas behind,
      Consumer<Reply> answer) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (enough.reached() || !keyspace.mayBlock(request.client())) {
      answer.accept(reply);
      return;
    }
    Database.of(request).blocked().block(request, reply, Type.STRING, NO_KEYS, timeout, answer);
    behind.present.await(request.client(), keyspace.home(), enough);
  }
}
