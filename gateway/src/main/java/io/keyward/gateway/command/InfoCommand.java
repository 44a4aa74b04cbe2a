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
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * INFO, its sections gathered from where they are written.
 *
 * <p>Process and connections are the server's; keys and statistics those of the client's keyspace.
 * A deployment that is one of several sees what is its own instead.
 */
final class InfoCommand {
  /**
   * One section.
   *
   * @param ofDeployment what a deployment sees that is one of several; null hides the section, so
   *     that nothing is told that has not been declared to be the deployment's own
   */
  private record Section(
      String name,
      boolean byDefault,
      BiConsumer<InfoText, BuiltinKeyspace> writer,
      @Nullable BiConsumer<InfoText, BuiltinKeyspace> ofDeployment) {}

  private final List<Section> sections;

  InfoCommand(Server server) {
    ServerSections process = new ServerSections(server);
    MemorySection memory = new MemorySection(server);
    StatisticsSections statistics = new StatisticsSections(server);
    DeploymentSections own = new DeploymentSections(server);
    BiConsumer<InfoText, BuiltinKeyspace> limits = new LimitsSection(server)::write;
    BiConsumer<InfoText, BuiltinKeyspace> modules = (text, keyspace) -> text.section("Modules");
    sections =
        List.of(
            new Section("server", true, process::server, own::server),
            new Section("clients", true, process::clients, own::clients),
            new Section("memory", true, memory::memory, own::memory),
            new Section(
                "persistence", true, new PersistenceSection(server)::write, own::persistence),
            new Section("stats", true, statistics::stats, own::stats),
            new Section("replication", true, process::replication, own::replication),
            new Section("cpu", true, process::cpu, own::cpu),
            new Section("modules", true, modules, modules),
            new Section("commandstats", false, statistics::commandStats, statistics::commandStats),
            new Section("limits", true, limits, limits),
            new Section("errorstats", true, statistics::errorStats, statistics::errorStats),
            new Section("latencystats", false, statistics::latencyStats, statistics::latencyStats),
            new Section("cluster", true, process::cluster, process::cluster),
            new Section("keyspace", true, process::keyspace, process::keyspace));
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
      write(
          asked,
          new InfoText(),
          keyspace,
          administers ? Section::writer : Section::ofDeployment,
          reply);
    } else {
      overview.gather(
          request,
          reply,
          OverallFigures::of,
          (parts, to) -> {
            OverallFigures figures = OverallFigures.of(parts);
            InfoText text = new InfoText(figures.sums());
            write(
                asked,
                text,
                keyspace,
                section ->
                    switch (section.name()) {
                      case "keyspace" -> (written, view) -> figures.keyspace(written);
                      case "commandstats" ->
                          (written, view) -> figures.commandStats(written, view.table());
                      case "errorstats" -> (written, view) -> figures.errorStats(written);
                      default -> section.writer();
                    },
                to);
          });
    }
  }

  private void write(
      Set<String> asked,
      InfoText text,
      BuiltinKeyspace keyspace,
      Function<Section, @Nullable BiConsumer<InfoText, BuiltinKeyspace>> chosen,
      Reply reply) {
    boolean all = asked.contains("all") || asked.contains("everything");
    boolean defaults = asked.isEmpty() || asked.contains("default");
    for (Section section : sections) {
      BiConsumer<InfoText, BuiltinKeyspace> writer = chosen.apply(section);
      if (writer != null
          && (all || (defaults && section.byDefault()) || asked.contains(section.name()))) {
        writer.accept(text, keyspace);
      }
    }
    reply.verbatim("txt", text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }
}
