package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** FLUSHALL, SWAPDB and what COMMAND tells of the table. */
class ServerCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void flushAndSwap() {
    bench.line("set k v");
    bench.line("select 1");
    bench.line("set a 1");
    bench.line("set b 2");
    assertThat(bench.line("dbsize")).isEqualTo("2");
    assertThat(bench.line("swapdb 0 1")).isEqualTo("OK");
    assertThat(bench.line("dbsize")).isEqualTo("1");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
    assertThat(bench.line("swapdb x 1")).isEqualTo("!ERR invalid first DB index");
    assertThat(bench.line("swapdb 1 x")).isEqualTo("!ERR invalid second DB index");
    assertThat(bench.line("swapdb 0 16")).isEqualTo("!ERR DB index is out of range");
    assertThat(bench.line("flushdb async")).isEqualTo("OK");
    assertThat(bench.line("dbsize")).isEqualTo("0");
    bench.line("select 0");
    assertThat(bench.line("dbsize")).isEqualTo("2");
    assertThat(bench.line("flushall later")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("flushall sync")).isEqualTo("OK");
    assertThat(bench.line("dbsize")).isEqualTo("0");
  }

  @Test
  void thePeakOfMemoryIsSeenWithoutAsking() {
    int big = 1 << 20;
    bench.run("set", "big", "x".repeat(big));
    bench.pass(1000);
    bench.line("del big");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isLessThan(big);
    assertThat(bench.keyspace().home().memory().peak()).isGreaterThan(big);
  }

  @Test
  void commandTellsTheTable() {
    int commands = bench.keyspace().table().commands().size();
    assertThat(bench.line("command count")).isEqualTo(Integer.toString(commands));
    assertThat(bench.line("command info get nosuch"))
        .isEqualTo(
            "[[\"get\" 2 [readonly fast] 1 1 1 [@read @string @fast] [] [[\"flags\" [RO access]"
                + " \"begin_search\" [\"type\" \"index\" \"spec\" [\"index\" 1]] \"find_keys\""
                + " [\"type\" \"range\" \"spec\" [\"lastkey\" 0 \"keystep\" 1 \"limit\" 0]]]]"
                + " []] nil]");
    assertThat(bench.line("command info client|id"))
        .startsWith("[[\"client|id\" 2 [noscript loading stale] 0 0 0 [@slow @connection]");
    assertThat(bench.line("command docs get nosuch"))
        .startsWith("[\"get\" [\"summary\" \"Returns the string value of a key.\"");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("command info get"))
        .contains("<readonly fast>")
        .contains("{\"flags\" <RO access>")
        .endsWith("> <>]]");
    assertThat(bench.line("command docs del"))
        .startsWith("{\"del\" {\"summary\"")
        .endsWith(
            "\"arguments\" [{\"name\" \"key\" \"type\" \"key\" \"display_text\" \"key\""
                + " \"key_spec_index\" 0 \"flags\" <multiple>}]}}");
  }

  @Test
  void commandListFilters() {
    assertThat(bench.line("command list filterby pattern get")).isEqualTo("[\"get\"]");
    assertThat(bench.line("command list filterby pattern client|l*"))
        .isEqualTo("[\"client|list\"]");
    assertThat(bench.line("command list filterby aclcat transaction"))
        .isEqualTo("[\"multi\" \"exec\" \"discard\" \"watch\" \"unwatch\"]");
    assertThat(bench.line("command list filterby aclcat nosuch")).isEqualTo("[]");
    assertThat(bench.line("command list filterby module m")).isEqualTo("[]");
    assertThat(bench.line("command list filterby x y")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("command list")).contains("\"client|kill\"").contains("\"set\"");
  }

  @Test
  void commandFindsKeys() {
    assertThat(bench.line("command getkeys set k v")).isEqualTo("[\"k\"]");
    assertThat(bench.line("command getkeysandflags set k v")).isEqualTo("[[\"k\" [OW update]]]");
    assertThat(bench.line("command getkeysandflags set k v get"))
        .isEqualTo("[[\"k\" [RW access update]]]");
    assertThat(bench.line("command getkeysandflags sort k1 store k2"))
        .isEqualTo("[[\"k1\" [RO access]] [\"k2\" [OW update]]]");
    assertThat(bench.line("acl dryrun default sort k1 store k2")).isEqualTo("OK");
    assertThat(bench.line("command getkeys watch a b")).isEqualTo("[\"a\" \"b\"]");
    assertThat(bench.line("command getkeys nosuch a")).isEqualTo("!ERR Invalid command specified");
    assertThat(bench.line("command getkeys eval x 3 a")).isEqualTo("[]");
    assertThat(bench.line("command getkeys zinter 3 a"))
        .isEqualTo("!ERR Invalid arguments specified for command");
    assertThat(bench.line("command getkeys ping"))
        .isEqualTo("!ERR The command has no key arguments");
    assertThat(bench.line("command getkeys get"))
        .isEqualTo("!ERR Invalid number of arguments specified for command");
  }

  @Test
  void callsWithAWrongNumberOfArgumentsCountAsRejected() {
    for (String call : List.of("get", "object encoding", "object")) {
      assertThat(bench.line(call))
          .isEqualTo("!ERR wrong number of arguments for '" + call.replace(' ', '|') + "' command");
      assertThat(
              bench
                  .keyspace()
                  .statistics()
                  .rejectedCalls(bench.keyspace().table().findFullName(call.replace(' ', '|'))))
          .as(call)
          .isEqualTo(1);
    }
  }
}
