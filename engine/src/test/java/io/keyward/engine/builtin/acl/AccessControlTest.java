package io.keyward.engine.builtin.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users with rules may do, in all the ways in which commands are executed. */
class AccessControlTest {
  private static final String NO_KEY = "!NOPERM No permissions to access a key";
  private static final String NO_CHANNEL = "!NOPERM No permissions to access a channel";

  private final Bench bench = new Bench();
  private final Bench.Session alice = bench.connect();

  @BeforeEach
  void logIn() {
    rules("on nopass");
    bench.keyspace().members().logIn(alice.client(), user());
  }

  private User user() {
    User user = bench.keyspace().access().user("alice");
    assertThat(user).isNotNull();
    return user;
  }

  private void rules(String rules) {
    assertThat(bench.line("acl setuser alice " + rules)).isEqualTo("OK");
  }

  private String ask(String line) {
    return alice.run(line.split(" ", -1));
  }

  private static String noCommand(String name) {
    return "!NOPERM User alice has no permissions to run the '" + name + "' command";
  }

  /** The newest entry of the log, as far as it does not vary. */
  private String logged() {
    return bench.line("acl log 1").replaceAll(" \"username\".*", "");
  }

  @Test
  void commandsAreRefusedByNameAndSubcommand() {
    assertThat(ask("ping")).isEqualTo(noCommand("ping"));
    rules("+@all -client +client|id -ping");
    assertThat(ask("ping")).isEqualTo(noCommand("ping"));
    assertThat(ask("client id")).isEqualTo("2");
    assertThat(ask("client getname")).isEqualTo(noCommand("client|getname"));
    assertThat(ask("acl whoami")).isEqualTo("\"alice\"");
    assertThat(ask("nosuch")).startsWith("!ERR unknown command");
    assertThat(ask("get")).startsWith("!ERR wrong number of arguments");
  }

  @Test
  void aCommandMayBeAllowedWithOneFirstArgumentAlone() {
    rules("+select|0 +select|1");
    assertThat(ask("select 0")).isEqualTo("OK");
    assertThat(ask("select 2")).isEqualTo(noCommand("select"));
    rules("-select");
    assertThat(ask("select 0")).isEqualTo(noCommand("select"));
  }

  @Test
  void keysAreRefusedByPatternAndByWhatIsDoneToThem() {
    rules("+@all %R~read* %W~write* ~rw*");
    assertThat(ask("get read1")).isEqualTo("nil");
    assertThat(ask("set read1 v")).isEqualTo(NO_KEY);
    assertThat(ask("set write1 v")).isEqualTo("OK");
    assertThat(ask("set write1 v get")).isEqualTo(NO_KEY);
    assertThat(ask("get write1")).isEqualTo(NO_KEY);
    assertThat(ask("set rw1 v get")).isEqualTo("nil");
    assertThat(ask("copy read1 write1")).isEqualTo("0");
    assertThat(ask("copy write1 read1")).isEqualTo(NO_KEY);
    assertThat(ask("mget read1 read2 other")).isEqualTo(NO_KEY);
    // Whether a key is there may be asked by whoever may do anything with it.
    assertThat(ask("exists read1 write1 rw1")).isEqualTo("2");
    assertThat(ask("exists other")).isEqualTo(NO_KEY);
    assertThat(ask("bitfield read1 get u4 0")).isEqualTo("[0]");
    assertThat(ask("bitfield read1 get u4 0 set u4 0 1")).isEqualTo(NO_KEY);
    assertThat(ask("bitfield write1 set u4 0 1")).isEqualTo(NO_KEY);
  }

  @Test
  void keysThatOptionsNameAreFound() {
    rules("+@all %R~read* %W~write* ~rw*");
    assertThat(ask("sort read1 store write1")).isEqualTo("0");
    assertThat(ask("sort read1 store read2")).isEqualTo(NO_KEY);
    assertThat(ask("sort read1 store write1 store other")).isEqualTo(NO_KEY);
    assertThat(ask("georadius read1 0 0 1 m store write1")).isEqualTo("0");
    assertThat(ask("georadius read1 0 0 1 m store write1 store other")).isEqualTo(NO_KEY);
    assertThat(ask("zunionstore write1 2 read1 read2")).isEqualTo("0");
    assertThat(ask("zunionstore write1 2 read1 other")).isEqualTo(NO_KEY);
    assertThat(ask("xread streams read1 0")).isEqualTo("nil");
    assertThat(ask("xread streams other 0")).isEqualTo(NO_KEY);
    // The consumer is called STREAMS: the key behind the second one counts.
    assertThat(ask("xreadgroup count 1 group g streams streams other >")).isEqualTo(NO_KEY);
    assertThat(ask("eval return(1) 1 rw1")).isEqualTo("1");
    assertThat(ask("eval return(1) 1 read1")).isEqualTo(NO_KEY);
    assertThat(ask("eval_ro return(1) 1 read1")).isEqualTo("1");
  }

  @Test
  void whatACommandWillRefuseItselfTouchesNoKey() {
    rules("+@all ~rw*");
    assertThat(ask("eval return(1) 3 rw other")).startsWith("!ERR Number of keys");
    assertThat(ask("eval return(1) -1 other")).startsWith("!ERR Number of keys");
  }

  @Test
  void selectorsDoNotAddUp() {
    rules("(%R~read* +@all) (%W~write* +@all)");
    assertThat(ask("get read1")).isEqualTo("nil");
    assertThat(ask("lpush write1 v")).isEqualTo("1");
    assertThat(ask("set read1 v")).isEqualTo(NO_KEY);
    assertThat(ask("copy read1 write1")).isEqualTo(NO_KEY);
  }

  @Test
  void sortReadsKeysBehindPatternsOnlyForThoseWhoMayReadAll() {
    bench.line("rpush mylist 1");
    String by = "!ERR BY option of SORT denied due to insufficient ACL permissions.";
    String get = "!ERR GET option of SORT denied due to insufficient ACL permissions.";
    rules("(+sort ~mylist ~v*)");
    assertThat(ask("sort mylist by v*")).isEqualTo(by);
    assertThat(ask("sort mylist get v*")).isEqualTo(get);
    assertThat(ask("sort mylist by nosort")).isEqualTo("[\"1\"]");
    rules("(+sort ~mylist %W~*)");
    assertThat(ask("sort mylist by v*")).isEqualTo(by);
    rules("(+sort ~mylist %R~*)");
    assertThat(ask("sort mylist by v*")).isEqualTo("[\"1\"]");
    assertThat(ask("sort mylist get v*")).isEqualTo("[nil]");
  }

  @Test
  void channelsAreRefusedByPattern() {
    rules("+@all resetchannels &foo:1 &bar:*");
    assertThat(ask("publish foo:1 m")).isEqualTo("0");
    assertThat(ask("spublish bar:2 m")).isEqualTo("0");
    assertThat(ask("publish zap:3 m")).isEqualTo(NO_CHANNEL);
    assertThat(ask("spublish zap:3 m")).isEqualTo(NO_CHANNEL);
    assertThat(ask("subscribe foo:1 zap")).isEqualTo(NO_CHANNEL);
    assertThat(ask("ssubscribe zap")).isEqualTo(NO_CHANNEL);
    // A pattern is compared with the rules, not matched.
    assertThat(ask("psubscribe bar:baz")).isEqualTo(NO_CHANNEL);
    assertThat(ask("unsubscribe zap")).isEqualTo("[\"unsubscribe\" \"zap\" 0]");
    assertThat(ask("psubscribe bar:*")).isEqualTo("[\"psubscribe\" \"bar:*\" 1]");
  }

  @Test
  void whoLosesChannelsIsDisconnected() {
    rules("+@all resetchannels &foo:1 &bar:* &orders");
    ask("subscribe foo:1");
    ask("ssubscribe orders");
    ask("psubscribe bar:*");
    rules("resetchannels &foo:1 &bar:* &orders &more:*");
    rules("allchannels");
    assertThat(alice.closed()).isFalse();
    rules("resetchannels &foo:1 &orders");
    assertThat(alice.closed()).isTrue();
  }

  @Test
  void commandsAreCheckedWhenQueuedAndWhenExecuted() {
    rules("+@all ~a*");
    ask("multi");
    assertThat(ask("set b v")).isEqualTo(NO_KEY);
    assertThat(ask("exec")).startsWith("!EXECABORT");
    assertThat(logged()).contains("\"reason\" \"key\" \"context\" \"multi\" \"object\" \"b\"");
    ask("multi");
    assertThat(ask("set a v")).isEqualTo("QUEUED");
    assertThat(ask("get a")).isEqualTo("QUEUED");
    rules("-set");
    assertThat(ask("exec"))
        .isEqualTo(
            "[!NOPERM ACLs rules changed between the moment the transaction was accumulated and"
                + " the EXEC call. This command is no longer allowed for the following reason: no"
                + " permission to execute the command or subcommand nil]");
    assertThat(logged()).contains("\"context\" \"multi\" \"object\" \"set\"");
    assertThat(bench.line("acl log 1")).contains("cmd=exec user=alice");
  }

  @Test
  void scriptsMayDoWhatTheirCallerMay() {
    rules("+@all -incr ~a*");
    assertThat(ask("eval return(redis.call('set','a','v')) 0")).isEqualTo("OK");
    assertThat(ask("eval return(redis.call('incr','a')) 0"))
        .startsWith(
            "!ERR ACL failure in script: User alice has no permissions to run the 'incr' command"
                + " script: ");
    assertThat(logged()).contains("\"context\" \"lua\" \"object\" \"incr\"");
    assertThat(bench.line("acl log 1")).contains("cmd=eval user=alice");
    assertThat(ask("eval return(redis.pcall('get','b')) 0"))
        .startsWith("!ERR ACL failure in script: No permissions to access a key");
    assertThat(ask("eval return(redis.acl_check_cmd('get','a')) 0")).isEqualTo("1");
    assertThat(ask("eval return(redis.acl_check_cmd('get','b')) 0")).isEqualTo("nil");
    assertThat(bench.line("eval return(redis.call('incr','n')) 0")).isEqualTo("1");
  }

  @Test
  void whoWaitsIsCheckedAgainBeforeBeingServed() {
    rules("+@all ~*");
    assertThat(ask("blpop list1 0")).isEmpty();
    rules("resetkeys");
    assertThat(bench.line("lpush list1 v")).isEqualTo("1");
    assertThat(alice.take()).isEqualTo(NO_KEY);
    assertThat(bench.line("llen list1")).isEqualTo("1");
    assertThat(alice.client().blocked()).isFalse();
    assertThat(
            bench
                .keyspace()
                .statistics()
                .rejectedCalls(bench.keyspace().table().findFullName("blpop")))
        .isEqualTo(1);
  }

  @Test
  void theLogCountsWhatIsAlike() throws RefusedException {
    for (int i = 0; i < 3; i++) {
      ask("get foo");
    }
    assertThat(bench.line("acl log"))
        .startsWith(
            "[[\"count\" 3 \"reason\" \"command\" \"context\" \"toplevel\" \"object\" \"get\""
                + " \"username\" \"alice\" \"age-seconds\" ")
        .contains("\"client-info\" \"id=2 ", "\"entry-id\" 0");
    ask("script help");
    assertThat(logged()).endsWith("\"object\" \"script|help\"");
    bench.settings().set(Directive.ACLLOG_MAX_LEN, "5");
    rules("+set");
    for (int i = 0; i < 10; i++) {
      ask("set k" + i + " v");
    }
    assertThat(bench.keyspace().access().log().size()).isEqualTo(5);
    assertThat(bench.line("acl log 2")).contains("\"k9\"", "\"k8\"").doesNotContain("\"k7\"");
    assertThat(bench.line("acl log reset")).isEqualTo("OK");
    assertThat(bench.line("acl log")).isEqualTo("[]");
  }

  @Test
  void theLogTellsWhatNoSelectorCouldMatch() {
    rules("+mget ~key (+mget ~key ~otherkey)");
    ask("mget key otherkey someotherkey");
    assertThat(logged()).contains("\"reason\" \"key\"").endsWith("\"object\" \"someotherkey\"");
    ask("get key");
    assertThat(logged()).contains("\"reason\" \"command\"").endsWith("\"object\" \"get\"");
  }

  @Test
  void dryRunTellsWhatWouldBeDenied() {
    rules("+@all %R~read* %W~write* ~rw* &channel");
    assertThat(bench.line("acl dryrun alice get read")).isEqualTo("OK");
    assertThat(bench.line("acl dryrun alice georadius read x y r m storedist write"))
        .isEqualTo("OK");
    assertThat(bench.line("acl dryrun alice georadius read1 x y r m storedist read2"))
        .isEqualTo("\"User alice has no permissions to access the 'read2' key\"");
    assertThat(bench.line("acl dryrun alice spublish other m"))
        .isEqualTo("\"User alice has no permissions to access the 'other' channel\"");
    assertThat(bench.line("acl dryrun nobody get read")).isEqualTo("!ERR User 'nobody' not found");
    assertThat(bench.line("acl dryrun alice nosuch read"))
        .isEqualTo("!ERR Command 'nosuch' not found");
    assertThat(bench.line("acl dryrun alice set v"))
        .isEqualTo("!ERR wrong number of arguments for 'set' command");
    rules("-get");
    assertThat(bench.line("acl dryrun alice get read"))
        .isEqualTo("\"User alice has no permissions to run the 'get' command\"");
    assertThat(bench.line("acl log")).isEqualTo("[]");
  }

  @Test
  void whoIsRemovedIsDisconnected() {
    assertThat(bench.line("acl deluser default"))
        .isEqualTo("!ERR The 'default' user cannot be removed");
    assertThat(bench.line("acl deluser alice nobody")).isEqualTo("1");
    assertThat(alice.closed()).isTrue();
    assertThat(bench.session().closed()).isFalse();
    assertThat(bench.line("acl getuser alice")).isEqualTo("nil");
  }

  @Test
  void theDefaultUserHasRulesAsAnyOther() {
    assertThat(bench.line("acl setuser default -set")).isEqualTo("OK");
    assertThat(bench.line("set k v"))
        .isEqualTo("!NOPERM User default has no permissions to run the 'set' command");
    assertThat(bench.line("acl setuser default off")).isEqualTo("OK");
    assertThat(bench.keyspace().access().open()).isFalse();
    assertThat(bench.connect().client().user()).isEqualTo("default");
  }
}
