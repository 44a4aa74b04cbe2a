package io.keyward.engine.builtin.generic;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.memory.PagePool;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * MEMORY STATS, DOCTOR, MALLOC-STATS and PURGE, as far as they can be true of data in pages of a
 * JVM: the pages are those of the keyspace's event loop, the heap that of the process. The operator
 * is told of all keyspaces and the pages of all loops.
 */
final class MemoryReports {
  private static final long MEGABYTE = 1 << 20;

  /** Below this nothing can be said of proportions. */
  private static final long LITTLE_DATA = 5 * MEGABYTE;

  private static final long LARGE_OUTPUT = 200 * 1024;

  private MemoryReports() {}

  private interface Report {
    void write(MemoryFigures figures, Reply reply);
  }

  /** Reports on the client's keyspace, to the operator on all of them. */
  private static void report(Request request, Reply reply, Report report) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      report.write(MemoryFigures.of(keyspace), reply);
      return;
    }
    overview.gather(
        request,
        reply,
        MemoryFigures::of,
        (parts, to) -> report.write(parts.stream().reduce(MemoryFigures::plus).orElseThrow(), to));
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static double ratio(long above, long below) {
    return below == 0 ? 0 : (double) above / below;
  }

  /** Redis's names for what is the same here, and names of our own for the heap. */
  static void statistics(Request request, Reply reply) {
    boolean ofProcess = request.client().operator();
    report(request, reply, (figures, to) -> statistics(figures, ofProcess, to));
  }

  private static void statistics(MemoryFigures figures, boolean ofProcess, Reply reply) {
    long data = figures.data();
    long clients = figures.unsent();
    long keys = figures.keys();
    reply.map(ofProcess ? 16 : 11);
    number(reply, "total.allocated", data + clients);
    number(reply, "startup.allocated", 0);
    number(reply, "replication.backlog", 0);
    number(reply, "clients.slaves", 0);
    number(reply, "clients.normal", clients);
    number(reply, "cluster.links", 0);
    number(reply, "overhead.total", clients);
    number(reply, "keys.count", keys);
    number(reply, "keys.bytes-per-key", keys == 0 ? 0 : data / keys);
    number(reply, "dataset.bytes", data);
    reply.bulk("dataset.percentage");
    reply.number(100 * ratio(data, data + clients));
    if (!ofProcess) {
      return;
    }
    MemoryUsage heap = heap();
    number(reply, "allocator.allocated", figures.slots());
    number(reply, "allocator.active", figures.pages());
    reply.bulk("allocator-fragmentation.ratio");
    reply.number(ratio(figures.pages(), figures.slots()));
    number(reply, "heap.used", heap.getUsed());
    number(reply, "heap.committed", heap.getCommitted());
  }

  private static void number(Reply reply, String name, long value) {
    reply.bulk(name);
    reply.integer(value);
  }

  static void doctor(Request request, Reply reply) {
    String of = Overview.of(Database.of(request).keyspace()) == null ? "this keyspace" : "all";
    long limit = Database.of(request).keyspace().home().settings().number(Directive.MAXMEMORY);
    boolean ofProcess = request.client().operator();
    report(
        request,
        reply,
        (figures, to) -> {
          List<String> findings = new ArrayList<>();
          if (ofProcess) {
            addFindings(figures, limit, findings);
          }
          addFindings(figures, findings);
          doctor(figures, of, findings, to);
        });
  }

  private static void doctor(MemoryFigures figures, String of, List<String> all, Reply reply) {
    List<String> findings = new ArrayList<>();
    long data = figures.data();
    if (data < LITTLE_DATA) {
      findings.add(
          "The data takes " + data + " bytes: too little to tell whether its memory is used well.");
    } else {
      findings.addAll(all);
      if (findings.isEmpty()) {
        findings.add("The memory of " + of + " is used well: nothing to do.");
      }
    }
    reply.verbatim("txt", (String.join("\n", findings) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** What concerns the process, of which one of several deployments is told nothing. */
  private static void addFindings(MemoryFigures figures, long limit, List<String> findings) {
    long unused = figures.pages() - figures.slots();
    if (unused > 10 * MEGABYTE && unused > figures.slots() / 2) {
      findings.add(
          String.format(
              Locale.ROOT,
              "* Sparse pages: %d MB of %d MB in pages hold no data, since much was deleted. New"
                  + " data fills them; pages that are wholly empty go back with MEMORY PURGE.",
              unused / MEGABYTE,
              figures.pages() / MEGABYTE));
    }
    MemoryUsage heap = heap();
    if (heap.getMax() > 0 && heap.getUsed() > heap.getMax() / 10 * 9) {
      findings.add(
          String.format(
              Locale.ROOT,
              "* The heap is nearly full: %d MB of %d MB. Raise -Xmx with KEYWARD_JAVA_OPTS, or"
                  + " lower maxmemory.",
              heap.getUsed() / MEGABYTE,
              heap.getMax() / MEGABYTE));
    }
    if (limit == 0) {
      findings.add("* maxmemory is 0: the data may grow until the heap is full. Set a limit.");
    }
  }

  private static void addFindings(MemoryFigures figures, List<String> findings) {
    long clients = figures.clients();
    if (clients > 0 && figures.unsent() / clients > LARGE_OUTPUT) {
      findings.add(
          "* Clients leave much unread: more than 200 kB for each on average wait to be sent. See"
              + " omem in CLIENT LIST.");
    }
  }

  static void allocator(Request request, Reply reply) {
    PagePool pool = Database.of(request).keyspace().home().pool();
    StringBuilder text = new StringBuilder("Pages of this event loop, in bytes\n");
    line(text, "slots in use", pool.slotMemory());
    line(text, "pages", pool.pageMemory());
    text.append("\nMemory of the JVM, in bytes: used, committed\n");
    for (MemoryPoolMXBean part : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = part.getUsage();
      if (usage != null) {
        line(text, part.getName(), usage.getUsed(), usage.getCommitted());
      }
    }
    for (BufferPoolMXBean part : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      line(text, part.getName() + " buffers", part.getMemoryUsed(), part.getTotalCapacity());
    }
    text.append("\nCollections: count, milliseconds\n");
    ManagementFactory.getGarbageCollectorMXBeans()
        .forEach(
            collector ->
                line(
                    text,
                    collector.getName(),
                    collector.getCollectionCount(),
                    collector.getCollectionTime()));
    reply.verbatim("txt", text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void line(StringBuilder text, String name, long... numbers) {
    text.append(String.format(Locale.ROOT, "%-32s", name));
    for (long number : numbers) {
      text.append(String.format(Locale.ROOT, " %16d", number));
    }
    text.append('\n');
  }

  /** Gives the empty pages that are kept for new data to the collector. */
  static void purge(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      keyspace.home().pool().dropSpare();
      reply.ok();
      return;
    }
    overview.gather(
        request,
        reply,
        each -> {
          each.view().home().pool().dropSpare();
          return each;
        },
        (all, to) -> to.ok());
  }
}
