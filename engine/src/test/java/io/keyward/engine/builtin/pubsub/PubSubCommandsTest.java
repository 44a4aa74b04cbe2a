package io.keyward.engine.builtin.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** Channels, patterns and sharded channels: who listens and what is heard. */
class PubSubCommandsTest {
  private final Bench bench = new Bench();
  private final Bench.Session listener = bench.connect();

  @Test
  void messagesReachChannelsAndPatterns() {
    assertThat(listener.run("subscribe", "a", "b"))
        .isEqualTo("[\"subscribe\" \"a\" 1]|[\"subscribe\" \"b\" 2]");
    assertThat(listener.run("psubscribe", "a*")).isEqualTo("[\"psubscribe\" \"a*\" 3]");
    assertThat(bench.line("publish a hi")).isEqualTo("2");
    assertThat(listener.take())
        .isEqualTo("[\"message\" \"a\" \"hi\"]|[\"pmessage\" \"a*\" \"a\" \"hi\"]");
    assertThat(bench.line("publish c hi")).isEqualTo("0");
    assertThat(listener.run("unsubscribe", "a", "z"))
        .isEqualTo("[\"unsubscribe\" \"a\" 2]|[\"unsubscribe\" \"z\" 2]");
    assertThat(listener.run("unsubscribe")).isEqualTo("[\"unsubscribe\" \"b\" 1]");
    assertThat(listener.run("unsubscribe")).isEqualTo("[\"unsubscribe\" nil 1]");
    assertThat(listener.run("punsubscribe")).isEqualTo("[\"punsubscribe\" \"a*\" 0]");
  }

  @Test
  void shardedChannelsStandApart() {
    assertThat(listener.run("ssubscribe", "a")).isEqualTo("[\"ssubscribe\" \"a\" 1]");
    assertThat(bench.line("publish a hi")).isEqualTo("0");
    assertThat(bench.line("spublish a hi")).isEqualTo("1");
    assertThat(listener.take()).isEqualTo("[\"smessage\" \"a\" \"hi\"]");
    assertThat(bench.line("pubsub shardchannels")).isEqualTo("[\"a\"]");
    assertThat(bench.line("pubsub shardnumsub a b")).isEqualTo("[\"a\" 1 \"b\" 0]");
    assertThat(bench.line("pubsub channels")).isEqualTo("[]");
    assertThat(listener.run("sunsubscribe")).isEqualTo("[\"sunsubscribe\" \"a\" 0]");
  }

  @Test
  void aSubscriberOfResp2MayOnlyListen() {
    listener.run("subscribe", "a");
    assertThat(listener.run("get", "k"))
        .isEqualTo(
            "!ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT /"
                + " RESET are allowed in this context");
    assertThat(listener.run("ping")).isEqualTo("[\"pong\" \"\"]");
    assertThat(listener.run("ping", "x")).isEqualTo("[\"pong\" \"x\"]");
  }

  @Test
  void execAndSubscriptionsToShardsAreRefusedInRedissWords() {
    bench.line("multi");
    bench.line("ssubscribe a");
    bench.line("subscribe b");
    assertThat(bench.line("exec"))
        .isEqualTo(
            "[!ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client [\"subscribe\" \"b\" 1]]");
    assertThat(bench.line("exec"))
        .isEqualTo(
            "!EXECABORT Transaction discarded because of: Can't execute 'exec': only"
                + " (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
                + " context");
  }

  @Test
  void resp3GetsPushesAndMayGoOn() {
    listener.client().reply().resp3(true);
    assertThat(listener.run("subscribe", "a")).isEqualTo(">[\"subscribe\" \"a\" 1]");
    assertThat(listener.run("ping")).isEqualTo("PONG");
    assertThat(listener.run("publish", "a", "self")).isEqualTo("1|>[\"message\" \"a\" \"self\"]");
    listener.run("multi");
    listener.run("publish", "a", "self");
    listener.run("ping");
    assertThat(listener.run("exec")).isEqualTo("[1 PONG]|>[\"message\" \"a\" \"self\"]");
  }

  @Test
  void confirmationsComeThoughRepliesAreOff() {
    listener.client().reply().resp3(true);
    assertThat(listener.run("client", "reply", "off")).isEmpty();
    assertThat(listener.run("subscribe", "a")).isEqualTo(">[\"subscribe\" \"a\" 1]");
    assertThat(listener.run("ping")).isEmpty();
  }

  @Test
  void confirmationsComeThoughTheReplyIsSkipped() {
    assertThat(listener.run("client", "reply", "skip")).isEmpty();
    assertThat(listener.run("subscribe", "a")).isEqualTo("[\"subscribe\" \"a\" 1]");
    assertThat(listener.run("ping")).isEqualTo("[\"pong\" \"\"]");
  }

  @Test
  void aLowerMemoryLimitEvictsAtOnceAndSaysSo() throws RefusedException {
    bench.settings().set(Directive.NOTIFY_KEYSPACE_EVENTS, "Ee");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    bench.line("set foo bar");
    listener.run("psubscribe", "*");
    bench.settings().set(Directive.MAXMEMORY, "1");
    bench.pass(1);
    assertThat(listener.take())
        .isEqualTo("[\"pmessage\" \"*\" \"__keyevent@0__:evicted\" \"foo\"]");
  }

  @Test
  void queriesTellWhoListens() {
    listener.run("subscribe", "news.a", "b");
    listener.run("psubscribe", "x*", "y*");
    bench.connect().run("psubscribe", "x*");
    assertThat(bench.line("pubsub channels")).isEqualTo("[\"news.a\" \"b\"]");
    assertThat(bench.line("pubsub channels news*")).isEqualTo("[\"news.a\"]");
    assertThat(bench.line("pubsub numsub b c")).isEqualTo("[\"b\" 1 \"c\" 0]");
    assertThat(bench.line("pubsub numpat")).isEqualTo("2");
    assertThat(bench.line("pubsub nosuch"))
        .isEqualTo("!ERR unknown subcommand 'nosuch'. Try PUBSUB HELP.");
    assertThat(bench.line("pubsub help")).contains("NUMSUB [channel [channel ...]]");
  }

  @Test
  void whoLeavesListensNoMore() {
    listener.run("subscribe", "a");
    bench.keyspace().leave(listener.client());
    assertThat(bench.line("publish a hi")).isEqualTo("0");
  }
}
