package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * INFO, its sections gathered from where they are written.
 *
 * <p>Process and connections are the server's; keys and statistics those of the client's keyspace.
 * A deployment that is one of several sees what is its own instead.
 */
final class InfoCommand {
  private record Section(
      String name, boolean byDefault, BiConsumer<InfoText, BuiltinKeyspace> writer) {}

  private final List<Section> sections;
  private final Map<String, BiConsumer<InfoText, BuiltinKeyspace>> ofDeployment;

  InfoCommand(Server server) {
    ServerSections process = new ServerSections(server);
    MemorySection memory = new MemorySection(server);
    StatisticsSections statistics = new StatisticsSections(server);
    sections =
        List.of(
            new Section("server", true, process::server),
            new Section("clients", true, process::clients),
            new Section("memory", true, memory::memory),
            new Section("persistence", true, new PersistenceSection(server)::write),
            new Section("stats", true, statistics::stats),
            new Section("replication", true, process::replication),
            new Section("cpu", true, process::cpu),
            new Section("modules", true, (text, keyspace) -> text.section("Modules")),
            new Section("commandstats", false, statistics::commandStats),
            new Section("limits", true, new LimitsSection(server)::write),
            new Section("errorstats", true, statistics::errorStats),
            new Section("latencystats", false, statistics::latencyStats),
            new Section("cluster", true, process::cluster),
            new Section("keyspace", true, process::keyspace));
    DeploymentSections own = new DeploymentSections(server);
    ofDeployment =
        Map.of(
            "server", own::server,
            "clients", own::clients,
            "memory", own::memory,
            "persistence", own::persistence,
            "stats", own::stats,
            "replication", own::replication,
            "cpu", own::cpu);
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("info", SERVER)
            .differs(
                "Figures are those of a JVM: used_memory counts the data, used_memory_rss the"
                    + " process. While data is loaded, INFO without a section is answered when that"
                    + " is over.")
            .summary("Returns figures and facts about the server, in sections.")
            .complexity("O(1)")
            .syntax("[section [section ...]]")
            .arity(-1)
            .flags(LOADING, STALE)
            .categories(Category.DANGEROUS)
            .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
            .handler(this::info));
  }

  private void info(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (request.count() == 1 && keyspace.home().loading() && keyspace.mayBlock(request.client())) {
      // ioredis, told that data is loading, subscribes and then may not ask whether it is loaded.
      keyspace.pause().holdUntilLoaded(request);
      return;
    }
    boolean administers = request.client().operator();
    Set<String> asked = new HashSet<>();
    for (int i = 1; i < request.count(); i++) {
      asked.add(request.text(i).toLowerCase(Locale.ROOT));
    }
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      write(asked, new InfoText(), keyspace, administers ? Map.of() : ofDeployment, reply);
    } else {
      overview.gather(
          request,
          reply,
          OverallFigures::of,
          (parts, to) -> {
            OverallFigures figures = OverallFigures.of(parts);
            InfoText text = new InfoText(figures.sums());
            write(asked, text, keyspace, Map.of("keyspace", (t, k) -> figures.keyspace(t)), to);
          });
    }
  }

  private void write(
      Set<String> asked,
      InfoText text,
      BuiltinKeyspace keyspace,
      Map<String, BiConsumer<InfoText, BuiltinKeyspace>> instead,
      Reply reply) {
    boolean all = asked.contains("all") || asked.contains("everything");
    boolean defaults = asked.isEmpty() || asked.contains("default");
    for (Section section : sections) {
      if (all || (defaults && section.byDefault()) || asked.contains(section.name())) {
        instead.getOrDefault(section.name(), section.writer()).accept(text, keyspace);
      }
    }
    reply.verbatim("txt", text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }
}
