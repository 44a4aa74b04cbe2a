package io.keyward.loadtest;

/** The files in which data is kept, and how a server is told to write them anew. */
enum SnapshotFiles {
  rdb("BGSAVE", "rdb_bgsave_in_progress", "rdb_last_bgsave_time_sec", ""),
  aof(
      "BGREWRITEAOF",
      "aof_rewrite_in_progress",
      "aof_last_rewrite_time_sec",
      "--appendonly yes --appendfsync everysec --auto-aof-rewrite-percentage 0");

  final String command;

  /** The field of INFO that is 1 meanwhile. */
  final String running;

  /** The field of INFO that says how many seconds the last one took. */
  final String took;

  /** Of a server that keeps its data so. */
  final String options;

  SnapshotFiles(String command, String running, String took, String options) {
    this.command = command;
    this.running = running;
    this.took = took;
    this.options = options;
  }
}
