package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SET, DELEX and MSETEX under conditions, and DIGEST, on which they rest. */
class ConditionalCommandsTest {
  private static final String DIGEST_OF_HELLO = "9555e8555c62dcfd";

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void digestIsThatOfTheText() {
    bench.line("set k hello");
    bench.line("set n 12345");
    bench.line("append t 123");
    bench.line("append t 45");
    assertThat(bench.line("digest k")).isEqualTo('"' + DIGEST_OF_HELLO + '"');
    assertThat(bench.line("digest n")).isEqualTo(bench.line("digest t"));
    assertThat(bench.line("digest none")).isEqualTo("nil");
    bench.line("rpush l a");
    assertThat(bench.line("digest l")).startsWith("!WRONGTYPE");
  }

  @Test
  void valueIsSetIfThePresentOneIsOrIsNotThis() {
    bench.line("set k 1");
    assertThat(bench.line("set k 2 ifeq 2")).isEqualTo("nil");
    assertThat(bench.line("set k 2 ifeq 1")).isEqualTo("OK");
    assertThat(bench.line("set k 3 ifne 2")).isEqualTo("nil");
    assertThat(bench.line("set k hello ifne 1 ex 100")).isEqualTo("OK");
    assertThat(bench.line("ttl k")).isEqualTo("100");
    assertThat(bench.line("set k 4 ifeq no get")).isEqualTo("\"hello\"");
    assertThat(bench.line("set k 4 get ifdeq " + DIGEST_OF_HELLO.toUpperCase(Locale.ROOT)))
        .isEqualTo("\"hello\"");
    assertThat(bench.line("get k")).isEqualTo("\"4\"");
    assertThat(bench.line("set k 5 ifdne " + DIGEST_OF_HELLO)).isEqualTo("OK");
    assertThat(bench.line("set k 6 ifdeq " + DIGEST_OF_HELLO)).isEqualTo("nil");
    assertThat(bench.line("set none 1 ifeq 1")).isEqualTo("nil");
    assertThat(bench.line("set none 1 ifdeq abc")).isEqualTo("nil");
    assertThat(bench.line("set none 1 ifne 1")).isEqualTo("OK");
    assertThat(bench.line("set k 1 ifdne abc"))
        .isEqualTo("!ERR digest must be exactly 16 hexadecimal characters");
    assertThat(bench.line("set k 1 ifeq 1 nx")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("set k 1 xx ifeq 1")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("set k 1 ifeq 1 ifne 2")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("set k 1 ifeq")).isEqualTo("!ERR syntax error");
    bench.line("rpush l a");
    assertThat(bench.line("set l 1 ifne 1")).startsWith("!WRONGTYPE");
  }

  @Test
  void keyIsDeletedOnCondition() throws RefusedException {
    bench.line("mset a hello b 1 c 2 d 3");
    bench.line("rpush l a");
    KeyEvents events = new KeyEvents(bench, "g");
    assertThat(bench.line("delex a ifeq no")).isEqualTo("0");
    assertThat(bench.line("delex a ifdeq " + DIGEST_OF_HELLO)).isEqualTo("1");
    assertThat(bench.line("delex b ifne 1")).isEqualTo("0");
    assertThat(bench.line("delex b ifne 2")).isEqualTo("1");
    assertThat(bench.line("delex c")).isEqualTo("1");
    assertThat(bench.line("delifeq d 4")).isEqualTo("0");
    assertThat(bench.line("delifeq d 3")).isEqualTo("1");
    assertThat(bench.line("delifeq d 3")).isEqualTo("0");
    assertThat(bench.line("delifeq l a")).startsWith("!WRONGTYPE");
    assertThat(bench.line("delex l ifeq a"))
        .isEqualTo("!ERR Key should be of string type if conditions are specified");
    assertThat(bench.line("delex l equal a")).startsWith("!ERR Invalid condition");
    assertThat(bench.line("delex l ifeq"))
        .isEqualTo("!ERR wrong number of arguments for 'delex' command");
    assertThat(bench.line("delex l")).isEqualTo("1");
    assertThat(bench.line("delex none ifeq")).isEqualTo("0");
    assertThat(events.taken()).containsExactly("a del", "b del", "c del", "d del", "l del");
  }

  @Test
  void severalKeysAreSetWithOneTime() throws RefusedException {
    bench.line("set c 0 ex 1000");
    KeyEvents events = new KeyEvents(bench, "$g");
    assertThat(bench.line("msetex 2 a 1 b 2 ex 100")).isEqualTo("1");
    assertThat(bench.line("ttl b")).isEqualTo("100");
    assertThat(bench.line("msetex 2 a 3 x 4 nx")).isEqualTo("0");
    assertThat(bench.line("msetex 2 a 3 x 4 px 100000 xx")).isEqualTo("0");
    assertThat(bench.line("msetex 2 a 3 c 4 keepttl xx")).isEqualTo("1");
    assertThat(bench.line("mget a b c x")).isEqualTo("[\"3\" \"2\" \"4\" nil]");
    assertThat(bench.line("ttl c")).isEqualTo("1000");
    assertThat(bench.line("msetex 1 a 5")).isEqualTo("1");
    assertThat(bench.line("ttl a")).isEqualTo("-1");
    assertThat(bench.line("msetex 2 a 5 b 6 exat 1")).isEqualTo("1");
    assertThat(bench.line("exists a b")).isEqualTo("0");
    assertThat(events.taken())
        .containsExactly(
            "a set", "a expire", "b set", "b expire", "a set", "c set", "a set", "a del", "b del");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "msetex a 1 ex; invalid numkeys value",
        "msetex 0 a 1; invalid numkeys value",
        "msetex 2147483648 a 1; invalid numkeys value",
        "msetex 2 a 1 b; wrong number of key-value pairs",
        "msetex 1 a 1 nx xx; syntax error",
        "msetex 1 a 1 ex 1 keepttl; syntax error",
        "msetex 1 a 1 get; syntax error",
        "msetex 1 a 1 ifeq 1; syntax error",
        "msetex 1 a 1 ex 0; invalid expire time in 'msetex' command"
      })
  void mistakesAreTold(String lineAndError) {
    String[] parts = lineAndError.split("; ", -1);
    assertThat(bench.line(parts[0])).isEqualTo("!ERR " + parts[1]);
  }
}
