package io.keyward.engine.builtin.replication;

import static io.keyward.engine.command.Category.DANGEROUS;
import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.NO_MULTI;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import java.util.List;
import java.util.function.Supplier;

/**
 * SYNC, PSYNC and REPLCONF, which replicas send; ROLE, REPLICAOF and FAILOVER.
 *
 * <p>Whoever administers the gateway has replicas; to a deployment that is one of several the
 * gateway is a master without any.
 */
public final class ReplicationCommands {
  private static final CommandException FOLLOWS_NOBODY =
      CommandException.error(
          "The gateway replicates from no other server. Use REPLICAOF NO ONE, or load the other"
              + " server's data from its RDB or AOF files");
  private static final CommandException NO_REPLICAS =
      CommandException.error("FAILOVER requires connected replicas.");
  private static final CommandException CANNOT_FOLLOW =
      CommandException.error(
          "FAILOVER is not possible: the gateway cannot become the replica of another server."
              + " Promote the replica by REPLICAOF NO ONE there.");
  private static final CommandException NO_FAILOVER =
      CommandException.error("No failover in progress.");

  private final Supplier<Replication> replication;

  /** Commands that ask for the replication only when one of them is executed. */
  public ReplicationCommands(Supplier<Replication> replication) {
    this.replication = replication;
  }

  public void declare(CommandTable table) {
    table.add(
        Command.named("sync", SERVER)
            .summary("Sends a snapshot of all data and then everything that is done.")
            .complexity("O(N) where N is the total number of keys in all databases")
            .arity(1)
            .flags(NO_ASYNC_LOADING, ADMIN, NO_MULTI, NOSCRIPT, SERVER_WIDE)
            .handler((request, reply) -> begin(request, false)));
    table.add(
        Command.named("psync", SERVER)
            .since("2.8.0")
            .summary("As SYNC, or only what was done since a replica was here before.")
            .complexity("O(N) where N is the total number of keys in all databases")
            .syntax("replicationid:string offset:integer")
            .arity(-3)
            .flags(NO_ASYNC_LOADING, ADMIN, NO_MULTI, NOSCRIPT, SERVER_WIDE)
            .handler((request, reply) -> begin(request, true)));
    table.add(
        Command.named("replconf", SERVER)
            .since("3.0.0")
            .summary("Tells what a replica is and how far it has come.")
            .complexity("O(1)")
            .syntax("[option:string value:string [option:string value:string ...]]")
            .arity(-1)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, ALLOW_BUSY, SERVER_WIDE)
            .handler(this::configure));
    table.add(
        Command.named("role", SERVER)
            .since("2.8.12")
            .summary("Tells that this is a master, its offset and its replicas.")
            .complexity("O(1)")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, FAST)
            .categories(Category.ADMIN, DANGEROUS)
            .handler(this::role));
    table.add(following("replicaof", "5.0.0"));
    table.add(following("slaveof", "1.0.0"));
    table.add(
        Command.named("failover", SERVER)
            .differs("Is refused: the gateway cannot become a replica.")
            .since("6.2.0")
            .summary("Is refused: the gateway follows no other server.")
            .complexity("O(1)")
            .syntax("[TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]")
            .arity(-1)
            .flags(ADMIN, NOSCRIPT, STALE)
            .handler(this::failOver));
  }

  private static CommandBuilder following(String name, String since) {
    return Command.named(name, SERVER)
        .since(since)
        .differs("Takes NO ONE alone.")
        .summary("Takes NO ONE alone: the gateway follows no other server.")
        .complexity("O(1)")
        .syntax("<host port | NO ONE>")
        .arity(3)
        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, STALE)
        .handler(ReplicationCommands::follow);
  }

  private Replica replica(Request request) {
    ClientState state = ClientState.of(request.client());
    if (state.follower() instanceof Replica known) {
      return known;
    }
    Replica replica =
        new Replica(request.client(), Database.of(request).keyspace().loop(), replication.get());
    state.follower(replica);
    return replica;
  }

  private void begin(Request request, boolean knowsOffsets) {
    Replica replica = replica(request);
    if (replica.follows()) {
      return;
    }
    replica.knowsOffsets(knowsOffsets);
    if (knowsOffsets) {
      // The replica names the first byte that it lacks, counted from 1.
      long lacks = request.integer(2);
      if (replication.get().goOn(replica, request.text(1), lacks - 1)) {
        return;
      }
    }
    replication.get().beginAnew(replica);
  }

  private void configure(Request request, Reply reply) {
    if (request.count() % 2 == 0) {
      throw Errors.SYNTAX;
    }
    Replica replica = replica(request);
    for (int i = 1; i < request.count(); i += 2) {
      if (request.is(i, "ACK")) {
        if (replica.follows()) {
          replication.get().acknowledged(replica, request.integer(i + 1), forced(request, i + 2));
        }
        return;
      } else if (request.is(i, "GETACK")) {
        return;
      } else if (request.is(i, "LISTENING-PORT")) {
        replica.port((int) request.integer(i + 1, 0, 65535, Errors.NOT_AN_INTEGER));
      } else if (request.is(i, "IP-ADDRESS")) {
        replica.address(address(request, i + 1));
      } else if (request.is(i, "RDB-ONLY")) {
        replica.onlySnapshot(request.integer(i + 1) != 0);
      } else if (request.is(i, "RDB-FILTER-ONLY")) {
        leaveOutAll(request, i + 1);
        replica.withoutData(true);
      } else if (!request.is(i, "CAPA") && !request.is(i, "VERSION")) {
        throw CommandException.error("Unrecognized REPLCONF option: " + request.text(i));
      }
    }
    reply.ok();
  }

  /** Of the parts of a snapshot that Redis can send by itself the gateway sends none. */
  private static void leaveOutAll(Request request, int wanted) {
    String part = request.text(wanted).strip();
    if (!part.isEmpty()) {
      throw CommandException.error("Unsupported rdb-filter-only option: " + part);
    }
  }

  private static long forced(Request request, int argument) {
    boolean told = argument + 1 < request.count() && request.is(argument, "FACK");
    return told ? request.integer(argument + 1) : 0;
  }

  private static String address(Request request, int argument) {
    String address = request.text(argument);
    if (!address.matches("[!-~]{1,255}")) {
      throw CommandException.error("REPLCONF ip-address provided by replica instance is too long");
    }
    return address;
  }

  private void role(Request request, Reply reply) {
    boolean administers = request.client().operator();
    ReplicationStatus status = replication.get().status();
    List<ReplicationStatus.Follower> online =
        administers
            ? status.replicas().stream().filter(r -> r.state().equals("online")).toList()
            : List.of();
    reply.array(3);
    reply.bulk("master");
    reply.integer(administers ? status.offset() : 0);
    reply.array(online.size());
    for (ReplicationStatus.Follower replica : online) {
      reply.array(3);
      reply.bulk(replica.address());
      reply.bulk(Integer.toString(replica.port()));
      reply.bulk(Long.toString(replica.offset()));
    }
  }

  private static void follow(Request request, Reply reply) {
    if (!request.is(1, "NO") || !request.is(2, "ONE")) {
      throw FOLLOWS_NOBODY;
    }
    reply.ok();
  }

  private void failOver(Request request, Reply reply) {
    if (request.count() == 2 && request.is(1, "ABORT")) {
      throw NO_FAILOVER;
    }
    for (int at = 1; at < request.count(); at++) {
      int further = request.count() - at - 1;
      if (request.is(at, "TIMEOUT") && further >= 1) {
        if (request.integer(++at) <= 0) {
          throw CommandException.error("FAILOVER timeout must be greater than 0");
        }
      } else if (request.is(at, "TO") && further >= 2) {
        request.integer(at + 2);
        at += 2;
      } else if (!request.is(at, "FORCE")) {
        throw Errors.SYNTAX;
      }
    }
    boolean any = request.client().operator() && !replication.get().status().replicas().isEmpty();
    throw any ? CANNOT_FOLLOW : NO_REPLICAS;
  }
}
