package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.CLUSTER;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.SeenKeys;
import io.keyward.engine.builtin.SeenName;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import io.keyward.engine.command.HashSlot;
import io.keyward.gateway.server.Server;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * CLUSTER, READONLY, READWRITE and ASKING: with {@code cluster-enabled yes} the deployment is a
 * cluster of one node that owns every slot, so that cluster clients work unchanged.
 */
final class ClusterCommands {
  private static final CommandException DISABLED =
      CommandException.error("This instance has cluster support disabled");
  private static final CommandException INVALID_SLOT = CommandException.error("Invalid slot");
  private static final CommandException INVALID_SLOT_OR_COUNT =
      CommandException.error("Invalid slot or number of keys");
  private static final CommandFlag[] ASKS = {STALE};
  private static final CommandFlag[] ASKS_EARLY = {LOADING, STALE};
  private static final CommandFlag[] ASKS_AS_ADMIN = {ADMIN, STALE};
  private static final CommandFlag[] CHANGES = {NO_ASYNC_LOADING, ADMIN, STALE};
  private static final CommandFlag[] RESETS = {ADMIN, STALE, NOSCRIPT};
  private static final String CHANGING = "nondeterministic_output";

  private final Server server;

  ClusterCommands(Server server) {
    this.server = server;
  }

  void declare(CommandTable table) {
    table.add(connection("asking", this::confirm, FAST).summary("Does nothing: no slot migrates."));
    table.add(
        connection("readonly", this::confirm, FAST, LOADING, STALE)
            .summary("Does nothing: the node is no replica."));
    table.add(
        connection("readwrite", this::confirm, FAST, LOADING, STALE)
            .summary("Does nothing: the node is no replica."));
    CommandBuilder cluster =
        Command.named("cluster", CLUSTER)
            .since("3.0.0")
            .summary("Tells about the cluster of one node.")
            .complexity("Depends on subcommand.")
            .arity(-2);
    asking(cluster);
    refused(cluster);
    table.add(cluster.withHelp("5.0.0"));
  }

  private static CommandBuilder connection(String name, Handler handler, CommandFlag... flags) {
    return Command.named(name, CLUSTER)
        .since("3.0.0")
        .complexity("O(1)")
        .arity(1)
        .flags(flags)
        .categories(Category.CONNECTION)
        .handler(handler);
  }

  private void asking(CommandBuilder cluster) {
    cluster
        .subcommand(
            asks("slots", 2, ASKS_EARLY, this::slots)
                .summary("Returns the range of slots, with the node that owns it.")
                .tips(CHANGING))
        .subcommand(
            asks("shards", 2, ASKS_EARLY, this::shards)
                .since("7.0.0")
                .summary("Returns the shard, with its slots and its node.")
                .tips(CHANGING))
        .subcommand(
            asks("nodes", 2, ASKS, this::nodes)
                .summary("Returns the line of the node.")
                .tips(CHANGING))
        .subcommand(
            asks("info", 2, ASKS, this::info)
                .summary("Returns the state of the cluster.")
                .tips(CHANGING))
        .subcommand(asks("myid", 2, ASKS, this::myId).summary("Returns the id of the node."))
        .subcommand(
            asks("myshardid", 2, ASKS, this::myShardId)
                .since("7.2.0")
                .summary("Returns the id of the shard.")
                .tips(CHANGING))
        .subcommand(
            asks("links", 2, ASKS, this::none)
                .since("7.0.0")
                .summary("Returns the links to other nodes, of which there are none.")
                .tips(CHANGING))
        .subcommand(
            asks("keyslot", 3, ASKS, this::keySlot)
                .summary("Returns the slot of a key.")
                .complexity("O(N) where N is the number of bytes in the key")
                .syntax("key:string"))
        .subcommand(
            asks("countkeysinslot", 3, ASKS, this::countKeys)
                .differs("Walks all keys.")
                .summary("Counts the keys in a slot.")
                .complexity("O(N) where N is the number of keys: there is no index by slot")
                .syntax("slot"))
        .subcommand(
            asks("getkeysinslot", 4, ASKS, this::keys)
                .differs("Walks all keys.")
                .summary("Returns some keys in a slot.")
                .complexity("O(N) where N is the number of keys: there is no index by slot")
                .syntax("slot count")
                .tips(CHANGING))
        .subcommand(
            asks("count-failure-reports", 3, ASKS_AS_ADMIN, this::failureReports)
                .summary("Counts the reports of a node's failure, of which there are none.")
                .syntax("node-id")
                .tips(CHANGING))
        .subcommand(
            asks("replicas", 3, ASKS_AS_ADMIN, this::replicas)
                .since("5.0.0")
                .summary("Returns the replicas of a node, of which there are none.")
                .syntax("node-id")
                .tips(CHANGING))
        .subcommand(
            asks("slaves", 3, ASKS_AS_ADMIN, this::replicas)
                .summary("Returns the replicas of a node, of which there are none.")
                .syntax("node-id")
                .tips(CHANGING));
  }

  private static CommandBuilder asks(String name, int arity, CommandFlag[] flags, Handler handler) {
    return Command.named(name, CLUSTER)
        .since("3.0.0")
        .complexity("O(1)")
        .arity(arity)
        .flags(flags)
        .handler(handler);
  }

  /** What would make, change or end a cluster of several nodes. */
  private void refused(CommandBuilder cluster) {
    refuse(cluster, "addslots", -3, CHANGES, "slot [slot ...]");
    refuse(cluster, "addslotsrange", -4, CHANGES, "start-slot end-slot [start-slot end-slot ...]");
    refuse(cluster, "bumpepoch", 2, CHANGES, "");
    refuse(cluster, "delslots", -3, CHANGES, "slot [slot ...]");
    refuse(cluster, "delslotsrange", -4, CHANGES, "start-slot end-slot [start-slot end-slot ...]");
    refuse(cluster, "failover", -2, CHANGES, "[FORCE | TAKEOVER]");
    refuse(cluster, "flushslots", 2, CHANGES, "");
    refuse(cluster, "forget", 3, CHANGES, "node-id");
    refuse(cluster, "meet", -4, CHANGES, "ip port [cluster-bus-port]");
    refuse(cluster, "replicate", 3, CHANGES, "node-id");
    refuse(cluster, "reset", -2, RESETS, "[HARD | SOFT]");
    refuse(cluster, "saveconfig", 2, CHANGES, "");
    refuse(cluster, "set-config-epoch", 3, CHANGES, "config-epoch");
    refuse(
        cluster,
        "setslot",
        -4,
        CHANGES,
        "slot <IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE>");
  }

  private void refuse(
      CommandBuilder cluster, String name, int arity, CommandFlag[] flags, String syntax) {
    CommandBuilder child =
        asks(name, arity, flags, this::refuse)
            .summary("Is refused: the cluster is one node that owns every slot.")
            .syntax(syntax);
    if (name.endsWith("slotsrange")) {
      child.since("7.0.0");
    }
    if (name.equals("bumpepoch")) {
      child.tips(CHANGING);
    }
    cluster.subcommand(child);
  }

  private void refuse(Request request, Reply reply) {
    checkEnabled();
    throw CommandException.error(
        "CLUSTER "
            + request.command().name().toUpperCase(Locale.ROOT)
            + " does not apply: this cluster is one node that owns every slot");
  }

  private void checkEnabled() {
    if (!server.live().flag(Directive.CLUSTER_ENABLED)) {
      throw DISABLED;
    }
  }

  private ClusterNode node(Request request) {
    checkEnabled();
    return ClusterNode.toldTo(request.client(), server);
  }

  private void confirm(Request request, Reply reply) {
    checkEnabled();
    reply.ok();
  }

  private void none(Request request, Reply reply) {
    checkEnabled();
    reply.array(0);
  }

  private void slots(Request request, Reply reply) {
    node(request).writeSlots(reply);
  }

  private void shards(Request request, Reply reply) {
    node(request).writeShards(reply);
  }

  private void nodes(Request request, Reply reply) {
    reply.verbatim("txt", node(request).line().getBytes(StandardCharsets.ISO_8859_1));
  }

  private void myId(Request request, Reply reply) {
    reply.bulk(node(request).id());
  }

  private void myShardId(Request request, Reply reply) {
    reply.bulk(node(request).shardId());
  }

  private void info(Request request, Reply reply) {
    checkEnabled();
    String text =
        """
        cluster_state:ok
        cluster_slots_assigned:%1$d
        cluster_slots_ok:%1$d
        cluster_slots_pfail:0
        cluster_slots_fail:0
        cluster_known_nodes:1
        cluster_size:1
        cluster_current_epoch:1
        cluster_my_epoch:1
        cluster_stats_messages_sent:0
        cluster_stats_messages_received:0
        total_cluster_links_buffer_limit_exceeded:0
        """
            .formatted(HashSlot.COUNT)
            .replace("\n", "\r\n");
    reply.verbatim("txt", text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void keySlot(Request request, Reply reply) {
    checkEnabled();
    reply.integer(HashSlot.of(request.bytes(), request.offset(2), request.length(2)));
  }

  private void countKeys(Request request, Reply reply) {
    checkEnabled();
    long slot = request.integer(2);
    if (slot < 0 || slot >= HashSlot.COUNT) {
      throw INVALID_SLOT;
    }
    long[] found = new long[1];
    visit(request, slot, name -> found[0]++);
    reply.integer(found[0]);
  }

  private void keys(Request request, Reply reply) {
    checkEnabled();
    long slot = request.integer(2);
    long most = request.integer(3);
    if (slot < 0 || slot >= HashSlot.COUNT || most < 0) {
      throw INVALID_SLOT_OR_COUNT;
    }
    List<Key> found = new ArrayList<>();
    visit(
        request,
        slot,
        name -> {
          if (found.size() < most) {
            found.add(name.copy());
          }
        });
    reply.array(found.size());
    found.forEach(key -> reply.bulk(key.bytes()));
  }

  /** Visits the keys in a slot by the names under which the client sees them. */
  private static void visit(Request request, long slot, Consumer<SeenName> visitor) {
    Database database = Database.of(request);
    Slices slices = database.keyspace().slices();
    Slices.expect(request, SeenKeys.count(database));
    Entry view = database.newView();
    SeenName name = new SeenName();
    for (Database holder : SeenKeys.holders(database)) {
      name.before(SeenKeys.before(database, holder));
      holder
          .walks()
          .forEach(
              reference -> {
                slices.step();
                name.of(holder.at(reference, view));
                if (HashSlot.of(name.bytes(), name.offset(), name.length()) == slot) {
                  visitor.accept(name);
                }
              });
    }
  }

  private void failureReports(Request request, Reply reply) {
    checkNode(request);
    reply.integer(0);
  }

  private void replicas(Request request, Reply reply) {
    checkNode(request);
    reply.array(0);
  }

  private void checkNode(Request request) {
    if (!node(request).id().equals(request.text(2))) {
      throw CommandException.error("Unknown node " + request.text(2));
    }
  }
}
