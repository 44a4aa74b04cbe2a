package io.keyward.engine.builtin.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** The commands about the connection itself: PING, SELECT, QUIT and those of CLIENT. */
class ConnectionCommandsTest {
  private final Bench bench = new Bench();

  @Test
  void pingAndEcho() {
    assertThat(bench.line("ping")).isEqualTo("PONG");
    assertThat(bench.line("ping hi")).isEqualTo("\"hi\"");
    assertThat(bench.line("ping a b"))
        .isEqualTo("!ERR wrong number of arguments for 'ping' command");
    assertThat(bench.line("echo hi")).isEqualTo("\"hi\"");
  }

  @Test
  void selectChecksTheIndex() {
    assertThat(bench.line("select 15")).isEqualTo("OK");
    assertThat(bench.line("select 16")).isEqualTo("!ERR DB index is out of range");
    assertThat(bench.line("select -1")).isEqualTo("!ERR DB index is out of range");
    assertThat(bench.line("select x")).isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.session().client().database()).isEqualTo(15);
  }

  @Test
  void quitClosesAfterItsReply() {
    Bench.Session session = bench.connect();
    assertThat(session.run("quit")).isEqualTo("OK");
    assertThat(session.closed()).isTrue();
  }

  @Test
  void namesAndLibraries() {
    assertThat(bench.line("client id")).isEqualTo("1");
    assertThat(bench.line("client getname")).isEqualTo("nil");
    assertThat(bench.line("client setname me")).isEqualTo("OK");
    assertThat(bench.line("client getname")).isEqualTo("\"me\"");
    assertThat(bench.run("client", "setname", "a b"))
        .isEqualTo("!ERR Client names cannot contain spaces, newlines or special characters.");
    assertThat(bench.run("client", "setname", "")).isEqualTo("OK");
    assertThat(bench.line("client getname")).isEqualTo("nil");
    assertThat(bench.line("client setinfo lib-name jedis")).isEqualTo("OK");
    assertThat(bench.line("client setinfo LIB-VER 8.0")).isEqualTo("OK");
    assertThat(bench.line("client setinfo what x")).isEqualTo("!ERR Unrecognized option 'what'");
    assertThat(bench.run("client", "setinfo", "lib-name", "a b"))
        .isEqualTo("!ERR lib-name cannot contain spaces, newlines or special characters.");
    assertThat(bench.line("client info"))
        .contains(" lib-name=jedis lib-ver=8.0")
        .contains("id=1 addr=127.0.0.1:1 laddr=127.0.0.1:6379 fd=-1 name= age=0 idle=0 flags=N")
        .contains(" multi=-1 qbuf=26 ")
        .contains(" cmd=client|info user=default redir=-1 resp=2 ");
  }

  @Test
  void listShowsWhatClientsDo() {
    Bench.Session other = bench.connect();
    other.run("subscribe", "a");
    Bench.Session third = bench.connect();
    third.run("select", "3");
    third.run("watch", "k");
    third.run("multi");
    third.run("ping");
    assertThat(bench.line("client list"))
        .contains("id=2 ")
        .contains("flags=P db=0 sub=1 ")
        .contains("flags=x db=3 sub=0 psub=0 ssub=0 multi=1 qbuf=0 ");
    assertThat(bench.line("client list type pubsub")).contains("id=2 ").doesNotContain("id=3 ");
    assertThat(bench.line("client list id 3 77 1"))
        .startsWith("\"id=3 ")
        .contains("\nid=1 ")
        .doesNotContain("id=2 ");
    assertThat(bench.line("client list type x")).isEqualTo("!ERR Unknown client type 'x'");
    assertThat(bench.line("client list id x")).isEqualTo("!ERR Invalid client ID");
    assertThat(bench.line("client list x")).isEqualTo("!ERR syntax error");
  }

  @Test
  void killByFilters() {
    Bench.Session second = bench.connect();
    Bench.Session third = bench.connect();
    assertThat(bench.line("client kill id 2")).isEqualTo("1");
    assertThat(second.closed()).isTrue();
    assertThat(third.closed()).isFalse();
    assertThat(bench.line("client kill id 0")).isEqualTo("!ERR client-id should be greater than 0");
    assertThat(bench.line("client kill user nobody")).isEqualTo("!ERR No such user 'nobody'");
    assertThat(bench.line("client kill 1.2.3.4:5")).isEqualTo("!ERR No such client");
    assertThat(bench.line("client kill type pubsub")).isEqualTo("0");
    assertThat(bench.line("client kill" + " id 999".repeat(20_000))).isEqualTo("0");
    assertThat(bench.line("client kill id 3 type")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("client kill user default")).isEqualTo("1");
    assertThat(third.closed()).isTrue();
    assertThat(bench.session().closed()).isFalse();
    assertThat(bench.line("client kill id 1 skipme no")).isEqualTo("1");
    assertThat(bench.session().closed()).isTrue();
  }

  @Test
  void repliesCanBeSwitchedOffAndSkipped() {
    assertThat(bench.line("client reply skip")).isEmpty();
    assertThat(bench.line("ping")).isEmpty();
    assertThat(bench.line("ping")).isEqualTo("PONG");
    bench.line("client reply skip");
    bench.line("client reply skip");
    assertThat(bench.line("ping")).isEmpty();
    assertThat(bench.line("ping")).isEqualTo("PONG");
    bench.line("client reply skip");
    assertThat(bench.line("client reply on")).isEqualTo("OK");
    assertThat(bench.line("client reply off")).isEmpty();
    assertThat(bench.line("ping")).isEmpty();
    assertThat(bench.line("nosuch")).isEmpty();
    assertThat(bench.line("client reply on")).isEqualTo("OK");
    assertThat(bench.line("ping")).isEqualTo("PONG");
  }

  @Test
  void aCommandThatHasWaitedIsSilentToo() {
    Bench.Session other = bench.connect();
    other.run("client", "reply", "skip");
    assertThat(other.run("blpop", "q", "1")).isEmpty();
    bench.pass(1001);
    assertThat(other.take()).isEmpty();
    assertThat(other.run("ping")).isEqualTo("PONG");
    other.run("client", "reply", "skip");
    assertThat(other.run("blpop", "q", "0")).isEmpty();
    bench.line("rpush q a");
    assertThat(other.take()).isEmpty();
    assertThat(bench.line("exists q")).isEqualTo("0");
    other.run("client", "reply", "off");
    assertThat(other.run("blpop", "q", "0")).isEmpty();
    assertThat(bench.line("client unblock " + other.client().id() + " error")).isEqualTo("1");
    assertThat(other.take()).isEmpty();
    assertThat(other.run("client", "reply", "on")).isEqualTo("OK");
  }

  @Test
  void aPauseHoldsCommandsBackUntilItEnds() {
    Bench.Session other = bench.connect();
    assertThat(bench.line("client pause 100000 write")).isEqualTo("OK");
    assertThat(other.run("get", "k")).isEqualTo("nil");
    assertThat(other.run("set", "k", "v")).isEmpty();
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.line("client unpause")).isEqualTo("OK");
    assertThat(other.take()).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
    assertThat(bench.line("client pause x"))
        .isEqualTo("!ERR timeout is not an integer or out of range");
    assertThat(bench.line("client pause -1")).isEqualTo("!ERR timeout is negative");
    assertThat(bench.line("client pause 1 most"))
        .isEqualTo("!ERR CLIENT PAUSE mode must be WRITE or ALL");
  }

  @Test
  void aPauseKeepsKeysThatAreOverdue() {
    bench.line("multi");
    bench.line("psetex k 1 v");
    bench.line("client pause 100000 write");
    bench.line("exec");
    long until = System.currentTimeMillis() + 2;
    while (System.currentTimeMillis() <= until) {
      Thread.onSpinWait();
    }
    bench.pass(1000);
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.line("dbsize")).isEqualTo("1");
    bench.line("client unpause");
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.line("dbsize")).isEqualTo("0");
  }

  @Test
  void aPauseOfAllHoldsEverythingBack() {
    Bench.Session other = bench.connect();
    bench.line("client pause 100000");
    assertThat(other.run("ping")).isEmpty();
    assertThat(bench.line("client unpause")).isEmpty();
    bench.keyspace().pause().end();
    assertThat(other.take()).isEqualTo("PONG");
    assertThat(bench.session().take()).isEqualTo("OK");
  }

  @Test
  void unblockChecksItsArguments() {
    assertThat(bench.line("client unblock 99")).isEqualTo("0");
    assertThat(bench.line("client unblock x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("client unblock 1 no"))
        .isEqualTo("!ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
}
