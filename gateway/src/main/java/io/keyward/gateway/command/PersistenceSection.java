package io.keyward.gateway.command;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.engine.builtin.appendonly.LogStatus;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.gateway.server.Server;

/** INFO persistence: how the files fare that keep the data. */
final class PersistenceSection {
  private final Server server;

  PersistenceSection(Server server) {
    this.server = server;
  }

  void write(InfoText text, BuiltinKeyspace keyspace) {
    LoadProgress progress = server.durability().appendOnly().progress();
    Snapshots snapshots = server.snapshots();
    LogStatus log = server.durability().appendOnly().status();
    text.section("Persistence")
        .field("loading", progress.loading() ? 1 : 0)
        .field("async_loading", 0)
        .field("current_cow_peak", 0)
        .field("current_cow_size", 0)
        .field("current_cow_size_age", 0)
        .field("current_fork_perc", percentage(snapshots.keysWritten(), snapshots.keysToWrite()), 2)
        .field("current_save_keys_processed", snapshots.keysWritten())
        .field("current_save_keys_total", snapshots.keysToWrite())
        .field("rdb_changes_since_last_save", snapshots.unsavedChanges())
        .field("rdb_bgsave_in_progress", snapshots.inProgress() ? 1 : 0)
        .field("rdb_last_save_time", snapshots.history().lastSave())
        .field("rdb_last_bgsave_status", snapshots.history().lastFailed() ? "err" : "ok")
        .field("rdb_last_bgsave_time_sec", snapshots.history().lastSeconds())
        .field("rdb_current_bgsave_time_sec", snapshots.currentSeconds())
        .field("rdb_saves", snapshots.history().begun())
        .field("rdb_last_cow_size", 0)
        .field("rdb_longest_slice_usec", snapshots.longestSliceNanos() / 1000)
        .field("rdb_last_load_keys_expired", snapshots.expiredAtLoad())
        .field("rdb_last_load_keys_loaded", snapshots.loadedKeys());
    log(text, log);
    text.field("module_fork_in_progress", 0).field("module_fork_last_cow_size", 0);
    if (log.enabled()) {
      sizes(text, log);
    }
    if (progress.loading()) {
      loading(text, progress);
    }
  }

  private static double percentage(long part, long whole) {
    return whole == 0 ? 0 : part * 100.0 / whole;
  }

  private static void log(InfoText text, LogStatus log) {
    text.field("aof_enabled", log.enabled() ? 1 : 0)
        .field("aof_rewrite_in_progress", log.rewriting() ? 1 : 0)
        .field("aof_rewrite_scheduled", log.scheduled() ? 1 : 0)
        .field("aof_last_rewrite_time_sec", log.lastRewriteSeconds())
        .field("aof_current_rewrite_time_sec", log.presentRewriteSeconds())
        .field("aof_last_bgrewrite_status", log.lastRewriteSucceeded() ? "ok" : "err")
        .field("aof_rewrites", log.rewritesBegun())
        .field("aof_rewrites_consecutive_failures", log.failuresInARow())
        .field("aof_last_write_status", log.lastWriteSucceeded() ? "ok" : "err")
        .field("aof_last_cow_size", 0);
  }

  private static void sizes(InfoText text, LogStatus log) {
    text.field("aof_current_size", log.size())
        .field("aof_base_size", log.baseSize())
        .field("aof_pending_rewrite", log.scheduled() ? 1 : 0)
        .field("aof_buffer_length", log.waiting())
        .field("aof_pending_bio_fsync", log.pendingForces())
        .field("aof_delayed_fsync", log.delayedForces());
  }

  private static void loading(InfoText text, LoadProgress progress) {
    long total = progress.totalBytes();
    long loaded = progress.loadedBytes();
    long seconds = progress.seconds();
    long eta = seconds == 0 ? 1 : seconds * (total - loaded) / (loaded + 1);
    text.field("loading_start_time", progress.startedAt() / 1000)
        .field("loading_total_bytes", total)
        .field("loading_rdb_used_mem", progress.usedMemory())
        .field("loading_loaded_bytes", loaded)
        .field("loading_loaded_perc", percentage(loaded, total), 2)
        .field("loading_eta_seconds", eta);
  }
}
