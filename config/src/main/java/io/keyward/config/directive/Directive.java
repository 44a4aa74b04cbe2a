package io.keyward.config.directive;

import static io.keyward.config.directive.Kind.integer;
import static io.keyward.config.directive.Kind.memory;
import static io.keyward.config.directive.Kind.oneOf;
import static io.keyward.config.directive.Kind.text;
import static io.keyward.config.directive.Kind.yesNo;
import static io.keyward.config.directive.Trait.Mark.AT_START;
import static io.keyward.config.directive.Trait.Mark.HIDDEN;
import static io.keyward.config.directive.Trait.Mark.PROTECTED;
import static io.keyward.config.directive.Trait.Mark.REREAD;
import static io.keyward.config.directive.Trait.Mark.SECRET;

import io.keyward.config.directive.Trait.Alias;
import io.keyward.config.directive.Trait.OnlyDefault;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every directive, declared once: what it takes, its default and what it is for.
 *
 * <p>Names, meanings and defaults are those of Redis 7.2, but for {@code dir}, {@code save} and
 * {@code bind} (without a password the gateway listens on loopback alone).
 */
public enum Directive {
  // Where clients connect
  PORT(integer(0, 65535), "6379", "TCP port for clients; 0 closes it"),
  BIND(
      new SeveralWords.BindAddresses(16),
      "* -::*",
      "addresses to listen on; a leading - tolerates its absence"),
  UNIXSOCKET(text(), "", "path of a Unix socket for clients; empty = none", AT_START),
  UNIXSOCKETPERM(new Kind.FileMode(), "0", "file mode of the Unix socket, octal", AT_START),
  TCP_BACKLOG(integer(0, Integer.MAX_VALUE), "511", "connections the kernel may queue", AT_START),
  TCP_KEEPALIVE(integer(0, Integer.MAX_VALUE), "15", "seconds between keepalive probes; 0 = none"),
  TIMEOUT(
      integer(0, Integer.MAX_VALUE),
      "0",
      "seconds after which an idle client is closed; 0 = never"),
  MAXCLIENTS(integer(1, 0xFFFF_FFFFL), "10000", "connections served at the same time"),
  PROTECTED_MODE(yesNo(), "yes", "without a password serve clients of this machine alone"),
  REQUIREPASS(text(), "", "password that clients must give; empty = none", SECRET),
  ACLFILE(text(), "", "file with the users that may log in; empty = none", AT_START),
  ACL_PUBSUB_DEFAULT(
      oneOf("resetchannels", "allchannels"),
      "resetchannels",
      "channels that a new user may use: none or all"),
  ACLLOG_MAX_LEN(integer(0, Long.MAX_VALUE), "128", "refusals that ACL LOG keeps"),

  // TLS
  TLS_PORT(integer(0, 65535), "0", "TCP port for TLS clients; 0 closes it"),
  TLS_CERT_FILE(text(), "", "the server's certificate chain, PEM", REREAD),
  TLS_KEY_FILE(text(), "", "the certificate's private key, PEM", REREAD),
  TLS_KEY_FILE_PASS(text(), "", "password of the private key", SECRET),
  TLS_CA_CERT_FILE(text(), "", "authorities that sign client certificates, PEM", REREAD),
  TLS_CA_CERT_DIR(text(), "", "folder of such authorities", REREAD),
  TLS_AUTH_CLIENTS(oneOf("no", "yes", "optional"), "yes", "ask TLS clients for a certificate"),
  TLS_PROTOCOLS(text(), "", "TLS versions such as \"TLSv1.2 TLSv1.3\"; empty = both"),
  TLS_CIPHERS(text(), "", "ciphers for TLS 1.2, OpenSSL names; empty = the library's choice"),
  TLS_CIPHERSUITES(text(), "", "cipher suites for TLS 1.3; empty = the library's choice"),

  // What one client may ask for
  PROTO_MAX_BULK_LEN(memory(1 << 20), "512mb", "longest argument a client may send"),
  CLIENT_QUERY_BUFFER_LIMIT(memory(1 << 20), "1gb", "most unread input kept for one client"),
  CLIENT_OUTPUT_BUFFER_LIMIT(
      new SeveralWords.BufferLimits(),
      "normal 0 0 0 slave 256mb 64mb 60 pubsub 32mb 8mb 60",
      "unsent output beyond which a client is closed: class, hard, soft, seconds"),

  // One node of a cluster
  CLUSTER_ENABLED(yesNo(), "no", "answer as a cluster of one node that owns every slot", AT_START),
  CLUSTER_ANNOUNCE_IP(
      text(), "", "address told to cluster clients; empty = the one they have connected to"),
  CLUSTER_ANNOUNCE_PORT(
      integer(0, 65535), "0", "port told to cluster clients; 0 = the one they have connected to"),
  CLUSTER_ANNOUNCE_TLS_PORT(integer(0, 65535), "0", "the same for clients that use TLS"),
  CLUSTER_ANNOUNCE_HOSTNAME(text(), "", "host name told to cluster clients; empty = none"),
  CLUSTER_PREFERRED_ENDPOINT_TYPE(
      oneOf("ip", "hostname", "unknown-endpoint"), "ip", "what cluster clients are to connect to"),

  // Memory
  DATABASES(integer(1, Integer.MAX_VALUE), "16", "numbered databases in a keyspace", AT_START),
  MAXMEMORY(memory(0), "0", "bytes of data beyond which writes evict or fail; 0 = no limit"),
  PINNED_MEMORY(
      memory(0),
      "0",
      "bytes of all pinned keys, beyond which those asked for least go; 0 = an eighth of what the"
          + " heap holds, and never more than half of it"),
  MAXMEMORY_CLIENTS(
      new Kind.MemoryOrPercent(),
      "0",
      "bytes, or a percentage of maxmemory, that all clients may take before the biggest are cut"
          + " off; 0 = what the heap can hold"),
  MAXMEMORY_POLICY(
      oneOf(
          "volatile-lru",
          "volatile-lfu",
          "volatile-tinylfu",
          "volatile-random",
          "volatile-ttl",
          "allkeys-lru",
          "allkeys-lfu",
          "allkeys-tinylfu",
          "allkeys-random",
          "noeviction"),
      "noeviction",
      "what makes room at maxmemory"),
  TRACKING_TABLE_MAX_KEYS(
      integer(0, Long.MAX_VALUE),
      "1000000",
      "keys remembered for client-side caches; 0 = no limit"),
  MAXMEMORY_SAMPLES(integer(1, Integer.MAX_VALUE), "5", "keys looked at to choose one to evict"),
  MAXMEMORY_EVICTION_TENACITY(
      integer(0, 100),
      "10",
      "how long a command may evict before it goes on: 0.5 ms at 10, 100 = until all fits; the rest"
          + " follows in slices"),
  LFU_LOG_FACTOR(integer(0, Integer.MAX_VALUE), "10", "how slowly the frequency counter saturates"),
  LFU_DECAY_TIME(
      integer(0, Integer.MAX_VALUE), "1", "minutes after which the frequency counter drops"),
  ACTIVEDEFRAG(
      yesNo(),
      "no",
      "move data to give back fragmented memory",
      new OnlyDefault("pages are compacted as they empty; there is nothing to switch on")),
  LAZYFREE_LAZY_EVICTION(
      yesNo(), "no", "taken for compatibility: big values are always freed in slices"),
  LAZYFREE_LAZY_EXPIRE(
      yesNo(),
      "no",
      "replicas free later what has expired; here big values are always freed in slices"),
  LAZYFREE_LAZY_SERVER_DEL(
      yesNo(),
      "no",
      "replicas free later what commands have replaced or emptied; here big values are always freed"
          + " in slices"),
  LAZYFREE_LAZY_USER_DEL(
      yesNo(), "no", "taken for compatibility: big values are always freed in slices"),
  LAZYFREE_LAZY_USER_FLUSH(
      yesNo(), "no", "taken for compatibility: big values are always freed in slices"),

  // Packed encodings
  HASH_MAX_LISTPACK_ENTRIES(
      integer(0, Long.MAX_VALUE),
      "512",
      "most fields of a packed hash",
      new Alias("hash-max-ziplist-entries")),
  HASH_MAX_LISTPACK_VALUE(
      memory(0), "64", "longest field or value there", new Alias("hash-max-ziplist-value")),
  SET_MAX_INTSET_ENTRIES(integer(0, Long.MAX_VALUE), "512", "most members of a set of integers"),
  SET_MAX_LISTPACK_ENTRIES(integer(0, Long.MAX_VALUE), "128", "most members of a packed set"),
  SET_MAX_LISTPACK_VALUE(integer(0, Long.MAX_VALUE), "64", "longest member there, in bytes"),
  ZSET_MAX_LISTPACK_ENTRIES(
      integer(0, Long.MAX_VALUE),
      "128",
      "most members of a packed sorted set",
      new Alias("zset-max-ziplist-entries")),
  ZSET_MAX_LISTPACK_VALUE(
      memory(0), "64", "longest member there", new Alias("zset-max-ziplist-value")),
  LIST_MAX_LISTPACK_SIZE(
      integer(Integer.MIN_VALUE, Integer.MAX_VALUE),
      "-2",
      "size of a list's nodes: entries, or -1 to -5 for 4 to 64 kB",
      new Alias("list-max-ziplist-size")),
  LIST_COMPRESS_DEPTH(
      integer(0, Integer.MAX_VALUE),
      "0",
      "nodes at both ends never to compress; 0 = compress none"),
  HLL_SPARSE_MAX_BYTES(memory(0), "3000", "most bytes of a sparse HyperLogLog"),
  STREAM_NODE_MAX_BYTES(memory(0), "4096", "most bytes of a stream's node; 0 = no limit"),
  STREAM_NODE_MAX_ENTRIES(integer(0, Long.MAX_VALUE), "100", "most entries there; 0 = no limit"),

  // Scripts
  BUSY_REPLY_THRESHOLD(
      integer(0, Integer.MAX_VALUE),
      "5000",
      "milliseconds that a script has in any case, even above script-time-limit",
      new Alias("lua-time-limit")),
  SCRIPT_TIME_LIMIT(
      integer(0, Integer.MAX_VALUE),
      "5000",
      "milliseconds after which a script is ended with an error; 0 = never"),
  SCRIPT_MEMORY_LIMIT(memory(0), "256mb", "bytes that a running script may hold; 0 = no limit"),
  SCRIPT_CACHE_SIZE(memory(1 << 16), "32mb", "bytes of scripts that a keyspace remembers"),

  // Background work
  HZ(new Kind.Clamped(1, 500), "10", "background rounds per second"),
  ACTIVE_EXPIRE_EFFORT(integer(1, 10), "1", "share of time spent on finding expired keys"),
  IO_THREADS(
      integer(1, 128),
      "1",
      "threads that write replies",
      AT_START,
      new OnlyDefault(
          "every event loop reads and writes by itself; set KEYWARD_EVENT_LOOPS to use more"
              + " cores")),
  DAEMONIZE(
      yesNo(),
      "no",
      "run in the background",
      AT_START,
      new OnlyDefault("the process that was started is the server; let a service manager keep it")),
  SHUTDOWN_TIMEOUT(
      integer(0, Integer.MAX_VALUE),
      "10",
      "seconds that commands in flight, and replicas that lag, get when the server stops"),
  SHUTDOWN_ON_SIGTERM(
      new SeveralWords.ShutdownOptions(), "default", "options of SHUTDOWN that SIGTERM stands for"),
  SHUTDOWN_ON_SIGINT(
      new SeveralWords.ShutdownOptions(), "default", "options of SHUTDOWN that SIGINT stands for"),

  // Durability
  SAVE(
      new SeveralWords.SavePoints(),
      "3600 1 300 100 60 10000",
      "seconds and changes after which to write a snapshot; empty = none"),
  APPENDONLY(yesNo(), "yes", "log every write to a file"),
  APPENDFSYNC(oneOf("everysec", "always", "no"), "everysec", "when the log is forced to disk"),
  AUTO_AOF_REWRITE_PERCENTAGE(
      integer(0, Integer.MAX_VALUE),
      "100",
      "growth of the log, in percent of its size after the last rewrite, that begins one; 0 ="
          + " never"),
  AUTO_AOF_REWRITE_MIN_SIZE(memory(0), "64mb", "size from which a log is rewritten for its growth"),
  AOF_LOAD_TRUNCATED(
      yesNo(),
      "yes",
      "start with a log that ends in the middle of a command, without that command"),
  AOF_USE_RDB_PREAMBLE(
      yesNo(), "yes", "a rewritten log begins with a snapshot; else with commands"),
  DIR(new Kind.Folder(), "./keyward-data", "folder of the data files", PROTECTED),
  DBFILENAME(
      new Kind.BaseName("dbfilename", "filename", true),
      "dump.rdb",
      "name of the snapshot",
      PROTECTED),
  RDBCOMPRESSION(yesNo(), "yes", "compress strings in snapshots and in what DUMP gives"),
  RDBCHECKSUM(yesNo(), "yes", "end snapshots with a checksum", AT_START),
  STOP_WRITES_ON_BGSAVE_ERROR(yesNo(), "yes", "refuse writes while snapshots fail"),
  RDB_VERSION(
      integer(10, 11),
      "11",
      "version of snapshots and of what DUMP gives: 11 for Redis 7.2 and later, 10 for 7.0"),
  APPENDFILENAME(
      new Kind.BaseName("appendfilename", "filename", false),
      "appendonly.aof",
      "first part of the log files' names",
      AT_START),
  APPENDDIRNAME(
      new Kind.BaseName("appenddirname", "dirname", false),
      "appendonlydir",
      "folder of the log files, in dir",
      AT_START),

  // Replicas
  REPLICAOF(
      text(),
      "",
      "the server to follow",
      AT_START,
      new Alias("slaveof"),
      new OnlyDefault(
          "the gateway follows no other server; load its data from its RDB or AOF files instead")),
  REPL_PING_REPLICA_PERIOD(
      integer(1, Integer.MAX_VALUE),
      "10",
      "seconds between two pings to replicas",
      new Alias("repl-ping-slave-period")),
  REPL_TIMEOUT(
      integer(1, Integer.MAX_VALUE),
      "60",
      "seconds after which a replica that acknowledges nothing is closed"),
  REPL_BACKLOG_SIZE(
      new Kind.RaisedMemory(16 << 10),
      "1mb",
      "bytes kept of what was sent, for replicas that come back soon"),
  REPL_BACKLOG_TTL(
      integer(0, Integer.MAX_VALUE),
      "3600",
      "seconds without replicas after which those bytes are forgotten; 0 = never"),
  MIN_REPLICAS_TO_WRITE(
      integer(0, Integer.MAX_VALUE),
      "0",
      "replicas without which writes are refused; 0 = none",
      new Alias("min-slaves-to-write")),
  MIN_REPLICAS_MAX_LAG(
      integer(0, Integer.MAX_VALUE),
      "10",
      "seconds since its last acknowledgement up to which a replica counts there; 0 = none is"
          + " asked for",
      new Alias("min-slaves-max-lag")),

  // What the operator sees and may do
  LOGLEVEL(oneOf("debug", "verbose", "notice", "warning", "nothing"), "notice", "what is logged"),
  LOGFILE(text(), "", "file to log to; empty = standard output", AT_START),
  SLOWLOG_LOG_SLOWER_THAN(
      integer(-1, Long.MAX_VALUE), "10000", "microseconds from which a command is slow; -1 = none"),
  SLOWLOG_MAX_LEN(integer(0, Long.MAX_VALUE), "128", "slow commands kept"),
  LATENCY_MONITOR_THRESHOLD(
      integer(0, Long.MAX_VALUE), "0", "milliseconds from which LATENCY records an event; 0 = off"),
  LATENCY_TRACKING(yesNo(), "yes", "keep a histogram of each command's time"),
  LATENCY_TRACKING_INFO_PERCENTILES(
      new SeveralWords.Percentiles(), "50 99 99.9", "percentiles that INFO latencystats shows"),
  NOTIFY_KEYSPACE_EVENTS(new Kind.EventClasses(), "", "keyspace events to publish"),
  ENABLE_DEBUG_COMMAND(oneOf("no", "yes", "local"), "no", "who may use DEBUG", AT_START),
  ENABLE_PROTECTED_CONFIGS(
      oneOf("no", "yes", "local"), "no", "who may CONFIG SET dir and dbfilename", AT_START),

  // Situations for tests
  KEY_LOAD_DELAY(
      integer(0, Integer.MAX_VALUE), "0", "microseconds that loading a key takes at least", HIDDEN),
  RDB_KEY_SAVE_DELAY(
      integer(0, Integer.MAX_VALUE),
      "0",
      "microseconds that writing a key into a snapshot takes at least",
      HIDDEN);

  private static final Map<String, Directive> BY_NAME = new HashMap<>();

  static {
    for (Directive directive : values()) {
      BY_NAME.put(directive.directiveName, directive);
      for (String alias : directive.aliases) {
        BY_NAME.put(alias, directive);
      }
    }
  }

  private final String directiveName;
  private final String description;
  private final Kind kind;
  private final List<Trait> traits;
  private final List<String> aliases;
  private final Value defaultValue;

  Directive(Kind kind, String defaultText, String description, Trait... traits) {
    this.directiveName = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.description = description;
    this.kind = kind;
    this.traits = List.of(traits);
    this.aliases =
        Arrays.stream(traits)
            .filter(Alias.class::isInstance)
            .map(trait -> ((Alias) trait).name())
            .toList();
    try {
      this.defaultValue = kind.parse(defaultText, "");
    } catch (RefusedException wrongTable) {
      throw new AssertionError("default of " + directiveName, wrongTable);
    }
  }

  /** The directive of that name or alias, in upper or lower case. */
  public static Optional<Directive> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The name as users write it, such as {@code maxmemory-policy}. */
  public String directiveName() {
    return directiveName;
  }

  /** Whether only those see it who name it. */
  public boolean hidden() {
    return traits.contains(HIDDEN);
  }

  /** Names from older releases that mean the same directive. */
  public List<String> aliases() {
    return aliases;
  }

  /** What it is for, in one line. */
  public String description() {
    return description;
  }

  /** What values it takes, in words that fit behind "give". */
  public String expects() {
    boolean onlyDefault = traits.stream().anyMatch(OnlyDefault.class::isInstance);
    return onlyDefault ? "its default, \"" + defaultText() + "\"" : kind.expects();
  }

  /** The default as CONFIG GET shows it. */
  public String defaultText() {
    return defaultValue.text();
  }

  /** True if it is read once at the start and cannot be set at run time. */
  boolean fixedAtStart() {
    return traits.contains(AT_START);
  }

  /** True if its value must not appear in logs and errors. */
  public boolean secret() {
    return traits.contains(SECRET);
  }

  /** True if its value is a list, so that a file may give it as one. */
  public boolean takesSeveralWords() {
    return kind.takesSeveralWords();
  }

  boolean isProtected() {
    return traits.contains(PROTECTED);
  }

  boolean rereads() {
    return traits.contains(REREAD);
  }

  /** A value of it as CONFIG GET shows it. */
  String shown(String text) {
    return kind.shown(text);
  }

  Value defaultValue() {
    return defaultValue;
  }

  /**
   * Checks a value against the declaration.
   *
   * @param current the present value's text, which {@code client-output-buffer-limit} builds upon
   * @throws RefusedException with the reason
   */
  Value parse(String text, String current) throws RefusedException {
    Value value = kind.parse(text, current);
    for (Trait trait : traits) {
      if (trait instanceof OnlyDefault(String reason)
          && !value.text().equals(defaultValue.text())) {
        throw new RefusedException(reason);
      }
    }
    return value;
  }
}
