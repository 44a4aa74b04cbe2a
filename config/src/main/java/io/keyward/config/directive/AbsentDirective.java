package io.keyward.config.directive;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A directive of Redis 7.2 that the gateway does without.
 *
 * @param reason why, in words that fit behind its name
 * @param remedy what to do instead
 */
public record AbsentDirective(String reason, String remedy) {
  private static final String LEAVE_OUT = "leave it out";
  private static final Map<String, AbsentDirective> BY_NAME = new HashMap<>();

  static {
    without(
        "the gateway follows no other server",
        "leave it out; load the other server's data from its RDB or AOF files",
        "masterauth",
        "masteruser",
        "propagation-error-behavior",
        "replica-announce-ip",
        "replica-announce-port",
        "replica-announced",
        "replica-ignore-disk-write-errors",
        "replica-ignore-maxmemory",
        "replica-lazy-flush",
        "replica-priority",
        "replica-read-only",
        "replica-serve-stale-data",
        "slave-announce-ip",
        "slave-announce-port",
        "slave-ignore-maxmemory",
        "slave-lazy-flush",
        "slave-priority",
        "slave-read-only",
        "slave-serve-stale-data",
        "tls-replication");
    without(
        "replicas get their snapshot through a file in dir, which is deleted afterwards",
        LEAVE_OUT,
        "rdb-del-sync-files",
        "repl-diskless-load",
        "repl-diskless-sync",
        "repl-diskless-sync-delay",
        "repl-diskless-sync-max-replicas");
    without("what replicas are sent leaves at once", LEAVE_OUT, "repl-disable-tcp-nodelay");
    without(
        "a cluster is one node here, without a bus and without anything to fail over to",
        "leave it out; cluster-enabled yes and the cluster-announce directives are all there is",
        "cluster-allow-pubsubshard-when-down",
        "cluster-allow-reads-when-down",
        "cluster-allow-replica-migration",
        "cluster-announce-bus-port",
        "cluster-announce-human-nodename",
        "cluster-config-file",
        "cluster-link-sendbuf-limit",
        "cluster-migration-barrier",
        "cluster-node-timeout",
        "cluster-ping-interval",
        "cluster-port",
        "cluster-replica-no-failover",
        "cluster-replica-validity-factor",
        "cluster-require-full-coverage",
        "cluster-slave-no-failover",
        "cluster-slave-validity-factor",
        "tls-cluster");
    without(
        "data lies in pages of the JVM's heap, which are compacted as they empty",
        LEAVE_OUT,
        "active-defrag-cycle-max",
        "active-defrag-cycle-min",
        "active-defrag-ignore-bytes",
        "active-defrag-max-scan-fields",
        "active-defrag-threshold-lower",
        "active-defrag-threshold-upper",
        "jemalloc-bg-thread");
    without("tables grow and shrink step by step with each change", LEAVE_OUT, "activerehashing");
    without("hz stays as it is set", LEAVE_OUT, "dynamic-hz");
    without(
        "every event loop reads and writes by itself",
        "leave it out; set KEYWARD_EVENT_LOOPS to use more cores",
        "io-threads-do-reads");
    without(
        "files are forced to the disk as appendfsync says, and when they are whole",
        "leave it out, or set appendfsync",
        "aof-rewrite-incremental-fsync",
        "no-appendfsync-on-rewrite",
        "rdb-save-incremental-fsync");
    without(
        "the log tells no times",
        "leave it out; keep copies of snapshots to go back to a moment",
        "aof-timestamp-enabled");
    without(
        "what DUMP has given is checked in any case before anything is made of it",
        LEAVE_OUT,
        "sanitize-dump-payload");
    without("there are no modules", "leave it out", "enable-module-command", "loadmodule");
    without(
        "the process that was started is the server",
        "leave it out; let a service manager keep it and its number",
        "pidfile",
        "supervised");
    without(
        "that is the service manager's to set",
        "leave it out; with systemd it is OOMScoreAdjust=",
        "oom-score-adj",
        "oom-score-adj-values");
    without(
        "which processors the gateway runs on is the system's to say",
        "leave it out; start it by taskset, or with systemd set CPUAffinity=",
        "aof-rewrite-cpulist",
        "aof_rewrite_cpulist",
        "bgsave-cpulist",
        "bgsave_cpulist",
        "bio-cpulist",
        "bio_cpulist",
        "server-cpulist",
        "server_cpulist");
    without(
        "the JVM decides how its memory is mapped",
        "leave it out; KEYWARD_JAVA_OPTS takes options such as -XX:-UseTransparentHugePages",
        "disable-thp");
    without(
        "the gateway logs to standard output or a file",
        "set logfile, or let a service manager pass on what is logged",
        "syslog-enabled",
        "syslog-facility",
        "syslog-ident");
    without(
        "the JVM itself writes a report when it crashes",
        "leave it out; -XX:ErrorFile in KEYWARD_JAVA_OPTS says where",
        "crash-log-enabled",
        "crash-memcheck-enabled",
        "use-exit-on-panic",
        "watchdog-period");
    without(
        "a JVM cannot change the title of its process and shows no logo",
        LEAVE_OUT,
        "always-show-logo",
        "proc-title-template",
        "set-proc-title");
    without("no warning stops the start", LEAVE_OUT, "ignore-warnings");
    without("SORT compares byte by byte, whatever the language", LEAVE_OUT, "locale-collate");
    without(
        "the system chooses the address and marks of connections that the gateway makes",
        LEAVE_OUT,
        "bind-source-addr",
        "socket-mark-id");
    without(
        "the TLS library keeps sessions and chooses parameters by itself",
        "leave it out; tls-protocols, tls-ciphers and tls-ciphersuites say what is allowed",
        "tls-dh-params-file",
        "tls-prefer-server-ciphers",
        "tls-session-cache-size",
        "tls-session-cache-timeout",
        "tls-session-caching");
    without(
        "the gateway connects to nobody by TLS",
        "leave it out; tls-cert-file and tls-key-file are the gateway's own",
        "tls-client-cert-file",
        "tls-client-key-file",
        "tls-client-key-file-pass");
    without(
        "it is for tests of Redis itself",
        LEAVE_OUT,
        "aof-disable-auto-gc",
        "client-default-resp",
        "loading-process-events-interval-bytes",
        "req-res-logfile");
    without(
        "all settings stand in one keyward.yaml",
        "copy what the other file says, each directive under directives:",
        "include");
    without(
        "commands keep their names",
        "forbid a command to users by ACL SETUSER or in the aclfile, such as -flushall",
        "rename-command");
    without("users stand in a file of their own", "move the line to the aclfile", "user");
    without("the gateway is no sentinel", LEAVE_OUT, "sentinel");
  }

  private static void without(String reason, String remedy, String... names) {
    AbsentDirective absent = new AbsentDirective(reason, remedy);
    for (String name : names) {
      BY_NAME.put(name, absent);
    }
  }

  /** What to say of a directive that Redis has and the gateway has not. */
  public static Optional<AbsentDirective> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }
}
