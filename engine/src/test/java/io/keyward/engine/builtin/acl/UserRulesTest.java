package io.keyward.engine.builtin.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules are taken, and how they are told again. */
class UserRulesTest {
  private static final String HASH =
      "34344e4d60c2b6d639b7bd22e18f2b0b91bc34bf0ac5f9952744435093cfb4e6";

  private final Bench bench = new Bench();

  private User set(String name, String... rules) {
    String[] words = new String[rules.length + 3];
    words[0] = "acl";
    words[1] = "setuser";
    words[2] = name;
    System.arraycopy(rules, 0, words, 3, rules.length);
    assertThat(bench.run(words)).isEqualTo("OK");
    User user = bench.keyspace().access().user(name);
    assertThat(user).isNotNull();
    return user;
  }

  private String refused(String rules) {
    String before = bench.line("acl list");
    String reply = bench.line("acl setuser newcomer " + rules);
    assertThat(reply).startsWith("!ERR ");
    assertThat(bench.line("acl list")).as("nothing has changed").isEqualTo(before);
    return reply.substring("!ERR ".length());
  }

  @Test
  void aNewUserMayDoNothing() {
    set("newcomer");
    assertThat(bench.line("acl getuser newcomer"))
        .isEqualTo(
            "[\"flags\" [\"off\" \"sanitize-payload\"] \"passwords\" [] \"commands\" \"-@all\""
                + " \"keys\" \"\" \"channels\" \"\" \"selectors\" []]");
    assertThat(bench.line("acl users")).isEqualTo("[\"default\" \"newcomer\"]");
    assertThat(bench.line("acl list"))
        .isEqualTo(
            "[\"user default on nopass sanitize-payload ~* &* +@all\" \"user newcomer off"
                + " sanitize-payload resetchannels -@all\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "+@all -@hash -@slow +hget, +@all -@hash -@slow +hget",
    "-@all +@HASH +@hash +@HaSh, -@all +@hash",
    "-@all +HGET +hget +hGeT, -@all +hget",
    "+@all -@hash +hget -@hash, +@all +hget -@hash",
    "+@all -@hash +@hash, +@all +@hash",
    "-@all +@hash +@slow +@set +@set +@slow +@hash, -@all +@set +@slow +@hash",
    "-@all +hget -hset +hset -hget, -@all +hset -hget",
    "-@all +client|list +client|list +config -client, -@all +config -client",
    "-@all +client|list +client, -@all +client",
    "-@all +select|0 +select|0 +debug|segfault +debug, -@all +select|0 +debug",
    "-@all -@dangerous, -@all -@dangerous",
    "-@all +memory +memory|usage -memory|usage +memory, -@all +memory",
    "-@string -@slow +@all, +@all",
    "+@all +client|id, +@all +client|id"
  })
  void rulesForCommandsKeepTheirOrder(String rules, String told) {
    // The bench has no CONFIG, which is the gateway's.
    User user = set("someone", rules.replace("+config ", "").split(" ", -1));
    assertThat(user.root().commandRules()).isEqualTo(told.replace("+config ", ""));
  }

  @Test
  void whatIsToldLeadsToTheSameUser() {
    User user =
        set(
            "first",
            "on",
            "#" + HASH,
            "-@all",
            "+get",
            "resetchannels",
            "&channel1",
            "%R~foo1",
            "%W~bar1",
            "~baz1",
            "(-@all",
            "+set",
            "&channel2",
            "%RW~foo2)");
    assertThat(user.line())
        .isEqualTo(
            "user first on sanitize-payload #"
                + HASH
                + " %R~foo1 %W~bar1 ~baz1 resetchannels &channel1 -@all +get (~foo2 resetchannels"
                + " &channel2 -@all +set)");
    User again = set("second", user.line().substring("user first ".length()).split(" ", -1));
    assertThat(again.line()).isEqualTo(user.line().replace("user first", "user second"));
  }

  @Test
  void readAndWriteOfTheSamePatternAddUp() {
    assertThat(set("someone", "%R~foo", "%W~foo", "%RW~bar", "%wr~baz").root().keyRules())
        .isEqualTo("~foo ~bar ~baz");
  }

  @Test
  void selectorsMayBeTornApartByBlanks() {
    User user = set("someone", "(~key1", "+get", ")", "(", "~key2", "+get)", "( ~key3 +get )");
    assertThat(user.selectors().stream().skip(1).map(Selector::keyRules))
        .containsExactly("~key1", "~key2", "~key3");
    assertThat(set("someone", "clearselectors").selectors()).hasSize(1);
    assertThat(set("someone", "()").selectors().get(1).text()).isEqualTo("resetchannels -@all");
  }

  @Test
  void resetMakesAUserNewAgain() {
    String fresh = set("fresh").line().replace("fresh", "used");
    set("used", "on", ">secret", "~*", "+@all", "(+get ~a)", "skip-sanitize-payload", "&*");
    assertThat(set("used", "reset").line()).isEqualTo(fresh);
  }

  @Test
  void passwordsAreKeptAsHashes() {
    User user = set("someone", ">passwd4");
    assertThat(user.passwords()).containsExactly(HASH);
    assertThat(set("someone", "#" + HASH).passwords()).hasSize(1);
    assertThat(set("someone", "!" + HASH).passwords()).isEmpty();
    assertThat(set("someone", ">one", ">two", "nopass").passwords()).isEmpty();
    assertThat(user.noPassword()).isTrue();
    assertThat(set("someone", ">one").noPassword()).isFalse();
    assertThat(set("someone", "<one", "resetpass").passwords()).isEmpty();
  }

  @Test
  void wrongRulesAreNamedWithTheirReasonAndChangeNothing() {
    assertThat(refused("on foo")).isEqualTo("Error in ACL SETUSER modifier 'foo': Syntax error");
    assertThat(refused("+nosuch"))
        .isEqualTo(
            "Error in ACL SETUSER modifier '+nosuch': Unknown command or category name in ACL");
    for (String unknown : new String[] {"+@nosuch", "-get|x", "+get|a|b", "+client|x", "+", "-"}) {
      assertThat(refused(unknown)).endsWith("': Unknown command or category name in ACL");
    }
    assertThat(refused("+client|id|x"))
        .endsWith("': Allowing first-arg of a subcommand is not supported");
    assertThat(refused("+get|")).endsWith("': Syntax error");
    assertThat(refused("~* ~a"))
        .isEqualTo(
            "Error in ACL SETUSER modifier '~a': Adding a pattern after the * pattern (or the"
                + " 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to"
                + " start with an empty list of patterns");
    assertThat(refused("(&* &a)")).contains("'(&* &a)': Adding a pattern after the * pattern");
    assertThat(refused("<nosuch"))
        .endsWith("': The password you are trying to remove from the user does not exist");
    assertThat(refused("#1234"))
        .endsWith(
            "': The password hash must be exactly 64 characters and contain only lowercase"
                + " hexadecimal characters");
    assertThat(refused("#" + HASH.replace('e', 'E'))).contains("password hash must be");
    for (String malformed : new String[] {"%~a", "%X~a", "%RR~a", "%R", ")", "(a)"}) {
      assertThat(refused(malformed)).endsWith("': Syntax error");
    }
    assertThat(refused("(+get (+set"))
        .isEqualTo("Unmatched parenthesis in acl selector starting at '(+get'.");
    assertThat(bench.run("acl", "setuser", "x", "~a b")).endsWith("'~a b': Syntax error");
    assertThat(bench.run("acl", "setuser", "a a"))
        .isEqualTo("!ERR Usernames can't contain spaces or null characters");
  }

  @Test
  void everyCategoryIsToldAsItWasGiven() {
    for (String quoted : bench.line("acl cat").replaceAll("[\\[\\]\"]", "").split(" ", -1)) {
      assertThat(set("someone", "reset", "+@all", "-@" + quoted).root().commandRules())
          .isEqualTo("+@all -@" + quoted);
      assertThat(set("someone", "reset", "+@" + quoted).root().commandRules())
          .isEqualTo("-@all +@" + quoted);
    }
    assertThat(bench.line("acl cat transaction"))
        .isEqualTo("[\"multi\" \"exec\" \"discard\" \"watch\" \"unwatch\"]");
    assertThat(bench.line("acl cat nosuch")).isEqualTo("!ERR Unknown category 'nosuch'");
    assertThat(bench.line("acl cat a b"))
        .isEqualTo("!ERR unknown subcommand or wrong number of arguments for 'cat'. Try ACL HELP.");
  }

  @Test
  void newUsersReachEveryChannelIfTheServerSaysSo() throws RefusedException {
    assertThat(set("before").root().channelRules()).isEmpty();
    bench.settings().set(Directive.ACL_PUBSUB_DEFAULT, "allchannels");
    User user = set("someone", "(+get ~a)");
    assertThat(user.selectors().stream().map(Selector::channelRules)).containsOnly("&*");
    assertThat(refused("&test")).contains("start with an empty list of channels");
    assertThat(set("someone", "resetchannels").root().channelRules()).isEmpty();
    assertThat(set("someone", "reset").root().channelRules()).isEqualTo("&*");
    bench.settings().set(Directive.ACL_PUBSUB_DEFAULT, "resetchannels");
    assertThat(user.root().channelRules()).as("it stays").isEqualTo("&*");
    assertThat(set("before").root().channelRules()).isEmpty();
  }

  @Test
  void generatedPasswordsHaveTheLengthThatIsAskedFor() {
    assertThat(bench.line("acl genpass")).matches("\"[0-9a-f]{64}\"");
    assertThat(bench.line("acl genpass 5")).matches("\"[0-9a-f]{2}\"");
    assertThat(bench.line("acl genpass 4096")).matches("\"[0-9a-f]{1024}\"");
    for (String bits : new String[] {"-236", "0", "5000"}) {
      assertThat(bench.line("acl genpass " + bits))
          .isEqualTo(
              "!ERR ACL GENPASS argument must be the number of bits for the output password, a"
                  + " positive number up to 4096");
    }
  }
}
