package io.keyward.gateway.clients;

import io.keyward.gateway.fixture.RedisFixture.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every place where what the gateway declares differs from Redis 7.2 on purpose, and what older
 * versions of Redis declare otherwise than 7.2.
 */
final class IntendedDifferences {
  private IntendedDifferences() {}

  /** {@code command: aspect} to the reason why it differs. */
  static final Map<String, String> DECLARED = Map.of();

  /** Commands of the gateway's own, and the reason for each. */
  static final Map<String, String> ADDED = new LinkedHashMap<>();

  static {
    newer(
        "Redis 7.4",
        "hexpire hpexpire hexpireat hpexpireat httl hpttl hexpiretime hpexpiretime hpersist");
    newer("Redis 8.0", "hgetex hgetdel hsetex");
    newer("Redis 8.2", "xackdel xdelex");
    newer("Redis 8.4", "delex digest msetex");
    newer("Valkey 9.0", "delifeq");
    ADDED.put("object|location", "It tells whether a key is pinned or shared.");
    ADDED.put("deployment", "It leads the life of deployments, which Redis has not.");
    for (String name :
        words(
            "aliases audit clone create drain drop help info list promote retire stats streams")) {
      ADDED.put("deployment|" + name, "As deployment.");
    }
  }

  private static void newer(String server, String names) {
    for (String name : words(names)) {
      ADDED.put(name, server + " has it, the fixture is older.");
    }
  }

  /**
   * Reasons why commands are missing, each with the names of these commands; a container stands for
   * its subcommands as well.
   */
  private static final Map<String, List<String>> LACKED = new LinkedHashMap<>();

  static {
    LACKED.put("There is no debugger for scripts.", words("script|debug"));
    LACKED.put("Redis 7.0 took them out of its table.", words("host: post stralgo"));
  }

  /** {@code command: aspect} that 7.0 declares otherwise than 7.2. */
  static final Set<String> CHANGED_IN_7_2 =
      Set.of(
          "acl|deluser: tips",
          "acl|save: tips",
          "acl|setuser: tips",
          "blmove: flags",
          "blpop: flags",
          "brpop: flags",
          "brpoplpush: flags",
          "bzpopmax: flags",
          "bzpopmin: flags",
          "client|setname: tips",
          "cluster|shards: flags",
          "cluster|slots: flags",
          "command|getkeys: arity",
          "command|getkeysandflags: arity",
          "config|resetstat: tips",
          "config|rewrite: tips",
          "latency|reset: tips",
          "msetnx: tips",
          "randomkey: tips",
          "scan: tips",
          "wait: flags",
          "zrank: arity",
          "zrevrank: arity");

  /** {@code command: aspect} that 6.2 declares otherwise than 7.0. */
  static final Set<String> CHANGED_IN_7_0 =
      Set.of(
          "expire: arity",
          "expireat: arity",
          "pexpire: arity",
          "pexpireat: arity",
          "pfdebug: arity",
          "xsetid: arity");

  private static final Set<String> NEW_IN_7_2 =
      Set.of("client|no-touch", "client|setinfo", "cluster|myshardid", "waitaof");

  private static final Set<String> NEW_IN_7_0 =
      Set.of(
          "blmpop",
          "bzmpop",
          "eval_ro",
          "evalsha_ro",
          "expiretime",
          "fcall",
          "fcall_ro",
          "function",
          "lcs",
          "lmpop",
          "pexpiretime",
          "quit",
          "sintercard",
          "sort_ro",
          "spublish",
          "ssubscribe",
          "sunsubscribe",
          "zintercard",
          "zmpop");

  /** Whether the command came after the given version. */
  static boolean newerThan(Version version, String name) {
    return (NEW_IN_7_2.contains(name) && version.compareTo(new Version(7, 2, 0)) < 0)
        || (NEW_IN_7_0.contains(name) && version.compareTo(new Version(7, 0, 0)) < 0);
  }

  /** Why the gateway lacks the command, if it does so on purpose. */
  static Optional<String> reasonToLack(String name) {
    String container = name.contains("|") ? name.substring(0, name.indexOf('|')) : name;
    return LACKED.entrySet().stream()
        .filter(each -> each.getValue().contains(name) || each.getValue().contains(container))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static List<String> words(String names) {
    return List.of(names.split(" ", -1));
  }
}
