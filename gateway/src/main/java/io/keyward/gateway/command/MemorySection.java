package io.keyward.gateway.command;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.MemoryGuard;
import io.keyward.engine.builtin.replication.ReplicationStatus;
import io.keyward.engine.builtin.script.ScriptFigures;
import io.keyward.gateway.server.Server;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/**
 * INFO memory.
 *
 * <p>{@code used_memory} is what the data takes by the keyspaces' own accounts, and what {@code
 * maxmemory} is compared with. The JVM's heap stands for Redis's allocator: used, committed,
 * resident. As in Redis the worlds in which scripts run are not part of {@code used_memory}.
 */
final class MemorySection {
  private final Server server;
  private long peak;

  MemorySection(Server server) {
    this.server = server;
  }

  void memory(InfoText text, BuiltinKeyspace keyspace) {
    long used = 0;
    long pinned = 0;
    int pendingFrees = 0;
    long freedLater = 0;
    for (Home home : server.homes()) {
      used += home.usedBytes();
      pinned += home.memory().pinnedBytes();
      pendingFrees += home.freeing().pending();
      freedLater += home.freeing().freed();
      peak = Math.max(peak, home.memory().peak());
    }
    peak = Math.max(peak, used);
    ScriptFigures scripts = ScriptFigures.of(keyspace);
    long worlds = scripts.scriptWorldBytes() + scripts.functionWorldBytes();
    long resident = ProcessFigures.residentBytes();
    long limit = server.live().number(Directive.MAXMEMORY);
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryGuard guard = server.homes().getFirst().guard();
    long clients = guard.clientBytes();
    ReplicationStatus replication = server.replication().status();
    long ofReplicas = replication.clientBytes() + replication.heldBytes();
    text.section("Memory")
        .bytes("used_memory", used)
        .bytes("used_memory_rss", resident)
        .bytes("used_memory_peak", peak)
        .field("used_memory_peak_perc", percent(used, peak))
        .field("used_memory_overhead", clients)
        .field("used_memory_startup", 0)
        .field("used_memory_dataset", used)
        .field("used_memory_dataset_perc", percent(used, used + clients))
        .field("allocator_allocated", heap.getUsed())
        .field("allocator_active", heap.getCommitted())
        .field("allocator_resident", resident)
        .bytes("total_system_memory", ProcessFigures.totalSystemBytes())
        .field("used_memory_vm_eval", scripts.scriptWorldBytes())
        .bytes("used_memory_lua", scripts.scriptWorldBytes())
        .field("used_memory_scripts_eval", scripts.scriptBytes())
        .bytes("maxmemory", limit)
        .field("used_memory_vm_functions", scripts.functionWorldBytes())
        .bytes("used_memory_vm_total", worlds)
        .field("used_memory_functions", scripts.libraryBytes())
        .bytes("used_memory_scripts", scripts.scriptBytes() + scripts.libraryBytes())
        .field("number_of_cached_scripts", scripts.scripts())
        .field("number_of_functions", scripts.functions())
        .field("number_of_libraries", scripts.libraries())
        .field("maxmemory_policy", server.live().text(Directive.MAXMEMORY_POLICY))
        .field("allocator_frag_ratio", ratio(heap.getCommitted(), heap.getUsed()), 2)
        .field("allocator_frag_bytes", heap.getCommitted() - heap.getUsed())
        .field("allocator_rss_ratio", ratio(resident, heap.getCommitted()), 2)
        .field("allocator_rss_bytes", resident - heap.getCommitted())
        .field("mem_fragmentation_ratio", ratio(resident, used), 2)
        .field("mem_fragmentation_bytes", resident - used)
        .field("keyward_pinned_keys", keyspace.pins().keys())
        .bytes("keyward_pinned_memory", pinned)
        .bytes("keyward_pinned_memory_limit", guard.pinnedLimit())
        .field("mem_not_counted_for_evict", pinned)
        .field(
            "mem_total_replication_buffers",
            ofReplicas + (replication.backlogActive() ? replication.backlogSize() : 0))
        .field("mem_clients_slaves", ofReplicas)
        .field("mem_clients_normal", Math.max(0, clients - replication.clientBytes()))
        .field("keyward_mem_clients_limit", guard.clientLimit(used))
        .field("keyward_heap_tight", guard.tight() ? 1 : 0)
        .field("mem_aof_buffer", server.durability().appendOnly().status().waiting())
        .field("mem_allocator", "jvm")
        .field("active_defrag_running", 0)
        .field("lazyfree_pending_objects", pendingFrees)
        .field("lazyfreed_objects", freedLater);
  }

  private static double ratio(long above, long below) {
    return below == 0 ? 0 : (double) above / below;
  }

  private static String percent(long part, long whole) {
    return InfoText.decimal(ratio(part, whole) * 100, 2) + "%";
  }
}
